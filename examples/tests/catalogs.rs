//! Several catalogs, as the programs take them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

#[path = "../../catalog-model/tests/fetch_git/server.rs"]
#[allow(dead_code, reason = "the tests of fetching use the rest")]
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Three catalogs in a folder: `ours`, `mirror` that has one release as ours does and another differently, and `lower` with a newer one.
fn catalogs(test: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("catalogs")
        .join(test);
    let _ = fs::remove_dir_all(&root);
    for (catalog, release, rest) in [
        ("ours", "loki/2.0.0", "description: as released"),
        ("ours", "loki/3.0.0", "description: patched"),
        (
            "ours",
            "web/1.0.0",
            "dependencies: [{name: loki, version: '>=3'}]",
        ),
        ("mirror", "loki/2.0.0", "description: as released"),
        ("mirror", "loki/3.0.0", "description: as released"),
        (
            "lower",
            "old/1.0.0",
            "dependencies: [{name: loki, version: '2', catalog: mirror}]",
        ),
        ("lower", "loki/4.0.0", "system: {kubernetes: '>=1.20'}"),
        (
            "lower",
            "newer/1.0.0",
            "dependencies: [{name: loki, version: '>=4'}]",
        ),
    ] {
        let folder = root.join(catalog).join(release);
        fs::create_dir_all(&folder).unwrap();
        let (package, version) = release.split_once('/').unwrap();
        let text = format!("name: {package}\nversion: {version}\n{rest}\n");
        fs::write(folder.join("metadata.yaml"), text).unwrap();
    }
    root
}

