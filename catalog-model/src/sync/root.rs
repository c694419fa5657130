//! What stands in the root, by name, in chunks that states share.

use std::sync::Arc;

use super::state::RootEntry;
use crate::catalog::{Catalog, Package};
use crate::source::{ContentId, EntryKind};

/// What stands in the root, by name. A state shares the chunks in which nothing changed with the state before: of 10,000 entries some 160 pointers are
/// copied, and not one for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    chunks: Vec<Arc<Chunk>>,
}

/// The most entries of a chunk: a bit of a word each.
const CHUNK: usize = u64::BITS as usize;

/// Entries that stand behind each other, one at least.
#[derive(Debug)]
struct Chunk {
    entries: Vec<Arc<RootEntry>>,
    /// What a listing is compared with lies together, so that no entry is looked at which is as it was.
    names: String,
    listed: Vec<Listed>,
    packages: Arc<[Arc<Package>]>,
    has_package: bool,
    has_errors: bool,
    is_outlined: bool,
}

/// What is listed of an entry.
#[derive(Debug)]
struct Listed {
    /// Where its name ends in those of the chunk.
    end: usize,
    kind: EntryKind,
    id: Option<ContentId>,
}

/// The place of an entry: its chunk, and where in that.
type Place = (usize, usize);

impl Entries {
    /// Entries in order of their names.
    pub(super) fn of(entries: Vec<Arc<RootEntry>>) -> Self {
        let made = Made {
            open: entries,
            ..Made::default()
        };
        made.finish()
    }

    pub(super) fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.entries.len()).sum()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<RootEntry>> {
        self.chunks.iter().flat_map(|chunk| &chunk.entries)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<RootEntry>> {
        let place = self.place(name);
        self.at(place).filter(|entry| *entry.name == *name)
    }

    /// Those of the chunks that the other entries do not share.
    pub(super) fn not_shared_with<'s>(
        &'s self,
        other: &'s Self,
    ) -> impl Iterator<Item = &'s Arc<RootEntry>> {
        let mut others = other.chunks.iter().peekable();
        let chunks = self.chunks.iter().filter(move |chunk| {
            let is_shared = |one: &&Arc<Chunk>| Arc::ptr_eq(one, chunk);
            while others
                .next_if(|one| !is_shared(one) && one.last() < chunk.last())
                .is_some()
            {}
            others.next_if(is_shared).is_none()
        });
        chunks.flat_map(|chunk| &chunk.entries)
    }

    /// The packages among them.
    pub(super) fn catalog(&self) -> Catalog {
        let packages = self.chunks.iter().map(|chunk| Arc::clone(&chunk.packages));
        Catalog::of_chunks(packages)
    }

    /// Whether there is a package among them, be it that no more than its outline is left.
    pub(super) fn has_package(&self) -> bool {
        self.chunks.iter().any(|chunk| chunk.has_package)
    }

    /// Whether anything that is told of them is an error.
    pub(super) fn has_errors(&self) -> bool {
        self.chunks.iter().any(|chunk| chunk.has_errors)
    }

    /// No more than outlines of them.
    pub(super) fn outlined(&self) -> Self {
        let chunks = self.chunks.iter().map(|chunk| match chunk.is_outlined {
            true => Arc::clone(chunk),
            false => {
                let entries = chunk.entries.iter();
                let outlined = entries.map(|entry| match entry.is_outlined() {
                    true => Arc::clone(entry),
                    false => Arc::new(entry.to_outlined()),
                });
                Arc::new(Chunk::of(outlined.collect()))
            }
        });
        Self {
            chunks: chunks.collect(),
        }
    }

    fn at(&self, (chunk, at): Place) -> Option<&Arc<RootEntry>> {
        self.chunks.get(chunk)?.entries.get(at)
    }

    /// The place of the first entry whose name is not below this one.
    fn place(&self, name: &str) -> Place {
        let chunk = self.chunks.partition_point(|chunk| chunk.last() < name);
        let at = self.chunks.get(chunk).map_or(0, |chunk| chunk.place(name));
        (chunk, at)
    }
}

impl Chunk {
    fn of(entries: Vec<Arc<RootEntry>>) -> Self {
        let mut names = String::new();
        let listed = entries.iter().map(|entry| {
            names.push_str(&entry.name);
            Listed {
                end: names.len(),
                kind: entry.kind,
                id: entry.id,
            }
        });
        Self {
            listed: listed.collect(),
            packages: entries
                .iter()
                .filter_map(|entry| entry.package.clone())
                .collect(),
            has_package: entries.iter().any(|entry| entry.outline.is_package),
            has_errors: entries.iter().any(|entry| entry.outline.errors > 0),
            is_outlined: entries.iter().all(|entry| entry.is_outlined()),
            names,
            entries,
        }
    }

