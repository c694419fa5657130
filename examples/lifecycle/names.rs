//! The hooks and actions whose pods are told what to do.

use std::collections::BTreeSet;

use catalog_examples::{Arguments, Failure};
use catalog_hooks::plan::PinnedPlan;
use catalog_model::{Catalog, Phase};

/// That each name after `--fails` and `--hangs` is one of a hook or action of the package, in any release, or of what is carried out.
///
/// # Errors
///
/// The first that is none.
pub(crate) fn check(
    arguments: &Arguments,
    package: &str,
    (catalog, plan): (&Catalog, &PinnedPlan),
) -> Result<(), Failure> {
    let known = known(package, catalog, plan);
    for option in ["fails", "hangs"] {
        let mut named = arguments.options(option);
        if let Some(name) = named.find(|name| !known.contains(*name)) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let known = match known.as_slice() {
                [] => "it has none".to_owned(),
                names => format!("it has `{}`", names.join("`, `")),
            };
            return Err(Failure::new(format!(
                "`--{option} {name}`: `{package}` has no hook or action of this name; {known}"
            )));
        }
    }
    Ok(())
}

fn known(package: &str, catalog: &Catalog, plan: &PinnedPlan) -> BTreeSet<String> {
    let pinned = plan.operations().iter().flat_map(|one| one.hooks());
    let mut known: BTreeSet<String> = pinned.map(|job| job.hook().to_owned()).collect();
    let releases = catalog.package(package).into_iter();
    for release in releases.flat_map(|package| package.releases()) {
        let hooks = Phase::ALL
            .into_iter()
            .flat_map(|phase| release.hooks(phase));
        known.extend(hooks.map(|hook| hook.name().to_owned()));
        known.extend(
            release
                .actions()
                .iter()
                .map(|action| action.name().to_owned()),
        );
    }
    known
}
