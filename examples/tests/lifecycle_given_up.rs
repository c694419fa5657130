//! `lifecycle`, on the fake cluster: where it leads from an operation that was given up, or that cannot be taken back.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// A catalog of `app` 1.0.0, 1.1.0 and 2.0.0, each with an object of its own and hooks, and the state of one fake cluster; they go with the test.
struct World(PathBuf);

/// `upgraded`: what the hook after an upgrade is beyond the default.
fn hooks(upgraded: &str) -> String {
    let job = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: busybox}]}}}}";
    let hook = |phase: &str, name: &str, policy: &str| {
        format!("{phase}:\n- name: {name}\n  job: {job}\n{policy}")
    };
    hook("post-upgrade", "migrate", upgraded)
        + &hook("pre-rollback", "drain", "")
        + &hook("post-rollback", "settle", "")
}

impl World {
    fn new(name: &str, upgraded: &str) -> Self {
        let folder = format!("catalog-given-up-{}-{name}", std::process::id());
        let world = Self(std::env::temp_dir().join(folder));
        let _ = std::fs::remove_dir_all(&world.0);
        for version in ["1.0.0", "1.1.0", "2.0.0"] {
            let folder = world.has("app", version);
            std::fs::create_dir_all(folder.join("hooks")).unwrap();
            std::fs::write(folder.join("hooks/hooks.yaml"), hooks(upgraded)).unwrap();
            std::fs::create_dir_all(folder.join("definitions")).unwrap();
            let config =
                format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: of-{version}}}\n");
            std::fs::write(folder.join("definitions/config.yaml"), config).unwrap();
        }
        world
    }

    /// Puts a release of nothing into the catalog; where it lies.
    fn has(&self, package: &str, version: &str) -> PathBuf {
        let folder = self.release(package, version);
        std::fs::create_dir_all(&folder).unwrap();
        let metadata = format!("name: {package}\nversion: {version}\nnamespace: {package}-ns\n");
        std::fs::write(folder.join("metadata.yaml"), metadata).unwrap();
        folder
    }

    fn release(&self, package: &str, version: &str) -> PathBuf {
        self.0.join("catalog").join(package).join(version)
    }

    /// What a call says that ends with this code.
    fn says(&self, line: &str, code: i32) -> String {
        let mut folder = std::env::current_exe().unwrap();
        folder.pop();
        folder.pop();
        let mut command = Command::new(folder.join("examples/lifecycle"));
        command.arg(self.0.join("catalog")).args(line.split(' '));
        let state: [&Path; 2] = ["--state".as_ref(), &self.0];
        let output = command.args(["--cluster", "fake"]).args(state).output();
        let output = output.unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(code), "{line}: {stdout}{stderr}");
        format!("{stdout}{stderr}")
    }

    /// That a call that ends with this code says this.
    #[track_caller]
    fn tells(&self, line: &str, code: i32, expected: &str) {
        let said = self.says(line, code);
        assert!(said.contains(expected), "{line}: {said}");
    }

    /// The cluster as it is kept.
    fn cluster(&self) -> Value {
        let text = std::fs::read_to_string(self.0.join("cluster.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The Secret of what is on record.
    fn record(&self) -> Value {
        let cluster = self.cluster();
        let mut items = cluster
            .get("items")
            .and_then(Value::as_array)
            .unwrap()
            .iter();
        let is_record = |item: &&Value| item.get("type") == Some(&json!("catalog.dev/installed"));
        items.find(is_record).unwrap().clone()
    }

    /// Puts on record again what was: one more call to the cluster, after its last.
    fn has_on_record(&self, before: &Value) {
        let mut record = self.record();
        let data = before.get("data").unwrap();
        record
            .as_object_mut()
            .unwrap()
            .insert("data".to_owned(), data.clone());
        let path = self.0.join("calls.jsonl");
        let mut calls = std::fs::read_to_string(&path).unwrap();
        let last: Value = serde_json::from_str(calls.lines().last().unwrap()).unwrap();
        let replace = json!({"call": "replace", "object": record});
        calls += &(json!({"at": last.get("at"), "do": replace}).to_string() + "\n");
        std::fs::write(&path, calls).unwrap();
    }

    /// The versions of which there is an object.
    fn there(&self) -> Vec<String> {
        let cluster = self.cluster();
        let objects = cluster.pointer("/items").and_then(Value::as_array).unwrap();
        let names = objects
            .iter()
            .filter_map(|object| object.pointer("/metadata/name"));
        let names = names.filter_map(|name| name.as_str()?.strip_prefix("of-"));
        names.map(str::to_owned).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const IRREVERSIBLE: &str = "  irreversible: true\n";

const WAYS: &str =
    "upgrade to 1.1.0 again, or go back to 1.0.0 with app@1.0.0 --operation rollback";

const STAYS: &str = "what `post-upgrade migrate` of 1.1.0 did cannot be undone, and stays";

#[test]
fn from_an_upgrade_that_was_given_up_it_goes_back_to_what_is_on_record() {
    for policy in ["", IRREVERSIBLE] {
        let world = World::new(&format!("back-{}", policy.len()), policy);
        world.says("app@1.0.0", 0);
        world.says("app@1.1.0 --operation upgrade --fails migrate", 1);
        world.tells("app --decide abandon", 1, WAYS);
        assert_eq!(world.there(), ["1.1.0"]);
        world.tells(
            "app@1.0.0",
            2,
            "1.0.0 is on record in `app-ns`, and so are parts of 1.1.0: to be whole at 1.0.0 give --operation rollback",
        );
        world.tells(
            "app@1.0.0 --operation upgrade",
            2,
            "parts of 1.1.0 are installed, and 1.0.0 is lower: give --operation rollback",
        );
        world.tells("app --decide take-back", 2, "there is nothing to resume");
        // Nobody has the release any more that it leaves, but the plan that brought it.
        std::fs::remove_dir_all(world.release("app", "1.1.0")).unwrap();
        let back = world.says("app@1.0.0 --operation rollback", 0);
        assert!(
            back.contains("rollback app 1.1.0 -> 1.0.0 in app-ns: done"),
            "{back}"
        );
        assert!(
            back.contains("pre-rollback drain, run 1: succeeded"),
            "{back}"
        );
        assert_eq!(back.contains(STAYS), policy == IRREVERSIBLE, "{back}");
        assert_eq!(world.there(), ["1.0.0"]);
        world.tells("app@1.0.0", 2, "1.0.0 is installed in `app-ns` already");
        world.tells(
            "app@1.0.0 --operation rollback",
            2,
            "1.0.0 is what is installed already",
        );
    }
}

#[test]
fn from_an_upgrade_that_was_given_up_it_goes_on_to_another() {
    let world = World::new("on", IRREVERSIBLE);
    world.says("app@1.0.0", 0);
    world.says("app@1.1.0 --operation upgrade --fails migrate", 1);
    world.says("app --decide abandon", 1);
    world.tells(
        "app --operation upgrade",
        0,
        "upgrade app 1.0.0 -> 2.0.0 in app-ns: done",
    );
    assert_eq!(world.there(), ["2.0.0"]);
    world.tells(
        "app --operation rollback",
        0,
        "rollback app 2.0.0 -> 1.0.0 in app-ns: done",
    );
}

#[test]
fn what_cannot_be_taken_back_is_left_with_a_rollback() {
    let world = World::new("rests", IRREVERSIBLE);
    world.says("app@1.0.0", 0);
    world.says("app@1.1.0 --operation upgrade --fails migrate", 1);
    let no_way = format!(
        "it cannot be taken back; it can be given up, and then: {WAYS}; what `post-upgrade migrate` did cannot be undone, and stays"
    );
    world.tells("app --decide take-back", 2, &no_way);
    world.tells(
        "app@1.0.0 --operation rollback",
        0,
        "rollback app 1.1.0 -> 1.0.0 in app-ns: done",
    );
    assert_eq!(world.there(), ["1.0.0"]);
}

#[test]
fn what_can_be_taken_back_is() {
    let world = World::new("taken-back", "");
    world.says("app@1.0.0", 0);
    world.says("app@1.1.0 --operation upgrade --fails migrate", 1);
    let take_back = "take that back with --resume --decide take-back";
    world.tells("app@1.0.0 --operation rollback", 2, take_back);
    world.tells("app --operation rollback", 2, take_back);
    world.tells(
        "app --decide take-back",
        1,
        "upgrade app 1.0.0 -> 1.1.0 in app-ns: rolledBack",
    );
    assert_eq!(world.there(), ["1.0.0"]);
    world.tells("app@1.0.0", 2, "1.0.0 is installed in `app-ns` already");
}

#[test]
fn from_a_rollback_that_was_given_up_it_goes_on_to_what_is_on_record() {
    for (name, abandons) in [("up", true), ("up-at-once", false)] {
        let world = World::new(name, "");
        world.says("app@1.1.0", 0);
        world.says("app@2.0.0 --operation upgrade", 0);
        world.says("app --operation rollback --fails settle", 1);
        if abandons {
            world.tells(
                "app --decide abandon",
                1,
                "roll back to 1.1.0 again, or go on to 2.0.0 with app@2.0.0 --operation upgrade",
            );
            world.tells(
                "app --operation upgrade",
                2,
                "give --operation upgrade and app@2.0.0",
            );
        }
        assert_eq!(world.there(), ["1.1.0"]);
        world.tells(
            "app@2.0.0 --operation upgrade",
            0,
            "upgrade app 1.1.0 -> 2.0.0 in app-ns: done",
        );
        assert_eq!(world.there(), ["2.0.0"]);
        world.tells(
            "app --operation rollback",
            0,
            "rollback app 2.0.0 -> 1.1.0 in app-ns: done",
        );
    }
}

#[test]
fn of_several_packages_none_is_passed_over_of_which_parts_of_another_version_are_there() {
    let world = World::new("several", "");
    for (package, version) in [("db", "1.0.0"), ("db", "1.1.0"), ("cache", "1.0.0")] {
        world.has(package, version);
    }
    world.says("app@1.1.0 db@1.0.0", 0);
    world.says("app@2.0.0 --operation upgrade", 0);
    world.says("app --operation rollback --fails settle", 1);
    world.says("app --decide abandon", 1);
    for line in [
        "app@2.0.0 db@1.1.0 --operation upgrade",
        "db@1.1.0 app@2.0.0 --operation upgrade",
        "app db --operation upgrade",
        "app cache",
        "cache app@2.0.0",
    ] {
        let alone = "`app` 2.0.0 is on record in `app-ns`, and so are parts of 1.1.0, and what is asked for leaves that as it is: to be whole at \
                     2.0.0 give --operation upgrade and app@2.0.0 alone";
        world.tells(line, 2, alone);
    }
    world.tells(
        "db@1.1.0 --operation upgrade",
        0,
        "upgrade db 1.0.0 -> 1.1.0 in db-ns: done",
    );
    world.says("app@2.0.0 --operation upgrade", 0);
    world.tells("app cache", 0, "install cache 1.0.0 in cache-ns: done");
    assert_eq!(world.there(), ["2.0.0"]);
}

#[test]
fn from_two_upgrades_that_were_given_up_it_goes_back_and_on() {
    for (name, ways) in [
        (
            "two-back",
            [
                "app@1.0.0 --operation rollback",
                "rollback app 2.0.0 -> 1.0.0",
            ],
        ),
        (
            "two-first",
            ["app --operation rollback", "rollback app 2.0.0 -> 1.0.0"],
        ),
        (
            "two-on",
            [
                "app@1.1.0 --operation upgrade",
                "upgrade app 1.0.0 -> 1.1.0",
            ],
        ),
    ] {
        let world = World::new(name, IRREVERSIBLE);
        world.says("app@1.0.0", 0);
        for version in ["1.1.0", "2.0.0"] {
            world.says(
                &format!("app@{version} --operation upgrade --fails migrate"),
                1,
            );
            world.says("app --decide abandon", 1);
        }
        world.tells(
            "app@1.0.0",
            2,
            "1.0.0 is on record in `app-ns`, and so are parts of 2.0.0: to be whole at 1.0.0 give --operation rollback",
        );
        let [line, done] = ways;
        world.tells(line, 0, &format!("{done} in app-ns: done"));
        assert_eq!(world.there().len(), 1);
    }
}

/// The release is in the plan alone that brought it, as those are that a rollback goes back to.
#[test]
fn what_is_on_record_is_made_whole_without_a_catalog() {
    let world = World::new("no-catalog", "");
    world.says("app@1.1.0", 0);
    world.says("app@2.0.0 --operation upgrade", 0);
    world.says("app --operation rollback --fails settle", 1);
    world.says("app --decide abandon", 1);
    std::fs::remove_dir_all(world.0.join("catalog")).unwrap();
    world.tells(
        "app@2.0.0 --operation upgrade",
        0,
        "upgrade app 1.1.0 -> 2.0.0 in app-ns: done",
    );
    assert_eq!(world.there(), ["2.0.0"]);
    world.tells("app@2.0.0 --operation upgrade", 2, "catalog");
}

/// A program before this one had not put on record what it attempted: giving it up does.
#[test]
fn what_rests_and_is_not_on_record_is_given_up_first() {
    let world = World::new("older", IRREVERSIBLE);
    world.says("app@1.0.0", 0);
    let before = world.record();
    world.says("app@1.1.0 --operation upgrade --fails migrate", 1);
    world.has_on_record(&before);
    world.tells(
        "app@1.0.0 --operation rollback",
        2,
        "came to rest and cannot be taken back: give it up with --resume --decide abandon, and then give the same command again",
    );
    world.says("app --resume --decide abandon", 1);
    world.tells(
        "app@1.0.0 --operation rollback",
        0,
        "rollback app 1.1.0 -> 1.0.0 in app-ns: done",
    );
    assert_eq!(world.there(), ["1.0.0"]);
}

/// What is needed is not to be half there, either.
#[test]
fn what_needs_a_package_is_not_installed_on_parts_of_two_versions() {
    let world = World::new("needed", "");
    let shop = world.has("shop", "1.0.0").join("metadata.yaml");
    let metadata = std::fs::read_to_string(&shop).unwrap() + "dependencies:\n- name: app\n";
    std::fs::write(&shop, metadata).unwrap();
    world.says("app@1.0.0", 0);
    world.says("app@1.1.0 --operation upgrade --fails migrate", 1);
    world.says("app --decide abandon", 1);
    world.tells(
        "shop",
        2,
        "`app` 1.0.0 is on record in `app-ns`, and so are parts of 1.1.0, and what is asked for leaves that as it is: to be whole at 1.0.0 give \
         --operation rollback and app@1.0.0 alone",
    );
    world.says("app@1.0.0 --operation rollback", 0);
    world.tells("shop", 0, "install shop 1.0.0 in shop-ns: done");
}

/// What was given up is not always on record: a rollback that names no version does not lead past where it began then.
#[test]
fn a_rollback_goes_no_further_than_what_was_given_up_began_at() {
    let world = World::new("deep", "");
    world.says("app@1.0.0", 0);
    world.says("app@1.1.0 --operation upgrade", 0);
    let before = world.record();
    world.says("app@2.0.0 --operation upgrade --fails migrate", 1);
    world.says("app --decide abandon", 1);
    world.has_on_record(&before);
    world.tells(
        "app --operation rollback",
        2,
        "`app` 1.1.0 is on record, and nothing of 2.0.0, which was to come and did not: to go back further say to which version, as app@VERSION",
    );
    world.tells(
        "app@1.0.0 --operation rollback",
        0,
        "rollback app 1.1.0 -> 1.0.0 in app-ns: done",
    );
}

#[test]
fn a_rollback_that_was_given_up_is_begun_again() {
    let world = World::new("deep-again", "");
    world.says("app@1.0.0", 0);
    world.says("app@1.1.0 --operation upgrade", 0);
    world.says("app@2.0.0 --operation upgrade", 0);
    world.says("app --operation rollback --fails settle", 1);
    world.says("app --decide abandon", 1);
    world.tells(
        "app --operation rollback",
        0,
        "rollback app 2.0.0 -> 1.1.0 in app-ns: done",
    );
}
