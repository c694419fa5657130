//! From a command line to a plan.

use catalog_examples::{Failure, catalog, note, release};
use catalog_hooks::journal::Journal;
use catalog_hooks::module::{
    FluxRenderer, ManifestsRenderer, ModuleError, ModuleRenderer, RenderedModule, TerraformRenderer,
};
use catalog_hooks::plan::{OperationInput, PinnedPlan, PinnedRelease, PlannedOperation};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Cluster, OperationContext};
use catalog_model::version::Version;
use catalog_model::{
    Catalog, FolderSource, LoadOptions, MemorySource, Module, Operation, PackageName, Release,
    Source, load,
};

use crate::action;
use crate::instance::Instance;
use crate::wish::{Kind, Wish};

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
            let source = FolderSource::open(path)?;
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

/// What a run before this one left of the instance: its plan, and what is there of an operation that was not finished.
#[derive(Default)]
pub(crate) struct Left {
    pub(crate) plan: Option<PinnedPlan>,
    pub(crate) record: Option<InstalledRecord>,
}

/// A plan for one run with this id.
///
/// # Errors
///
/// There is no such release, or the operation does not go with what is installed, or cannot be planned.
pub(crate) fn plan(
    wish: &Wish<'_>,
    (shelf, instance): (&Shelf, &Instance),
    run: &str,
    (cluster, left): (&mut dyn Cluster, &Left),
) -> Result<PinnedPlan, Failure> {
    let installed = left.record.as_ref().or(instance.installed.as_ref());
    if wish.kind == Kind::Action {
        return action::plan(wish, (&shelf.catalog, &instance.namespace, installed), run);
    }
    let operation = operation(wish, &shelf.catalog, (&instance.namespace, installed))?;
    let uid = installed.map_or(run, InstalledRecord::release_uid);
    let context = OperationContext::new(run, uid).map_err(failed)?;
    let renderers: [Box<dyn ModuleRenderer + '_>; 3] = [
        Box::new(FluxRenderer::new()),
        Box::new(TerraformRenderer::new(&*shelf.source)),
        Box::new(ManifestsRenderer::new(&*shelf.source)),
    ];
    let named = |version: Option<&Version>| shelf.catalog.release(wish.name(), version?);
    let (from, to) = (named(operation.from()), named(operation.to()));
    let mut pinned = Vec::new();
    for (version, known) in [(operation.from(), from), (operation.to(), to)] {
        if let (Some(version), None) = (version, known) {
            // An upgrade can do without the release it begins at: it cannot be taken back then.
            let is_needed = wish.kind != Kind::Upgrade;
            let found = find(wish, version, (cluster, installed, left))?;
            if found.is_none() && is_needed {
                return Err(missing(wish, version));
            }
            pinned.extend(found);
        }
    }
    let input = OperationInput {
        operation: &operation,
        context: &context,
        from,
        to,
        installed,
        record: None,
        others: &instance.others,
        renderer: &Renderers(&renderers),
        level: 0,
        options: wish.options,
    };
    let (planned, _) = PlannedOperation::with_pinned(input, &pinned).map_err(failed)?;
    PinnedPlan::new(run, wish.home, vec![planned]).map_err(failed)
}

/// A release that the catalog does not have, in the plan of the run before or in those that brought the instance where it is.
fn find(
    wish: &Wish<'_>,
    version: &Version,
    (cluster, installed, left): (&mut dyn Cluster, Option<&InstalledRecord>, &Left),
) -> Result<Option<PinnedRelease>, Failure> {
    let Some(installed) = installed else {
        return Ok(None);
    };
    let known = left.plan.as_ref();
    let known = known.and_then(|plan| plan.brings(wish.name(), installed.namespace(), version));
    match known {
        Some(known) => Ok(Some(known)),
        None => PinnedRelease::find(cluster, wish.home, installed, version).map_err(failed),
    }
}

fn missing(wish: &Wish<'_>, version: &Version) -> Failure {
    Failure::new(format!(
        "`{}` {version} is neither in {} nor in a plan that is kept in namespace `{}`: give a catalog that has it",
        wish.name(),
        wish.path,
        wish.home
    ))
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

fn operation(
    wish: &Wish<'_>,
    catalog: &Catalog,
    (namespace, installed): (&str, Option<&InstalledRecord>),
) -> Result<Operation, Failure> {
    let name = PackageName::parse(wish.name()).map_err(failed)?;
    let from = || {
        let text = wish.from.or(installed.map(InstalledRecord::version));
        let text = text.ok_or_else(|| {
            Failure::new(format!(
                "`{name}` is not installed in `{namespace}`: install it, or say with --from what is there"
            ))
        })?;
        Version::parse(text).map_err(failed)
    };
    let to = || Ok::<_, Failure>(release(catalog, wish.package)?.version().clone());
    Ok(match wish.kind {
        Kind::Install => Operation::install(name.clone(), to()?, namespace),
        Kind::Upgrade => Operation::upgrade(name.clone(), from()?, to()?, namespace),
        Kind::Rollback => {
            let from = from()?;
            Operation::rollback(name.clone(), from, target(wish, installed)?, namespace)
        }
        Kind::Uninstall => {
            let from = from()?;
            if let Some(named) = wish.version().filter(|named| *named != from.as_str()) {
                return Err(Failure::new(format!(
                    "`{name}` {from} is installed in `{namespace}`, and not {named}"
                )));
            }
            Operation::uninstall(name.clone(), from, namespace)
        }
        // It has a plan of its own.
        Kind::Action => return Err(Failure::new("an action is not planned as other operations")),
    })
}

/// The version to go back to: the one that is named, or the one before.
fn target(wish: &Wish<'_>, installed: Option<&InstalledRecord>) -> Result<Version, Failure> {
    let history = installed.and_then(|record| record.release().get("history")?.as_array());
    let last = history.and_then(|versions| versions.last()?.as_str());
    let text = wish.version().or(last).ok_or_else(|| {
        Failure::new(format!(
            "it is not on record what `{0}` was before: say which version to go back to, as {0}@VERSION",
            wish.name()
        ))
    })?;
    Version::parse(text).map_err(failed)
}

/// What the last run left of an instance: its plan, and what is there if it was not finished.
///
/// # Errors
///
/// It left another instance so: its journal would be lost.
pub(crate) fn left(
    plan: PinnedPlan,
    journal: &Journal,
    wish: &Wish<'_>,
    instance: &Instance,
) -> Result<Left, Failure> {
    let operations = plan.operations().iter().zip(journal.operations());
    let mut open = operations.filter(|(_, operation)| operation.status().is_open());
    let record = match open.next_back() {
        None => None,
        Some((planned, operation)) => {
            let it = planned.operation();
            if (it.package().as_str(), it.namespace()) != (wish.name(), &instance.namespace) {
                return Err(Failure::new(format!(
                    "`{it}` came to rest and is not over: go on with it first, with --resume and --decide"
                )));
            }
            InstalledRecord::left_by(planned, operation)
        }
    };
    Ok(Left {
        plan: Some(plan),
        record,
    })
}

/// An error of the library, as the program's one line.
pub(crate) fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}
