//! Dipper.
fn main() {}
