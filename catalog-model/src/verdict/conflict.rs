//! Fields that somebody else owns with another value: a server-side apply is refused over them, unless it takes them over.
//!
//! What counts is the value as it is written: `0.5` is a conflict with somebody's `500m`. `tests/verdict/conflicts.yaml` holds that to a server.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catalog_conditions::show::one_line;
use serde_json::{Map, Value};

use super::caveat::Caveat;
use super::json::same;
use super::owned::{DEEPEST, Items, Sides};
use super::owner::{FIELD_MANAGER, entries};
use super::spot::Spot;
use crate::pointer::escaped;

/// A field that another field manager owns with another value than the document states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldConflict {
    pointer: String,
    manager: String,
    subresource: Option<String>,
}

impl FieldConflict {
    /// A field that this entry of `managedFields` has.
    fn new(pointer: String, entry: &Value) -> Self {
        let subresource = text(entry, "subresource").filter(|name| !name.is_empty());
        Self {
            pointer,
            manager: text(entry, "manager").unwrap_or_default().to_owned(),
            subresource: subresource.map(str::to_owned),
        }
    }

    /// The field, as a JSON pointer into the document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Who owns it.
    #[must_use]
    pub fn manager(&self) -> &str {
        &self.manager
    }

    /// Through which subresource it wrote the field, as `scale`; `None` for the object itself.
    #[must_use]
    pub fn subresource(&self) -> Option<&str> {
        self.subresource.as_deref()
    }

    /// What is in conflict, in a sentence without a full stop.
    #[must_use]
    pub fn reason(&self) -> String {
        let subresource = self.subresource.as_deref();
        let subresource = subresource.map(|name| format!(" (through `{}`)", one_line(name)));
        format!(
            "conflict with `{}`{} over {}: the server refuses the apply unless it is forced",
            one_line(&self.manager),
            subresource.unwrap_or_default(),
            one_line(&self.pointer),
        )
    }

    /// What helps.
    #[must_use]
    pub fn remedy(&self) -> String {
        let manager = one_line(&self.manager);
        format!(
            "leave the field out, so that it stays what `{manager}` makes it, or take it over with `--force-conflicts`: `{manager}` may set it back"
        )
    }
}

impl fmt::Display for FieldConflict {
    /// ``object.conflict (apply): conflict with `kubectl` over /spec/replicas: the server refuses the apply unless it is forced``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object.conflict (apply): {}", self.reason())
    }
}

/// What managers own of a value.
#[derive(Default)]
struct Owned<'a> {
    /// Of its parts, by the steps that lead there.
    parts: BTreeMap<&'a str, Owned<'a>>,
    /// Who owns it and no part of it: these entries of `managedFields`.
    owners: Vec<&'a Value>,
}

/// The conflicts that an apply of a document has, by field and manager, and what of others could not be looked at. Cost: linear in what is
/// owned and in the object.
pub(super) fn conflicts(
    (document, live): (&Value, &Value),
    spot: Spot<'_>,
) -> (Vec<FieldConflict>, Vec<Caveat>) {
    let version = text(document, "apiVersion");
    let (same_version, others): (Vec<&Value>, Vec<&Value>) =
        entries(live).partition(|entry| text(entry, "apiVersion") == version);
    let unseen = others.into_iter().filter(|entry| is_another(entry));
    let unseen: BTreeSet<&str> = unseen
        .filter_map(|entry| text(entry, "apiVersion"))
        .collect();
    let mut owned = Owned::default();
    for entry in same_version {
        if let Some(fields) = entry.get("fieldsV1").and_then(Value::as_object) {
            owned.add(entry, fields, 0);
        }
    }
    let mut walk = Walk::default();
    let sides = Sides {
        document: Some(document),
        live,
    };
    walk.parts(&owned, sides, spot);
    walk.found.extend(of_texts(&owned, document));
    walk.found.sort_unstable();
    walk.found.dedup();
    let unseen = unseen.into_iter().map(str::to_owned);
    let caveats = unseen.map(Caveat::OwnedInAnotherVersion);
    (walk.found, caveats.collect())
}

