//! Package catalogs for Kubernetes: the format, its validation and its diagnostics.
//!
//! A catalog is a tree `<package>/<version>/{metadata.yaml, definitions/, conditions/, hooks/, modules.yaml}`. [`load()`] reads one from a
//! [`Source`] and gives a [`Catalog`] of all that can be used, and a [`Diagnostic`] with file, line and column for all that cannot: one
//! broken file never hides the rest.
//!
//! ```
//! use catalog_model::{LoadOptions, MemorySource, load};
//!
//! let source = MemorySource::from_iter([
//!     ("grafana/11.0.0/metadata.yaml", "name: grafana\nversion: 11.0.0\ndependencies:\n- {name: loki, version: '>=2.9'}\n"),
//!     ("grafana/12.0.0/metadata.yaml", "name: grafana\nversion: 12.0.0\ndependencies:\n- {name: loki, version: '>=2.9 beta'}\n"),
//! ]);
//! let loaded = load(&source, &LoadOptions::default())?;
//! let grafana = loaded.catalog().package("grafana").ok_or("it is there")?;
//! assert_eq!(grafana.newest().ok_or("11.0.0 is usable")?.version().as_str(), "11.0.0");
//! assert_eq!(grafana.unusable()[0].version(), "12.0.0");
//! let location = loaded.diagnostics()[0].location().ok_or("it is about a file")?;
//! assert_eq!((location.file().path(), location.start().to_string().as_str()), ("grafana/12.0.0/metadata.yaml", "4:25"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Contents
//!
//! - Loading: [`load()`] with [`LoadOptions`], from a [`Source`]: [`FolderSource`] (feature `fs`), `ArchiveSource` (feature `archive`),
//!   `GitSource` (feature `git`), [`MemorySource`], or one of your own.
//! - Bringing a catalog up to date by what changed (feature `sync`): `sync`. Several catalogs as one: `registry`.
//! - Mending what can be mended without asking: [`mend()`].
//! - What comes out: [`Catalog`], [`Package`], [`Release`]; its [`Metadata`], [`Definition`]s, [`Hook`]s and [`Action`]s, [`Module`]s,
//!   conditions.
//! - Questions about whole catalogs: [`index`].
//! - What is wrong with it: [`Loaded::diagnostics`]; what each code means: [`mod@rule`]; which are passed over: [`Levels`],
//!   [`Loaded::suppressed`]; for other programs: [`sarif`], [`github`].
//! - Definitions in more detail: [`Crd`], [`OamDefinition`]; where a part is written, [`Origin`]; keys beside the format's own, [`UnknownFields`].
//! - What an upgrade of a CRD breaks, and for whom: [`crd_safety`]. What definitions mean to a cluster that has some already: [`verdict`].
//! - What two states of a catalog say otherwise: [`mod@diff`].
//! - What is done to a package: [`Operation`]; what is installed: [`InstalledRelease`]; what was resolved: [`Lock`]: types that resolvers and
//!   lifecycles share.
//! - From the crate beneath, passed on: [`conditions`], [`document`], [`version`], [`Diagnostic`].
//! - Feature `schema`: JSON Schemas of the files, for editors: `schema`.
//! - Feature `write`: writing the format. Feature `import`: foreign catalogs. Feature `parameters`: what can be set in a module.
//!   Feature `render`: diagnostics with source lines.
//!
//! # Scope of this crate
//!
//! It reads and checks text. It renders no chart, runs no Terraform, asks no cluster and resolves no dependency.

/// The README's example compiles and holds.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

pub mod crd_safety;
pub mod diff;
#[cfg(feature = "import")]
pub mod import;
pub mod index;
pub mod load;
#[cfg(feature = "parameters")]
pub mod parameters;
#[cfg(feature = "sync")]
pub mod registry;
pub mod rule;
#[cfg(feature = "schema")]
pub mod schema;
pub mod sensitive;
pub mod source;
#[cfg(feature = "sync")]
pub mod sync;
pub mod verdict;
#[cfg(feature = "write")]
pub mod write;

mod address;
mod base64;
mod capability;
mod catalog;
#[cfg(feature = "sync")]
mod columns;
#[cfg(feature = "digest")]
mod content;
mod definition;
#[cfg(feature = "digest")]
mod digest;
#[cfg(feature = "digest")]
mod fetch;
mod hook;
mod installed;
mod label;
mod location;
mod lock;
mod mend;
mod metadata;
mod module;
mod name;
mod operation;
mod origin;
mod pointer;
mod release;
mod unknown;

pub use catalog_conditions as conditions;
#[cfg(feature = "render")]
pub use catalog_conditions::render;
pub use catalog_conditions::version;
pub use catalog_conditions::{
    Diagnostic, Fix, Location, Position, Severity, SourceFile, Span, Suppression, document, fix,
    github, sarif,
};

#[cfg(feature = "fs")]
pub use self::address::CatalogSource;
pub use self::address::{AddressError, AddressKind, CatalogAddress};
pub use self::capability::{Capability, CapabilityError};
pub use self::catalog::{Catalog, Package, UnusableReason, UnusableRelease};
#[cfg(feature = "digest")]
pub use self::content::ReleaseContent;
pub use self::definition::{
    Conversion, Crd, CrdVersion, Definition, OamDefinition, OamKind, ObjectIdentity, ResourceScope,
    Schematic,
};
#[cfg(feature = "digest")]
pub use self::digest::{DigestError, DigestLimits, ReleaseDigest};
#[cfg(feature = "digest")]
pub use self::fetch::{ExpectedContent, FetchError, FetchErrorKind, fetch};
pub use self::hook::{Action, Backoff, Hook, HookPolicy, Keep, OnFailure, Phase, Semantics};
pub use self::installed::{InstalledDefinition, InstalledRelease};
pub use self::load::{LoadOptions, Loaded, load};
pub use self::location::ReleaseLocation;
pub use self::lock::{ChangedRelease, ContentChanged, FileChange, Lock, LockEntry};
pub use self::mend::{Mended, MendedFile, mend, mend_within};
pub use self::metadata::{Dependency, Metadata, PackageConflict, Plane, Scope};
pub use self::module::{ChartRemote, ManifestsRemote, Module, ModuleContent, TerraformRemote};
pub use self::name::{NameError, PackageName};
pub use self::operation::{Operation, OperationKind};
pub use self::origin::Origin;
pub use self::release::Release;
pub use self::rule::{Level, LevelError, Levels};
#[cfg(feature = "archive")]
pub use self::source::ArchiveSource;
#[cfg(feature = "fs")]
pub use self::source::FolderSource;
#[cfg(feature = "git")]
pub use self::source::{GitRepository, GitSource};
pub use self::source::{MemorySource, Source, SourceError};
pub use self::unknown::UnknownFields;
