//! Components of type `helm`.

use std::sync::Arc;

use catalog_conditions::document::Node;
use catalog_conditions::{Diagnostic, SourceFile};
use serde_json::Value;

use super::addon::{Addon, in_vela_system};
use super::application::lost;
use crate::import::reading::{entries, string};
use crate::module::{ChartRemote, ModuleContent};
use crate::name::label_problem;
use crate::write::ModuleEntry;

/// A chart module, where the component names a chart in a repository.
pub(super) fn module(
    addon: &mut Addon<'_>,
    file: &Arc<SourceFile>,
    component: &str,
    properties: &Node,
) {
    let what = || format!("component `{component}` of type `helm`");
    // KubeVela's default is `helm`; charts in git repositories and buckets have no repository that could be named.
    if !matches!(string(properties, "repoType"), None | Some("helm" | "oci")) {
        let why = "its chart is in a git repository or a bucket, and modules name charts of Helm repositories";
        return addon.report.lost(file, properties.span(), what(), why);
    }
    let (Some(repo), Some(name)) = (string(properties, "url"), string(properties, "chart")) else {
        let message =
            format!("the component `{component}` has no `url` or no `chart`: it names no chart");
        let diagnostic = Diagnostic::warning("kubevela.chart", message);
        addon
            .report
            .diagnostic(diagnostic.at(file, properties.span()));
        return addon
            .report
            .lost(file, properties.span(), what(), "it names no chart");
    };
    let remote = ChartRemote {
        repo: repo.to_owned(),
        name: name.to_owned(),
        version: string(properties, "version").map(str::to_owned),
    };
    let content = ModuleContent::Chart {
        path: None,
        remote: Some(remote),
    };
    let mut module = ModuleEntry::new(addon.module_names.take(component), content);
    for entry in entries(properties) {
        match entry.name() {
            Some("repoType" | "url" | "chart" | "version") => {}
            Some("values") => match entry.value().to_json() {
                Value::Object(values) => module.values = values,
                Value::Null => {}
                _ => lost(addon, file, entry, "values are a map, and this is none"),
            },
            Some("targetNamespace") => match string(properties, "targetNamespace") {
                Some(name) if label_problem(name).is_none() => {
                    module.namespace = Some(name.to_owned())
                }
                None => {}
                Some(_) => lost(addon, file, entry, "it is not the name of a namespace"),
            },
            Some("releaseName") if string(properties, "releaseName") == Some(component) => {}
            Some("releaseName") => lost(
                addon,
                file,
                entry,
                "a module's release is named after the module",
            ),
            _ => lost(
                addon,
                file,
                entry,
                "a chart module has `repo`, `name`, `version`, `values` and `namespace` only",
            ),
        }
    }
    addon.modules.push(in_vela_system(module));
}
