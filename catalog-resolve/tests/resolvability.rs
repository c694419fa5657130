//! Who can no longer be resolved, against resolving everything in both universes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::{Capability, Scope};
use catalog_resolve::{
    Outcome, ReleaseSpec, Request, ResolvabilityKind, Universe, resolvability_diff, resolve,
};
use proptest::prelude::*;

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
const VERSIONS: [&str; 4] = ["1.0.0", "1.1.0", "2.0.0", "2.1.0-rc.1"];
const RANGES: [&str; 6] = ["*", ">=1.1", "<2", "^2", ">=2.1.0-rc.1", "=1.0.0"];
const CAPABILITIES: [&str; 3] = ["x", "y", "z"];

/// What a release says, as numbers: they are taken modulo what there is to choose from.
#[derive(Clone, Debug)]
struct Said {
    needs: Vec<(usize, usize, bool)>,
    conflicts: Vec<(usize, usize)>,
    requires: Option<usize>,
    provides: Option<usize>,
    ships: Option<(usize, usize)>,
    is_yanked: bool,
}

impl Said {
    /// Says one thing as another does.
    fn take(&mut self, other: Self, part: usize) {
        match part {
            0 => self.needs = other.needs,
            1 => self.conflicts = other.conflicts,
            2 => self.requires = other.requires,
            3 => self.provides = other.provides,
            4 => self.ships = other.ships,
            5 => self.is_yanked = !self.is_yanked,
            _ => *self = other,
        }
    }
}

type World = BTreeMap<(usize, usize), (Said, bool)>;

fn said() -> impl Strategy<Value = Said> {
    let needs = prop::collection::vec((0..7_usize, 0..6_usize, prop::bool::weighted(0.2)), 0..3);
    let conflicts = prop::collection::vec((0..7_usize, 0..6_usize), 0..2);
    let rarely = |count: usize| prop::option::weighted(0.3, 0..count);
    let ships = prop::option::weighted(0.3, (0..2_usize, 0..2_usize));
    let yanked = prop::bool::weighted(0.1);
    (needs, conflicts, rarely(3), rarely(3), ships, yanked).prop_map(
        |(needs, conflicts, requires, provides, ships, is_yanked)| Said {
            needs,
            conflicts,
            requires,
            provides,
            ships,
            is_yanked,
        },
    )
}

/// A world, and what becomes of a few of its releases.
fn worlds() -> impl Strategy<Value = (World, World)> {
    let place = || (0..7_usize, 0..4_usize);
    let world = prop::collection::btree_map(place(), (said(), Just(false)), 1..20);
    let edits = prop::collection::vec(
        (place(), prop::option::weighted(0.6, said()), 0..7_usize),
        0..3,
    );
    let moved = prop::option::weighted(0.1, 0..7_usize);
    (world, edits, moved).prop_map(|(world, edits, moved)| {
        let mut edited = world.clone();
        for (place, said, part) in edits {
            let Some(said) = said else {
                edited.remove(&place);
                continue;
            };
            match edited.get_mut(&place) {
                Some((known, _)) => known.take(said, part),
                None => drop(edited.insert(place, (said, false))),
            }
        }
        for ((package, _), (_, is_namespaced)) in &mut edited {
            *is_namespaced = Some(*package) == moved;
        }
        (world, edited)
    })
}

fn universe(world: &World) -> Universe {
    let mut builder = Universe::builder();
    for ((package, version), (said, is_namespaced)) in world {
        let mut spec = ReleaseSpec::new(NAMES[*package], VERSIONS[*version]);
        for (other, range, is_optional) in &said.needs {
            if other == package {
                continue;
            }
            let (other, range) = (NAMES[*other], RANGES[*range]);
            spec = match is_optional {
                true => spec.optional_dependency(other, range),
                false => spec.dependency(other, range),
            };
        }
        for (other, range) in said.conflicts.iter().filter(|(other, _)| other != package) {
            spec = spec.conflict(NAMES[*other], RANGES[*range]);
        }
        let capability = |at: usize| capability(CAPABILITIES[at]);
        if let Some(at) = said.requires {
            spec = spec.requires(capability(at));
        }
        if let Some(at) = said.provides {
            spec = spec.provides(capability(at));
        }
        if let Some((object, content)) = said.ships {
            spec = spec.definition(format!("CRD/{object}"), content.to_string());
        }
        if said.is_yanked {
            spec = spec.yanked("it is bad");
        }
        if *is_namespaced {
            spec = spec.scope(Scope::Namespace);
        }
        builder.add(spec);
    }
    builder.build()
}

