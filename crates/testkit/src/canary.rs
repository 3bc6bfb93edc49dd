//! Where a secret must not be.
