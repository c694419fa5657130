//! What a plan keeps for the driver.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{digest, label};

/// A release of Helm as the package asks for it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct HelmInput {
    /// The release's name.
    pub(super) release: String,
    pub(super) chart: ChartOrigin,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) values: Map<String, Value>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) enum ChartOrigin {
    /// A folder or packed chart, below the catalog's.
    Carried(String),
    /// A chart of a repository, or, where the address says so, of a registry.
    Remote {
        repo: String,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
}

impl HelmInput {
    /// What a plan kept; anything could stand there by now.
    pub(super) fn read(input: &Value) -> Result<Self, String> {
        if !input.is_object() {
            return Err("the plan holds no input for helm: it is no map".to_owned());
        }
        let read = Self::deserialize(input);
        let input = read.map_err(|error| format!("the plan holds no input for helm: {error}"))?;
        if !label::is_dns_label(&input.release) {
            return Err(format!(
                "`{}` cannot be the name of a release",
                input.release
            ));
        }
        Ok(input)
    }

    /// Says which input a release was made from, in its description.
    pub(super) fn mark(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        format!("catalog-hooks {}", digest::of_json(&value))
    }

    /// The arguments that say which chart.
    pub(super) fn chart(&self, catalog: Option<&Path>) -> Result<ChartArguments, String> {
        match &self.chart {
            ChartOrigin::Carried(path) => {
                let catalog = catalog.ok_or_else(|| format!("the chart lies in the catalog, at `{path}`: tell the driver where the catalog's folder is"))?;
                let below = Path::new(path);
                if below
                    .components()
                    .any(|part| !matches!(part, Component::Normal(_)))
                {
                    return Err(format!("`{path}` is no path inside the catalog"));
                }
                let chart = catalog.join(below);
                Ok(ChartArguments {
                    chart,
                    flags: Vec::new(),
                })
            }
            ChartOrigin::Remote {
                repo,
                name,
                version,
            } => {
                let mut flags = Vec::new();
                // Each flag is one argument with its value, which so cannot become another flag.
                flags.extend(
                    version
                        .as_ref()
                        .map(|version| format!("--version={version}")),
                );
                let is_registry = repo.starts_with("oci://");
                let chart = if is_registry {
                    format!("{}/{name}", repo.trim_end_matches('/'))
                } else {
                    flags.push(format!("--repo={repo}"));
                    name.clone()
                };
                Ok(ChartArguments {
                    chart: chart.into(),
                    flags,
                })
            }
        }
    }
}

/// Which chart, as `helm upgrade` is told.
pub(super) struct ChartArguments {
    pub(super) chart: PathBuf,
    pub(super) flags: Vec<String>,
}
