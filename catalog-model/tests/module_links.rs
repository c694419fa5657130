//! Links and what else is no file, in the charts and Terraform modules of catalogs on disk.
#![cfg(all(feature = "fs", feature = "parameters", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_model::parameters::{ParameterLimits, ParameterSchema, SchemaOrigin};
use catalog_model::{FolderSource, LoadOptions, load};

/// What is put at a path of the version folder.
#[derive(Clone, Copy, Debug)]
enum Put<'a> {
    Link(&'a str),
    Folder,
    Socket,
    Pipe,
}

impl Put<'_> {
    fn at(self, path: &Path) {
        let _ = fs::remove_file(path);
        match self {
            Self::Link(to) => symlink(to, path).unwrap(),
            Self::Folder => fs::create_dir(path).unwrap(),
            Self::Socket => drop(UnixListener::bind(path).unwrap()),
            Self::Pipe => {
                let made = std::process::Command::new("mkfifo").arg(path).status();
                assert!(made.unwrap().success());
            }
        }
    }
}

const FILES: [(&str, &str); 8] = [
    ("p/shared.txt", "variable \"shared\" {}\n"),
    ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
    (
        "p/1.0.0/modules.yaml",
        "modules:\n- chart: {path: ./chart}\n- terraform: {path: ./tf}\n",
    ),
    (
        "p/1.0.0/chart/Chart.yaml",
        "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
    ),
    ("p/1.0.0/chart/values.yaml", "replicas: 1\n"),
    ("p/1.0.0/tf/o.tf", "variable \"o\" {}\n"),
    ("p/1.0.0/files/own.txt", "variable \"own\" {}\n"),
    ("p/1.0.0/files/schema.json", "{\"type\": \"object\"}\n"),
];

/// Puts something at `path` beside good modules, and compares what is said of it, with its path below the version folder. Where there is
/// an error, the release is not used, and nothing is known of the module.
fn check(path: &str, put: Put<'_>, said: &[&str]) {
    // Short, for the paths of sockets are.
    static CHECKS: AtomicUsize = AtomicUsize::new(0);
    let check = CHECKS.fetch_add(1, Ordering::Relaxed);
    let root = format!("module-links-{}-{check}", std::process::id());
    let root = std::env::temp_dir().join(root);
    let _ = fs::remove_dir_all(&root);
    for (file, text) in FILES {
        let file = root.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let source = FolderSource::open(&root).unwrap();
    let good = load(&source, &LoadOptions::default()).unwrap();
    put.at(&root.join("p/1.0.0").join(path));

    let mut options = LoadOptions::default();
    options.modules = Some(ParameterLimits::default());
    let loaded = load(&source, &options).unwrap();
    let prefix = format!("{}/", root.join("p/1.0.0").display());
    let found = loaded.diagnostics().iter();
    let found: Vec<String> = found
        .map(|diagnostic| {
            let place = diagnostic
                .location()
                .map_or("", |place| place.file().path());
            let place = place.strip_prefix(&prefix).unwrap_or(place);
            let message = diagnostic.message().split([',', ':', '(']).next();
            format!(
                "{place}: {} {}",
                diagnostic.code(),
                message.unwrap().trim_end()
            )
        })
        .collect();
    assert_eq!(found, said, "{path}: {put:?}");
    let package = loaded.catalog().package("p").unwrap();
    assert_eq!(package.releases().is_empty(), !said.is_empty(), "{path}");

    // The same when somebody asks for the parameters of a release that was loaded without a look into its modules.
    let release = good.catalog().package("p").unwrap().newest().unwrap();
    let module = match path.starts_with("chart/") {
        true => &release.modules()[0],
        false => &release.modules()[1],
    };
    let limits = ParameterLimits::default();
    let (schema, found) = ParameterSchema::read(&source, release, module, &limits);
    assert_eq!(found.len(), said.len(), "{path}: {put:?}: {found:?}");
    let is_known = schema.origin() != SchemaOrigin::Unknown;
    assert_eq!(is_known, said.is_empty(), "{path}: {put:?}");
    let _ = fs::remove_dir_all(&root);
}

const NOWHERE: [Put<'_>; 3] = [
    Put::Link("nope"),
    Put::Link("/etc/hostname"),
    Put::Link("../../../.."),
];

#[test]
fn a_link_that_is_not_followed_is_no_missing_file() {
    for file in [
        "chart/Chart.yaml",
        "chart/values.yaml",
        "chart/values.schema.json",
        "chart/requirements.yaml",
        "tf/main.tf",
        "tf/main.tf.json",
    ] {
        let said = format!("{file}: file.link.unread this link leads out of the catalog");
        for link in NOWHERE {
            check(file, link, &[&said]);
        }
        let name = file.rsplit('/').next().unwrap();
        check(file, Put::Link(name), &[&said]);
    }
}

#[test]
fn what_is_no_file_is_no_missing_file() {
    let said = "this is not a file";
    for file in ["chart/Chart.yaml", "chart/values.yaml", "tf/main.tf"] {
        for put in [Put::Socket, Put::Pipe] {
            let said = format!("{file}: file.unreadable {said}");
            check(file, put, &[&said]);
        }
    }
    for file in ["chart/Chart.yaml", "chart/values.schema.json"] {
        let said = format!("{file}: file.unreadable {said}");
        check(file, Put::Folder, &[&said]);
    }
    // Terraform passes over folders, whatever they are named.
    check("tf/main.tf", Put::Folder, &[]);
}

#[test]
fn a_module_has_no_files_from_outside_its_version() {
    for (file, to) in [
        ("tf/main.tf", "../../shared.txt"),
        ("chart/values.yaml", "../../../p/shared.txt"),
        ("chart/Chart.yaml", "../files/../../shared.txt"),
    ] {
        let said = format!("{file}: file.link.unread this link leads out of the version folder");
        check(file, Put::Link(to), &[&said]);
    }
}

#[test]
fn links_inside_the_version_are_followed() {
    check("tf/main.tf", Put::Link("../files/own.txt"), &[]);
    check(
        "chart/values.schema.json",
        Put::Link("../files/schema.json"),
        &[],
    );
    // What nobody reads may be anything.
    for file in ["chart/README.md", "tf/notes.txt", "tf/.#main.tf"] {
        check(file, Put::Link("nope"), &[]);
    }
}
