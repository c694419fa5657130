//! What rules in CEL cost at most, which the server bounds when a CRD is applied.
//!
//! A rough estimate in the manner of the server's own (`cel/compilation.go` of apiextensions-apiserver, `library/cost.go` of apiserver and
//! `checker/cost.go` of cel-go). What comes well above a limit is told as uncertain, and nothing as certain; less is not told.

use std::collections::HashMap;

use serde_json::Value;

use super::super::cel::normal;
use super::super::comparison::DEEPEST;
use super::super::place::{Place, Step};
use super::super::schema::Keywords;
use super::super::view::VersionView;
use super::estimate::{REQUEST, Sizes, cost_of, least_size, most_of};
use super::expression::read;
use super::{Acceptance, Base, Refusal, list, map, rules, text};

/// What one rule may cost, for all items that it is asked of.
const OF_A_RULE: f64 = 10_000_000.0;

/// What all rules of a version may cost.
const OF_A_VERSION: f64 = 100_000_000.0;

/// So many times a limit is told: the estimate is not exact, and what commonly stands in rules comes near.
const TOLD: f64 = 1.5;

/// A rule of a version.
struct Costly<'a> {
    /// Where its schema stands.
    path: String,
    at: usize,
    field: Option<String>,
    rule: &'a str,
    cost: f64,
}

impl<'a> Acceptance<'a> {
    /// Notes the rules that may be too dear, and were not, or not as dear, in the old version of that name.
    pub(super) fn costs(&mut self, old: Option<&VersionView<'_>>, new: &VersionView<'a>) {
        let now = costly(new);
        let total = |all: &[Costly<'_>]| all.iter().map(|one| one.cost).sum::<f64>();
        let all = total(&now);
        let dear = |one: &&Costly<'_>| one.cost > OF_A_RULE * TOLD;
        if all <= OF_A_VERSION * TOLD && !now.iter().any(|one| dear(&one)) {
            return;
        }
        let before = old.map(costly).unwrap_or_default();
        let mut known: HashMap<(&str, String), f64> = HashMap::new();
        for one in &before {
            let cost = known.entry((&one.path, normal(one.rule))).or_default();
            *cost = cost.max(one.cost);
        }
        let is_dearer = |one: &&Costly<'_>| {
            let was = known.get(&(one.path.as_str(), normal(one.rule)));
            was.is_none_or(|was| *was < one.cost)
        };
        let dearer: Vec<&Costly<'a>> = now.iter().filter(dear).filter(is_dearer).collect();
        for one in &dearer {
            self.may_be_too_dear(one, one.cost / OF_A_RULE, "a server allows for a rule");
        }
        let dearest = now.iter().max_by(|a, b| a.cost.total_cmp(&b.cost));
        if let Some(dearest) = dearest
            && dearer.is_empty()
            && all > OF_A_VERSION * TOLD
            && all > total(&before)
        {
            let limit = "a server allows for all rules of a version, together with the others";
            self.may_be_too_dear(dearest, all / OF_A_VERSION, limit);
        }
    }

    fn may_be_too_dear(&mut self, one: &Costly<'a>, times: f64, limit: &str) {
        let subject = (one.field.as_ref())
            .map_or_else(|| "the object".to_owned(), |field| format!("`{field}`"));
        let rule = one.rule.trim();
        let times = match times {
            1000.0.. => "more than a thousand times".to_owned(),
            _ => format!("about {times:.0} times"),
        };
        self.note(Refusal {
            rule: &rules::VALIDATION,
            version: self.version.map(str::to_owned),
            base: Base::Schema,
            path: format!("{}/x-kubernetes-validations/{}/rule", one.path, one.at),
            reason: format!(
                "the rule `{rule}` of {subject} may be too dear: as estimated here it costs {times} what {limit}; `maxItems`, `maxProperties` and `maxLength` bound what it goes over"
            ),
            field: one.field.clone(),
            is_certain: false,
            spared: None,
        });
    }
}

/// What the rules of a version cost.
fn costly<'a>(version: &VersionView<'a>) -> Vec<Costly<'a>> {
    let mut walk = Walk {
        sizes: Sizes::default(),
        found: Vec::new(),
    };
    if let Value::Object(schema) = version.schema {
        walk.at(schema, Place::root("", ""), Some(1.0), true);
    }
    walk.found
}

struct Walk<'a> {
    sizes: Sizes<'a>,
    found: Vec<Costly<'a>>,
}

impl<'a> Walk<'a> {
    /// `times` is how often a value is at a place at most; nothing if only the size of requests bounds it.
    fn at(&mut self, schema: &'a Keywords, place: Place<'_>, times: Option<f64>, is_whole: bool) {
        if place.depth() > DEEPEST {
            return;
        }
        let is_whole =
            is_whole || schema.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true));
        for (at, validation) in list(schema, "x-kubernetes-validations").iter().enumerate() {
            let rule = validation.as_object().and_then(|one| text(one, "rule"));
            let Some((rule, expression)) = rule.and_then(|rule| Some((rule, read(rule).ok()?)))
            else {
                continue;
            };
            let times = times.unwrap_or_else(|| REQUEST / (least_size(schema, 0) + 1.0));
            self.found.push(Costly {
                path: place.pointers().1,
                at,
                field: place.field(),
                rule,
                cost: cost_of(&expression, schema, is_whole, &mut self.sizes) * times,
            });
        }
        for (name, below) in map(schema, "properties").into_iter().flatten() {
            if let Some(below) = below.as_object() {
                self.at(below, place.down(Step::Property(name)), times, false);
            }
        }
        for (keyword, bound, step) in [
            ("items", "maxItems", Step::Items),
            ("additionalProperties", "maxProperties", Step::Values),
        ] {
            if let Some(below) = map(schema, keyword) {
                let times = times.zip(most_of(schema, bound)).map(|(a, b)| a * b);
                self.at(below, place.down(step), times, false);
            }
        }
    }
}
