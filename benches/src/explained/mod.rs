//! What solvers print of a request that has no answer.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a comparison may fail loudly"
)]

mod by_pubgrub;
mod by_resolvo;
mod by_us;
mod excerpt;
mod written;

pub use self::by_pubgrub::{by_pubgrub, intervals};
pub use self::by_resolvo::by_resolvo;
pub use self::by_us::by_us;
pub use self::excerpt::excerpt;
pub use self::written::{ask, read};