fn is_resolved(universe: &Universe, package: &str, version: &str) -> bool {
    let request = Request::new().install(package, &format!("={version}"));
    matches!(resolve(universe, &request.unwrap()), Outcome::Resolved(_))
}

/// Every release of the second universe whose answer is another one, found by asking for all of them.
fn all_asked(before: &Universe, after: &Universe) -> BTreeSet<(String, String, ResolvabilityKind)> {
    let mut found = BTreeSet::new();
    for package in after.package_names() {
        for version in after.versions(package) {
            let was_there = before.versions(package).contains(&version);
            let version = version.as_str();
            let now = is_resolved(after, package, version);
            let kind = match (
                was_there,
                was_there && is_resolved(before, package, version),
                now,
            ) {
                (true, true, false) => ResolvabilityKind::Lost,
                (true, false, true) => ResolvabilityKind::Gained,
                (false, _, false) => ResolvabilityKind::NeverHad,
                _ => continue,
            };
            found.insert((package.to_owned(), version.to_owned(), kind));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_what_asking_for_everything_finds((old, new) in worlds()) {
        let (before, after) = (universe(&old), universe(&new));
        let diff = resolvability_diff(&before, &after);
        let told = diff.changes().iter();
        let told: BTreeSet<_> = told.map(|one| (one.package().to_owned(), one.version().to_owned(), one.kind())).collect();
        prop_assert_eq!(told, all_asked(&before, &after));
        prop_assert_eq!(diff.asked() + diff.untouched(), after.release_count());
    }

    #[test]
    fn nothing_is_asked_where_nothing_changed((world, _) in worlds()) {
        let diff = resolvability_diff(&universe(&world), &universe(&world));
        prop_assert!(diff.changes().is_empty());
        prop_assert_eq!(diff.asked(), 0);
    }
}

fn check(before: &str, after: &str, expected: &str) {
    let [before, after] = [before, after].map(|text| Universe::from_json(text).unwrap());
    let diff = resolvability_diff(&before, &after);
    let told = diff.changes().iter();
    let mut told: Vec<String> = told
        .map(|one| format!("{one}\n{}", one.explanation().unwrap_or_default()))
        .collect();
    told.push(format!(
        "{} asked, {} untouched",
        diff.asked(),
        diff.untouched()
    ));
    let told = told.join("\n");
    assert_eq!(told, expected, "\n{told}");
}

#[test]
fn only_what_leads_to_the_change_is_asked() {
    check(
        r#"{"top": {"1.0.0": {"dependencies": [{"name": "mid"}]}},
            "mid": {"1.0.0": {"dependencies": [{"name": "low", "version": "^1"}]}, "2.0.0": {"dependencies": [{"name": "low", "version": "^2"}]}},
            "low": {"1.0.0": {}, "2.0.0": {}}, "alone": {"1.0.0": {}, "2.0.0": {}}}"#,
        r#"{"top": {"1.0.0": {"dependencies": [{"name": "mid"}]}},
            "mid": {"1.0.0": {"dependencies": [{"name": "low", "version": "^1"}]}, "2.0.0": {"dependencies": [{"name": "low", "version": "^2"}]}},
            "low": {"1.0.0": {}}, "alone": {"1.0.0": {}, "2.0.0": {}}}"#,
        "\
mid 2.0.0 can no longer be resolved
cannot install mid 2.0.0
  mid 2.0.0 needs low ^2, but there is only 1.0.0
3 asked, 3 untouched",
    );
}

#[test]
fn an_unrelated_release_of_a_package_touches_no_other() {
    check(
        r#"{"p": {"1.0.0": {"dependencies": [{"name": "q"}]}}, "q": {"1.0.0": {}}}"#,
        r#"{"p": {"1.0.0": {"dependencies": [{"name": "q"}]}, "1.1.0": {"dependencies": [{"name": "r"}]}}, "q": {"1.0.0": {}}}"#,
        "\
p 1.1.0 is new and cannot be resolved
cannot install p 1.1.0
  p 1.1.0 needs r, which is in no catalog
1 asked, 2 untouched",
    );
}

