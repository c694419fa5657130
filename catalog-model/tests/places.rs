//! Lines and columns of places, and the order of diagnostics.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::cmp::Ordering;
use std::time::{Duration, Instant};

use catalog_model::source::{Entry, SourceError};
use catalog_model::{
    Diagnostic, Fix, LoadOptions, Loaded, MemorySource, Source, SourceFile, Span, Suppression, load,
};
use proptest::prelude::*;

/// Counted from the start of the text, character by character.
fn counted(text: &str, offset: usize) -> (usize, usize) {
    let (mut line, mut column) = (1, 1);
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < offset) {
        let first = at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
        match c {
            '\n' => (line, column) = (line + 1, 1),
            '\u{feff}' if first => {}
            _ => column += 1,
        }
    }
    (line, column)
}

fn check(text: &str) {
    let file = SourceFile::new("a", text);
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    for offset in ends {
        let position = file.position(offset);
        let found = (position.line, position.column);
        assert_eq!(found, counted(text, offset), "byte {offset}");
        assert_eq!(file.line(offset), position.line);
    }
    assert_eq!(file.position(usize::MAX), file.position(text.len()));
}

#[test]
fn positions_are_those_counted_from_the_start() {
    for text in [
        "",
        "\n",
        "a",
        "\u{feff}",
        "\u{feff}é\n\u{feff}b",
        "a\r\nb\n\nc",
    ] {
        check(text);
    }
    // Across the blocks of the index, with characters of one to four bytes on their borders.
    for c in ["a", "é", "€", "𝄞"] {
        check(&c.repeat(1100));
        check(&format!("{}\n{}", "x".repeat(1023), c.repeat(600)));
    }
}

proptest! {
    #[test]
    fn positions_of_any_text(text in "(?s)([\u{feff}\naé€𝄞]|.){0,600}") {
        check(&text);
    }
}

#[test]
fn a_long_line_costs_what_a_long_file_does() {
    let pad = "x".repeat(500);
    let keys = (0..16_000).map(|at| format!("\"a{}\":\"{pad}\"", at / 2));
    let text = format!("{{{}}}", keys.collect::<Vec<_>>().join(","));
    let source = MemorySource::from_iter([("w/1.0.0/metadata.yaml", text.as_str())]);
    let before = Instant::now();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    let lines = loaded.diagnostics().iter().map(ToString::to_string);
    assert!(lines.count() > 100);
    // Counting columns from the start of the line for each key took 8,000 times 4 MB.
    assert!(
        before.elapsed() < Duration::from_secs(20),
        "{:?}",
        before.elapsed()
    );
}

#[test]
fn only_equal_diagnostics_compare_as_equal() {
    let (file, other) = (SourceFile::new("a", "xy"), SourceFile::new("a", "xz"));
    let span = Span::new(0, 1);
    let one = Diagnostic::note("c", "m").at(&file, span);
    let all = [
        one.clone(),
        one.clone().withholding_source(),
        one.clone().suppressed(Suppression::Allowed),
        one.clone()
            .suppressed(Suppression::comment(&file, span, "r")),
        one.clone().fix(Fix::safe("f").replace(span, "z")),
        one.clone().fix(Fix::choice("f").replace(span, "z")),
        one.clone().related(&file, span, "here"),
        one.clone().help("h"),
        one.clone().about("p", None),
        one.clone().about("p", Some("1")),
        Diagnostic::warning("c", "m").at(&file, span),
        Diagnostic::note("c", "m").at(&other, span),
        Diagnostic::note("c", "m"),
    ];
    for a in &all {
        for b in &all {
            assert_eq!(a.cmp(b) == Ordering::Equal, a == b, "{a:?} {b:?}");
            assert_eq!(a.cmp(b), b.cmp(a).reverse());
        }
    }
}

/// A catalog that is shown below another root.
struct Moved(MemorySource);

impl Source for Moved {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.0.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.0.read(file, limit)
    }

    fn display(&self, path: &str) -> String {
        format!("/srv/catalogs/{path}")
    }
}

/// One file of each kind.
const FILES: [(&str, &str); 5] = [
    (
        "metadata.yaml",
        "name: w\nversion: 1.0.0\nsystem: {kubernetes: '>=1.28'}\n",
    ),
    (
        "modules.yaml",
        "modules:\n- chart: {remote: {repo: 'https://e.example', name: a, version: 1.0.0}}\n",
    ),
    (
        "conditions/a.yaml",
        "conditions:\n- {name: kube, target: {kubeVersion: {}}, op: range, value: '>=1.28'}\n",
    ),
    (
        "hooks/a.yaml",
        "pre-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:1'}]}}}}\n",
    ),
    (
        "definitions/a.yaml",
        "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: a}\n",
    ),
];

/// A catalog of one release, with one of its files changed.
fn with(file: usize, change: impl Fn(&str) -> String) -> MemorySource {
    let files = FILES.iter().enumerate().map(|(at, (name, text))| {
        let text = if at == file {
            change(text)
        } else {
            (*text).to_owned()
        };
        (format!("w/1.0.0/{name}"), text)
    });
    files.collect()
}

fn loaded(source: &dyn Source) -> Loaded {
    let loaded = load(source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics());
    loaded
}

#[test]
fn what_says_the_same_is_equal_wherever_it_is_written() {
    let plain = loaded(&with(0, str::to_owned));
    let moved = loaded(&Moved(with(0, str::to_owned)));
    assert_eq!(plain.catalog(), moved.catalog());
    for (file, (name, _)) in FILES.iter().enumerate() {
        let spaced = loaded(&with(file, |text| {
            format!("# ours\n{}", text.replace(": ", ":   "))
        }));
        assert_eq!(plain.catalog(), spaced.catalog(), "{name}");
        let other = loaded(&with(file, |text| {
            text.replace("1.28", "1.29")
                .replace("1, kind: Job", "1, kind: Job, metadata: {name: b}")
                .replace("name: a", "name: b")
        }));
        assert_ne!(plain.catalog(), other.catalog(), "{name}");
    }
}
