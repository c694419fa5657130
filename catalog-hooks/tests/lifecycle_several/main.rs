//! Several packages, and several runs one after another, on the fake API server.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

mod acts;
mod carried_out;
mod driven;
mod fleet;
mod histories;
mod history;
mod meddled;
mod meddling;
mod model;
#[path = "../lifecycle/package.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod package;
mod plan_shapes;
mod plots;
mod shape;
