//! Several catalogs as one.
#![cfg(feature = "sync")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod answers;
mod descriptors;
mod laws;
mod made;
mod state;
#[cfg(feature = "fs")]
mod syncs;
