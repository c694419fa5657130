//! Writes the files of the format: the same value gives the same bytes, and reads back as it was meant.
//!
//! | what | with |
//! |---|---|
//! | `metadata.yaml` | [`MetadataFile`], [`DependencyEntry`], [`ConflictEntry`] |
//! | `modules.yaml` | [`ModulesFile`], [`ModuleEntry`] |
//! | Kubernetes objects and other values | [`document`], [`documents`] |
//! | a release that was loaded | [`release`] |
//! | what a resolution chose | [`Lock::to_yaml`](crate::Lock::to_yaml) |
//!
//! Readers of YAML disagree about plain scalars: `on`, `0644`, `1_000` and `12:30` are texts to some and booleans or numbers to others. Whatever
//! any of them could take for something else than the text it is gets quotes, keys included, so that the files mean the same to kubectl, to
//! editors and to this crate. Keys of the format stand in the format's order, keys of values are sorted, what the format does not
//! know stands behind that, and what is empty is left out. Comments and layout are not kept ([`release`] keeps comments that allow rules): to mend a file and keep them, edit its text.
//! The files of `conditions/` and `hooks/` are not written but copied, comments and all: [`release`] says why.
//!
//! ```
//! use catalog_model::write::{DependencyEntry, MetadataFile};
//!
//! let mut file = MetadataFile::new("grafana", "11.0");
//! file.description = Some("Dashboards".to_owned());
//! file.dependencies.push(DependencyEntry::new("prometheus", ">=2.40, <3"));
//! assert_eq!(
//!     file.to_yaml(),
//!     "name: grafana\nversion: \"11.0\"\ndescription: Dashboards\ndependencies:\n- name: prometheus\n  version: \">=2.40, <3\"\n"
//! );
//! ```

mod document;
mod lock;
mod metadata;
mod modules;
mod release;
mod scalar;
mod tree;

pub use self::document::{document, documents};
pub use self::metadata::{ConflictEntry, DependencyEntry, MetadataFile};
pub use self::modules::{ModuleEntry, ModulesFile};
pub use self::release::release;
