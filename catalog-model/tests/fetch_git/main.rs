//! Repositories fetched from elsewhere: through `git`, from `git daemon`, over ssh as far as that goes without a server, and over HTTP.
#![cfg(feature = "git-fetch")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[cfg(feature = "git-https")]
mod certificate;
#[cfg(feature = "git-https")]
mod http;
mod limits;
mod protocols;
mod server;
