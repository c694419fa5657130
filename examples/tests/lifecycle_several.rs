//! `lifecycle` with several packages in one run, on the fake cluster.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The metadata of each release; each has a ConfigMap, and a hook after install and upgrade that is called as its package. `db` brings a kind
/// that `app` waits for.
const RELEASES: [(&str, &str, &str); 7] = [
    ("db", "1.0.0", ""),
    ("db", "2.0.0", "replaces: 1.0.0\n"),
    ("db", "3.0.0", "replaces: 2.0.0\n"),
    ("cache", "1.0.0", ""),
    (
        "app",
        "1.0.0",
        "dependencies: [{name: db, version: '>=1'}, {name: cache}]\n",
    ),
    (
        "app",
        "2.0.0",
        "dependencies: [{name: db, version: '>=3'}, {name: cache}]\n",
    ),
    ("ui", "1.0.0", "dependencies: [{name: app}]\n"),
];

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: tables.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Table, plural: tables}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
";
const ASKS: &str = "conditions:
- name: tables are served
  target: {apiAvailable: {group: example.com, version: v1, kind: Table}}
";

/// A catalog, and the state of one fake cluster; they go with the test.
struct World(PathBuf);

impl World {
    fn new(name: &str) -> Self {
        let folder = format!("catalog-several-{}-{name}", std::process::id());
        let world = Self(std::env::temp_dir().join(folder));
        let _ = std::fs::remove_dir_all(&world.0);
        for (package, version, more) in RELEASES {
            let folder = format!("catalog/{package}/{version}");
            let hook = format!(
                "post-install: &hook\n- name: {package}\n  job: {{apiVersion: batch/v1, kind: Job, spec: {{template: {{spec: {{containers: [{{name: c, image: busybox}}]}}}}}}}}\npost-upgrade: *hook\n"
            );
            let map = format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {package}}}\ndata: {{version: {version}}}\n"
            );
            let metadata =
                format!("name: {package}\nversion: {version}\nnamespace: {package}\n{more}");
            world.write(&format!("{folder}/metadata.yaml"), &metadata);
            world.write(&format!("{folder}/hooks/hooks.yaml"), &hook);
            world.write(&format!("{folder}/definitions/map.yaml"), &map);
            match package {
                "db" => world.write(&format!("{folder}/definitions/tables.yaml"), CRD),
                "app" => world.write(&format!("{folder}/conditions/tables.yaml"), ASKS),
                _ => {}
            }
        }
        world
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn run(&self, line: &str) -> Output {
        let mut program = std::env::current_exe().unwrap();
        program.pop();
        program.pop();
        let state: [&Path; 2] = ["--state".as_ref(), &self.0];
        let mut command = Command::new(program.join("examples/lifecycle"));
        command.arg(self.0.join("catalog")).args(line.split(' '));
        command.args(["--cluster", "fake"]).args(state);
        command.output().unwrap()
    }

    /// What a call says that ends with this code.
    fn says(&self, line: &str, code: i32) -> String {
        let output = self.run(line);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{line}: {stderr}");
        String::from_utf8(output.stdout).unwrap() + &stderr
    }

    fn json(&self, line: &str, code: i32) -> Value {
        let output = self.run(&format!("{line} --format json"));
        assert_eq!(output.status.code(), Some(code), "{line}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// `db 1.0.0`: what is on record, from the ConfigMaps that are there.
    fn there(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.0.join("cluster.json")).unwrap();
        let list: Value = serde_json::from_str(&text).unwrap();
        let objects = list["items"].as_array().unwrap().iter();
        let maps = objects.filter(|object| object["kind"] == "ConfigMap");
        let maps = maps.filter_map(|map| {
            let version = map["data"]["version"].as_str()?;
            Some(format!("{} {version}", map["metadata"]["name"].as_str()?))
        });
        let mut there: Vec<String> = maps.collect();
        there.sort();
        there
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The operations of a run, each with how it ended.
fn operations(run: &Value) -> Vec<String> {
    let operations = run["operations"].as_array().unwrap().iter();
    let words = operations.map(|one| {
        let (operation, status) = (one["operation"].as_str(), one["status"].as_str());
        format!("{}: {}", operation.unwrap(), status.unwrap())
    });
    words.collect()
}

#[test]
fn what_a_package_needs_comes_with_it_in_one_run() {
    let world = World::new("together");
    let text = world.says("ui", 0);
    let plan = " 1  install cache 1.0.0 in cache  (needed by app)
 1  install db 3.0.0 in db  (needed by app)
 2  install app 2.0.0 in app  (needed by ui)
 3  install ui 1.0.0 in ui
";
    assert!(text.starts_with(plan), "{text}");
    assert!(text.contains("\ndb: create Namespace db\n"), "{text}");
    assert!(text.contains("\nui: apply ConfigMap ui/ui\n"), "{text}");
    assert_eq!(
        world.there(),
        ["app 2.0.0", "cache 1.0.0", "db 3.0.0", "ui 1.0.0"]
    );
    assert!(world.says("ui", 2).contains("is installed in `ui` already"));
    let nothing = world.says("ui app", 2);
    assert!(
        nothing.contains("nothing to do: `ui`, `app` are installed"),
        "{nothing}"
    );
}

#[test]
fn what_others_need_goes_with_them_or_stays() {
    let world = World::new("uninstall");
    world.says("ui", 0);
    let refused = world.says("app db --operation uninstall", 1);
    assert!(refused.contains("ui 1.0.0 needs app"), "{refused}");
    let refused = world.says("db --operation uninstall", 1);
    assert!(refused.contains("app 2.0.0 needs db"), "{refused}");
    let gone = world.json("db app ui --operation uninstall", 0);
    assert_eq!(
        operations(&gone),
        [
            "uninstall ui 1.0.0 in ui: done",
            "uninstall app 2.0.0 in app: done",
            "uninstall db 3.0.0 in db: done",
        ]
    );
    assert_eq!(world.there(), ["cache 1.0.0"]);
    world.says("ui", 0);
    let gone = world.json("cache --operation uninstall --with-dependants", 0);
    assert_eq!(operations(&gone).len(), 3);
    world.says("ui", 0);
    let gone = world.json("ui --operation uninstall --autoremove", 0);
    assert_eq!(operations(&gone).len(), 4);
    assert_eq!(world.there(), Vec::<String>::new());
}

#[test]
fn only_packages_of_a_run_go_on_with_it() {
    let world = World::new("strangers");
    world.says("db --fails db", 1);
    let refused = world.says("db ui --decide resume", 2);
    let why = "what is not over is `install db 3.0.0 in db`, and `ui` is not in it: leave that out, and begin it when this is over";
    assert!(refused.contains(why), "{refused}");
    world.says("db --decide resume", 0);
    // What is there already has nothing to do in a run, and may be named.
    world.says("db cache --fails cache", 1);
    world.says("db cache --decide resume", 0);
    assert_eq!(world.there(), ["cache 1.0.0", "db 3.0.0"]);
}

#[test]
fn a_failure_in_the_middle_leaves_what_is_done_and_can_be_decided_upon() {
    let world = World::new("middle");
    let text = world.says("ui cache --fails app", 1);
    let end = "\npartial: 2 done, 1 degraded, 1 notStarted\n";
    assert!(text.ends_with(end), "{text}");
    assert_eq!(world.there(), ["app 2.0.0", "cache 1.0.0", "db 3.0.0"]);
    for (line, expected) in [
        ("db --operation uninstall", "came to rest and is not over"),
        ("ui --resume", "told how"),
        ("ui@2 --decide resume", "not what was asked for"),
    ] {
        let refused = world.says(line, 2);
        assert!(refused.contains(expected), "{line}: {refused}");
    }
    let done = world.says("ui cache --decide resume", 0);
    assert!(
        done.contains(" 1  install db 3.0.0 in db  (needed by app): done\n"),
        "{done}"
    );
    assert!(done.contains("install ui 1.0.0 in ui: done\n"), "{done}");
    assert_eq!(world.there().len(), 4);
}

#[test]
fn what_a_run_did_is_taken_back_if_that_is_asked_for() {
    let world = World::new("unwind");
    world.says("cache", 0);
    let run = world.json("ui --fails ui --unwind", 1);
    assert_eq!(
        operations(&run),
        [
            "install db 3.0.0 in db: rolledBack",
            "install app 2.0.0 in app: rolledBack",
            "install ui 1.0.0 in ui: rolledBack",
        ]
    );
    assert_eq!(world.there(), ["cache 1.0.0"]);
    world.says("ui", 0);
}

#[test]
fn an_upgrade_goes_by_the_releases_between() {
    let world = World::new("hops");
    world.says("app@1 db@1.0.0", 0);
    let run = world.json("app --operation upgrade", 0);
    assert_eq!(
        operations(&run),
        [
            "upgrade db 1.0.0 -> 2.0.0 in db: done",
            "upgrade db 2.0.0 -> 3.0.0 in db: done",
            "upgrade app 1.0.0 -> 2.0.0 in app: done",
        ]
    );
    assert_eq!(world.there(), ["app 2.0.0", "cache 1.0.0", "db 3.0.0"]);
    let back = world.json("db@1.0.0 --operation rollback", 0);
    assert_eq!(
        operations(&back),
        ["rollback db 3.0.0 -> 1.0.0 in db: done"]
    );
    let nothing = world.says("app --operation upgrade", 2);
    assert!(
        nothing.contains("is what is installed already"),
        "{nothing}"
    );
}

#[test]
fn it_can_be_killed_anywhere_and_goes_on() {
    let whole = World::new("unkilled").json("ui --parallel 2", 0);
    let effects = whole["effects"].as_u64().unwrap();
    assert!(effects > 100, "{effects}");
    for after in (2..effects).step_by(11) {
        let world = World::new(&format!("killed-{after}"));
        let killed = world.run(&format!("ui --parallel 2 --crash-after {after}"));
        assert_eq!(killed.status.code(), None, "{after} of {effects}");
        let output = world.run("ui --resume");
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("nothing to resume") {
            // Before its journal there is nothing to go on with, and after its end neither.
            let is_early = after < effects / 4;
            assert!(is_early || after * 4 > effects * 3, "{after} of {effects}");
            if is_early {
                world.says("ui", 0);
            }
        } else {
            assert_eq!(output.status.code(), Some(0), "{after}: {said}");
        }
        assert_eq!(world.there().len(), 4, "{after}");
    }
}

#[test]
fn a_resumed_run_knows_its_parameters() {
    let world = World::new("parameters");
    let condition = "conditions:
- name: tables are served
  when: {parameter: tables, op: eq, value: true}
  target: {apiAvailable: {group: example.com, version: v1, kind: Table}}
";
    world.write("catalog/ui/1.0.0/conditions/tables.yaml", condition);
    world.write("none.yaml", "tables: false\n");
    let parameters = world.0.join("none.yaml");
    let line = format!("ui --parameters ui={}", parameters.display());
    let killed = world.run(&format!("{line} --crash-after 40"));
    assert_eq!(killed.status.code(), None);
    std::fs::remove_file(&parameters).unwrap();
    world.says("ui --resume", 0);
    assert_eq!(world.there().len(), 4);
}

#[test]
fn the_plan_of_a_run_that_had_no_journal_yet_is_collected() {
    let mut left = 0;
    for after in 2..14 {
        let world = World::new(&format!("orphan-{after}"));
        world.run(&format!("db --no-dependencies --crash-after {after}"));
        let calls = std::fs::read_to_string(world.0.join("calls.jsonl")).unwrap();
        let is_pinned = calls.contains("catalog-plan-");
        if !is_pinned || calls.contains("catalog-journal-") {
            continue;
        }
        left += 1;
        world.says("db --no-dependencies", 0);
        let cluster = std::fs::read_to_string(world.0.join("cluster.json")).unwrap();
        let plans = cluster.matches(r#""name":"catalog-plan-"#).count();
        assert_eq!(plans, 1, "{after}");
    }
    assert!(left > 0, "none was killed in between");
}

#[test]
fn what_has_no_answer_is_explained() {
    let world = World::new("conflict");
    let said = world.says("app@2 db@1", 1);
    assert!(said.contains("app 2.0.0 needs db"), "{said}");
    assert_eq!(world.json("app@2 db@1", 1)["status"], "conflict");
    let alone = world.says("app --no-dependencies", 1);
    assert!(alone.contains("\"tables are served\" is not"), "{alone}");
    for (line, expected) in [
        ("app nosuch", "there is no package `nosuch`"),
        (
            "app db --operation rollback",
            "a rollback is for one package",
        ),
        ("app db --no-dependencies", "--no-dependencies is for one"),
        ("app --parallel 0", "`0` is no number of operations"),
    ] {
        let refused = world.says(line, 2);
        assert!(refused.contains(expected), "{line}: {refused}");
    }
}

/// What needs a package is on its record too, for when the catalog does not say it any more.
#[test]
fn what_others_need_stays_when_the_catalog_is_gone() {
    let world = World::new("gone");
    world.says("app", 0);
    std::fs::remove_dir_all(world.0.join("catalog")).unwrap();
    let said = world.says("db --operation uninstall", 2);
    assert!(
        said.contains("`app` needs `db`, by what is on record"),
        "{said}"
    );
    world.says("app --operation uninstall", 0);
    world.says("db --operation uninstall", 0);
}

/// What an install left that was given up does not count as installed, and can be uninstalled.
#[test]
fn what_was_given_up_can_be_uninstalled() {
    let world = World::new("given-up");
    world.says("cache --fails cache", 1);
    world.says("cache --decide abandon", 1);
    world.says("cache --operation uninstall", 0);
    assert!(world.there().is_empty(), "{:?}", world.there());
}
