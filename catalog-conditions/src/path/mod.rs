//! Where in an object a condition looks: the grammar, what it means on a value, and what is refused.
//!
//! ```
//! use catalog_conditions::path::{FieldPath, Finding};
//! use serde_json::json;
//!
//! let path: FieldPath = "spec.versions[name=v1].served".parse()?;
//! let crd = json!({"spec": {"versions": [{"name": "v1beta1"}, {"name": "v1", "served": true}]}});
//! assert_eq!(path.find(&crd), Finding::Found(&json!(true)));
//! # Ok::<(), catalog_conditions::path::PathError>(())
//! ```

mod display;
mod error;
mod find;
mod members;
mod parse;
mod place;
mod segment;
mod structure;
mod trail;
mod wanted;

pub use self::error::PathError;
pub use self::find::{Finding, Mismatch};
pub use self::members::{Member, Members};
pub(crate) use self::parse::is_bidi;
pub use self::place::{Place, Step};
pub use self::segment::{FieldPath, Pair, Segment, Wanted};
pub(crate) use self::structure::Shape;
pub use self::structure::{Structure, StructureError};
pub(crate) use self::trail::{Link, Trail};
