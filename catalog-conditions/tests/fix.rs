//! Making fixes in texts.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_conditions::fix::{Applicability, Edit, Fix, apply};
use catalog_conditions::{Diagnostic, SourceFile, Span};
use proptest::prelude::*;
use serde_json::json;

fn fix(edits: &[(usize, usize, &str)]) -> Fix {
    edits
        .iter()
        .fold(Fix::safe("do it"), |fix, (start, end, text)| {
            fix.replace(Span::new(*start, *end), *text)
        })
}

/// Applies fixes to `0123456789`; what is left is counted.
fn check(fixes: &[&[(usize, usize, &str)]], expected: &str, left: usize) {
    let fixes: Vec<Fix> = fixes.iter().map(|edits| fix(edits)).collect();
    let applied = apply("0123456789", &fixes).unwrap();
    assert_eq!(
        (applied.text.as_str(), applied.left.len()),
        (expected, left)
    );
    assert_eq!(applied.made.len() + left, fixes.len());
}

#[test]
fn edits_are_made_where_they_do_not_touch() {
    check(&[], "0123456789", 0);
    check(&[&[(2, 4, "ab")], &[(0, 1, "")]], "1ab456789", 0);
    check(&[&[(10, 10, "x")], &[(0, 0, "y")]], "y0123456789x", 0);
    check(&[&[(2, 4, "ab")], &[(4, 5, "c")]], "01abc56789", 0);
    check(&[&[(2, 4, "ab")], &[(3, 5, "c")]], "01ab456789", 1);
    check(&[&[(2, 4, "ab")], &[(1, 9, "c")]], "01ab456789", 1);
    check(&[&[(2, 4, "ab")], &[(4, 4, "c")]], "01ab456789", 1);
    check(&[&[(3, 3, "a")], &[(3, 3, "b")]], "012a3456789", 1);
    check(&[&[(3, 3, "a")], &[(3, 3, "a")]], "012a3456789", 0);
}

#[test]
fn all_edits_of_a_fix_are_made_or_none() {
    check(
        &[&[(0, 1, "a")], &[(0, 1, "b"), (5, 6, "c")]],
        "a123456789",
        1,
    );
    check(&[&[(0, 4, "a"), (3, 5, "b")]], "0123456789", 1);
    check(&[&[(5, 6, "b"), (0, 1, "a")]], "a1234b6789", 0);
}

#[test]
fn fixes_for_other_texts_are_refused() {
    for (start, end) in [(0, 3), (1, 2), (9, 9)] {
        let error = apply("äö", [&fix(&[(start, end, "")])]).unwrap_err();
        assert!(error.to_string().contains("is for another text"), "{error}");
    }
}

#[test]
fn fixes_are_part_of_a_diagnostic_and_its_json() {
    let file = SourceFile::new("f", "a: 1\nä: on\n");
    let diagnostic = Diagnostic::warning("x", "y").at(&file, Span::new(9, 11));
    assert!(diagnostic.to_json().get("fixes").is_none());
    let diagnostic = diagnostic
        .fix(Fix::choice("write true").replace(Span::new(9, 11), "true"))
        .fix(Fix::safe("quote it").replace(Span::new(9, 11), "\"on\""));
    assert_eq!(diagnostic.safe_fix().unwrap().title(), "quote it");
    assert_eq!(diagnostic.fixes().len(), 2);
    assert_eq!(
        diagnostic.to_json().get("fixes").unwrap().get(1).unwrap(),
        &json!({"title": "quote it", "applicability": "safe", "edits": [
            {"line": 2, "column": 4, "endLine": 2, "endColumn": 6, "start": 9, "end": 11, "replacement": "\"on\""}
        ]})
    );
}

#[test]
fn what_was_ignored_and_then_counts_is_not_safe() {
    use Applicability::{Choice, Safe, TakesEffect};
    assert!(Safe < TakesEffect && TakesEffect < Choice);
    let rename = Fix::safe("write `namespace`").taking_effect();
    assert_eq!(rename.applicability().as_str(), "takes-effect");
    assert_eq!(
        Fix::choice("write it").taking_effect().applicability(),
        Choice
    );
    let diagnostic = Diagnostic::warning("x", "y")
        .fix(Fix::choice("remove it"))
        .fix(rename.clone());
    assert_eq!(diagnostic.safe_fix(), None);
    assert_eq!(diagnostic.clear_fix(), Some(&rename));
    assert_eq!(diagnostic.fix_within(Choice).unwrap().title(), "remove it");
}

#[test]
fn many_fixes_cost_little() {
    let text = "x".repeat(1 << 20);
    let fixes: Vec<Fix> = (0..100_000)
        .map(|at| fix(&[(at * 10, at * 10 + 5, "y")]))
        .collect();
    let start = std::time::Instant::now();
    let applied = apply(&text, fixes.iter().chain(&fixes)).unwrap();
    assert_eq!((applied.made.len(), applied.left.len()), (200_000, 0));
    assert!(start.elapsed().as_secs() < 10);
}

/// What `apply` promises, said slowly: a fix is made if none of its edits touches one made before; edits go in from the end.
fn oracle(text: &str, fixes: &[Fix]) -> String {
    let touch = |a: &Edit, b: &Edit| {
        let (a, b) = (a.span, b.span);
        match a.start == a.end || b.start == b.end {
            true => a.start <= b.end && b.start <= a.end,
            false => a.start.max(b.start) < a.end.min(b.end),
        }
    };
    let mut made: Vec<&Edit> = Vec::new();
    for fix in fixes {
        let edits = fix.edits();
        let clash = edits.iter().enumerate().any(|(at, edit)| {
            edits.iter().skip(at + 1).any(|other| touch(edit, other))
                || made.iter().any(|other| touch(edit, other))
        });
        if !clash {
            made.extend(edits);
        }
    }
    made.sort();
    let mut text = text.to_owned();
    for edit in made.iter().rev() {
        text.replace_range(edit.span.start..edit.span.end, &edit.replacement);
    }
    text
}

proptest! {
    #[test]
    fn apply_does_what_it_promises(
        fixes in prop::collection::vec(prop::collection::vec((0_usize..40, 0_usize..6, "[a-c]{0,3}"), 0..4), 0..8)
    ) {
        let text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
        let fixes: Vec<Fix> = fixes
            .iter()
            .map(|edits| edits.iter().fold(Fix::safe("x"), |fix, (start, length, text)| {
                fix.replace(Span::new(*start, start + length), text.as_str())
            }))
            .collect();
        let applied = apply(text, &fixes).unwrap();
        prop_assert_eq!(applied.text, oracle(text, &fixes));
    }
}
