//! What a CustomResourceDefinition must say, as far as the API server would refuse it.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::rule::{require, require_all, when, with};
use super::scalar::{Anything, CrdGroup, KindName, ResourceName};

/// The rule that holds of CustomResourceDefinitions, but for those of the old API, which have others. `spec` is their schema.
pub(super) fn rule(spec: &Value) -> Value {
    let crd = json!({
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": { "type": "string", "pattern": r"^apiextensions\.k8s\.io/(?!v1beta1$)" },
            "kind": { "const": "CustomResourceDefinition" },
        },
    });
    let own = json!({
        "required": ["spec"],
        "properties": {
            "spec": {
                "required": ["group"],
                "properties": { "group": { "type": "string", "pattern": r"(?:^|\.)(?:k8s|kubernetes)\.io$" } },
            },
        },
    });
    let approved = json!({
        "type": "string",
        "pattern": "^(?:unapproved|https?://)",
        "patternErrorMessage": "write the address of the review that approved this API, or `unapproved`",
    });
    let approved = json!({
        "required": ["annotations"],
        "properties": {
            "annotations": {
                "type": "object",
                "required": ["api-approved.kubernetes.io"],
                "properties": { "api-approved.kubernetes.io": approved },
            },
        },
    });
    let rules = [
        json!({ "required": ["spec"], "properties": { "spec": spec } }),
        when(own, with("metadata", approved)),
    ];
    when(crd, json!({ "allOf": rules }))
}

/// What a CustomResourceDefinition defines.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase", transform = serves_and_stores)]
pub(super) struct CrdSpec {
    /// The API group: a domain with at least one dot.
    group: CrdGroup,
    /// The names of the kind.
    names: CrdNames,
    /// Whether objects live in namespaces.
    scope: CrdScope,
    /// The versions of the API: one at least is served, and exactly one is stored.
    versions: Vec<CrdVersion>,
    /// How objects are converted between versions.
    conversion: Option<Conversion>,
    /// Must not be true: the schema says it instead, with `x-kubernetes-preserve-unknown-fields: true`.
    #[schemars(extend("not" = { "const": true }))]
    preserve_unknown_fields: Option<Anything>,
}

fn serves_and_stores(schema: &mut Schema) {
    require(schema, &["group", "names", "scope", "versions"]);
    let some = |key: &str| {
        let version = json!({ "required": [key], "properties": { key: { "const": true } } });
        with("versions", json!({ "contains": version }))
    };
    require_all(schema, [some("served"), some("storage")]);
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase")]
struct CrdNames {
    /// The plural, in addresses: `widgets`.
    plural: ResourceName,
    /// The kind: `Widget`.
    kind: KindName,
    /// The singular: `widget`.
    #[schemars(extend("pattern" = super::pattern::resource_name_if_any()))]
    singular: Option<Anything>,
    /// The kind of lists: `WidgetList`.
    #[schemars(extend("pattern" = r"^(?:[A-Za-z](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$"))]
    list_kind: Option<Anything>,
    /// Short names for kubectl.
    #[schemars(transform = names)]
    short_names: Option<Anything>,
    /// Groups of kinds for kubectl, such as `all`.
    #[schemars(transform = names)]
    categories: Option<Anything>,
}

fn names(schema: &mut Schema) {
    schema.insert(
        "items".to_owned(),
        json!({ "pattern": super::pattern::resource_name_if_any() }),
    );
}

#[derive(JsonSchema)]
#[schemars(inline, transform = super::word::list)]
enum CrdScope {
    /// One object of a name in a cluster.
    Cluster,
    /// One object of a name in a namespace.
    Namespaced,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = deprecated)]
struct CrdVersion {
    /// The version's name: `v1beta1`.
    name: ResourceName,
    /// Whether the API server serves it.
    served: bool,
    /// Whether objects are stored in it.
    storage: bool,
    /// Its schema.
    schema: CrdSchema,
    /// Whether its use is warned of.
    deprecated: Option<Anything>,
    /// The warning, of a version that is `deprecated`.
    deprecation_warning: Option<Anything>,
}

fn deprecated(schema: &mut Schema) {
    let warns = json!({ "required": ["deprecationWarning"], "properties": { "deprecationWarning": { "type": "string" } } });
    let says =
        json!({ "required": ["deprecated"], "properties": { "deprecated": { "const": true } } });
    require_all(schema, [when(warns, says)]);
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct CrdSchema {
    /// The schema of objects, which begins with `type: object`.
    #[schemars(rename = "openAPIV3Schema")]
    schema: ObjectSchema,
}

#[derive(JsonSchema)]
#[schemars(inline)]
struct ObjectSchema {
    /// Always `object`.
    #[schemars(extend("const" = "object"))]
    r#type: String,
}

#[derive(JsonSchema)]
#[schemars(inline, transform = strategy_fits)]
struct Conversion {
    /// `None`, or `Webhook`.
    #[schemars(extend("enum" = ["None", "Webhook"]))]
    strategy: String,
    /// The webhook that converts.
    webhook: Option<Anything>,
}

fn strategy_fits(schema: &mut Schema) {
    let strategy = |name: &str| json!({ "properties": { "strategy": { "const": name } } });
    let webhook = json!({
        "type": "object",
        "required": ["clientConfig", "conversionReviewVersions"],
        "properties": {
            "clientConfig": { "type": "object" },
            "conversionReviewVersions": { "type": "array", "minItems": 1 },
        },
    });
    let rules = [
        when(strategy("None"), with("webhook", json!({ "type": "null" }))),
        when(
            strategy("Webhook"),
            json!({ "required": ["webhook"], "properties": { "webhook": webhook } }),
        ),
    ];
    require_all(schema, rules);
}
