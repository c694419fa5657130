//! Package catalogs for Kubernetes: the format, its validation and its diagnostics.

#[cfg(feature = "import")]
pub mod import;
pub mod load;
pub mod source;
#[cfg(feature = "write")]
pub mod write;

mod capability;
mod catalog;
mod definition;
mod hook;
mod label;
mod metadata;
mod module;
mod name;
mod operation;
mod release;

pub use catalog_conditions as conditions;
#[cfg(feature = "render")]
pub use catalog_conditions::render;
pub use catalog_conditions::version;
pub use catalog_conditions::{
    Diagnostic, Location, Position, Severity, SourceFile, Span, document,
};

pub use self::capability::{Capability, CapabilityError};
pub use self::catalog::{Catalog, Package, UnusableReason, UnusableRelease};
pub use self::definition::{Definition, ObjectIdentity};
pub use self::hook::{Action, Backoff, Hook, HookPolicy, Keep, OnFailure, Phase, Semantics};
pub use self::load::{LoadOptions, Loaded, load};
pub use self::metadata::{Dependency, Metadata, PackageConflict, Plane, Scope};
pub use self::module::{ChartRemote, ManifestsRemote, Module, ModuleContent, TerraformRemote};
pub use self::name::{NameError, PackageName};
pub use self::operation::{Operation, OperationKind};
pub use self::release::Release;
#[cfg(feature = "fs")]
pub use self::source::FolderSource;
pub use self::source::{MemorySource, Source, SourceError};
