//! Timing that compares: several ways to one answer, in turn, in one run; and the questions that are asked of them.

mod catalog;
mod condition_file;
mod crd;
pub mod explained;
mod field_path;
mod fleet;
pub mod lifecycle;
mod race;
pub mod resolver;

pub use self::catalog::{CatalogShape, generate as generate_catalog, write as write_catalog};
pub use self::condition_file::condition_file;
pub use self::crd::crd;
pub use self::field_path::{ByHand, Question, questions};
pub use self::fleet::{cluster, package};
pub use self::race::{Comparison, Lane, Way, compare, race, way};
