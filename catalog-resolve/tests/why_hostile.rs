//! Explanations of sizes that nobody has: what is told stays short, and soon told.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::time::Instant;

use catalog_resolve::{
    Outcome, ReleaseSpec, Request, Resolution, Universe, WhyNotNewer, resolve, ways_to_newer,
    why_not_newer,
};

fn universe(releases: impl IntoIterator<Item = ReleaseSpec>) -> Universe {
    let mut builder = Universe::builder();
    for release in releases {
        builder.add(release);
    }
    builder.build()
}

fn resolved(universe: &Universe, request: &Request) -> Resolution {
    match resolve(universe, request) {
        Outcome::Resolved(resolution) => resolution,
        outcome => panic!("{outcome:?}"),
    }
}

fn told(universe: &Universe, request: &Request) -> Vec<WhyNotNewer> {
    let resolution = resolved(universe, request);
    let begin = Instant::now();
    let told = why_not_newer(universe, request, resolution.releases());
    println!("{} reasons in {:?}", told.len(), begin.elapsed());
    told
}

/// Every package is held back by the one before it: the reason is of that one alone, however long the row.
#[test]
fn a_long_row_of_packages_that_hold_each_other_back() {
    let count = 300;
    let releases = (0..count).flat_map(|n| {
        ["1.0.0", "2.0.0", "3.0.0"].map(|version| {
            let release = ReleaseSpec::new(format!("p{n:04}"), version);
            match n + 1 < count {
                true => release.dependency(format!("p{:04}", n + 1), format!("<{}", 2 + n % 2)),
                false => release,
            }
        })
    });
    let universe = universe(releases);
    let request = Request::new().install("p0000", "*").unwrap();
    let told = told(&universe, &request);
    assert_eq!(told.len(), count - 1);
    for why in &told {
        assert!(why.is_minimal() && !why.facts().is_empty(), "{why}");
        assert!(why.to_string().len() < 1_500, "{why}");
    }
}

/// Each of very many versions has a reason of its own: some are told, and the others are not passed over.
#[test]
fn very_many_reasons_for_one_package() {
    let count = 2_000;
    let releases = (0..count).map(|n| {
        let release = ReleaseSpec::new("front", format!("1.{n}.0"));
        match n {
            0 => release,
            _ => release.dependency(format!("missing-{n}"), "*"),
        }
    });
    let universe = universe(releases);
    let request = Request::new().install("front", "*").unwrap();
    let told = told(&universe, &request);
    assert_eq!(told.len(), 9);
    let releases: usize = told.iter().map(|why| why.releases().len()).sum();
    assert_eq!(releases, count - 1);
    assert!(ways_to_newer(&universe, &request, told.first().unwrap()).is_empty());
}

/// Very many versions that one fact rules out are one reason.
#[test]
fn very_many_versions_with_one_reason() {
    let many = (0..5_000).map(|n| ReleaseSpec::new("many", format!("1.{n}.0")));
    let asker = ReleaseSpec::new("asker", "1.0.0").dependency("many", "<1.5");
    let universe = universe(many.chain([asker]));
    let request = Request::new().install("asker", "*").unwrap();
    let told = told(&universe, &request);
    let texts: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["many >=1.5.0: the request asks for asker; asker 1.0.0 needs many <1.5"]
    );
}

/// Where the budget ends before a decision, it is said that nothing is known of it.
#[test]
fn a_budget_ends_explanations() {
    let releases = (0..50).flat_map(|n| {
        let version = format!("1.{n}.0");
        [
            ReleaseSpec::new("front", &version).dependency("back", format!("={version}")),
            ReleaseSpec::new("back", &version).dependency("base", if n == 0 { "1" } else { "2" }),
        ]
    });
    let universe = universe(releases.chain([ReleaseSpec::new("base", "1.0.0")]));
    let request = Request::new().install("front", "*").unwrap();
    let resolution = resolved(&universe, &request);
    let (mut silent, mut full) = (0, 0);
    for steps in (0..400).step_by(7) {
        let request = request.clone().budget(steps);
        let told = why_not_newer(&universe, &request, resolution.releases());
        let front: usize = told
            .iter()
            .filter(|why| why.package() == "front")
            .map(|why| why.releases().len())
            .sum();
        assert_eq!(front, 49);
        match told.iter().all(|why| why.facts().is_empty()) {
            true => silent += 1,
            false => full += 1,
        }
    }
    assert!(silent > 0 && full > 0, "{silent} {full}");
}

/// A row of packages that is longer than any stack.
#[test]
fn a_long_chain_of_needs() {
    let length = 20_000;
    let link = |at: usize| {
        let release = ReleaseSpec::new(format!("link-{at:06}"), "1.0.0");
        match at + 1 < length {
            true => release.dependency(format!("link-{:06}", at + 1), "*"),
            false => release,
        }
    };
    let universe = universe((0..length).map(link));
    let request = Request::new().install("link-000000", "*").unwrap();
    let resolution = resolved(&universe, &request);
    let begin = Instant::now();
    let chains = resolution.why(&universe, "link-019999");
    println!("a chain in {:?}", begin.elapsed());
    assert_eq!(chains.len(), 1);
    for chain in &chains {
        assert_eq!((chain.links().len(), chain.left_out()), (20, length - 20));
        let text = chain.to_string();
        let turn = "which needs 19980 others in turn, the last of which needs link-019990 1.0.0,";
        assert!(text.contains(turn) && text.len() < 1_000, "{text}");
    }
}
