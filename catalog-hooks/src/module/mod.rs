//! Modules as the lifecycle deploys them: as objects of the cluster, or through a driver.

mod rendered;

pub use self::rendered::{RenderedContent, RenderedModule};

use catalog_model::{Module, Release};
use thiserror::Error;

/// Who turns a module of `modules.yaml` into what can be deployed, when a plan is made. Pure: what it gives is pinned with the plan, and a
/// resumed run asks it nothing.
pub trait ModuleRenderer {
    /// What deploys the module of `release` whose package is installed in `namespace`; `None`: it is for another renderer.
    ///
    /// # Errors
    ///
    /// The module is for this renderer, and cannot be deployed as it is written.
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError>;
}

/// Why a module cannot be deployed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("module `{module}` of {release} cannot be deployed: {message}")]
pub struct ModuleError {
    release: String,
    module: String,
    message: String,
}

impl ModuleError {
    /// The module of a release, with what is wrong and what to do.
    pub fn new(release: &Release, module: &Module, message: impl Into<String>) -> Self {
        Self {
            release: format!("{} {}", release.package(), release.version()),
            module: module.name().to_owned(),
            message: message.into(),
        }
    }

    /// The module's name.
    #[must_use]
    pub fn module(&self) -> &str {
        &self.module
    }
}

/// The first of several renderers that takes a module renders it.
impl<R: ModuleRenderer + ?Sized> ModuleRenderer for [Box<R>] {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        for renderer in self {
            if let Some(rendered) = renderer.render(release, module, namespace)? {
                return Ok(Some(rendered));
            }
        }
        Ok(None)
    }
}
