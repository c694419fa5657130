//! Loading and asking whole catalogs, against reading their bytes and against the events of a YAML parser.
//!
//! `cargo bench -p catalog-benches --bench catalog -- [--quick] [--packages N] [--rounds N] [--growth]`. A catalog of 1,000 packages
//! with ten versions each is written to the system's folder for temporary files, once with 42 % repeated bytes and once with none.
//! R lists and reads all of it; E does that and takes the events of saphyr-parser over all bytes. All cases run in turn in each round,
//! and each is compared with the E of its round. Times are CPU times of this thread, from `/proc/thread-self/schedstat`, which counts
//! nanoseconds; without it nothing is measured and the program says so. Two threads are a rayon pool of two, timed by the clock; beside
//! that stands what both worked together and how evenly, which tells on a busy machine what a quiet one would do.
//!
//! Selecting is [`Index::select`] with a selector of three terms over all versions, and [`Selection::len`]: the answer is a set of rows
//! whose size is known. It is compared with copying the label column as it lies in the index: the number of each version's labels and
//! where those of each version end, four bytes each. Each is the shortest of fifty runs, in turn. Handing out each entry selected is
//! shown beside it, without a limit.
//!
//! `--growth` adds the rows from 1,000 to 100,000 versions, with definitions of a tenth of the size, in memory. Exits with 1 where a limit
//! is passed or something could not be measured. That the index's own count of its heap is true is held by `tests/index_heap.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use catalog_benches::{CatalogShape, generate_catalog, write_catalog};
#[cfg(doc)]
use catalog_model::index::Selection;
use catalog_model::index::{Index, Query};
use catalog_model::{FolderSource, LoadOptions, MemorySource, load};

