//! `lifecycle`, on the fake cluster: what it says, and that it can be killed anywhere.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const CATALOG: &str = "catalogs/observability";

/// An example program on the catalog; cargo builds them beside the tests.
fn program(name: &str) -> Command {
    on_catalog(name, CATALOG.as_ref())
}

fn on_catalog(name: &str, catalog: &Path) -> Command {
    let mut folder = std::env::current_exe().unwrap();
    folder.pop();
    folder.pop();
    let mut command = Command::new(folder.join("examples").join(name));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg(catalog);
    command
}

/// A folder for the state of one fake cluster, which goes with the test.
struct State(PathBuf);

impl State {
    fn new(name: &str) -> Self {
        let folder = format!("catalog-lifecycle-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        // A catalog of the test's own, if it made one.
        let own = self.0.join("catalog");
        let mut command = match own.exists() {
            true => on_catalog("lifecycle", &own),
            false => program("lifecycle"),
        };
        let like = ["--cluster", "fake", "--like", "clusters/staging.yaml"];
        let fake: [&Path; 2] = ["--state".as_ref(), &self.0];
        let command = command.args(arguments).args(like).args(fake);
        command.output().unwrap()
    }

    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let output = self.run(&[arguments, &["--format", "json"]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn text(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one line on standard error of a call that is refused.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        stderr
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_package_comes_and_goes() {
    let state = State::new("whole");
    let text = state.text(&["loki@3.4.2", "--no-dependencies"], 0);
    for line in [
        "create Namespace loki",
        "apply HelmRelease loki/loki",
        "install loki 3.4.2 in loki: done",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    let upgrade = ["loki", "--operation", "upgrade", "--no-dependencies"];
    let upgrade = state.json(&upgrade, 0);
    assert_eq!(upgrade["outcome"], "done");
    let operation = upgrade["operations"][0]["operation"].as_str().unwrap();
    assert_eq!(operation, "upgrade loki 3.4.2 -> 3.5.7 in loki");
    assert_eq!(upgrade["history"].as_array().unwrap().len(), 2);
    let rollback = ["loki@3.4.2", "--operation", "rollback"];
    assert_eq!(state.json(&rollback, 0)["outcome"], "done");
    let uninstall = ["loki", "--operation", "uninstall", "--delete-namespace"];
    let text = state.text(&uninstall, 0);
    assert!(text.contains("delete Namespace loki"), "{text}");
    assert!(
        state
            .refused(&uninstall)
            .contains("`loki` is not installed in `loki`")
    );
}

#[test]
fn a_first_start_that_is_refused_leaves_nothing() {
    let state = State::new("refused-start");
    let run = |like: &str, home: &str, code| {
        let mut command = program("lifecycle");
        command.args([
            "loki",
            "--cluster",
            "fake",
            "--like",
            like,
            "--home",
            home,
            "--state",
        ]);
        let output = command.arg(&state.0).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    };
    run("clusters/none.yaml", "catalog-system", 2);
    run("clusters/staging.yaml", "No_Name", 2);
    run("clusters/staging.yaml", "catalog-system", 0);
    let objects = std::fs::read_to_string(state.0.join("cluster.json")).unwrap();
    assert!(objects.contains("gp3"));
}

#[test]
fn conditions_are_asked_before_anything_changes() {
    // There is no gp3 in a cluster that is like none.
    let state = State::new("conditions");
    let run = |more: &[&str], code| {
        let fake = ["--format", "json", "--cluster", "fake", "--state"];
        let mut command = program("lifecycle");
        command.args(["loki", "--no-dependencies"]).args(fake);
        let output = command.arg(&state.0).args(more).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let shut = run(&[], 1);
    assert_eq!(shut["outcome"], "unchanged");
    let failure = &shut["operations"][0]["failure"];
    assert_eq!(failure["step"], "conditions");
    let message = failure["message"].as_str().unwrap();
    let expected = "\"gp3 is the default storage class\" is not satisfied (StorageClass/gp3 (storage.k8s.io/v1), field metadata.annotations['storageclass.kubernetes.io/is-default-class'], expected eq \"true\" (string), actual absent)";
    assert!(message.starts_with(expected), "{message}");
    let calls = std::fs::read_to_string(state.0.join("calls.jsonl")).unwrap();
    // The namespace for runners is there from the start.
    let home = r#""kind":"Namespace","metadata":{"name":"catalog-system"}"#;
    let mut created = calls.lines().filter(|call| call.contains("\"create\""));
    assert!(
        created.all(|call| call.contains("catalog.dev/journal") || call.contains(home)),
        "{calls}"
    );
    assert_eq!(run(&["--skip-conditions"], 0)["outcome"], "done");
}

impl State {
    /// Copies packages of the catalog, to be changed.
    fn with_catalog(self, packages: &[&str]) -> Self {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(CATALOG);
        for package in packages {
            copy(&from.join(package), &self.0.join("catalog").join(package));
        }
        self
    }

    fn remove(&self, path: &str) {
        std::fs::remove_dir_all(self.0.join("catalog").join(path)).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = entry
            .map(|entry| (entry.path(), to.join(entry.file_name())))
            .unwrap();
        match from.is_dir() {
            true => copy(&from, &to),
            false => std::fs::copy(&from, &to).map(drop).unwrap(),
        }
    }
}

#[test]
fn what_the_catalog_lost_can_be_gone_back_to_and_uninstalled() {
    let state = State::new("lost").with_catalog(&["loki", "traefik"]);
    state.text(&["loki@3.4.2", "--no-dependencies"], 0);
    let upgrade = ["loki", "--operation", "upgrade", "--no-dependencies"];
    state.text(&upgrade, 0);
    state.remove("loki/3.4.2");
    // Without a version it goes back to the one before.
    let back = state.json(&["loki", "--operation", "rollback"], 0);
    let operation = &back["operations"][0];
    assert_eq!(
        operation["operation"],
        "rollback loki 3.5.7 -> 3.4.2 in loki"
    );
    // The package is gone, and its namespace is known all the same.
    state.remove("loki");
    assert!(
        state
            .refused(&["loki"])
            .contains("there is no package `loki`")
    );
    let gone = state.json(&["loki", "--operation", "uninstall"], 0);
    let operation = &gone["operations"][0];
    assert_eq!(operation["operation"], "uninstall loki 3.4.2 in loki");
    let hooks: Vec<&str> = operation["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["hook"].as_str().unwrap())
        .collect();
    assert_eq!(hooks, ["stop-collecting", "flush"]);
    let refused = state.refused(&["loki", "--operation", "uninstall"]);
    assert!(refused.contains("`loki` is not installed in `default`"));
}

#[test]
fn a_run_goes_on_without_its_catalog() {
    let state = State::new("gone").with_catalog(&["cert-manager"]);
    let half = ["cert-manager", "--crash-after", "60"];
    assert_eq!(state.run(&half).status.code(), None);
    state.remove("cert-manager");
    let resumed = state.json(&["cert-manager", "--resume"], 0);
    assert_eq!(resumed["outcome"], "done");
    // The whole catalog may be gone, which is told.
    let catalog = "nowhere/catalog";
    let fake = ["--cluster", "fake", "--state"];
    let mut command = on_catalog("lifecycle", catalog.as_ref());
    command.args(["cert-manager", "--operation", "uninstall"]);
    let output = command.args(fake).arg(&state.0).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("what is pinned is used"), "{stderr}");
}

#[test]
fn an_action_runs_when_the_catalog_is_gone() {
    let state = State::new("gone-action").with_catalog(&["loki", "traefik"]);
    state.text(&["loki", "--no-dependencies"], 0);
    state.remove("loki");
    let flush = ["loki", "--action", "flush", "--set", "wait=5"];
    let done = state.json(&flush, 0);
    assert_eq!(
        done["operations"][0]["operation"],
        "action flush of loki 3.5.7 in loki"
    );
    let refused = state.refused(&["loki", "--action", "nosuch"]);
    assert!(
        refused.contains("the actions of the release are `flush`"),
        "{refused}"
    );
}

#[test]
fn what_is_nowhere_is_named() {
    let state = State::new("nowhere").with_catalog(&["loki"]);
    state.text(&["loki@3.4.2", "--no-dependencies"], 0);
    state.remove("loki/3.4.2");
    let from = ["loki", "--operation", "uninstall", "--from", "3.3.1"];
    let refused = state.refused(&from);
    assert!(refused.contains("3.4.2 is on record"), "{refused}");
    let refused = State::new("nothing")
        .with_catalog(&["traefik"])
        .refused(&from);
    assert!(refused.contains("`loki` 3.3.1 is neither in "), "{refused}");
    let other = ["loki@3.5.7", "--operation", "uninstall"];
    let refused = state.refused(&other);
    assert!(refused.contains("`loki` 3.4.2 is installed in `loki`, and not 3.5.7"));
    let back = state.refused(&["loki", "--operation", "rollback"]);
    assert!(back.contains("say which version to go back to, as loki@VERSION"));
}

#[test]
fn a_hook_that_fails_can_be_decided_upon() {
    let state = State::new("decide");
    let failed = state.json(&["cert-manager", "--fails", "api-check"], 1);
    assert_eq!(failed["outcome"], "partial");
    let operation = &failed["operations"][0];
    assert_eq!(operation["status"], "degraded");
    assert_eq!(operation["failure"]["step"], "post-install hooks");
    let message = operation["failure"]["message"].as_str().unwrap();
    assert!(message.contains("it was told to fail"), "{message}");
    // Others do not wait for it.
    state.text(&["loki", "--no-dependencies"], 0);
    assert!(
        state
            .refused(&["cert-manager", "--resume"])
            .contains("told how")
    );
    let done = state.json(&["cert-manager", "--decide", "resume"], 0);
    assert_eq!(done["outcome"], "done");
    assert!(
        state
            .refused(&["cert-manager", "--resume"])
            .contains("nothing to resume")
    );
}

#[test]
fn it_can_be_killed_anywhere_and_goes_on() {
    let whole = State::new("unkilled").json(&["cert-manager"], 0);
    let effects = whole["effects"].as_u64().unwrap();
    assert!(effects > 50, "{effects}");
    for after in (1..effects).step_by(4) {
        let state = State::new(&format!("killed-{after}"));
        let killed = state.run(&["cert-manager", "--crash-after", &after.to_string()]);
        assert_eq!(killed.status.code(), None, "{after} of {effects}");
        let mut output = state.run(&["cert-manager", "--resume"]);
        if String::from_utf8_lossy(&output.stderr).contains("nothing to resume") {
            // Until the plan is pinned nothing was done, and there is no journal.
            let calls = std::fs::read_to_string(state.0.join("calls.jsonl")).unwrap();
            if !calls.contains("catalog-journal-") {
                output = state.run(&["cert-manager"]);
            } else {
                // The last thing a run does is to look for plans that nobody needs any more.
                assert!(after * 4 > effects * 3, "{after} of {effects}");
                continue;
            }
        }
        assert_eq!(output.status.code(), Some(0), "{after}");
        let refused = state.refused(&["cert-manager", "--operation", "upgrade"]);
        assert!(
            refused.contains("is what is installed already"),
            "{after}: {refused}"
        );
        let gone = state.json(&["cert-manager", "--operation", "uninstall"], 0);
        assert_eq!(gone["outcome"], "done", "{after}");
    }
}

#[test]
fn wrong_usage_is_one_line() {
    let state = State::new("wrong");
    for (arguments, expected) in [
        (&["nothing"][..], "there is no package `nothing`"),
        (
            &["loki", "--operation", "remove"],
            "`remove` is no operation",
        ),
        (&["loki", "--decide", "wait"], "`wait` is no decision"),
        (&["loki", "--crash-after", "soon"], "`soon` is no number"),
        (
            &["loki", "--resume"],
            "there is nothing to resume of `loki`",
        ),
        (
            &["loki", "--operation", "upgrade"],
            "`loki` is not installed",
        ),
    ] {
        let line = state.refused(arguments);
        assert!(line.contains(expected), "{line}");
    }
}

#[test]
fn what_is_no_state_stays_as_it_is() {
    let state = State::new("state");
    state.text(&["cert-manager"], 0);
    let path = state.0.join("calls.jsonl");
    let whole = std::fs::read(&path).unwrap();

    // One process at a time.
    let held = std::fs::File::open(&path).unwrap();
    held.lock().unwrap();
    let refused = state.refused(&["traefik"]);
    assert!(refused.contains("another process is at work"), "{refused}");
    drop(held);

    for (text, line) in [("hello", 1), ("{\"at\":1}\n", 1), ("{\"do\":", 1)] {
        std::fs::write(&path, text).unwrap();
        let refused = state.refused(&["traefik"]);
        assert!(
            refused.contains(&format!("line {line} is no call")),
            "{refused}"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    // Of one that was cut off, what is whole counts.
    std::fs::write(&path, &whole[..whole.len() * 3 / 4]).unwrap();
    assert_eq!(
        state.json(&["cert-manager", "--resume"], 0)["outcome"],
        "done"
    );
    let objects = std::fs::read_to_string(state.0.join("cluster.json")).unwrap();
    assert!(objects.contains("clusterissuers.cert-manager.io"));
}

#[test]
fn every_fault_is_tried_and_none_is_fatal() {
    let upgrade = ["loki", "--operation", "upgrade", "--from", "3.4.2"];
    for arguments in [&["loki"][..], &upgrade] {
        let output = program("simulate")
            .args(arguments)
            .args(["--format", "json"])
            .output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(found["runs"].as_u64().unwrap() > 100, "{found}");
        assert_eq!(found["findings"], Value::Array(Vec::new()));
    }
    let output = program("simulate")
        .args(["loki", "--operation", "upgrade"])
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--from VERSION is missing"));
}

#[test]
fn an_action_of_what_is_installed_runs() {
    let state = State::new("action");
    state.json(&["loki"], 0);
    let done = state.json(&["loki", "--action", "flush", "--set", "wait=5"], 0);
    assert_eq!(done["outcome"], "done");
    assert_eq!(done["operations"][0]["attempts"][0]["role"], "action");
    let cluster = std::fs::read_to_string(state.0.join("cluster.json")).unwrap();
    assert!(cluster.contains("PARAM_TARGET") && cluster.contains("PARAM_WAIT"));
    let refused = |arguments: &[&str]| {
        let output = state.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let wrong = refused(&["loki", "--action", "flush", "--set", "wait=many"]);
    assert!(
        wrong.contains("`/flush/wait` must be a whole number"),
        "{wrong}"
    );
    let none = refused(&["loki", "--action", "flash"]);
    assert!(
        none.contains("the actions of the release are `flush`"),
        "{none}"
    );
    let absent = refused(&["traefik", "--action", "flush"]);
    assert!(absent.contains("`traefik` is not installed"), "{absent}");
}
