//! Laying one layer over others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::located::{Located, LocatedKind};
use super::pointer;

/// A value in the making, and the layers that made it what it is, each by its number.
#[derive(Clone, PartialEq)]
pub(super) struct Merged {
    /// The last layer that said anything of it, or of anything in it.
    pub(super) by: usize,
    pub(super) kind: MergedKind,
}

#[derive(Clone, PartialEq)]
pub(super) enum MergedKind {
    /// A list, or what is neither list nor map.
    Leaf(Value),
    Map {
        entries: BTreeMap<String, Merged>,
        /// The last layer that had something else than a map here, and so took away whatever had been in one.
        cleared_by: Option<usize>,
    },
    /// Deleted. It is kept, because somebody may ask where it is.
    Gone,
}

/// The pointers at which layers of equal right say different things, each with the layers that do.
pub(super) type Disagreements = BTreeMap<String, BTreeSet<usize>>;

/// A layer on its way into the merged values.
pub(super) struct Laying<'l> {
    /// Its number.
    pub(super) layer: usize,
    /// Whether null deletes: everywhere but in the defaults.
    pub(super) null_deletes: bool,
    /// Layers of the same right, which this one should not contradict.
    pub(super) equals: &'l BTreeSet<usize>,
    pub(super) disagreements: &'l mut Disagreements,
}

impl Merged {
    /// A map that nobody has said anything of.
    pub(super) fn new() -> Self {
        Self {
            by: 0,
            kind: MergedKind::Map {
                entries: BTreeMap::new(),
                cleared_by: None,
            },
        }
    }

    /// The values, without those that are gone; `None` if it is gone itself.
    pub(super) fn to_json(&self) -> Option<Value> {
        match &self.kind {
            MergedKind::Leaf(value) => Some(value.clone()),
            MergedKind::Map { entries, .. } => {
                let entries = entries.iter();
                let entries =
                    entries.filter_map(|(key, value)| Some((key.clone(), value.to_json()?)));
                Some(Value::Object(entries.collect::<Map<_, _>>()))
            }
            MergedKind::Gone => None,
        }
    }

    /// The number of a layer of `equals` that made this, or part of this, what it is.
    fn made_by(&self, equals: &BTreeSet<usize>) -> Option<usize> {
        match &self.kind {
            MergedKind::Map { entries, .. } if !entries.is_empty() => {
                entries.values().find_map(|entry| entry.made_by(equals))
            }
            _ => Some(self.by).filter(|by| equals.contains(by)),
        }
    }
}

impl Laying<'_> {
    /// Lays a value of the layer over what is there. Maps merge, null deletes, and anything else replaces.
    pub(super) fn over(&mut self, target: &mut Merged, value: &Located, pointer: &str) {
        match &value.kind {
            LocatedKind::Map(entries) => self.map_over(target, entries, pointer),
            _ if self.null_deletes && value.is_null() => {
                self.replace(target, MergedKind::Gone, pointer);
            }
            _ => self.replace(target, MergedKind::Leaf(value.to_json()), pointer),
        }
        target.by = self.layer;
    }

    /// Lays what the layer has under a key of the outermost map.
    pub(super) fn over_entry(&mut self, root: &mut Merged, key: &str, value: &Located) {
        root.by = self.layer;
        if let MergedKind::Map { entries, .. } = &mut root.kind {
            self.entry_over(entries, key, value, "");
        }
    }

    fn entry_over(
        &mut self,
        entries: &mut BTreeMap<String, Merged>,
        key: &str,
        value: &Located,
        pointer: &str,
    ) {
        match entries.get_mut(key) {
            Some(there) => self.over(there, value, &pointer::push(pointer, key)),
            None => {
                entries.insert(key.to_owned(), self.first(value));
            }
        }
    }

    fn replace(&mut self, target: &mut Merged, kind: MergedKind, pointer: &str) {
        if target.kind != kind {
            self.compare(target, pointer);
        }
        target.kind = kind;
    }

    fn map_over(&mut self, target: &mut Merged, over: &BTreeMap<String, Located>, pointer: &str) {
        if !matches!(target.kind, MergedKind::Map { .. }) {
            self.compare(target, pointer);
            target.kind = MergedKind::Map {
                entries: BTreeMap::new(),
                cleared_by: Some(target.by),
            };
        }
        let MergedKind::Map { entries, .. } = &mut target.kind else {
            return;
        };
        for (key, value) in over {
            self.entry_over(entries, key, value, pointer);
        }
    }

    /// A value where none has been. What is deleted there stays deleted, should another layer look for it.
    fn first(&self, value: &Located) -> Merged {
        let kind = match &value.kind {
            LocatedKind::Map(entries) => {
                let entries = entries.iter();
                MergedKind::Map {
                    entries: entries
                        .map(|(key, value)| (key.clone(), self.first(value)))
                        .collect(),
                    cleared_by: None,
                }
            }
            _ if self.null_deletes && value.is_null() => MergedKind::Gone,
            _ => MergedKind::Leaf(value.to_json()),
        };
        Merged {
            by: self.layer,
            kind,
        }
    }

    /// Keeps in mind that what is there is about to be contradicted, if that is by an equal.
    fn compare(&mut self, target: &Merged, pointer: &str) {
        if let Some(other) = target.made_by(self.equals) {
            let layers = self.disagreements.entry(pointer.to_owned()).or_default();
            layers.extend([other, self.layer]);
        }
    }
}
