//! Real servers and hard cases for Dipper's tests.
