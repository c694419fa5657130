//! `modules.yaml`.
#![expect(dead_code, reason = "the generator of schemas alone reads these types")]

use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::rule::{has, has_any, has_none, has_value_of, require, require_all, when, without};
use super::scalar::{InnerPath, Label, ModuleName, Object, Sha256, Text};

/// What a version of a package deploys.
#[derive(JsonSchema)]
#[schemars(title = "modules.yaml", deny_unknown_fields)]
pub(super) struct ModuleFile {
    /// The modules, each with a name of its own.
    modules: Vec<Module>,
}

/// One module: one key that says its kind, and beside it only `name`, `namespace` and `values`.
#[derive(JsonSchema)]
#[schemars(transform = one_kind)]
struct Module {
    /// A Helm chart.
    chart: Chart,
    /// A Terraform module.
    terraform: Terraform,
    /// Kubernetes manifests.
    manifests: Manifests,
    /// The module's identity across versions. Default: the remote's name, else the last segment of the path.
    name: Option<ModuleName>,
    /// Where the module goes. Default: the package's namespace.
    namespace: Option<Label>,
    /// What the package sets in the module.
    values: Option<Object>,
}

const KINDS: [&str; 3] = ["chart", "terraform", "manifests"];
const BESIDE: [&str; 3] = ["name", "namespace", "values"];

/// A kind that a service brings along may have any name, so that an unknown key is a kind: there is one in all.
fn one_kind(schema: &mut Schema) {
    require(schema, &[]);
    let known: Vec<&str> = KINDS.into_iter().chain(BESIDE).collect();
    let mut rules = vec![
        when(
            has_any(&KINDS),
            json!({ "propertyNames": { "enum": known } }),
        ),
        when(has("chart"), without(&["terraform", "manifests"])),
        when(has("terraform"), without(&["manifests"])),
    ];
    rules.extend((0..8).map(one_unknown));
    require_all(schema, rules);
}

/// Without a kind that is known, with some of the keys beside it: exactly one key more.
fn one_unknown(choice: usize) -> Value {
    let (there, absent): (Vec<_>, Vec<_>) = BESIDE
        .iter()
        .enumerate()
        .partition(|(at, _)| choice >> at & 1 == 1);
    let keys = |part: Vec<(usize, &&'static str)>| -> Vec<&str> {
        part.into_iter().map(|(_, key)| *key).collect()
    };
    let (there, mut absent) = (keys(there), keys(absent));
    absent.extend(KINDS);
    let condition = json!({ "allOf": [{ "required": there }, has_none(&absent)] });
    let count = there.len() + 1;
    when(
        condition,
        json!({ "minProperties": count, "maxProperties": count }),
    )
}

/// Content that is here, or elsewhere; with both, `path` is the content and `remote` its origin.
fn somewhere(schema: &mut Schema) {
    require_all(schema, [has_value_of(&["path", "remote"])]);
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = somewhere)]
struct Chart {
    /// The folder of the chart, inside this version folder: `./charts/name/`.
    path: Option<InnerPath>,
    /// Where the chart comes from.
    remote: Option<ChartRemote>,
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct ChartRemote {
    /// The repository: `https://charts.example.com`, or `oci://registry/charts`.
    repo: Text,
    /// The chart's name in the repository.
    name: Text,
    /// The chart's version. Without it, what is installed is not reproducible.
    version: Option<Text>,
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = somewhere)]
struct Terraform {
    /// The folder of the module, inside this version folder.
    path: Option<InnerPath>,
    /// Where the module comes from.
    remote: Option<TerraformRemote>,
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct TerraformRemote {
    /// A source as Terraform takes it: `terraform-aws-modules/rds/aws`.
    source: Text,
    /// A version, or a constraint such as `~> 2.0`. Without it, what is installed is not reproducible.
    version: Option<Text>,
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields, transform = somewhere)]
struct Manifests {
    /// The folder or file of the manifests, inside this version folder.
    path: Option<InnerPath>,
    /// Where the manifests come from.
    remote: Option<ManifestsRemote>,
}

#[derive(JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct ManifestsRemote {
    /// The address of the file.
    url: Text,
    /// The SHA-256 digest of the file. Without it, what is installed is not reproducible.
    sha256: Option<Sha256>,
}
