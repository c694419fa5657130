//! An archive of a catalog is that catalog.

use catalog_model::source::{ArchiveOptions, ArchiveSource, Entry, EntryKind, Source};
use catalog_model::{DigestLimits, LoadOptions, MemorySource, ReleaseDigest, load};

use super::tarball::{Tarball, gzip};

const METADATA: &str = "name: grafana\nversion: 11.0.0\n";

fn read(bytes: &[u8]) -> ArchiveSource {
    read_with(bytes, &ArchiveOptions::default())
}

fn read_with(bytes: &[u8], options: &ArchiveOptions) -> ArchiveSource {
    ArchiveSource::read(bytes, "catalog.tar", options).unwrap()
}

fn rooted(root: &str) -> ArchiveOptions {
    let mut options = ArchiveOptions::default();
    options.root = Some(root.to_owned());
    options
}

fn names(source: &dyn Source, folder: &str) -> Vec<String> {
    let listed = source.list(folder).unwrap();
    listed.into_iter().map(|entry| entry.name).collect()
}

#[test]
fn an_archive_reads_as_its_files_do_packed_or_not() {
    let files = [
        ("grafana/11.0.0/metadata.yaml", METADATA),
        ("grafana/11.0.0/modules.yaml", "modules: [broken]\n"),
        (
            "grafana/12.0.0/metadata.yaml",
            "name: grafana\nversion: 12.0.0\n",
        ),
        ("README.md", "hello\n"),
    ];
    let memory: MemorySource = files.into_iter().collect();
    let expected = load(&memory, &LoadOptions::default()).unwrap();
    assert!(expected.has_errors() && expected.catalog().packages().count() == 1);
    let plain = files
        .iter()
        .fold(Tarball::new(), |tar, (path, text)| tar.file(path, text))
        .finish();
    // As `tar -C folder .` writes it.
    let dotted = files
        .iter()
        .fold(Tarball::new().folder("./"), |tar, (path, text)| {
            tar.file(&format!("./{path}"), text)
        });
    let parts = plain.split_at(700);
    let several = [gzip(parts.0), gzip(parts.1)].concat();
    // As a tape or a disk of whole blocks gives it back.
    let padded = [gzip(&plain), vec![0; 70_000]].concat();
    for bytes in [
        plain.clone(),
        gzip(&plain),
        dotted.finish(),
        several,
        padded,
    ] {
        let source = read(&bytes);
        let loaded = load(&source, &LoadOptions::default()).unwrap();
        assert_eq!(loaded.catalog(), expected.catalog());
        assert_eq!(loaded.diagnostics(), expected.diagnostics());
        let digest = |source: &dyn Source| {
            ReleaseDigest::of(source, "grafana/11.0.0", &DigestLimits::default())
        };
        assert_eq!(digest(&source).unwrap(), digest(&memory).unwrap());
    }
}

#[test]
fn the_catalog_is_the_folder_asked_for_else_catalog_else_all() {
    let tar = Tarball::new()
        .file("catalog/a/1.0/metadata.yaml", "")
        .file("other/b/1.0/metadata.yaml", "")
        .finish();
    assert_eq!(names(&read(&tar), ""), ["a"]);
    assert_eq!(read(&tar).display("a/1.0"), "catalog/a/1.0");
    assert_eq!(names(&read_with(&tar, &rooted("other/")), ""), ["b"]);
    assert_eq!(
        names(&read_with(&tar, &rooted("")), ""),
        ["catalog", "other"]
    );
    let error = ArchiveSource::read(&tar[..], "c.tar", &rooted("none")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "c.tar: there is no folder `none` in this archive"
    );
    let no_catalog = Tarball::new()
        .file("a/1.0/metadata.yaml", "")
        .file("catalog", "a file")
        .finish();
    assert_eq!(names(&read(&no_catalog), ""), ["a", "catalog"]);
}

#[test]
fn long_names_are_read_whoever_wrote_them() {
    let long = format!("{}/1.0/charts/{}/x", "p".repeat(63), "c".repeat(150));
    let gnu = Tarball::new()
        .long_name(&long)
        .file("short", "1")
        .file("next", "2")
        .finish();
    let pax = Tarball::new()
        .pax(&[("mtime", "1.5"), ("path", &long)])
        .file("short", "1")
        .file("next", "2")
        .finish();
    for bytes in [gnu, pax] {
        let source = read(&bytes);
        assert_eq!(source.read(&long, 10).unwrap(), b"1");
        assert_eq!(source.read("next", 10).unwrap(), b"2");
        assert!(source.read("short", 10).is_err());
    }
    // The `tar` crate writes as GNU tar does.
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    builder.append_data(&mut header, &long, &b"3"[..]).unwrap();
    assert_eq!(
        read(&builder.into_inner().unwrap())
            .read(&long, 10)
            .unwrap(),
        b"3"
    );
}

