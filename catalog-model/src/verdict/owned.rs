//! What we own of an object, and a document states no more.
//!
//! `fieldsV1` is Kubernetes' form of a set of paths: `f:name` is a key of a map, `k:{…}` an item of a list by its keys, `v:…` one by its
//! value, `.` the value itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::change::ChangeKind;
use super::json::canonical;
use super::owner::{MANAGED_BY, PREFIX, entries, is_ours};
use super::spot::Spot;
use super::stated::Stated;

/// How deep is looked.
pub(super) const DEEPEST: usize = 200;

/// What others own of a value: its parts, by the steps that lead there.
#[derive(Default)]
struct Others<'a> {
    parts: BTreeMap<&'a str, Others<'a>>,
}

/// What a part of an object is on both sides: what the document states, if it does, and what the cluster has.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) document: Option<&'a Value>,
    pub(super) live: &'a Value,
}

/// Where something is owned: the rules of the place, and the part of the object's own metadata that it is, if any.
#[derive(Clone, Copy)]
struct Place<'a> {
    spot: Spot<'a>,
    metadata: Metadata<'a>,
}

/// The metadata of an object, where marks and what a server sets are. Those of templates, and fields that are called so, are the author's.
#[derive(Clone, Copy)]
enum Metadata<'a> {
    /// The object.
    Above,
    /// Its `metadata`.
    Root,
    /// A field of these, as `labels`.
    Field(&'a str),
    /// Anything else.
    Outside,
}

/// Notes what goes, since we own it alone and the document does not state it. `skip` are keys of the object that are compared otherwise.
pub(super) fn removals(
    stated: &mut Stated,
    (document, live): (&Value, &Value),
    skip: &[&str],
    spot: Spot<'_>,
) {
    let mut others = Others::default();
    for one in entries(live).filter(|one| !is_ours(one)) {
        others.add(one.get("fieldsV1"), 0);
    }
    for ours in entries(live).filter(|one| is_ours(one) && one.get("subresource").is_none()) {
        let Some(owned) = ours.get("fieldsV1").and_then(Value::as_object) else {
            continue;
        };
        let owned = owned.iter().filter(|(key, _)| {
            let key = key.strip_prefix("f:").unwrap_or(key);
            !skip.contains(&key) && !matches!(key, "status" | "apiVersion" | "kind")
        });
        let owned: Map<String, Value> = owned
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let place = Place {
            spot,
            metadata: Metadata::Above,
        };
        let sides = Sides {
            document: Some(document),
            live,
        };
        walk(stated, &owned, sides, Some(&others), place);
    }
}

/// Whether an object has labels, annotations or owners that a document does not state, and that no server or runner has set by itself.
pub(super) fn has_more_metadata(document: &Value, live: &Value) -> bool {
    fn map<'v>(object: &'v Value, map: &str) -> Option<&'v Map<String, Value>> {
        object.get("metadata")?.get(map)?.as_object()
    }
    let has_more = |name: &str| {
        let (stated, around) = (map(document, name), Metadata::Field(name));
        let mut keys = map(live, name).into_iter().flat_map(Map::keys);
        keys.any(|key| {
            !stated.is_some_and(|stated| stated.contains_key(key)) && !around.is_set_by_server(key)
        })
    };
    let has_owners = |object: &Value| {
        let owners = object.pointer("/metadata/ownerReferences");
        owners
            .and_then(Value::as_array)
            .is_some_and(|owners| !owners.is_empty())
    };
    has_more("labels") || has_more("annotations") || has_owners(live) && !has_owners(document)
}

