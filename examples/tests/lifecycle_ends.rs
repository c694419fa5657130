//! `lifecycle`: each way in which an operation can end says why, and what of it works next.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// A hook of each phase, called as it; `move` may run once at most.
const HOOKS: &str = "
pre-install: [{name: pre-install, job: &job {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: busybox}]}}}}}]
post-install: [{name: post-install, job: *job}]
pre-upgrade: [{name: pre-upgrade, job: *job}]
post-upgrade:
- {name: post-upgrade, job: *job}
- {name: move, semantics: at-most-once, irreversible: true, job: *job}
pre-rollback: [{name: pre-rollback, job: *job}]
pre-uninstall: [{name: pre-uninstall, job: *job}]
post-uninstall: [{name: post-uninstall, job: *job}]
actions: [{name: scale, job: *job}]
";

/// A catalog of `app`, and the state of one fake cluster; they go with the test.
struct World(PathBuf);

impl World {
    fn new(name: &str) -> Self {
        let folder = format!("catalog-ends-{}-{name}", std::process::id());
        let world = Self(std::env::temp_dir().join(folder));
        let _ = std::fs::remove_dir_all(&world.0);
        for version in ["1.0.0", "2.0.0"] {
            let folder = world.0.join("catalog/app").join(version);
            for (path, text) in [
                (
                    "metadata.yaml",
                    format!("name: app\nversion: {version}\nnamespace: app\n"),
                ),
                ("hooks/hooks.yaml", HOOKS.to_owned()),
                (
                    "definitions/map.yaml",
                    format!(
                        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: app}}\ndata: {{version: {version}}}\n"
                    ),
                ),
            ] {
                let path = folder.join(path);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
        }
        world
    }

    /// What a call says that ends with this code.
    fn says(&self, line: &str, code: i32) -> String {
        let mut program = std::env::current_exe().unwrap();
        program.pop();
        program.pop();
        let state: [&Path; 2] = ["--state".as_ref(), &self.0];
        let mut command = Command::new(program.join("examples/lifecycle"));
        command.arg(self.0.join("catalog")).args(line.split(' '));
        let output = command
            .args(["--cluster", "fake"])
            .args(state)
            .output()
            .unwrap();
        let said = output.stdout.into_iter().chain(output.stderr).collect();
        let said = String::from_utf8(said).unwrap();
        assert_eq!(output.status.code(), Some(code), "{line}: {said}");
        said
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How an operation comes to an end, which that is, and what of its `next:` is typed then.
struct End {
    status: &'static str,
    /// The calls that lead there; the last one ends so.
    by: &'static [&'static str],
    /// What stands in the line of what can be done next.
    says: &'static str,
    /// What is typed by it, and succeeds.
    then: &'static str,
}

