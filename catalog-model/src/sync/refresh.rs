//! Reads again what may have changed.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::parts::PartIds;
use super::sealed::Sealed;
use super::state::{Entries, Outline, RootEntry, State, VersionEntry};
use super::watch::Watched;
use crate::catalog::Catalog;
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

/// What the root lists.
enum Seen<'a> {
    /// It is as it was known.
    Same(&'a Arc<RootEntry>),
    /// What is known of its name, if anything is, is not what is there now.
    Anew(Entry, Option<ContentId>, Option<&'a Arc<RootEntry>>),
}

impl Seen<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Same(known) => &known.name,
            Self::Anew(entry, ..) => &entry.name,
        }
    }
}

impl<'a> Refresh<'a> {
    pub(super) fn new(previous: &'a State, source: &'a Watched<'a>) -> Self {
        Self {
            previous,
            source,
            shared: Shared::new(),
        }
    }

    /// The state of the source as it is now, and which of its entries are not those that were known. If the source has stopped, it is of
    /// no use.
    pub(super) fn state(&self, id: Option<ContentId>) -> Result<(State, Vec<usize>), SourceError> {
        let walk = self.walk(self.source);
        let (mut seen, mut root) = (self.seen("")?, "");
        // Only then does it matter what else there is.
        if seen.iter().any(|one| one.name() == "catalog") {
            root = walk.root_among(&self.source.list("")?);
            if !root.is_empty() {
                seen = self.seen(root)?;
            }
        }
        let (entries, anew) = self.entries(root, seen);
        let packages = entries.iter().filter_map(|entry| entry.package.clone());
        let told = match entries.iter().any(|entry| entry.outline.is_package) {
            false => vec![walk.no_package(root)],
            true => Vec::new(),
        };
        let state = State {
            options: self.previous.options.clone(),
            id,
            root: root.to_owned(),
            told,
            catalog: Catalog::of(packages.collect()),
            entries,
            index: OnceLock::new(),
        };
        Ok((state, anew))
    }

    /// What a folder lists, in order of names, beside what is known of the root if it is that.
    fn seen(&self, root: &str) -> Result<Vec<Seen<'a>>, SourceError> {
        // In another root, the paths that are told of are others.
        let known = match self.previous.root == root {
            true => self.previous.entries.as_slice(),
            false => &[],
        };
        let mut seen: Vec<Seen<'a>> = Vec::with_capacity(known.len() + 1);
        let mut next = 0;
        self.source.each_with_id(root, &mut |name, kind, id| {
            if name.starts_with('.') {
                return;
            }
            // Most come in the order in which they are known.
            let is_named = |one: &&'a Arc<RootEntry>| *one.name == *name;
            if known.get(next).filter(is_named).is_none() {
                next = known.partition_point(|one| *one.name < *name);
            }
            let known = known.get(next).filter(is_named);
            next += usize::from(known.is_some());
            seen.push(match known {
                Some(known) if known.is_still(kind, id) => Seen::Same(known),
                known => {
                    let name = name.to_owned();
                    Seen::Anew(Entry { name, kind }, id, known)
                }
            });
        })?;
        if !seen.is_sorted_by_key(Seen::name) {
            seen.sort_by(|one, other| one.name().cmp(other.name()));
        }
        Ok(seen)
    }

    /// What is known as it was, and the rest read anew, with the places of the latter.
    fn entries(&self, root: &str, seen: Vec<Seen<'a>>) -> (Entries, Vec<usize>) {
        let mut entries = Vec::with_capacity(seen.len());
        let (mut anew, mut places) = (Vec::new(), Vec::new());
        for one in seen {
            match one {
                Seen::Same(known) => entries.push(Some(Arc::clone(known))),
                Seen::Anew(entry, id, known) => {
                    places.push(entries.len());
                    entries.push(None);
                    anew.push((entry, id, known));
                }
            }
        }
        let parallel = self.previous.options.parallel;
        let read = in_order(parallel, anew, |(entry, id, known)| {
            Arc::new(self.root_entry(root, &entry, (id, known)))
        });
        for (place, entry) in places.iter().zip(read) {
            if let Some(empty) = entries.get_mut(*place) {
                *empty = Some(entry);
            }
        }
        (Entries::of(entries.into_iter().flatten().collect()), places)
    }

    fn walk<'w>(&'w self, source: &'w dyn Source) -> Walk<'w> {
        Walk {
            source,
            options: &self.previous.options,
            shared: &self.shared,
            parts: Parts::All,
        }
    }

    fn root_entry(
        &self,
        root: &str,
        entry: &Entry,
        (id, known): (Option<ContentId>, Option<&Arc<RootEntry>>),
    ) -> RootEntry {
        let path = join(root, &entry.name);
        match entry.kind {
            EntryKind::Folder => self.package((&path, &entry.name), id, known),
            kind => {
                let told = self.walk(self.source).no_folder(kind, &path);
                RootEntry::of_kind(&entry.name, (kind, id), told)
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
