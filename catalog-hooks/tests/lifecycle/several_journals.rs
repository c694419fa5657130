//! Runs of several sets of packages in one home, one after another, each with the journal that is its own or takes the place of another: some are
//! killed, some fail, and somebody decides.

use catalog_hooks::Decision;
use catalog_hooks::api::ObjectRef;
use catalog_hooks::record::{Attempted, InstalledRecord};
use proptest::prelude::*;

use crate::home::{Home, PACKAGES, Step, is_in_the_way, step, steps};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn runs_with_journals_of_their_own_leave_nothing(
        steps in steps(),
        cancels in prop::option::of(0..60_usize),
    ) {
        let mut home = Home::new();
        for step in &steps {
            home.step(step);
            home.one_run_has_an_instance();
            home.what_is_on_record_stands();
            home.what_was_attempted_was();
            home.plans_on_record_are_kept();
            home.each_run_goes_on_as_it_stands();
        }
        home.goes(cancels);
        prop_assert_eq!(home.plans_that_nobody_needs(), Vec::<String>::new());
        home.keeps_nothing();
        prop_assert_eq!(home.world.uninstalled(&PACKAGES), Vec::<String>::new());
    }
}

/// Of three that share, two go in a run that is killed when each has let the shared object go, and the third goes before that run goes on: its record
/// says then what only the journal of the killed run denies.
#[test]
fn what_a_killed_run_has_let_go_is_not_given_back_to_it() {
    let step = |verbs, dies| Step {
        dies,
        ..step(verbs)
    };
    for dies in 20..60 {
        let mut home = Home::new();
        home.step(&step([Some(0); 3], None));
        home.step(&step([Some(2), Some(0), None], Some(dies)));
        home.step(&step([None, None, Some(0)], None));
        home.step(&step([None, Some(0), None], None));
        home.goes(None);
        let left = home.world.uninstalled(&PACKAGES);
        assert_eq!(left, Vec::<String>::new(), "killed after {dies} effects");
    }
}

/// A run takes the place of one that rests, and is told to stop before its first operation begins: that something rested is on record.
#[test]
fn what_rests_is_on_record_though_a_run_takes_its_place_and_does_nothing() {
    let mut home = Home::new();
    // An upgrade of `c` is told to stop when its objects are written; an uninstall of `c` takes its place, and is told to stop at once.
    home.step(&step([None, None, Some(1)]));
    home.step(&Step {
        fails: true,
        ..step([Some(0), None, Some(1)])
    });
    home.step(&Step {
        cancels: Some(16),
        resumes: Some(0),
        decision: Decision::Skip,
        ..step([None; 3])
    });
    home.step(&Step {
        cancels: Some(0),
        ..step([None, None, Some(0)])
    });
    assert_eq!(home.secrets(is_in_the_way), []);
    let record = home.world.record("c").unwrap();
    let attempted = record.attempted().first().map(Attempted::version);
    assert_eq!((record.version(), attempted), ("1.0", Some("2.0")));
    let settings = ObjectRef::namespaced("v1", "ConfigMap", "c", "settings");
    assert_eq!(home.world.object(&settings).unwrap()["data"]["text"], "two");
}

/// Whoever is told to stop while a run is given up goes on with that, wherever it is, and leaves nothing behind.
#[test]
fn a_run_that_is_told_to_stop_while_it_is_given_up_is_given_up() {
    let stops = |after| Step {
        cancels: Some(after),
        ..step([Some(1), Some(1), None])
    };
    for before in [2, 30, 60] {
        for cancels in 0..60 {
            let mut home = Home::new();
            home.step(&stops(before));
            home.step(&Step {
                resumes: Some(0),
                decision: Decision::Abandon,
                ..stops(cancels)
            });
            let place = format!("told to stop after {before} effects and {cancels}");
            assert_eq!(home.secrets(|kept| !kept.is_over()), [], "{place}");
            let plans = home.plans_that_nobody_needs();
            assert_eq!(plans, Vec::<String>::new(), "{place}");
        }
    }
}

/// A runner dies when its run is over, before it has deleted a plan that only the record of what it uninstalled named: the next run does.
#[test]
fn a_plan_that_a_dead_runner_left_goes_with_the_next_run() {
    let mut deaths = 0;
    for dies in 60..110 {
        let mut home = Home::new();
        let fails = |verbs| Step {
            fails: true,
            ..step(verbs)
        };
        home.step(&fails([Some(1), Some(0), None]));
        // An upgrade and an install that their run does not come to: it can go on with them, and keeps its journal.
        home.step(&Step {
            cancels: Some(0),
            ..step([Some(1), Some(0), None])
        });
        home.step(&Step {
            dies: Some(dies),
            ..step([Some(0), None, Some(0)])
        });
        let is_whole = |name: &str| {
            home.world
                .record(name)
                .is_some_and(|one| !one.is_unfinished())
        };
        if !home.secrets(is_in_the_way).is_empty() || !is_whole("c") {
            continue;
        }
        deaths += usize::from(home.plans_kept().len() > 2);
        home.step(&step([None, None, Some(0)]));
        home.left_by_the_dead.clear();
        let left = home.plans_that_nobody_needs();
        assert_eq!(left, Vec::<String>::new(), "killed after {dies} effects");
    }
    assert!(deaths > 0);
}

/// A run that did not come to anything goes on and is killed before it begins, beside one that has begun with an instance of it since: whichever goes on
/// first, each comes to its end, and the instance is that of the one that had it.
#[test]
fn a_run_that_waited_begins_nothing_beside_another() {
    for first in [0, 1] {
        for dies in 0..8 {
            let mut home = Home::new();
            home.step(&Step {
                cancels: Some(0),
                ..step([None, Some(1), Some(1)])
            });
            home.step(&Step {
                dies: Some(24),
                ..step([None, None, Some(0)])
            });
            let goes_on = |n| Step {
                resumes: Some(n),
                ..step([None; 3])
            };
            home.step(&Step {
                dies: Some(dies),
                ..goes_on(0)
            });
            home.one_run_has_an_instance();
            home.step(&goes_on(first));
            home.step(&goes_on(0));
            assert_eq!(home.secrets(|kept| !kept.is_over()), [], "{dies}");
            let versions = ["b", "c"].map(|package| home.world.record(package).unwrap());
            let versions = versions.each_ref().map(InstalledRecord::version);
            assert_eq!(versions, ["1.0", "2.0"], "{dies}");
        }
    }
}
