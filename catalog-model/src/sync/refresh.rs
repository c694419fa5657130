//! Reads again what may have changed.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::parts::PartIds;
use super::root::{Anew, Entries, Listing};
use super::sealed::Sealed;
use super::state::{Outline, RootEntry, State, VersionEntry};
use super::watch::Watched;
use crate::load::unread::unreadable;
use crate::load::{Kept, Parts, Shared, SharedDocuments, Walk, in_order};
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

    /// The state of the source as it is now, and its entries that are not those that were known, by name. If the source has stopped, it is of
    /// no use.
    pub(super) fn state(
        &self,
        id: Option<ContentId>,
    ) -> Result<(State, Vec<Arc<RootEntry>>), SourceError> {
        let walk = self.walk(self.source);
        let nothing = Entries::default();
        // In another root, the paths that are told of are others.
        let known = |root: &str| match self.previous.root == root {
            true => &self.previous.entries,
            false => &nothing,
        };
        let (mut listing, mut root) = (self.listing("", known(""))?, "");
        // Only then does it matter what else there is.
        if listing.has("catalog") {
            root = walk.root_among(&self.source.list("")?);
            if !root.is_empty() {
                listing = self.listing(root, known(root))?;
            }
        }
        let parallel = self.previous.options.parallel;
        let anew = in_order(parallel, listing.take_anew(), |one| {
            Arc::new(self.root_entry(root, one))
        });
        let entries = listing.with(&anew);
        let told = match entries.has_package() {
            false => vec![walk.no_package(root)],
            true => Vec::new(),
        };
        let state = State {
            options: self.previous.options.clone(),
            id,
            root: root.to_owned(),
            told,
            catalog: entries.catalog(),
            entries,
            index: OnceLock::new(),
        };
        Ok((state, anew))
    }

    /// What a folder lists, beside what is known of it.
    fn listing<'k>(&self, root: &str, known: &'k Entries) -> Result<Listing<'k>, SourceError> {
        let mut listing = Listing::new(known);
        self.source.each_with_id(root, &mut |name, kind, id| {
            if !name.starts_with('.') {
                listing.add(name, kind, id);
            }
        })?;
        Ok(listing)
    }

    fn walk<'w>(&'w self, source: &'w dyn Source) -> Walk<'w> {
        Walk {
            source,
            options: &self.previous.options,
            shared: &self.shared,
            parts: Parts::All,
        }
    }

    fn root_entry(&self, root: &str, one: Anew<'_>) -> RootEntry {
        let path = join(root, &one.name);
        match one.kind {
            EntryKind::Folder => self.package((&path, &one.name), one.id, one.known),
            kind => {
                let told = self.walk(self.source).no_folder(kind, &path);
                RootEntry::of_kind(&one.name, (kind, one.id), told)
            }
        }
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
            Err(error) => return RootEntry::of_kind(name, (kind, None), vec![unreadable(&error)]),
        };
        listed.sort();
        let names: Vec<Entry> = listed.iter().map(|(entry, _)| entry.clone()).collect();
        if let Some(told) = walk.no_version_folder((path, name), &names) {
            return RootEntry::of_kind(name, (kind, id), vec![told]);
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
            name: name.into(),
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
        let parts = match entry.kind {
            EntryKind::Folder if id.is_some() => PartIds::of(self.source, &path),
            _ => PartIds::default(),
        };
        let kept = known.map_or(Kept::default(), |known| known.kept(&parts));
        #[cfg(feature = "parameters")]
        let kept = Kept {
            // Whoever looks into modules reads their files for themselves.
            modules: kept.modules && self.previous.options.modules.is_none(),
            ..kept
        };
        let walk = self.walk(source);
        let read = walk.version(name, (&path, entry), documents, kept);
        Arc::new(VersionEntry {
            kind: entry.kind,
            id: id.filter(|_| sealed.is_sealed()),
            listed_id: id,
            found: read.found,
            told: read.told,
            files: read.files,
            parts,
        })
    }
}
