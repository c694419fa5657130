//! What every object has, of which a schema may say something more.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::comparison::{Comparison, Spot};
use super::conditions::Within;
use super::place::{FieldStep, Step};

/// A text, of which nothing else is asked.
static TEXT: LazyLock<Value> = LazyLock::new(|| json!({"type": "string"}));
impl<'a> Comparison<'a> {
    /// Compares what is newly said of `apiVersion`, `kind` or `metadata` with what holds of them without.
    pub(super) fn of_every_object(&mut self, name: &str, new: &'a Value, spot: &Spot<'_>) {
        if name == "metadata" {
            let place = spot.place.down(Step::NewProperty(name));
            self.metadata(None, new, &Spot { place, ..*spot });
        } else {
            self.child(&TEXT, new, spot, Step::NewProperty(name));
        }
    }

    /// Compares what is newly said of the fields of `metadata`.
    pub(super) fn metadata(&mut self, old: Option<&'a Value>, new: &'a Value, spot: &Spot<'_>) {
        let fields = |schema: &'a Value| schema.get("properties").and_then(Value::as_object);
        let known = old.and_then(fields);
        let is_known = |name: &String| known.is_some_and(|known| known.contains_key(name));
        let named = fields(new).into_iter().flatten();
        for (name, field) in named.filter(|(name, _)| !is_known(name)) {
            // Of the rest no more can be asked than the server asks of every object.
            if matches!(name.as_str(), "name" | "generateName" | "namespace") {
                self.child(&TEXT, field, spot, Step::NewProperty(name));
            }
        }
    }
}

/// Whether a place is the `metadata` of an object, of which nothing is dropped.
pub(super) fn is_metadata(spot: &Spot<'_>) -> bool {
    let is_named = spot.place.field_steps().last() == Some(&FieldStep::Name("metadata"));
    is_named && (spot.place.depth() == 1 || spot.within.is_some_and(Within::is_embedded))
}
