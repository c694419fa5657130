//! What a document states, beside what a cluster has.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::change::{ChangeKind, FieldChange};
use super::defaults::{is_default, is_left_out, is_quantity};
use super::json::{escaped, same, same_quantity, same_scalar};
use super::lists::{ListKind, built_in};
use super::schema::FieldSchema;

/// How deep values are looked into; what lies deeper is compared as it is.
const DEEPEST: usize = 200;

/// Where a value stands, and by which rules it is compared.
#[derive(Clone, Copy)]
pub(super) struct Spot<'s> {
    /// The key of the map around the value, or that of the list the map is in; then the key of the value, or of its list.
    parent: &'s str,
    key: &'s str,
    /// What the document does not state is not the cluster's, but goes.
    is_whole: bool,
    /// A CRD, in which some keys hold free JSON.
    is_crd: bool,
    /// Free JSON, of which the server leaves out and makes nothing.
    is_raw: bool,
    rules: Rules<'s>,
    depth: usize,
}

/// Who knows lists and defaults.
#[derive(Clone, Copy)]
pub(super) enum Rules<'s> {
    /// The tables of Kubernetes' own kinds.
    BuiltIn,
    /// The schema of a custom resource.
    Custom(FieldSchema<'s>),
}

/// A comparison that is going on.
#[derive(Default)]
pub(super) struct Stated {
    path: Vec<String>,
    changes: Vec<FieldChange>,
}

impl<'s> Spot<'s> {
    pub(super) fn root(rules: Rules<'s>) -> Self {
        Self {
            parent: "",
            key: "",
            is_whole: false,
            is_crd: false,
            is_raw: false,
            rules,
            depth: 0,
        }
    }

    /// The value of a key in the map here.
    pub(super) fn key(self, key: &'s str) -> Self {
        let is_schema = matches!(self.key, "properties" | "patternProperties" | "definitions");
        Self {
            parent: self.key,
            key,
            is_raw: self.is_raw
                || self.is_crd && !is_schema && matches!(key, "default" | "example" | "enum"),
            rules: match self.rules {
                Rules::Custom(schema) => Rules::Custom(schema.key(key)),
                Rules::BuiltIn => Rules::BuiltIn,
            },
            depth: self.depth + 1,
            ..self
        }
    }

    /// An item of the list here.
    fn item(self) -> Self {
        Self {
            rules: match self.rules {
                Rules::Custom(schema) => Rules::Custom(schema.items()),
                Rules::BuiltIn => Rules::BuiltIn,
            },
            depth: self.depth + 1,
            ..self
        }
    }

    /// The same, of a part that is compared whole.
    pub(super) fn whole(self) -> Self {
        Self {
            is_whole: true,
            ..self
        }
    }

    /// The same in a CRD, which is compared whole.
    pub(super) fn crd(self) -> Self {
        Self {
            is_crd: true,
            ..self.whole()
        }
    }

    fn list(self) -> ListKind<'s> {
        match self.rules {
            _ if self.is_raw && self.key != "enum" => ListKind::Atomic,
            Rules::Custom(schema) => schema.list(),
            Rules::BuiltIn => built_in(self.parent, self.key),
        }
    }

    /// Whether a key that has this value, and the other side has not, makes no difference.
    fn is_nothing(self, key: &str, value: &Value) -> bool {
        // The keys of these maps are names that somebody chose.
        let is_named = matches!(
            self.key,
            "properties" | "patternProperties" | "definitions" | "labels" | "annotations"
        );
        match self.rules {
            _ if value.is_null() => true,
            _ if self.is_raw || is_named => false,
            Rules::BuiltIn => is_left_out(key, value) || is_default(self.key, key, value),
            Rules::Custom(schema) => {
                let default = schema.key(key).default_value();
                default.is_some_and(|default| same(default, value))
            }
        }
    }
}

impl Stated {
    pub(super) fn into_changes(self) -> Vec<FieldChange> {
        self.changes
    }

    /// Compares a part of a document with what the cluster has there.
    pub(super) fn compare(&mut self, document: &Value, live: &Value, spot: Spot<'_>) {
        if spot.depth > DEEPEST {
            if document != live {
                self.change(ChangeKind::Changed, Some(live), Some(document));
            }
            return;
        }
        match (document, live) {
            (Value::Object(stated), Value::Object(there)) => self.maps(stated, there, spot),
            (Value::Array(stated), Value::Array(there)) => {
                self.lists((document, stated), (live, there), spot)
            }
            _ if same_scalar(document, live) => {}
            _ if is_quantity(spot.parent, spot.key) && same_quantity(document, live) => {}
            _ => self.change(ChangeKind::Changed, Some(live), Some(document)),
        }
    }

    /// Compares a key of a map that the document states.
    pub(super) fn field(&mut self, key: &str, value: &Value, live: Option<&Value>, spot: Spot<'_>) {
        let inner = spot.key(key);
        self.at(key, |this| match live {
            Some(live) if !live.is_null() => this.compare(value, live, inner),
            _ if spot.is_nothing(key, value) => {}
            _ => this.change(ChangeKind::Added, None, Some(value)),
        });
    }