fn walk(
    stated: &mut Stated,
    owned: &Map<String, Value>,
    sides: Sides<'_>,
    others: Option<&Others<'_>>,
    around: Place<'_>,
) {
    let mut items = Items::new(sides, around.spot);
    for (key, below) in owned {
        let name = key.strip_prefix("f:");
        let step = match name {
            Some(name) => sides.field(name, around.spot),
            None => items
                .step(key)
                .map(|item| (item.in_cluster.to_string(), item.sides)),
        };
        let Some((step, inner)) = step else {
            continue;
        };
        let place = around.step(name);
        if place.spot.depth() > DEEPEST
            || name.is_some_and(|name| around.metadata.is_set_by_server(name))
        {
            continue;
        }
        let others = others.and_then(|others| others.parts.get(key.as_str()));
        let below = below
            .as_object()
            .filter(|below| below.keys().any(|key| key != "."));
        let goes = inner.document.is_none() && others.is_none() && !place.has_marks();
        let comes_back = || name.is_some_and(|name| around.spot.is_filled_in(name, inner.live));
        stated.at(step, |stated| match below {
            _ if goes && comes_back() => {}
            _ if goes => stated.change(ChangeKind::Removed, Some(inner.live), None),
            Some(below) => walk(stated, below, inner, others, place),
            None => {}
        });
    }
}

impl<'a> Others<'a> {
    /// Adds what one of them owns of the value.
    fn add(&mut self, fields: Option<&'a Value>, depth: usize) {
        let fields = fields.and_then(Value::as_object).into_iter().flatten();
        for (step, below) in fields.filter(|(_, below)| below.is_object()) {
            let part = self.parts.entry(step).or_default();
            if depth <= DEEPEST {
                part.add(Some(below), depth + 1);
            }
        }
    }
}

impl<'a> Sides<'a> {
    /// The value of a key on both sides; none where the cluster has none.
    fn field(self, name: &str, spot: Spot<'_>) -> Option<(String, Self)> {
        let live = self.live.get(name)?;
        let document = self.document.and_then(|document| document.get(name));
        let is_stated = |value: &&Value| spot.stated(value).is_some();
        let inner = Self {
            document: document.filter(is_stated),
            live,
        };
        Some((name.to_owned(), inner))
    }
}

impl<'a> Place<'a> {
    /// The place of a key, or of an item.
    fn step(self, name: Option<&'a str>) -> Self {
        let spot = match name {
            Some(name) => self.spot.key(name),
            None => self.spot.item(),
        };
        let metadata = match (self.metadata, name) {
            (Metadata::Above, Some("metadata")) => Metadata::Root,
            (Metadata::Root, Some(name)) => Metadata::Field(name),
            _ => Metadata::Outside,
        };
        Self { spot, metadata }
    }

    /// Whether marks of ours may be in a map: what else goes of it is told one by one.
    fn has_marks(self) -> bool {
        match self.metadata {
            Metadata::Root => true,
            Metadata::Field(name) => matches!(name, "labels" | "annotations"),
            Metadata::Above | Metadata::Outside => false,
        }
    }
}

/// The items of a list on both sides, found by what `fieldsV1` says of them.
pub(super) struct Items<'a> {
    document: &'a [Value],
    live: &'a [Value],
    spot: Spot<'a>,
    /// Where the items are, by the keys that tell them apart; none for items that are told apart by their values.
    known: BTreeMap<Vec<String>, (Places, Places)>,
}

/// An item that both have, or the cluster alone, and where it stands in either list.
pub(super) struct Item<'a> {
    pub(super) in_document: Option<usize>,
    pub(super) in_cluster: usize,
    pub(super) sides: Sides<'a>,
}

/// The first place of each identity.
type Places = BTreeMap<String, usize>;

impl<'a> Items<'a> {
    pub(super) fn new(sides: Sides<'a>, spot: Spot<'a>) -> Self {
        let items = |value: &'a Value| value.as_array().map(Vec::as_slice).unwrap_or_default();
        Self {
            document: sides.document.map(items).unwrap_or_default(),
            live: items(sides.live),
            spot,
            known: BTreeMap::new(),
        }
    }

