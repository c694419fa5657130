//! Reads foreign catalogs and makes catalogs of our format of them, with a report of what could not be carried over.
//!
//! | format | with |
//! |---|---|
//! | KubeVela addons | [`kubevela`] |
//! | Glasskube packages | [`glasskube`] |
//! | Helm repositories and charts | [`helm`] |
//! | OLM bundles and file-based catalogs | [`olm()`], [`olm_streamed`] |
//!
//! An [`Import`] holds files: load them as they are, or put them anywhere. Nothing is dropped silently: what the format has no place for stands in
//! [`Import::not_carried_over`], with its file, its line and the reason; what an author should know is a [`Diagnostic`](crate::Diagnostic).
//!
//! ```
//! use catalog_model::import::{ImportOptions, kubevela};
//! use catalog_model::{LoadOptions, MemorySource, load};
//!
//! let addons = MemorySource::from_iter([
//!     ("addons/dapr/metadata.yaml", "name: dapr\nversion: 1.0.0\ninvisible: false\ndependencies:\n- name: fluxcd\n"),
//!     ("addons/dapr/readme.md", "# Dapr\n"),
//! ]);
//! let import = kubevela(&addons, &ImportOptions::default())?;
//! let loaded = load(import.files(), &LoadOptions::default())?;
//! let dapr = loaded.catalog().package("dapr").unwrap().newest().unwrap();
//! assert_eq!(dapr.metadata().dependencies()[0].package().as_str(), "fluxcd");
//! assert_eq!(import.not_carried_over()[0].what, "`invisible`");
//! # Ok::<(), catalog_model::SourceError>(())
//! ```

mod check;
mod dependencies;
mod file_name;
mod glasskube;
mod helm;
mod kubevela;
mod made;
mod objects;
mod olm;
mod outcome;
mod person;
mod reading;
mod releases;
mod tag;
mod walk;
mod yaml;

use catalog_conditions::document::Limits;

pub use self::glasskube::glasskube;
pub use self::helm::helm;
pub use self::kubevela::kubevela;
pub use self::olm::{Streams, olm, olm_streamed};
pub use self::outcome::{Import, NotCarriedOver};

/// How foreign catalogs are read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportOptions {
    /// What one file may cost.
    pub limits: Limits,
    /// Files in one package: 10,000. One with more is left out, with an error.
    pub files_per_package: usize,
    /// Whether Terraform definitions become Terraform modules too: yes.
    ///
    /// A definition only offers a module; one in `modules.yaml` runs when the package is installed. Switch this off for catalogs that are
    /// installed and not only queried.
    pub terraform_modules: bool,
    /// Bytes in a Helm repository's `index.yaml`: 64 MiB.
    pub index_bytes: usize,
    /// Bytes in a packaged chart, packed and unpacked: 64 MiB.
    pub archive_bytes: usize,
    /// Bytes in a file of an OLM catalog that is read in memory: 256 MiB. Streams may have any number.
    pub catalog_bytes: usize,
    /// The address of the Helm repository that an `index.yaml` is of, which it does not say itself: none.
    pub helm_repository: Option<String>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            files_per_package: 10_000,
            terraform_modules: true,
            index_bytes: 64 << 20,
            archive_bytes: 64 << 20,
            catalog_bytes: 256 << 20,
            helm_repository: None,
        }
    }
}
