//! The hooks and actions whose pods are told what to do.

use std::collections::BTreeSet;

use catalog_examples::{Arguments, Failure};
use catalog_hooks::plan::PinnedPlan;
use catalog_model::{Catalog, Phase};

/// That each name after `--fails` and `--hangs` is one of a hook or action of a package that the plan is about, in any release, or of what is
/// carried out.
///
/// # Errors
///
/// The first that is none.
pub(crate) fn check(
    arguments: &Arguments,
    catalog: &Catalog,
    plan: &PinnedPlan,
) -> Result<(), Failure> {
    let packages = plan.operations().iter();
    let packages: BTreeSet<&str> = packages
        .map(|one| one.operation().package().as_str())
        .collect();
    let known = known(&packages, catalog, plan);
    for option in ["fails", "hangs"] {
        let mut named = arguments.options(option);
        if let Some(name) = named.find(|name| !known.contains(*name)) {
            let whose = Vec::from_iter(packages.iter().copied()).join("`, `");
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let known = match known.as_slice() {
                [] => "none".to_owned(),
                names => format!("`{}`", names.join("`, `")),
            };
            let have = match packages.len() {
                1 => "has no hook or action of this name; it has",
                _ => "have no hook or action of this name; they have",
            };
            return Err(Failure::new(format!(
                "`--{option} {name}`: `{whose}` {have} {known}"
            )));
        }
    }
    Ok(())
}

fn known(packages: &BTreeSet<&str>, catalog: &Catalog, plan: &PinnedPlan) -> BTreeSet<String> {
    let pinned = plan.operations().iter().flat_map(|one| one.hooks());
    let mut known: BTreeSet<String> = pinned.map(|job| job.hook().to_owned()).collect();
    let packages = packages
        .iter()
        .filter_map(|package| catalog.package(package));
    for release in packages.flat_map(|package| package.releases()) {
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
