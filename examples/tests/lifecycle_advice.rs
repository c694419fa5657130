//! `lifecycle`: what it says can be done next is typed as it stands, and is about what it was said of: in a namespace that is not the package's own, of one of two
//! instances, in another home, alone.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::PathBuf;
use std::process::Command;

/// The metadata of each release; each has a ConfigMap, and a hook after install and upgrade that is called as its package.
const RELEASES: [(&str, &str, &str); 4] = [
    ("base", "1.0.0", "namespace: base\n"),
    (
        "top",
        "1.0.0",
        "namespace: top\ndependencies: [{name: base}]\n",
    ),
    ("free", "1.0.0", "scope: namespace\n"),
    ("free", "2.0.0", "scope: namespace\nreplaces: 1.0.0\n"),
];

/// A catalog, and the state of one fake cluster; they go with the test.
struct World(PathBuf);

impl World {
    fn new(name: &str) -> Self {
        let folder = format!("catalog-advice-{}-{name}", std::process::id());
        let world = Self(std::env::temp_dir().join(folder));
        let _ = std::fs::remove_dir_all(&world.0);
        for (package, version, more) in RELEASES {
            let hook = format!(
                "post-install: &hook\n- name: {package}\n  job: {{apiVersion: batch/v1, kind: Job, spec: {{template: {{spec: {{containers: [{{name: c, image: busybox}}]}}}}}}}}\npost-upgrade: *hook\n"
            );
            let map = format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {package}}}\ndata: {{version: {version}}}\n"
            );
            let metadata = format!("name: {package}\nversion: {version}\n{more}");
            let folder = world.0.join("catalog").join(package).join(version);
            for (path, text) in [
                ("metadata.yaml", metadata),
                ("hooks/hooks.yaml", hook),
                ("definitions/map.yaml", map),
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
        let mut command = Command::new(program.join("examples/lifecycle"));
        command.arg(self.0.join("catalog")).args(line.split(' '));
        command.args(["--cluster", "fake", "--state"]).arg(&self.0);
        let output = command.output().unwrap();
        let said = output.stdout.into_iter().chain(output.stderr).collect();
        let said = String::from_utf8(said).unwrap();
        assert_eq!(output.status.code(), Some(code), "{line}: {said}");
        said
    }

    /// How many objects of the cluster are like this.
    fn count(&self, words: &str) -> usize {
        let cluster = std::fs::read_to_string(self.0.join("cluster.json")).unwrap();
        cluster.matches(words).count()
    }

    fn journals_and_plans(&self) -> [usize; 2] {
        [
            self.count(r#""type":"catalog.dev/journal""#),
            self.count(r#""type":"catalog.dev/plan""#),
        ]
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command line after these words, to the end of the clause.
#[track_caller]
fn advised(said: &str, words: &str) -> String {
    assert!(said.contains(words), "`{words}` is not in: {said}");
    let rest = said.split(words).nth(1).unwrap();
    let line = rest.split([',', ';', '\n']).next().unwrap();
    line.trim().to_owned()
}

#[test]
fn what_never_began_is_begun_anew_and_its_run_is_over() {
    let world = World::new("never-began");
    let said = world.says("top --fails base --rollback-on-failure", 1);
    assert!(
        said.contains("install base 1.0.0 in base: rolledBack\n"),
        "{said}"
    );
    assert!(
        said.contains("install top 1.0.0 in top: notStarted\n"),
        "{said}"
    );
    assert!(
        said.contains("\nunchanged: 1 rolledBack, 1 notStarted\n"),
        "{said}"
    );
    for package in ["top", "base"] {
        for decision in ["", " --decide resume", " --decide abandon"] {
            let line = format!("{package} --resume{decision}");
            let refused = world.says(&line, 2);
            assert!(refused.contains("there is nothing to resume"), "{refused}");
        }
    }
    // Nothing is installed, and nobody needs anything of it.
    assert_eq!(world.journals_and_plans(), [0, 0]);
    let anew = advised(&said, "the run is over without it: begin again with ");
    assert_eq!(anew, "top@1.0.0");
    world.says(&anew, 0);
    world.says("top base --operation uninstall", 0);
    assert_eq!(world.journals_and_plans(), [0, 0]);
}

#[test]
fn an_upgrade_in_one_namespace_leaves_what_is_in_another() {
    for wish in ["free@2.0.0", "free"] {
        let world = World::new(&format!("elsewhere{}", wish.len()));
        for namespace in ["one", "two"] {
            world.says(&format!("free@1.0.0 --namespace {namespace}"), 0);
        }
        for (namespace, other) in [("two", "one"), ("one", "two")] {
            let said = world.says(
                &format!("{wish} --operation upgrade --namespace {namespace}"),
                0,
            );
            let done = format!("upgrade free 1.0.0 -> 2.0.0 in {namespace}: done");
            assert!(said.contains(&done), "{said}");
            assert!(!said.contains(&format!("in {other}")), "{said}");
        }
    }
}

#[test]
fn a_command_is_about_the_instance_that_it_was_said_of() {
    for home in ["", " --home default"] {
        let world = World::new(&format!("two{}", home.len()));
        for namespace in ["one", "two"] {
            world.says(&format!("free@1.0.0 --namespace {namespace}{home}"), 0);
        }
        let upgrade = format!(
            "free@2.0.0 --operation upgrade --namespace two{home} --no-dependencies --fails free"
        );
        let said = world.says(&format!("{upgrade} --rollback-on-failure"), 1);
        let again = advised(&said, "begin again with ");
        assert_eq!(
            again,
            format!("free@2.0.0 --operation upgrade --namespace two{home} --no-dependencies")
        );
        let done = world.says(&again, 0);
        assert!(
            done.contains("upgrade free 1.0.0 -> 2.0.0 in two: done"),
            "{done}"
        );

        world.says(&upgrade.replace("two", "one"), 1);
        let give_up = format!("free --namespace one --decide abandon{home} --no-dependencies");
        let said = world.says(&give_up, 1);
        let back = advised(&said, "go back to 1.0.0 with ");
        let done = world.says(&back, 0);
        assert!(done.contains("in one: done"), "{done}");
        let namespaces = [r#""namespace":"one""#, r#""namespace":"two""#];
        assert!(namespaces.iter().all(|one| world.count(one) > 0));

        world.says(
            &format!("free@1.0.0 --namespace three{home} --fails free"),
            1,
        );
        let said = world.says(&format!("free --namespace three --decide abandon{home}"), 1);
        let uninstall = advised(&said, "uninstall what is there of it with ");
        let done = world.says(&uninstall, 0);
        assert!(
            done.contains("uninstall free 1.0.0 in three: done"),
            "{done}"
        );
    }
}

#[test]
fn a_command_is_about_the_package_alone_if_it_was_alone() {
    let world = World::new("alone");
    let said = world.says(
        "top@1.0.0 --no-dependencies --fails top --rollback-on-failure",
        1,
    );
    let again = advised(&said, "begin again with ");
    assert_eq!(again, "top@1.0.0 --no-dependencies");
    let done = world.says(&again, 0);
    assert!(!done.contains("base"), "{done}");
}

#[test]
fn a_namespace_in_which_something_else_is_installed_is_not_offered_for_deletion() {
    let world = World::new("namespace");
    world.says("free@1.0.0 --namespace base", 0);
    // It goes to the same namespace, which is somebody else's, and cannot go there any more.
    for line in [
        "base --operation uninstall --delete-namespace",
        "top --operation uninstall --delete-namespace",
    ] {
        let said = world.says(line, 2);
        let is_inhabited = line.starts_with("base");
        assert_eq!(
            said.contains("`kubectl delete namespace"),
            !is_inhabited,
            "{said}"
        );
        let why = "`free` in `base` is in it, and would go with it";
        assert_eq!(said.contains(why), is_inhabited, "{said}");
    }
    let world = World::new("namespace-left");
    world.says("base --fails base", 1);
    world.says("free@1.0.0 --namespace base", 0);
    let said = world.says("base --decide take-back", 1);
    assert!(
        said.contains("Namespace base stays: its deletion was not asked for"),
        "{said}"
    );
    assert!(!said.contains("kubectl delete namespace"), "{said}");
    assert!(
        said.contains("`free` in `base` is in it, and would go with it"),
        "{said}"
    );
}

#[test]
fn another_home_loses_nothing_that_the_first_has_on_record() {
    let world = World::new("homes");
    world.says("base@1.0.0", 0);
    world.says("free@1.0.0 --namespace one --home default", 0);
    let records = r#""type":"catalog.dev/installed""#;
    assert_eq!(world.count(records), 2);
    world.says("base --operation uninstall", 0);
    assert_eq!(world.count(records), 1);
    let refused = world.says("base --home BAD", 2);
    assert!(refused.contains("a lowercase RFC 1123 label"), "{refused}");
}
