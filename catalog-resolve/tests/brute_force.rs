//! Every outcome on random small universes against enumeration: the same best answer, or no answer.
//!
//! `CATALOG_ORACLE_RUNS` says how many, `CATALOG_ORACLE_SEED` where to begin.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the oracle"
)]

mod oracle;

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use catalog_model::version::Version;
use catalog_resolve::{Action, Explanation, Outcome, Plan, Resolution, resolve};
use oracle::best::best;
use oracle::climb::climb;
use oracle::hops::{Need, When};
use oracle::random::world;
use oracle::rules::{Assignment, Rules};
use oracle::world::World;

/// Package, namespace if it has one in each, version, and the catalogs that have it, the one it is named after first.
type Chosen = BTreeSet<(String, Option<String>, String, Vec<Option<String>>)>;

/// How many needs of hops were looked at.
static MET: AtomicUsize = AtomicUsize::new(0);
static UNMET: AtomicUsize = AtomicUsize::new(0);

static ALONE: Mutex<()> = Mutex::new(());

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn outcomes_are_those_of_enumeration() {
    let runs = number("CATALOG_ORACLE_RUNS", 20_000);
    let conflicts = conflicts(&world, runs);
    println!("{runs} universes, {conflicts} without an answer");
    assert!(runs < 1_000 || (conflicts > runs / 5 && conflicts < runs * 4 / 5));
}

/// The same where a package has to pass through other releases, which ask for much.
#[test]
fn ways_up_are_those_of_enumeration() {
    let runs = number("CATALOG_ORACLE_RUNS", 20_000) / 5;
    let conflicts = conflicts(&climb, runs);
    let [met, unmet] = [&MET, &UNMET].map(|count| count.load(Ordering::Relaxed));
    println!("{runs} universes, {conflicts} without an answer");
    println!("{met} needs of hops that are met in time, {unmet} that are not");
    assert!(runs < 1_000 || (met > 100 && unmet > 100));
}

/// How many worlds have no answer. Fails if anything is wrong in one.
fn conflicts(world: &dyn Fn(u64) -> World, runs: u64) -> u64 {
    let first = number("CATALOG_ORACLE_SEED", 0);
    // What fails is looked at again and again, made smaller each time: only the last message counts. There is one hook for all threads.
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let mut conflicts = 0;
    let mut failure = None;
    for seed in first..first + runs {
        let world = world(seed);
        match checked(&world) {
            Ok(has_answer) => conflicts += u64::from(!has_answer),
            Err(message) => {
                failure = Some(report(seed, world, &message));
                break;
            }
        }
    }
    std::panic::set_hook(hook);
    if let Some(failure) = failure {
        panic!("{failure}");
    }
    conflicts
}

/// Whether a world has an answer, or what is wrong.
fn checked(world: &World) -> Result<bool, String> {
    let told = |payload: Box<dyn Any + Send>| match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload
            .downcast::<&str>()
            .map_or_else(|_| "a panic".to_owned(), |message| (*message).to_owned()),
    };
    catch_unwind(AssertUnwindSafe(|| check(world))).map_err(told)
}

/// A smaller world in which something is wrong too, and what.
fn report(seed: u64, world: World, message: &str) -> String {
    // What is wrong must stay the same, but for the details behind the colon.
    let kind = |message: &str| message.split(':').next().map(str::to_owned);
    let smallest =
        world.shrunk(|smaller| checked(smaller).is_err_and(|still| kind(&still) == kind(message)));
    let still = checked(&smallest).err().unwrap_or_default();
    let first = message.lines().next().unwrap_or_default();
    format!("seed {seed}: {first}\nmade smaller:\n{smallest}\n{still}")
}

