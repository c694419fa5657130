//! The files of two version folders.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::document::{Limits, Node, parse};
use catalog_conditions::{Location, SourceFile};
use serde_json::Value;

use super::change::{Change, ChangeKind};
use super::ids::{are_equal, have_equal_ids};
use super::place::Side;
use crate::source::{ContentId, EntryKind, Source, SourceError, join};

/// The largest file whose bytes are compared; of larger ones nothing is known but their ids.
const LARGEST: usize = 64 << 20;
/// The most files and folders of a version that are looked at.
const MOST: usize = 100_000;

/// A file that is not the same in two version folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    pub(super) path: String,
    pub(super) kind: ChangeKind,
    pub(super) meaning: FileMeaning,
}

/// What it means that a file is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileMeaning {
    /// Comments, layout or an order that means nothing.
    Same,
    /// Something that a [`Change`] is about.
    Changed,
    /// No rule of the format is about what it says: a template, a text for people. Also what cannot be read, with the reason.
    Unknown(Option<String>),
}

impl FileChange {
    /// The path in the version folder.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What became of it.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Whether that means anything.
    #[must_use]
    pub fn meaning(&self) -> &FileMeaning {
        &self.meaning
    }
}

impl FileMeaning {
    /// `same`, `changed` or `unknown`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// What a folder holds: for each name its kind and id.
type Listed = BTreeMap<String, (EntryKind, Option<ContentId>)>;

/// The files that differ, by path; none where the files of a side are not known. What `changes` are about stands in some of them.
pub(super) fn files(before: &Side<'_>, after: &Side<'_>, changes: &[Change]) -> Vec<FileChange> {
    let (Some(old), Some(new)) = (before.source, after.source) else {
        return Vec::new();
    };
    let (old, new) = (
        Folder::new(old, before.release.folder()),
        Folder::new(new, after.release.folder()),
    );
    let paths = |side: &Side<'_>, place: fn(&Change) -> Option<&Location>| -> BTreeSet<String> {
        let places = changes.iter().filter_map(place);
        let prefix = side
            .source
            .map(|source| source.display(side.release.folder()));
        let prefix = format!("{}/", prefix.unwrap_or_default());
        let paths = places.filter_map(|place| place.file().path().strip_prefix(&prefix));
        paths.map(str::to_owned).collect()
    };
    let mut about = paths(before, Change::before);
    about.extend(paths(after, Change::after));
    let mut walk = Walk {
        sides: (old, new),
        before,
        found: Vec::new(),
        seen: 0,
    };
    walk.run();
    for file in &mut walk.found {
        if about.contains(&file.path) {
            file.meaning = FileMeaning::Changed;
        }
    }
    walk.found.sort_by(|one, other| one.path.cmp(&other.path));
    walk.found
}

/// A version folder.
#[derive(Clone, Copy)]
struct Folder<'c> {
    source: &'c dyn Source,
    path: &'c str,
}

/// A folder of two versions, to be gone through.
struct Open {
    below: String,
    in_old: bool,
    in_new: bool,
    /// Whether ids tell that it holds the same on both sides, but for what links lead to.
    is_same: bool,
}

/// Two version folders that are gone through side by side.
struct Walk<'c> {
    sides: (Folder<'c>, Folder<'c>),
    before: &'c Side<'c>,
    found: Vec<FileChange>,
    seen: usize,
}

impl<'c> Folder<'c> {
    fn new(source: &'c dyn Source, path: &'c str) -> Self {
        Self { source, path }
    }

    fn list(self, below: &str) -> Result<Listed, SourceError> {
        let folder = match below {
            "" => self.path.to_owned(),
            below => join(self.path, below),
        };
        let listed = self.source.list_with_ids(&folder)?.into_iter();
        let listed = listed.map(|(entry, id)| (entry.name, (entry.kind, id)));
        Ok(listed.collect())
    }

    fn read(self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.source.read(&join(self.path, path), LARGEST)
    }
}

