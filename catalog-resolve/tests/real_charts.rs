//! The history of one large chart repository: 155 charts, 32,998 versions. Skipped where the data is not there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use catalog_resolve::{Outcome, Request, Universe, resolve, why_not_newer};

fn charts() -> Option<String> {
    let folder = std::env::var_os("CATALOG_TEST_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let Ok(file) = std::fs::File::open(folder.join("charts-bitnami.json.gz")) else {
        println!("skipped: no charts in {}", folder.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .unwrap();
    Some(text)
}

#[test]
fn the_newest_version_of_every_chart_resolves() {
    let Some(text) = charts() else {
        return;
    };
    let begin = Instant::now();
    let universe = Universe::from_json(&text).unwrap();
    println!("read and compiled in {:?}", begin.elapsed());
    assert_eq!(
        (universe.package_count(), universe.release_count()),
        (155, 32_998)
    );
    let errors = universe
        .diagnostics()
        .iter()
        .filter(|d| d.code() != "universe.dependency.duplicate");
    assert_eq!(errors.count(), 0);
    let begin = Instant::now();
    let (mut resolved, mut conflicts, mut steps) = (0, Vec::new(), 0);
    for name in universe.package_names() {
        let version = universe.newest_version(name).unwrap();
        let request = Request::new()
            .install(name, &format!("={version}"))
            .unwrap();
        match resolve(&universe, &request) {
            Outcome::Resolved(resolution) => {
                resolved += 1;
                steps += resolution.steps();
                assert_eq!(
                    resolution.release(name).unwrap().version(),
                    version.as_str()
                );
                assert_eq!(resolution.plan().steps().len(), resolution.releases().len());
            }
            outcome => conflicts.push((name, format!("{outcome:?}"))),
        }
    }
    println!(
        "{resolved} resolved in {steps} steps, {:?}",
        begin.elapsed()
    );
    assert!(conflicts.is_empty(), "{conflicts:#?}");
}

/// Old versions pin old dependencies, and charts that were renamed or taken back leave some without: whatever comes out,
/// it comes out soon, and a reason is short.
#[test]
fn every_tenth_release_is_answered() {
    let Some(text) = charts() else {
        return;
    };
    let universe = Universe::from_json(&text).unwrap();
    let begin = Instant::now();
    let (mut resolved, mut conflicts, mut longest) = (0, 0, 0);
    for name in universe.package_names() {
        for version in universe.versions(name).into_iter().step_by(10) {
            let request = Request::new()
                .install(name, &format!("={version}"))
                .unwrap();
            match resolve(&universe, &request) {
                Outcome::Resolved(_) => resolved += 1,
                Outcome::Conflict(conflict) => {
                    let conflict = conflict.explain();
                    conflicts += 1;
                    longest = longest.max(conflict.facts().len());
                    assert!(conflict.is_minimal());
                }
                outcome => panic!("{name} {version}: {outcome:?}"),
            }
        }
    }
    println!(
        "{resolved} resolved, {conflicts} not ({longest} facts at most), {:?}",
        begin.elapsed()
    );
    assert!(longest <= 12);
}

#[test]
fn charts_asked_for_together_are_answered() {
    let Some(text) = charts() else {
        return;
    };
    let universe = Universe::from_json(&text).unwrap();
    let names: Vec<&str> = universe.package_names().collect();
    let begin = Instant::now();
    let (mut resolved, mut conflicts, mut longest) = (0, 0, 0);
    let mut slowest = Duration::ZERO;
    for at in 0..60 {
        let mut request = Request::new();
        for item in 0..6 {
            let name = names.get((at * 31 + item * 17) % names.len()).unwrap();
            let versions = universe.versions(name);
            let version = versions
                .get((at * 53 + item * 29) % versions.len())
                .unwrap();
            request = request.install(*name, &format!("={version}")).unwrap();
        }
        let asked = Instant::now();
        match resolve(&universe, &request) {
            Outcome::Resolved(_) => resolved += 1,
            Outcome::Conflict(conflict) => {
                let conflict = conflict.explain();
                slowest = slowest.max(asked.elapsed());
                conflicts += 1;
                longest = longest.max(conflict.facts().len());
                assert!(conflict.is_minimal());
            }
            outcome => panic!("{outcome:?}"),
        }
    }
    println!(
        "{resolved} resolved, {conflicts} not ({longest} facts at most, {slowest:?} with the search), {:?}",
        begin.elapsed()
    );
    assert!(longest <= 12 && resolved > 0);
}

/// What is against anything newer, for charts asked for together: short, and soon said.
#[test]
fn newer_charts_are_explained() {
    let Some(text) = charts() else {
        return;
    };
    let universe = Universe::from_json(&text).unwrap();
    let names: Vec<&str> = universe.package_names().collect();
    let (mut reasons, mut longest, mut slowest, mut all) = (0, 0, Duration::ZERO, Duration::ZERO);
    for at in 0..60 {
        let mut request = Request::new();
        for item in 0..2 {
            let name = names.get((at * 31 + item * 17) % names.len()).unwrap();
            let versions = universe.versions(name);
            let version = versions
                .get((at * 53 + item * 29) % versions.len())
                .unwrap();
            request = request.install(*name, &format!("={version}")).unwrap();
        }
        let Outcome::Resolved(resolution) = resolve(&universe, &request) else {
            continue;
        };
        for release in resolution.releases() {
            let begin = Instant::now();
            let told = why_not_newer(&universe, &request, std::slice::from_ref(release));
            let took = begin.elapsed();
            (slowest, all) = (slowest.max(took), all + took);
            for why in told {
                reasons += 1;
                longest = longest.max(why.facts().len());
                assert!(!why.facts().is_empty() && why.is_minimal(), "{why}");
            }
        }
    }
    println!("{reasons} reasons ({longest} facts at most) in {all:?}, {slowest:?} at most");
    assert!(longest <= 12 && reasons > 0);
}

/// What is locked stays though newer versions are there, and moves with its reasons when it is let go.
#[cfg(feature = "lock")]
#[test]
fn locked_charts_stay_until_they_are_let_go() {
    use catalog_resolve::{ChangeReason, lock_changes, resolve_locked};

    let Some(text) = charts() else {
        return;
    };
    let universe = Universe::from_json(&text).unwrap();
    let (mut locked, mut moves, mut unexplained) = (0, 0, 0);
    let begin = Instant::now();
    for name in universe.package_names() {
        let versions = universe.versions(name);
        let Some(old) = versions.get(versions.len() / 2) else {
            continue;
        };
        let exactly = Request::new().install(name, &format!("={old}")).unwrap();
        let Outcome::Resolved(resolution) = resolve(&universe, &exactly) else {
            continue;
        };
        let lock = resolution.lock(&exactly);
        let any = Request::new().install(name, "*").unwrap();
        let again = resolve_locked(&universe, &any, &lock).unwrap();
        assert_eq!(again.lock(&exactly), lock);
        locked += 1;

        let newest = any.upgrade(name);
        let Outcome::Resolved(resolution) = resolve(&universe, &newest.clone().lock(&lock)) else {
            panic!("{name} has an answer");
        };
        let changes = lock_changes(&universe, &newest, &resolution, &lock);
        moves += changes.changes().len();
        let changes = changes.changes().iter();
        unexplained += changes
            .filter(|change| change.reason() == ChangeReason::Undetermined)
            .count();
    }
    println!(
        "{locked} locked and chosen again, {moves} moves when let go, {unexplained} without a reason, {:?}",
        begin.elapsed()
    );
    assert!(locked > 100 && moves > 100 && unexplained == 0);
}