    fn name(&self, at: usize) -> &str {
        let end = |at: usize| self.listed.get(at).map_or(self.names.len(), |one| one.end);
        let start = at.checked_sub(1).map_or(0, end);
        self.names.get(start..end(at)).unwrap_or_default()
    }

    fn last(&self) -> &str {
        self.name(self.entries.len().saturating_sub(1))
    }

    /// Where the first entry is whose name is not below this one.
    fn place(&self, name: &str) -> usize {
        self.entries.partition_point(|entry| *entry.name < *name)
    }

    /// The word in which there is a bit for each entry.
    fn all(&self) -> u64 {
        match self.entries.len() {
            CHUNK => u64::MAX,
            fewer => (1 << fewer) - 1,
        }
    }
}

/// A listing of the root beside what is known of it.
#[derive(Debug)]
pub(super) struct Listing<'a> {
    known: &'a Entries,
    /// Which of the known entries are as they were: a word for each chunk.
    still: Vec<u64>,
    /// Where the next entry is expected: most come in the order in which they are known.
    next: Place,
    anew: Vec<Anew<'a>>,
}

/// What is listed and not as it was known.
#[derive(Debug)]
pub(super) struct Anew<'a> {
    pub(super) name: String,
    pub(super) kind: EntryKind,
    pub(super) id: Option<ContentId>,
    /// What is known of its name, if anything is.
    pub(super) known: Option<&'a Arc<RootEntry>>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(known: &'a Entries) -> Self {
        Self {
            known,
            still: vec![0; known.chunks.len()],
            next: (0, 0),
            anew: Vec::new(),
        }
    }

    /// One more entry. It is as it was if what has its kind and id would be read as it was, and it is the only one of its name.
    pub(super) fn add(&mut self, name: &str, kind: EntryKind, id: Option<ContentId>) {
        if self
            .chunk()
            .is_none_or(|chunk| chunk.name(self.next.1) != name)
        {
            self.next = self.known.place(name);
        }
        let (at, bit) = (self.next.1, 1 << self.next.1);
        let found = self.chunk().filter(|chunk| chunk.name(at) == name);
        let known = found.and_then(|chunk| Some((chunk.entries.get(at)?, chunk.listed.get(at)?)));
        let still = self.still.get_mut(self.next.0);
        match (known, still) {
            (Some((_, listed)), Some(still))
                if listed.kind == kind && id.is_some() && listed.id == id && *still & bit == 0 =>
            {
                *still |= bit;
            }
            _ => self.anew.push(Anew {
                name: name.to_owned(),
                kind,
                id,
                known: known.map(|(known, _)| known),
            }),
        }
        if let Some(chunk) = found {
            self.next = match at + 1 == chunk.entries.len() {
                true => (self.next.0 + 1, 0),
                false => (self.next.0, at + 1),
            };
        }
    }

    fn chunk(&self) -> Option<&'a Chunk> {
        self.known.chunks.get(self.next.0).map(AsRef::as_ref)
    }

    /// Whether there is an entry of a name.
    pub(super) fn has(&self, name: &str) -> bool {
        let place = self.known.place(name);
        let known = self.known.at(place).filter(|entry| *entry.name == *name);
        let still = self.still.get(place.0).filter(|_| known.is_some());
        still.is_some_and(|still| still & (1 << place.1) != 0)
            || self.anew.iter().any(|anew| anew.name == name)
    }

    /// What is not as it was known, by name.
    pub(super) fn take_anew(&mut self) -> Vec<Anew<'a>> {
        let mut anew = std::mem::take(&mut self.anew);
        anew.sort_by(|one, other| one.name.cmp(&other.name));
        anew
    }

    /// What is as it was, with the rest as it was read, which is given by name.
    pub(super) fn with(&self, mut read: &[Arc<RootEntry>]) -> Entries {
        let mut made = Made::default();
        for (chunk, still) in self.known.chunks.iter().zip(&self.still) {
            let last = chunk.last();
            let end = read.partition_point(|entry| *entry.name <= *last);
            let (here, after) = read.split_at(end);
            read = after;
            if here.is_empty() && *still == chunk.all() {
                made.share(chunk);
                continue;
            }
            let mut here = here.iter().peekable();
            for (at, entry) in chunk.entries.iter().enumerate() {
                if still & (1 << at) != 0 {
                    while let Some(before) = here.next_if(|one| one.name < entry.name) {
                        made.open.push(Arc::clone(before));
                    }
                    made.open.push(Arc::clone(entry));
                }
            }
            made.open.extend(here.cloned());
        }
        made.open.extend(read.iter().cloned());
        made.finish()
    }
}

