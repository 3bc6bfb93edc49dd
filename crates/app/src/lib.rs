//! Everything Dipper can do without a window.
