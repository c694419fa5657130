//! Catalogs in which files were damaged: nothing panics, nothing hangs, and the releases beside the damaged one stay.
//!
//! `CATALOG_MUTATIONS=500000 cargo test --release -p catalog-model --all-features --test mutations` makes as many as it says; the seed
//! of the first is `CATALOG_MUTATIONS_SEED`. A failure names the seed that shows it alone.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

#[path = "corpus/mod.rs"]
mod corpus;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use catalog_model::{LoadOptions, MemorySource, load, mend};

/// What one damaged catalog may take, in a debug build on a busy machine.
const BOUND: Duration = Duration::from_secs(20);

/// What authors and attackers put where it does not belong.
const TOKENS: &[&str] = &[
    "\t",
    "\r",
    "\u{feff}",
    "\0",
    "\u{85}",
    "\u{2028}",
    "- ",
    "? ",
    ": ",
    ":",
    ",",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "#",
    " #",
    "&a ",
    "*a",
    "&a *a",
    "<<: ",
    "<<: *a\n",
    "!!str ",
    "!a ",
    "!<tag:x> ",
    "|",
    ">",
    "|+\n",
    ">-9\n",
    "%YAML 1.1\n",
    "---",
    "\n---\n",
    "\n...\n",
    "~",
    "null",
    "yes",
    "0644",
    "1e999",
    ".nan",
    "-.inf",
    "9999999999999999999999",
    "1.10",
    "2024-01-01",
    "\\",
    "\"\\x",
    "\n",
    "\n\n",
    "name: p\n",
    "version: ''\n",
    "\u{1f600}",
    "\u{202e}",
    "ä",
    "@",
    "`",
    "$(x)",
    "{{ .Values }}",
    "..",
    "../",
    "/",
];

/// A generator of numbers that are the same everywhere (xorshift64*).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        // Neighbouring seeds must not give neighbouring numbers.
        let mut random = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        random.next();
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `bound`; 0 for 0.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 11) as usize % bound.max(1)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// A file of a version folder.
struct Original {
    /// Its path in the folder.
    place: String,
    bytes: Vec<u8>,
}

/// The files of the corpus and of the example catalogs.
fn originals() -> Vec<Original> {
    let mut originals: Vec<Original> = corpus::cases()
        .into_iter()
        .map(|case| Original {
            place: case.place(),
            bytes: case.text.into_bytes(),
        })
        .collect();
    for name in ["broken", "observability"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../examples/catalogs")
            .join(name);
        for package in folders(&root) {
            for version in folders(&package) {
                add(&version, "", &mut originals);
            }
        }
    }
    originals
}

fn folders(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    paths.sort();
    paths
}

fn add(folder: &Path, below: &str, originals: &mut Vec<Original>) {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let place = format!("{below}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            add(&path, &format!("{place}/"), originals);
        } else {
            originals.push(Original {
                place,
                bytes: std::fs::read(&path).unwrap(),
            });
        }
    }
}

