//! What an upgrade of a CustomResourceDefinition breaks, and for whom.
//!
//! [`compare`] puts two CRDs of one name side by side and gives every [`Break`]: its rule, the version and field it is about, JSON pointers
//! into both, whom it hits ([`Hit`]), why, and how the same is reached without it. No breaks means that the server takes the new CRD, everything
//! that is stored reads as before and can be changed, and every manifest that was valid still is, but for what is not looked at: rules in
//! CEL are compared as texts, and read as far as syntax, names, simple types and an estimate of their cost go, patterns are compared as texts, and
//! nobody asks a conversion webhook.
//!
//! ```
//! use catalog_model::crd_safety::{Hit, compare};
//! use serde_json::json;
//!
//! let crd = |sizes: &[&str]| json!({
//!     "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
//!     "spec": {
//!         "group": "example.com", "scope": "Namespaced", "names": {"kind": "Widget", "plural": "widgets"},
//!         "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
//!             "type": "object", "properties": {"size": {"type": "string", "enum": sizes}},
//!         }}}],
//!     },
//! });
//! let breaks = compare(&crd(&["s", "m", "l"]), &crd(&["s", "m"]));
//! assert_eq!(breaks[0].to_string(), "crd.field.enum (create): v1: `size` can no longer be `l`");
//! assert_eq!(breaks[0].new_pointer(), Some("/spec/versions/0/schema/openAPIV3Schema/properties/size/enum"));
//! assert!(!breaks[0].does_hit(Hit::Update), "the server spares what does not change");
//! assert!(compare(&crd(&["s", "m"]), &crd(&["s", "m", "l"])).is_empty());
//! ```
//!
//! # What is compared
//!
//! All of `spec`, versions by their names, after the server's defaults; an injected `caBundle` is no change, and neither is what only people
//! read. The rules are those of the API server since 1.30, which validates a changed object only where it changes (*ratcheting*): a table of
//! changes, each with whom it hits, is held to the answers of a real one by `tests/crd_safety_server.rs`. What no rule knows is
//! `crd.unclassified`. Patterns and rules in CEL are compared as texts, so that another one counts as a tighter one. What a
//! server refuses in the new CRD itself (schemas that are not structural, defaults that are not valid, rules in CEL that name what is not
//! there) hits [`Hit::Apply`], as far as that is told without an engine for CEL.
//!
//! What is known of a cluster makes answers sharper: [`compare_stored`] takes `status.storedVersions` and objects. Where the parts stand in
//! files: [`CrdFile`]. Every edge of a catalog: [`edges`]; a single
//! one: [`edge`]. What each code means: [`rules()`], [`reference`](reference()).

mod acceptance;
mod audience;
mod cel;
mod combined;
mod comparison;
mod conditions;
mod definition;
mod edges;
mod file;
mod finding;
mod kind;
mod limits;
mod object_meta;
mod pairs;
mod place;
mod remedy;
mod repeats;
mod required;
mod rules;
mod schema;
mod shape;
mod siblings;
mod stored;
mod upgrade;
mod view;

use catalog_conditions::rule::Rule;
use serde_json::Value;

pub use self::audience::{Audience, Hit};
use self::comparison::Comparison;
pub use self::edges::{EdgeOptions, Edges, edge, edges};
pub use self::file::CrdFile;
pub use self::finding::Break;
pub use self::stored::{Affected, Stored};
pub use self::upgrade::{CrdUpgrade, Edge};
use self::view::View;

/// The breaks between an old CRD and a new one of the same name, sorted; none if nothing breaks.
///
/// Both are objects as kubectl would send or show them. If the old one has a `status`, as one from a cluster has, its `storedVersions` count.
///
/// Cost: linear in the size of both, and in the number of breaks.
#[must_use]
pub fn compare(old: &Value, new: &Value) -> Vec<Break> {
    compare_stored(old, new, Stored::unknown())
}

/// The same with what is known of the objects in a cluster.
///
/// Cost: linear in the size of both CRDs, and for each break in the number of objects.
#[must_use]
pub fn compare_stored(old: &Value, new: &Value, stored: Stored<'_>) -> Vec<Break> {
    let old_view = View::new(old);
    let own: Vec<String> = old_view
        .texts("/status/storedVersions")
        .map(str::to_owned)
        .collect();
    let stored = if own.is_empty() {
        stored
    } else {
        stored.or_versions(&own)
    };
    let mut comparison = Comparison::new(old_view, View::new(new), stored);
    comparison.run();
    let mut found = comparison.found;
    found.sort_by(|a, b| a.place().cmp(&b.place()));
    found.dedup();
    found
}

/// The rules of breaks, each with an example of a change that breaks and of one that does not. They are no rules of catalogs: a catalog with
/// a breaking release is a valid one.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::RULES.iter().copied()
}

/// The rule of a code.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code() == code)
}

/// The code that one which is not known is probably a misspelling of.
#[must_use]
pub fn near(code: &str) -> Option<&'static str> {
    catalog_conditions::suggest::near(code, rules().map(Rule::code))
}

/// All rules as one page of Markdown.
#[must_use]
pub fn reference() -> String {
    const HEAD: &str = "\
# What breaks in an upgrade of a CustomResourceDefinition

Each break has a code, and each code is a rule: what it means, why it breaks, what to do instead, a change that breaks and one that does not.
`crd-safety OLD NEW` finds them, and so does `catalog_model::crd_safety`.

This page is written by the library itself (`catalog_model::crd_safety::reference`), and a test keeps it so.
";
    let chapters: String = rules()
        .map(|rule| format!("\n{}", rule.to_markdown()))
        .collect();
    format!("{HEAD}{chapters}")
}
