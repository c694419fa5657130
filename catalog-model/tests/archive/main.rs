//! Catalogs in archives.
#![cfg(feature = "archive")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod hostile;
mod reads;
mod tarball;
