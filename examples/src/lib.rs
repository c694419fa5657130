//! What the example programs share: arguments, exit codes, output.
//!
//! The programs keep a contract that scripts rely on: exit code 0 for fine, 1 where the answer is a finding, 2 for wrong usage or
//! unreadable input; results on standard output, the rest on standard error; a closed pipe is no error.

mod arguments;
mod choice;
mod conflicting;
mod explain;
mod input;
mod offer;
mod output;
mod parameters;
mod placed;
mod program;
mod release;
mod replace;
mod unusable;

pub use self::arguments::{Arguments, Format, Given, Picture};
pub use self::choice::{Choice, NO_PACKAGE, location, not_found};
pub use self::conflicting::conflicting;
pub use self::explain::{Newer, chain_json, notes_json};
pub use self::input::{
    catalog, installed, package_and_range, parameters, snapshot, source, text_or_gzip,
};
pub use self::offer::Offer;
pub use self::output::{Output, diagnostics_json};
pub use self::parameters::Parameters;
pub use self::placed::orphans;
pub use self::program::{Answer, Failure, Program, note};
pub use self::release::release;
pub use self::replace::replace;
pub use self::unusable::Unusable;

/// The README's example compiles and holds.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
