//! What schemas around a field ask of it: a value that comes where there was none, or goes, can spoil what holds them both.

use std::cell::OnceCell;
use std::collections::HashMap;

use serde_json::Value;

use super::audience::{Audience, Hit};
use super::cel::{escaped, words};
use super::comparison::{Comparison, DEEPEST, Found, Spot};
use super::place::FieldStep;
use super::rules;
use super::schema::{Keywords, Pair};
use super::stored::Test;

/// The new schemas around a place, from within.
pub(super) struct Within<'p> {
    schema: Option<&'p Keywords>,
    outer: Option<&'p Within<'p>>,
    /// What names each field that some rule or combination names, read when it is asked for.
    names: OnceCell<HashMap<String, Condition>>,
}

/// A condition on a field.
#[derive(Clone, Copy)]
enum Condition {
    /// The rule at a place in the list of them.
    Rule(usize),
    Combination(&'static str),
}

/// What becomes of a field where nobody sets it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Comes,
    Goes,
    /// It is there as before, with another value.
    Changes,
}

impl<'p> Within<'p> {
    pub(super) fn new(schema: Option<&'p Keywords>, spot: &Spot<'p>) -> Self {
        Self {
            schema,
            outer: spot.within,
            names: OnceCell::new(),
        }
    }

    /// Whether the schema right around is that of a whole object.
    pub(super) fn is_embedded(&self) -> bool {
        let is_embedded = |schema: &Keywords| {
            schema.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true))
        };
        self.schema.is_some_and(is_embedded)
    }

    fn list(&self, keyword: &str) -> &'p [Value] {
        let list = self
            .schema
            .and_then(|schema| schema.get(keyword)?.as_array());
        list.map(Vec::as_slice).unwrap_or_default()
    }

    /// The condition on a field of this schema that a turn may spoil.
    fn condition(&self, name: &str, turn: Turn) -> Option<String> {
        let counted = match turn {
            Turn::Comes => Some("maxProperties"),
            Turn::Goes => Some("minProperties"),
            Turn::Changes => None,
        };
        let has = |keyword: &&str| {
            self.schema
                .is_some_and(|schema| schema.contains_key(*keyword))
        };
        if let Some(keyword) = counted.filter(has) {
            return Some(format!("`{keyword}`"));
        }
        let is_key = |list: &&Within<'_>| {
            let keys = list.list("x-kubernetes-list-map-keys");
            keys.iter().any(|key| key == name)
        };
        if turn == Turn::Changes && self.outer.filter(is_key).is_some() {
            return Some("the keys of the list".to_owned());
        }
        let mut around = Some(self);
        while let Some(one) = around {
            if let Some(condition) = one.speaks_of(name) {
                return Some(condition);
            }
            around = one.outer;
        }
        None
    }

    /// The rule or combination that names a field.
    fn speaks_of(&self, name: &str) -> Option<String> {
        let names = self.names.get_or_init(|| self.read_names());
        let found = names.get(name).or_else(|| names.get(&escaped(name)));
        found.map(|condition| match condition {
            Condition::Rule(at) => {
                let rule = self.list("x-kubernetes-validations").get(*at);
                let rule = rule.and_then(|rule| rule.get("rule")?.as_str());
                format!("the rule `{}`", rule.unwrap_or_default().trim())
            }
            Condition::Combination(keyword) => format!("`{keyword}`"),
        })
    }

    fn read_names(&self) -> HashMap<String, Condition> {
        let mut names = HashMap::new();
        let rules = self.list("x-kubernetes-validations").iter().enumerate();
        for (at, rule) in rules.filter_map(|(at, rule)| Some((at, rule.get("rule")?.as_str()?))) {
            for word in words(rule) {
                names.entry(word.to_owned()).or_insert(Condition::Rule(at));
            }
        }
        for keyword in ["oneOf", "anyOf", "allOf", "not"] {
            let value = self.schema.and_then(|schema| schema.get(keyword));
            if let Some(value) = value {
                asked(value, Condition::Combination(keyword), &mut names, 0);
            }
        }
        names
    }
}

