//! What a chart becomes in a plan.

use catalog_model::{Module, ModuleContent, Release};

use super::DRIVER;
use super::input::{ChartOrigin, HelmInput};
use crate::module::{ModuleError, ModuleRenderer, ModuleValues, RenderedModule, chart, place};

/// Renders charts for [`HelmDriver`](super::HelmDriver). The name of a release is that of the package where the module is called like it,
/// else both names.
#[derive(Clone, Debug, Default)]
pub struct HelmRenderer {
    values: ModuleValues,
}

impl HelmRenderer {
    /// Charts get the values of their packages.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What users set.
    #[must_use]
    pub fn with_values(mut self, values: ModuleValues) -> Self {
        self.values = values;
        self
    }
}

impl ModuleRenderer for HelmRenderer {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        let ModuleContent::Chart { path, remote } = module.content() else {
            return Ok(None);
        };
        let error = |message: String| ModuleError::new(release, module, message);
        let chart = match (path, remote) {
            (Some(path), _) => ChartOrigin::Carried(format!("{}/{path}", release.folder())),
            (None, Some(remote)) => {
                chart::check(remote).map_err(error)?;
                ChartOrigin::Remote {
                    repo: remote.repo.clone(),
                    name: remote.name.clone(),
                    version: remote.version.clone(),
                }
            }
            (None, None) => return Err(error(chart::NOWHERE.to_owned())),
        };
        let input = HelmInput {
            release: place::name(release, module),
            chart,
            values: self.values.of(release, module, namespace),
        };
        let namespace = place::namespace(release, module, namespace)?;
        let input = serde_json::to_value(&input).map_err(|cause| error(cause.to_string()))?;
        Ok(Some(RenderedModule::driver(
            module.name(),
            namespace,
            DRIVER,
            input,
        )))
    }
}
