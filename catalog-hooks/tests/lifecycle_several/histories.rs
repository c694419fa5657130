//! Histories of several runs: with nothing that fails, some with each fault at each effect of each run, and with any faults anywhere. There are too many
//! of the second kind for every day: a few that are spread over all. The bench `lifecycle_plans` goes through more of them.

use std::sync::Arc;

use catalog_hooks::Decision;
use catalog_hooks::api::ObjectRef;
use catalog_hooks::simulator::{Fault, Injection};
use proptest::prelude::*;

use crate::driven::drive;
use crate::fleet::{Wish, cluster};
use crate::history::{
    DECISIONS, HOOKS, History, Hook, NEXTS, Next, RUNS, histories, look_at_all, packages,
    with_single_faults,
};

#[test]
fn a_namespace_that_two_share_goes_with_the_second_of_them() {
    for [first, second] in [["a", "b"], ["b", "a"]] {
        let fleet = packages();
        let mut cluster = cluster();
        let mut go = |n: usize, wish: Wish| {
            let run = format!("run-{n}");
            let plan = fleet.plan(&cluster, &run, &[wish.inside("apps")]);
            drive(&mut cluster, &Arc::new(plan), (None, None));
        };
        go(1, Wish::new(first, None, Some("1.0")));
        go(2, Wish::new(second, None, Some("1.0")));
        go(3, Wish::new(first, Some("1.0"), None));
        let last = Wish::new(second, Some("1.0"), None);
        go(4, last.with(|options| options.delete_namespace = true));
        let apps = ObjectRef::cluster("v1", "Namespace", "apps");
        assert!(cluster.object(&apps).is_none(), "{first} before {second}");
    }
}

#[test]
fn after_every_history_nothing_is_left_that_nobody_knows() {
    let all = histories();
    assert_eq!(all.len(), 3 * 4 * 6 * 2);
    look_at_all(&packages(), &all);
}

#[test]
fn after_a_fault_anywhere_in_a_history_nothing_is_left_that_nobody_knows() {
    let fleet = packages();
    let all = with_single_faults(&fleet, 17);
    println!("{} histories with a fault, of which one in 101", all.len());
    assert!(all.len() > 10_000, "{}", all.len());
    let some: Vec<History> = all.into_iter().step_by(101).collect();
    look_at_all(&fleet, &some);
}

#[test]
fn what_was_left_to_one_that_goes_in_the_same_run_keeps_no_namespace() {
    let fleet = packages();
    let history = History {
        hook: Hook::FailsOnce,
        decision: Decision::TakeBack,
        next: Next::Nothing,
        deletes_all: true,
        faults: Vec::new(),
    };
    let all = history.with_single_faults(&fleet, RUNS - 1);
    let slow: Vec<History> = all
        .into_iter()
        .filter(|one| {
            one.faults
                .iter()
                .all(|(_, one)| one.fault == Fault::Conflict)
        })
        .collect();
    assert!(slow.len() > 50, "{}", slow.len());
    look_at_all(&fleet, &slow);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("CATALOG_LAW_RUNS").map_or(25, |n| n.parse().unwrap()), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_wrong_in_a_history_nothing_is_left_that_nobody_knows(
        hook in prop::sample::select(HOOKS.to_vec()),
        decision in prop::sample::select(DECISIONS.to_vec()),
        next in prop::sample::select(NEXTS.to_vec()),
        deletes_all in any::<bool>(),
        faults in prop::collection::vec((0..RUNS, 0_usize..60, 0_usize..9), 1..4),
    ) {
        let faults = faults.into_iter().map(|(run, at, fault)| (run, Injection { at, fault: Fault::ALL[fault] }));
        let faults = faults.filter(|(_, one)| one.fault != Fault::NotFound).collect();
        let history = History { hook, decision, next, deletes_all, faults };
        let violations = history.violations(&packages());
        prop_assert!(violations.is_empty(), "{history}: {violations:#?}");
    }
}
