//! What schemas around a field ask of it: a value that comes where there was none, or goes, can spoil what holds them both.

use serde_json::Value;

use super::audience::{Audience, Hit};
use super::comparison::{Comparison, DEEPEST, Found, Spot};
use super::place::FieldStep;
use super::rules;
use super::schema::{Keywords, Pair};
use super::stored::Test;

/// The new schemas around a place, from within.
pub(super) struct Within<'p> {
    schema: Option<&'p Keywords>,
    outer: Option<&'p Within<'p>>,
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
        let rules = self.list("x-kubernetes-validations").iter();
        let mut texts = rules.filter_map(|rule| rule.get("rule")?.as_str());
        let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        if let Some(rule) =
            texts.find(|rule| rule.split(|c| !is_of_name(c)).any(|word| word == name))
        {
            return Some(format!("the rule `{}`", rule.trim()));
        }
        let schema = self.schema?;
        let mut keywords = ["oneOf", "anyOf", "allOf", "not"].into_iter();
        let names = |keyword: &&str| {
            let value = schema.get(*keyword);
            value.is_some_and(|value| asks_for(value, name, 0))
        };
        keywords.find(names).map(|keyword| format!("`{keyword}`"))
    }
}

/// Whether a combination asks whether a field is there, or what it is.
fn asks_for(value: &Value, name: &str, depth: usize) -> bool {
    if depth > DEEPEST {
        return true;
    }
    let deeper = |value: &Value| asks_for(value, name, depth + 1);
    match value {
        Value::Object(map) => map.iter().any(|(key, value)| match (key.as_str(), value) {
            ("required", Value::Array(names)) => names.iter().any(|one| one == name),
            ("properties", Value::Object(fields)) => {
                fields.contains_key(name) || fields.values().any(deeper)
            }
            _ => deeper(value),
        }),
        Value::Array(items) => items.iter().any(deeper),
        _ => false,
    }
}

impl<'a> Comparison<'a> {
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
        if schema
            .get("default")
            .is_some_and(|default| !default.is_null())
        {
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
