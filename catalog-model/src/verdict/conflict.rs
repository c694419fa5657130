//! Fields that somebody else owns with another value: a server-side apply is refused over them, unless it takes them over.
//!
//! What counts is the value as it is written: `0.5` is a conflict with somebody's `500m`. `tests/verdict/conflicts.yaml` holds that to a server.

use std::collections::BTreeSet;
use std::fmt;

use catalog_conditions::show::one_line;
use serde_json::{Map, Value};

use super::caveat::Caveat;
use super::json::{escaped, same};
use super::owned::{DEEPEST, Items, Sides};
use super::owner::{FIELD_MANAGER, entries};
use super::spot::Spot;

/// A field that another field manager owns with another value than the document states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldConflict {
    pointer: String,
    manager: String,
    subresource: Option<String>,
}

impl FieldConflict {
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

/// What each manager owns at a place.
type Owned<'a> = Vec<&'a Map<String, Value>>;

/// The conflicts that an apply of a document has, by field and manager, and what of others could not be looked at. Cost: linear in what is
/// owned and in the object, for each other manager.
pub(super) fn conflicts(
    (document, live): (&Value, &Value),
    spot: Spot<'_>,
) -> (Vec<FieldConflict>, Vec<Caveat>) {
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let version = text(document, "apiVersion");
    let (same_version, others): (Vec<&Value>, Vec<&Value>) =
        entries(live).partition(|entry| text(entry, "apiVersion") == version);
    let is_asked = |entry: &&Value| {
        let is_ours = text(entry, "manager").as_deref() == Some(FIELD_MANAGER);
        !is_ours && text(entry, "subresource").as_deref() != Some("status")
    };
    let unseen = others.into_iter().filter(is_asked);
    let unseen: BTreeSet<String> = unseen
        .filter_map(|entry| text(entry, "apiVersion"))
        .collect();
    let all: Owned<'_> = same_version
        .iter()
        .filter_map(|entry| entry.get("fieldsV1")?.as_object())
        .collect();
    let mut found = BTreeSet::new();
    for entry in same_version.into_iter().filter(is_asked) {
        let Some(owned) = entry.get("fieldsV1").and_then(Value::as_object) else {
            continue;
        };
        let mut walk = Walk::default();
        let sides = Sides {
            document: Some(document),
            live,
        };
        walk.fields((owned, &all), sides, spot);
        found.extend(walk.found.into_iter().map(|pointer| FieldConflict {
            pointer,
            manager: text(entry, "manager").unwrap_or_default(),
            subresource: text(entry, "subresource").filter(|name| !name.is_empty()),
        }));
    }
    let caveats = unseen.into_iter().map(Caveat::OwnedInAnotherVersion);
    (found.into_iter().collect(), caveats.collect())
}

/// A walk through what one manager owns and a document states.
#[derive(Default)]
struct Walk {
    path: Vec<String>,
    found: Vec<String>,
}

/// A step of a walk: its place in a pointer into the document, and both sides there.
struct Step<'a> {
    token: String,
    document: &'a Value,
    live: &'a Value,
    spot: Spot<'a>,
}

impl Walk {
    /// `all` is what all managers own here, this one too.
    fn fields(
        &mut self,
        (owned, all): (&Map<String, Value>, &Owned<'_>),
        sides: Sides<'_>,
        spot: Spot<'_>,
    ) {
        let mut items = Items::new(sides, spot);
        for (key, below) in owned {
            let is_status = self.path.is_empty() && key == "f:status";
            let step = match key.strip_prefix("f:") {
                _ if is_status => None,
                Some(name) => Step::to_field(name, sides, spot),
                None => Step::to_item(key, &mut items, spot),
            };
            let Some(step) = step.filter(|step| step.spot.depth() <= DEEPEST) else {
                continue;
            };
            let all = all.iter().filter_map(|one| one.get(key)?.as_object());
            let all: Owned<'_> = all.collect();
            self.path.push(step.token);
            match below.as_object() {
                Some(below) if has_parts(below) => {
                    let sides = Sides {
                        document: Some(step.document),
                        live: step.live,
                    };
                    self.fields((below, &all), sides, step.spot);
                }
                // Where somebody owns a part, nobody owns the whole: what is owned is that it is there.
                _ if all.iter().any(|one| has_parts(one)) => {}
                _ if is_other(step.document, step.live) => {
                    self.found.push(format!("/{}", self.path.join("/")));
                }
                _ => {}
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

/// Whether parts of a value are owned, and not that it is there alone.
fn has_parts(owned: &Map<String, Value>) -> bool {
    owned.keys().any(|key| key != ".")
}

/// Whether a value that is owned as a whole would be another one. What comes into an empty map or list is nobody's yet.
fn is_other(document: &Value, live: &Value) -> bool {
    match (document, live) {
        (Value::Object(_), Value::Object(live)) if live.is_empty() => false,
        (Value::Array(_), Value::Array(live)) if live.is_empty() => false,
        _ => !same(document, live),
    }
}