fn check(world: &World) -> bool {
    let universe = world.universe();
    let rules = Rules::new(world);
    let expected = best(&rules).map(|best| expected(&rules, &best));
    match (resolve(&universe, &world.request()), expected) {
        (Outcome::Resolved(resolution), Some(expected)) => {
            let chosen = chosen(world, &resolution);
            assert!(
                chosen == expected,
                "another answer was chosen: {chosen:?}\nthe best answer:           {expected:?}"
            );
            let assignment = assignment(&rules, &chosen);
            assert!(rules.is_answer(&assignment), "not an answer: {chosen:?}");
            assert_is_planned(&rules, &assignment, &resolution);
            true
        }
        (Outcome::Conflict(conflict), None) => {
            let explanation = conflict.explain();
            assert_is_minimal(world, &explanation);
            for repair in conflict.repairs(&explanation) {
                let again = resolve(&universe, repair.request());
                let is_answer = matches!(again, Outcome::Resolved(_));
                assert!(is_answer, "no repair: {}", repair.change());
            }
            false
        }
        (Outcome::Resolved(resolution), None) => {
            panic!(
                "there is no answer, but this was chosen: {:?}",
                chosen(world, &resolution)
            )
        }
        (outcome, expected) => panic!("an answer was not found: {expected:?}\n{outcome:?}"),
    }
}

fn expected(rules: &Rules<'_>, best: &BTreeMap<usize, usize>) -> Chosen {
    let releases = best.iter().map(|(i, r)| {
        let (instance, release) = (&rules.instances.all[*i], rules.instances.release(*i, *r));
        (
            instance.package.clone(),
            instance.namespace.map(str::to_owned),
            release.version.to_owned(),
            owned(rules.instances.catalogs_of(*i, *r)),
        )
    });
    releases.collect()
}

fn chosen(world: &World, resolution: &Resolution) -> Chosen {
    let releases = resolution.releases().iter().map(|release| {
        let is_namespaced = world.is_namespaced(release.package());
        (
            release.package().to_owned(),
            is_namespaced.then(|| release.namespace().to_owned()),
            release.version().to_string(),
            owned(std::iter::once(release.catalog()).chain(release.also_in().map(Some))),
        )
    });
    releases.collect()
}

fn owned<'n>(names: impl IntoIterator<Item = Option<&'n str>>) -> Vec<Option<String>> {
    let names = names.into_iter();
    names.map(|name| name.map(str::to_owned)).collect()
}

/// With however few steps: what is chosen is an answer, though it may not be the best, and where there is none nothing is chosen.
#[test]
fn answers_that_a_budget_cut_short_are_answers() {
    let runs = number("CATALOG_ORACLE_RUNS", 20_000) / 10;
    let mut unproven = 0;
    for seed in 0..runs {
        let world = world(seed);
        let (universe, rules) = (world.universe(), Rules::new(&world));
        for steps in [1, 2, 3, 5, 8, 13, 21, 34] {
            if let Outcome::Resolved(resolution) =
                resolve(&universe, &world.request().budget(steps))
            {
                let chosen = chosen(&world, &resolution);
                let assignment = assignment(&rules, &chosen);
                assert!(
                    rules.is_answer(&assignment),
                    "seed {seed}, {steps} steps: {chosen:?}\n{world}"
                );
                unproven += usize::from(resolution.unproven().is_some());
            }
        }
    }
    println!("{unproven} answers not shown to be the best");
    assert!(runs < 100 || unproven > 20);
}

/// What was chosen, as the positions that the rules look at.
fn assignment(rules: &Rules<'_>, chosen: &Chosen) -> Assignment {
    let instances = &rules.instances;
    let assignment = instances.all.iter().enumerate().map(|(i, instance)| {
        let found = chosen.iter().find(|(package, namespace, ..)| {
            *package == instance.package && namespace.as_deref() == instance.namespace
        });
        found.map(|(.., version, catalogs)| {
            let is_it = |r: &usize| {
                let release = instances.release(i, *r);
                let there = owned(instances.catalogs_of(i, *r));
                release.version == version && there == *catalogs
            };
            instances.releases(i).find(is_it).unwrap()
        })
    });
    assignment.collect()
}

