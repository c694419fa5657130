//! What catalog-resolve is measured with: problems, peers that solve them too, and a checker.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark may fail loudly"
)]

mod by_pubgrub;
mod by_resolvo;
mod contest;
pub mod families;
mod lane;
mod ours;
mod patience;
mod problem;
mod random;
mod rank_set;
mod ranks;
mod reply;
mod runs;
mod verify;

pub use self::contest::{Agreement, Case, Result, race};
pub use self::lane::{LANES, Lane};
pub use self::ours::Ours;
pub use self::problem::{Answer, Package, Problem, Question, Range, Release};
pub use self::random::Random;
pub use self::ranks::Ranks;
pub use self::reply::Reply;
pub use self::verify::{changes, unneeded, verify};
