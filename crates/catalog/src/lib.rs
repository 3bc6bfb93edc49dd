//! Knowing what is in a bucket: a listing that streams in, sorts, filters and hands out rows.
