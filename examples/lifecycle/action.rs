//! From a command line to the plan of an action.

use catalog_examples::{Failure, note};
use catalog_hooks::plan::{ActionInput, PinnedPlan, PinnedRelease, PlannedOperation};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Cluster, OperationContext};
use catalog_model::parameters::{ActionParameters, ParameterLimits};
use catalog_model::version::Version;
use catalog_model::{Catalog, Operation, PackageName, Release};
use serde_json::{Map, Value};

use crate::planning::{failed, missing};
use crate::wish::Wish;

/// A plan for one run of an action of what is installed. Where the catalog does not have that, it is as it was pinned.
///
/// # Errors
///
/// The package is not installed, its version is nowhere, that has no such action, or the parameters are not those of the action.
pub(crate) fn plan(
    wish: &Wish<'_>,
    (catalog, namespace, installed): (&Catalog, &str, Option<&InstalledRecord>),
    run: &str,
    cluster: &mut dyn Cluster,
) -> Result<PinnedPlan, Failure> {
    let name = wish.name();
    let installed = installed.filter(|record| !record.is_unfinished());
    let installed = installed.ok_or_else(|| {
        Failure::new(format!(
            "`{name}` is not installed in `{namespace}`: an action is of what is there"
        ))
    })?;
    let version = Version::parse(installed.version()).map_err(failed)?;
    if let Some(named) = wish.version().filter(|named| *named != version.as_str()) {
        return Err(Failure::new(format!(
            "`{name}` {version} is installed in `{namespace}`, and not {named}"
        )));
    }
    if let Some(said) = wish.from.filter(|said| *said != version.as_str()) {
        return Err(Failure::new(format!(
            "`{name}` {version} is on record in `{namespace}`, and not {said}: leave out --from"
        )));
    }
    let known = catalog.release(name, &version);
    let pinned = match known {
        Some(_) => None,
        None => PinnedRelease::find(cluster, wish.home, installed, &version).map_err(failed)?,
    };
    let release = known.or(pinned.as_ref().map(PinnedRelease::release));
    let release = release.ok_or_else(|| missing(wish, name, &version))?;
    let action = wish.action.unwrap_or_default();
    let package = PackageName::parse(name).map_err(failed)?;
    let operation = Operation::action(package, version, namespace, action);
    let context = OperationContext::new(run, installed.release_uid()).map_err(failed)?;
    let parameters = parameters(wish, release, action)?;
    let input = ActionInput {
        operation: &operation,
        context: &context,
        release,
        installed,
        parameters: &parameters,
    };
    let (planned, diagnostics) = PlannedOperation::action(input).map_err(failed)?;
    for diagnostic in diagnostics {
        note(diagnostic);
    }
    PinnedPlan::new(run, wish.home, vec![planned]).map_err(failed)
}

/// What is set, with the defaults of what is not. Of an action that there is none of, planning says so.
fn parameters(
    wish: &Wish<'_>,
    release: &Release,
    action: &str,
) -> Result<Map<String, Value>, Failure> {
    let given = wish.parameters()?;
    let mut actions = release.actions().iter();
    let Some(action) = actions.find(|one| one.name() == action) else {
        return Ok(Map::new());
    };
    let (parameters, said) = ActionParameters::read(release, action, &ParameterLimits::default());
    if let Some(diagnostic) = said.first() {
        return Err(Failure::new(diagnostic.to_string()));
    }
    parameters.complete(&given).map_err(|wrong| {
        let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        Failure::new(lines.join("; "))
    })
}
