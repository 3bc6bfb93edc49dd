//! `dipper.sqlite`: accounts (without their secrets), settings, layout, buckets added by name.

pub(crate) struct Database;
