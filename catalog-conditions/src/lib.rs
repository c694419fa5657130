//! Three-valued conditions on Kubernetes objects: field paths, operators, snapshots, gates.

mod api_version;
pub mod condition;
mod condition_file;
mod decimal;
pub mod diagnostic;
pub mod document;
pub mod duration;
pub mod evaluate;
pub mod path;
pub mod report;
pub mod selector;
#[cfg(feature = "render")]
pub mod render;
mod show;
pub mod snapshot;
pub mod source;
pub mod suggest;
pub mod version;

pub use self::diagnostic::{Diagnostic, Location, Severity};
pub use self::source::{Position, SourceFile, Span};