    /// Goes to a key or index for as long as something is done there.
    pub(super) fn at(&mut self, key: impl Into<String>, act: impl FnOnce(&mut Self)) {
        self.path.push(key.into());
        act(self);
        self.path.pop();
    }

    pub(super) fn change(&mut self, kind: ChangeKind, old: Option<&Value>, new: Option<&Value>) {
        let pointer = self.path.iter().map(|key| format!("/{}", escaped(key)));
        self.changes.push(FieldChange {
            pointer: pointer.collect(),
            kind,
            old: old.cloned(),
            new: new.cloned(),
        });
    }

    fn maps(&mut self, stated: &Map<String, Value>, there: &Map<String, Value>, spot: Spot<'_>) {
        for (key, value) in stated {
            if value.is_null() || key == "caBundle" && is_placeholder(value) {
                continue;
            }
            self.field(key, value, there.get(key), spot);
        }
        if !spot.is_whole {
            return;
        }
        let is_stated = |key: &String| stated.get(key).is_some_and(|value| !value.is_null());
        for (key, live) in there.iter().filter(|(key, _)| !is_stated(key)) {
            let is_nothing =
                spot.is_nothing(key, live) || is_empty(live, spot) || key == "caBundle";
            if !is_nothing {
                self.at(key.as_str(), |this| {
                    this.change(ChangeKind::Removed, Some(live), None)
                });
            }
        }
    }

    fn lists(&mut self, stated: (&Value, &[Value]), there: (&Value, &[Value]), spot: Spot<'_>) {
        match spot.list() {
            ListKind::Atomic => {
                if !same_items(stated.1, there.1, spot) {
                    self.change(ChangeKind::Changed, Some(there.0), Some(stated.0));
                }
            }
            ListKind::Set => {
                let is_in = |list: &[Value], value: &Value| list.iter().any(|one| same(one, value));
                let are_in =
                    |some: &[Value], list: &[Value]| some.iter().all(|one| is_in(list, one));
                let all =
                    are_in(stated.1, there.1) && (!spot.is_whole || are_in(there.1, stated.1));
                if !all {
                    self.change(ChangeKind::Changed, Some(there.0), Some(stated.0));
                }
            }
            ListKind::Map(keys) => self.keyed(&keys, stated.1, there.1, spot),
        }
    }

    fn keyed(&mut self, keys: &[&str], stated: &[Value], there: &[Value], spot: Spot<'_>) {
        let mut known: BTreeMap<String, &Value> = BTreeMap::new();
        for live in there {
            known.entry(identity(live, keys, spot)).or_insert(live);
        }
        let mut met = BTreeMap::new();
        for (at, item) in stated.iter().enumerate() {
            let identity = identity(item, keys, spot);
            self.at(at.to_string(), |this| match known.get(&identity) {
                Some(live) => this.compare(item, live, spot.item()),
                None => this.change(ChangeKind::Added, None, Some(item)),
            });
            met.insert(identity, ());
        }
        if spot.is_whole {
            for (at, live) in there.iter().enumerate() {
                if !met.contains_key(&identity(live, keys, spot)) {
                    self.at(at.to_string(), |this| {
                        this.change(ChangeKind::Removed, Some(live), None)
                    });
                }
            }
        }
    }
}

/// Whether two lists that are applied as a whole say the same.
fn same_items(stated: &[Value], there: &[Value], spot: Spot<'_>) -> bool {
    stated.len() == there.len()
        && stated.iter().zip(there).all(|(stated, there)| {
            let mut inner = Stated::default();
            inner.compare(stated, there, spot.item().whole());
            inner.changes.is_empty()
        })
}

/// What tells an item of a list from others.
pub(super) fn identity(item: &Value, keys: &[&str], spot: Spot<'_>) -> String {
    let part = |key: &&str| match item.get(*key) {
        Some(value) => value.to_string(),
        None if *key == "protocol" => "\"TCP\"".to_owned(),
        None => spot.item().default_of(key).unwrap_or_default(),
    };
    keys.iter().map(part).collect::<Vec<_>>().join(" ")
}

impl Spot<'_> {
    fn default_of(self, key: &str) -> Option<String> {
        match self.rules {
            Rules::Custom(schema) => Some(schema.key(key).default_value()?.to_string()),
            Rules::BuiltIn => None,
        }
    }
}

/// Whether a value that nobody states is one of nothing: no list is empty for a reason, nor is a map.
fn is_empty(value: &Value, spot: Spot<'_>) -> bool {
    if spot.is_raw || matches!(spot.rules, Rules::Custom(_)) {
        return false;
    }
    match value {
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Bool(is) => !is && spot.key != "properties",
        _ => false,
    }
}

/// Whether a bundle of certificates stands only for the one that a controller puts in its place.
fn is_placeholder(value: &Value) -> bool {
    matches!(value.as_str(), Some("" | "Cg=="))
}
