//! Saved clusters in files and folders: what is read, and that nothing is passed over.
#![cfg(feature = "fs")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use catalog_conditions::document::Limits;
use catalog_conditions::snapshot::Snapshot;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A folder of its own for one test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("snapshot-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn node(name: &str) -> String {
    format!("{{apiVersion: v1, kind: Node, metadata: {{name: {name}}}}}\n")
}

fn read(path: &Path, limits: &Limits) -> Snapshot {
    Snapshot::builder()
        .complete()
        .read_path(path, limits)
        .unwrap()
        .build()
}

fn nodes(snapshot: &Snapshot) -> Vec<&str> {
    let nodes = snapshot.objects("", "Node");
    nodes
        .map(|node| node["metadata"]["name"].as_str().unwrap())
        .collect()
}

/// The diagnostics, with the folder's path left out.
fn told(snapshot: &Snapshot, folder: &Folder) -> Vec<String> {
    let prefix = format!("{}/", folder.0.display());
    let lines = snapshot.diagnostics().iter();
    lines
        .map(|line| line.to_string().replace(&prefix, ""))
        .collect()
}

#[test]
fn a_folder_is_one_cluster() {
    let folder = Folder::new("whole");
    folder.file("a.yaml", node("a"));
    folder.file("b.yml", node("b"));
    folder.file(
        "c.json",
        "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"c\"}}",
    );
    folder.file("d.yaml.gz", packed(&node("d")));
    folder.file(
        "e.json",
        packed("{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"e\"}}"),
    );
    folder.file(
        "f.YML.GZ",
        [packed(&node("f")), packed(&format!("---\n{}", node("g")))].concat(),
    );
    folder.file(".hidden", "not a cluster");
    let snapshot = read(&folder.0, &Limits::snapshot());
    assert_eq!(told(&snapshot, &folder), [""; 0]);
    assert_eq!(nodes(&snapshot), ["a", "b", "c", "d", "e", "f", "g"]);
    assert!(snapshot.covers("", "Node", None));

    // What is not read is told, and a whole folder of it may hold anything.
    folder.file("notes.txt", "not a cluster");
    let snapshot = read(&folder.0, &Limits::snapshot());
    assert_eq!(
        told(&snapshot, &folder),
        [
            "notes.txt:1:1: warning[snapshot.file.ignored]: this file is not read: its name ends neither in .yaml, .yml or .json nor in that and .gz"
        ]
    );
    assert!(snapshot.covers("", "Node", None));
    fs::create_dir(folder.0.join("below")).unwrap();
    folder.file("below/z.yaml", node("z"));
    let snapshot = read(&folder.0, &Limits::snapshot());
    assert_eq!(
        told(&snapshot, &folder)[0],
        "below:1:1: warning[snapshot.file.ignored]: this folder is not read, and the snapshot covers nothing because of it"
    );
    assert_eq!(nodes(&snapshot), ["a", "b", "c", "d", "e", "f", "g"]);
    assert!(!snapshot.covers("", "Node", None));
    for (name, node) in [("a.yaml", "a"), ("d.yaml.gz", "d"), ("e.json", "e")] {
        let one = read(&folder.0.join(name), &Limits::snapshot());
        assert_eq!(nodes(&one), [node]);
    }
    let any = folder.file("saved", node("x"));
    assert_eq!(
        nodes(&read(&any, &Limits::snapshot())),
        ["x"],
        "what is named is read, whatever its name"
    );
}

