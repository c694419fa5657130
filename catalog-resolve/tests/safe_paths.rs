//! Upgrades that go another way where the shortest breaks something, against all ways there are.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::crd_safety::Hit;
use catalog_model::version::Version as CatalogVersion;
use catalog_model::{Catalog, InstalledRelease, LoadOptions, MemorySource, load};
use catalog_resolve::{
    Cancellation, ClusterView, CrdBreaks, KnownBreaks, Outcome, Plan, ReleaseSpec, Request,
    Universe, UpgradeSafety, resolve,
};
use proptest::prelude::*;

/// A package: for each version, from low to high, the positions that lead to it; none states nothing. Then who is yanked, and what breaks.
#[derive(Clone, Debug, Default)]
struct World {
    from: Vec<Option<BTreeSet<usize>>>,
    yanked: BTreeSet<usize>,
    breaks: BTreeSet<(usize, usize)>,
}

fn version(at: usize) -> String {
    format!("1.{at}.0")
}

/// Upgrades from one position to another.
type Edges = Vec<(usize, usize)>;

impl World {
    fn plan(&self) -> Option<Plan> {
        let mut builder = Universe::builder();
        for (at, from) in self.from.iter().enumerate() {
            let spec = ReleaseSpec::new("p", version(at));
            let spec = match from {
                None => spec,
                // One that nothing leads to says so by naming what is not there.
                Some(from) if from.is_empty() => spec.replaces("0.0.1"),
                Some(from) => from
                    .iter()
                    .fold(spec, |spec, from| spec.replaces(version(*from))),
            };
            builder.add(match self.yanked.contains(&at) {
                true => spec.yanked("it is bad"),
                false => spec,
            });
        }
        let breaks = self
            .breaks
            .iter()
            .fold(KnownBreaks::new(), |known, (from, to)| {
                known.with(
                    "p",
                    &version(*from),
                    &version(*to),
                    format!("{from} to {to}"),
                )
            });
        let last = version(self.from.len() - 1);
        let request = Request::new()
            .installed(InstalledRelease::new("p", version(0), "p"))
            .install("p", &format!("={last}"))
            .unwrap()
            .upgrade_safety(Arc::new(breaks));
        match resolve(&builder.build(), &request) {
            Outcome::Resolved(resolution) => Some(resolution.plan()),
            Outcome::Conflict(_) => None,
            _ => panic!("the budget is large"),
        }
    }

    fn is_edge(&self, from: usize, to: usize) -> bool {
        from < to
            && self.from[to]
                .as_ref()
                .is_none_or(|stated| stated.contains(&from))
    }

    /// All ways from the first version to the last, as their hops.
    fn ways(&self) -> Vec<Vec<usize>> {
        let last = self.from.len() - 1;
        let between: Vec<usize> = (1..last).filter(|at| !self.yanked.contains(at)).collect();
        let subsets = 0..1_usize << between.len();
        let ways = subsets.map(|subset| -> Vec<usize> {
            let chosen = between.iter().enumerate();
            let chosen = chosen.filter(|(bit, _)| subset >> bit & 1 == 1);
            chosen.map(|(_, at)| *at).collect()
        });
        let is_way = |way: &Vec<usize>| {
            let all = [&[0], way.as_slice(), &[last]].concat();
            all.windows(2).all(|pair| self.is_edge(pair[0], pair[1]))
        };
        ways.filter(is_way).collect()
    }

    fn broken(&self, way: &[usize]) -> Vec<(usize, usize)> {
        let all = [&[0], way, &[self.from.len() - 1]].concat();
        let steps = all.windows(2).map(|pair| (pair[0], pair[1]));
        steps.filter(|step| self.breaks.contains(step)).collect()
    }

    /// The way that is taken, with what breaks on it, and what would have.
    fn expected(&self) -> Option<(Vec<usize>, Edges, Edges)> {
        let best = |ways: Vec<Vec<usize>>| {
            let cost = |way: &Vec<usize>| (way.len(), Reverse(way.clone()));
            ways.into_iter().min_by_key(cost)
        };
        let ways = self.ways();
        let safe = ways.iter().filter(|way| self.broken(way).is_empty());
        let safe = best(safe.cloned().collect());
        let shortest = best(ways)?;
        let broken = self.broken(&shortest);
        Some(match safe {
            Some(safe) => (safe, Vec::new(), broken),
            None => (shortest, broken, Vec::new()),
        })
    }
}

