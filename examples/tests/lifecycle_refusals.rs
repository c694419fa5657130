//! `lifecycle`, on the fake cluster: what it does not do, and says instead.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Of the call that makes the namespace for runners.
const HOME_MADE: &str = r#""kind":"Namespace","metadata":{"name":"catalog-system"}"#;

/// Of a hook of each phase that fails or not, and of an action.
const HOOKS: &str = "
pre-install: &hook
- name: check
  job: &job {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: busybox}]}}}}
post-upgrade:
- name: test
  job: *job
post-install:
- name: test
  job: *job
actions:
- name: scale
  job: *job
  parameters:
    type: object
    additionalProperties: false
    properties: {replicas: {type: integer, maximum: 5}}
";

/// A catalog of `app` 1.0.0, 1.1.0 and 2.0.0, and of `odd` 1.0.0, and the state of one fake cluster; they go with the test.
struct World(PathBuf);

impl World {
    fn new(name: &str) -> Self {
        let folder = format!("catalog-refusals-{}-{name}", std::process::id());
        let world = Self(std::env::temp_dir().join(folder));
        let _ = std::fs::remove_dir_all(&world.0);
        for (package, version) in [
            ("app", "1.0.0"),
            ("app", "1.1.0"),
            ("app", "2.0.0"),
            ("odd", "1.0.0"),
        ] {
            let folder = world.0.join("catalog").join(package).join(version);
            std::fs::create_dir_all(folder.join("hooks")).unwrap();
            let metadata =
                format!("name: {package}\nversion: {version}\nnamespace: {package}-ns\n");
            std::fs::write(folder.join("metadata.yaml"), metadata).unwrap();
            std::fs::write(folder.join("hooks/hooks.yaml"), HOOKS).unwrap();
        }
        world
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Output {
        let mut folder = std::env::current_exe().unwrap();
        folder.pop();
        folder.pop();
        let mut command = Command::new(folder.join("examples").join(program));
        command.arg(self.0.join("catalog")).args(arguments);
        if program == "lifecycle" {
            let state: [&Path; 2] = ["--state".as_ref(), &self.0];
            command.args(["--cluster", "fake"]).args(state);
        }
        command.output().unwrap()
    }

    /// What a call says that ends with this code.
    fn says(&self, line: &str, code: i32) -> String {
        let arguments: Vec<&str> = line.split(' ').collect();
        let output = self.command("lifecycle", &arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{line}: {stderr}");
        String::from_utf8(output.stdout).unwrap() + &stderr
    }

    /// That a call is refused in these words, and writes nothing.
    fn refuses(&self, line: &str, expected: &str) {
        let before = self.changes();
        let said = self.says(line, 2);
        assert_eq!(said.lines().count(), 1, "{line}: {said}");
        assert!(said.contains(expected), "{line}: {said}");
        assert!(!said.contains("\\n"), "{line}: {said}");
        assert_eq!(self.changes(), before, "{line}");
    }

    /// How many calls have changed the cluster: the namespace for runners is made at the first start, and what pods do is told at each.
    fn changes(&self) -> usize {
        let calls = std::fs::read_to_string(self.0.join("calls.jsonl")).unwrap_or_default();
        let is_of_start =
            |line: &str| line.contains(r#""call":"pods""#) || line.contains(HOME_MADE);
        calls.lines().filter(|line| !is_of_start(line)).count()
    }

    /// Whether a container had this variable.
    fn has_variable(&self, name: &str, value: &str) -> bool {
        let calls = std::fs::read_to_string(self.0.join("calls.jsonl")).unwrap();
        calls.contains(&format!(r#"{{"name":"{name}","value":"{value}"}}"#))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn resuming_is_about_what_was_asked_for() {
    let world = World::new("resume");
    world.says("app@1.0.0 --fails test", 1);
    let rests =
        "what is not over is `install app 1.0.0 in app-ns`, and that is not what was asked for";
    for other in [
        "app@1.1.0 --resume --decide skip",
        "app --operation upgrade --resume --decide skip",
        "app --operation upgrade --from 1.0.0 --decide take-back",
        "app --action scale --decide abandon",
        "app --from 1.0.0 --decide skip",
    ] {
        world.refuses(other, rests);
    }
    for other in ["odd --decide take-back", "odd@1.0.0 --resume"] {
        world.refuses(other, "there is nothing to resume of `odd`");
    }
    let said = world.says("app@1.0.0 --operation install --decide skip", 0);
    assert!(said.contains("install app 1.0.0 in app-ns: done"), "{said}");
    world.refuses("app --resume", "there is nothing to resume of `app`");
    world.refuses("odd --resume", "there is nothing to resume of `odd`");
}

impl World {
    /// Kills an install of `app` while its hook runs. The Secret that holds its journal.
    fn kill_in_its_hook(&self) -> Value {
        let path = self.0.join("calls.jsonl");
        let killed = ["app@1.0.0", "--hangs", "check", "--crash-after"];
        for effects in 1..60 {
            self.command(
                "lifecycle",
                &[&killed[..], &[&effects.to_string()]].concat(),
            );
            let calls = std::fs::read_to_string(&path).unwrap();
            if calls.contains(r#""suspend":false"#) {
                break;
            }
            std::fs::remove_file(&path).unwrap();
        }
        let calls = std::fs::read_to_string(&path).unwrap();
        let name = calls.split("catalog-journal-app-").nth(1).unwrap();
        let name = format!("catalog-journal-app-{}", name.split('"').next().unwrap());
        json!({"apiVersion": "v1", "kind": "Secret", "namespace": "catalog-system", "name": name})
    }

    /// As `kubectl` does it.
    fn call(&self, call: &Value) {
        let path = self.0.join("calls.jsonl");
        let mut calls = std::fs::read_to_string(&path).unwrap();
        let last = calls.lines().last().unwrap();
        let at = serde_json::from_str::<Value>(last).unwrap()["at"].clone();
        calls += &(json!({"at": at, "do": call}).to_string() + "\n");
        std::fs::write(&path, calls).unwrap();
    }
}

#[test]
fn jobs_whose_journal_is_lost_are_let_go() {
    let world = World::new("lost");
    let journal = world.kill_in_its_hook();
    world.refuses("app@1.0.0 --release-all", "is there, `catalog-journal-app-");
    world.refuses("app --release-all --resume", "there is nothing to resume");
    world.call(&json!({"call": "delete", "target": journal, "uid": null, "resourceVersion": null}));
    let stopped = world.says("app@1.0.0", 1);
    assert!(
        stopped.contains("there is no journal, but what a run left: Job app-ns/app-check-"),
        "{stopped}"
    );
    assert!(stopped.contains("--release-all"), "{stopped}");
    let released = world.says("app --release-all", 0);
    assert!(
        released
            .lines()
            .any(|line| line.starts_with("released Job app-ns/app-check-")),
        "{released}"
    );
    let again = world.says("app --release-all", 0);
    assert!(again.ends_with("no Job is held\n"), "{again}");
}

/// Whatever is asked for names the way on, and that leads on.
#[test]
fn a_journal_or_plan_that_is_damaged_is_given_up() {
    for (name, damaged) in [("damaged", "journal"), ("planless", "plan")] {
        let world = World::new(name);
        let journal = world.kill_in_its_hook();
        match damaged {
            "journal" => {
                let patch = json!({"data": {"journal": "Z2FyYmFnZQ=="}});
                let damage =
                    json!({"call": "patch", "target": journal, "patch": patch, "strategic": false});
                world.call(&damage);
            }
            _ => {
                let path = world.0.join("cluster.json");
                // What a run that is killed leaves is not shown there.
                let _ = world.command("lifecycle", &["odd", "--resume"]);
                let cluster: Value =
                    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
                for plan in cluster["items"].as_array().unwrap() {
                    if plan["type"] == "catalog.dev/plan" {
                        let mut target = journal.clone();
                        target["name"] = plan["metadata"]["name"].clone();
                        world.call(&json!({"call": "delete", "target": target, "uid": null, "resourceVersion": null}));
                    }
                }
            }
        }
        world.refuses("app --resume", "--release-all");
        if damaged == "journal" {
            world.refuses("odd", "--release-all");
            world.refuses("app", "--release-all");
        }
        let released = world.says("app --release-all", 0);
        let is_told = |words: &str| released.lines().any(|line| line.starts_with(words));
        assert!(is_told("released Job app-ns/app-check-"), "{released}");
        assert!(
            is_told("gave up the journal `catalog-journal-app-"),
            "{released}"
        );
        world.says("odd", 0);
        // The pod ends when the fake cluster is told that it succeeds.
        world.says("app@1.0.0", 0);
        world.says("app@1.0.0 --operation uninstall", 0);
    }
}

/// Beside a journal that nobody can read, a run begins nothing more: it waits, and what it says leads on.
#[test]
fn a_run_waits_until_a_damaged_journal_is_given_up() {
    let world = World::new("damaged-beside");
    world.says("app@1.0.0 odd --fails test", 1);
    let lost = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "catalog-journal-lost", "namespace": "catalog-system"},
        "type": "catalog.dev/journal",
        "data": {"journal": "Z2FyYmFnZQ=="},
    });
    world.call(&json!({"call": "create", "dryRun": false, "object": lost}));
    let told = world.says("app odd --resume --decide skip", 1);
    for said in [
        "odd 1.0.0 in odd-ns: notStarted\n  waits in conditions: whether it may begin cannot be told",
        "and let go of the Jobs that it held (--release-all)",
        "next: see to that, then resume the run, or abandon it; give --resume or --decide abandon",
    ] {
        assert!(told.contains(said), "{said}\n{told}");
    }
    let released = world.says("app --release-all", 0);
    let given_up = "gave up the journal `catalog-journal-lost`";
    assert!(released.contains(given_up), "{released}");
    world.says("app odd --resume", 0);
}

/// Whatever came to rest goes with an uninstall of several, where it is named: there is nothing that has to be gone on with first.
#[test]
fn several_are_uninstalled_of_which_one_came_to_rest() {
    let world = World::new("several-rest");
    world.says("odd@1.0.0", 0);
    world.says("app@1.0.0 --fails test", 1);
    let said = world.says("odd app --operation uninstall", 0);
    for done in ["app 1.0.0 in app-ns: done", "odd 1.0.0 in odd-ns: done"] {
        assert!(said.contains(&format!("uninstall {done}")), "{said}");
    }
    // What was not named is not given up by the way.
    world.says("odd@1.0.0", 0);
    world.says("app@1.0.0 --fails test", 1);
    world.says("odd --operation uninstall", 0);
    world.refuses("odd app@1.1.0", "came to rest and is not over");
}

/// What is not needed of a record that nobody can read keeps nobody waiting; what is, says how to go on.
#[test]
fn a_record_that_is_damaged_is_about_its_own_package() {
    let world = World::new("damaged-record");
    world.says("app@1.0.0", 0);
    let cluster = std::fs::read_to_string(world.0.join("cluster.json")).unwrap();
    let name = cluster.split("catalog-installed-app-").nth(1).unwrap();
    let name = format!("catalog-installed-app-{}", name.split('"').next().unwrap());
    let target =
        json!({"apiVersion": "v1", "kind": "Secret", "namespace": "catalog-system", "name": name});
    let damage = json!({"data": {"record": "Z2FyYmFnZQ=="}});
    world.call(&json!({"call": "patch", "target": target, "patch": damage, "strategic": false}));
    // It is installed still: another version of it is not brought beside it.
    for own in [
        "app",
        "app@1.1.0 --operation upgrade",
        "app --operation uninstall",
        "app odd",
    ] {
        world.refuses(own, "put back what it was, or delete that Secret");
    }
    let said = world.says("odd", 0);
    assert!(said.contains("`catalog-installed-app-"), "{said}");
    world.says("odd --operation action --action scale --set replicas=1", 0);
    // What goes may be the other one's too.
    world.refuses(
        "odd --operation uninstall",
        "put back what it was, or delete that Secret",
    );
    world.call(&json!({"call": "delete", "target": target, "uid": null, "resourceVersion": null}));
    world.says("odd --operation uninstall", 0);
    world.says("app@1.0.0 --take-ownership", 0);
    world.says("app --operation uninstall", 0);
}

#[test]
fn a_run_without_a_journal_is_not_taken_for_the_one_before() {
    let world = World::new("unjournaled");
    world.says("app@1.0.0", 0);
    // It dies before anything is written.
    let killed = ["app@1.1.0", "--operation", "upgrade", "--crash-after", "0"];
    assert_eq!(world.command("lifecycle", &killed).status.code(), None);
    world.refuses(
        "app@1.1.0 --operation upgrade --resume",
        "there is nothing to resume of `app` in namespace `app-ns`",
    );
    world.says("app@1.1.0 --operation upgrade", 0);
}

#[test]
fn an_operation_goes_with_the_version_that_is_there() {
    let world = World::new("versions");
    world.refuses("app --from 1.0.0", "--from is not for an install");
    world.says("app@1.1.0", 0);
    for (line, expected) in [
        ("app@1.1.0", "`app` 1.1.0 is installed in `app-ns` already"),
        ("app@1.0.0", "for 1.0.0 give --operation rollback"),
        ("app@2.0.0", "for 2.0.0 give --operation upgrade"),
        (
            "app@1.1.0 --operation upgrade",
            "1.1.0 is what is installed already",
        ),
        (
            "app@1.0.0 --operation upgrade",
            "1.1.0 is installed, and 1.0.0 is lower: give --operation rollback",
        ),
        (
            "app@1.1.0 --operation rollback",
            "1.1.0 is what is installed already",
        ),
        (
            "app@2.0.0 --operation rollback",
            "1.1.0 is installed, and 2.0.0 is higher: give --operation upgrade",
        ),
        (
            "app@2.0.0 --operation upgrade --from 1.0.0",
            "`app` 1.1.0 is on record in `app-ns`, and not 1.0.0: leave out --from",
        ),
        (
            "app --operation uninstall --from 1.0.0",
            "1.1.0 is on record",
        ),
        ("app --action scale --from 1.0.0", "1.1.0 is on record"),
        (
            "app --operation uninstall --namespace kube-system",
            "`app` goes to namespace `app-ns` wherever it is asked for: leave out --namespace",
        ),
        (
            "odd --namespace Bad_NS",
            "`odd` goes to namespace `odd-ns` wherever it is asked for",
        ),
    ] {
        world.refuses(line, expected);
    }
    world.says(
        "app@1.0.0 --operation rollback --from 1.1.0 --namespace app-ns",
        0,
    );
}

#[test]
fn what_rests_is_ended_before_an_action_and_seen_by_what_follows() {
    let world = World::new("rests");
    world.says("app@1.0.0", 0);
    world.says("app@1.1.0 --operation upgrade --fails test", 1);
    let rests = "`upgrade app 1.0.0 -> 1.1.0 in app-ns` came to rest";
    world.refuses("app --action scale", rests);
    world.refuses("app@1.0.0", rests);
    // Others do not wait for it, and what rests is as it was.
    world.says("odd@1.0.0", 0);
    world.refuses("app@1.0.0", rests);
    world.refuses(
        "app@1.0.0 --operation rollback",
        "take that back with --resume --decide take-back",
    );
    world.says("app@2.0.0 --operation upgrade", 0);
    assert!(world.has_variable("FROM_VERSION", "1.0.0"));
    assert!(world.has_variable("HOOK_ATTEMPTED_VERSION", "1.1.0"));
    assert!(!world.has_variable("FROM_VERSION", "1.1.0"));
}

#[test]
fn what_was_never_installed_whole_is_not_upgraded() {
    let world = World::new("whole");
    world.says("app@1.0.0 --fails test", 1);
    for line in [
        "app@1.1.0 --operation upgrade",
        "app@1.0.0 --operation rollback",
        "app@1.1.0 --operation upgrade --from 1.0.0",
    ] {
        world.refuses(
            line,
            "`app` is not installed whole: `install app 1.0.0 in app-ns` came to rest",
        );
    }
    world.says("app@1.1.0 --fails test", 1);
    assert!(world.has_variable("HOOK_ATTEMPTED_VERSION", "1.0.0"));
    let gone = world.says("app --operation uninstall", 0);
    assert!(
        gone.contains("uninstall app 1.1.0 in app-ns: done"),
        "{gone}"
    );
}

#[test]
fn pods_of_an_action_fail_and_hang_and_unknown_names_are_errors() {
    let world = World::new("names");
    let none = "`--fails nosuch`: `app` has no hook or action of this name; it has `check`, `scale`, `test`";
    world.refuses("app@1.0.0 --fails nosuch", none);
    world.says("app@1.0.0", 0);
    for (option, verdict) in [("--fails", "failed"), ("--hangs", "timed out")] {
        let said = world.says(&format!("app --action scale {option} scale"), 1);
        let line = said
            .lines()
            .find(|line| line.contains("action scale, action 1"));
        assert!(line.is_some_and(|line| line.contains(verdict)), "{said}");
        world.refuses("app --action scale", "came to rest and is not over");
        world.says("app --action scale --decide abandon", 1);
    }
    let simulated = world.command("simulate", &["app", "--hangs", "nosuch"]);
    assert_eq!(simulated.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&simulated.stderr).into_owned();
    assert!(
        stderr.contains("`--hangs nosuch`: `app` has no hook"),
        "{stderr}"
    );
    // All that is wrong is in one line.
    world.refuses("app --action scale --set replicas=9 --set x=1", "; ");
}

/// Of a package that cannot be installed, faults tell nothing.
#[test]
fn what_fails_by_itself_is_not_said_to_survive_all_faults() {
    let world = World::new("by-itself");
    let folder = world.0.join("catalog/unknown/1.0.0");
    std::fs::create_dir_all(folder.join("definitions")).unwrap();
    std::fs::write(
        folder.join("metadata.yaml"),
        "name: unknown\nversion: 1.0.0\n",
    )
    .unwrap();
    let nothing = "apiVersion: example.com/v1\nkind: Nothing\nmetadata: {name: nothing}\n";
    std::fs::write(folder.join("definitions/nothing.yaml"), nothing).unwrap();
    let simulated = world.command("simulate", &["unknown"]);
    assert_eq!(simulated.status.code(), Some(1), "{simulated:?}");
    let said = String::from_utf8(simulated.stdout).unwrap();
    assert!(
        said.starts_with("without any fault it does not succeed")
            && said.contains("the server knows no Nothing"),
        "{said}"
    );
}

/// A Service has an address of the cluster's choice: that it is another one tells nothing of faults.
#[test]
fn packages_with_services_survive_faults() {
    let world = World::new("service");
    let folder = world.0.join("catalog/web/1.0.0");
    std::fs::create_dir_all(folder.join("definitions")).unwrap();
    std::fs::write(folder.join("metadata.yaml"), "name: web\nversion: 1.0.0\n").unwrap();
    let service =
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n";
    std::fs::write(folder.join("definitions/service.yaml"), service).unwrap();
    let simulated = world.command("simulate", &["web"]);
    assert_eq!(simulated.status.code(), Some(0), "{simulated:?}");
}