impl Walk<'_> {
    /// Goes through both, without recursion, past what has the same id on both sides.
    fn run(&mut self) {
        let sources = (self.sides.0.source, self.sides.1.source);
        let (one, other) = (self.sides.0.path, self.sides.1.path);
        let mut open = vec![Open {
            below: String::new(),
            in_old: true,
            in_new: true,
            is_same: have_equal_ids((sources.0, one), (sources.1, other)),
        }];
        while let Some(folder) = open.pop() {
            let Open {
                below,
                in_old,
                in_new,
                is_same: holds_same,
            } = folder;
            let list = |folder: Folder<'_>, is_there: bool| match is_there {
                true => folder.list(&below),
                false => Ok(Listed::new()),
            };
            let (old, new) = match (list(self.sides.0, in_old), list(self.sides.1, in_new)) {
                (Ok(old), Ok(new)) => (old, new),
                (Err(error), _) | (_, Err(error)) => {
                    self.unknown(below, ChangeKind::Changed, Some(error.to_string()));
                    continue;
                }
            };
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                self.seen += 1;
                if self.seen > MOST {
                    let why = format!("there are more than {MOST} files in the version");
                    return self.unknown(below, ChangeKind::Changed, Some(why));
                }
                let path = join(&below, name);
                let (one, other) = (old.get(name), new.get(name));
                let is_folder = |one: Option<&(EntryKind, Option<ContentId>)>| {
                    one.is_some_and(|(kind, _)| *kind == EntryKind::Folder)
                };
                let folders = (is_folder(one), is_folder(other));
                let of_one_kind = one.zip(other).filter(|(one, other)| one.0 == other.0);
                let ids = of_one_kind.and_then(|(one, other)| one.1.zip(other.1));
                // What is neither file nor folder has no id and cannot be read: what it is stands in the id of the folder.
                let is_bare = of_one_kind
                    .is_some_and(|(one, _)| !matches!(one.0, EntryKind::File | EntryKind::Folder));
                let is_same = (holds_same && is_bare)
                    || ids.is_some_and(|(one, other)| {
                        are_equal((sources.0, one), (sources.1, other))
                    });
                if is_same && !(folders.0 && self.before.has_links(&path)) {
                    continue;
                }
                if folders.0 || folders.1 {
                    open.push(Open {
                        below: path.clone(),
                        in_old: folders.0,
                        in_new: folders.1,
                        is_same,
                    });
                }
                let is_file =
                    |one: Option<&(EntryKind, Option<ContentId>)>| one.is_some() && !is_folder(one);
                self.compare(path, is_file(one), is_file(other));
            }
        }
    }

    fn compare(&mut self, path: String, in_old: bool, in_new: bool) {
        let kind = match (in_old, in_new) {
            (true, true) => ChangeKind::Changed,
            (true, false) => ChangeKind::Removed,
            (false, true) => ChangeKind::Added,
            (false, false) => return,
        };
        if kind != ChangeKind::Changed {
            let meaning = match is_of_the_format(&path) {
                true => FileMeaning::Same,
                false => FileMeaning::Unknown(None),
            };
            return self.found.push(FileChange {
                path,
                kind,
                meaning,
            });
        }
        match (self.sides.0.read(&path), self.sides.1.read(&path)) {
            (Ok(old), Ok(new)) if old == new => {}
            (Ok(old), Ok(new)) => {
                let meaning = meaning(&path, &old, &new);
                self.found.push(FileChange {
                    path,
                    kind,
                    meaning,
                });
            }
            (Err(error), _) | (_, Err(error)) => self.unknown(path, kind, Some(error.to_string())),
        }
    }

    fn unknown(&mut self, path: String, kind: ChangeKind, why: Option<String>) {
        let meaning = FileMeaning::Unknown(why);
        self.found.push(FileChange {
            path,
            kind,
            meaning,
        });
    }
}

/// What it means that bytes differ, where no change is about the file.
fn meaning(path: &str, old: &[u8], new: &[u8]) -> FileMeaning {
    if is_of_the_format(path) {
        return FileMeaning::Same;
    }
    match (values(path, old), values(path, new)) {
        (Some(old), Some(new)) if old == new => FileMeaning::Same,
        _ => FileMeaning::Unknown(None),
    }
}

/// What a file of YAML or JSON says, if it is one.
fn values(path: &str, bytes: &[u8]) -> Option<Vec<Value>> {
    let (_, ending) = path.rsplit_once('.')?;
    if !matches!(ending, "yaml" | "yml" | "json") {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    let read = parse(&SourceFile::new(path, text), &Limits::default());
    let is_read = read.diagnostics.is_empty() && !read.documents.is_empty();
    is_read.then(|| read.documents.iter().map(Node::to_json).collect())
}

/// Whether all that a file can mean is what a release says.
fn is_of_the_format(path: &str) -> bool {
    let is_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    let is_known = match path.split_once('/') {
        Some((folder, name)) => {
            matches!(folder, "definitions" | "conditions" | "hooks") && !name.contains('/')
        }
        None => matches!(path.rsplit_once('.'), Some(("metadata" | "modules", _))),
    };
    is_yaml && is_known
}
