//! From a command line to a plan.

use catalog_examples::{Failure, Parameters, catalog, note, source};
use catalog_hooks::module::{
    FluxRenderer, ManifestsRenderer, ModuleError, ModuleRenderer, RenderedModule, TerraformRenderer,
};
use catalog_hooks::plan::{OperationInput, PinnedPlan, PinnedRelease, PlannedOperation};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Cluster, OperationContext};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, InstalledRelease, LoadOptions, MemorySource, Module, Operation, OperationKind,
    Release, Source, load,
};
use serde_json::Value;

use crate::action;
use crate::instance::{Instance, attempted};
use crate::rest::Left;
use crate::versions::operation;
use crate::wish::{FluxSource, Kind, Wish};

/// The catalog with its files.
pub(crate) struct Shelf {
    pub(crate) catalog: Catalog,
    source: Box<dyn Source>,
}

impl Shelf {
    /// Reads the catalog. Where it `may_be_gone`, because what is there and what is under way is pinned, an empty one stands for it.
    ///
    /// # Errors
    ///
    /// It cannot be read, and is needed.
    pub(crate) fn open(path: &str, may_be_gone: bool) -> Result<Self, Failure> {
        let opened = catalog(path).and_then(|loaded| {
            let source = source(path)?;
            Ok((loaded, Box::new(source) as Box<dyn Source>))
        });
        match opened {
            Ok((loaded, source)) => Ok(Self {
                catalog: loaded.into_catalog(),
                source,
            }),
            Err(failure) if may_be_gone => {
                note(format!("{failure}: what is pinned is used"));
                let empty = MemorySource::new();
                let loaded = load(&empty, &LoadOptions::default())?;
                Ok(Self {
                    catalog: loaded.into_catalog(),
                    source: Box::new(empty),
                })
            }
            Err(failure) => Err(failure),
        }
    }
}

/// A plan for one run with this id, of one operation on one package.
///
/// # Errors
///
/// There is no such release, or the operation does not go with what is installed, or cannot be planned.
pub(crate) fn plan(
    wish: &Wish<'_>,
    (shelf, instance): (&Shelf, &Instance),
    run: &str,
    (cluster, left): (&mut dyn Cluster, &Left<'_>),
) -> Result<PinnedPlan, Failure> {
    let installed = instance.installed.as_ref();
    if wish.kind == Kind::Action {
        if let Some(open) = &left.open {
            return Err(Failure::new(format!(
                "`{open}` came to rest and is not over: go on with it first, with --resume and --decide"
            )));
        }
        let known = (&shelf.catalog, instance.namespace.as_str(), installed);
        return action::plan(wish, known, run, cluster);
    }
    let operation = operation(wish, &shelf.catalog, (instance, left))?;
    let sheet = Sheet {
        wish,
        shelf,
        operation: &operation,
        id: run,
        uid: installed.map_or(run, InstalledRecord::release_uid),
        installed,
        record: requested(&operation, installed),
        others: &instance.others,
        left,
        level: 0,
    };
    stays_irreversible(&operation, installed);
    let planned = sheet.planned(cluster)?;
    PinnedPlan::new(run, wish.home, vec![planned]).map_err(failed)
}

/// Says what of the versions that a rollback leaves cannot be undone.
fn stays_irreversible(operation: &Operation, installed: Option<&InstalledRecord>) {
    if operation.kind() != OperationKind::Rollback {
        return;
    }
    let hooks = installed
        .map(InstalledRecord::irreversible_hooks)
        .unwrap_or_default();
    for hook in hooks {
        note(format!("what {hook} did cannot be undone, and stays"));
    }
}

/// Of what nobody asked for before, that a user does.
fn requested(
    operation: &Operation,
    installed: Option<&InstalledRecord>,
) -> Option<InstalledRelease> {
    let to = operation.to().filter(|_| installed.is_none())?;
    let package = operation.package().as_str();
    Some(InstalledRelease::new(package, to.as_str(), operation.namespace()).requested())
}

/// What one operation is planned from.
pub(crate) struct Sheet<'a> {
    pub(crate) wish: &'a Wish<'a>,
    pub(crate) shelf: &'a Shelf,
    pub(crate) operation: &'a Operation,
    pub(crate) id: &'a str,
    /// The uid of the release that is installed, or is to be.
    pub(crate) uid: &'a str,
    pub(crate) installed: Option<&'a InstalledRecord>,
    /// What will be on record, if it is more than what was.
    pub(crate) record: Option<InstalledRelease>,
    pub(crate) others: &'a [InstalledRecord],
    pub(crate) left: &'a Left<'a>,
    pub(crate) level: usize,
}

