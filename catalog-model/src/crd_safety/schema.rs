//! Two schemas of one field.

use serde_json::{Map, Value};

use super::audience::{Audience, Hit};
use super::comparison::{Comparison, DEEPEST, Found, Spot};
use super::conditions::{Within, asks_for_gone};
use super::object_meta::is_metadata;
use super::place::Step;
use super::required::Required;
use super::rules;
use super::stored::Test;
use crate::pointer::escaped;

/// A schema: its keywords, where it has some.
pub(super) type Keywords = Map<String, Value>;

/// Both schemas of a place. A schema without keywords takes everything.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: Option<&'a Keywords>,
    pub(super) new: Option<&'a Keywords>,
}

/// Keywords that say something to people and generators of code, and nothing to the server's validation.
pub(super) const DOCUMENTATION: [&str; 6] = [
    "description",
    "title",
    "example",
    "externalDocs",
    "$schema",
    "id",
];

/// What a value at a place can hold: another schema, anything, or nothing that would be kept.
pub(super) enum Child<'a> {
    Schema(&'a Value),
    Anything,
    Dropped,
}

impl<'a> Pair<'a> {
    fn new(old: &'a Value, new: &'a Value) -> Self {
        Self {
            old: old.as_object(),
            new: new.as_object(),
        }
    }

    pub(super) fn old(self, keyword: &str) -> Option<&'a Value> {
        self.old?.get(keyword).filter(|value| !value.is_null())
    }

    pub(super) fn new_one(self, keyword: &str) -> Option<&'a Value> {
        self.new?.get(keyword).filter(|value| !value.is_null())
    }

    /// Whether a keyword is set to true in the old and in the new schema.
    pub(super) fn flags(self, keyword: &str) -> (bool, bool) {
        let is_true = |value: Option<&Value>| value == Some(&Value::Bool(true));
        (is_true(self.old(keyword)), is_true(self.new_one(keyword)))
    }

    /// The lists under a keyword.
    pub(super) fn lists(self, keyword: &str) -> (&'a [Value], &'a [Value]) {
        let list = |value: Option<&'a Value>| {
            let list = value.and_then(Value::as_array);
            list.map(Vec::as_slice).unwrap_or_default()
        };
        (list(self.old(keyword)), list(self.new_one(keyword)))
    }

    /// Whether values are maps or lists, which change as a whole when a part of them does.
    pub(super) fn is_container(self) -> bool {
        if self.flags("x-kubernetes-int-or-string").1 {
            return false;
        }
        let kind = self.new_one("type").or_else(|| self.old("type"));
        matches!(
            kind.and_then(Value::as_str),
            Some("object" | "array") | None
        )
    }

    /// The keywords that both do not have alike, without those below which schemas stand and those that say nothing to the server.
    fn changed(self) -> Vec<&'a str> {
        let empty = || self.old.into_iter().chain(self.new).flat_map(Map::keys);
        let is_dull = |key: &str| {
            matches!(key, "properties" | "items" | "additionalProperties")
                || DOCUMENTATION.contains(&key)
        };
        let differs = |key: &str| self.old(key) != self.new_one(key);
        let mut changed: Vec<&str> = empty()
            .map(String::as_str)
            .filter(|key| !is_dull(key) && differs(key))
            .collect();
        changed.sort_unstable();
        changed.dedup();
        changed
    }
}

impl<'a> Comparison<'a> {
    /// Compares two schemas, and all below them.
    pub(super) fn schemas(&mut self, old: &'a Value, new: &'a Value, spot: &Spot<'_>) {
        let pair = Pair::new(old, new);
        if spot.place.depth() > DEEPEST {
            if old == new {
                return;
            }
            let reason = format!("below {DEEPEST} levels, schemas are not compared");
            let hits = Audience::from(Hit::ALL);
            return self.note(spot, &rules::LIMIT, hits, reason);
        }
        let changed = pair.changed();
        if !changed.is_empty() && !self.keywords(pair, &changed, spot) {
            return;
        }
        self.properties(pair, spot);
        self.values(pair, spot);
        self.items(pair, spot);
    }

