//! Reads again what may have changed.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::sealed::Sealed;
use super::state::{Outline, RootEntry, State, VersionEntry};
use super::watch::Watched;
use crate::catalog::Catalog;
use crate::load::unread::unreadable;
use crate::load::{Parts, Shared, SharedDocuments, Walk, in_order};
use crate::source::{ContentId, Entry, EntryKind, Source, SourceError, join};

/// A walk through a source that stops at what is known.
pub(super) struct Refresh<'a> {
    previous: &'a State,
    source: &'a Watched<'a>,
    shared: Shared,
}

/// What a folder lists.
type Listed = (Entry, Option<ContentId>);

impl<'a> Refresh<'a> {
    pub(super) fn new(previous: &'a State, source: &'a Watched<'a>) -> Self {
        Self {
            previous,
            source,
            shared: Shared::new(),
        }
    }

    /// The state of the source as it is now. If the source has stopped, it is of no use.
    pub(super) fn state(&self, id: Option<ContentId>) -> Result<State, SourceError> {
        let walk = self.walk(self.source);
        let root = walk.root()?;
        let mut listed = self.source.list_with_ids(&root)?;
        listed.retain(|(entry, _)| !entry.name.starts_with('.'));
        let parallel = self.previous.options.parallel;
        let entries = in_order(parallel, listed, |(entry, id)| {
            let name: Arc<str> = entry.name.as_str().into();
            (name, self.root_entry(&root, entry, id))
        });
        let entries: BTreeMap<_, _> = entries.into_iter().collect();
        let packages = entries.values().filter_map(|entry| entry.package.as_ref());
        let packages = packages.map(|package| (package.name.clone(), Arc::clone(package)));
        let catalog = Catalog {
            packages: packages.collect(),
        };
        let told = match entries.values().any(|entry| entry.outline.is_package) {
            false => vec![walk.no_package(&root)],
            true => Vec::new(),
        };
        Ok(State {
            options: self.previous.options.clone(),
            id,
            root,
            entries,
            told,
            catalog,
            index: OnceLock::new(),
        })
    }

    fn walk<'w>(&'w self, source: &'w dyn Source) -> Walk<'w> {
        Walk {
            source,
            options: &self.previous.options,
            shared: &self.shared,
            parts: Parts::All,
        }
    }

    fn root_entry(&self, root: &str, entry: Entry, id: Option<ContentId>) -> Arc<RootEntry> {
        // In another root, the paths that are told of are others.
        let known = self.previous.entries.get(entry.name.as_str());
        let known = known.filter(|_| self.previous.root == root);
        if let Some(known) = known.filter(|known| known.is_still(entry.kind, id)) {
            return Arc::clone(known);
        }
        let path = join(root, &entry.name);
        Arc::new(match entry.kind {
            EntryKind::Folder => self.package((&path, &entry.name), id, known),
            kind => {
                let told = self.walk(self.source).no_folder(kind, &path);
                RootEntry::of_kind(kind, id, told)
            }
        })
    }

    fn package(
        &self,
        (path, name): (&str, &str),
        id: Option<ContentId>,
        known: Option<&Arc<RootEntry>>,
    ) -> RootEntry {
        let kind = EntryKind::Folder;
        let walk = self.walk(self.source);
        let mut listed = match self.source.list_with_ids(path) {
            Ok(listed) => listed,
            Err(error) => return RootEntry::of_kind(kind, None, vec![unreadable(&error)]),
        };
        listed.sort();
        let names: Vec<Entry> = listed.iter().map(|(entry, _)| entry.clone()).collect();
        if let Some(told) = walk.no_version_folder((path, name), &names) {
            return RootEntry::of_kind(kind, id, vec![told]);
        }
        let documents = SharedDocuments::new();
        let is_sealed = |(entry, id): &Listed| id.is_some() || !self.is_open(path, entry);
        let all_sealed = listed.iter().all(is_sealed);
        let versions = in_order(self.previous.options.parallel, listed, |(entry, id)| {
            let known = known.and_then(|known| known.versions.get(&entry.name));
            let version = self.version((path, name), (&entry, id), known, &documents);
            (entry.name, version)
        });
        let versions: BTreeMap<_, _> = versions.into_iter().collect();
        let found = versions
            .values()
            .filter_map(|version| version.found.clone());
        let closed = walk.close((path, name), found.collect());
        let all_known = versions
            .values()
            .all(|version| version.id.is_some() || version.kind != EntryKind::Folder);
        RootEntry {
            kind,
            id: id.filter(|_| all_sealed && all_known),
            package: closed.package.map(Arc::new),
            versions,
            told: closed.told,
            hides_notes: closed.hides_notes,
            outline: Outline::default(),
        }
        .with_outline()
    }

    /// Whether what stands in a folder may become something else while the folder does not change.
    fn is_open(&self, folder: &str, entry: &Entry) -> bool {
        entry.kind == EntryKind::Folder || self.source.is_link(&join(folder, &entry.name))
    }

    fn version(
        &self,
        (package, name): (&str, &str),
        (entry, id): (&Entry, Option<ContentId>),
        known: Option<&Arc<VersionEntry>>,
        documents: &SharedDocuments,
    ) -> Arc<VersionEntry> {
        if let Some(known) = known.filter(|known| known.is_still(entry.kind, id)) {
            return Arc::clone(known);
        }
        let path = join(package, &entry.name);
        let sealed = Sealed::new(self.source, &path);
        // Where there are no ids, nothing will be compared: it does not matter what was read.
        let source: &dyn Source = match id {
            Some(_) => &sealed,
            None => self.source,
        };
        let (found, told) = self.walk(source).version(name, (&path, entry), documents);
        Arc::new(VersionEntry {
            kind: entry.kind,
            id: id.filter(|_| sealed.is_sealed()),
            listed_id: id,
            found,
            told,
        })
    }
}