type Told = (Vec<String>, Vec<(String, String)>, Vec<(String, String)>);

fn told(plan: &Plan) -> Told {
    let step = &plan.steps()[0];
    let hops = step.hops().iter();
    let pair = |one: &catalog_resolve::UpgradeBreak| (one.from().to_owned(), one.to().to_owned());
    (
        hops.map(|hop| hop.version().as_str().to_owned()).collect(),
        step.breaks().iter().map(pair).collect(),
        step.avoided().iter().map(pair).collect(),
    )
}

fn worlds() -> impl Strategy<Value = World> {
    (2..8_usize).prop_flat_map(|count| {
        let from = prop::option::weighted(0.6, prop::collection::btree_set(0..count, 0..4));
        let edges = prop::collection::btree_set((0..count, 0..count), 0..count * 2);
        let yanked = prop::collection::btree_set(1..count, 0..2);
        (prop::collection::vec(from, count), edges, yanked).prop_map(|(from, breaks, yanked)| {
            World {
                from,
                yanked,
                breaks,
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_is_the_best_of_all_ways(world in worlds()) {
        let names = |steps: Vec<(usize, usize)>| -> Vec<(String, String)> {
            steps.into_iter().map(|(from, to)| (version(from), version(to))).collect()
        };
        let expected = world.expected().map(|(way, breaks, avoided)| -> Told {
            (way.into_iter().map(version).collect(), names(breaks), names(avoided))
        });
        prop_assert_eq!(world.plan().as_ref().map(told), expected);
    }
}

/// Versions as `what leads to it`, or `*`; breaks as `from-to`; the plan.
#[track_caller]
fn check(from: &[&str], breaks: &[(usize, usize)], expected: &str) {
    let world = World {
        from: from
            .iter()
            .map(|stated| match *stated {
                "*" => None,
                stated => Some(stated.split(' ').map(|at| at.parse().unwrap()).collect()),
            })
            .collect(),
        yanked: BTreeSet::new(),
        breaks: breaks.iter().copied().collect(),
    };
    let plan = world.plan().unwrap().to_string();
    assert_eq!(plan, expected, "\n{plan}");
}

#[test]
fn nothing_breaks() {
    check(
        &["*", "*", "*"],
        &[(1, 2)],
        " 1  upgrade p from 1.0.0 to 1.2.0 in p\n",
    );
}

#[test]
fn a_release_between_is_safe() {
    check(
        &["*", "*", "*", "*"],
        &[(0, 3), (2, 3)],
        " 1  upgrade p from 1.0.0 by 1.1.0 to 1.3.0 in p\n    note: not at once, as from 1.0.0 to 1.3.0 it breaks: 0 to 3\n",
    );
}

#[test]
fn the_way_is_longer_than_it_need_be() {
    check(
        &["*", "0", "0 1", "1 2"],
        &[(2, 3), (1, 3)],
        " 1  upgrade p from 1.0.0 by 1.2.0 to 1.3.0 in p\n    warning: from 1.2.0 to 1.3.0 it breaks: 2 to 3\n",
    );
    check(
        &["*", "0", "1", "1", "0 2 3"],
        &[(0, 4), (3, 4)],
        " 1  upgrade p from 1.0.0 by 1.1.0 by 1.2.0 to 1.4.0 in p\n    note: not at once, as from 1.0.0 to 1.4.0 it breaks: 0 to 4\n",
    );
}

#[test]
fn another_way_of_the_same_length() {
    check(
        &["*", "0", "0", "1 2"],
        &[(0, 2)],
        " 1  upgrade p from 1.0.0 by 1.1.0 to 1.3.0 in p\n    note: not at once, as from 1.0.0 to 1.2.0 it breaks: 0 to 2\n",
    );
}

#[test]
fn every_way_breaks() {
    check(
        &["*", "0", "1"],
        &[(0, 1), (1, 2)],
        " 1  upgrade p from 1.0.0 by 1.1.0 to 1.2.0 in p\n    warning: from 1.0.0 to 1.1.0 it breaks: 0 to 1\n    warning: from 1.1.0 to 1.2.0 it breaks: 1 to 2\n",
    );
}

#[test]
fn a_yanked_release_is_no_way_around() {
    let world = World {
        from: vec![None; 3],
        yanked: BTreeSet::from([1]),
        breaks: BTreeSet::from([(0, 2)]),
    };
    let plan = world.plan().unwrap();
    assert_eq!(plan.steps()[0].hops().len(), 0);
    assert_eq!(plan.steps()[0].breaks()[0].reason(), "0 to 2");
    let json = plan.to_json();
    let found = serde_json::json!([{"from": "1.0.0", "to": "1.2.0", "reason": "0 to 2"}]);
    assert_eq!(json["steps"][0]["breaks"], found);
}

#[test]
fn what_is_not_an_upgrade_breaks_nothing() {
    let universe = Universe::from_json(r#"{"p": {"1.0.0": {}, "1.1.0": {}}}"#).unwrap();
    let breaks = KnownBreaks::new()
        .with("p", "1.1.0", "1.0.0", "down")
        .with("p", "1.0.0", "1.1.0", "up");
    let request = Request::new()
        .install("p", "*")
        .unwrap()
        .upgrade_safety(Arc::new(breaks));
    let Outcome::Resolved(answer) = resolve(&universe, &request) else {
        panic!("there is an answer")
    };
    let plan = answer.plan();
    assert!(plan.steps()[0].breaks().is_empty() && plan.steps()[0].avoided().is_empty());
}

/// How often was asked, and whether somebody cancels then. Whatever is asked about breaks.
#[derive(Debug, Default)]
struct AllBreaks {
    asked: AtomicU64,
    cancels: Option<(u64, Cancellation)>,
}

impl UpgradeSafety for AllBreaks {
    fn breaks(&self, _: &str, _: &CatalogVersion, _: &CatalogVersion) -> Option<String> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some((after, cancellation)) = &self.cancels
            && asked == *after
        {
            cancellation.cancel();
        }
        Some("it does".to_owned())
    }
}

/// A package of many releases, each of which is reached from each lower one and is better left alone.
fn many(releases: usize) -> (Universe, Request) {
    let mut builder = Universe::builder();
    for at in 0..releases {
        builder.add(ReleaseSpec::new("p", version(at)));
    }
    let request = Request::new()
        .installed(InstalledRelease::new("p", version(0), "p"))
        .upgrade("p");
    (builder.build(), request)
}

#[test]
fn a_search_for_a_way_ends_with_the_budget_and_says_so() {
    for (releases, budget, is_settled) in [(5, 1_000_000, true), (600, 100_000, false)] {
        let (universe, request) = many(releases);
        let safety = Arc::new(AllBreaks::default());
        let request = request.budget(budget).upgrade_safety(safety.clone());
        let Outcome::Resolved(resolution) = resolve(&universe, &request) else {
            panic!("there is an answer")
        };
        let notes = resolution.notes();
        let notes: Vec<&str> = notes.iter().map(|note| note.kind().as_str()).collect();
        let expected: &[&str] = if is_settled { &[] } else { &["unsearchedWay"] };
        assert_eq!(notes, expected, "{releases}");
        let plan = resolution.plan();
        let step = &plan.steps()[0];
        assert_eq!((step.hops().len(), step.breaks().len()), (0, 1));
        let asked = safety.asked.load(Ordering::Relaxed);
        assert!(asked <= budget / 1_000 + 1, "{asked}");
    }
}

#[test]
fn a_search_for_a_way_ends_when_nobody_waits_any_more() {
    let (universe, request) = many(600);
    let cancellation = Cancellation::new();
    let safety = Arc::new(AllBreaks {
        cancels: Some((20, cancellation.clone())),
        ..AllBreaks::default()
    });
    let request = request
        .cancellation(&cancellation)
        .upgrade_safety(safety.clone());
    assert!(matches!(
        resolve(&universe, &request),
        Outcome::BudgetExceeded(_)
    ));
    assert_eq!(safety.asked.load(Ordering::Relaxed), 20);
}

#[test]
fn packages_with_very_many_releases_are_searched_too() {
    let world = World {
        from: vec![None; 600],
        yanked: BTreeSet::new(),
        breaks: BTreeSet::from([(0, 599)]),
    };
    let plan = world.plan().unwrap();
    let step = &plan.steps()[0];
    assert_eq!((step.hops().len(), step.breaks().len()), (1, 0));
}

/// A release that does not have the CRD is no safe place on the way: whoever removes it removes its objects.
#[test]
fn a_release_without_the_crd_is_no_way_around() {
    let crd = |scope: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.example.com}}\nspec: {{group: example.com, scope: {scope}, names: {{kind: Thing, plural: things}}, versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object}}}}}}]}}\n"
        )
    };
    let metadata = |version: &str| format!("name: p\nversion: {version}\n");
    let source = MemorySource::from_iter([
        ("p/1.0.0/metadata.yaml", metadata("1.0.0")),
        ("p/1.0.0/definitions/crd.yaml", crd("Namespaced")),
        ("p/2.0.0/metadata.yaml", metadata("2.0.0")),
        ("p/3.0.0/metadata.yaml", metadata("3.0.0")),
        ("p/3.0.0/definitions/crd.yaml", crd("Cluster")),
    ]);
    let catalog = load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog();
    let view = ClusterView::without_cluster(&catalog);
    let request = Request::new().installed(InstalledRelease::new("p", "1.0.0", "p"));
    let request = request
        .upgrade("p")
        .upgrade_safety(Arc::new(CrdBreaks::of([&catalog])));
    let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else {
        panic!("there is an answer");
    };
    let plan = resolution.plan().to_string();
    assert!(plan.contains("upgrade p from 1.0.0 to 3.0.0"), "{plan}");
    assert!(plan.contains("from 1.0.0 to 3.0.0 it breaks"), "{plan}");
}

