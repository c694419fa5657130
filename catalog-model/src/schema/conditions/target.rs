//! `target:`.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};

use super::selector::Selector;
use crate::schema::rule::{has, has_any, require, require_all, when, without};
use crate::schema::scalar::{
    ApiGroup, ApiLevel, ApiVersion, FieldPath, Identifier, JsonPath, Namespace, NodeAmount,
    Resource, Text, Yes,
};

pub(super) const BUILT_IN: [&str; 6] = [
    "kubeVersion",
    "apiAvailable",
    "crd",
    "storageClass",
    "canI",
    "nodes",
];

/// An object (`apiVersion`, `kind`, `name`), a selection of objects (`selector` instead of `name`), or one built-in target.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", transform = one_target)]
pub(super) struct Target {
    /// The group and version of the object's API: `v1`, `apps/v1`.
    api_version: ApiVersion,
    /// The object's kind.
    kind: Identifier,
    /// The object's name; `$namespace` is the namespace that the package goes to.
    name: Identifier,
    /// The labels of several objects: kubectl's text, or `matchLabels` and `matchExpressions`. `""` and `{}` select all.
    selector: Selector,
    /// The namespace. Default: the one that the package goes to.
    namespace: Namespace,
    /// `all`, or a list of namespaces.
    namespaces: Namespaces,
    /// A field of the object: `spec.versions[0].name`; quote a key with dots or slashes: `metadata.labels['app.kubernetes.io/name']`.
    field_path: FieldPath,
    /// A field as a JSONPath (RFC 9535): `$.spec.versions[0].name`.
    json_path: JsonPath,
    /// The cluster's version: `{}`.
    kube_version: Nothing,
    /// Whether a kind is served.
    api_available: ApiAvailable,
    /// Whether a CRD is established, not on its way out, and serves or stores a version.
    crd: Crd,
    /// Whether there is a default StorageClass.
    storage_class: StorageClass,
    /// Whether who read the cluster may do something.
    can_i: CanI,
    /// How many nodes there are, or what they have.
    nodes: Nodes,
}

/// One built-in target stands alone; else an object is named, or selected.
fn one_target(schema: &mut Schema) {
    require(schema, &[]);
    let mut rules: Vec<Value> = BUILT_IN
        .into_iter()
        .map(|key| {
            when(
                has(key),
                json!({ "properties": { key: true }, "additionalProperties": false }),
            )
        })
        .collect();
    rules.push(json!({
        "if": has_any(&BUILT_IN),
        "else": {
            "required": ["apiVersion", "kind"],
            "anyOf": [has("name"), has("selector")],
        },
    }));
    rules.extend([
        when(has("name"), without(&["selector", "namespaces"])),
        when(has("namespace"), without(&["namespaces"])),
        when(has("fieldPath"), without(&["jsonPath"])),
    ]);
    require_all(schema, rules);
}

struct Namespaces;

impl JsonSchema for Namespaces {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Namespaces".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "array"],
            "pattern": "^all$",
            "patternErrorMessage": "write `all`, or a list of namespaces",
            "items": generator.subschema_for::<Namespace>(),
            "minItems": 1,
        })
    }
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Nothing {}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = group_and_kind)]
struct ApiAvailable {
    /// The API group; `""` is the core group.
    group: ApiGroup,
    /// The version. Default: any.
    version: ApiLevel,
    /// The kind.
    kind: Identifier,
}

fn group_and_kind(schema: &mut Schema) {
    require(schema, &["group", "kind"]);
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = only_name)]
struct Crd {
    /// The CRD's name: the plural and the group, as `widgets.example.com`.
    #[schemars(extend("type" = ["string", "number"], "not" = {"type": "integer"}, "pattern" = r"\.", "patternErrorMessage" = "write the plural and the group, as `widgets.example.com`"))]
    name: Text,
    /// A version that it must serve.
    served: ApiLevel,
    /// A version that it must have stored.
    stored: ApiLevel,
}

fn only_name(schema: &mut Schema) {
    require(schema, &["name"]);
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct StorageClass {
    /// Only `true` can be asked for.
    default: Yes,
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = whole_access)]
struct CanI {
    /// `get`, `list`, `create`, …
    verb: Text,
    /// The API group; `""` is the core group.
    group: ApiGroup,
    /// The resource: a plural, as `pods`.
    resource: Resource,
    /// A part of the resource, as `exec`.
    subresource: Identifier,
    /// One object's name.
    name: Identifier,
    /// The namespace.
    namespace: Identifier,
}

fn whole_access(schema: &mut Schema) {
    require(schema, &["verb", "group", "resource"]);
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = one_measure)]
struct Nodes {
    /// How many nodes there are.
    count: Yes,
    /// The sum of what the nodes have: `allocatable.memory`.
    sum: NodeAmount,
    /// The least that a node has.
    min: NodeAmount,
    /// The most that a node has.
    max: NodeAmount,
    /// The labels of the nodes. Default: all nodes.
    selector: Selector,
    /// Whether only nodes that are ready count.
    #[schemars(extend("default" = true))]
    ready: bool,
    /// Whether only nodes that take pods count.
    #[schemars(extend("default" = true))]
    schedulable: bool,
}

fn one_measure(schema: &mut Schema) {
    require(schema, &[]);
    let rules = [
        has_any(&["count", "sum", "min", "max"]),
        when(has("count"), without(&["sum", "min", "max"])),
        when(has("sum"), without(&["min", "max"])),
        when(has("min"), without(&["max"])),
    ];
    require_all(schema, rules);
}
