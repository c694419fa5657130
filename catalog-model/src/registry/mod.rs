//! Several catalogs as one: who sees which, which is asked first, and what they say of the same release.
//!
//! A [`Registry`] holds [`Descriptor`]s and what was last read of each. [`Registry::view`] is what requests of a namespace see of it: the
//! global catalogs and the namespace's own, by falling priority. A catalog of the namespace hides a global one of the same name, for these
//! requests alone: nobody can take a name away from others.
//!
//! - **One package and version in several catalogs**: where the files are the same ([`ReleaseDigest`](crate::ReleaseDigest)), it is one release that
//!   lies in several places. Where they differ, it is a conflict: the answer is the release of the catalog that is asked first, and
//!   [`OfferedRelease::differing`] names the others.
//! - **A catalog that cannot be read** answers as it did last, and [`RegisteredCatalog::problem`] says what is wrong. It changes no answer of others.
//! - **State**: [`Registry::to_json`] has descriptors, commits and problems, and no bytes of catalogs; [`Registry::restore`] takes them back.
//!
//! ```
//! use catalog_model::registry::{CatalogKey, Descriptor, Registry};
//! use catalog_model::sync::SyncWatch;
//! use catalog_model::version::Version;
//! use catalog_model::{CatalogAddress, LoadOptions, MemorySource};
//!
//! let mut registry = Registry::new(LoadOptions::default());
//! for (name, priority, text) in [("ours", 10, "patched"), ("community", 0, "as released")] {
//!     let address = CatalogAddress::parse(&format!("/srv/{name}"))?;
//!     registry.register(Descriptor::new(CatalogKey::global(name)?, address).with_priority(priority))?;
//!     let source = MemorySource::from_iter([
//!         ("loki/3.0.0/metadata.yaml", format!("name: loki\nversion: 3.0.0\ndescription: {text}\n")),
//!     ]);
//!     let task = registry.begin_sync(&CatalogKey::global(name)?)?;
//!     registry.record(task.run(Box::new(source), None, SyncWatch::default()))?;
//! }
//!
//! let view = registry.view(None);
//! let loki = view.release("loki", &Version::parse("3.0.0")?)?;
//! assert_eq!(loki.catalog().name(), "ours");
//! let others: Vec<&str> = loki.differing().map(|(catalog, _)| catalog.name()).collect();
//! assert_eq!(others, ["community"]);
//! let location = loki.location()?;
//! assert_eq!((location.catalog(), location.address(), location.path()), ("ours", Some("/srv/ours"), "loki/3.0.0"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod descriptor;
mod error;
mod key;
mod member;
mod offered;
mod read;
mod registered;
mod state;
mod task;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::suggest::near;

pub use self::descriptor::Descriptor;
pub use self::error::{RegistryError, RegistryErrorKind};
pub use self::key::CatalogKey;
use self::member::Member;
pub use self::offered::OfferedRelease;
pub use self::registered::RegisteredCatalog;
pub use self::task::{SyncOutcome, SyncTask};
pub use self::view::RegistryView;
use crate::load::LoadOptions;
use crate::sync::{Changes, Synced};

/// Catalogs by name and namespace. Cheap to clone: clones share what was read.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    members: BTreeMap<CatalogKey, Member>,
    options: LoadOptions,
}

impl Registry {
    /// A registry without catalogs. All that are registered are read with these options.
    #[must_use]
    pub fn new(options: LoadOptions) -> Self {
        Self {
            members: BTreeMap::new(),
            options,
        }
    }

    /// Registers a catalog. It answers once it is synced.
    ///
    /// # Errors
    ///
    /// There is one of this name in this namespace ([`AlreadyExists`](RegistryErrorKind::AlreadyExists)).
    pub fn register(&mut self, descriptor: Descriptor) -> Result<(), RegistryError> {
        if self.members.contains_key(&descriptor.key) {
            return Err(RegistryError::already_exists(&descriptor.key));
        }
        let key = descriptor.key.clone();
        self.members.insert(key, Member::new(descriptor));
        Ok(())
    }

