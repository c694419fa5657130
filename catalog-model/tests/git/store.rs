//! Repositories written object by object, without the program `git`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catalog_model::source::{GitRepository, GitSource};
use gix::ObjectId;
use gix::objs::{Kind, Write};

/// What stands at a path of a commit.
#[derive(Clone)]
pub(super) enum Item<'a> {
    File(&'a [u8]),
    Link(&'a str),
    Submodule,
}

/// A bare repository in a folder of its own.
pub(super) struct Store {
    pub(super) path: PathBuf,
    repository: gix::Repository,
}

/// A folder of this name for a test, empty.
pub(super) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("git")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

impl Store {
    pub(super) fn new(name: &str) -> Self {
        let path = folder(name);
        gix::init_bare(&path).unwrap();
        let repository = gix::open_opts(&path, gix::open::Options::isolated()).unwrap();
        Self { path, repository }
    }

    pub(super) fn object(&self, kind: Kind, bytes: &[u8]) -> ObjectId {
        self.repository.objects.write_buf(kind, bytes).unwrap()
    }

    /// A tree of rows in the order given, whatever they are.
    pub(super) fn tree(&self, rows: &[(&str, &[u8], ObjectId)]) -> ObjectId {
        let mut bytes = Vec::new();
        for (mode, name, id) in rows {
            bytes.extend([mode.as_bytes(), b" ", name, b"\0", id.as_slice()].concat());
        }
        self.object(Kind::Tree, &bytes)
    }

    pub(super) fn tree_of(&self, items: &[(&str, Item<'_>)]) -> ObjectId {
        let mut below: BTreeMap<&str, Vec<(&str, Item<'_>)>> = BTreeMap::new();
        let mut rows = Vec::new();
        for (path, item) in items {
            match path.split_once('/') {
                Some((folder, rest)) => below.entry(folder).or_default().push((rest, item.clone())),
                None => rows.push(match item {
                    Item::File(bytes) => ("100644", *path, self.object(Kind::Blob, bytes)),
                    Item::Link(text) => ("120000", *path, self.object(Kind::Blob, text.as_bytes())),
                    Item::Submodule => ("160000", *path, ObjectId::null(gix::hash::Kind::Sha1)),
                }),
            }
        }
        let folders = below
            .into_iter()
            .map(|(name, items)| ("40000", name, self.tree_of(&items)));
        rows.extend(folders.collect::<Vec<_>>());
        // As git has them: folders as if their names ended in `/`.
        rows.sort_by_key(|(mode, name, _)| match *mode {
            "40000" => format!("{name}/"),
            _ => (*name).to_owned(),
        });
        let rows: Vec<_> = rows
            .iter()
            .map(|(mode, name, id)| (*mode, name.as_bytes(), *id))
            .collect();
        self.tree(&rows)
    }

    /// A commit of a tree, after what `branch` leads to, which then leads to this one.
    pub(super) fn commit_tree(&self, tree: ObjectId, branch: &str) -> ObjectId {
        let reference = self.path.join("refs/heads").join(branch);
        let parent = fs::read_to_string(&reference).unwrap_or_default();
        let parent = match parent.trim() {
            "" => String::new(),
            id => format!("parent {id}\n"),
        };
        let who = "A <a@example.com> 1700000000 +0000";
        let text = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\nchange\n");
        let commit = self.object(Kind::Commit, text.as_bytes());
        fs::create_dir_all(reference.parent().unwrap()).unwrap();
        fs::write(reference, format!("{commit}\n")).unwrap();
        commit
    }

    pub(super) fn commit(&self, items: &[(&str, Item<'_>)]) -> ObjectId {
        self.commit_tree(self.tree_of(items), "main")
    }

    pub(super) fn files(&self, files: &[(&str, &str)]) -> ObjectId {
        let items = files
            .iter()
            .map(|(path, text)| (*path, Item::File(text.as_bytes())));
        self.commit(&items.collect::<Vec<_>>())
    }

    /// Where a loose object lies.
    pub(super) fn loose(&self, id: ObjectId) -> PathBuf {
        let digits = id.to_string();
        self.path
            .join("objects")
            .join(&digits[..2])
            .join(&digits[2..])
    }

    pub(super) fn open(&self) -> GitRepository {
        GitRepository::open(&self.path).unwrap()
    }

    /// The catalog at `main`.
    pub(super) fn source(&self) -> GitSource {
        self.open().source("main", None).unwrap()
    }
}