#[test]
fn builds_of_one_version_are_told_apart() {
    check(
        r#"{"p": {"1.0.0": {}, "1.0.0+2": {}}}"#,
        r#"{"p": {"1.0.0": {"dependencies": [{"name": "q"}]}, "1.0.0+2": {}}}"#,
        "\
p 1.0.0 can no longer be resolved
cannot install p 1.0.0
  p 1.0.0+2 is excluded: 1.0.0 is asked for, not this build, p 1.0.0 needs q, which is in no catalog
1 asked, 1 untouched",
    );
}

#[test]
fn each_thing_that_a_release_says_counts() {
    let app = || {
        ReleaseSpec::new("app", "1.0.0")
            .dependency("db", "*")
            .requires(capability("x"))
    };
    let db = || ReleaseSpec::new("db", "1.0.0").provides(capability("x"));
    let edits: [(&str, ReleaseSpec); 6] = [
        ("yanked", db().yanked("it is bad")),
        ("provides no more", ReleaseSpec::new("db", "1.0.0")),
        ("needs what is not there", db().dependency("log", "*")),
        ("requires what is not there", db().requires(capability("y"))),
        ("conflicts", db().conflict("app", "*")),
        ("ships otherwise", db().definition("CRD/a", "2")),
    ];
    for (edit, other) in edits {
        let build = |db: ReleaseSpec| {
            let mut builder = Universe::builder();
            builder.add(app().definition("CRD/a", "1"));
            builder.add(db);
            builder.add(ReleaseSpec::new("alone", "1.0.0"));
            builder.build()
        };
        let (before, after) = (build(db()), build(other));
        let there = resolvability_diff(&before, &after);
        let lost = there.changes().iter().find(|one| one.package() == "app");
        assert_eq!(
            lost.map(|one| one.kind()),
            Some(ResolvabilityKind::Lost),
            "{edit}"
        );
        let back = resolvability_diff(&after, &before);
        let gained = back.changes().iter().find(|one| one.package() == "app");
        assert_eq!(
            gained.map(|one| one.kind()),
            Some(ResolvabilityKind::Gained),
            "{edit}"
        );
        assert!(there.untouched() >= 1, "{edit}");
    }
}

fn capability(name: &str) -> Capability {
    Capability::parse_name(name).unwrap()
}

#[test]
fn what_another_catalog_takes_over_is_the_release_that_it_was() {
    let db = |version: &'static str| move || ReleaseSpec::new("db", version).catalog("ours");
    let app = |first: &str, others: &[&str]| {
        let spec = ReleaseSpec::new("app", "1.0.0").dependency("db", "1");
        others
            .iter()
            .copied()
            .fold(spec.catalog(first), ReleaseSpec::also_in)
    };
    let universe = |releases: Vec<ReleaseSpec>| {
        let mut builder = Universe::builder();
        builder.catalog("ours").catalog("mirror");
        for release in releases {
            builder.add(release);
        }
        builder.build()
    };
    let (old, new) = (db("1.0.0"), db("2.0.0"));
    let (both, mirror) = (|| app("ours", &["mirror"]), || app("mirror", &[]));
    let cases = [
        // A higher catalog has it, too.
        (
            vec![mirror(), old()],
            vec![both(), new()],
            Some(ResolvabilityKind::Lost),
        ),
        (vec![mirror(), new()], vec![both(), new()], None),
        (
            vec![mirror(), new()],
            vec![both(), old()],
            Some(ResolvabilityKind::Gained),
        ),
        // The higher one has it no more.
        (
            vec![both(), old()],
            vec![mirror(), new()],
            Some(ResolvabilityKind::Lost),
        ),
        (vec![both(), new()], vec![mirror(), new()], None),
        (
            vec![app("ours", &[]), old()],
            vec![mirror(), new()],
            Some(ResolvabilityKind::NeverHad),
        ),
    ];
    for (at, (before, after, expected)) in cases.into_iter().enumerate() {
        let diff = resolvability_diff(&universe(before), &universe(after));
        let kinds = diff.changes().iter().map(|change| change.kind());
        assert_eq!(Vec::from_iter(kinds), Vec::from_iter(expected), "case {at}");
    }
}