/// Entries that are put together.
#[derive(Default)]
struct Made {
    chunks: Vec<Arc<Chunk>>,
    /// Those that are in no chunk yet.
    open: Vec<Arc<RootEntry>>,
}

impl Made {
    fn share(&mut self, chunk: &Arc<Chunk>) {
        self.close();
        self.chunks.push(Arc::clone(chunk));
    }

    /// Puts what is open into as few chunks as can hold it, of about one length.
    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        if open.is_empty() {
            return;
        }
        let length = open.len().div_ceil(open.len().div_ceil(CHUNK));
        let chunks = open.chunks(length);
        self.chunks
            .extend(chunks.map(|some| Arc::new(Chunk::of(some.to_vec()))));
    }

    fn finish(mut self) -> Entries {
        self.close();
        let made = Entries {
            chunks: self.chunks,
        };
        let len = made.len();
        // What comes and goes leaves short chunks behind.
        match made.chunks.len() > 1 + 2 * len.div_ceil(CHUNK) {
            true => Entries::of(made.iter().cloned().collect()),
            false => made,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may fail loudly"
    )]

    use super::*;
    use crate::source::ContentScheme;

    fn id(number: u32) -> Option<ContentId> {
        ContentId::new(ContentScheme::Own, &number.to_be_bytes())
    }

    fn entry(name: &str, number: u32) -> Arc<RootEntry> {
        let kind = (EntryKind::Folder, id(number));
        Arc::new(RootEntry::of_kind(name, kind, Vec::new()))
    }

    /// The entries after a sync that listed these names with these numbers, and how many of the chunks are not those of before.
    fn synced(before: &Entries, listed: &[(String, u32)]) -> (Entries, usize) {
        let mut listing = Listing::new(before);
        for (name, number) in listed {
            listing.add(name, EntryKind::Folder, id(*number));
        }
        let anew = listing.take_anew();
        let read = anew.iter().map(|one| {
            let mut listed = listed.iter().filter(|(name, _)| *name == one.name);
            entry(&one.name, listed.next().unwrap().1)
        });
        let after = listing.with(&Vec::from_iter(read));
        let names = after.iter().map(|entry| &*entry.name);
        assert!(names.eq(listed.iter().map(|(name, _)| name.as_str())));
        let shared = |one: &&Arc<Chunk>| before.chunks.iter().any(|known| Arc::ptr_eq(known, one));
        let own = after.chunks.iter().filter(|one| !shared(one)).count();
        (after, own)
    }

    #[test]
    fn what_did_not_change_is_shared_in_chunks() {
        let mut listed = Vec::from_iter((0..10_000).map(|at| (format!("p{at:05}"), 0)));
        let (first, own) = synced(&Entries::default(), &listed);
        assert_eq!((first.len(), own), (10_000, 10_000_usize.div_ceil(CHUNK)));
        let (same, own) = synced(&first, &listed);
        assert_eq!(own, 0);
        listed[5_000].1 = 1;
        let (changed, own) = synced(&same, &listed);
        assert_eq!(own, 1);
        listed.remove(7_000);
        let (mut now, own) = synced(&changed, &listed);
        assert_eq!(own, 1);
        let outlined = now.outlined();
        assert!(
            outlined
                .chunks
                .iter()
                .zip(&now.chunks)
                .all(|(one, other)| Arc::ptr_eq(one, other))
        );
        // Of what comes one after the other, few short chunks are left.
        let mut rebuilt = 0;
        for at in 0..400 {
            let place = (at * 7_919) % listed.len();
            listed.insert(place, (format!("{}-{at}", listed[place].0), 0));
            listed.sort();
            let (next, own) = synced(&now, &listed);
            rebuilt += usize::from(own > 2);
            assert!(next.chunks.len() <= 1 + 2 * next.len().div_ceil(CHUNK));
            assert!(
                next.chunks
                    .iter()
                    .all(|chunk| (1..=CHUNK).contains(&chunk.entries.len()))
            );
            now = next;
        }
        assert!(rebuilt <= 1, "{rebuilt} syncs of 400 shared nothing");
    }

    #[test]
    fn what_goes_leaves_few_chunks() {
        let mut listed = Vec::from_iter((0..10_000).map(|at| (format!("p{at:05}"), 0)));
        let (mut now, _) = synced(&Entries::default(), &listed);
        let mut at = 0;
        while listed.len() > 200 {
            // Each time one of ten, everywhere.
            at += 1;
            let mut count = 0;
            listed.retain(|_| {
                count += 1;
                (count + at) % 10 != 0
            });
            now = synced(&now, &listed).0;
            assert!(now.chunks.len() <= 1 + 2 * now.len().div_ceil(CHUNK));
        }
        assert_eq!(synced(&now, &[]).0.chunks.len(), 0);
    }
}
