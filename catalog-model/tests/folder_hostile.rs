//! Folders made to stop whoever reads them: pipes, sockets, loops of links, very many entries, files that may not be read.
#![cfg(all(feature = "fs", unix))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use catalog_model::source::SourceErrorKind;
use catalog_model::{FolderSource, LoadOptions, Loaded, Source, load};

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("folder-hostile")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    write(
        &path.join("q/1.0.0/metadata.yaml"),
        "name: q\nversion: 1.0.0\n",
    );
    write(
        &path.join("p/1.0.0/metadata.yaml"),
        "name: p\nversion: 1.0.0\n",
    );
    path
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn pipe(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// Does something in a thread of its own, since what waits for ever can only be told of from another.
fn in_time<T: Send + 'static>(what: &str, act: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(act()));
    let received = receiver.recv_timeout(Duration::from_secs(120));
    received.unwrap_or_else(|_| panic!("{what}: no answer"))
}

/// Loads a folder, whose package `q` is there whatever else is.
fn loaded(root: &Path) -> Loaded {
    let source = FolderSource::open(root).unwrap();
    let loaded = in_time("load", move || {
        load(&source, &LoadOptions::default()).unwrap()
    });
    assert_eq!(loaded.catalog().package("q").unwrap().releases().len(), 1);
    loaded
}

fn codes(loaded: &Loaded) -> Vec<&str> {
    let diagnostics = loaded.diagnostics().iter();
    diagnostics.map(|diagnostic| diagnostic.code()).collect()
}

#[test]
fn nothing_waits_for_a_pipe_or_a_socket() {
    let root = folder("pipes");
    let version = root.join("p/1.0.0");
    for file in [
        "conditions/c.yaml",
        "hooks/h.yaml",
        "definitions/d.yaml",
        "modules.yaml",
        "chart/values.yaml",
        "chart/values.schema.json",
        "chart/Chart.yaml",
        "tf/variables.tf",
        "manifests/m.yaml",
    ] {
        pipe(&version.join(file));
    }
    pipe(&root.join("r/1.0.0/metadata.yaml"));
    pipe(&root.join("s"));
    let _socket = UnixListener::bind(version.join("conditions/s.yaml"));
    let told = loaded(&root);
    assert!(
        codes(&told)
            .iter()
            .filter(|code| **code == "file.unreadable")
            .count()
            >= 4,
        "{:?}",
        codes(&told)
    );
    assert!(told.catalog().package("p").unwrap().releases().is_empty());

    // The same where modules name them.
    fs::remove_file(version.join("modules.yaml")).unwrap();
    for folder in ["conditions", "hooks", "definitions"] {
        fs::remove_dir_all(version.join(folder)).unwrap();
    }
    let modules = "modules:\n- chart: {path: ./chart}\n- terraform: {path: ./tf}\n- manifests: {path: ./manifests}\n";
    write(&version.join("modules.yaml"), modules);
    let told = loaded(&root);
    assert!(
        codes(&told).contains(&"file.unreadable"),
        "{:?}",
        codes(&told)
    );
}

#[test]
fn to_read_what_is_no_file_is_refused_at_once() {
    let root = folder("read");
    pipe(&root.join("p/pipe"));
    symlink("pipe", root.join("p/link")).unwrap();
    for path in ["p/pipe", "p/link", "p"] {
        let source = FolderSource::open(&root).unwrap();
        let error = in_time(path, move || source.read(path, 10).unwrap_err());
        assert_eq!(error.kind(), SourceErrorKind::WrongKind, "{path}: {error}");
    }
}

#[test]
fn devices_are_not_read() {
    let root = folder("devices");
    let version = root.join("p/1.0.0");
    fs::create_dir(version.join("hooks")).unwrap();
    symlink("/dev/zero", version.join("hooks/zero.yaml")).unwrap();
    symlink("/dev/zero", version.join("modules.yaml")).unwrap();
    let told = loaded(&root);
    assert_eq!(
        told.catalog().package("p").unwrap().releases().len(),
        0,
        "{:?}",
        codes(&told)
    );
}

#[test]
fn loops_of_links_end() {
    let root = folder("loops");
    let version = root.join("p/1.0.0");
    symlink("b.yaml", version.join("a.yaml")).unwrap();
    symlink("a.yaml", version.join("b.yaml")).unwrap();
    fs::create_dir(version.join("definitions")).unwrap();
    symlink("self.yaml", version.join("definitions/self.yaml")).unwrap();
    symlink("..", version.join("definitions/up")).unwrap();
    // Two folders, each with a way into the other: a tree that is endless.
    for (one, other) in [("x", "y"), ("y", "x")] {
        fs::create_dir_all(version.join(one)).unwrap();
        for at in 0..8 {
            symlink(
                format!("../{other}"),
                version.join(one).join(format!("l{at}")),
            )
            .unwrap();
        }
    }
    write(
        &version.join("modules.yaml"),
        "modules:\n- manifests: {path: ./x}\n- chart: {path: ./y}\n",
    );
    symlink("../p", root.join("p/2.0.0")).unwrap();
    symlink("r", root.join("r")).unwrap();
    let told = loaded(&root);
    assert!(
        told.diagnostics().len() < 1_000,
        "{}",
        told.diagnostics().len()
    );
}

#[test]
fn a_folder_of_a_hundred_thousand_entries_is_one_diagnostic() {
    let root = folder("many");
    let hooks = root.join("p/1.0.0/hooks");
    fs::create_dir(&hooks).unwrap();
    for at in 0..100_000 {
        fs::File::create(hooks.join(format!("{at}.yaml"))).unwrap();
    }
    let told = loaded(&root);
    assert_eq!(codes(&told), ["version.limit.files"]);
    fs::remove_dir_all(&root).unwrap();
}

#[test]
fn what_may_not_be_read_is_said() {
    let root = folder("permissions");
    let version = root.join("p/1.0.0");
    write(&version.join("hooks/h.yaml"), "pre-install: []\n");
    fs::create_dir_all(root.join("r/1.0.0")).unwrap();
    let shut = [version.join("hooks/h.yaml"), root.join("r")];
    let set = |mode| {
        for path in &shut {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o000);
    // Nothing is shut for root.
    let is_root = fs::read_dir(root.join("r")).is_ok();
    let told = loaded(&root);
    set(0o755);
    if is_root {
        println!("skipped: nothing is shut for this user");
        return;
    }
    assert_eq!(codes(&told), ["file.unreadable", "file.unreadable"]);
    assert!(told.catalog().package("p").unwrap().releases().is_empty());
}

#[test]
fn hostile_names_are_names() {
    let root = folder("names");
    let version = root.join("p/1.0.0");
    for (at, name) in [
        "a\nb.yaml",
        "\u{202e}lmay.a",
        " .yaml",
        "-.yaml",
        "..yaml",
        "a\\b.yaml",
        "\u{1b}[31m.yaml",
        "C:x.yaml",
    ]
    .iter()
    .enumerate()
    {
        let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a{at}}}\n");
        write(&version.join("definitions").join(name), &text);
        fs::create_dir_all(root.join(name)).unwrap();
        fs::create_dir_all(root.join("q").join(name)).unwrap();
    }
    write(&version.join("definitions").join("x".repeat(250)), "a");
    let told = loaded(&root);
    assert!(told.diagnostics().len() >= 20, "{:?}", codes(&told));
    for diagnostic in told.diagnostics() {
        let line = diagnostic.to_string();
        assert!(!line.contains(['\n', '\u{1b}', '\u{202e}']), "{line:?}");
    }
}