fn main() -> ExitCode {
    if !Path::new(OWN_TIME).exists() {
        println!("nothing is measured: there is no {OWN_TIME} on this system");
        return ExitCode::FAILURE;
    }
    let quick = std::env::args().any(|argument| argument == "--quick");
    let packages = number("--packages").unwrap_or(if quick { 50 } else { 1_000 });
    if let Some(what) = argument("--once") {
        once(&what, packages);
        return ExitCode::SUCCESS;
    }
    let rounds = number("--rounds").unwrap_or(3);
    let mut table = Table::default();
    for percent in [42, 0] {
        on_disk(packages, percent, rounds, &mut table);
    }
    queries(if quick { 1_000 } else { 10_000 }, &mut table);
    if std::env::args().any(|argument| argument == "--growth") {
        growth(&mut table);
    }
    if table.passed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// The time that this thread had on a processor, in nanoseconds.
const OWN_TIME: &str = "/proc/thread-self/schedstat";

/// How often what takes less than a millisecond is done.
const RUNS: usize = 50;

/// Rows as they are measured, and whether one passed its limit.
#[derive(Default)]
struct Table {
    passed: bool,
}

impl Table {
    fn row(&mut self, what: &str, value: f64, limit: f64, unit: &str) {
        // What is no number is within no limit.
        let within = value <= limit;
        let verdict = if within { "" } else { "  OVER" };
        self.passed |= !within;
        println!("{what:<64} {value:>8.3} {unit} (at most {limit}){verdict}");
    }
}

/// Loading from a folder, against R and E.
fn on_disk(packages: usize, percent: u64, rounds: usize, table: &mut Table) {
    let folder = std::env::temp_dir().join(format!("catalog-bench-{}", std::process::id()));
    write_catalog(CatalogShape::new(packages, percent), &folder).unwrap();
    let source = FolderSource::open(&folder).unwrap();
    let one = LoadOptions::default();
    let mut many = LoadOptions::default();
    many.parallel = true;
    let two_threads = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .unwrap();
    let load_by_two = || two_threads.install(|| load(&source, &many).unwrap());
    let index_by_two = || two_threads.install(|| Index::read(&source, &many).unwrap());
    let bytes: usize = read(&folder).iter().map(Vec::len).sum();
    println!("\n{packages} packages of 10 versions, {bytes} bytes, {percent} % repeated");
    let mut ratios: [Vec<f64>; 9] = Default::default();
    for _ in 0..rounds {
        let only_read = cpu(|| read(&folder));
        // What was read is dropped after the measure, as what was loaded is.
        let events = cpu(|| {
            let files = read(&folder);
            let count: usize = files.iter().map(|file| events(file)).sum();
            (count, files)
        });
        let whole = cpu(|| {
            let loaded = load(&source, &one).unwrap();
            assert!(loaded.diagnostics().is_empty());
            (Index::of(loaded.catalog(), &one), loaded)
        });
        let index = cpu(|| Index::read(&source, &one).unwrap());
        let alone = wall(|| load(&source, &one).unwrap());
        let two = wall(load_by_two);
        let index_alone = wall(|| Index::read(&source, &one).unwrap());
        let index_two = wall(index_by_two);
        let load_alone = cpu(|| load(&source, &one).unwrap());
        let (all, busiest) = cpu_of_threads(load_by_two);
        let (index_all, index_busiest) = cpu_of_threads(index_by_two);
        let of_round = [
            only_read / events,
            whole / events,
            index / events,
            two / alone,
            index_two / index_alone,
            all / load_alone,
            busiest / all,
            index_all / index,
            index_busiest / index_all,
        ];
        for (ratios, ratio) in ratios.iter_mut().zip(of_round) {
            ratios.push(ratio);
        }
        println!("  R {only_read:.3} s, E {events:.3} s, whole {whole:.3} s, index {index:.3} s");
    }
    let [
        only_read,
        whole,
        index,
        two,
        index_two,
        all,
        busiest,
        index_all,
        index_busiest,
    ] = ratios.map(median);
    println!("  R is {only_read:.3} E");
    let limit = if percent == 0 { 1.5 } else { 1.1 };
    table.row("cold load, typed, validated, indexed", whole, limit, "E");
    table.row("index only", index, 0.35, "E");
    table.row("the load with two threads, wall", two, 0.6, "of one");
    table.row(
        "the index only with two threads, wall",
        index_two,
        0.6,
        "of one",
    );
    println!(
        "  two threads together: load {all:.3} of the CPU time of one, the busier {busiest:.3} of it; index {index_all:.3}, the busier {index_busiest:.3}"
    );
    fs::remove_dir_all(&folder).unwrap();
}

/// A selector of three terms.
const SELECTOR: &str = "catalog.example.com/tier in (platform,application),catalog.example.com/stage!=testing,app.kubernetes.io/part-of";

/// Whether labels are as [`SELECTOR`] says, term by term.
fn is_selected(labels: &HashMap<&str, &str>) -> bool {
    let value = |key: &str| labels.get(key).copied();
    matches!(
        value("catalog.example.com/tier"),
        Some("platform" | "application")
    ) && value("catalog.example.com/stage") != Some("testing")
        && value("app.kubernetes.io/part-of").is_some()
}

/// Before anything is measured: the answer is that of a loop over the labels of every version, some of them and not all.
fn compare(index: &Index, query: &Query) {
    let all = index.select(&Query::new().every_version()).unwrap();
    let expected: Vec<String> = all
        .iter()
        .filter(|entry| is_selected(&entry.labels().collect()))
        .map(|entry| entry.to_string())
        .collect();
    let selected: Vec<String> = index
        .select(query)
        .unwrap()
        .iter()
        .map(|entry| entry.to_string())
        .collect();
    assert_eq!(selected, expected, "the selector finds what a loop finds");
    assert!(!expected.is_empty() && expected.len() < all.len());
}

/// What is asked of many packages of ten versions, in the state in which a service asks: its definitions are read.
fn queries(packages: usize, table: &mut Table) {
    let index = index_of(packages);
    println!("\n{} versions", index.len());
    let heap = index.heap_bytes() as f64 / index.len() as f64 / 1024.0;
    table.row("heap a version in the index", heap, 1.0, "KB");
    let newest = least(|| index.newest().count());
    table.row("newest of all packages", newest * 1e3, 0.5, "ms");
    let query = Query::new()
        .labels(SELECTOR.parse().unwrap())
        .every_version();
    compare(&index, &query);
    let column = label_column(&index);
    let select = || index.select(&query).unwrap();
    let [mut copying, mut selecting, mut handing_out] = [f64::INFINITY; 3];
    for _ in 0..RUNS {
        copying = copying.min(wall(|| column.clone()));
        selecting = selecting.min(wall(|| select().len()));
        handing_out = handing_out.min(wall(|| {
            select().into_iter().for_each(|entry| {
                black_box(entry);
            });
        }));
    }
    println!(
        "  copying the label column of {} bytes {:.4} ms; selecting and counting {} versions {:.4} ms, and handing out each {:.4} ms ({:.2} of copying)",
        4 * (column.0.len() + column.1.len()),
        copying * 1e3,
        select().len(),
        selecting * 1e3,
        handing_out * 1e3,
        handing_out / copying
    );
    table.row(
        "three-term selector, a set of versions",
        selecting / copying,
        0.5,
        "of copying labels",
    );
}

/// From 1,000 to 100,000 versions, each load in a process of its own, so that none finds memory that another has used before: fresh
/// memory costs what the system takes to hand it out, whatever the size.
fn growth(table: &mut Table) {
    println!();
    for what in ["load", "index"] {
        let seconds = [100, 1_000, 10_000].map(|packages| {
            let times = if packages > 1_000 { 1 } else { 3 };
            let seconds = median((0..times).map(|_| in_process(what, packages)).collect());
            println!("  {what} of {packages} packages: {seconds:.3} s");
            seconds
        });
        let [first, _, last] = seconds;
        let exponent = (last / first).ln() / 100_f64.ln();
        table.row(
            &format!("growth of the {what}, exponent"),
            exponent,
            1.05,
            "",
        );
    }
}

/// How long a new process of this program takes for one of the two.
fn in_process(what: &str, packages: usize) -> f64 {
    let mut program = Command::new(std::env::current_exe().unwrap());
    let program = program.args(["--once", what, "--packages", &packages.to_string()]);
    let output = program.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{what} of {packages} packages");
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

/// Prints how long one load, or one reading of the index, of a catalog in memory takes.
fn once(what: &str, packages: usize) {
    let source = memory(packages);
    let options = LoadOptions::default();
    let seconds = if what == "index" {
        cpu(|| Index::read(&source, &options).unwrap())
    } else {
        cpu(|| {
            let loaded = load(&source, &options).unwrap();
            (Index::of(loaded.catalog(), &options), loaded)
        })
    };
    println!("{seconds}");
}

fn memory(packages: usize) -> MemorySource {
    let mut shape = CatalogShape::new(packages, 42);
    shape.definition_percent = 10;
    let mut source = MemorySource::new();
    generate_catalog(shape, |path, text| source.insert(path, text));
    source
}

fn index_of(packages: usize) -> Index {
    let source = memory(packages);
    let index = Index::read(&source, &LoadOptions::default())
        .unwrap()
        .into_index();
    assert!(index.read_definitions(&source).diagnostics().is_empty());
    index
}

/// The labels of all versions as they lie in the index: the number of each label (a key with a value), and where those of each version
/// end, four bytes each. No column with a number for each label can be smaller.
fn label_column(index: &Index) -> (Vec<u32>, Vec<u32>) {
    let mut numbers: HashMap<(&str, &str), u32> = HashMap::new();
    let (mut labels, mut ends) = (Vec::new(), Vec::new());
    for entry in index.select(&Query::new().every_version()).unwrap() {
        labels.extend(entry.labels().map(|label| {
            let next = u32::try_from(numbers.len()).unwrap();
            *numbers.entry(label).or_insert(next)
        }));
        ends.push(u32::try_from(labels.len()).unwrap());
    }
    (labels, ends)
}

fn number(name: &str) -> Option<usize> {
    argument(name)?.parse().ok()
}

/// What stands behind an option.
fn argument(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)
}

fn cpu<T>(work: impl FnOnce() -> T) -> f64 {
    let before = cpu_seconds();
    let result = black_box(work());
    let took = cpu_seconds() - before;
    drop(result);
    took
}

fn cpu_seconds() -> f64 {
    seconds_in(Path::new(OWN_TIME))
}

fn seconds_in(schedstat: &Path) -> f64 {
    let text = fs::read_to_string(schedstat).unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.map_or(f64::NAN, |nanos| nanos / 1e9)
}

/// The time that all threads of this process had on a processor, and that of the one that had most.
fn cpu_of_threads<T>(work: impl FnOnce() -> T) -> (f64, f64) {
    let before = seconds_by_thread();
    let result = black_box(work());
    let after = seconds_by_thread();
    drop(result);
    let took = after.iter().map(|(thread, seconds)| {
        let earlier = before.get(thread).copied().unwrap_or_default();
        seconds - earlier
    });
    took.fold((0.0, 0.0), |(all, most), one| (all + one, one.max(most)))
}

fn seconds_by_thread() -> HashMap<OsString, f64> {
    let threads = fs::read_dir("/proc/self/task").unwrap().flatten();
    threads
        .map(|thread| {
            let seconds = seconds_in(&thread.path().join("schedstat"));
            (thread.file_name(), seconds)
        })
        .collect()
}

fn wall<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let result = black_box(work());
    let took = start.elapsed().as_secs_f64();
    drop(result);
    took
}

/// The shortest of several runs: what else the machine does only adds.
fn least<T>(work: impl Fn() -> T) -> f64 {
    (0..RUNS).map(|_| wall(&work)).fold(f64::INFINITY, f64::min)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// R: every file below a folder.
fn read(folder: &Path) -> Vec<Vec<u8>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.push(fs::read(entry.path()).unwrap());
            }
        }
    }
    files
}

/// E: how many events a file has.
fn events(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut count = 0;
    for event in saphyr_parser::Parser::new_from_str(text) {
        black_box(event.unwrap());
        count += 1;
    }
    count
}
