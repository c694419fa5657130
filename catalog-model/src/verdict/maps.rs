//! Maps of Kubernetes' own kinds whose keys authors choose.
//!
//! From the fields with `additionalProperties` of Kubernetes' OpenAPI document; the keys of any other map are fields of a type.

/// Whether a map `key` in the map that stands under `parent` has keys that authors choose, in an object of a kind.
pub(super) fn has_chosen_keys(kind: &str, parent: &str, key: &str) -> bool {
    match (parent, key) {
        ("", "data") => kind != "ControllerRevision",
        ("spec", "selector") => matches!(kind, "Service" | "ReplicationController"),
        ("spec", "nodeSelector") => kind != "ResourceSlice",
        ("spec", "overhead") | ("scheduling", "nodeSelector") | ("flexVolume", "options") => true,
        ("" | "opaque", "parameters") => true,
        ("limits", "default" | "defaultRequest" | "max" | "min" | "maxLimitRequestRatio") => true,
        ("spec", "extra" | "hard" | "capacity") | ("devices", "attributes" | "capacity") => true,
        ("resources" | "capacity", "limits" | "requests") => true,
        (_, "annotations" | "labels" | "matchLabels" | "binaryData" | "stringData") => true,
        (_, "podFixed" | "counters" | "deprecatedTopology") => true,
        (_, "volumeAttributes" | "userAnnotations") => true,
        (_, "properties" | "patternProperties" | "definitions" | "dependencies") => true,
        _ => false,
    }
}
