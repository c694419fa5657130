//! `metadata.yaml`. A key without a value counts for nothing, so that most are nullable.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde_json::json;

use super::rule::{has_value, has_value_of, only_null, require_all, when, without};
use super::scalar::{
    Address, Api, CapabilityName, Definition, KubeRange, Label, LabelValue, Object, Range, Text,
    Texts, Version,
};
use super::{pattern, word};

/// What a version of a package is, what it needs, and how it is chosen.
#[derive(JsonSchema)]
#[schemars(title = "metadata.yaml", deny_unknown_fields, rename_all = "camelCase", transform = aliases)]
pub(super) struct Metadata {
    /// The package's name: that of the package folder, a DNS-1123 label.
    name: Label,
    /// The version: that of the version folder, a leading `v` aside. Its source text counts: `1.10` is not `1.1`.
    version: Text,
    /// What the package is for; a block of text will do.
    description: Option<Text>,
    /// Who looks after the package.
    maintainer: Option<Texts>,
    /// Another name of `maintainer`.
    maintainers: Option<Texts>,
    /// The licence, best as an SPDX expression: `Apache-2.0`.
    license: Option<Text>,
    /// The home page.
    url: Option<Address>,
    /// An address of a picture.
    icon: Option<Text>,
    /// Kubernetes labels, by which catalogs are searched.
    label: Option<Labels>,
    /// Another name of `label`.
    labels: Option<Labels>,
    /// How often the package can be installed in one cluster.
    #[schemars(extend("default" = "cluster"))]
    scope: Option<Scope>,
    /// Where modules and Jobs of a `cluster` package go. Default: the package's name.
    namespace: Option<Label>,
    /// On which clusters the package is installed.
    #[schemars(extend("default" = "data"))]
    plane: Option<Plane>,
    /// Packages of one group may depend on each other in a cycle, and are one step of a plan.
    group: Option<Text>,
    /// Free text, which is searched.
    tags: Option<Texts>,
    /// Packages that this one needs.
    dependencies: Option<Vec<Dependency>>,
    /// Capabilities that this package needs, whoever provides them.
    requires: Option<Vec<Capability>>,
    /// Capabilities that this package provides beside its definitions and the APIs of its CRDs.
    provides: Option<Vec<Capability>>,
    /// Packages that cannot be there together with this one.
    conflicts: Option<Vec<Conflict>>,
    /// Versions that the cluster must have. For anything else, write a condition.
    system: Option<System>,
    /// The version that this one is an upgrade of.
    replaces: Option<Version>,
    /// Versions that an upgrade to this one leaves out.
    skips: Option<Vec<Version>>,
    /// A range of versions that an upgrade to this one leaves out.
    skip_range: Option<Range>,
    /// Why this version is withdrawn: it is never chosen unless locked or asked for exactly.
    yanked: Option<Text>,
    /// What to use instead of this package.
    deprecated: Option<Text>,
}

/// Labels by their keys.
#[derive(JsonSchema)]
#[schemars(inline, transform = label_keys)]
struct Labels(BTreeMap<String, LabelValue>);

fn label_keys(schema: &mut Schema) {
    schema.insert(
        "propertyNames".to_owned(),
        json!({
            "pattern": pattern::label_key(),
            "patternErrorMessage": "write the key of a label: letters, digits, `-`, `_` and `.`, with or without a DNS name and `/` before them",
        }),
    );
}

/// Both names of one field at once are an error.
fn aliases(schema: &mut Schema) {
    schema.insert(
        "dependencies".to_owned(),
        json!({ "maintainers": without(&["maintainer"]), "labels": without(&["label"]) }),
    );
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
enum Scope {
    /// At most one instance in a cluster, shared by all.
    Cluster,
    /// Any number of instances, one a namespace.
    Namespace,
}

#[derive(JsonSchema)]
#[schemars(inline, rename_all = "camelCase", transform = word::list)]
enum Plane {
    /// On every selected cluster.
    Data,
    /// On the main cluster only.
    Control,
}

/// A package that is needed, and which of its versions.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
struct Dependency {
    /// The name of the package.
    name: Label,
    /// Which versions will do. Default: any.
    version: Option<Range>,
    /// The catalog it comes from. Default: by the priority of catalogs.
    catalog: Option<Text>,
    /// Whether it is not pulled in, but its range obeyed where it is there.
    #[schemars(extend("default" = false))]
    optional: Option<bool>,
    /// What this package sets in that one, by module.
    values: Option<Object>,
}

/// A capability: exactly one of an API, a definition and a free name.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase", transform = exactly_one)]
struct Capability {
    /// A served API: `group/version/Kind`, as `monitoring.coreos.com/v1/ServiceMonitor`; `version/Kind` in the core group.
    api: Option<Api>,
    /// A definition: `group/Kind/name`, as `core.oam.dev/TraitDefinition/autoscaler`.
    definition: Option<Definition>,
    /// A free name that packages agree on, as `ingress-controller`.
    name: Option<CapabilityName>,
}

fn exactly_one(schema: &mut Schema) {
    let message = "an entry has exactly one of `api`, `definition` and `name`";
    let rules = [
        when(has_value("api"), only_null("definition", message)),
        when(has_value("api"), only_null("name", message)),
        when(has_value("definition"), only_null("name", message)),
        has_value_of(&["api", "definition", "name"]),
    ];
    require_all(schema, rules);
}

/// A package that cannot be there at the same time, and which of its versions.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "camelCase")]
struct Conflict {
    /// The name of the package.
    name: Label,
    /// Which versions are meant. Default: any.
    version: Option<Range>,
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, rename_all = "camelCase")]
struct System {
    /// A range of the cluster's version, as `>=1.28`.
    kubernetes: Option<KubeRange>,
    /// A range of the version of KubeVela's controller, as `>=1.5`.
    vela: Option<Range>,
}
