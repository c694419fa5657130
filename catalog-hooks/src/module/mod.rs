//! Modules as the lifecycle deploys them: as objects of the cluster, or through a driver.
//!
//! ```
//! use catalog_hooks::module::{FluxRenderer, ManifestsRenderer, ModuleRenderer, RenderedContent, TerraformRenderer};
//! use catalog_model::{LoadOptions, MemorySource, load};
//!
//! let source = MemorySource::from_iter([
//!     ("shop/1.0.0/metadata.yaml", "name: shop\nversion: 1.0.0\n"),
//!     ("shop/1.0.0/modules.yaml", "
//! modules:
//! - chart: {remote: {repo: 'https://charts.example.com', name: web, version: 1.2.0}}
//! - manifests: {path: ./extras/}
//! "),
//!     ("shop/1.0.0/extras/limits.yaml", "{apiVersion: v1, kind: LimitRange, metadata: {name: pods}}"),
//! ]);
//! let catalog = load(&source, &LoadOptions::default())?.into_catalog();
//! let renderers: Vec<Box<dyn ModuleRenderer + '_>> = vec![
//!     Box::new(FluxRenderer::new()),
//!     Box::new(TerraformRenderer::new(&source)),
//!     Box::new(ManifestsRenderer::new(&source)),
//! ];
//!
//! let mut kinds = Vec::new();
//! for release in catalog.packages().flat_map(|package| package.releases()) {
//!     for module in release.modules() {
//!         let rendered = renderers.render(release, module, "storefront")?;
//!         if let Some(RenderedContent::Objects(objects)) = rendered.map(|module| module.content().clone()) {
//!             kinds.extend(objects.iter().map(|object| format!("{} {}", object["kind"], object["metadata"]["namespace"])));
//!         }
//!     }
//! }
//! assert_eq!(kinds, [r#""HelmRepository" "storefront""#, r#""HelmRelease" "storefront""#, r#""LimitRange" "storefront""#]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chart;
mod files;
mod flux;
#[cfg(feature = "helm")]
mod helm;
mod manifests;
mod order;
mod place;
mod rendered;
mod scope;
mod terraform;
mod values;

use std::time::Duration;

pub use self::flux::FluxRenderer;
#[cfg(feature = "helm")]
pub use self::helm::{HelmDriver, HelmRenderer};
pub use self::manifests::ManifestsRenderer;
pub use self::rendered::{RenderedContent, RenderedModule};
pub(crate) use self::scope::Scopes;
pub use self::terraform::TerraformRenderer;
pub(crate) use self::terraform::leaves_resources;
pub use self::values::ModuleValues;

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

/// A duration as Go writes it, in whole seconds: `10m`, `90s`; at least one second.
fn interval(duration: Duration) -> String {
    match duration.as_secs().max(1) {
        seconds if seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}
