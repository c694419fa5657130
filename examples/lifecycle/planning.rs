//! From a command line to a plan.

use std::str::FromStr;

use catalog_examples::{Arguments, Failure, catalog, release};
use catalog_hooks::api::{ListRequest, Reply, Request};
use catalog_hooks::journal::Journal;
use catalog_hooks::module::{
    FluxRenderer, ManifestsRenderer, ModuleError, ModuleRenderer, RenderedModule, TerraformRenderer,
};
use catalog_hooks::plan::{OperationInput, OperationOptions, PinnedPlan, PlannedOperation};
use catalog_hooks::record::{InstalledRecord, RECORD_TYPE};
use catalog_hooks::{Cluster, OperationContext, label};
use catalog_model::version::Version;
use catalog_model::{Catalog, FolderSource, Module, Operation, PackageName, Release};
use serde_json::Value;

/// What is to be done with a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Install,
    Upgrade,
    Rollback,
    Uninstall,
}

impl FromStr for Kind {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "install" => Ok(Self::Install),
            "upgrade" => Ok(Self::Upgrade),
            "rollback" => Ok(Self::Rollback),
            "uninstall" => Ok(Self::Uninstall),
            other => Err(Failure::new(format!(
                "`{other}` is no operation: install, upgrade, rollback or uninstall"
            ))),
        }
    }
}

/// What the command line says of the operation.
pub(crate) struct Wish<'a> {
    pub(crate) path: &'a str,
    pub(crate) package: &'a str,
    pub(crate) kind: Kind,
    pub(crate) from: Option<&'a str>,
    pub(crate) namespace: &'a str,
    pub(crate) home: &'a str,
    pub(crate) options: OperationOptions,
}

impl<'a> Wish<'a> {
    pub(crate) fn read(arguments: &'a Arguments) -> Result<Self, Failure> {
        let (path, package) = arguments.two("CATALOG", "PACKAGE")?;
        let mut options = OperationOptions::default();
        options.delete_data = arguments.switch("delete-data");
        options.delete_custom_resources = arguments.switch("delete-custom-resources");
        options.delete_namespace = arguments.switch("delete-namespace");
        options.skip_hooks = arguments.switch("skip-hooks");
        options.rollback_on_failure = arguments.switch("rollback-on-failure");
        Ok(Self {
            path,
            package,
            kind: arguments.option("operation").unwrap_or("install").parse()?,
            from: arguments.option("from"),
            namespace: arguments.option("namespace").unwrap_or("default"),
            home: arguments.option("home").unwrap_or("catalog-system"),
            options,
        })
    }

    /// The package's name.
    pub(crate) fn name(&self) -> &'a str {
        self.package.split('@').next().unwrap_or_default()
    }
}

/// A plan for one run with this id. `left`: what a run before left of the package that was not finished.
///
/// # Errors
///
/// The catalog has no such release, or the operation does not go with what is installed, or cannot be planned.
pub(crate) fn plan(
    wish: &Wish<'_>,
    run: &str,
    cluster: &mut dyn Cluster,
    left: Option<InstalledRecord>,
) -> Result<PinnedPlan, Failure> {
    let loaded = catalog(wish.path)?;
    let catalog = loaded.catalog();
    let namespace = catalog
        .package(wish.name())
        .map_or(wish.namespace, |package| package.namespace(wish.namespace));
    let (others, installed) = records(cluster, wish, namespace)?;
    let installed = left.or(installed);
    let operation = operation(wish, catalog, namespace, installed.as_ref())?;
    let uid = installed.as_ref().map_or(run, InstalledRecord::release_uid);
    let context = OperationContext::new(run, uid).map_err(failed)?;
    let source = FolderSource::open(wish.path)?;
    let renderers: [Box<dyn ModuleRenderer + '_>; 3] = [
        Box::new(FluxRenderer::new()),
        Box::new(TerraformRenderer::new(&source)),
        Box::new(ManifestsRenderer::new(&source)),
    ];
    let named = |version: Option<&Version>| catalog.release(wish.name(), version?);
    let input = OperationInput {
        operation: &operation,
        context: &context,
        from: named(operation.from()),
        to: named(operation.to()),
        installed: installed.as_ref(),
        record: None,
        others: &others,
        renderer: &Renderers(&renderers),
        level: 0,
        options: wish.options,
    };
    let (planned, _) = PlannedOperation::new(input).map_err(failed)?;
    PinnedPlan::new(run, wish.home, vec![planned]).map_err(failed)
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
    namespace: &str,
    installed: Option<&InstalledRecord>,
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
        Kind::Rollback => Operation::rollback(name.clone(), from()?, to()?, namespace),
        Kind::Uninstall => Operation::uninstall(name.clone(), from()?, namespace),
    })
}