/// A catalog with one release of a package `p` that has a CRD with these properties of `spec`, and these names of versions beside `v1`.
fn catalog_with_crd(version: &str, properties: &str, more: &[&str]) -> Catalog {
    let schema = format!(
        "{{openAPIV3Schema: {{type: object, properties: {{spec: {{type: object, properties: {{{properties}}}}}}}}}}}"
    );
    let more = more
        .iter()
        .map(|name| format!(", {{name: {name}, served: true, storage: false, schema: {schema}}}"));
    let versions = format!(
        "{{name: v1, served: true, storage: true, schema: {schema}}}{}",
        more.collect::<String>()
    );
    let crd = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.example.com}}\nspec: {{group: example.com, scope: Namespaced, names: {{kind: Thing, plural: things}}, versions: [{versions}]}}\n"
    );
    let metadata = format!("name: p\nversion: {version}\n");
    let source = MemorySource::from_iter([
        (format!("p/{version}/metadata.yaml"), metadata),
        (format!("p/{version}/definitions/crd.yaml"), crd),
    ]);
    load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog()
}

/// What breaks from 1.0.0 of a catalog to 2.0.0 of another one.
fn broken_between(old: &Catalog, new: &Catalog) -> Option<String> {
    let version = |text: &str| CatalogVersion::parse(text).unwrap();
    let breaks = CrdBreaks::of([old, new]).hitting(Hit::ALL);
    breaks.breaks("p", &version("1.0.0"), &version("2.0.0"))
}

