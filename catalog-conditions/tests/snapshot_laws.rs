//! Laws of coverage: what is known agrees with a reading of the statements one by one, in any order.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeSet;

use catalog_conditions::selector::LabelSelector;
use catalog_conditions::snapshot::{
    FailureKind, Namespaces, ReadFailure, Snapshot, SnapshotBuilder,
};
use proptest::prelude::*;

/// One thing that a snapshot is told of the kind `D`. Namespaces, names and labels are small numbers; no namespace is all.
#[derive(Clone, Debug)]
enum Told {
    Everything,
    Whole(Option<u8>),
    Names(u8, BTreeSet<u8>),
    Selection(Option<u8>, BTreeSet<u8>),
    ListFailed(Option<u8>),
    GetFailed(u8, u8),
}

use Told::{Everything, GetFailed, ListFailed, Names, Selection, Whole};

fn namespace(at: u8) -> String {
    format!("ns{at}")
}

fn namespaces(at: Option<u8>) -> Namespaces {
    at.map_or(Namespaces::All, |at| {
        Namespaces::Named([namespace(at)].into())
    })
}

fn selector(labels: &BTreeSet<u8>) -> LabelSelector {
    let labels: Vec<String> = labels
        .iter()
        .rev()
        .map(|label| format!("l{label}"))
        .collect();
    labels.join(",").parse().unwrap()
}

fn tell(builder: SnapshotBuilder, told: &Told) -> SnapshotBuilder {
    let failure = ReadFailure::new(FailureKind::Unavailable, format!("{told:?}"));
    match told {
        Everything => builder.complete(),
        Whole(at) => builder.covers("g", "D", namespaces(*at)),
        Names(at, names) => {
            let names = names.iter().map(|name| format!("n{name}"));
            builder.covers_names("g", "D", Some(&namespace(*at)), names)
        }
        Selection(at, labels) => {
            builder.covers_selection("g", "D", namespaces(*at), selector(labels))
        }
        ListFailed(at) => {
            let at = at.map(namespace);
            builder.read_failed("g", "D", at.as_deref(), None, failure)
        }
        GetFailed(at, name) => {
            let (at, name) = (namespace(*at), format!("n{name}"));
            builder.read_failed("g", "D", Some(&at), Some(&name), failure)
        }
    }
}

fn snapshot<'t>(told: impl Iterator<Item = &'t Told>) -> Snapshot {
    told.fold(Snapshot::builder(), tell).build()
}

/// The rules, word for word: whether a statement, believed as far as the failures let it, covers all that `labels` select in `at`.
fn set_is_known(told: &[Told], at: Option<u8>, labels: &BTreeSet<u8>) -> bool {
    let overlaps = |failed: Option<u8>| failed.is_none() || at.is_none() || failed == at;
    let list_failed = told
        .iter()
        .any(|told| matches!(told, ListFailed(failed) if overlaps(*failed)));
    let just_here_failed = told
        .iter()
        .any(|told| matches!(told, ListFailed(Some(failed)) if Some(*failed) == at));
    let get_failed = told
        .iter()
        .any(|told| matches!(told, GetFailed(failed, _) if overlaps(Some(*failed))));
    told.iter().any(|told| match told {
        Everything => !list_failed && !get_failed,
        Whole(None) => !list_failed,
        Whole(covered) => *covered == at && !just_here_failed,
        Selection(None, covered) => covered.is_subset(labels) && !list_failed,
        Selection(place, covered) => *place == at && covered.is_subset(labels) && !just_here_failed,
        Names(..) | ListFailed(_) | GetFailed(..) => false,
    })
}

fn name_is_known(told: &[Told], at: u8, name: u8) -> bool {
    let get_failed = told
        .iter()
        .any(|told| matches!(told, GetFailed(place, failed) if (*place, *failed) == (at, name)));
    let list_failed = told
        .iter()
        .any(|told| matches!(told, ListFailed(failed) if failed.is_none_or(|failed| failed == at)));
    let just_here_failed = told
        .iter()
        .any(|told| matches!(told, ListFailed(Some(failed)) if *failed == at));
    let whole = |place: Option<u8>| match place {
        None => !list_failed,
        Some(place) => place == at && !just_here_failed,
    };
    let known = told.iter().any(|told| match told {
        Everything => !list_failed,
        Whole(place) => whole(*place),
        // Whoever selects without asking anything reads the whole.
        Selection(place, labels) if labels.is_empty() => whole(*place),
        Names(place, names) => *place == at && names.contains(&name),
        Selection(..) | ListFailed(_) | GetFailed(..) => false,
    });
    known && !get_failed
}

