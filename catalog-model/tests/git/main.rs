//! Catalogs in git repositories: those that the tests write object by object, and those that the program `git` makes.
#![cfg(feature = "git")]
#![allow(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

mod diffs;
mod hostile;
mod program;
mod reads;
mod store;
