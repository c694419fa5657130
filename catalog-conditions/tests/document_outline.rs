//! The upper levels of documents are those of the whole, and nothing goes unsaid that the whole would say.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly"
)]

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Documents, Kind, Limits, Node, outline, parse};
use proptest::prelude::*;
use proptest::sample::select;

/// A CustomResourceDefinition, so much as matters.
const CRD: &str = "\
apiVersion: apiextensions.k8s.io/v1 # of the server
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
  annotations: {a: \"b\", 'c': d}
spec:
  names:
    kind: Widget
    shortNames: [w, wd]
  versions:
  - name: v1
    served: true
    schema:
      openAPIV3Schema:
        type: object
        description: |
          several
          lines
        properties:
          spec:
            type: object
            description: goes on
              in a second line
            enum:
            - a
            - \"b\"
            - {c: [1, 2]}
            default: {}
            empty:
            properties: {w: {type: string}, z: {type: integer, minimum: 0}}
---
kind: Other
values:
- - - - deep
      - er
";

/// Where the outline stands against the whole, which it must not contradict.
fn check(text: &str, levels: usize, limits: &Limits) -> Option<Vec<Node>> {
    let file = SourceFile::new("f", text);
    let Documents {
        documents,
        mut diagnostics,
    } = parse(&file, limits);
    let outline = outline(&file, limits, levels)?;
    for (whole, upper) in documents.iter().zip(&outline) {
        same(whole, upper, levels);
        // Of what is kept, whoever asks is told.
        let mut kept = Vec::new();
        upper.check_scalars(&file, &mut kept);
        whole.check_scalars(&file, &mut diagnostics);
        diagnostics.retain(|diagnostic| !kept.contains(diagnostic));
    }
    assert_eq!(documents.len(), outline.len(), "{text}");
    assert_eq!(diagnostics, [], "{text}");
    Some(outline)
}

fn same(whole: &Node, upper: &Node, levels: usize) {
    assert_eq!(
        (whole.span(), whole.tag()),
        (upper.span(), upper.tag()),
        "{whole:?}\n{upper:?}"
    );
    match (whole.kind(), upper.kind()) {
        (Kind::Scalar(whole), Kind::Scalar(upper)) => assert_eq!(whole, upper),
        (Kind::Sequence(_), Kind::Sequence(upper)) if levels == 0 => assert!(upper.is_empty()),
        (Kind::Mapping(_), Kind::Mapping(upper)) if levels == 0 => {
            assert!(upper.entries().is_empty());
        }
        (Kind::Sequence(whole), Kind::Sequence(upper)) => {
            assert_eq!(whole.len(), upper.len());
            for (whole, upper) in whole.iter().zip(upper) {
                same(whole, upper, levels - 1);
            }
        }
        (Kind::Mapping(whole), Kind::Mapping(upper)) => {
            assert_eq!(whole.entries().len(), upper.entries().len());
            for (whole, upper) in whole.entries().iter().zip(upper.entries()) {
                same(whole.key(), upper.key(), levels - 1);
                same(whole.value(), upper.value(), levels - 1);
            }
        }
        _ => panic!("{whole:?} is no {upper:?}"),
    }
}

#[test]
fn nothing_is_to_be_said_of_a_sound_file() {
    for levels in 0..12 {
        let limits = Limits::default();
        assert!(check(CRD, levels, &limits).is_some(), "{levels}");
        for text in [
            "",
            "# nothing\n",
            "a",
            "[]",
            "\u{feff}a: {b: {c: d}}\n",
            "a:\r\n  b:\r\n    c: d\r\n",
            "{\"a\": {\"b\": [1, 2.5, null, true]}}",
        ] {
            assert!(check(text, levels, &limits).is_some(), "{text:?} {levels}");
        }
    }
}

#[test]
fn what_may_need_a_word_is_left_to_the_whole() {
    for deep in [
        "{x: 1, x: 2}",
        "{a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9, a: 1}",
        "{[x]: y}",
        "{? {x: y} : z}",
        "&anchor x",
        "*anchor",
        "*",
        "{<<: {x: y}}",
        "{x: yes}",
        "{on: x}",
        "{x: 0644}",
        "[.nan]",
        "!!str x",
        "!own {}",
        "{\"x\\n\": y}",
        "{x: y",
        "'x\ny'",
    ] {
        for levels in 0..3 {
            let text = format!("a:\n  b:\n    c: {deep}\n");
            let found = check(&text, levels, &Limits::default());
            assert!(found.is_none(), "{text} at {levels}");
        }
    }
}

#[test]
fn limits_hold_for_what_is_left_out() {
    let mut limits = Limits::default();
    limits.depth = 5;
    let text = "[[[[[]]]]]";
    assert!(check(text, 1, &limits).is_some());
    limits.depth = 4;
    assert!(check(text, 1, &limits).is_none());
    let mut limits = Limits::default();
    limits.nodes = 5;
    assert!(check("[[a, b, c]]", 1, &limits).is_some());
    limits.nodes = 4;
    assert!(check("[[a, b, c]]", 1, &limits).is_none());
    let mut limits = Limits::default();
    limits.document_bytes = 4;
    assert!(check("[[a]]", 1, &limits).is_none());
    let mut limits = Limits::default();
    limits.file_bytes = 4;
    assert!(check("[[a]]", 1, &limits).is_none());
}

/// What a line or a value may become.
const PARTS: &[&str] = &[
    "",
    "x",
    "x:",
    "x: y",
    "- x",
    "kind: Widget",
    "? x",
    ": y",
    "on",
    "0644",
    "-.inf",
    "~",
    "null",
    "{}",
    "[]",
    "{a: b}",
    "[a, b]",
    "{a: b",
    "]",
    "&a x",
    "*a",
    "!!str x",
    "<<: {a: b}",
    "\"x\\ty\"",
    "'x'",
    "|",
    ">-",
    "# x",
    "---",
    "...",
    "\t",
    "\u{e9}\u{1f980}: \u{e9}",
];

proptest! {
    /// Files with lines left out, doubled, moved in or out, and replaced.
    #[test]
    fn an_outline_is_the_upper_part_of_the_whole(
        changes in proptest::collection::vec((0..40_usize, 0..5_usize, select(PARTS)), 0..6),
        levels in 0..9_usize,
        ends in select(&["\n", "\r\n", ""][..]),
    ) {
        let mut lines: Vec<String> = CRD.lines().map(str::to_owned).collect();
        for (at, change, part) in changes {
            let at = at % lines.len();
            match change {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, lines[at].clone()),
                2 => lines[at].insert_str(0, "  "),
                3 => {
                    let indent = lines[at].len() - lines[at].trim_start().len();
                    lines[at].truncate(indent);
                    lines[at].push_str(part);
                }
                _ => {
                    let end = lines[at].find(": ").map_or(lines[at].len(), |colon| colon + 2);
                    lines[at].truncate(end);
                    lines[at].push_str(part);
                }
            }
        }
        check(&lines.join(if ends.is_empty() { "\n" } else { ends }), levels, &Limits::default());
    }

    #[test]
    fn so_it_is_with_any_text(
        parts in proptest::collection::vec((0..4_usize, select(PARTS), select(&["\n", " ", ": ", ", ", "\n- "][..])), 0..12),
        levels in 0..4_usize,
    ) {
        let text: String = parts
            .iter()
            .map(|(indent, part, end)| format!("{}{part}{end}", " ".repeat(*indent)))
            .collect();
        check(&text, levels, &Limits::default());
    }
}
