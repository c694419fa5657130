//! What moves to another package in one run with all that depends on it: a definition with its objects, and a namespace with what is in it.

use std::sync::Arc;
use std::time::Duration;

use catalog_hooks::Outcome;
use catalog_hooks::api::ObjectRef;
use catalog_hooks::plan::OperationOptions;
use serde_json::{Value, json};

use crate::hops::create;
use crate::package::{Version, config, crd};
use crate::world::{Wish, World, fails, install, install_in, uninstall, uninstall_from, upgrade};

fn all(options: &mut OperationOptions) {
    options.delete_data = true;
    options.delete_namespace = true;
    options.delete_custom_resources = true;
}

/// What moves, and an object that somebody made which goes with it.
struct Moving {
    whole: ObjectRef,
    inside: ObjectRef,
}

impl Moving {
    /// Both as they are: who is asked for by uid is never another one of its name.
    fn uids(&self, world: &World) -> [Value; 2] {
        [&self.whole, &self.inside].map(|target| {
            let there = world.object(target);
            there.map_or(Value::Null, |there| there["metadata"]["uid"].clone())
        })
    }
}

/// How a run moves something from `a`, which it uninstalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// A definition, to what is upgraded.
    DefinitionToUpgrade,
    /// A definition, to what is installed.
    DefinitionToInstall,
    /// The namespace of `a`, to what is installed in it.
    NamespaceToInstance,
    /// The namespace of `a`, to a module that goes there.
    NamespaceToModule,
}

const WAYS: [Way; 4] = [
    Way::DefinitionToUpgrade,
    Way::DefinitionToInstall,
    Way::NamespaceToInstance,
    Way::NamespaceToModule,
];

impl Way {
    /// A world in which `a` has it.
    fn world(self) -> (World, Moving) {
        let a = Version::new("a", "1.0").object(config("own", "a"));
        let b = Version::new("b", "2.0");
        let b = match self {
            Self::DefinitionToUpgrade => {
                b.crd("Gadget", &["v1"])
                    .hook("pre-upgrade", "before", json!({}))
            }
            Self::DefinitionToInstall => {
                b.crd("Gadget", &["v1"])
                    .hook("pre-install", "before", json!({}))
            }
            Self::NamespaceToInstance => b.hook("pre-install", "before", json!({})),
            Self::NamespaceToModule => {
                b.chart_in("engine", "a")
                    .hook("pre-install", "before", json!({}))
            }
        };
        let a = match self {
            Self::DefinitionToUpgrade | Self::DefinitionToInstall => a.crd("Gadget", &["v1"]),
            _ => a,
        };
        let mut world = World::new([a, Version::new("b", "1.0"), b]);
        world.run(&[install("a", "1.0")]);
        if self == Self::DefinitionToUpgrade {
            world.run(&[install("b", "1.0")]);
        }
        let (whole, (api_version, kind, namespace)) = match self {
            Self::DefinitionToUpgrade | Self::DefinitionToInstall => (
                ObjectRef::of(&crd("Gadget", &["v1"])).unwrap(),
                ("example.com/v1", "Gadget", "default"),
            ),
            _ => (
                ObjectRef::cluster("v1", "Namespace", "a"),
                ("v1", "ConfigMap", "a"),
            ),
        };
        let metadata = json!({"name": "theirs", "namespace": namespace});
        let inside = json!({"apiVersion": api_version, "kind": kind, "metadata": metadata});
        world.cluster.get().advance(Duration::from_secs(5));
        create(&mut world.cluster.get(), inside.clone());
        let inside = ObjectRef::of(&inside).unwrap();
        (world, Moving { whole, inside })
    }

    fn wishes(self) -> [Wish; 2] {
        let second = match self {
            Self::DefinitionToUpgrade => upgrade("b", "1.0", "2.0"),
            Self::NamespaceToInstance => install_in("a", "b", "2.0"),
            _ => install("b", "2.0"),
        };
        [uninstall("a", "1.0").with(all), second.at_level(1)]
    }

    fn uninstall_second(self) -> Wish {
        match self {
            Self::NamespaceToInstance => uninstall_from("a", "b", "2.0"),
            _ => uninstall("b", "2.0"),
        }
    }
}

#[test]
fn it_is_never_gone_in_between_nor_what_goes_with_it() {
    for way in WAYS {
        for is_flat in [false, true] {
            let (mut world, moving) = way.world();
            let before = moving.uids(&world);
            let level = usize::from(!is_flat);
            let wishes = way.wishes();
            let wishes = [wishes[0].clone(), wishes[1].clone().at_level(level)];
            let plan = world.plan(&wishes).with_parallel(2);
            let run = world.begin(plan);
            let place = format!("{way:?}: {}", run.story());
            assert_eq!(run.outcome, Outcome::Done, "{place}");
            assert_eq!(moving.uids(&world), before, "{place}");
            assert_eq!(world.record("a"), None, "{place}");
            // It goes with the one that has it.
            let run = world.run(&[way.uninstall_second().with(all)]);
            let place = format!("{way:?}: {}", run.story());
            assert_eq!(moving.uids(&world), [Value::Null, Value::Null], "{place}");
        }
    }
}

