//! Tests that cross crates live in `it/`, `servers/` and `e2e/`.
