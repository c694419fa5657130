//! Reading YAML into a tree with spans and from there into JSON, against the bare events of two parsers and against `yaml_serde`.
//!
//! `cargo bench --bench document [-- FOLDER]`. Read are the definitions and hooks of the example catalog, the files of a generated one,
//! and the YAML files of `FOLDER`. Ratios are to the events of `saphyr-parser`, which make nothing of what they say. The answers are
//! compared before anything is timed: files that `yaml_serde` reads otherwise (YAML 1.2, no `<<`) or not at all are counted and left out.
//! Times are of the processor, as Linux says in `/proc/thread-self/schedstat`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use catalog_benches::{CatalogShape, generate_catalog};
use catalog_conditions::SourceFile;
use catalog_conditions::document::{Limits, Node, parse};
use serde_json::Value;

const ROUNDS: usize = 9;

type Files = Vec<Arc<SourceFile>>;
type Way = fn(&Arc<SourceFile>);

const WAYS: [(&str, Way); 5] = [
    ("saphyr-parser's events", |file| {
        black_box(saphyr_events(file));
    }),
    ("granit-parser's events", |file| {
        black_box(granit_events(file));
    }),
    ("tree", |file| {
        black_box(parse(file, &Limits::default()));
    }),
    ("tree and JSON", |file| {
        black_box(ours(file));
    }),
    ("yaml_serde", |file| {
        black_box(theirs(file));
    }),
];

fn main() {
    let examples = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/catalogs/observability"
    );
    report(
        "example catalog",
        collected(Path::new(examples), &is_object),
    );
    let (mut definitions, mut others) = (Files::new(), Files::new());
    generate_catalog(CatalogShape::new(10, 0), |path, text| {
        let file = SourceFile::new(path, text);
        match path.contains("/definitions/") {
            true => definitions.push(file),
            false => others.push(file),
        }
    });
    report("generated definitions", definitions);
    report("other generated files", others);
    // Cargo itself adds `--bench`.
    for folder in std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
    {
        report(&folder, collected(Path::new(&folder), &|_| true));
    }
}

fn is_object(path: &Path) -> bool {
    path.iter()
        .any(|part| part == "definitions" || part == "hooks")
}

fn collected(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Files {
    let mut files = Files::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let yaml = path
                .extension()
                .is_some_and(|end| end == "yaml" || end == "yml");
            if path.is_dir() {
                folders.push(path);
            } else if let (true, Ok(text)) = (yaml && wanted(&path), fs::read_to_string(&path)) {
                files.push(SourceFile::new(path.display().to_string(), text));
            }
        }
    }
    files
}

fn report(name: &str, mut files: Files) {
    let all = files.len();
    files.retain(|file| ours(file).is_some_and(|ours| Some(ours) == theirs(file)));
    for file in &files {
        assert_eq!(granit_events(file), saphyr_events(file), "{}", file.path());
    }
    let bytes: usize = files.iter().map(|file| file.text().len()).sum();
    let left_out = all - files.len();
    println!(
        "{name}: {} files, {bytes} bytes; {left_out} left out",
        files.len()
    );
    // A round takes long enough for the clock, which counts in milliseconds.
    let times = 8_000_000_usize.div_ceil(bytes.max(1));
    let rounds: Vec<[f64; WAYS.len()]> = (0..=ROUNDS)
        .map(|_| {
            WAYS.map(|(_, way)| cpu_seconds(|| (0..times).for_each(|_| files.iter().for_each(way))))
        })
        .collect();
    for (at, (way, _)) in WAYS.iter().enumerate() {
        let of = |value: fn(f64, f64) -> f64| {
            median(
                rounds
                    .iter()
                    .skip(1)
                    .filter_map(|round| Some(value(*round.get(at)?, *round.first()?)))
                    .collect(),
            )
        };
        let seconds = of(|own, _| own);
        println!(
            "  {way:<23} {:6.1} MB/s {:6.2}",
            (bytes * times) as f64 / seconds / 1e6,
            of(|own, first| own / first)
        );
    }
}

fn cpu_seconds(work: impl FnOnce()) -> f64 {
    let now = || {
        let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
    };
    let start = now();
    work();
    now() - start
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn saphyr_events(file: &SourceFile) -> usize {
    saphyr_parser::Parser::new_from_str(file.text())
        .inspect(|event| assert!(event.is_ok()))
        .count()
}

fn granit_events(file: &SourceFile) -> usize {
    let options = granit_parser::options! { emit_comments: false };
    granit_parser::Parser::new_from_str_with_options(file.text(), options)
        .inspect(|event| assert!(event.is_ok()))
        .count()
}

/// `None` for a file with diagnostics.
fn ours(file: &Arc<SourceFile>) -> Option<Vec<Value>> {
    let parsed = parse(file, &Limits::default());
    let values = parsed.documents.iter().map(Node::to_json).collect();
    parsed.diagnostics.is_empty().then_some(values)
}

fn theirs(file: &Arc<SourceFile>) -> Option<Vec<Value>> {
    let documents = serde_yaml::Deserializer::from_str(file.text());
    let values: Result<Vec<Value>, _> = documents.map(serde::Deserialize::deserialize).collect();
    Some(
        values
            .ok()?
            .into_iter()
            .filter(|value| *value != Value::Null)
            .collect(),
    )
}