    /// The item that a step leads to; none where the cluster has none.
    pub(super) fn step(&mut self, key: &str) -> Option<Item<'a>> {
        let (keys, meant) = if let Some(keys) = key.strip_prefix("k:") {
            let keys: Value = serde_json::from_str(keys).ok()?;
            let names: Vec<String> = keys.as_object()?.keys().cloned().collect();
            let meant = self.identity(&names, &keys);
            (names, meant)
        } else {
            let value: Value = serde_json::from_str(key.strip_prefix("v:")?).ok()?;
            (Vec::new(), canonical(&value))
        };
        if !self.known.contains_key(&keys) {
            let found = (
                self.places(&keys, self.live),
                self.places(&keys, self.document),
            );
            self.known.insert(keys.clone(), found);
        }
        let (live, document) = self.known.get(&keys)?;
        let in_cluster = *live.get(&meant)?;
        let in_document = document.get(&meant).copied();
        let sides = Sides {
            document: in_document.and_then(|at| self.document.get(at)),
            live: self.live.get(in_cluster)?,
        };
        Some(Item {
            in_document,
            in_cluster,
            sides,
        })
    }

    fn places(&self, keys: &[String], items: &[Value]) -> Places {
        let mut places = Places::new();
        for (at, item) in items.iter().enumerate() {
            let identity = match keys {
                [] => canonical(item),
                keys => self.identity(keys, item),
            };
            places.entry(identity).or_insert(at);
        }
        places
    }

    fn identity(&self, keys: &[String], item: &Value) -> String {
        let part = |key: &String| match item.get(key) {
            Some(value) => canonical(value),
            None => self.spot.default_in_item(key).unwrap_or_default(),
        };
        keys.iter().map(part).collect::<Vec<_>>().join(" ")
    }
}

impl Metadata<'_> {
    /// Whether a server or a runner sets a key here by itself.
    fn is_set_by_server(self, name: &str) -> bool {
        match self {
            Self::Root => !matches!(name, "labels" | "annotations" | "ownerReferences"),
            Self::Field("labels") => name == MANAGED_BY || name.starts_with(PREFIX),
            Self::Field("annotations") => {
                name.starts_with(PREFIX)
                    || name == "kubectl.kubernetes.io/last-applied-configuration"
            }
            Self::Field(_) | Self::Above | Self::Outside => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{has_more_metadata, removals};
    use crate::verdict::owner::FIELD_MANAGER;
    use crate::verdict::spot::{Rules, Spot};
    use crate::verdict::stated::Stated;

    #[test]
    fn metadata_are_compared_in_time() {
        let labels: Map<String, Value> = (0..50_000)
            .map(|at| (format!("a{at}"), Value::from("b")))
            .collect();
        let document = json!({"metadata": {"labels": labels}});
        let mut live = document.clone();
        let begun = std::time::Instant::now();
        assert!(!has_more_metadata(&document, &live));
        live["metadata"]["labels"]["more"] = "b".into();
        assert!(has_more_metadata(&document, &live));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }

    #[test]
    fn what_many_others_own_is_looked_up_in_time() {
        let names = || (0..20_000).map(|at| format!("k{at}"));
        let fields: Map<String, Value> = names()
            .map(|name| (format!("f:{name}"), json!({})))
            .collect();
        let entry = |manager: &str, fields: Value| json!({"manager": manager, "operation": "Apply", "fieldsV1": {"f:spec": fields}});
        let others = names().map(|name| entry(&name, json!({"f:k0": {}})));
        let mut entries: Vec<Value> = others.collect();
        entries.push(entry(FIELD_MANAGER, Value::from(fields)));
        let spec: Map<String, Value> = names().map(|name| (name, "a".into())).collect();
        let live = json!({"metadata": {"managedFields": entries}, "spec": spec});
        let document = json!({"spec": {}});
        let begun = std::time::Instant::now();
        let mut stated = Stated::default();
        let spot = Spot::root(Rules::BuiltIn("Widget"));
        removals(&mut stated, (&document, &live), &[], spot);
        // All that is ours alone goes.
        assert_eq!(stated.into_changes().len(), 19_999);
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