/// The conflicts over `stringData` of a Secret, which is never read back: what somebody else has ever applied there is in conflict with whatever is.
fn of_texts(owned: &Owned<'_>, document: &Value) -> Vec<FieldConflict> {
    let is_secret =
        text(document, "apiVersion") == Some("v1") && text(document, "kind") == Some("Secret");
    let texts = owned.parts.get("f:stringData").filter(|_| is_secret);
    let texts = texts.into_iter().flat_map(|texts| &texts.parts);
    let found = texts.flat_map(|(step, owned)| {
        let name = step.strip_prefix("f:").unwrap_or_default();
        let told = document
            .pointer("/stringData")
            .and_then(|told| told.get(name));
        let others = owned
            .owners
            .iter()
            .filter(move |entry| told.is_some() && is_another(entry));
        let pointer = format!("/stringData/{}", escaped(name));
        others.map(move |entry| FieldConflict::new(pointer.clone(), entry))
    });
    found.collect()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

/// Whether an entry of `managedFields` is of somebody else, and of more than what an apply does not touch.
fn is_another(entry: &Value) -> bool {
    text(entry, "manager") != Some(FIELD_MANAGER) && text(entry, "subresource") != Some("status")
}

impl<'a> Owned<'a> {
    fn add(&mut self, entry: &'a Value, fields: &'a Map<String, Value>, depth: usize) {
        for (step, below) in fields.iter().filter(|(step, _)| *step != ".") {
            let part = self.parts.entry(step).or_default();
            match below.as_object() {
                Some(below) if depth < DEEPEST && below.keys().any(|step| step != ".") => {
                    part.add(entry, below, depth + 1);
                }
                _ => part.owners.push(entry),
            }
        }
    }
}

/// A walk through what is owned and a document states.
#[derive(Default)]
struct Walk {
    path: Vec<String>,
    found: Vec<FieldConflict>,
}

/// A step of a walk: its place in a pointer into the document, and both sides there.
struct Step<'a> {
    token: String,
    document: &'a Value,
    live: &'a Value,
    spot: Spot<'a>,
}

impl Walk {
    fn parts(&mut self, owned: &Owned<'_>, sides: Sides<'_>, spot: Spot<'_>) {
        let mut items = Items::new(sides, spot);
        for (key, owned) in &owned.parts {
            let is_status = self.path.is_empty() && *key == "f:status";
            let step = match key.strip_prefix("f:") {
                _ if is_status => None,
                Some(name) => Step::to_field(name, sides, spot),
                None => Step::to_item(key, &mut items, spot),
            };
            let Some(step) = step else {
                continue;
            };
            self.path.push(step.token);
            // Where somebody owns a part, nobody owns the whole: what is owned is that it is there.
            if !owned.parts.is_empty() {
                let sides = Sides {
                    document: Some(step.document),
                    live: step.live,
                };
                self.parts(owned, sides, step.spot);
            } else if is_other(step.document, step.live) {
                let pointer = format!("/{}", self.path.join("/"));
                let others = owned.owners.iter().filter(|entry| is_another(entry));
                let found = others.map(|entry| FieldConflict::new(pointer.clone(), entry));
                self.found.extend(found);
            }
            self.path.pop();
        }
    }
}

impl<'a> Step<'a> {
    fn to_field(name: &'a str, sides: Sides<'a>, spot: Spot<'a>) -> Option<Self> {
        Some(Self {
            token: escaped(name),
            document: sides.document?.get(name)?,
            live: sides.live.get(name)?,
            spot: spot.key(name),
        })
    }

    fn to_item(key: &str, items: &mut Items<'a>, spot: Spot<'a>) -> Option<Self> {
        let item = items.step(key)?;
        Some(Self {
            token: item.in_document?.to_string(),
            document: item.sides.document?,
            live: item.sides.live,
            spot: spot.item(),
        })
    }
}

/// Whether a value that is owned as a whole would be another one. What comes into an empty map or list is nobody's yet.
fn is_other(document: &Value, live: &Value) -> bool {
    match (document, live) {
        (Value::Object(_), Value::Object(live)) if live.is_empty() => false,
        (Value::Array(_), Value::Array(live)) if live.is_empty() => false,
        _ => !same(document, live),
    }
}
