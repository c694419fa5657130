//! YAML and JSON text as trees that remember where everything stood.
//!
//! [`parse`] reads a file into [`Node`]s. A scalar keeps its **source text** (`1.10` stays "1.10"); what it means is decided by who
//! asks: a text field takes the text, a Kubernetes object is read as the API server's tools would ([`Node::to_json`]).
//! [`parse_with_comments`] also gives what the tree leaves out; [`outline`] leaves out what is deep.
//! [`Limits`] bound what a hostile file can cost; whatever is wrong becomes a [`Diagnostic`](crate::Diagnostic).

mod builder;
mod comment;
mod fields;
mod lenient;
mod limits;
mod mend;
mod node;
mod outline;
mod quoted;
mod reader;
mod receiver;
mod scalar;
mod text;
mod unknown_key;
mod word;
mod yaml;
mod yaml_1_1;

pub use self::comment::{Comment, parse_with_comments};
pub use self::fields::Fields;
pub use self::limits::Limits;
pub use self::node::{Entry, Kind, Mapping, Node, Scalar, ScalarStyle};
pub use self::outline::outline;
pub use self::reader::{Reader, WholeNumber};
pub use self::unknown_key::UnknownKey;
pub use self::yaml::{Documents, parse};
pub(crate) use self::yaml_1_1::is_of_yaml_1_1;