    /// Asks the rule of each keyword; whether it makes sense to look below.
    fn keywords(&mut self, pair: Pair<'a>, changed: &[&str], spot: &Spot<'_>) -> bool {
        if !self.kind(pair, spot) {
            return false;
        }
        for keyword in changed {
            match *keyword {
                "type" | "x-kubernetes-int-or-string" => {}
                "nullable" => self.nullable(pair, spot),
                "format" => self.format(pair, spot),
                "required" => self.required(pair, spot),
                "enum" => self.enumeration(pair, spot),
                "pattern" => self.pattern(pair, spot),
                "default" => self.default(pair, spot),
                "minimum" => self.range(pair, "minimum", spot),
                "maximum" => self.range(pair, "maximum", spot),
                // Said with the bound, if that is another one too.
                "exclusiveMinimum" if changed.contains(&"minimum") => {}
                "exclusiveMaximum" if changed.contains(&"maximum") => {}
                "exclusiveMinimum" => self.range(pair, "minimum", spot),
                "exclusiveMaximum" => self.range(pair, "maximum", spot),
                "multipleOf" => self.multiple(pair, spot),
                "minLength" | "minItems" | "minProperties" | "maxLength" | "maxItems"
                | "maxProperties" => self.size(pair, keyword, spot),
                "uniqueItems" => self.unique(pair, spot),
                "not" | "anyOf" | "oneOf" | "allOf" => self.combination(pair, keyword, spot),
                "x-kubernetes-validations" => self.validations(pair, spot),
                "x-kubernetes-list-type" | "x-kubernetes-list-map-keys" => {
                    self.list_type(pair, keyword, spot);
                }
                "x-kubernetes-map-type" => self.map_type(pair, spot),
                "x-kubernetes-preserve-unknown-fields" => self.pruning(pair, spot),
                "x-kubernetes-embedded-resource" => self.embedded(pair, spot),
                other => self.unclassified(other, spot),
            }
        }
        true
    }

    fn properties(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let named = |value: Option<&'a Value>| value.and_then(Value::as_object);
        let (old, new) = (
            named(pair.old("properties")),
            named(pair.new_one("properties")),
        );
        let required = Required::new(pair);
        let within = Within::new(pair.new, spot);
        for (name, schema) in old.into_iter().flatten() {
            match new.and_then(|new| new.get(name)) {
                Some(now) => {
                    let below = Spot {
                        place: spot.place.down(Step::Property(name)),
                        is_uncorrelated: spot.is_uncorrelated,
                        required: required.of(name, schema, now),
                        within: Some(&within),
                    };
                    self.schemas(schema, now, &below);
                    if name == "metadata" && is_of_every_object(pair, name, spot) {
                        self.metadata(Some(schema), now, &below);
                    }
                }
                None => match unnamed(pair.new, self.new.prunes()) {
                    Child::Schema(now) => self.child(schema, now, spot, Step::OldProperty(name)),
                    Child::Anything if is_of_every_object(pair, name, spot) => {}
                    Child::Anything => self.untyped(name, schema, spot),
                    Child::Dropped => self.removed(pair, name, spot),
                },
            }
        }
        for (name, schema) in new.into_iter().flatten() {
            if old.is_some_and(|old| old.contains_key(name)) {
                continue;
            }
            match unnamed(pair.old, self.old.prunes()) {
                Child::Schema(before) => {
                    self.child(before, schema, spot, Step::NewProperty(name));
                }
                // A schema of the server's own stands behind these three, whether it is repeated or not.
                Child::Anything if !is_of_every_object(pair, name, spot) => {
                    self.child(
                        &super::view::ANYTHING,
                        schema,
                        spot,
                        Step::NewProperty(name),
                    );
                }
                Child::Anything => self.of_every_object(name, schema, spot),
                // Nobody can have stored or written what was dropped: the field is new.
                Child::Dropped if is_of_every_object(pair, name, spot) => {
                    self.of_every_object(name, schema, spot);
                }
                Child::Dropped => {
                    let below = Spot {
                        place: spot.place.down(Step::Property(name)),
                        is_uncorrelated: spot.is_uncorrelated,
                        required: (false, false),
                        within: Some(&within),
                    };
                    self.filled_in(schema, &below);
                }
            }
        }
    }

    /// The values of maps under names that are no properties.
    fn values(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        let old = unnamed(pair.old, self.old.prunes());
        match (old, unnamed(pair.new, self.new.prunes())) {
            (Child::Schema(old), Child::Schema(new)) => self.child(old, new, spot, Step::Values),
            (Child::Anything, Child::Schema(new)) => {
                self.child(&super::view::ANYTHING, new, spot, Step::Values);
            }
            (Child::Schema(old), Child::Anything) => self.untyped("*", old, spot),
            (Child::Schema(_), Child::Dropped) => self.without_keys(spot),
            (Child::Anything, Child::Dropped) if pair.old("additionalProperties").is_some() => {
                self.without_keys(spot);
            }
            _ => {}
        }
    }

    fn without_keys(&mut self, spot: &Spot<'_>) {
        let found = Found {
            rule: &rules::ADDITIONAL_PROPERTIES,
            hits: [Hit::Read, Hit::Create].into(),
            reason: format!(
                "{} was a map with keys of the user's choice, and takes none any more: they are dropped when objects are read, and manifests that have some are refused",
                spot.subject()
            ),
            test: Test::Present,
            below: ("/additionalProperties", ""),
        };
        self.report(spot, found);
    }

