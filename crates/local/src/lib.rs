//! Local storage: a small, durable S3 server over a folder of this computer.
