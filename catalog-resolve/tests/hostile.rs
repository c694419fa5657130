//! Sizes that nobody has, and inputs that nobody means: an answer or a clear reason, without deep recursion.
//!
//! `CATALOG_HOSTILE_SCALE` multiplies the sizes; 10 gives those of the specification.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::time::{Duration, Instant};

use catalog_model::{Capability, InstalledRelease};
use catalog_resolve::{
    Cancellation, Mode, Outcome, ReleaseSpec, Request, Resolution, Universe, resolve,
};

fn scale() -> usize {
    std::env::var("CATALOG_HOSTILE_SCALE")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
}

fn universe(releases: impl IntoIterator<Item = ReleaseSpec>) -> Universe {
    let mut builder = Universe::builder();
    for release in releases {
        builder.add(release);
    }
    builder.build()
}

fn resolved(universe: &Universe, request: &Request) -> Resolution {
    let begin = Instant::now();
    match resolve(universe, request) {
        Outcome::Resolved(resolution) => {
            println!(
                "{} releases in {:?}",
                resolution.releases().len(),
                begin.elapsed()
            );
            resolution
        }
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn a_long_chain_of_dependencies() {
    let length = 1_000 * scale();
    let link = |at: usize, version: &str| {
        let release = ReleaseSpec::new(format!("link-{at:06}"), version);
        if at + 1 < length {
            release.dependency(format!("link-{:06}", at + 1), "*")
        } else {
            release
        }
    };
    let universe = universe((0..length).flat_map(|at| [link(at, "1.0.0"), link(at, "2.0.0")]));
    let resolution = resolved(
        &universe,
        &Request::new().install("link-000000", "*").unwrap(),
    );
    assert_eq!(resolution.releases().len(), length);
    assert!(resolution.releases().iter().all(|r| r.version() == "2.0.0"));
    let plan = resolution.plan();
    assert_eq!(plan.steps().last().unwrap().level(), length - 1);
    // No release tells of all others.
    assert!(format!("{resolution:?}").len() < 4_000 * length);
}

#[test]
fn a_long_chain_that_ends_in_nothing() {
    let length = 1_000 * scale();
    let link = |at: usize| {
        ReleaseSpec::new(format!("link-{at:06}"), "1.0.0")
            .dependency(format!("link-{:06}", at + 1), ">=1")
    };
    let universe = universe((0..length).map(link));
    let request = Request::new().install("link-000000", "*").unwrap();
    let begin = Instant::now();
    let Outcome::Conflict(conflict) = resolve(&universe, &request) else {
        panic!("the last link is missing")
    };
    let told = conflict.explain();
    println!("{} facts in {:?}", told.facts().len(), begin.elapsed());
    assert!(told.text().lines().count() <= 15, "{}", told.text());
    assert!(conflict.repairs(&told).is_empty());
}

#[test]
fn a_long_cycle() {
    let length = 1_000 * scale();
    let link = |at: usize, group: Option<&str>| {
        let next = (at + 1) % length;
        let release = ReleaseSpec::new(format!("link-{at:06}"), "1.0.0");
        let release = release.dependency(format!("link-{next:06}"), "*");
        match group {
            Some(group) => release.group(group),
            None => release,
        }
    };
    let request = Request::new().install("link-000000", "*").unwrap();
    let grouped = universe((0..length).map(|at| link(at, Some("ring"))));
    let plan = resolved(&grouped, &request).plan();
    assert!(plan.steps().iter().all(|step| step.level() == 0));
    assert_eq!(plan.cycles().first().unwrap().len(), length);
    let loose = universe(
        (0..100)
            .map(|at| link(at, None))
            .chain((100..length).map(|at| link(at, None))),
    );
    assert!(matches!(resolve(&loose, &request), Outcome::Conflict(_)));
}

#[test]
fn a_package_with_very_many_versions() {
    let count = 1_000 * scale();
    let many = (0..count).map(|n| ReleaseSpec::new("many", format!("1.{n}.0")));
    let asker = ReleaseSpec::new("asker", "1.0.0").dependency("many", "<1.5");
    let universe = universe(many.chain([asker]));
    let resolution = resolved(&universe, &Request::new().install("asker", "*").unwrap());
    assert_eq!(resolution.release("many").unwrap().version(), "1.4.0");
}

/// Every version of one package needs its own version of another, and a third rules most of them out.
#[test]
fn versions_in_step() {
    let count = 200 * scale();
    let releases = (0..count).flat_map(|n| {
        let version = format!("1.{n}.0");
        [
            ReleaseSpec::new("front", &version).dependency("back", format!("={version}")),
            ReleaseSpec::new("back", &version).dependency("base", if n == 0 { "1" } else { "2" }),
        ]
    });
    let universe = universe(releases.chain([ReleaseSpec::new("base", "1.0.0")]));
    let resolution = resolved(&universe, &Request::new().install("front", "*").unwrap());
    assert_eq!(resolution.release("front").unwrap().version(), "1.0.0");
}

#[test]
fn very_many_packages() {
    let count = 10_000 * scale();
    let release = |n: usize| {
        let release = ReleaseSpec::new(format!("p{n:06}"), "1.0.0");
        if n > 0 {
            release.dependency(format!("p{:06}", n / 2), ">=1")
        } else {
            release
        }
    };
    let begin = Instant::now();
    let universe = universe((0..count).map(release));
    println!(
        "{} packages compiled in {:?}",
        universe.package_count(),
        begin.elapsed()
    );
    let newest = format!("p{:06}", count - 1);
    assert!(
        resolved(&universe, &Request::new().install(newest, "*").unwrap())
            .releases()
            .len()
            < 20
    );
    let everything = (0..count)
        .try_fold(Request::new(), |r, n| r.install(format!("p{n:06}"), "*"))
        .unwrap();
    assert_eq!(resolved(&universe, &everything).releases().len(), count);
}

#[test]
fn very_many_providers() {
    let count = 300 * scale();
    let capability = Capability::parse_name("ingress").unwrap();
    let providers = (0..count).map(|n| {
        let release = ReleaseSpec::new(format!("p{n:06}"), "1.0.0").provides(capability.clone());
        if n + 1 < count {
            release.dependency("missing", "*")
        } else {
            release
        }
    });
    let asker = ReleaseSpec::new("asker", "1.0.0").requires(capability.clone());
    let universe = universe(providers.chain([asker]));
    let resolution = resolved(&universe, &Request::new().install("asker", "*").unwrap());
    assert_eq!(resolution.releases().len(), 2);
}

/// Packages of which no two can be at the same one of too few versions: proofs grow exponentially.
fn pigeons(pigeons: usize, holes: usize) -> Universe {
    let pigeon = |p: usize| {
        (0..holes).map(move |hole| {
            let release = ReleaseSpec::new(format!("pigeon-{p}"), format!("1.{hole}.0"));
            (0..pigeons)
                .filter(|other| *other != p)
                .fold(release, |release, other| {
                    release.conflict(format!("pigeon-{other}"), format!("=1.{hole}.0"))
                })
        })
    };
    universe((0..pigeons).flat_map(pigeon))
}

fn every_pigeon(pigeons: usize) -> Request {
    let install = |request: Request, p| request.install(format!("pigeon-{p}"), "*");
    (0..pigeons).try_fold(Request::new(), install).unwrap()
}

#[test]
fn a_budget_ends_a_search() {
    let universe = pigeons(12, 11);
    let begin = Instant::now();
    let all = every_pigeon(12).budget(5_000);
    let Outcome::BudgetExceeded(exceeded) = resolve(&universe, &all) else {
        panic!("that was too easy");
    };
    println!(
        "gave up after {} steps, {:?}",
        exceeded.steps(),
        begin.elapsed()
    );
    assert_eq!(exceeded.steps(), 5_000);
    assert_eq!(resolved(&universe, &every_pigeon(11)).unproven(), None);
}

/// A search that would take hours ends as soon as somebody says so; the time it takes is printed, and only bounded generously, for machines
/// that are busy.
#[test]
fn a_cancellation_ends_a_search() {
    let universe = pigeons(40, 39);
    let cancellation = Cancellation::new();
    let request = every_pigeon(40)
        .budget(u64::MAX)
        .cancellation(&cancellation);
    let (searching, cancelled) = std::thread::scope(|scope| {
        let search = scope.spawn(|| (resolve(&universe, &request), Instant::now()));
        std::thread::sleep(Duration::from_millis(50));
        let cancelled = Instant::now();
        cancellation.cancel();
        let (outcome, ended) = search.join().unwrap();
        assert!(matches!(outcome, Outcome::BudgetExceeded(_)), "{outcome:?}");
        (ended, cancelled)
    });
    let late = searching.saturating_duration_since(cancelled);
    println!("ended {late:?} after it was cancelled");
    assert!(late < Duration::from_secs(10));
}

/// To count how many installed packages move takes as many clauses as there are of them, times those that move.
#[test]
fn a_budget_ends_a_count_of_changes() {
    let count = 60;
    let clients = (0..count).flat_map(|n| {
        ["1", "2"].map(|line| {
            let release = ReleaseSpec::new(format!("client-{n}"), format!("{line}.0.0"));
            release.dependency("server", format!("^{line}"))
        })
    });
    let servers = ["1.0.0", "2.0.0"].map(|version| ReleaseSpec::new("server", version));
    let universe = universe(clients.chain(servers));
    let names = (0..count).map(|n| format!("client-{n}"));
    let installed = names.chain(["server".to_owned()]);
    let request = installed
        .map(|name| InstalledRelease::new(name, "1.0.0", "x"))
        .fold(Request::new(), Request::installed)
        .mode(Mode::FewestChanges)
        .install("server", "2")
        .unwrap();
    let all = resolved(&universe, &request);
    println!("{} steps", all.steps());
    let clauses = count * count;
    assert!(all.steps() > clauses, "{} steps", all.steps());
    let first = resolved(&universe, &request.budget(clauses));
    assert_eq!(first.unproven(), Some("client-0"));
    assert!(first.steps() <= clauses);
}

/// A part of a budget is enough for some answer, not for the best: of two providers the search tries the first, and the best answer has the one
/// that goes with who asks.
#[test]
fn a_short_budget_gives_an_answer_that_may_not_be_the_best() {
    let capability = Capability::parse_name("store").unwrap();
    let universe = universe([
        ReleaseSpec::new("front", "1.0.0")
            .requires(capability.clone())
            .optional_dependency("local", "*"),
        ReleaseSpec::new("central", "1.0.0").provides(capability.clone()),
        ReleaseSpec::new("local", "1.0.0").provides(capability),
    ]);
    let request = Request::new().install("front", "*").unwrap();
    let whole = resolved(&universe, &request).steps();
    let mut kinds = [0, 0, 0];
    for steps in 0..=whole {
        match resolve(&universe, &request.clone().budget(steps)) {
            Outcome::BudgetExceeded(_) => kinds[0] += 1,
            Outcome::Resolved(r) if r.unproven().is_some() => kinds[1] += 1,
            Outcome::Resolved(_) => kinds[2] += 1,
            outcome => panic!("{outcome:?}"),
        }
    }
    assert!(kinds.iter().all(|count| *count > 0), "{kinds:?}");
}

/// Who provides what many require is looked for once, and every choice among them takes steps.
#[test]
fn many_capabilities_with_two_providers_each() {
    let count = 500 * scale();
    let capability = |n: usize| Capability::parse_name(&format!("capability-{n}")).unwrap();
    let provider = |kind: &str, n: usize| {
        ReleaseSpec::new(format!("{kind}-{n}"), "1.0.0").provides(capability(n))
    };
    let front = (0..count).fold(ReleaseSpec::new("front", "1.0.0"), |front, n| {
        front.requires(capability(n))
    });
    let providers = (0..count).flat_map(|n| [provider("left", n), provider("right", n)]);
    let universe = universe(providers.chain([front]));
    let request = Request::new().install("front", "*").unwrap();
    let start = Instant::now();
    let answer = resolved(&universe, &request);
    println!("{count} capabilities: {:?}", start.elapsed());
    assert_eq!(answer.releases().len(), count + 1);
    assert_eq!(answer.unproven(), None);
    let choices = (count * count / 2) as u64;
    assert!(answer.steps() > choices, "{} steps", answer.steps());
    let short = resolved(&universe, &request.budget(choices));
    assert!(short.unproven().is_some() && short.steps() <= choices);
}

/// What thousands of versions say alike is looked at once, and what each of them needs besides not at all.
#[test]
fn what_rules_many_versions_out_is_looked_at_once() {
    let mut builder = Universe::builder();
    for minor in 0..2_000 {
        let mut release = ReleaseSpec::new("app", format!("1.{minor}.0"));
        for number in 0..5 {
            let needed = format!("part-{minor}-{number}");
            builder.add(ReleaseSpec::new(&needed, "1.0.0"));
            release = release.dependency(needed, "*");
        }
        builder.add(release.dependency("base", "<1"));
    }
    builder.add(ReleaseSpec::new("app", "0.1.0"));
    builder.add(ReleaseSpec::new("base", "2.0.0"));
    let universe = builder.build();
    let request = Request::new().install("app", "*").unwrap();
    let answer = resolved(&universe, &request);
    assert_eq!(answer.release("app").unwrap().version(), "0.1.0");
    assert!(answer.steps() < 10, "{} steps", answer.steps());
}
