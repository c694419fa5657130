//! Catalogs on disk: links, odd entries, limits.
#![cfg(all(feature = "fs", unix))]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use catalog_model::source::{EntryKind, SourceErrorKind};
use catalog_model::{Diagnostic, FolderSource, Level, Levels, LoadOptions, Source, load};

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("folder-source")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn release(root: &Path, package: &str, version: &str) -> PathBuf {
    let path = root.join(package).join(version);
    fs::create_dir_all(&path).unwrap();
    fs::write(
        path.join("metadata.yaml"),
        format!("name: {package}\nversion: {version}\n"),
    )
    .unwrap();
    path
}

fn codes(root: &Path) -> Vec<String> {
    let loaded = load(&FolderSource::open(root).unwrap(), &LoadOptions::default()).unwrap();
    loaded
        .diagnostics()
        .iter()
        .map(|diagnostic| diagnostic.code().to_owned())
        .collect()
}

#[test]
fn a_file_and_nothing_are_no_folders() {
    let root = folder("kinds");
    fs::write(root.join("file"), "x").unwrap();
    assert_eq!(
        FolderSource::open(root.join("file")).unwrap_err().kind(),
        SourceErrorKind::WrongKind
    );
    assert_eq!(
        FolderSource::open(root.join("gone")).unwrap_err().kind(),
        SourceErrorKind::NotFound
    );
}

#[test]
fn diagnostics_name_files_that_an_editor_can_open() {
    let root = folder("display");
    fs::write(
        release(&root, "p", "1.0.0").join("modules.yaml"),
        "modules: 1\n",
    )
    .unwrap();
    let loaded = load(&FolderSource::open(&root).unwrap(), &LoadOptions::default()).unwrap();
    let file = loaded
        .diagnostics()
        .first()
        .unwrap()
        .location()
        .unwrap()
        .file()
        .path()
        .to_owned();
    assert!(Path::new(&file).is_file(), "{file}");
}

#[test]
fn links_are_followed_inside_and_not_out() {
    let (root, outside) = (folder("links"), folder("outside"));
    fs::write(outside.join("secret.yaml"), "a: b\n").unwrap();
    release(&outside, "stolen", "1.0.0");
    let version = release(&root, "p", "1.0.0");
    fs::create_dir(version.join("definitions")).unwrap();
    symlink(
        outside.join("secret.yaml"),
        version.join("definitions/out.yaml"),
    )
    .unwrap();
    symlink("gone.yaml", version.join("definitions/dangling.yaml")).unwrap();
    symlink(outside.join("stolen"), root.join("stolen")).unwrap();
    symlink("..", root.join("p/circle")).unwrap();
    symlink("1.0.0", root.join("p/2.0.0")).unwrap();
    let counted = |wanted: &str| codes(&root).iter().filter(|code| *code == wanted).count();
    // The circle and the stolen package.
    assert_eq!(counted("file.link"), 2);
    // Two in `p/1.0.0`, and the same two in the version reached through its own link.
    assert_eq!(counted("file.link.unread"), 4);
    assert_eq!(counted("metadata.version.folder"), 1);
    assert_eq!(codes(&root).len(), 7);
}

#[test]
fn the_content_of_a_module_is_that_of_its_version() {
    let root = folder("module-links");
    let (first, second) = (release(&root, "p", "1.0.0"), release(&root, "p", "2.0.0"));
    fs::create_dir_all(first.join("charts/web")).unwrap();
    fs::create_dir(second.join("charts")).unwrap();
    symlink("../../1.0.0/charts/web", second.join("charts/web")).unwrap();
    symlink("charts", first.join("same")).unwrap();
    let modules = "modules:\n- chart: {path: charts/web}\n";
    fs::write(second.join("modules.yaml"), modules).unwrap();
    let inside = "modules:\n- chart: {path: same/web}\n";
    fs::write(first.join("modules.yaml"), inside).unwrap();
    assert_eq!(codes(&root), ["modules.path"], "only 2.0.0 leads out");
}