/// One damage, or several.
fn damage(random: &mut Random, bytes: &mut Vec<u8>, originals: &[Original]) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(10) {
            0 if !bytes.is_empty() => {
                let at = at.min(bytes.len() - 1);
                bytes[at] ^= 1 << random.below(8);
            }
            1 if !bytes.is_empty() => {
                let at = at.min(bytes.len() - 1);
                bytes[at] = random.next() as u8;
            }
            2 => bytes.truncate(at),
            3 => drop(bytes.splice(at..at, random.pick(TOKENS).bytes())),
            4 => {
                let end = (at + random.below(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => lines(random, bytes, |lines, a, b| lines.swap(a, b)),
            6 => lines(random, bytes, |lines, a, b| lines.insert(b, lines[a])),
            7 => lines(random, bytes, |lines, a, _| {
                lines.remove(a);
            }),
            8 => {
                // A piece of another file.
                let other = &random.pick(originals).bytes;
                let from = random.below(other.len());
                let to = (from + random.below(60)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ => {
                // The same thing over and over.
                let token = random.pick(TOKENS).repeat(1 + random.below(300));
                bytes.splice(at..at, token.bytes());
            }
        }
    }
}

/// Changes the order of lines, two of which are picked.
fn lines(
    random: &mut Random,
    bytes: &mut Vec<u8>,
    change: impl FnOnce(&mut Vec<&[u8]>, usize, usize),
) {
    let copy = bytes.clone();
    let mut lines: Vec<&[u8]> = copy.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.is_empty() {
        return;
    }
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    change(&mut lines, a, b);
    *bytes = lines.concat();
}

/// A package of three releases, of which the second is damaged.
fn catalog(seed: u64, originals: &[Original]) -> MemorySource {
    let mut random = Random::new(seed);
    let mut source = MemorySource::from_iter([
        ("p/0.9.0/metadata.yaml", "name: p\nversion: 0.9.0\n"),
        ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
        ("p/1.1.0/metadata.yaml", "name: p\nversion: 1.1.0\n"),
        ("q/1.0.0/metadata.yaml", "name: q\nversion: 1.0.0\n"),
    ]);
    for _ in 0..=random.below(2) {
        let original = random.pick(originals);
        // Now and then a file stands where one of another kind belongs.
        let place = match random.below(8) {
            0 => &random.pick(originals).place,
            _ => &original.place,
        };
        let mut bytes = original.bytes.clone();
        damage(&mut random, &mut bytes, originals);
        source.insert(format!("p/1.0.0/{place}"), bytes);
    }
    source
}

fn check(source: &MemorySource) {
    let options = LoadOptions::default();
    let start = Instant::now();
    let loaded = load(source, &options).unwrap();
    for diagnostic in loaded.diagnostics() {
        let _ = (diagnostic.to_json(), diagnostic.to_string());
    }
    let versions = |package: &str| -> Vec<String> {
        let package = loaded.catalog().package(package).unwrap();
        package
            .releases()
            .iter()
            .map(|release| release.version().to_string())
            .collect()
    };
    let there = versions("p");
    for version in ["0.9.0", "1.1.0"] {
        assert!(
            there.iter().any(|there| there == version),
            "{version} is hidden: {there:?}"
        );
    }
    assert_eq!(versions("q"), ["1.0.0"]);
    let p = loaded.catalog().package("p").unwrap();
    assert_eq!(
        p.releases().len() + p.unusable().len(),
        3,
        "the damaged release is listed, usable or not"
    );
    if loaded
        .diagnostics()
        .iter()
        .any(|diagnostic| diagnostic.safe_fix().is_some())
    {
        let mended = mend(source, &options).unwrap();
        let usable = |loaded: &catalog_model::Loaded| {
            loaded.catalog().package("p").unwrap().releases().len()
        };
        assert!(
            usable(mended.loaded()) >= usable(&loaded),
            "mending breaks nothing"
        );
        let mut twice = source.clone();
        for file in mended.files() {
            twice.insert(file.path(), file.after());
        }
        assert!(
            mend(&twice, &options).unwrap().files().is_empty(),
            "mending twice changes nothing"
        );
    }
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap())
}

#[test]
fn damaged_files_hide_nothing_else() {
    let originals = originals();
    assert!(originals.len() > 300, "{}", originals.len());
    let (count, first) = (
        number("CATALOG_MUTATIONS", 3_000),
        number("CATALOG_MUTATIONS_SEED", 1),
    );
    let start = Instant::now();
    let mut slowest = (Duration::ZERO, 0);
    for seed in first..first + count {
        let source = catalog(seed, &originals);
        let began = Instant::now();
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(&source))) {
            let said = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            panic!("CATALOG_MUTATIONS=1 CATALOG_MUTATIONS_SEED={seed}: {said}");
        }
        slowest = slowest.max((began.elapsed(), seed));
    }
    println!(
        "{count} damaged catalogs in {:?}, the slowest in {:?} (seed {})",
        start.elapsed(),
        slowest.0,
        slowest.1
    );
}
