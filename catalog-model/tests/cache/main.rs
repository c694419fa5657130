//! An index on disk is what was stored, or it is not there.
#![cfg(feature = "sync")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

#[path = "../sync/crowd.rs"]
mod crowd;
mod damage;
mod faults;
mod files;
#[path = "../sync/history.rs"]
mod history;
mod law;
#[cfg(feature = "fs")]
mod processes;
mod shown;
