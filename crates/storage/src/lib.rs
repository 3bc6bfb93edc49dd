//! S3 as types: buckets, objects, permissions and links, on any S3-compatible server.
