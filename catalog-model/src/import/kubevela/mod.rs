//! KubeVela addons.
//!
//! The rules are those of KubeVela's own code (`pkg/addon`): which files make an addon, that its Application always goes to `vela-system`
//! under a name of KubeVela's choice, and what `deployTo` and `needNamespace` do.

mod addon;
mod application;
mod chart;
mod collected;
mod dependencies;
mod metadata;
mod search;
mod terraform;

use self::addon::Addon;
use self::collected::Collected;
use super::ImportOptions;
use super::outcome::{Import, Report};
use crate::source::{Source, SourceError};

/// Where KubeVela puts every addon's Application, and so all of it that names no namespace.
const NAMESPACE: &str = "vela-system";

/// Imports all KubeVela addons below the root of a source, wherever they lie (`addons/` and `experimental/addons/` in KubeVela's repository).
///
/// An addon becomes one release, `<name>/<version>/`:
///
/// | addon | release |
/// |---|---|
/// | `metadata.yaml` | `metadata.yaml`; tags also as labels `tag.catalog/…`, `deployTo` as `plane`, the first of `needNamespace` as `namespace` |
/// | `definitions/*.yaml`, CRDs wherever they are | `definitions/` |
/// | other objects of `resources/` and of the Application (`k8s-objects`, `raw`) | `manifests/`, a module |
/// | `helm` components of `template.yaml` | chart modules |
/// | Terraform definitions | terraform modules too, unless [`ImportOptions::terraform_modules`] is off |
/// | CUE | `cue/`, as text: nothing evaluates it |
/// | anything else | copied as it is |
///
/// One bad addon never hides the rest: it is left out with an error. Each file is read once; each release made is loaded once, to see that it can be.
///
/// # Errors
///
/// The root cannot be listed. Whatever is wrong below it is a diagnostic.
pub fn kubevela(source: &dyn Source, options: &ImportOptions) -> Result<Import, SourceError> {
    let mut report = Report::default();
    let mut collected = Collected::default();
    for folder in search::addons(source, &mut report)? {
        let mark = report.mark();
        let addon = Addon::new(source, options, &folder, &mut report);
        match addon.read() {
            Some(release) => collected.add(release, mark, &mut report),
            None => {
                let why = "it could not be made into a release; the diagnostics say why";
                report.lost_since(mark, source.display(&folder), "addon", why);
            }
        }
    }
    let (files, packages, versions) = collected.into_parts();
    Ok(report.into_import(files, packages, versions))
}