#[test]
fn an_upgrade_from_one_catalog_to_another_is_looked_at() {
    let old = catalog_with_crd("1.0.0", "a: {type: string}", &[]);
    let same = catalog_with_crd("2.0.0", "a: {type: string}", &[]);
    let new = catalog_with_crd("2.0.0", "a: {type: integer}", &[]);
    assert_eq!(broken_between(&old, &same), None);
    let reason = broken_between(&old, &new).unwrap();
    assert!(reason.contains("`spec.a`"), "{reason}");
}

#[test]
fn the_gravest_break_is_told_first() {
    let old = catalog_with_crd(
        "1.0.0",
        "a: {type: string}, b: {type: string}",
        &["v1beta1"],
    );
    let cases = [
        // Whoever creates objects is hit less than whoever reads them, and these less than the upgrade itself.
        (
            "a: {type: string, maxLength: 3}, b: {type: string}",
            "hits create",
        ),
        (
            "a: {type: string, maxLength: 3}, b: {type: integer}",
            "`spec.b`",
        ),
        (
            "a: {type: integer}, b: {type: string, default: 1}",
            "(hits apply)",
        ),
    ];
    for (properties, told) in cases {
        let new = catalog_with_crd("2.0.0", properties, &["v1beta1"]);
        let reason = broken_between(&old, &new).unwrap();
        assert!(reason.contains(told), "{properties}: {reason}");
    }
}

