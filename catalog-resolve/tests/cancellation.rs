//! How soon what is cancelled ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

use std::thread;
use std::time::{Duration, Instant};

use catalog_resolve::{
    Cancellation, Outcome, ReleaseSpec, Request, Universe, resolve, why_not_newer,
};

/// Points in time, evenly over the whole, at which the work is cancelled.
const POINTS: u32 = 12;

/// Packages, or releases of one package.
const MANY: usize = 20_000;

/// Packages of which all are asked about.
const ASKED: usize = 300;

/// Cancels some work at several points in time, and looks how long it goes on each time: on a quiet machine, an optimised build ends within
/// 10 ms. Here it is held to a small part of what is left to do, as tests run beside each other.
#[track_caller]
fn check(name: &str, work: impl Fn(&Cancellation) + Sync) {
    let begin = Instant::now();
    work(&Cancellation::new());
    let whole = begin.elapsed();
    let mut late: Vec<Duration> = (1..POINTS)
        .map(|point| lateness(&work, whole * point / POINTS))
        .collect();
    println!("{name}: {whole:?} uncancelled, late by {late:?}");
    late.sort_unstable();
    let usual = late.get(late.len() / 2).unwrap();
    assert!(
        *usual < Duration::from_millis(75) + whole / 50,
        "{name}: {late:?} of {whole:?}"
    );
    let longest = late.last().unwrap();
    assert!(
        *longest < Duration::from_millis(250) + whole / 8,
        "{name}: {late:?} of {whole:?}"
    );
}

fn lateness(work: &(impl Fn(&Cancellation) + Sync), after: Duration) -> Duration {
    let cancellation = Cancellation::new();
    thread::scope(|scope| {
        let worker = scope.spawn(|| {
            work(&cancellation);
            Instant::now()
        });
        thread::sleep(after);
        let cancelled = Instant::now();
        cancellation.cancel();
        worker.join().unwrap().saturating_duration_since(cancelled)
    })
}

fn name(at: usize) -> String {
    format!("p-{at:06}")
}

/// Many packages that one needs, each in two versions of which the newer one cannot be had.
fn wide() -> Universe {
    let mut builder = Universe::builder();
    let mut root = ReleaseSpec::new("root", "1.0.0");
    for at in 0..ASKED {
        builder.add(ReleaseSpec::new(name(at), "1.0.0"));
        builder.add(ReleaseSpec::new(name(at), "2.0.0").dependency("nothing", "*"));
        root = root.dependency(name(at), "*");
    }
    builder.add(root);
    builder.build()
}

#[test]
fn an_answer_of_many_packages() {
    let mut builder = Universe::builder();
    let mut root = ReleaseSpec::new("root", "1.0.0");
    for at in 0..MANY {
        builder.add(ReleaseSpec::new(name(at), "1.0.0"));
        root = root.dependency(name(at), "*");
    }
    builder.add(root);
    let universe = builder.build();
    let request = Request::new().install("root", "*").unwrap();
    check("an answer", |cancellation| {
        let request = request.clone().cancellation(cancellation);
        let _ = resolve(&universe, &request);
    });
}

#[test]
fn why_many_packages_are_not_newer() {
    let universe = wide();
    let request = Request::new().install("root", "*").unwrap();
    let Outcome::Resolved(resolution) = resolve(&universe, &request) else {
        panic!("there is an answer")
    };
    check("newer releases of many packages", |cancellation| {
        let request = request.clone().cancellation(cancellation);
        let _ = why_not_newer(&universe, &request, resolution.releases());
    });
}

#[test]
fn why_one_package_of_many_releases_is_not_newer() {
    let mut builder = Universe::builder();
    for at in 0..MANY {
        let release = ReleaseSpec::new("app", format!("1.{at}.0"));
        builder.add(match at {
            0 => release,
            at => release.dependency(name(at % 100), "*"),
        });
    }
    let universe = builder.build();
    let request = Request::new().install("app", "*").unwrap();
    let Outcome::Resolved(resolution) = resolve(&universe, &request) else {
        panic!("there is an answer")
    };
    check("newer releases of one package", |cancellation| {
        let request = request.clone().cancellation(cancellation);
        let _ = why_not_newer(&universe, &request, resolution.releases());
    });
}
