//! All upgrades of catalogs of CRDs, against reading their files.
//!
//! `cargo bench -p catalog-benches --bench crd_safety -- [--quick]`. Two catalogs have 1,000 versions of CRDs of 50 KB, each of which differs from the one before in
//! one field: 100 packages of ten versions, of which each is reached from every lower one (4,500 upgrades), and one package of 1,000 versions, of
//! which each replaces the one before (999 upgrades). Measured is what comes after loading, `crd_safety::edges`, which reads each file once
//! more as values. The rival is reading those files as values and nothing else, with the library's own parser and with `yaml_serde`. Two
//! threads are a rayon pool of two. Times are by the clock and, in brackets, of all threads on a processor: the least of some runs, each on a catalog that is loaded
//! anew, as objects are kept once they were asked for. Both ways of counting must give the same breaks. Exits with 1 where all upgrades
//! of a catalog take 2 s or more on two threads.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use catalog_model::crd_safety::{Edge, EdgeOptions, edges};
use catalog_model::document::{Limits, parse};
use catalog_model::{LoadOptions, Loaded, MemorySource, SourceFile, load};
use rustix::time::{ClockId, clock_gettime};

/// Bytes of a CRD.
const BYTES: usize = 50_000;
/// What all upgrades of a catalog may take by the clock, in seconds.
const LIMIT: f64 = 2.0;

/// A catalog: how many packages it has, of how many versions, and whether each version replaces the one before and no other.
#[derive(Clone, Copy)]
struct Shape {
    packages: usize,
    versions: usize,
    is_chain: bool,
}

/// Seconds by the clock, and of all threads on a processor.
#[derive(Clone, Copy)]
struct Times {
    clock: f64,
    processor: f64,
}

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (share, runs) = if quick { (10, 1) } else { (1, 3) };
    let shapes = [(100 / share, 10, false), (1, 1_000 / share, true)];
    let is_within = shapes.map(|(packages, versions, is_chain)| {
        let shape = Shape {
            packages,
            versions,
            is_chain,
        };
        race(shape, runs)
    });
    if is_within.contains(&false) {
        println!("all upgrades of a catalog on two threads took {LIMIT} s or more");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Whether all upgrades of a catalog are within the limit on two threads.
fn race(shape: Shape, runs: usize) -> bool {
    let files = shape.files();
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let Shape {
        packages, versions, ..
    } = shape;
    println!("{packages} packages of {versions} versions of a CRD, {bytes} bytes");
    let reading = least(runs, || (), |&(): &()| files.iter().for_each(read));
    println!("  reading them as values: {reading}");
    let by_serde = |&(): &()| files.iter().for_each(|(_, text)| read_by_serde(text));
    println!("    with yaml_serde: {}", least(runs, || (), by_serde));
    let alone = upgrades(shape, &files, (1, runs), reading);
    let shared = upgrades(shape, &files, (2, runs), reading);
    assert_eq!(alone.1, shared.1, "threads change no answer");
    shared.0.clock < LIMIT
}

/// How long all upgrades take, and what was found: upgrades, and breaks.
fn upgrades(
    shape: Shape,
    files: &[(String, String)],
    (threads, runs): (usize, usize),
    reading: Times,
) -> (Times, (usize, usize)) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    let pool = pool.build().unwrap();
    let mut options = EdgeOptions::default();
    options.parallel = threads > 1;
    let mut told = (0, 0);
    let times = least(
        runs,
        || catalog(shape, files),
        |loaded| {
            let edges = pool.install(|| edges(loaded.catalog(), &options));
            assert!(edges.thinned().is_empty(), "all upgrades are looked at");
            told = count(edges.all());
        },
    );
    println!(
        "  {} upgrades on {threads} threads: {times}; {:.2} of reading by the clock, {:.2} on the processor; {} breaks",
        told.0,
        times.clock / reading.clock,
        times.processor / reading.processor,
        told.1
    );
    (times, told)
}

fn catalog(shape: Shape, files: &[(String, String)]) -> Loaded {
    let mut source = MemorySource::new();
    let mut before = String::new();
    for (path, text) in files {
        let (folder, _) = path.split_once("/definitions/").unwrap();
        let (name, version) = folder.split_once('/').unwrap();
        let replaces = if shape.is_chain { before.as_str() } else { "" };
        source.insert(
            format!("{folder}/metadata.yaml"),
            format!("name: {name}\nversion: {version}\n{replaces}"),
        );
        source.insert(path.as_str(), text.as_str());
        before = format!("replaces: {version}\n");
    }
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let told = loaded.diagnostics().first();
    assert!(told.is_none(), "{told:?}");
    loaded
}

/// Upgrades and breaks. Each version takes one field from the one before, and each upgrade past several versions that of each.
fn count(edges: &[Edge<'_>]) -> (usize, usize) {
    let upgrades = edges.iter().flat_map(|edge| edge.upgrades());
    let breaks = upgrades.map(|upgrade| upgrade.breaks().len()).sum();
    assert!(breaks >= edges.len(), "every upgrade breaks something");
    (edges.len(), breaks)
}

fn read((path, text): &(String, String)) {
    let documents = parse(&SourceFile::new(path, text), &Limits::default()).documents;
    let objects = documents.iter().map(|document| document.to_json());
    objects.for_each(|object| drop(black_box(object)));
}

fn read_by_serde(text: &str) {
    black_box(serde_yaml::from_str::<serde_json::Value>(text).unwrap());
}

impl Shape {
    fn files(self) -> Vec<(String, String)> {
        let packages = (0..self.packages).flat_map(|package| {
            (0..self.versions).map(move |version| {
                let path = format!("package{package:03}/1.{version}.0/definitions/things.yaml");
                (path, crd(package, version))
            })
        });
        packages.collect()
    }
}

/// A CRD of the size, with fields as controller-gen writes them: the n-th version has a longest value that is n shorter.
fn crd(package: usize, version: usize) -> String {
    let mut text = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things.p{package}.example.com\nspec:\n  group: p{package}.example.com\n  names:\n    kind: Thing\n    listKind: ThingList\n    plural: things\n    singular: thing\n  scope: Namespaced\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec:\n            type: object\n            properties:\n"
    );
    let mut field = 0;
    while text.len() < BYTES {
        // Each version tightens one field more, and then the first again.
        let longest = 5_000 - version / 50 - usize::from(field < version % 50);
        let _ = write!(
            text,
            "              group{field:03}:\n                description: |-\n                  Group {field} of the settings says how the thing is made,\n                  and what becomes of it when it is no longer wanted.\n                properties:\n                  value:\n                    description: Value of the group, as its author wrote it.\n                    maxLength: {longest}\n                    type: string\n                  names:\n                    items:\n                      maxLength: 63\n                      minLength: 1\n                      type: string\n                    type: array\n                    x-kubernetes-list-type: set\n                  replicas:\n                    default: 1\n                    format: int32\n                    minimum: 0\n                    type: integer\n                required:\n                - value\n                type: object\n"
        );
        field += 1;
    }
    text
}

/// The least times of some runs, what is made for each left aside.
fn least<I>(runs: usize, make: impl Fn() -> I, mut work: impl FnMut(&I)) -> Times {
    let mut least = Times {
        clock: f64::INFINITY,
        processor: f64::INFINITY,
    };
    for _ in 0..runs {
        let made = make();
        let (started, before) = (Instant::now(), on_processor());
        work(&made);
        least.clock = least.clock.min(started.elapsed().as_secs_f64());
        least.processor = least.processor.min(on_processor() - before);
    }
    least
}

fn on_processor() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} s ({:.3} s)", self.clock, self.processor)
    }
}