#[test]
fn reading_never_leaves_the_root() {
    let (root, outside) = (folder("escape"), folder("escaped"));
    fs::write(outside.join("secret"), "x").unwrap();
    symlink(&outside, root.join("link")).unwrap();
    let source = FolderSource::open(&root).unwrap();
    for path in ["../escaped/secret", "link/secret", "/etc/hostname", "link"] {
        assert!(source.read(path, 1000).is_err(), "{path}");
        assert!(source.list(path).is_err(), "{path}");
    }
}

#[test]
fn what_became_a_link_after_it_was_listed_is_not_followed_out() {
    let (root, outside) = (folder("swapped"), folder("swapped-outside"));
    let version = release(&root, "p", "1.0.0");
    fs::create_dir(version.join("hooks")).unwrap();
    fs::write(version.join("hooks/a.yaml"), "inside").unwrap();
    fs::write(outside.join("metadata.yaml"), "secret").unwrap();
    fs::write(outside.join("a.yaml"), "secret").unwrap();
    let source = FolderSource::open(&root).unwrap();
    let list = || {
        for path in ["", "p", "p/1.0.0", "p/1.0.0/hooks"] {
            source.list(path).unwrap();
        }
    };
    let kind = |file: &str| source.read(file, 1000).unwrap_err().kind();

    list();
    fs::remove_file(version.join("metadata.yaml")).unwrap();
    symlink(outside.join("metadata.yaml"), version.join("metadata.yaml")).unwrap();
    assert_eq!(kind("p/1.0.0/metadata.yaml"), SourceErrorKind::WrongKind);

    // A folder above the file.
    list();
    fs::rename(version.join("hooks"), version.join("kept")).unwrap();
    symlink(&outside, version.join("hooks")).unwrap();
    assert_eq!(kind("p/1.0.0/hooks/a.yaml"), SourceErrorKind::WrongKind);
    assert!(source.list("p/1.0.0/hooks").is_err());

    // A file that took the place of another is read as it is.
    fs::remove_file(version.join("hooks")).unwrap();
    fs::rename(version.join("kept"), version.join("hooks")).unwrap();
    list();
    fs::write(version.join("new"), "replaced").unwrap();
    fs::rename(version.join("new"), version.join("hooks/a.yaml")).unwrap();
    assert_eq!(
        source.read("p/1.0.0/hooks/a.yaml", 1000).unwrap(),
        b"replaced"
    );
    assert_eq!(
        source.read("p/1.0.0/hooks/a.yaml", 1000).unwrap(),
        b"replaced"
    );
    // A path that begins with `/` is none below the root, whatever was listed.
    list();
    assert!(source.list("/p").is_err());
}

#[test]
fn names_that_are_not_utf8_and_pipes() {
    let root = folder("odd");
    let version = release(&root, "p", "1.0.0");
    fs::create_dir(version.join("hooks")).unwrap();
    fs::write(
        version.join("hooks").join(OsStr::from_bytes(b"\xff.yaml")),
        "x",
    )
    .unwrap();
    let pipe = version.join("hooks/pipe.yaml");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let source = FolderSource::open(&root).unwrap();
    assert!(
        source
            .list("p/1.0.0/hooks")
            .unwrap()
            .iter()
            .all(|entry| entry.kind == EntryKind::Other)
    );
    assert_eq!(
        codes(&root),
        ["file.unreadable", "file.unreadable"],
        "a pipe is never opened: reading it would wait for ever"
    );
}

/// Makes a folder with a file in it, at a path that is no text.
fn unspeakable(root: &Path, path: &[u8]) {
    let path = root.join(OsStr::from_bytes(path));
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("metadata.yaml"), "name: p\nversion: 1.0.0\n").unwrap();
}

