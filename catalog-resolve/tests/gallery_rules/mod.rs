//! What holds of every explanation in the gallery.

use std::collections::BTreeSet;

use catalog_resolve::{FactKind, Outcome, Request, Universe, resolve};

/// Words of those who write solvers, not of those who install packages.
pub(crate) const JARGON: [&str; 18] = [
    "clause",
    "literal",
    "unsat",
    "satisfiable",
    " core",
    "variable",
    "assignment",
    "assumption",
    "constraint",
    "backtrack",
    "derivation",
    "incompatib",
    "candidate",
    "instance",
    "solver",
    "domain",
    "conflict set",
    "resolution failed",
];

/// Lines of one explanation, repairs aside.
const LINES: usize = 10;

/// What users read of a request that cannot be met, with the changes that would help.
#[track_caller]
pub(crate) fn explained(universe: &Universe, request: &Request) -> String {
    let Outcome::Conflict(conflict) = resolve(universe, request) else {
        panic!("there is an answer");
    };
    let explanation = conflict.explain();
    assert!(explanation.is_minimal() && explanation.facts().len() <= 12);
    let alone = explanation.text();
    let lines: Vec<&str> = alone.lines().collect();
    assert!(lines.len() <= LINES, "too long:\n{alone}");
    let once: BTreeSet<&&str> = lines.iter().collect();
    assert_eq!(once.len(), lines.len(), "a cause is told twice:\n{alone}");
    let repairs = conflict.repairs(&explanation);
    let text = explanation.text_with(&repairs);
    for word in JARGON {
        assert!(!text.to_lowercase().contains(word), "{word}:\n{text}");
    }
    // Who asks is named with what is asked.
    for fact in explanation.facts() {
        let asker = fact.packages().first();
        let is_named = asker.is_some_and(|asker| fact.text().contains(asker.as_str()));
        assert!(is_named, "{}", fact.text());
        let is_request = fact.kind() == FactKind::Request;
        assert!(is_request || asker.is_some_and(|asker| alone.contains(asker.as_str())));
    }
    for repair in &repairs {
        let again = resolve(universe, repair.request());
        assert!(matches!(again, Outcome::Resolved(_)), "{}", repair.change());
    }
    text
}
