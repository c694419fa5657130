//! What a document states, beside what a cluster has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::change::{ChangeKind, FieldChange};
use super::json::{canonical, same_scalar};
use super::lists::ListKind;
use super::spot::Spot;
use crate::pointer::escaped;

/// How deep values are looked into; what lies deeper is compared as it is.
const DEEPEST: usize = 200;

/// A comparison that is going on.
#[derive(Default)]
pub(super) struct Stated {
    path: Vec<String>,
    changes: Vec<FieldChange>,
}

impl Stated {
    pub(super) fn into_changes(self) -> Vec<FieldChange> {
        self.changes
    }

    /// Compares a part of a document with what the cluster has there.
    pub(super) fn compare(&mut self, document: &Value, live: &Value, spot: Spot<'_>) {
        if spot.depth() > DEEPEST {
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
            _ if spot.is_same_amount(document, live) => {}
            _ => self.change(ChangeKind::Changed, Some(live), Some(document)),
        }
    }

    /// Compares a key of a map that the document states.
    pub(super) fn field(&mut self, key: &str, value: &Value, live: Option<&Value>, spot: Spot<'_>) {
        let inner = spot.key(key);
        self.at(key, |this| match live {
            Some(live) if !live.is_null() => this.compare(value, live, inner),
            _ if spot.is_left_out(key, value) => {}
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
            // In a map of texts, nothing is the empty text; elsewhere it is not stated.
            let Some(value) = spot.stated(value) else {
                continue;
            };
            if spot.is_bundle(key) && is_placeholder(&value) {
                continue;
            }
            self.field(key, &value, there.get(key), spot);
        }
        if !spot.is_whole() {
            return;
        }
        let is_stated = |key: &String| {
            stated
                .get(key)
                .and_then(|value| spot.stated(value))
                .is_some()
        };
        for (key, live) in there.iter().filter(|(key, _)| !is_stated(key)) {
            let is_nothing =
                spot.is_filled_in(key, live) || spot.is_nothing(live) || spot.is_bundle(key);
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
                let values = |list: &[Value]| list.iter().map(canonical).collect::<BTreeSet<_>>();
                let (ours, live) = (values(stated.1), values(there.1));
                if !ours.is_subset(&live) || spot.is_whole() && ours.len() != live.len() {
                    self.change(ChangeKind::Changed, Some(there.0), Some(stated.0));
                }
            }
            ListKind::Map(keys) => {
                let keyed = Keyed::new(&keys, stated.1, there.1, spot);
                if spot.is_ordered() && !keyed.is_in_order() {
                    self.change(ChangeKind::Changed, Some(there.0), Some(stated.0));
                }
                self.keyed(&keyed, spot);
            }
        }
    }

    fn keyed(&mut self, lists: &Keyed<'_>, spot: Spot<'_>) {
        for (at, (item, live)) in lists.stated.iter().enumerate() {
            self.at(at.to_string(), |this| match live {
                Some((_, live)) => this.compare(item, live, spot.item()),
                None => this.change(ChangeKind::Added, None, Some(item)),
            });
        }
        if spot.is_whole() {
            for (at, live) in &lists.gone {
                self.at(at.to_string(), |this| {
                    this.change(ChangeKind::Removed, Some(live), None)
                });
            }
        }
    }
}

/// Two lists whose items are told apart by keys.
struct Keyed<'v> {
    /// The items of the document, with those of the cluster that have their keys, and where these stand.
    stated: Vec<(&'v Value, Option<(usize, &'v Value)>)>,
    /// The items that only the cluster has.
    gone: Vec<(usize, &'v Value)>,
}

impl<'v> Keyed<'v> {
    fn new(keys: &[&str], stated: &'v [Value], there: &'v [Value], spot: Spot<'_>) -> Self {
        let mut known: BTreeMap<String, (usize, &Value)> = BTreeMap::new();
        for (at, live) in there.iter().enumerate() {
            known
                .entry(identity(live, keys, spot))
                .or_insert((at, live));
        }
        let stated: Vec<_> = stated
            .iter()
            .map(|item| (item, known.get(&identity(item, keys, spot)).copied()))
            .collect();
        let met: BTreeSet<usize> = stated
            .iter()
            .filter_map(|(_, live)| Some(live.as_ref()?.0))
            .collect();
        let mut gone: Vec<_> = known
            .into_values()
            .filter(|(at, _)| !met.contains(at))
            .collect();
        gone.sort_unstable_by_key(|(at, _)| *at);
        Self { stated, gone }
    }

    /// Whether the items that both have are in the same order: an apply puts them into that of the document.
    fn is_in_order(&self) -> bool {
        let places = self
            .stated
            .iter()
            .filter_map(|(_, live)| Some(live.as_ref()?.0));
        places.is_sorted()
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
        None => spot.default_in_item(key).unwrap_or_default(),
    };
    keys.iter().map(part).collect::<Vec<_>>().join(" ")
}

/// Whether a bundle of certificates stands only for the one that a controller puts in its place.
fn is_placeholder(value: &Value) -> bool {
    matches!(value.as_str(), Some("" | "Cg=="))
}