/// An example program, run in a folder; cargo builds them beside the tests.
fn run(name: &str, folder: &Path, arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    let mut command = Command::new(path);
    command
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn json(name: &str, folder: &Path, arguments: &[&str], code: i32) -> Value {
    let output = run(name, folder, &[arguments, &["--format", "json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{name} {arguments:?}: {told}"
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(name: &str, folder: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let output = run(name, folder, arguments);
    let [out, told] = [output.stdout, output.stderr].map(|one| String::from_utf8(one).unwrap());
    assert_eq!(
        output.status.code(),
        Some(code),
        "{name} {arguments:?}: {told}"
    );
    (out, told)
}

const THREE: [&str; 3] = ["ours=ours", "mirror=mirror", "lower=./lower"];

fn three<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [&THREE, rest].concat()
}

#[test]
fn query_names_the_catalog_and_those_that_do_not_agree() {
    let root = catalogs("query");
    let answer = json("query", &root, &three(&["loki"]), 0);
    let rows = answer["versions"].as_array().unwrap().iter();
    let rows: Vec<Value> = rows
        .map(|one| {
            json!([
                one["version"],
                one["catalog"],
                one["alsoIn"],
                one["differing"][0]["catalog"],
                one["location"]["address"]
            ])
        })
        .collect();
    assert_eq!(
        rows,
        [
            json!(["2.0.0", "ours", ["mirror"], null, "ours"]),
            json!(["3.0.0", "ours", [], "mirror", "ours"]),
            json!(["4.0.0", "lower", [], null, "./lower"]),
        ]
    );
    assert_eq!(answer["unreadable"], json!([]));
    let release = json("query", &root, &three(&["loki@3.0.0"]), 0);
    let location = &release["location"];
    assert_eq!(
        [
            &location["catalog"],
            &location["address"],
            &location["path"]
        ],
        ["ours", "ours", "loki/3.0.0"]
    );
    assert!(location["digest"].as_str().unwrap().starts_with("sha256:"));
    // The same digest as the program `query` says of the catalog alone.
    let alone = json("query", &root, &["mirror", "loki@2.0.0"], 0);
    let release = json("query", &root, &three(&["loki@2.0.0"]), 0);
    assert_eq!(release["location"]["digest"], alone["location"]["digest"]);
    let packages = json("query", &root, &three(&["--text", "lo"]), 0);
    assert_eq!(packages["packages"][0]["catalog"], "ours");
    let (out, _) = text("query", &root, &three(&["loki"]), 0);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "ours, also in mirror: loki@2.0.0  as released");
    assert_eq!(lines[1], "ours: loki@3.0.0  patched");
    assert!(lines[2].starts_with("  warning: loki 3.0.0 of the catalog ours is not what it is in mirror (its digest is sha256:"), "{out}");
    let (_, told) = text("query", &root, &three(&["loky"]), 2);
    assert_eq!(
        told,
        "error: there is no package `loky` in any catalog; did you mean `loki`?\n"
    );
}

#[test]
fn query_lists_what_resolve_prefers_and_names_what_is_newer() {
    let root = catalogs("newer");
    let answer = json("query", &root, &three(&[]), 0);
    let loki = answer["packages"].as_array().unwrap().iter();
    let loki: Vec<Value> = loki
        .filter(|one| one["name"] == "loki")
        .map(|one| json!([one["version"], one["catalog"], one["newerIn"]]))
        .collect();
    assert_eq!(
        loki,
        [json!([
            "3.0.0",
            "ours",
            [{ "catalog": "lower", "version": "4.0.0" }]
        ])]
    );
    let resolved = json("resolve", &root, &three(&["loki"]), 0);
    assert_eq!(resolved["releases"][0]["version"], "3.0.0");
    let (out, _) = text("query", &root, &three(&[]), 0);
    assert!(out.contains("\n  lower has 4.0.0\n"), "{out}");
    // A prerelease is nothing that whoever has a release is to have.
    let folder = root.join("lower/loki/5.0.0-rc.1");
    fs::create_dir_all(&folder).unwrap();
    fs::remove_dir_all(root.join("lower/loki/4.0.0")).unwrap();
    fs::write(
        folder.join("metadata.yaml"),
        "name: loki\nversion: 5.0.0-rc.1\n",
    )
    .unwrap();
    let answer = json("query", &root, &three(&[]), 0);
    let mut packages = answer["packages"].as_array().unwrap().iter();
    let loki = packages.find(|one| one["name"] == "loki").unwrap();
    assert_eq!(loki["newerIn"], json!([]));
}

/// What is wrong with a catalog of which no package can be used is told, but that there is none once.
#[test]
fn query_tells_what_is_wrong_with_a_catalog_without_packages() {
    let root = catalogs("wrong");
    let folder = root.join("lower/loki/4.0.0");
    fs::remove_dir_all(root.join("lower")).unwrap();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("metadata.yaml"), "name: [\n").unwrap();
    let (_, told) = text("query", &root, &three(&[]), 0);
    assert!(told.contains("error[yaml.syntax]"), "{told}");
}

#[test]
fn a_catalog_without_packages_is_told_of_by_each_program() {
    let root = catalogs("empty");
    fs::create_dir_all(root.join("none")).unwrap();
    let record = r#"[{"package": "loki", "version": "2.0.0", "namespace": "default"}]"#;
    fs::write(root.join("installed.json"), record).unwrap();
    let both = ["none=none", "ours=ours"];
    for (program, rest, code) in [
        ("query", &[][..], 0),
        ("query", &["loki"], 0),
        ("resolve", &["loki"], 0),
        ("why", &["loki", "--installed", "installed.json"], 0),
        ("outdated", &["--installed", "installed.json"], 0),
        ("uninstall", &["loki", "--installed", "installed.json"], 0),
        ("validate", &[], 1),
    ] {
        let (_, told) = text(program, &root, &[&both, rest].concat(), code);
        let expected = "catalog none has no package: ";
        assert_eq!(told.matches(expected).count(), 1, "{program}: {told}");
    }
    let (_, told) = text("resolve", &root, &["none", "loki"], 1);
    assert!(told.contains("catalog has no package: "), "{told}");
}

#[test]
fn query_says_of_several_which_have_errors() {
    let root = catalogs("errors");
    for package in ["bad", "worse"] {
        let folder = root.join("mirror").join(package).join("1.0.0");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("metadata.yaml"), "name: 7\n").unwrap();
    }
    let (_, told) = text("query", &root, &three(&[]), 0);
    let expected = "errors in mirror keep what has them out of the answer";
    assert!(told.contains(expected), "{told}");
}

/// The releases of an answer, each with its version, its catalog and the others that have it.
fn releases_of(answer: &Value) -> Vec<Value> {
    let releases = answer["releases"].as_array().unwrap().iter();
    let parts = releases.map(|one| ["name", "version", "catalog", "alsoIn"].map(|key| &one[key]));
    parts.map(|parts| json!(parts)).collect()
}

#[test]
fn resolve_takes_the_first_catalog_that_has_an_answer_and_says_from_where() {
    let root = catalogs("resolve");
    let answer = json("resolve", &root, &three(&["web"]), 0);
    let releases = answer["releases"].as_array().unwrap().iter();
    let releases: Vec<Value> = releases
        .map(|one| {
            json!([
                one["name"],
                one["version"],
                one["catalog"],
                one["location"]["path"]
            ])
        })
        .collect();
    assert_eq!(
        releases,
        [
            json!(["loki", "3.0.0", "ours", "loki/3.0.0"]),
            json!(["web", "1.0.0", "ours", "web/1.0.0"]),
        ]
    );
    assert!(answer["differing"][0].as_str().unwrap().contains("mirror"));
    let lower = json("resolve", &root, &three(&["newer"]), 0);
    assert_eq!(lower["releases"][0]["catalog"], "lower");
    assert_eq!(lower["notes"][0]["kind"], "lowerCatalog");
    // The other order is another priority.
    let answer = json("resolve", &root, &["lower=lower", "ours=ours", "loki"], 0);
    assert_eq!(answer["releases"][0]["version"], "4.0.0");
    // What two catalogs have is one release, and of the second too.
    assert_eq!(
        releases_of(&json("resolve", &root, &three(&["old"]), 0)),
        [
            json!(["loki", "2.0.0", "ours", ["mirror"]]),
            json!(["old", "1.0.0", "lower", []]),
        ]
    );
    // A range after an `=` is no catalog.
    let answer = json("resolve", &root, &three(&["loki@=2.0.0"]), 0);
    assert_eq!(answer["releases"][0]["version"], "2.0.0");
}

#[test]
fn a_lock_says_the_catalog_and_holds_its_files() {
    let root = catalogs("lock");
    let arguments = three(&["web", "--lock", "catalog.lock"]);
    json("resolve", &root, &arguments, 0);
    let lock = fs::read_to_string(root.join("catalog.lock")).unwrap();
    assert!(
        lock.contains("catalog: ours") && lock.contains("digest: sha256:"),
        "{lock}"
    );
    let again = json(
        "resolve",
        &root,
        &[arguments.as_slice(), &["--locked"]].concat(),
        0,
    );
    assert_eq!(again["lock"]["changes"], json!([]));
    // Of two catalogs with the same files, either will do.
    let both = [
        "ours=ours",
        "mirror=mirror",
        "loki@=2.0.0",
        "--lock",
        "loki.lock",
    ];
    json("resolve", &root, &both, 0);
    let lock = fs::read_to_string(root.join("loki.lock")).unwrap();
    assert!(
        lock.contains("catalog: ours\n  alsoIn:\n  - mirror\n"),
        "{lock}"
    );
    // The first of them publishes something else under the version: the other one still has what was locked.
    fs::write(root.join("ours/loki/2.0.0/more.txt"), "more").unwrap();
    let again = json("resolve", &root, &[&both[..], &["--locked"]].concat(), 0);
    let mirrored = json!(["loki", "2.0.0", "mirror", []]);
    assert_eq!(releases_of(&again), [mirrored]);
    let settled = &again["lock"];
    assert_eq!(
        [&settled["changes"], &settled["contentChanged"]],
        [&json!([]), &json!([])]
    );
    // The lock names the mirror alone now. Where that changes, and the first has what was locked again, the first is it.
    json("resolve", &root, &both, 0);
    let lock = fs::read_to_string(root.join("loki.lock")).unwrap();
    assert!(
        lock.contains("catalog: mirror\n") && !lock.contains("alsoIn"),
        "{lock}"
    );
    fs::remove_file(root.join("ours/loki/2.0.0/more.txt")).unwrap();
    fs::write(root.join("mirror/loki/2.0.0/more.txt"), "more").unwrap();
    let again = json("resolve", &root, &both, 0);
    assert_eq!(releases_of(&again), [json!(["loki", "2.0.0", "ours", []])]);
    assert_eq!(again["lock"]["contentChanged"], json!([]));
    fs::remove_file(root.join("mirror/loki/2.0.0/more.txt")).unwrap();
    fs::remove_file(root.join("loki.lock")).unwrap();
    json("resolve", &root, &both, 0);
    let one = [
        "mirror=mirror",
        "loki@=2.0.0",
        "--lock",
        "loki.lock",
        "--locked",
    ];
    assert_eq!(
        json("resolve", &root, &one, 0)["lock"]["changes"],
        json!([])
    );
    fs::write(root.join("mirror/loki/2.0.0/more.txt"), "more").unwrap();
    let broken = json("resolve", &root, &one, 1);
    assert_eq!(broken["lock"]["contentChanged"][0]["package"], "loki");
    fs::write(root.join("ours/loki/3.0.0/more.txt"), "more").unwrap();
    let broken = json(
        "resolve",
        &root,
        &[arguments.as_slice(), &["--locked"]].concat(),
        1,
    );
    assert_eq!(
        broken["lock"]["contentChanged"][0]["files"][0]["path"],
        "more.txt"
    );
    let (_, told) = text("resolve", &root, &three(&["web", "--ledger"]), 2);
    assert!(told.contains("--ledger looks into one catalog"), "{told}");
}

#[test]
fn a_catalog_that_cannot_be_read_hides_no_other() {
    let root = catalogs("broken");
    let with = ["gone=gone", "ours=ours", "mirror=mirror", "lower=./lower"];
    for (name, rest) in [
        ("query", &["loki"][..]),
        ("query", &["loki@2.0.0"]),
        ("resolve", &["web"]),
        ("validate", &[]),
    ] {
        let mut expected = json(name, &root, &three(rest), 0);
        let mut answer = json(name, &root, &[&with, rest].concat(), 2);
        assert_eq!(answer["unreadable"][0]["catalog"], "gone");
        for one in [&mut expected, &mut answer] {
            one["unreadable"] = Value::Null;
        }
        assert_eq!(answer, expected, "{name} {rest:?}");
    }
    let (_, told) = text("resolve", &root, &["gone=gone", "ours=ours", "web"], 2);
    assert_eq!(
        told,
        "warning: catalog gone does not answer: gone: there is no such file or folder\nerror: catalog gone: gone: there is no such file or folder\n"
    );
    let (_, told) = text("query", &root, &["gone=gone", "lost=lost"], 2);
    assert!(
        told.ends_with("error: catalog gone: gone: there is no such file or folder\n"),
        "{told}"
    );
}

#[test]
fn conditions_are_asked_of_the_first_catalog_that_has_the_package() {
    let root = catalogs("conditions");
    fs::create_dir(root.join("clusters")).unwrap();
    fs::write(
        root.join("clusters/one.yaml"),
        "{apiVersion: v1, kind: List, items: []}",
    )
    .unwrap();
    let cluster = "clusters/one.yaml";
    let checked = json("check", &root, &three(&["loki", "--cluster", cluster]), 0);
    assert_eq!(
        [&checked["version"], &checked["catalog"]],
        ["3.0.0", "ours"]
    );
    let checked = json("check", &root, &three(&["loki@4", "--cluster", cluster]), 1);
    assert_eq!(
        [&checked["version"], &checked["catalog"]],
        ["4.0.0", "lower"]
    );
    let (out, _) = text("check", &root, &three(&["loki", "--cluster", cluster]), 0);
    assert!(out.starts_with("loki 3.0.0 of the catalog ours\n"), "{out}");
    let (out, _) = text("preflight", &root, &three(&["--clusters", "clusters"]), 0);
    assert!(
        out.contains("loki 3.0.0 of ours") && out.contains("newer 1.0.0 of lower"),
        "{out}"
    );
    assert!(!out.contains("loki 4.0.0"), "{out}");
}

#[test]
fn what_is_installed_is_held_against_all_catalogs() {
    let root = catalogs("installed");
    fs::write(
        root.join("installed.json"),
        r#"[{"package": "loki", "version": "2.0.0", "namespace": "loki", "catalog": "ours", "requestedByUser": true}]"#,
    )
    .unwrap();
    let installed = ["--installed", "installed.json"];
    let outdated = json("outdated", &root, &three(&installed), 0);
    let row = &outdated["packages"][0];
    assert_eq!([&row["reachable"], &row["newest"]], ["3.0.0", "4.0.0"]);
    let why = json(
        "why",
        &root,
        &three(&["loki", "--installed", "installed.json"]),
        0,
    );
    assert_eq!(why["chains"].as_array().unwrap().len(), 1);
    let gone = json(
        "uninstall",
        &root,
        &three(&["loki", "--installed", "installed.json"]),
        0,
    );
    assert_eq!(gone["plan"]["steps"][0]["action"], "uninstall");
}

#[test]
fn validate_tells_of_each_catalog_and_of_what_is_not_the_same() {
    let root = catalogs("validate");
    let answer = json("validate", &root, &three(&[]), 0);
    let names = answer["catalogs"].as_array().unwrap().iter();
    let names: Vec<Value> = names
        .map(|one| json!([one["catalog"], one["versions"]]))
        .collect();
    assert_eq!(
        names,
        [
            json!(["ours", 3]),
            json!(["mirror", 2]),
            json!(["lower", 3])
        ]
    );
    let conflict = &answer["conflicts"][0];
    assert_eq!(
        [
            &conflict["package"],
            &conflict["version"],
            &conflict["catalog"],
            &conflict["differing"][0]["catalog"]
        ],
        ["loki", "3.0.0", "ours", "mirror"]
    );
    let (_, told) = text("validate", &root, &three(&["--fix"]), 2);
    assert!(told.contains("--fix is about one catalog"), "{told}");
    let (_, told) = text("validate", &root, &["a=ours", "a=mirror"], 2);
    assert_eq!(told, "error: there are two catalogs `a`\n");
    // A folder of such a name is written as a path.
    fs::rename(root.join("ours"), root.join("a=b")).unwrap();
    let alone = json("validate", &root, &["./a=b"], 0);
    assert_eq!(alone["versions"], 3);
}

#[test]
fn programs_that_take_one_catalog_say_so() {
    let root = catalogs("one");
    let state = ["--cluster", "fake", "--state", "state"];
    for (name, rest) in [
        ("lifecycle", &state[..]),
        ("simulate", &[]),
        ("parameters", &[]),
    ] {
        for catalogs in [&THREE[..1], &THREE[..]] {
            let (_, told) = text(name, &root, &[catalogs, &["loki"], rest].concat(), 2);
            assert!(
                told.contains("takes one CATALOG: give it alone, and without a name"),
                "{name}: {told}"
            );
        }
        let (help, _) = text(name, &root, &["--help"], 0);
        assert!(help.contains("CATALOG is one: "), "{name}");
    }
    let (help, _) = text("resolve", &root, &["--help"], 0);
    assert!(
        help.contains("of\n                    one CATALOG without a name"),
        "{help}"
    );
    let (_, told) = text("validate", &root, &three(&["--format", "sarif"]), 2);
    assert!(
        told.contains("--format sarif is about one catalog"),
        "{told}"
    );
}

#[test]
fn catalogs_of_other_machines_are_fetched() {
    if !server::there_is_git() {
        return;
    }
    let root = server::folder("programs");
    let work = server::repository(&root, &[]);
    let Some(daemon) = server::Daemon::start(&root) else {
        return;
    };
    let address = format!("git+git://127.0.0.1:{}/tree", daemon.port);
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/query");
    let query = |arguments: &[&str]| {
        let mut command = Command::new(&path);
        command.env("CATALOG_GIT_CACHE", root.join("cache"));
        let output = command
            .args(arguments)
            .args(["--format", "json"])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{told}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let release = query(&[&format!("{address}#main"), "a@2.0.0"]);
    let commit = server::git(&work, &["rev-parse", "HEAD"]);
    assert_eq!(release["location"]["commit"], commit.as_str());
    let named = query(&[&format!("far={address}#v1")]);
    assert_eq!(
        named["packages"][0]["location"]["address"],
        format!("{address}#v1")
    );
    assert_eq!(named["packages"][0]["version"], "1.0.0");
}