    /// Puts another descriptor in the place of the one with the same key. The priority counts at once; until the next sync, the catalog
    /// answers with what was read where it was before.
    ///
    /// # Errors
    ///
    /// There is none of this key.
    pub fn update(&mut self, descriptor: Descriptor) -> Result<(), RegistryError> {
        let key = descriptor.key.clone();
        let member = self.member_mut(&key)?;
        if !member.descriptor.address.same_place(&descriptor.address) {
            // What is wrong there, and which commit was read there, says nothing of the new place.
            member.problem = None;
            member.commit = None;
        }
        member.descriptor = Arc::new(descriptor);
        Ok(())
    }

    /// Removes a catalog, and gives its descriptor.
    ///
    /// # Errors
    ///
    /// There is none of this key.
    pub fn remove(&mut self, key: &CatalogKey) -> Result<Descriptor, RegistryError> {
        match self.members.remove(key) {
            Some(member) => Ok(Descriptor::clone(&member.descriptor)),
            None => Err(self.unknown(key)),
        }
    }

    /// All catalogs, by namespace and name, global ones first.
    pub fn catalogs(&self) -> impl Iterator<Item = RegisteredCatalog<'_>> {
        self.members.values().map(RegisteredCatalog::new)
    }

    /// A catalog.
    #[must_use]
    pub fn catalog(&self, key: &CatalogKey) -> Option<RegisteredCatalog<'_>> {
        self.members.get(key).map(RegisteredCatalog::new)
    }

    /// What is to be done to bring a catalog up to date. It can be done anywhere and take its time, as the registry goes on answering.
    ///
    /// # Errors
    ///
    /// There is none of this key.
    pub fn begin_sync(&self, key: &CatalogKey) -> Result<SyncTask, RegistryError> {
        let member = self.members.get(key).ok_or_else(|| self.unknown(key))?;
        Ok(SyncTask {
            descriptor: Arc::clone(&member.descriptor),
            before: member.state.clone(),
            commit: member.commit.clone(),
            empty: Synced::new(self.options.clone()),
        })
    }

    /// Takes what came of a sync. Where it failed, the catalog goes on answering as before, and [says](RegisteredCatalog::problem) why: that is no
    /// error here, and `None`.
    ///
    /// # Errors
    ///
    /// The catalog was updated, removed, or synced by somebody else since the sync [began](Self::begin_sync)
    /// ([`Stale`](RegistryErrorKind::Stale)).
    pub fn record(&mut self, outcome: SyncOutcome) -> Result<Option<Changes>, RegistryError> {
        let key = &outcome.descriptor.key;
        let is_same = |member: &&mut Member| {
            let same_state = match (&member.state, &outcome.before) {
                (None, None) => true,
                (Some(now), Some(before)) => Arc::ptr_eq(now, before),
                _ => false,
            };
            same_state && Arc::ptr_eq(&member.descriptor, &outcome.descriptor)
        };
        let member = self.members.get_mut(key).filter(is_same);
        let member = member.ok_or_else(|| RegistryError::stale(key))?;
        match outcome.result {
            Ok((state, changes)) => {
                member.commit.clone_from(&state.commit);
                member.state = Some(Arc::new(state));
                member.problem = None;
                Ok(Some(changes))
            }
            Err(reason) => {
                member.problem = Some(reason);
                Ok(None)
            }
        }
    }

    /// What requests of a namespace see: its own catalogs and global ones, by falling priority. `None`: global ones alone.
    #[must_use]
    pub fn view(&self, namespace: Option<&str>) -> RegistryView<'_> {
        let seen = self.members.iter();
        let seen = seen.filter(|(key, _)| key.is_seen_by(namespace));
        RegistryView::new(seen.map(|(_, member)| member))
    }

    fn member_mut(&mut self, key: &CatalogKey) -> Result<&mut Member, RegistryError> {
        if !self.members.contains_key(key) {
            return Err(self.unknown(key));
        }
        let unknown = RegistryError::unknown(key, None);
        self.members.get_mut(key).ok_or(unknown)
    }

    fn unknown(&self, key: &CatalogKey) -> RegistryError {
        let same_namespace = self.members.keys();
        let same_namespace = same_namespace.filter(|one| one.namespace() == key.namespace());
        RegistryError::unknown(key, near(key.name(), same_namespace.map(CatalogKey::name)))
    }
}