/// It stays with all that goes with it, on record of the first, and goes with the next operation that is asked for it.
#[test]
fn what_nobody_brought_is_on_record() {
    for way in WAYS {
        let (mut world, moving) = way.world();
        let before = moving.uids(&world);
        world.script("before", fails());
        let run = world.run(&way.wishes());
        let place = format!("{way:?}: {}", run.story());
        assert_ne!(run.outcome, Outcome::Done, "{place}");
        assert_eq!(moving.uids(&world), before, "{place}");
        let record = world.record("a").unwrap();
        assert!(record.is_unfinished(), "{place}");
        // It holds data, which does not go by the way.
        assert!(
            run.story().contains(
                "stays: it is on record here until `b` has it, else it goes with the next operation that is asked to delete it"
            ),
            "{place}"
        );
        let run = world.run(&[uninstall("a", "1.0").with(all)]);
        let place = format!("{way:?}: {}", run.story());
        assert_eq!(run.outcome, Outcome::Done, "{place}");
        assert_eq!(moving.uids(&world), [Value::Null, Value::Null], "{place}");
        assert_eq!(world.record("a"), None, "{place}");
    }
}

/// The first goes without its namespace, which is of the one that comes into it then.
#[test]
fn a_namespace_that_was_not_asked_for_is_of_who_comes_into_it() {
    let (mut world, moving) = Way::NamespaceToInstance.world();
    let before = moving.uids(&world);
    let [_, coming] = Way::NamespaceToInstance.wishes();
    let run = world.run(&[uninstall("a", "1.0"), coming]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert_eq!((moving.uids(&world), world.record("a")), (before, None));
    let run = world.run(&[Way::NamespaceToInstance.uninstall_second().with(all)]);
    let gone = [Value::Null, Value::Null];
    assert_eq!(moving.uids(&world), gone, "{}", run.story());
}

/// What was there before the first had it is not deleted, whoever brings it or does not.
#[test]
fn what_was_there_before_is_said_to_stay() {
    let version = |package: &str, number: &str| {
        let version = Version::new(package, number);
        version.object(config_in_default("shared", package))
    };
    let coming = version("b", "1.0").hook("pre-install", "before", json!({}));
    let mut world = World::new([version("a", "1.0"), coming]);
    let mut theirs = config_in_default("shared", "");
    theirs["data"] = json!({"theirs": "1"});
    create(&mut world.cluster.get(), theirs);
    world.run(&[install("a", "1.0")]);
    world.script("before", fails());
    let run = world.run(&[uninstall("a", "1.0"), install("b", "1.0").at_level(1)]);
    let line = "ConfigMap default/shared stays: it is on record here until `b` has it, and was there before";
    assert!(run.story().contains(line), "{}", run.story());
    world.run(&[uninstall("a", "1.0")]);
    let shared = ObjectRef::namespaced("v1", "ConfigMap", "default", "shared");
    assert!(world.object(&shared).is_some());
}

/// An uninstall that waits for another, which never comes: what holds data can be deleted by the next one, as what waits is.
#[test]
fn what_holds_data_stays_on_record_with_what_waits() {
    let moving = || config_in_default("moving", "1");
    let mut world = World::new([
        Version::new("a", "1.0")
            .crd("Widget", &["v1"])
            .object(moving()),
        Version::new("b", "1.0"),
        Version::new("b", "2.0")
            .object(moving())
            .hook("pre-upgrade", "before", json!({})),
    ]);
    world.run(&[install("a", "1.0"), install("b", "1.0")]);
    world.script("before", fails());
    world.run(&[
        uninstall("a", "1.0"),
        upgrade("b", "1.0", "2.0").at_level(1),
    ]);
    let crd = ObjectRef::cluster(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        "widgets.example.com",
    );
    assert!(world.object(&crd).is_some());
    let run = world.run(&[uninstall("a", "1.0").with(all)]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.object(&crd).is_none(), "{}", run.story());
    assert_eq!(world.record("a"), None);
}

fn config_in_default(name: &str, text: &str) -> Value {
    let mut object = config(name, text);
    object["metadata"]["namespace"] = "default".into();
    object
}

/// Killed before any effect, and resumed, it comes to the same.
#[test]
fn it_is_never_gone_though_runners_die() {
    for way in WAYS {
        let mut effects = 0;
        while killed_and_resumed(way, effects) {
            effects += 1;
        }
        assert!(effects > 40, "{way:?}: {effects}");
    }
}

/// Kills a runner after so many effects, and has another go on. Whether it was killed before its end.
fn killed_and_resumed(way: Way, effects: usize) -> bool {
    let (mut world, moving) = way.world();
    let before = moving.uids(&world);
    let plan = Arc::new(world.plan(&way.wishes()));
    let mut run = world.begin_beside(&plan, "first");
    let is_over = world.drive_for(&mut run, effects, |world| {
        assert_eq!(moving.uids(world), before, "{way:?}: {effects}");
    });
    if world.is_open(&run) {
        let at = (&plan, &run.secret);
        let mut again = world.resume_beside(at, "second", None).unwrap();
        world.end_beside(&mut again);
        assert_eq!(moving.uids(&world), before, "{way:?}: {effects}");
        assert_eq!(world.record("a"), None, "{way:?}: {effects}");
        world.run_beside(&[way.uninstall_second().with(all)], "last");
        let gone = [Value::Null, Value::Null];
        assert_eq!(moving.uids(&world), gone, "{way:?}: {effects}");
    }
    !is_over
}
