//! Three-valued conditions on Kubernetes objects: field paths, operators, snapshots, gates.

pub mod diagnostic;
pub mod document;
pub mod duration;
pub mod source;
pub mod suggest;
pub mod version;

pub use self::diagnostic::{Diagnostic, Location, Severity};
pub use self::source::{Position, SourceFile, Span};
