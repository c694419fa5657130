//! The program `resolve` with a lock.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

const OBSERVABILITY: &str = "catalogs/observability";
const STAGING: [&str; 2] = ["--cluster", "clusters/staging.yaml"];
const PRODUCTION: [&str; 2] = ["--cluster", "clusters/production.yaml"];

/// The program `resolve`; cargo builds it beside the tests.
fn resolve(arguments: &[&str]) -> Output {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/resolve");
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).output().unwrap()
}

/// What is printed for people, if it ends with this code; else what went wrong.
#[track_caller]
fn text(arguments: &[&str], code: i32) -> String {
    let output = resolve(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    match code {
        2 => error,
        _ => String::from_utf8(output.stdout).unwrap(),
    }
}

#[track_caller]
fn json(arguments: &[&str], code: i32) -> Value {
    let text = text(&[arguments, &["--format", "json"]].concat(), code);
    serde_json::from_str(&text).unwrap()
}

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("lock")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// A catalog of these releases, each with its metadata behind name and version.
fn catalog(root: &Path, releases: &[(&str, &str, &str)]) -> String {
    let catalog = root.join("catalog");
    for (package, version, more) in releases {
        let folder = catalog.join(package).join(version);
        fs::create_dir_all(&folder).unwrap();
        let metadata = format!("name: {package}\nversion: {version}\n{more}");
        fs::write(folder.join("metadata.yaml"), metadata).unwrap();
    }
    catalog.to_str().unwrap().to_owned()
}

#[test]
fn an_answer_is_locked_and_chosen_again() {
    let root = folder("again");
    let path = root.join("catalog.lock");
    let file = path.to_str().unwrap();
    let request = [
        &[OBSERVABILITY, "full-observability", "--lock", file],
        &STAGING[..],
    ]
    .concat();
    let first = json(&request, 0);
    assert_eq!(
        (&first["lock"]["written"], &first["lock"]["changes"]),
        (&json!(true), &json!([]))
    );
    let written = fs::read_to_string(&path).unwrap();
    assert!(
        written
            .contains("\n- package: loki\n  version: 3.5.7\n  namespace: loki\n  digest: sha256:")
    );

    let second = json(&[&request[..], &["--locked"]].concat(), 0);
    assert_eq!(second["releases"], first["releases"]);
    assert_eq!(
        (&second["lock"]["written"], &second["lock"]["otherRequest"]),
        (&json!(false), &json!(false))
    );
    assert!(text(&request, 0).ends_with("catalog.lock: all 13 releases are as locked\n"));
    assert_eq!(fs::read_to_string(&path).unwrap(), written);
    assert_eq!(
        fs::read_dir(&root).unwrap().count(),
        1,
        "nothing is left beside it"
    );
}

/// A release whose files changed is told of though it is not chosen again, and just because of that.
#[test]
fn what_changed_and_is_not_chosen_any_more_is_told() {
    for (change, with) in [
        ("conflict", "conflicts: [{name: app}]\n"),
        ("broken", "dependencies: [\n"),
    ] {
        let root = folder(&format!("changed-{change}"));
        let needs = "dependencies: [{name: store}]\n";
        let catalog = catalog(
            &root,
            &[
                ("app", "1.0.0", needs),
                ("store", "1.0.0", ""),
                ("store", "2.0.0", ""),
            ],
        );
        let path = root.join("catalog.lock");
        let request = [catalog.as_str(), "app", "--lock", path.to_str().unwrap()];
        let first = json(&request, 0);
        assert_eq!(first["lock"]["contentChanged"], json!([]));
        let before = fs::read_to_string(&path).unwrap();

        let metadata = root.join("catalog/store/2.0.0/metadata.yaml");
        let text = fs::read_to_string(&metadata).unwrap() + with;
        fs::write(&metadata, text).unwrap();
        let second = json(&request, 1);
        let changed = second["lock"]["contentChanged"].to_string();
        assert!(changed.contains("metadata.yaml"), "{change}: {second}");
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
    }
}

#[test]
fn what_would_move_is_told_and_not_written() {
    let root = folder("moves");
    let path = root.join("catalog.lock");
    let file = path.to_str().unwrap();
    let on = |cluster: &[&'static str]| {
        let mut request = vec![OBSERVABILITY, "full-observability", "--lock", file];
        request.extend(cluster);
        request
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<String>>()
    };
    let (staging, production) = (on(&STAGING), on(&PRODUCTION));
    let staging: Vec<&str> = staging.iter().map(String::as_str).collect();
    let production: Vec<&str> = production.iter().map(String::as_str).collect();
    text(&staging, 0);
    let before = fs::read_to_string(&path).unwrap();

    let strict = [&production[..], &["--locked"]].concat();
    let told = text(&strict, 1);
    assert!(
        told.contains("catalog.lock: 10 releases would change\n"),
        "{told}"
    );
    assert!(told.contains("\n  downgraded grafana 12.1.1 to 11.6.1 in grafana: full-observability 1.2.0 needs grafana ^11.2\n"), "{told}");
    let answer = json(&strict, 1);
    assert_eq!(answer["status"], "lockBroken");
    let changes = answer["lock"]["changes"].as_array().unwrap();
    let loki = changes
        .iter()
        .find(|change| change["package"] == "loki")
        .unwrap();
    assert_eq!(
        (&loki["change"], &loki["reason"]),
        (&json!("downgraded"), &json!("excluded"))
    );
    assert_eq!(
        (&loki["from"]["version"], &loki["to"]["version"]),
        (&json!("3.5.7"), &json!("2.9.6"))
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), before);

    assert!(text(&production, 0).contains("catalog.lock: 10 releases changed\n"));
    assert_ne!(fs::read_to_string(&path).unwrap(), before);
    assert!(
        json(&strict, 0)["lock"]["changes"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

/// What nobody could look for is not gone.
#[test]
fn a_catalog_that_does_not_answer_changes_no_lock() {
    let root = folder("outage");
    let (one, two) = (root.join("one"), root.join("two"));
    let first = catalog(&one, &[("db", "1.0.0", ""), ("app", "1.0.0", "")]);
    let second = catalog(&two, &[("db", "2.0.0", "")]);
    let path = root.join("catalog.lock");
    let [first, second] =
        [("one", first), ("two", second)].map(|(name, at)| format!("{name}={at}"));
    let arguments = [&*first, &*second, "db", "--lock", path.to_str().unwrap()];
    text(&arguments, 0);
    let before = fs::read_to_string(&path).unwrap();
    fs::rename(&one, root.join("elsewhere")).unwrap();
    let output = resolve(&arguments);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stdout).unwrap();
    for said in [
        "stays as it is: what was locked may be where nobody could look (catalog one:",
        "one release would change",
        "nothing is known of the catalog one, which had 1.0.0",
    ] {
        assert!(told.contains(said), "{told}");
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    fs::rename(root.join("elsewhere"), &one).unwrap();
    assert!(text(&arguments, 0).contains("as locked"));
}

#[test]
fn a_file_that_changed_is_named() {
    let root = folder("content");
    let path = root.join("catalog.lock");
    let file = path.to_str().unwrap();
    let catalog = catalog(&root, &[("web", "1.0.0", ""), ("web", "1.1.0", "")]);
    let request = [catalog.as_str(), "web", "--lock", file];
    text(&request, 0);
    let before = fs::read_to_string(&path).unwrap();
    let release = root.join("catalog/web/1.1.0");
    fs::write(release.join("modules.yaml"), "modules: []\n").unwrap();
    let metadata = fs::read_to_string(release.join("metadata.yaml")).unwrap();
    fs::write(
        release.join("metadata.yaml"),
        metadata + "description: another\n",
    )
    .unwrap();

    let told = text(&request, 1);
    assert!(told.contains("catalog.lock: web 1.1.0 is not what was locked: `metadata.yaml` changed, `modules.yaml` was added; restore"), "{told}");
    assert!(!told.contains("is as locked"), "{told}");
    let answer = json(&request, 1);
    let files = json!([{"path": "metadata.yaml", "change": "changed"}, {"path": "modules.yaml", "change": "added"}]);
    assert_eq!(answer["lock"]["contentChanged"][0]["files"], files);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);

    // Another release of the package is another matter.
    text(&[catalog.as_str(), "web@1.0.0", "--lock", file], 0);
    // And who takes the digest out accepts what is there now, and keeps the version.
    let start = before.find("  digest:").unwrap();
    let end = before.find("  requested:").unwrap();
    fs::write(&path, before[..start].to_owned() + &before[end..]).unwrap();
    assert!(text(&request, 0).contains("its one release is as locked"));
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .contains("modules.yaml: sha256:")
    );
}

#[test]
fn a_lock_that_cannot_be_used_ends_the_program() {
    let root = folder("unusable");
    let path = root.join("catalog.lock");
    let file = path.to_str().unwrap();
    let request = [OBSERVABILITY, "loki", "--lock", file];
    let strict = [&request[..], &["--locked"]].concat();
    assert!(text(&strict, 2).contains("without --locked, a lock is written"));
    // What is there and cannot be read is not replaced either way.
    for locked in [&[][..], &["--locked"]] {
        let request = [OBSERVABILITY, "loki", "--lock", root.to_str().unwrap()];
        let told = text(&[&request[..], locked].concat(), 2);
        assert!(!told.contains("a lock is written"), "{told}");
    }
    assert!(text(&[OBSERVABILITY, "loki", "--locked"], 2).contains("--locked needs --lock FILE"));
    assert!(text(&[OBSERVABILITY, "--each", "newest", "--lock", file], 2).contains("--each"));
    for (written, told) in [
        ("", "error[lock.empty]"),
        (
            "lockVersion: 1\nrequest: a\nreleases:\n<<<<<<< HEAD\n",
            "error[lock.merge]",
        ),
        (
            "lockVersion: 1\nrequest: a\nreleases: [{package: a}]\n",
            "error[lock.",
        ),
    ] {
        fs::write(&path, written).unwrap();
        assert!(text(&request, 2).contains(told), "{written}");
        assert_eq!(fs::read_to_string(&path).unwrap(), written);
    }
    fs::remove_file(&path).unwrap();
    let nowhere = root.join("missing/catalog.lock");
    assert!(
        text(
            &[OBSERVABILITY, "loki", "--lock", nowhere.to_str().unwrap()],
            2
        )
        .contains("missing")
    );
}

#[test]
fn a_lock_that_contradicts_itself_is_refused_and_one_of_an_unknown_catalog_told_of() {
    let root = folder("contradiction");
    let path = root.join("catalog.lock");
    let catalog = catalog(&root, &[("app", "1.0.0", "")]);
    let named = format!("ours={catalog}");
    let request = [&named, "app", "--lock", path.to_str().unwrap()];
    assert!(text(&request, 0).contains("locked now"));
    let written = fs::read_to_string(&path).unwrap();
    // A digit of the one file's digest is another one.
    let at = written.rfind("sha256:").unwrap() + "sha256:".len();
    let digit = if written[at..].starts_with('0') {
        "1"
    } else {
        "0"
    };
    let mut changed = written.clone();
    changed.replace_range(at..=at, digit);
    fs::write(&path, &changed).unwrap();
    let told = text(&request, 2);
    assert!(
        told.contains("catalog.lock:9:11: error[lock.digest.other]"),
        "{told}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), changed);

    // A catalog may have got another name: it is told of, and nothing refused.
    let renamed = written.replace("catalog: ours", "catalog: nowhere");
    fs::write(&path, renamed).unwrap();
    let told = String::from_utf8(resolve(&request).stderr).unwrap();
    let expected =
        "catalog.lock:8:12: warning[lock.catalog.unknown]: there is no catalog `nowhere`";
    assert!(told.contains(expected), "{told}");
}

#[test]
fn another_request_is_told() {
    let root = folder("request");
    let path = root.join("catalog.lock");
    let file = path.to_str().unwrap();
    let catalog = catalog(
        &root,
        &[
            ("web", "1.0.0", ""),
            ("lib", "1.0.0", ""),
            ("web", "2.0.0", ""),
        ],
    );
    text(&[&catalog, "web@1", "--lock", file], 0);
    let told = text(&[&catalog, "web@1.0.0", "--lock", file, "--locked"], 0);
    assert!(
        told.contains("catalog.lock answers another request than this one\n"),
        "{told}"
    );
    let told = text(&[&catalog, "web@1", "lib", "--lock", file], 0);
    assert!(
        told.ends_with(
            "catalog.lock: one release changed\n  added lib 1.0.0 in lib: the request asks for it\n"
        ),
        "{told}"
    );
}

#[test]
fn a_conflict_writes_nothing() {
    let root = folder("conflict");
    let path = root.join("catalog.lock");
    let catalog = catalog(
        &root,
        &[(
            "web",
            "1.0.0",
            "dependencies: [{name: lib, version: '1'}]\n",
        )],
    );
    let answer = json(&[&catalog, "web", "--lock", path.to_str().unwrap()], 1);
    assert_eq!(answer["status"], "conflict");
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn the_file_behind_a_link_is_written_with_its_permissions() {
    use std::os::unix::fs::PermissionsExt;

    let root = folder("link");
    let (path, link) = (root.join("real.lock"), root.join("catalog.lock"));
    let catalog = catalog(&root, &[("web", "1.0.0", ""), ("lib", "1.0.0", "")]);
    text(&[&catalog, "web", "--lock", path.to_str().unwrap()], 0);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.lock", &link).unwrap();
    text(
        &[&catalog, "web", "lib", "--lock", link.to_str().unwrap()],
        0,
    );
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&path).unwrap().contains("package: lib"));
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn hostile_texts_of_a_lock_stay_in_their_line() {
    let root = folder("hostile");
    let path = root.join("catalog.lock");
    let file = path.to_str().unwrap();
    let catalog = catalog(&root, &[("web", "1.0.0", "")]);
    let release = r#"{package: "a\e[2J\nerror: b", version: "1\r\u202e", namespace: "n\n", neededBy: ["w\n\e[31m"], requested: true}"#;
    let web = r#"{package: web, version: 1.0.0, namespace: web, digest: "other:\e[2J", files: {"\e[31m\n": other:01}}"#;
    fs::write(
        &path,
        format!("lockVersion: 1\nrequest: \"\\e\"\nreleases: [{release}, {web}]\n"),
    )
    .unwrap();
    let request = [catalog.as_str(), "web", "--lock", file];
    for arguments in [
        &request[..],
        &[&request[..], &["--format", "json"]].concat(),
    ] {
        let told = text(arguments, 1);
        assert!(told.contains("metadata.yaml"), "{told}");
        let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!told.contains(hidden), "{told:?}");
        assert!(
            !told.lines().any(|line| line.starts_with("error")),
            "{told}"
        );
    }
    for refused in [
        "lockVersion: 1\nrequest: a\nreleases: []\n\"k\\e[2J\\n\": 1\n",
        "lockVersion: 1\nrequest: a\nreleases: [{package: a, version: 1.0.0, namespace: a, digest: \"sha256:\\e[2J\\n\"}]\n",
        "lockVersion: 1\nrequest: a\nreleases: [{package: a, version: 1.0.0, namespace: a}]\n# sha256:",
    ] {
        fs::write(&path, refused).unwrap();
        let told = text(&request, 2);
        assert!(!told.trim_end().contains(char::is_control), "{told:?}");
    }
}
