//! Moving bytes: plan, queue, parts, progress.
