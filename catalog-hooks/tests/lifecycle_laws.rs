//! What always holds, of hooks of all kinds, pods that do anything, and faults anywhere.
#![cfg(feature = "simulator")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

mod lifecycle;

use std::fmt::Write as _;

use catalog_hooks::Decision;
use catalog_hooks::plan::OperationOptions;
use catalog_hooks::simulator::{Fault, Injection, PodScript, Scenario};
use lifecycle::{UNDO, catalog, cluster, hook, plan, script, seconds, upgrade_in};
use proptest::prelude::*;

/// A hook, what its pods do, and what those of its undo do.
#[derive(Clone, Debug)]
struct Written {
    phase: usize,
    fields: Vec<&'static str>,
    undo: bool,
    retries: bool,
    pods: usize,
    undo_fails: bool,
}

const PHASES: [[&str; 2]; 3] = [
    ["pre-install", "post-install"],
    ["pre-upgrade", "post-upgrade"],
    ["pre-uninstall", "post-uninstall"],
];

fn written() -> impl Strategy<Value = Written> {
    let failure = prop::sample::select(vec!["", "onFailure: continue", "onFailure: rollback"]);
    let keep = prop::sample::select(vec!["", "keep: always", "keep: never"]);
    let once = prop::sample::select(vec!["", "", "semantics: at-most-once"]);
    let last = prop::sample::select(vec!["", "", "", "irreversible: true"]);
    let fields = (failure, keep, once, last);
    (
        0_usize..2,
        fields,
        any::<bool>(),
        any::<bool>(),
        0_usize..5,
        prop::bool::weighted(0.2),
    )
        .prop_map(
            |(phase, (failure, keep, once, last), undo, retries, pods, undo_fails)| Written {
                phase,
                fields: vec![failure, keep, once, last, "timeout: 30s", "stuckAfter: 10s"],
                undo,
                retries: retries && once.is_empty(),
                pods,
                undo_fails,
            },
        )
}

fn pods(which: usize) -> Vec<PodScript> {
    match which {
        0 | 1 => vec![PodScript::succeeds(seconds(2))],
        2 => vec![PodScript::fails(seconds(2), 1)],
        3 => vec![PodScript::runs()],
        _ => vec![PodScript::fails(seconds(40), 1)],
    }
}

/// An operation of one kind with these hooks.
fn scenario(kind: usize, hooks: &[Written], back: bool) -> Scenario {
    let mut cluster = cluster();
    let mut text = String::new();
    for (place, phase) in PHASES[kind].iter().enumerate() {
        let of_phase: Vec<(usize, &Written)> = hooks
            .iter()
            .enumerate()
            .filter(|(_, one)| one.phase == place)
            .collect();
        if of_phase.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{phase}:");
        for (number, one) in of_phase {
            let name = format!("h{number}");
            let mut more = one.fields.iter().filter(|field| !field.is_empty()).fold(
                String::new(),
                |mut all, field| {
                    let _ = writeln!(all, "{field}");
                    all
                },
            );
            if one.retries {
                more.push_str("retries: 1\nbackoff: {initial: 1s}\n");
            }
            if one.undo {
                more.push_str(UNDO);
            }
            text.push_str(&hook(&name, &more));
            script(&mut cluster, &name, pods(one.pods));
            if one.undo_fails {
                let labels = [
                    ("catalog.dev/hook", name.as_str()),
                    ("catalog.dev/role", "undo"),
                ];
                cluster.script(&labels, [PodScript::fails(seconds(1), 1)]);
            }
        }
    }
    if text.is_empty() {
        text.push_str(&format!("{}:\n{}", PHASES[kind][0], hook("only", "")));
    }
    let mut options = OperationOptions::default();
    options.rollback_on_failure = back;
    if kind == 1 && !back {
        return upgrade_in(cluster, &text);
    }
    let versions = match kind {
        0 => (None, Some("2.0")),
        1 => (Some("1.0"), Some("2.0")),
        _ => (Some("2.0"), None),
    };
    let catalog = catalog(&text);
    if kind > 0 {
        // What is there before is brought by another run.
        let before = versions.0.unwrap();
        let install = plan(&catalog, (None, Some(before)), {
            let mut options = OperationOptions::default();
            options.skip_hooks = true;
            options
        });
        cluster = Scenario::new(cluster, install).run(&[]).cluster;
        cluster.lose_journal();
    }
    Scenario::new(cluster, plan(&catalog, versions, options))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("CATALOG_LAW_RUNS").map_or(150, |n| n.parse().unwrap()), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_goes_wrong_the_invariants_hold(
        kind in 0_usize..3,
        hooks in prop::collection::vec(written(), 0..4),
        back in any::<bool>(),
        faults in prop::collection::vec((0_usize..110, 0_usize..9), 0..4),
        decision in prop::sample::select(vec![Decision::Resume, Decision::Skip, Decision::Abandon, Decision::TakeBack]),
    ) {
        let faults: Vec<Injection> = faults
            .into_iter()
            .map(|(at, fault)| Injection { at, fault: Fault::ALL[fault] })
            .filter(|one| one.fault != Fault::NotFound)
            .collect();
        let scenario = scenario(kind, &hooks, back).deciding(Some(decision));
        let run = scenario.run(&faults);
        let violations = scenario.violations(&run);
        prop_assert!(violations.is_empty(), "{violations:#?}\n{faults:?} {:?}\n{}", run.outcome, run.cluster.journal().unwrap_or_default());
    }
}