#[test]
fn what_cannot_be_read_is_told() {
    let folder = Folder::new("broken");
    folder.file("a.yaml", node("a"));
    folder.file("empty.yaml", "");
    folder.file("latin.yaml", b"name: caf\xe9\n");
    folder.file("half.yaml.gz", &packed(&node("h"))[..20]);
    folder.file("utf16.yaml", b"\xff\xfek\0i\0n\0d\0");
    fs::create_dir(folder.0.join("folder.yaml")).unwrap();
    let snapshot = read(&folder.0, &Limits::snapshot());
    assert_eq!(nodes(&snapshot), ["a"]);
    let whole_lines = told(&snapshot, &folder);
    let lines: Vec<&str> = whole_lines
        .iter()
        // What the library for gzip says after it may change.
        .map(|line| {
            line.split_once(" unpacked: ")
                .map_or(line.as_str(), |(line, _)| line)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "empty.yaml:1:1: error[snapshot.empty]: this file holds no object: it is no saved cluster",
            "folder.yaml:1:1: error[snapshot.file]: this is a folder, not a file",
            "half.yaml.gz:1:1: error[snapshot.file]: this cannot be",
            "latin.yaml:1:1: error[snapshot.file]: byte 9 is not UTF-8",
            "utf16.yaml:1:1: error[snapshot.file]: this is UTF-16, not UTF-8",
        ]
    );
    for name in [
        "empty.yaml",
        "folder.yaml",
        "half.yaml.gz",
        "latin.yaml",
        "utf16.yaml",
    ] {
        let path = folder.0.join(name);
        if !path.is_dir() {
            assert!(
                !read(&path, &Limits::snapshot()).covers("", "Node", None),
                "{name}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_answered() {
    use std::os::unix::fs::symlink;

    let folder = Folder::new("links");
    folder.file("a.yaml", node("a"));
    symlink("a.yaml", folder.0.join("b.yaml")).unwrap();
    let snapshot = read(&folder.0, &Limits::snapshot());
    assert_eq!(nodes(&snapshot), ["a"], "the same twice is the same");
    assert!(snapshot.covers("", "Node", None));
    symlink("loop.yaml", folder.0.join("loop.yaml")).unwrap();
    symlink("nowhere", folder.0.join("gone.yaml")).unwrap();
    symlink(".", folder.0.join("self.yaml")).unwrap();
    let pipe = folder.0.join("pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    let made = made.is_ok_and(|status| status.success());
    let snapshot = read(&folder.0, &Limits::snapshot());
    assert!(!snapshot.covers("", "Node", None));
    let lines = told(&snapshot, &folder);
    let mut expected = vec![
        "gone.yaml:1:1: error[snapshot.file]: this cannot be read",
        "loop.yaml:1:1: error[snapshot.file]: this cannot be read",
    ];
    if made {
        expected.push("pipe.yaml:1:1: error[snapshot.file]: this is a pipe or a device");
    }
    expected.push("self.yaml:1:1: error[snapshot.file]: this is a folder");
    assert_eq!(lines.len(), expected.len(), "{lines:?}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    if made {
        // Who names a pipe wants it read.
        let writer = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::write(pipe, node("p"))
        });
        assert_eq!(nodes(&read(&pipe, &Limits::snapshot())), ["p"]);
        writer.join().unwrap().unwrap();
    }
}

#[test]
fn nothing_at_the_path_is_an_error() {
    let folder = Folder::new("nothing");
    let error = |path: &Path| {
        let read = Snapshot::builder().read_path(path, &Limits::snapshot());
        let error = read.unwrap_err();
        assert_eq!(error.path(), path.display().to_string());
        error.to_string()
    };
    let message = error(&folder.0);
    assert!(
        message.ends_with(": there is no .yaml, .yml or .json file in this folder"),
        "{message}"
    );
    let message = error(&folder.0.join("none.yaml"));
    assert!(
        message.contains("none.yaml: No such file or directory"),
        "{message}"
    );
}

#[test]
fn unpacking_ends_at_the_limit() {
    let folder = Folder::new("large");
    // 32 MB of zeros pack into some 32 kB.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..32 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    let mut limits = Limits::snapshot();
    limits.file_bytes = 1 << 20;
    let path = folder.file("b.yaml.gz", &bomb);
    let snapshot = read(&path, &limits);
    let line = "b.yaml.gz:1:1: error[snapshot.file]: with this file there are more than 1048576 bytes to read";
    assert_eq!(told(&snapshot, &folder), [line]);
    folder.file("a.yaml", node("a"));
    for at in 0..20 {
        folder.file(&format!("c{at}.yaml.gz"), &bomb);
    }
    let snapshot = read(&folder.0, &limits);
    assert_eq!(
        told(&snapshot, &folder),
        [line],
        "the files after it are not opened"
    );
    assert_eq!(nodes(&snapshot), ["a"]);
    assert!(!snapshot.covers("", "Node", None));
    let bytes = node("a").len();
    let pair = Folder::new("pair");
    pair.file("a.yaml", node("a"));
    pair.file("b.yaml", node("b"));
    limits.file_bytes = 2 * bytes;
    assert_eq!(nodes(&read(&pair.0, &limits)), ["a", "b"]);
    limits.file_bytes -= 1;
    let snapshot = read(&pair.0, &limits);
    assert_eq!(nodes(&snapshot), ["a"], "together they have too much");
    assert!(!snapshot.covers("", "Node", None));
}

#[test]
fn ten_thousand_files() {
    let folder = Folder::new("many");
    for at in 0..10_000 {
        folder.file(&format!("{at}.yaml"), node(&format!("n{at}")));
    }
    let snapshot = read(&folder.0, &Limits::snapshot());
    assert_eq!(told(&snapshot, &folder), [""; 0]);
    assert_eq!(snapshot.objects("", "Node").count(), 10_000);
}
