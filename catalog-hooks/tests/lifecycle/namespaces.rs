//! Namespaces that modules go to beside that of their instance: who has them, and what becomes of them.

use std::time::Duration;

use catalog_hooks::api::ObjectRef;
use catalog_hooks::{Decision, Outcome, Poll};

use crate::package::{Version, config};
use crate::world::{World, install, uninstall};

fn mon() -> ObjectRef {
    ObjectRef::cluster("v1", "Namespace", "mon")
}

/// A package with a module that goes to the namespace `mon`, and an object there.
fn monitored(package: &str) -> Version {
    let mut there = config(package, "1");
    there["metadata"]["namespace"] = "mon".into();
    Version::new(package, "1.0")
        .object(there)
        .chart_in(&format!("{package}-chart"), "mon")
}

#[test]
fn a_namespace_that_was_there_before_and_goes_in_the_middle_is_made_again() {
    let mut world = World::new([monitored("db")]);
    world.cluster.get().add_namespace("mon");
    let plan = world.plan(&[install("db", "1.0")]);
    let machine = world.machine(plan);
    let run = world.drive(machine, |cluster, _, next| {
        if matches!(next, Poll::Do(effect) if effect.task.to_string() == "apply ConfigMap mon/db") {
            cluster.terminate_namespace("mon");
            cluster.advance(Duration::from_secs(60));
        }
    });
    assert_eq!(run.outcome, Outcome::Partial, "{}", run.story());
    assert!(world.object(&mon()).is_none());
    let run = world.resume(&run, Some(Decision::Resume));
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    // It is that of the release by now.
    let going = uninstall("db", "1.0").with(|options| options.delete_namespace = true);
    let run = world.run(&[going]);
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    assert!(world.object(&mon()).is_none(), "{}", run.story());
}