/// Notes the fields of which a combination asks whether they are there, or what they are.
fn asked(
    value: &Value,
    condition: Condition,
    names: &mut HashMap<String, Condition>,
    depth: usize,
) {
    if depth > DEEPEST {
        return;
    }
    let mut note = |name: &str| {
        names.entry(name.to_owned()).or_insert(condition);
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("required", Value::Array(list)) => {
                        list.iter().filter_map(Value::as_str).for_each(&mut note);
                    }
                    ("properties", Value::Object(fields)) => {
                        fields.keys().map(String::as_str).for_each(&mut note);
                    }
                    _ => {}
                }
            }
            for value in map.values() {
                asked(value, condition, names, depth + 1);
            }
        }
        Value::Array(items) => {
            for value in items {
                asked(value, condition, names, depth + 1);
            }
        }
        _ => {}
    }
}

/// What may ask for a field that is gone. A rule that names it is none any more, and the server refuses the CRD for it.
pub(super) fn asks_for_gone(name: &str, pair: Pair<'_>, spot: &Spot<'_>) -> Option<&'static str> {
    let around = Within::new(pair.new, spot);
    if pair.lists("required").1.iter().any(|one| one == name) {
        return Some("required");
    }
    if pair.new_one("minProperties").is_some() {
        return Some("minProperties");
    }
    let mut around = Some(&around);
    while let Some(one) = around {
        let names = one.names.get_or_init(|| one.read_names());
        if let Some(Condition::Combination(keyword)) = names.get(name) {
            return Some(keyword);
        }
        around = one.outer;
    }
    None
}

impl<'a> Comparison<'a> {
    /// Whether a rule or a combination around a place names the field there, or the one that holds it as an item or value.
    pub(super) fn is_asked_of(&self, spot: &Spot<'_>) -> bool {
        let steps = spot.place.field_steps();
        let name = steps.iter().rev().find_map(|step| match step {
            FieldStep::Name(name) => Some(*name),
            FieldStep::Values | FieldStep::Items => None,
        });
        let mut around = spot.within;
        while let (Some(one), Some(name)) = (around, name) {
            if one.speaks_of(name).is_some() {
                return true;
            }
            around = one.outer;
        }
        false
    }

    /// Notes what a new default, another one, or one that goes may do to what holds the field.
    pub(super) fn default_within(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let (turn, hits) = match (pair.old("default"), pair.new_one("default")) {
            (None, Some(_)) => (Turn::Comes, Audience::from([Hit::Create, Hit::Update])),
            // What is stored has the old one written out.
            (Some(_), None) => (Turn::Goes, [Hit::Create].into()),
            _ => (Turn::Changes, [Hit::Create].into()),
        };
        self.within(spot, turn, (&rules::DEFAULT, hits));
    }

    /// The same of a new field that is filled in.
    pub(super) fn filled_in(&mut self, schema: &Value, spot: &Spot<'_>) {
        let default = schema.get("default").filter(|default| !default.is_null());
        if let (Some(default), Some(schema)) = (default, schema.as_object()) {
            self.repeated_default(default, schema, spot);
            let hits = Audience::from([Hit::Create, Hit::Update]);
            self.within(spot, Turn::Comes, (&rules::DEFAULT, hits));
        }
    }

    /// The same of a null that is dropped.
    pub(super) fn null_within(&mut self, spot: &Spot<'_>) {
        let hits = Audience::from([Hit::Create, Hit::Update]);
        self.within(spot, Turn::Goes, (&rules::NULLABLE, hits));
    }

    fn within(
        &mut self,
        spot: &Spot<'_>,
        turn: Turn,
        (rule, hits): (&'static catalog_conditions::rule::Rule, Audience),
    ) {
        let steps = spot.place.field_steps();
        let (Some(FieldStep::Name(name)), Some(within)) = (steps.last(), spot.within) else {
            return;
        };
        let Some(condition) = within.condition(name, turn) else {
            return;
        };
        let subject = spot.subject();
        let turned = match turn {
            Turn::Comes => "is there now where nobody sets it",
            Turn::Goes => "may be absent where it was there",
            Turn::Changes => "has another value where nobody sets it",
        };
        let found = Found {
            rule,
            hits,
            reason: format!(
                "{subject} {turned}, and {condition} around it asks: what was valid may be refused for it, which is not decided here"
            ),
            test: Test::Unanswerable,
            below: ("", ""),
        };
        self.report(spot, found);
        if let Some(last) = self.found.last_mut() {
            last.is_certain = false;
        }
    }
}
