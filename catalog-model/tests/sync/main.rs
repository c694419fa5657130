//! Catalogs that are brought up to date are those that a fresh load gives.
#![cfg(feature = "sync")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

mod changes;
mod crowd;
mod failures;
#[cfg(feature = "git")]
mod git;
mod history;
mod law;
mod parts;
#[cfg(feature = "git")]
#[path = "../git/store.rs"]
#[allow(dead_code, reason = "the tests of repositories use the rest")]
mod store;