#[test]
fn a_name_may_hold_line_breaks_where_its_length_says_so() {
    let tar = Tarball::new()
        .pax(&[("path", "a\n30 path=b"), ("comment", "x")])
        .file("short", "1")
        .finish();
    assert_eq!(names(&read(&tar), ""), ["a\n30 path=b"]);
}

#[test]
fn links_lead_inside_the_catalog_and_never_out_of_it() {
    let tar = Tarball::new()
        .file("outside", "secret")
        .file("catalog/a/1.0/metadata.yaml", METADATA)
        .hard_link("catalog/a/1.0/copy", "catalog/a/1.0/metadata.yaml")
        .link("catalog/a/1.1", "1.0")
        .link("catalog/a/out", "../../outside")
        .link("catalog/a/etc", "/etc/passwd")
        .link("catalog/a/circle", "circle")
        .link("catalog/a/above", "..")
        .hard_link("catalog/a/hard", "/etc/passwd")
        .finish();
    let source = read(&tar);
    let kinds: Vec<(String, EntryKind)> = source
        .list("a")
        .unwrap()
        .into_iter()
        .map(|Entry { name, kind }| (name, kind))
        .collect();
    let kinds: Vec<(&str, EntryKind)> = kinds
        .iter()
        .map(|(name, kind)| (name.as_str(), *kind))
        .collect();
    let expected = [
        ("1.0", EntryKind::Folder),
        ("1.1", EntryKind::Folder),
        ("above", EntryKind::Link),
        ("circle", EntryKind::Link),
        ("etc", EntryKind::Link),
        ("hard", EntryKind::Link),
        ("out", EntryKind::Link),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(source.read("a/1.1/copy", 100).unwrap(), METADATA.as_bytes());
    assert!(source.is_link("a/1.1") && !source.is_link("a/1.0"));
    assert!(
        !source.is_inside("a/1.1/copy", "a/1.1/none") && source.is_inside("a/1.1/copy", "a/1.0")
    );
    for out in ["a/out", "a/etc", "a/hard", "a/circle"] {
        assert!(source.read(out, 100).is_err(), "{out}");
        assert!(!source.is_inside(out, ""), "{out}");
    }
    assert!(ReleaseDigest::of(&source, "a/1.1", &DigestLimits::default()).is_ok());
    assert_eq!(source.content_id("a/1.1"), None);
}

#[test]
fn what_is_no_file_is_told_as_in_a_folder() {
    let tar = Tarball::new()
        .file("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n")
        .raw(b'6', b"a/1.0/definitions", b"", b"", 0)
        .raw(b'0', b"a/1.0/\xff.yaml", b"", b"", 0)
        .finish();
    let loaded = load(&read(&tar), &LoadOptions::default()).unwrap();
    let told: Vec<String> = loaded
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(
        told.iter().any(|one| one.contains("a/1.0/definitions")),
        "{told:#?}"
    );
    assert!(told.iter().any(|one| one.contains("UTF-8")), "{told:#?}");
    assert!(loaded.has_errors());
}

#[test]
fn a_file_larger_than_is_kept_is_told_by_its_name() {
    let mut options = ArchiveOptions::default();
    options.file_bytes = 40;
    let metadata = "name: a\nversion: 1.0\n";
    let tar = Tarball::new()
        .file("a/1.0/metadata.yaml", metadata)
        .file("a/1.0/modules.yaml", "#".repeat(41))
        .finish();
    let source = read_with(&tar, &options);
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let mut told = loaded.diagnostics().iter();
    let told = told.find(|one| one.code() == "file.too-large").unwrap();
    assert!(told.to_string().contains("modules.yaml"), "{told}");
    assert_eq!(source.content_id("a"), None, "it may have changed");
    assert!(source.content_id("a/1.0/metadata.yaml").is_some());
}

#[test]
fn ids_tell_archives_apart_as_their_files_do() {
    let base = Tarball::new()
        .file("a/1.0/x", "1")
        .link("a/1.0/l", "x")
        .folder("a/empty");
    let same = Tarball::new()
        .folder("a/empty/")
        .folder("a")
        .link("a/1.0/l", "x")
        .file("a/1.0/x", "1");
    assert_eq!(
        read(&base.clone().finish()).content_id(""),
        read(&gzip(&same.finish())).content_id("")
    );
    for other in [
        base.clone().file("a/1.0/y", ""),
        base.clone().folder("b"),
        Tarball::new()
            .file("a/1.0/x", "1")
            .link("a/1.0/l", "y")
            .folder("a/empty"),
        Tarball::new()
            .file("a/1.0/x", "2")
            .link("a/1.0/l", "x")
            .folder("a/empty"),
    ] {
        assert_ne!(
            read(&base.clone().finish()).content_id(""),
            read(&other.finish()).content_id("")
        );
    }
}
