//! Loading and asking whole catalogs, against reading their bytes and against the events of a YAML parser.
//!
//! `cargo bench -p catalog-benches --bench catalog -- [--quick] [--packages N] [--rounds N] [--growth]`. A catalog of 1,000 packages
//! with ten versions each is written to the system's folder for temporary files, once with 42 % repeated bytes and once with none.
//! R lists and reads all of it; E does that and takes the events of saphyr-parser over all bytes. All cases run in turn in each round,
//! and each is compared with the E of its round. Times are CPU times of this process: for one thread `/proc/thread-self/schedstat`,
//! which counts nanoseconds; two threads are timed by the clock. `--growth` adds the rows from 1,000 to 100,000 versions, with
//! definitions of a tenth of the size, in memory. Exits with 1 where a limit is passed.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::collections::HashMap;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use catalog_benches::{CatalogShape, generate_catalog, write_catalog};
use catalog_model::index::{Entry, Index, Query};
use catalog_model::{FolderSource, LoadOptions, MemorySource, load};

fn main() -> ExitCode {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let packages = number("--packages").unwrap_or(if quick { 50 } else { 1_000 });
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

/// Rows as they are measured, and whether one passed its limit.
#[derive(Default)]
struct Table {
    passed: bool,
}

impl Table {
    fn row(&mut self, what: &str, value: f64, limit: f64, unit: &str) {
        let verdict = if value <= limit { "" } else { "  OVER" };
        self.passed |= value > limit;
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
    let bytes: usize = read(&folder).iter().map(Vec::len).sum();
    println!("\n{packages} packages of 10 versions, {bytes} bytes, {percent} % repeated");
    let mut ratios: [Vec<f64>; 5] = Default::default();
    for _ in 0..rounds {
        let only_read = cpu(|| read(&folder));
        let events = cpu(|| read(&folder).iter().map(|file| events(file)).sum::<usize>());
        let whole = cpu(|| {
            let loaded = load(&source, &one).unwrap();
            assert!(loaded.diagnostics().is_empty());
            (Index::of(loaded.catalog()), loaded)
        });
        let index = cpu(|| Index::read(&source, &one).unwrap());
        let alone = wall(|| load(&source, &one).unwrap());
        let two = wall(|| load(&source, &many).unwrap());
        let index_alone = wall(|| Index::read(&source, &one).unwrap());
        let index_two = wall(|| Index::read(&source, &many).unwrap());
        let of_round = [
            only_read / events,
            whole / events,
            index / events,
            two / alone,
            index_two / index_alone,
        ];
        for (ratios, ratio) in ratios.iter_mut().zip(of_round) {
            ratios.push(ratio);
        }
        println!("  R {only_read:.3} s, E {events:.3} s, whole {whole:.3} s, index {index:.3} s");
    }
    let [only_read, whole, index, two, index_two] = ratios.map(median);
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
    fs::remove_dir_all(&folder).unwrap();
}

/// What is asked of many packages of ten versions.
fn queries(packages: usize, table: &mut Table) {
    let index = index_of(packages);
    println!("\n{} versions", index.len());
    let heap = index.heap_bytes() as f64 / index.len() as f64 / 1024.0;
    table.row("heap a version in the index", heap, 1.0, "KB");
    let newest = least(|| index.newest().count());
    table.row("newest of all packages", newest * 1e3, 0.5, "ms");
    let selector = "catalog.example.com/tier in (platform,application),catalog.example.com/stage!=testing,app.kubernetes.io/part-of";
    let query = Query::new()
        .labels(selector.parse().unwrap())
        .every_version();
    let column = label_column(&index);
    let naive = least(|| column.clone());
    let select = least(|| index.select(&query).unwrap().into_iter().for_each(hand_out));
    println!(
        "  copying the label column of {} bytes {:.3} ms, selecting {} versions and handing out each {:.3} ms",
        4 * (column.0.len() + column.1.len()),
        naive * 1e3,
        index.select(&query).unwrap().len(),
        select * 1e3
    );
    table.row(
        "three-term selector",
        select / naive,
        0.5,
        "of copying labels",
    );
}

/// From 1,000 to 100,000 versions.
fn growth(table: &mut Table) {
    let mut seconds = Vec::new();
    println!();
    for packages in [100, 1_000, 10_000] {
        let source = memory(packages);
        let options = LoadOptions::default();
        let rounds = if packages > 1_000 { 1 } else { 3 };
        let index = median(
            (0..rounds)
                .map(|_| cpu(|| Index::read(&source, &options).unwrap()))
                .collect(),
        );
        let whole = median(
            (0..rounds)
                .map(|_| {
                    cpu(|| {
                        let loaded = load(&source, &options).unwrap();
                        (Index::of(loaded.catalog()), loaded)
                    })
                })
                .collect(),
        );
        println!("{packages} packages: whole {whole:.3} s, index {index:.3} s");
        seconds.push((whole, index));
    }
    if let (Some(first), Some(last)) = (seconds.first(), seconds.last()) {
        let exponent = |first: f64, last: f64| (last / first).ln() / 100_f64.ln();
        table.row(
            "growth of the load, exponent",
            exponent(first.0, last.0),
            1.05,
            "",
        );
        table.row(
            "growth of the index, exponent",
            exponent(first.1, last.1),
            1.05,
            "",
        );
    }
}

fn memory(packages: usize) -> MemorySource {
    let mut shape = CatalogShape::new(packages, 42);
    shape.definition_percent = 10;
    let mut source = MemorySource::new();
    generate_catalog(shape, |path, text| source.insert(path, text));
    source
}

fn index_of(packages: usize) -> Index {
    Index::read(&memory(packages), &LoadOptions::default())
        .unwrap()
        .into_index()
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

/// Takes an entry, so that none is left out; what it says of its version is not asked, as it is no label.
fn hand_out(entry: Entry<'_>) {
    black_box(entry);
}

fn number(name: &str) -> Option<usize> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)?.parse().ok()
}

fn cpu<T>(work: impl FnOnce() -> T) -> f64 {
    let before = cpu_seconds();
    let result = black_box(work());
    let took = cpu_seconds() - before;
    drop(result);
    took
}

/// The time that this thread had on a processor.
fn cpu_seconds() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.map_or(f64::NAN, |nanos| nanos / 1e9)
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
    (0..50).map(|_| wall(&work)).fold(f64::INFINITY, f64::min)
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