fn told() -> impl Strategy<Value = Told> {
    let place = || proptest::option::of(0..3_u8);
    let some = || proptest::collection::btree_set(0..4_u8, 0..4);
    prop_oneof![
        1 => Just(Everything),
        2 => place().prop_map(Whole),
        2 => (0..3_u8, some()).prop_map(|(at, names)| Names(at, names)),
        3 => (place(), some()).prop_map(|(at, labels)| Selection(at, labels)),
        2 => place().prop_map(ListFailed),
        2 => (0..3_u8, 0..4_u8).prop_map(|(at, name)| GetFailed(at, name)),
    ]
}

/// Every question that can be asked, and its answer.
fn answers(snapshot: &Snapshot) -> Vec<String> {
    let mut answers = Vec::new();
    for at in [None, Some(0), Some(1), Some(2), Some(3)] {
        let place = at.map(namespace);
        let place = place.as_deref();
        answers.push(format!("{place:?} {}", snapshot.covers("g", "D", place)));
        answers.push(format!("{:?}", snapshot.failure("g", "D", place, None)));
        for bits in 0..16_u8 {
            let labels = (0..4).filter(|at| bits & (1 << at) != 0).collect();
            answers.push(format!(
                "{bits} {}",
                snapshot.covers_selection("g", "D", place, &selector(&labels))
            ));
        }
        for name in 0..4 {
            let name = format!("n{name}");
            answers.push(format!(
                "{name} {}",
                snapshot.covers_name("g", "D", place, &name)
            ));
            answers.push(format!(
                "{:?}",
                snapshot.failure("g", "D", place, Some(&name))
            ));
        }
    }
    answers
}

proptest! {
    #[test]
    fn coverage_is_what_the_statements_say(told in proptest::collection::vec(told(), 0..8)) {
        let snapshot = snapshot(told.iter());
        for at in [None, Some(0), Some(1), Some(2), Some(3)] {
            let place = at.map(namespace);
            let place = place.as_deref();
            let whole = set_is_known(&told, at, &BTreeSet::new());
            prop_assert_eq!(snapshot.covers("g", "D", place), whole, "{:?} of {:?}", at, told);
            for bits in 0..16_u8 {
                let labels: BTreeSet<u8> = (0..4).filter(|at| bits & (1 << at) != 0).collect();
                let known = snapshot.covers_selection("g", "D", place, &selector(&labels));
                prop_assert_eq!(known, set_is_known(&told, at, &labels), "{:?} {:?} of {:?}", at, labels, told);
            }
            for name in at.map_or(0..0, |_| 0..4) {
                let known = snapshot.covers_name("g", "D", place, &format!("n{name}"));
                prop_assert_eq!(known, name_is_known(&told, at.unwrap(), name), "{:?}/{} of {:?}", at, name, told);
            }
        }
    }

    #[test]
    fn the_order_of_statements_does_not_show(told in proptest::collection::vec(told(), 0..8), turn in 0..8_usize) {
        let mut turned = told.clone();
        turned.rotate_left(turn % told.len().max(1));
        turned.reverse();
        prop_assert_eq!(answers(&snapshot(told.iter())), answers(&snapshot(turned.iter())));
    }

    #[test]
    fn a_failure_never_makes_more_known(told in proptest::collection::vec(told(), 0..8)) {
        let all = snapshot(told.iter());
        let without = snapshot(told.iter().filter(|told| !matches!(told, ListFailed(_) | GetFailed(..))));
        for (less, more) in answers(&all).iter().zip(answers(&without)) {
            prop_assert!(!less.ends_with(" true") || more.ends_with(" true"), "{} {} of {:?}", less, more, told);
        }
    }
}