/// The plan does what leads from what is installed to what is chosen, nothing else; everything comes after what it waits for, or together
/// with it if they need each other; and upgrades take no longer way than they have to.
fn assert_is_planned(rules: &Rules<'_>, chosen: &Assignment, resolution: &Resolution) {
    let plan = resolution.plan();
    let instances = &rules.instances;
    let step = |i: usize| {
        let instance = &instances.all[i];
        let mut steps = plan.steps().iter().filter(|step| {
            step.package() == instance.package
                && instance
                    .namespace
                    .is_none_or(|namespace| namespace == step.namespace())
        });
        let first = steps.next();
        assert!(steps.next().is_none(), "one step for each: {plan}");
        first
    };
    for i in 0..instances.all.len() {
        let action = step(i).map(|step| step.action().as_str());
        assert_eq!(action, rules.action(chosen, i), "{plan}");
        let upgrade = step(i).filter(|step| step.action() == Action::Upgrade);
        if let (Some(step), Some(release)) = (upgrade, chosen[i]) {
            let versions: Vec<&Version> = step.hops().iter().map(|hop| hop.version()).collect();
            assert_eq!(
                versions,
                rules.best_way(chosen, i, release),
                "not the best way: {plan}"
            );
        }
    }
    assert_needs_are_told(rules, chosen, &plan);
    let places = plan
        .steps()
        .iter()
        .filter(|step| step.action() != Action::Keep);
    assert_eq!(
        plan.operations().is_ok(),
        places
            .into_iter()
            .all(|step| { step.from().is_none_or(|from| Version::parse(from).is_ok()) }),
        "{plan}"
    );
    for (first, second) in rules.befores(chosen) {
        let names = [first, second].map(|i| &instances.all[i].package);
        let at = [first, second].map(|i| {
            let mut steps = plan.steps().iter();
            let step = step(i).unwrap();
            steps.position(|other| other == step).unwrap()
        });
        let is_cycle = |cycle: &Vec<usize>| at.iter().all(|at| cycle.contains(at));
        let [before, after] = at.map(|at| &plan.steps()[at]);
        let together = before.level() == after.level() && plan.cycles().iter().any(is_cycle);
        let in_order = before.level() < after.level() && after.after().contains(&at[0]);
        assert!(in_order || together, "not in order: {names:?}\n{plan}");
    }
}

/// Whatever the releases that upgrades pass through ask for is there when they are passed, whatever the order in which steps of one level
/// are done; or the plan says that it is not. And it says nothing else.
fn assert_needs_are_told(rules: &Rules<'_>, chosen: &Assignment, plan: &Plan) {
    let at = |i: usize| {
        let instance = &rules.instances.all[i];
        plan.steps().iter().position(|step| {
            let mut namespace = instance.namespace.iter();
            step.package() == instance.package && namespace.all(|n| *n == step.namespace())
        })
    };
    for i in 0..rules.instances.all.len() {
        let Some(upgrade) = at(i).filter(|at| !plan.steps()[*at].hops().is_empty()) else {
            continue;
        };
        let is_ready = |when: &When| match (when.before, when.after, at(when.other)) {
            (true, true, _) => true,
            (false, true, Some(other)) => is_before(plan, other, upgrade),
            (true, false, Some(other)) => is_before(plan, upgrade, other),
            _ => false,
        };
        for hop in plan.steps()[upgrade].hops() {
            let is_it = |r: &usize| rules.instances.version(i, *r) == Some(hop.version());
            let releases: Vec<usize> = rules.instances.releases(i).filter(is_it).collect();
            let mut releases = releases.into_iter();
            let release = releases.find(|r| rules.instances.catalog_of(i, *r) == hop.catalog());
            let needs = rules.hop_needs(chosen, i, release.unwrap());
            for kind in ["dependency", "conflict", "requirement"] {
                let needs = needs.iter().filter(|need| need.kind == kind);
                let (met, unmet): (Vec<&Need>, Vec<&Need>) =
                    needs.partition(|need| need.options.iter().any(is_ready));
                MET.fetch_add(met.len(), Ordering::Relaxed);
                UNMET.fetch_add(unmet.len(), Ordering::Relaxed);
                let told = hop
                    .unmet()
                    .iter()
                    .filter(|need| need.kind().as_str() == kind)
                    .count();
                assert_eq!(
                    told,
                    unmet.len(),
                    "needs of hops: {kind} of {}\n{plan}",
                    hop.version()
                );
            }
        }
    }
}