/// What is on record of other instances, and of this one.
fn records(
    cluster: &mut dyn Cluster,
    wish: &Wish<'_>,
    namespace: &str,
) -> Result<(Vec<InstalledRecord>, Option<InstalledRecord>), Failure> {
    let own = InstalledRecord::secret_ref(wish.home, wish.name(), namespace);
    let fields = vec![("type".to_owned(), RECORD_TYPE.to_owned())];
    let secrets = secrets(cluster, wish.home, Vec::new(), fields)?;
    let is_own = |secret: &&Value| {
        let name = secret.pointer("/metadata/name");
        name.is_some_and(|name| name == own.name())
    };
    let (mine, others): (Vec<&Value>, Vec<&Value>) = secrets.iter().partition(is_own);
    let read = |secret: &&Value| InstalledRecord::from_secret(secret);
    Ok((
        others.iter().filter_map(read).collect(),
        mine.iter().find_map(read),
    ))
}

fn secrets(
    cluster: &mut dyn Cluster,
    home: &str,
    labels: Vec<(String, String)>,
    fields: Vec<(String, String)>,
) -> Result<Vec<Value>, Failure> {
    let request = Request::List(ListRequest {
        api_version: "v1".to_owned(),
        kind: "Secret".to_owned(),
        namespace: Some(home.to_owned()),
        labels,
        fields,
    });
    match cluster.call(&request) {
        Ok(Reply::Objects(secrets)) => Ok(secrets),
        Ok(_) => Ok(Vec::new()),
        Err(failure) => Err(Failure::new(format!(
            "the Secrets in `{home}` cannot be read: {failure}"
        ))),
    }
}

/// The plan that a journal belongs to, where its run has pinned it already.
pub(crate) fn pinned(
    cluster: &mut dyn Cluster,
    home: &str,
    journal: &Journal,
) -> Result<Option<PinnedPlan>, Failure> {
    let labels = vec![(label::PLAN.to_owned(), journal.plan().to_owned())];
    let parts = secrets(cluster, home, labels, Vec::new())?;
    if parts.is_empty() {
        return Ok(None);
    }
    PinnedPlan::from_secrets(&parts).map(Some).map_err(failed)
}

/// What the last run left of a package that was not finished.
///
/// # Errors
///
/// It left another package so: its journal would be lost.
pub(crate) fn left(
    plan: &PinnedPlan,
    journal: &Journal,
    package: &str,
) -> Result<Option<InstalledRecord>, Failure> {
    let operations = plan.operations().iter().zip(journal.operations());
    let mut open = operations.filter(|(_, operation)| operation.status().is_open());
    let Some((planned, operation)) = open.next_back() else {
        return Ok(None);
    };
    if planned.operation().package().as_str() != package {
        return Err(Failure::new(format!(
            "`{}` came to rest and is not over: go on with it first, with --resume and --decide",
            planned.operation()
        )));
    }
    Ok(InstalledRecord::left_by(planned, operation))
}

/// An error of the library, as the program's one line.
pub(crate) fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(error.to_string())
}