#[test]
fn a_package_or_version_whose_name_is_no_text_is_missed() {
    let root = folder("unspeakable");
    release(&root, "p", "1.0.0");
    unspeakable(&root, b"q\xff/1.0.0");
    assert_eq!(codes(&root), ["file.other"], "a package");
    unspeakable(&root, b"p/2.0.0\xff");
    assert_eq!(codes(&root), ["file.other"; 2], "a version");
    unspeakable(&root, b"r/1.0.0\xff");
    let mut expected = vec!["file.other"; 3];
    expected.insert(2, "package.empty");
    assert_eq!(codes(&root), expected, "the only version of its package");
    unspeakable(&root, b"p/1.0.0/logo\xff");
    expected.push("file.other");
    let mut found = codes(&root);
    found.sort();
    expected.sort_unstable();
    assert_eq!(found, expected, "something in a version");
}

#[test]
fn a_part_of_a_version_whose_name_is_no_text_shuts_it() {
    for part in [
        &b"p/1.0.0/conditions\xff"[..],
        b"p/1.0.0/\xffhooks",
        b"p/1.0.0/defin\xfftions",
        b"p/1.0.0/metadata.yam\xff",
    ] {
        let root = folder("unspeakable-part");
        release(&root, "p", "1.0.0");
        unspeakable(&root, part);
        let loaded = load(&FolderSource::open(&root).unwrap(), &LoadOptions::default()).unwrap();
        let found: Vec<&str> = loaded.diagnostics().iter().map(Diagnostic::code).collect();
        assert_eq!(found, ["file.unreadable"]);
        assert!(loaded.catalog().package("p").unwrap().releases().is_empty());
    }
}

#[test]
fn files_that_are_no_text_or_too_large() {
    let root = folder("bytes");
    fs::write(
        release(&root, "p", "1.0.0").join("metadata.yaml"),
        b"name: p\nversion: \xff\n",
    )
    .unwrap();
    fs::write(
        release(&root, "q", "1.0.0").join("metadata.yaml"),
        vec![b'#'; 9 << 20],
    )
    .unwrap();
    release(&root, "r", "1.0.0");
    let loaded = load(&FolderSource::open(&root).unwrap(), &LoadOptions::default()).unwrap();
    let lines: Vec<String> = loaded
        .diagnostics()
        .iter()
        .map(|d| {
            d.to_string()
                .rsplit_once("metadata.yaml")
                .unwrap()
                .1
                .to_owned()
        })
        .collect();
    assert_eq!(
        lines,
        [
            ":2:10: error[file.not-utf8]: byte 0xff is not UTF-8",
            ":1:1: error[file.too-large]: the file has 9437184 bytes, more than the 8388608 allowed"
        ]
    );
    assert_eq!(loaded.catalog().package("r").unwrap().releases().len(), 1);
}

/// Loads `p/1.0.0` with a link to nothing at `path`, with all that levels can allow allowed, and compares what is said.
fn check_link(path: &str, reported: &[&str]) {
    let root = folder("links-that-count");
    let version = release(&root, "p", "1.0.0");
    let link = version.join(path);
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&link);
    symlink("/nowhere/at/all", &link).unwrap();
    let mut options = LoadOptions::default();
    for group in ["warnings", "notes"] {
        options.levels.set(group, Level::Allow).unwrap();
    }
    options.levels.set("file.link", Level::Allow).unwrap();
    let loaded = load(&FolderSource::open(&root).unwrap(), &options).unwrap();
    let found: Vec<&str> = loaded.diagnostics().iter().map(Diagnostic::code).collect();
    assert_eq!(found, reported, "{path}");
    let package = loaded.catalog().package("p").unwrap();
    let usable = usize::from(reported.is_empty());
    assert_eq!(
        (package.releases().len(), package.unusable().len()),
        (usable, 1 - usable),
        "{path}"
    );
}

#[test]
fn a_file_that_counts_is_no_link_to_nothing() {
    for path in [
        "metadata.yaml",
        "modules.yaml",
        "modules.yml",
        "conditions/gate.yaml",
        "hooks/h.yml",
        "definitions/d.yaml",
    ] {
        check_link(path, &["file.link.unread"]);
    }
    for path in ["README.md", "charts/web.yaml", "hooks/notes.txt"] {
        check_link(path, &[]);
    }
    check_link("conditions", &["file.not-a-folder"]);
    let error = Levels::new().with("file.link.unread", Level::Allow);
    assert!(error.is_err(), "an error is not allowed");
}