const ENDS: [End; 12] = [
    End {
        status: "unchanged",
        by: &["app@1.0.0 --fails pre-install"],
        says: "begin again with app@1.0.0",
        then: "app@1.0.0",
    },
    End {
        status: "unchanged",
        by: &[
            "app@1.0.0",
            "app@2.0.0 --operation upgrade --fails pre-upgrade",
        ],
        says: "begin again with app@2.0.0 --operation upgrade",
        then: "app@2.0.0 --operation upgrade",
    },
    End {
        status: "unchanged",
        by: &[
            "app@1.0.0",
            "app --operation uninstall --fails pre-uninstall",
        ],
        says: "begin again with app --operation uninstall",
        then: "app --operation uninstall",
    },
    End {
        status: "degraded",
        by: &["app@1.0.0 --fails post-install"],
        says: "--decide resume or skip or take-back or abandon",
        then: "app --decide resume",
    },
    End {
        status: "rolledBack",
        by: &[
            "app@1.0.0",
            "app@2.0.0 --operation upgrade --rollback-on-failure --fails post-upgrade",
        ],
        says: "begin again with app@2.0.0 --operation upgrade",
        then: "app@2.0.0 --operation upgrade",
    },
    End {
        status: "needsDecision",
        by: &[
            "app@1.0.0",
            "app@2.0.0 --operation upgrade --rollback-on-failure --fails post-upgrade --fails pre-rollback",
        ],
        says: "--decide resume or skip",
        then: "app --decide abandon",
    },
    End {
        status: "rolledBack",
        by: &[
            "app@1.0.0",
            "app@2.0.0 --operation upgrade --rollback-on-failure --fails post-upgrade --fails pre-rollback",
            "app --decide skip",
        ],
        says: "begin again with app@2.0.0 --operation upgrade",
        then: "app@2.0.0 --operation upgrade",
    },
    End {
        status: "needsDecision",
        by: &["app@1.0.0", "app@2.0.0 --operation upgrade --fails move"],
        says: "--decide skip or abandon",
        then: "app --decide skip",
    },
    End {
        status: "needsDecision",
        by: &[
            "app@1.0.0",
            "app@2.0.0 --operation upgrade",
            "app@1.0.0 --operation rollback --fails pre-rollback",
        ],
        says: "--decide resume or skip",
        then: "app --decide skip",
    },
    End {
        status: "uninstallIncomplete",
        by: &[
            "app@1.0.0",
            "app --operation uninstall --fails post-uninstall",
        ],
        says: "--decide resume or skip",
        then: "app --decide resume",
    },
    End {
        status: "abandoned",
        by: &["app@1.0.0 --fails post-install", "app --decide abandon"],
        says: "uninstall what is there of it with app --operation uninstall",
        then: "app --operation uninstall",
    },
    End {
        status: "abandoned",
        by: &[
            "app@1.0.0",
            "app --action scale --fails scale",
            "app --decide abandon",
        ],
        says: "begin again with app --action scale",
        then: "app --action scale",
    },
];

#[test]
fn each_end_says_why_and_what_works_next() {
    for (number, end) in ENDS.iter().enumerate() {
        let world = World::new(&number.to_string());
        let (last, before) = end.by.split_last().unwrap();
        for line in before {
            let failed = line.contains("--fails") || line.contains("--decide");
            world.says(line, i32::from(failed));
        }
        let said = world.says(last, 1);
        assert!(
            said.contains(&format!(": {}\n", end.status)),
            "{last}: {said}"
        );
        assert!(said.contains("\n  failed in "), "{last}: {said}");
        let next = said.lines().find_map(|line| line.strip_prefix("  next: "));
        assert!(
            next.is_some_and(|next| next.contains(end.says)),
            "{last}: {said}"
        );
        // What is given up has ended as it was to, and that is no success.
        world.says(end.then, i32::from(end.then.contains("abandon")));
    }
}

#[test]
fn a_decision_that_changes_nothing_is_refused_with_the_reason() {
    let world = World::new("decisions");
    world.says("app@1.0.0", 0);
    world.says("app@2.0.0 --operation upgrade --fails move", 1);
    for (decision, why) in [
        (
            "resume",
            "post-upgrade move may run once at most, and has run",
        ),
        ("take-back", "it cannot be taken back"),
    ] {
        let said = world.says(&format!("app --decide {decision}"), 2);
        assert!(
            said.contains("that changes nothing: ") && said.contains(why),
            "{said}"
        );
    }
    world.says("app --decide skip", 0);
}

#[test]
fn what_stays_is_said_with_the_command_that_deletes_it() {
    let world = World::new("stays");
    world.says("app@1.0.0", 0);
    let said = world.says("app --operation uninstall", 0);
    assert!(
        said.contains(
            "Namespace app stays: its deletion was not asked for; `kubectl delete namespace app`"
        ),
        "{said}"
    );
    let said = world.says("app --operation uninstall --delete-namespace", 2);
    assert!(
        said.contains("is not installed in `app`")
            && said.contains("`kubectl delete namespace app`"),
        "{said}"
    );
}
