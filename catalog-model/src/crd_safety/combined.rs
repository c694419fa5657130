//! Conditions on values: combinations of schemas, and rules in CEL.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::audience::{Audience, Hit};
use super::cel::{is_transition, normal};
use super::comparison::{Comparison, Found, Spot};
use super::rules;
use super::schema::{DOCUMENTATION, Pair};
use super::stored::Test;

impl<'a> Comparison<'a> {
    /// `not`, `anyOf`, `oneOf` and `allOf`. What takes more than before is told from the rest as far as lists of alternatives tell.
    pub(super) fn combination(&mut self, pair: Pair<'a>, keyword: &str, spot: &Spot<'_>) {
        let (old, new) = (pair.old(keyword), pair.new_one(keyword));
        let Some(new) = new else { return };
        let (old_ones, new_ones) = (alternatives(old), alternatives(Some(new)));
        let is_safe = match keyword {
            "anyOf" => !old_ones.is_empty() && old_ones.is_subset(&new_ones),
            "allOf" => new_ones.is_subset(&old_ones),
            // What fits one of `oneOf` fits two if it is there twice.
            _ => with_repeats(old) == with_repeats(Some(new)),
        };
        // The two of int-or-string say what the type says.
        let is_of_type = keyword == "anyOf"
            && pair.flags("x-kubernetes-int-or-string").1
            && new_ones == int_or_string();
        if is_safe || is_of_type {
            return;
        }
        let verb = if old.is_some() {
            "is another one"
        } else {
            "was not there"
        };
        let reason = format!(
            "`{keyword}` of {} {verb}: values that were valid may be none any more",
            spot.subject()
        );
        let below = format!("/{keyword}");
        self.tighter(
            pair,
            spot,
            (&rules::COMBINATION, &below),
            (reason, Test::Unanswerable),
        );
    }

    pub(super) fn validations(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let (old, new) = pair.lists("x-kubernetes-validations");
        let before: HashSet<(String, bool)> = old.iter().filter_map(rule).collect();
        for (at, validation) in new.iter().enumerate() {
            let Some((text, is_optional)) = rule(validation) else {
                continue;
            };
            if before.contains(&(text.clone(), is_optional)) {
                continue;
            }
            let is_transition = is_transition(&text);
            let hits = Audience::default()
                .and(Hit::Create, !is_transition || is_optional)
                .and(
                    Hit::Update,
                    is_transition || pair.is_container() || spot.is_uncorrelated,
                );
            let verb = if is_transition {
                "may change only as"
            } else {
                "has to be as"
            };
            let reason = format!(
                "{} {verb} the rule `{text}` says, which the old version did not have",
                spot.subject()
            );
            let below = format!("/x-kubernetes-validations/{at}");
            let was = if old.is_empty() {
                ""
            } else {
                "/x-kubernetes-validations"
            };
            let found = Found {
                rule: &rules::VALIDATION,
                hits,
                reason,
                test: Test::Unanswerable,
                below: (was, &below),
            };
            self.report(spot, found);
        }
    }
}

/// A rule as far as it decides, with whether it is asked of new objects too although it speaks of old ones.
fn rule(validation: &Value) -> Option<(String, bool)> {
    let text = validation.get("rule")?.as_str()?;
    let is_optional = validation.get("optionalOldSelf") == Some(&Value::Bool(true));
    Some((normal(text), is_optional))
}

/// The schemas of a combination, each as one text without what says nothing to the server.
fn alternatives(value: Option<&Value>) -> HashSet<String> {
    texts(value).collect()
}

/// The same, in order, each as often as it is there.
fn with_repeats(value: Option<&Value>) -> Vec<String> {
    let mut texts: Vec<String> = texts(value).collect();
    texts.sort_unstable();
    texts
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = String> {
    let list: &[Value] = match value {
        None => &[],
        Some(Value::Array(list)) => list,
        Some(one) => std::slice::from_ref(one),
    };
    list.iter().map(|one| decisive(one, 0).to_string())
}

fn int_or_string() -> HashSet<String> {
    let of = |kind: &str| format!("{{\"type\":\"{kind}\"}}");
    [of("integer"), of("string")].into()
}

/// A schema without documentation, with lists of names in order. Below the deepest level that is compared nothing is left out.
fn decisive(schema: &Value, depth: usize) -> Value {
    let deeper = |value: &Value| decisive(value, depth + 1);
    match schema {
        _ if depth > super::comparison::DEEPEST => schema.clone(),
        Value::Object(map) => {
            let told: BTreeMap<&String, Value> = (map.iter())
                .filter(|(key, value)| {
                    let is_text = value.is_string() || value.is_object();
                    !(DOCUMENTATION.contains(&key.as_str()) && is_text)
                })
                .map(|(key, value)| match (key.as_str(), value) {
                    ("required" | "enum", Value::Array(items)) => (key, sorted(items)),
                    // Names of fields, which may be those of keywords.
                    ("properties", Value::Object(fields)) => {
                        let fields = fields
                            .iter()
                            .map(|(name, field)| (name.clone(), deeper(field)));
                        (key, Value::Object(fields.collect()))
                    }
                    _ => (key, deeper(value)),
                })
                .collect();
            told.into_iter()
                .map(|(key, value)| (key.clone(), value))
                .collect()
        }
        Value::Array(items) => items.iter().map(deeper).collect(),
        other => other.clone(),
    }
}

fn sorted(items: &[Value]) -> Value {
    let mut items = items.to_vec();
    items.sort_by_cached_key(Value::to_string);
    Value::Array(items)
}
