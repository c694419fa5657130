//! CRDs of a cluster.

use serde_json::{Map, Value, json};

use super::spot::{Rules, Spot};
use super::stated::Stated;
use crate::crd_safety::{Break, Stored, compare_stored};
use crate::definition::Crd;
use catalog_conditions::snapshot::Snapshot;

/// Compares what is said of a kind, as a whole.
pub(super) fn compare(stated: &mut Stated, document: &Value, live: &Value) {
    let (document, live) = (with_defaults(document), with_defaults(live));
    let spot = Spot::root(Rules::BuiltIn("CustomResourceDefinition"))
        .key("spec")
        .crd();
    stated.at("spec", |stated| stated.compare(&document, &live, spot));
}

/// The breaks, with the objects of the kind where the snapshot has all of them.
pub(super) fn breaks(snapshot: &Snapshot, document: &Value, live: &Value) -> Vec<Break> {
    let breaks = compare_stored(live, document, Stored::unknown());
    let crd = Crd::new(live);
    let (Some(group), Some(kind)) = (crd.group(), crd.kind()) else {
        return breaks;
    };
    if breaks.is_empty() || !snapshot.covers(group, kind, None) {
        return breaks;
    }
    let objects: Vec<Value> = snapshot.objects(group, kind).cloned().collect();
    compare_stored(live, document, Stored::unknown().with_objects(&objects))
}

/// The `spec` of a CRD with what the server adds to it.
fn with_defaults(crd: &Value) -> Value {
    let mut spec = crd.get("spec").cloned().unwrap_or_else(|| json!({}));
    let kind = Crd::new(crd).kind().unwrap_or_default().to_owned();
    if let Some(names) = child(&mut spec, "names") {
        names
            .entry("listKind")
            .or_insert_with(|| format!("{kind}List").into());
        names
            .entry("singular")
            .or_insert_with(|| kind.to_lowercase().into());
    }
    if let Some(spec) = spec.as_object_mut() {
        spec.entry("conversion")
            .or_insert_with(|| json!({ "strategy": "None" }));
    }
    spec
}

fn child<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Map<String, Value>> {
    value.get_mut(key)?.as_object_mut()
}
