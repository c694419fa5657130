//! Catalogs in archives and repositories, as the programs take them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

#[path = "../../catalog-model/tests/git/store.rs"]
#[allow(dead_code, reason = "the tests of repositories use the rest")]
mod store;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use self::store::{Item, Store};

const OBSERVABILITY: &str = "catalogs/observability";

/// An example program; cargo builds them beside the tests.
fn run(name: &str, arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).output().unwrap()
}

fn json(name: &str, arguments: &[&str], code: i32) -> Value {
    let output = run(name, &[arguments, &["--format", "json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{name} {arguments:?}: {told}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The files of the example catalog, by path from its root.
fn files() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(OBSERVABILITY);
    let (mut files, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.push((name, fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// The catalog in the folder `catalog/` of a repository, and its address.
fn repository(name: &str) -> (Store, String) {
    let store = Store::new(name);
    let files = files();
    let paths: Vec<String> = files
        .iter()
        .map(|(path, _)| format!("catalog/{path}"))
        .collect();
    let items = paths
        .iter()
        .zip(&files)
        .map(|(path, (_, bytes))| (path.as_str(), Item::File(bytes)));
    store.commit(&items.collect::<Vec<_>>());
    let address = format!("git+file://{}#main", store.path.display());
    (store, address)
}

/// The same in a packed archive.
fn archive(name: &str) -> String {
    let path = store::folder(name).join("catalog.tar.gz");
    let packed = flate2::write::GzEncoder::new(
        fs::File::create(&path).unwrap(),
        flate2::Compression::fast(),
    );
    let mut archive = tar::Builder::new(packed);
    for (name, bytes) in files() {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, format!("./catalog/{name}"), bytes.as_slice())
            .unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap();
    path.to_str().unwrap().to_owned()
}

/// An answer without the paths that say where the catalog is.
fn without_places(mut answer: Value) -> Value {
    for list in ["diagnostics", "provenance"] {
        for one in answer[list].as_array_mut().into_iter().flatten() {
            one["file"] = json!(null);
        }
    }
    if let Some(location) = answer["location"].as_object_mut() {
        location.remove("address");
        location.remove("commit");
    }
    answer
}

#[test]
fn programs_answer_alike_whatever_the_catalog_lies_in() {
    let (store, git) = repository("programs");
    let archive = archive("archives");
    for (name, rest, code) in [
        ("validate", &[][..], 0),
        ("query", &[], 0),
        ("query", &["loki"], 0),
        ("resolve", &["full-observability"], 0),
        (
            "check",
            &[
                "full-observability",
                "--cluster",
                "clusters/production.yaml",
            ],
            0,
        ),
        ("parameters", &["loki"], 0),
    ] {
        let answer = |catalog: &str| without_places(json(name, &[&[catalog], rest].concat(), code));
        let expected = answer(OBSERVABILITY);
        assert_eq!(answer(&git), expected, "{name} {rest:?}");
        assert_eq!(answer(&archive), expected, "{name} {rest:?}");
    }
    let release = json("query", &[&git, "loki@3.5.7"], 0);
    let same = json("query", &[OBSERVABILITY, "loki@3.5.7"], 0);
    assert_eq!(release["location"]["digest"], same["location"]["digest"]);
    assert_eq!(
        release["location"]["commit"],
        json!(store.open().commit("main").unwrap())
    );
    assert_eq!(release["location"]["address"], json!(git));
}

#[test]
fn what_cannot_be_opened_is_one_line() {
    let (store, _) = repository("wrong");
    let git = format!("git+file://{}", store.path.display());
    let tar = archive("wrong-archive");
    for (arguments, expected) in [
        (
            &["validate", "git+file:///no/such"][..],
            "error: /no/such: there is no such folder\n",
        ),
        (
            &["validate", "https://example.com/catalog"],
            "the protocol `https` is not known: git+file, git+https, git+ssh, git+git, git+http are; write `git+https://…` for a repository of git\n",
        ),
        (
            &["query", &format!("{git}#mian")],
            "there is no branch, tag or commit `mian`; did you mean `main`?\n",
        ),
        (
            &["query", &format!("{git}#main:nowhere")],
            "there is no folder `nowhere` at `main`\n",
        ),
        (
            &["query", &format!("{tar}#nowhere")],
            "there is no folder `nowhere` in this archive\n",
        ),
        (
            &["query", "no.tar.gz"],
            "error: no.tar.gz: there is no such file or folder\n",
        ),
        (
            &["resolve", "no.tar", "loki"],
            "error: no.tar: there is no such file or folder\n",
        ),
        (
            &["validate", &tar, "--fix"],
            "this is a file, and a catalog is a folder\n",
        ),
        (
            &["sync", OBSERVABILITY],
            "this is no git repository that can be read",
        ),
        (&["sync", &tar], "an archive has no commits\n"),
        (
            &["sync", &git, "a", "b", "c"],
            "error: `c` is one argument too many; see --help\n",
        ),
        (
            &["sync", &git, "nothing"],
            "there is no branch, tag or commit `nothing`\n",
        ),
        (&["sync"], "error: REPOSITORY is missing; see --help\n"),
    ] {
        let output = run(arguments[0], &arguments[1..]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(
            told.contains(expected) && told.lines().count() == 1,
            "{arguments:?}: {told}"
        );
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn sync_says_what_became_of_each_release() {
    let store = Store::new("sync");
    let metadata = |version: &str, more: &str| format!("name: a\nversion: {version}\n{more}");
    let (one, two) = (metadata("1.0.0", ""), metadata("2.0.0", ""));
    let first = store.files(&[
        ("a/1.0.0/metadata.yaml", &one),
        ("a/2.0.0/metadata.yaml", &two),
        ("b/1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n"),
    ]);
    let described = metadata("1.0.0", "description: x\n");
    let second = store.files(&[
        ("a/1.0.0/metadata.yaml", &described),
        ("a/2.0.0/metadata.yaml", "name: ["),
        ("a/3.0.0/metadata.yaml", &metadata("3.0.0", "")),
    ]);
    let path = store.path.to_str().unwrap();
    let release = |package: &str, version: &str| json!({ "package": package, "version": version, "folder": format!("{package}/{version}") });
    let mut answer = json("sync", &[path, "main~1", "main"], 1);
    let diagnostics = answer
        .as_object_mut()
        .unwrap()
        .remove("diagnostics")
        .unwrap();
    assert!(
        diagnostics
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["severity"] == "error" && one["file"] == "a/2.0.0/metadata.yaml")
    );
    let mut changed = release("a", "1.0.0");
    changed["parts"] = json!(["metadata"]);
    let expected = json!({
        "from": first.to_string(),
        "to": second.to_string(),
        "filesRead": 3,
        "added": [release("a", "3.0.0")],
        "removed": [release("b", "1.0.0")],
        "changed": [changed],
        "broken": [release("a", "2.0.0")],
    });
    assert_eq!(answer, expected);
    let text = run("sync", &[&format!("git+file://{path}#main"), "main~1"]);
    let expected = format!(
        "changed a@1.0.0: metadata\nbroken a@2.0.0\nadded a@3.0.0\nremoved b@1.0.0\n4 releases changed, 3 files read, at {second}; 1 errors in the catalog, which `validate` shows\n"
    );
    let text = String::from_utf8(text.stdout).unwrap();
    let why = text.split("broken a@2.0.0").nth(1).unwrap();
    let (why, _) = why.split_once("\nadded").unwrap();
    assert!(
        why.starts_with(": ") && why.contains("a/2.0.0/metadata.yaml:"),
        "{why}"
    );
    assert_eq!(text.replace(why, ""), expected);
    // From nothing all is new.
    let all = json("sync", &[&format!("git+file://{path}#main")], 1);
    assert_eq!(
        all["added"],
        json!([release("a", "1.0.0"), release("a", "3.0.0")])
    );
    assert_eq!(all["from"], json!(null));
}

#[test]
fn sync_proves_that_incremental_equals_full() {
    let (store, git) = repository("prove");
    store.files(&[("catalog/a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n")]);
    let answer = json("sync", &[&git, "--prove"], 0);
    assert_eq!(
        (&answer["commits"], &answer["equal"], &answer["differing"]),
        (&json!(2), &json!(true), &json!([]))
    );
    let last = json("sync", &[&git, "main", "--prove"], 0);
    assert_eq!(
        (&last["commits"], &last["filesRead"]),
        (&json!(1), &json!(1))
    );
    let nothing = json("sync", &[&git, "main", "main"], 0);
    assert_eq!(
        (&nothing["filesRead"], &nothing["added"]),
        (&json!(0), &json!([]))
    );
}

#[test]
fn sync_reads_nothing_that_a_cache_knows() {
    let store = Store::new("cached");
    let metadata = |version: &str, more: &str| format!("name: a\nversion: {version}\n{more}");
    let b = ("b/1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n");
    let first = store.files(&[("a/1.0.0/metadata.yaml", &metadata("1.0.0", "")), b]);
    let path = store.path.to_str().unwrap();
    let folder = store.path.join("cache");
    let cache = folder.to_str().unwrap();
    let answer = |code: i32| json("sync", &[path, "main", "--cache", cache], code);
    let expected = |to: &str, looked: Value, files: u32, bytes: &Value| json!({ "to": to, "packages": 2, "versions": 2, "hasErrors": false, "lookedInto": looked, "filesRead": files, "bytesWritten": bytes });
    let cold = answer(0);
    assert!(cold["bytesWritten"].as_u64().unwrap() > 100);
    let first = first.to_string();
    assert_eq!(
        cold,
        expected(&first, json!(["a", "b"]), 2, &cold["bytesWritten"])
    );
    assert_eq!(answer(0), expected(&first, json!([]), 0, &json!(0)));
    let text = run("sync", &[path, "--cache", cache]);
    assert_eq!(
        String::from_utf8(text.stdout).unwrap(),
        format!("2 usable versions of 2 packages, 0 files read, 0 bytes written, at {first}\n")
    );
    // One package changed, and is broken then.
    let second = store.files(&[("a/1.0.0/metadata.yaml", "name: ["), b]);
    let broken = answer(1);
    assert_eq!(
        (&broken["to"], &broken["lookedInto"], &broken["filesRead"]),
        (&json!(second.to_string()), &json!(["a"]), &json!(1))
    );
    assert_eq!(
        (&broken["versions"], &broken["hasErrors"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(answer(1)["filesRead"], json!(0));
    // What is damaged is not used.
    fs::write(folder.join("index"), "x").unwrap();
    let output = run("sync", &[path, "main~1", "--cache", cache]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains(
            "the cache is not used and will be written anew: `index` is no index of a catalog"
        ),
        "{told}"
    );
    assert_eq!(
        json("sync", &[path, "main~1", "--cache", cache], 0)["filesRead"],
        json!(0)
    );
    for (arguments, says) in [
        (
            &[path, "main~1", "main", "--cache", cache][..],
            "--cache says where to begin: leave `main~1` out",
        ),
        (
            &[path, "--prove", "--cache", cache],
            "--prove reads everything",
        ),
    ] {
        let refused = run("sync", arguments);
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8(refused.stderr).unwrap().contains(says));
    }
}

#[test]
fn differences_are_those_of_the_content_wherever_it_lies() {
    let (store, main) = repository("differences");
    let archive = archive("differences-archive");
    for other in [&archive, &main] {
        let found = json("diff", &[OBSERVABILITY, other], 0);
        assert_eq!(
            (&found["releases"], &found["newest"]),
            (&json!([]), &json!([]))
        );
    }
    // A commit that takes a version away, adds one, changes one and rewrites one.
    let mut files = files();
    files.retain(|(path, _)| !path.starts_with("minio/"));
    let metadata = |version: &str| format!("# anew\nname: extra\nversion: {version}\n");
    files.push((
        "extra/1.0.0/metadata.yaml".to_owned(),
        metadata("1.0.0").into_bytes(),
    ));
    for (path, bytes) in &mut files {
        match path.as_str() {
            "loki/3.5.7/metadata.yaml" => bytes.extend(b"group: other\n"),
            "loki/3.4.2/metadata.yaml" => bytes.extend(b"# a comment\n"),
            _ => {}
        }
    }
    let root = store::folder("differences-folder");
    for (path, bytes) in &files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let paths: Vec<String> = files
        .iter()
        .map(|(path, _)| format!("catalog/{path}"))
        .collect();
    let items = paths.iter().zip(&files);
    let items = items.map(|(path, (_, bytes))| (path.as_str(), Item::File(bytes)));
    store.commit(&items.collect::<Vec<_>>());
    let told = |arguments: [&str; 2]| {
        let mut found = json("diff", &arguments, 1);
        // Places begin with where the catalog is.
        for list in ["releases", "newest"] {
            for one in found[list].as_array_mut().into_iter().flatten() {
                for change in one["changes"].as_array_mut().into_iter().flatten() {
                    change["before"] = change["before"]["line"].take();
                    change["after"] = change["after"]["line"].take();
                }
            }
        }
        found
    };
    let before = format!("git+file://{}#main~1", store.path.display());
    let commits = told([&before, &main]);
    let changes = commits["releases"].as_array().unwrap().iter();
    let changes: Vec<Value> = changes
        .filter(|one| one["package"] != "minio")
        .map(|one| json!([one["package"], one["version"], one["change"]]))
        .collect();
    let expected = [
        ["extra", "1.0.0", "added"],
        ["loki", "3.4.2", "rewritten"],
        ["loki", "3.5.7", "mutated"],
    ];
    assert_eq!(json!(changes), json!(expected));
    assert_eq!(told([OBSERVABILITY, root.to_str().unwrap()]), commits);
    assert_eq!(told([&archive, root.to_str().unwrap()]), commits);
}