    fn items(&mut self, pair: Pair<'a>, spot: &Spot<'_>) {
        if let (Some(old), Some(new)) = (pair.old("items"), pair.new_one("items")) {
            // Old items are found by the keys of the new list: not those that had none.
            let alike = |keyword: &str| pair.old(keyword) == pair.new_one(keyword);
            let kind = pair.new_one("x-kubernetes-list-type");
            let is_map = kind.and_then(Value::as_str) == Some("map")
                && alike("x-kubernetes-list-type")
                && alike("x-kubernetes-list-map-keys");
            let within = Within::new(pair.new, spot);
            let spot = Spot {
                place: spot.place.down(Step::Items),
                is_uncorrelated: spot.is_uncorrelated || !is_map,
                required: (false, false),
                within: Some(&within),
            };
            self.schemas(old, new, &spot);
        }
    }

    pub(super) fn child(
        &mut self,
        old: &'a Value,
        new: &'a Value,
        spot: &Spot<'_>,
        step: Step<'_>,
    ) {
        let spot = Spot {
            place: spot.place.down(step),
            is_uncorrelated: spot.is_uncorrelated,
            required: (false, false),
            within: spot.within,
        };
        self.schemas(old, new, &spot);
    }

    fn removed(&mut self, pair: Pair<'a>, name: &str, spot: &Spot<'_>) {
        if is_of_every_object(pair, name, spot) || is_metadata(spot) {
            return;
        }
        let asks = asks_for_gone(name, pair, spot);
        let told = asks.map(|keyword| {
            format!("; what is stored without it cannot be changed, as `{keyword}` around it asks for it")
        });
        let spot = Spot {
            place: spot.place.down(Step::Property(name)),
            is_uncorrelated: spot.is_uncorrelated,
            required: (false, false),
            within: None,
        };
        let reason = format!(
            "{} is gone: its values are dropped when objects are read, and manifests that have it are refused, or lose it where fields are not validated{}",
            spot.subject(),
            told.unwrap_or_default()
        );
        let hits = Audience::from([Hit::Read, Hit::Create]).and(Hit::Update, asks.is_some());
        self.note(&spot, &rules::FIELD_REMOVED, hits, reason);
    }

    /// A field that had a schema, and may now hold anything.
    fn untyped(&mut self, name: &str, old: &'a Value, spot: &Spot<'_>) {
        let step = if name == "*" {
            Step::Values
        } else {
            Step::OldProperty(name)
        };
        if old.as_object().is_some_and(|old| !old.is_empty()) {
            self.child(old, &super::view::ANYTHING, spot, step);
        }
    }

    /// Notes what every object that has something at a place is hit by.
    pub(super) fn note(
        &mut self,
        spot: &Spot<'_>,
        rule: &'static catalog_conditions::rule::Rule,
        hits: Audience,
        reason: String,
    ) {
        let found = Found {
            rule,
            hits,
            reason,
            test: Test::Present,
            below: ("", ""),
        };
        self.report(spot, found);
    }

    fn unclassified(&mut self, keyword: &str, spot: &Spot<'_>) {
        let reason = format!(
            "`{keyword}` of {} is another one, and no rule says what that does",
            spot.subject()
        );
        let below = format!("/{}", escaped(keyword));
        let found = Found {
            rule: &rules::UNCLASSIFIED,
            hits: Audience::from(Hit::ALL),
            reason,
            test: Test::Unanswerable,
            below: (&below, &below),
        };
        self.report(spot, found);
    }
}

/// What a schema says of a key that is none of its properties.
pub(super) fn unnamed(schema: Option<&Keywords>, prunes: bool) -> Child<'_> {
    let Some(schema) = schema else {
        return Child::Anything;
    };
    match schema.get("additionalProperties") {
        Some(Value::Bool(true)) => return Child::Anything,
        Some(map @ Value::Object(_)) => return Child::Schema(map),
        _ => {}
    }
    let keeps = schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true));
    // A schema that names no type takes any, and a map is pruned all the same unless it says otherwise.
    if keeps || !prunes {
        Child::Anything
    } else {
        Child::Dropped
    }
}

/// Whether a property is there without being named: those of every Kubernetes object.
fn is_of_every_object(pair: Pair<'_>, name: &str, spot: &Spot<'_>) -> bool {
    let is_object = spot.place.depth() == 0 || pair.flags("x-kubernetes-embedded-resource").1;
    is_object && matches!(name, "apiVersion" | "kind" | "metadata")
}
