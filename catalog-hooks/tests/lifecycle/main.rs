//! Whole operations, from catalog to cluster, on the fake API server: what stands there in the end, and what a user reads.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod attempts;
mod attempts_law;
mod bare;
mod beside;
mod checker;
mod claims;
mod damaged;
mod decisions;
mod endless;
mod foreign;
mod given_up;
mod handed_over;
mod handed_over_inside;
mod handed_over_whole;
mod home;
mod home_holds;
mod hooks;
mod hops;
mod journals;
mod ledgers;
mod left_over;
mod marked_by_others;
mod meanwhile;
mod namespaces;
mod odd_decisions;
mod open_runs;
mod out_of_date;
mod overlapping;
mod ownership;
mod package;
mod plans_kept;
mod reinstalled;
mod releases;
mod room;
mod several;
mod several_journals;
mod shared;
mod two_packages;
mod unfinished;
mod unrecorded;
mod unwinding;
mod versions;
mod world;
