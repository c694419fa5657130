//! Repositories that are damaged, or that no program `git` would make.

use std::fs;

use catalog_model::source::{Source, SourceErrorKind};
use catalog_model::{LoadOptions, load};
use gix::ObjectId;
use gix::objs::Kind;

use super::store::{Item, Store};

fn told(store: &Store) -> Vec<String> {
    let loaded = load(&store.source(), &LoadOptions::default()).unwrap();
    loaded
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect()
}

const METADATA: &[u8] = b"name: a\nversion: '1.0'\n";

#[test]
fn submodules_and_pointers_of_lfs_are_told_of() {
    let store = Store::new("submodules");
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
    store.commit(&[
        ("a/1.0/metadata.yaml", Item::File(METADATA)),
        ("a/1.0/definitions", Item::Submodule),
        ("b/1.0/metadata.yaml", Item::File(pointer)),
        ("c", Item::Submodule),
    ]);
    let told = told(&store).join("\n");
    for expected in [
        "a/1.0/definitions:1:1: error[file.not-a-folder]: `definitions` must be a folder inside the catalog, and this is none",
        "b/1.0/metadata.yaml:1:1: error[file.unreadable]: this is a pointer of Git LFS, and the repository does not hold the file: commit the file itself",
        "c:1:1: warning[file.other]: this is neither a file nor a folder (a device, a submodule of git)",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
}

#[test]
fn names_that_no_file_has_are_told_of_and_lead_nowhere() {
    let store = Store::new("names");
    let blob = store.object(Kind::Blob, METADATA);
    let good = store.tree(&[("100644", b"metadata.yaml", blob)]);
    let version = store.tree(&[
        ("100644", b"..", blob),
        ("100644", b".", blob),
        ("100644", b"", blob),
        ("100644", b"definitions/x", blob),
        ("100644", b"\xff.yaml", blob),
        ("100644", b"metadata.yaml", blob),
    ]);
    let package = store.tree(&[("40000", b"1.0", version), ("40000", b"..", good)]);
    let root = store.tree(&[("40000", b"a", package), ("40000", b"b/../a", package)]);
    store.commit_tree(root, "main");
    let source = store.source();
    assert!(source.read("a/1.0/..", 100).is_err());
    assert!(source.list("b/../a").is_err());
    let told = told(&store);
    let odd = told.iter().filter(|one| one.contains("nobody can read it"));
    assert!(odd.count() >= 2, "{told:#?}");
}

#[test]
fn two_of_one_name_are_read_by_nobody() {
    let store = Store::new("twice");
    let (one, two) = (
        store.object(Kind::Blob, METADATA),
        store.object(Kind::Blob, b"name: b\n"),
    );
    let version = store.tree(&[
        ("100644", b"metadata.yaml", one),
        ("100644", b"metadata.yaml", two),
    ]);
    let package = store.tree(&[("40000", b"1.0", version)]);
    store.commit_tree(store.tree(&[("40000", b"a", package)]), "main");
    assert!(store.source().read("a/1.0/metadata.yaml", 100).is_err());
    let loaded = load(&store.source(), &LoadOptions::default()).unwrap();
    assert!(
        loaded.has_errors()
            && loaded
                .catalog()
                .packages()
                .all(|package| package.releases().is_empty())
    );
}

#[test]
fn what_is_missing_or_damaged_is_no_fault_of_a_file() {
    let store = Store::new("damaged");
    store.commit(&[
        ("a/1.0/metadata.yaml", Item::File(METADATA)),
        ("b/1.0/metadata.yaml", Item::File(b"name: b\n")),
    ]);
    let blob = store.object(Kind::Blob, METADATA);
    let loose = store.loose(blob);
    let kind = || {
        let error = store
            .source()
            .read("a/1.0/metadata.yaml", 1000)
            .unwrap_err();
        assert_eq!(error.path(), "a/1.0/metadata.yaml");
        let repository = format!(
            "the repository `{}` is damaged, or does not have all its objects: object {blob}: ",
            store.path.display()
        );
        let said = error.message();
        assert!(said.starts_with(&repository), "{said}");
        let advice = "; `git fsck` lists what is wrong, and a new, full clone mends it";
        assert!(said.ends_with(advice), "{said}");
        error.kind()
    };
    let whole = fs::read(&loose).unwrap();
    fs::remove_file(&loose).unwrap();
    assert_eq!(kind(), SourceErrorKind::Unavailable);
    fs::write(&loose, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(kind(), SourceErrorKind::Unavailable);
    fs::write(&loose, b"no zlib").unwrap();
    assert_eq!(kind(), SourceErrorKind::Unavailable);
    assert_eq!(
        store.source().read("b/1.0/metadata.yaml", 1000).unwrap(),
        b"name: b\n"
    );
    assert!(
        told(&store)
            .iter()
            .any(|one| one.contains("is damaged, or does not have all its objects"))
    );
}

#[test]
fn objects_of_another_kind_than_they_are_said_to_be_are_not_read() {
    let store = Store::new("kinds");
    let blob = store.object(Kind::Blob, METADATA);
    let tree = store.tree(&[("100644", b"metadata.yaml", blob)]);
    let confused = store.tree(&[("40000", b"a", blob), ("100644", b"b", tree)]);
    store.commit_tree(confused, "main");
    let source = store.source();
    assert_eq!(
        source.list("a").unwrap_err().kind(),
        SourceErrorKind::Unavailable
    );
    assert_eq!(
        source.read("b", 100).unwrap_err().kind(),
        SourceErrorKind::Unavailable
    );
    store.commit_tree(blob, "confused");
    let told = store.open().source("confused", None).unwrap_err();
    assert_eq!(told.kind(), SourceErrorKind::Unavailable, "{told}");
    store.commit_tree(ObjectId::null(gix::hash::Kind::Sha1), "gone");
    assert_eq!(
        store.open().source("gone", None).unwrap_err().kind(),
        SourceErrorKind::Unavailable
    );
}

#[test]
fn a_tree_that_is_cut_off_is_damaged() {
    let store = Store::new("cut");
    let blob = store.object(Kind::Blob, METADATA);
    let mut bytes = [&b"100644 metadata.yaml\0"[..], blob.as_slice()].concat();
    bytes.truncate(bytes.len() - 3);
    let broken = store.object(Kind::Tree, &bytes);
    store.commit_tree(store.tree(&[("40000", b"a", broken)]), "main");
    assert_eq!(
        store.source().list("a").unwrap_err().kind(),
        SourceErrorKind::Unavailable
    );
}

#[test]
fn a_file_that_is_too_large_is_not_unpacked() {
    let store = Store::new("large");
    let large = vec![b'#'; 9 << 20];
    store.commit(&[
        ("a/1.0/metadata.yaml", Item::File(METADATA)),
        ("a/1.0/modules.yaml", Item::File(&large)),
    ]);
    let error = store
        .source()
        .read("a/1.0/modules.yaml", 8 << 20)
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (
            SourceErrorKind::TooLarge,
            "the file has 9437184 bytes, more than the 8388608 allowed"
        )
    );
    assert!(
        told(&store)
            .iter()
            .any(|one| one.contains("file.too-large"))
    );
}
