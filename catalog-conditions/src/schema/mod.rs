//! Whether a path is one of a kind at all: what a CRD's schema says about it.
//!
//! A path that no object of the kind can have is absent for ever: under `notExists` it would open a gate, under everything else it
//! would keep one shut. With the CRD at hand a mistyped path is found before any cluster is asked.
//!
//! ```
//! use catalog_conditions::path::FieldPath;
//! use catalog_conditions::schema::{FieldType, Schema};
//! use serde_json::json;
//!
//! let crd = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "spec": {"versions": [
//!     {"name": "v1", "schema": {"openAPIV3Schema": {"type": "object", "properties": {
//!         "spec": {"type": "object", "properties": {"replicas": {"type": "integer"}}},
//!     }}}},
//! ]}});
//! let schema = Schema::of_crd(&crd, "v1").expect("the CRD has the version");
//! let replicas = schema.check(&FieldPath::parse("spec.replicas")?)?;
//! assert_eq!(replicas.types().collect::<Vec<_>>(), [FieldType::Integer]);
//!
//! let error = schema.check(&FieldPath::parse("spec.replica")?).unwrap_err();
//! assert_eq!(error.to_string(), "`spec` has no field `replica`");
//! assert_eq!(error.help(), "did you mean `replicas`?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rules are those of [structural schemas], as the API server prunes by them: what a schema does not specify is not stored,
//! unless `x-kubernetes-preserve-unknown-fields` says so; `apiVersion`, `kind` and `metadata` are in every object and in every
//! embedded resource. `allOf`, `anyOf`, `oneOf` and `not` only narrow values down, and take no part.
//!
//! [structural schemas]: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema

mod check;
mod crd;
mod error;
mod field;
mod part;
mod question;
mod refusal;
mod walk;

pub(crate) use self::check::refused;
pub use self::crd::Schema;
pub use self::error::SchemaError;
pub use self::field::{Field, FieldType, OrderLint};
