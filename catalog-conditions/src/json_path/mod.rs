//! JSONPath queries (RFC 9535): the other way to say where in an object a condition looks.
//!
//! ```
//! # #[cfg(feature = "json-path")] {
//! use catalog_conditions::json_path::JsonPath;
//! use catalog_conditions::path::Finding;
//! use serde_json::json;
//!
//! let query = JsonPath::parse("$.spec.versions[?@.name == 'v1'].served")?;
//! let crd = json!({"spec": {"versions": [{"name": "v1beta1"}, {"name": "v1", "served": true}]}});
//! assert_eq!(query.find(&crd, false)?, Finding::Found(&json!(true)));
//!
//! // A query sees only what is there: it cannot tell a wrong name from an absence.
//! let wrong = JsonPath::parse("$.spec.versoins[?@.name == 'v1'].served")?;
//! assert!(matches!(wrong.find(&crd, false)?, Finding::Absent(_)));
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Who does what
//!
//! The text is read by the JSONPath library. What it accepts although RFC 9535 forbids it is refused here, and so is what would
//! take it long to read. What is left becomes a query of our own, which is well typed by construction and is evaluated here: with
//! the places of the nodes, in the RFC's order, within a bounded number of visits, and with numbers compared exactly.
//!
//! Without the feature `json-path` that library is not there and [`JsonPath::parse`] refuses every text: a condition that asks through a
//! query is then an error of its file, and never passed over.
//!
//! # Bounds
//!
//! A query has at most [`JsonPath::MAX_BYTES`] bytes, brackets and parentheses nested [`JsonPath::MAX_NESTING`] deep, functions
//! nested [`JsonPath::MAX_CALLS`] deep and [`JsonPath::MAX_DESCENDANTS`] descendant segments. Evaluation visits at most
//! [`JsonPath::MAX_VISITS`] nodes; a query that needs more has no answer ([`TooManyNodes`]), never half of one.

mod compare;
mod error;
mod evaluate;
mod filter;
mod find;
#[cfg(feature = "json-path")]
mod guard;
mod pattern;
mod query;
#[cfg(feature = "json-path")]
mod read;
mod slice;

pub use self::error::{JsonPathError, TooManyNodes};
pub use self::find::JsonPath;