/// Whether one step is done before another.
fn is_before(plan: &Plan, one: usize, other: usize) -> bool {
    let mut reached: BTreeSet<usize> = BTreeSet::from([other]);
    let mut ends = vec![other];
    while let Some(end) = ends.pop() {
        for before in plan.steps()[end].after() {
            let together = plan.cycles().iter().filter(|cycle| cycle.contains(before));
            let members = together.flatten().chain([before]);
            ends.extend(members.copied().filter(|member| reached.insert(*member)));
        }
    }
    one != other && reached.contains(&one)
}

/// The facts cannot hold together, but any of them can be spared: by enumeration over what they say.
fn assert_is_minimal(world: &World, conflict: &Explanation) {
    type Place = (String, Option<String>);
    /// Nothing, or a catalog and a version.
    type Occupant<'a> = Option<(Option<&'a str>, &'a str)>;
    let mut places: BTreeSet<Place> = BTreeSet::new();
    for alternative in conflict.facts().iter().flat_map(|f| f.alternatives()) {
        places.insert((
            alternative.package().to_owned(),
            alternative.namespace().map(str::to_owned),
        ));
    }
    let choices: Vec<(Place, Vec<Occupant<'_>>)> = places
        .into_iter()
        .map(|place| {
            let package = world.packages.iter().find(|p| p.name == place.0);
            let releases = package.into_iter().flat_map(|package| &package.releases);
            let mut occupants: Vec<Occupant<'_>> = vec![None];
            occupants.extend(releases.map(|r| Some((world.catalog_of(&place.0, r), r.version))));
            // What no catalog has any more is named by the facts alone.
            for alternative in conflict.facts().iter().flat_map(|f| f.alternatives()) {
                if (alternative.package(), alternative.namespace())
                    == (place.0.as_str(), place.1.as_deref())
                {
                    for release in alternative.releases() {
                        if !occupants.contains(&Some(release)) {
                            occupants.push(Some(release));
                        }
                    }
                }
            }
            (place, occupants)
        })
        .collect();
    let mut assignments: Vec<Vec<Occupant<'_>>> = vec![Vec::new()];
    for (_, options) in &choices {
        let longer = |a: &Vec<_>| {
            options
                .iter()
                .map(|o| [a.as_slice(), &[*o]].concat())
                .collect::<Vec<_>>()
        };
        assignments = assignments.iter().flat_map(longer).collect();
    }
    // The facts that each assignment does not meet: none must be empty, and for each fact one must be it alone.
    let mut alone: BTreeSet<usize> = BTreeSet::new();
    for assignment in &assignments {
        let broken = conflict.facts().iter().enumerate().filter(|(_, fact)| {
            !fact.alternatives().iter().any(|alternative| {
                let at = choices.iter().position(|((package, namespace), _)| {
                    package == alternative.package()
                        && namespace.as_deref() == alternative.namespace()
                });
                match assignment[at.unwrap()] {
                    None => alternative.may_be_absent(),
                    Some(release) => alternative.releases().any(|r| r == release),
                }
            })
        });
        let broken: Vec<usize> = broken.map(|(position, _)| position).collect();
        assert!(
            !broken.is_empty(),
            "the facts hold together: {:#?}",
            conflict.facts()
        );
        if let [only] = broken.as_slice() {
            alone.insert(*only);
        }
    }
    assert!(conflict.is_minimal());
    assert_eq!(
        alone.len(),
        conflict.facts().len(),
        "not minimal: {:#?}",
        conflict.facts()
    );
    assert!(!conflict.facts().is_empty());
}