/// Releases of a package with a CRD: the version of each, from which it is reached, and the names of the CRD's versions, of which the one with `*` is stored
/// and those with `-` are not served.
const STORING: [(&str, &str, &str); 4] = [
    ("1.0.0", "0.1.0", "v0- v1*"),
    ("1.5.0", "1.0.0", "v0*- v1"),
    ("1.7.0", "1.5.0", "v0- v1*"),
    ("2.0.0", "1.7.0", "v1*"),
];

/// The plan to the newest of some releases from the first of them, on a cluster that says what is stored, or whose CRD the snapshot has not.
fn plan_on_cluster(releases: &[(&str, &str, &str)], stored: Option<&str>) -> Plan {
    let crd = |versions: &str| {
        let versions = versions.split(' ').map(|version| {
            let name = version.trim_end_matches(['*', '-']);
            let (is_stored, is_served) = (version.contains('*'), !version.contains('-'));
            format!("{{name: {name}, served: {is_served}, storage: {is_stored}, schema: {{openAPIV3Schema: {{type: object}}}}}}")
        });
        let versions = versions.collect::<Vec<_>>().join(", ");
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.example.com}}\nspec: {{group: example.com, scope: Namespaced, names: {{kind: Thing, plural: things}}, versions: [{versions}]}}\n"
        )
    };
    let files = releases.iter().flat_map(|(version, from, versions)| {
        [
            (
                format!("p/{version}/metadata.yaml"),
                format!("name: p\nversion: {version}\nreplaces: {from}\n"),
            ),
            (format!("p/{version}/definitions/crd.yaml"), crd(versions)),
        ]
    });
    let files: Vec<(String, String)> = files.collect();
    let source: MemorySource = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let catalog = load(&source, &LoadOptions::default())
        .unwrap()
        .into_catalog();
    let snapshot = stored
        .into_iter()
        .fold(Snapshot::builder(), |builder, stored| {
            let stored: Vec<&str> = stored.split(' ').collect();
            builder.object(serde_json::json!({
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": {"name": "things.example.com"}, "status": {"storedVersions": stored},
            }))
        });
    let installed = [InstalledRelease::new("p", releases[0].0, "p")];
    let breaks = CrdBreaks::of([&catalog]).stored_in(&snapshot.build(), &installed);
    let [installed] = installed;
    let request = Request::new()
        .installed(installed)
        .upgrade("p")
        .upgrade_safety(Arc::new(breaks));
    let view = ClusterView::without_cluster(&catalog);
    match resolve(view.universe(), &request) {
        Outcome::Resolved(resolution) => resolution.plan(),
        _ => panic!("there is an answer"),
    }
}

#[test]
fn what_a_cluster_has_stored_decides() {
    let direct = [STORING[0], ("2.0.0", "1.0.0", "v1*")];
    for (stored, reason) in [
        (None, Some("which is not known here")),
        (
            Some("v0 v1"),
            Some("is gone while `status.storedVersions` has it"),
        ),
        (Some("v1"), None),
    ] {
        let plan = plan_on_cluster(&direct, stored);
        let breaks = plan.steps()[0].breaks();
        assert_eq!(breaks.len(), usize::from(reason.is_some()), "{stored:?}");
        if let (Some(reason), [found]) = (reason, breaks) {
            assert!(found.reason().contains(reason), "{found}");
        }
    }
}

/// What is stored at the end of a way is not what was stored at its beginning.
#[test]
fn what_a_way_has_stored_since_decides_too() {
    let plan = plan_on_cluster(&STORING, Some("v1"));
    let breaks = plan.steps()[0].breaks();
    let [found] = breaks else {
        panic!("one hop drops v0: {breaks:?}")
    };
    assert_eq!((found.from(), found.to()), ("1.7.0", "2.0.0"));
    assert!(
        found.reason().contains("which is not known here"),
        "{found}"
    );
    let short = [STORING[0], ("1.7.0", "1.0.0", "v0- v1*"), STORING[3]];
    assert_eq!(plan_on_cluster(&short, Some("v1")).steps()[0].breaks(), []);
}