impl Sheet<'_> {
    /// The operation with all that it will send.
    ///
    /// # Errors
    ///
    /// A release that it needs is nowhere, or it cannot be planned.
    pub(crate) fn planned(self, cluster: &mut dyn Cluster) -> Result<PlannedOperation, Failure> {
        let Self {
            shelf, operation, ..
        } = self;
        let context = OperationContext::new(self.id, self.uid).map_err(failed)?;
        let installed = self.installed.cloned();
        let installed = installed.map(|record| record.with_modules(cluster, self.wish.home));
        let installed = installed.transpose().map_err(failed)?;
        let attempted = match self.installed.map_or(Ok(Vec::new()), attempted) {
            // Whatever is on record can be uninstalled.
            Err(_) if operation.kind() == OperationKind::Uninstall => Vec::new(),
            attempted => attempted?,
        };
        let last = attempted.last().or(self.left.attempted.as_ref());
        let context = match last {
            Some(version) => context.with_attempted_version(version.clone()),
            None => context,
        };
        let renderers: [Box<dyn ModuleRenderer + '_>; 3] = [
            Box::new(flux(self.wish.flux)),
            Box::new(TerraformRenderer::new(&*shelf.source)),
            Box::new(ManifestsRenderer::new(&*shelf.source)),
        ];
        let package = operation.package().as_str();
        let named = |version: Option<&Version>| shelf.catalog.release(package, version?);
        let (from, to) = (named(operation.from()), named(operation.to()));
        let mut pinned = Vec::new();
        for (version, known) in [(operation.from(), from), (operation.to(), to)] {
            if let (Some(version), None) = (version, known) {
                // An upgrade can do without the release it begins at: it cannot be taken back then.
                let is_needed =
                    operation.kind() != OperationKind::Upgrade || operation.to() == Some(version);
                let found = self.find(version, cluster)?;
                if found.is_none() && is_needed {
                    return Err(missing(self.wish, package, version));
                }
                pinned.extend(found);
            }
        }
        if operation.kind() == OperationKind::Rollback {
            let on_record = installed.iter().map(InstalledRecord::version);
            let on_record = on_record.filter_map(|version| Version::parse(version).ok());
            for version in attempted.iter().cloned().chain(on_record) {
                let version = &version;
                pinned.extend(self.find(version, cluster)?);
            }
        }
        let plan = |pinned: &[PinnedRelease]| {
            let input = OperationInput {
                operation,
                context: &context,
                from,
                to,
                installed: installed.as_ref(),
                record: self.record.clone(),
                others: self.others,
                renderer: &Renderers(&renderers),
                level: self.level,
                options: self.wish.options,
            };
            let planned = PlannedOperation::with_pinned(input, pinned);
            planned.map(|(planned, _)| planned).map_err(failed)
        };
        let mut planned = plan(&pinned)?;
        let sharing = self.others.iter().filter(|one| planned.shares_with(one));
        let sharing: Vec<&InstalledRecord> = sharing.collect();
        if !sharing.is_empty() {
            // As they wrote what they share, it is to be when they have it alone.
            for other in sharing {
                let version = Version::parse(other.version()).map_err(failed)?;
                let found = PinnedRelease::find(cluster, self.wish.home, other, &version);
                pinned.extend(found.map_err(failed)?);
            }
            planned = plan(&pinned)?;
        }
        let parameters = Parameters::read(
            |name| shelf.catalog.package(name).is_some(),
            self.wish.arguments,
        )?;
        Ok(match parameters.of(package) {
            Some(parameters) => planned.with_parameters(parameters.clone()),
            None => planned,
        })
    }

    /// A release that the catalog does not have, in the plan of the run before or in those that brought the instance where it is.
    fn find(
        &self,
        version: &Version,
        cluster: &mut dyn Cluster,
    ) -> Result<Option<PinnedRelease>, Failure> {
        let Some(installed) = self.installed else {
            return Ok(None);
        };
        let package = self.operation.package().as_str();
        let known = self.left.plan;
        let known = known.and_then(|plan| plan.brings(package, installed.namespace(), version));
        match known {
            Some(known) => Ok(Some(known)),
            None => {
                PinnedRelease::find(cluster, self.wish.home, installed, version).map_err(failed)
            }
        }
    }
}

/// That a version is nowhere.
pub(crate) fn missing(wish: &Wish<'_>, package: &str, version: &Version) -> Failure {
    Failure::new(format!(
        "`{package}` {version} is neither in {} nor in a plan that is kept in namespace `{}`: give a catalog that has it",
        wish.path, wish.home
    ))
}

/// Who renders charts; those that packages carry, if it is said where Flux finds the catalog.
fn flux(source: Option<FluxSource<'_>>) -> FluxRenderer {
    let renderer = FluxRenderer::new();
    match source {
        None => renderer,
        Some(FluxSource {
            kind,
            namespace,
            name,
            folder,
        }) => renderer.with_catalog(kind, (namespace, name), folder),
    }
}

struct Renderers<'r, 's>(&'r [Box<dyn ModuleRenderer + 's>; 3]);

impl ModuleRenderer for Renderers<'_, '_> {
    fn render(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Result<Option<RenderedModule>, ModuleError> {
        self.0.as_slice().render(release, module, namespace)
    }
}

/// An error of the library, as the program's one line.
pub(crate) fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(as_options(&error.to_string()))
}

/// The library's names of what can be planned otherwise, as this program has them.
pub(crate) fn as_options(text: &str) -> String {
    let text = text.replace("`take_ownership`", "--take-ownership");
    let text = text.replace("`force_conflicts`", "--force-conflicts");
    let text = text.replace(
        "tell the renderer which source of Flux holds the catalog",
        "say with --flux-source which source of Flux holds the catalog",
    );
    text.replace("`release_all`", "--release-all")
}

/// An operation of a plan in a line: its level, what it does, and who needs it.
pub(crate) fn listed(planned: &PlannedOperation) -> String {
    let needed = match needed_by(planned).join(", ") {
        none if none.is_empty() => none,
        names => format!("  (needed by {names})"),
    };
    format!(
        "{:>2}  {}{needed}",
        planned.level() + 1,
        planned.operation()
    )
}

/// The packages that need what an operation brings.
pub(crate) fn needed_by(planned: &PlannedOperation) -> Vec<&str> {
    let record = planned.record().map(InstalledRecord::release);
    let names = record.and_then(|record| record.get("neededBy")?.as_array());
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}
