//! Changes to a request that lead to a newer release.

use catalog_model::Scope;
use catalog_model::version::{Version, VersionRange};

use super::newer::WhyNotNewer;
use crate::conflict::{Attempt, Repair, RepairKind};
use crate::request::{Item, Request};
use crate::resolution::Resolution;
use crate::universe::Universe;

/// Attempts for one reason.
const ATTEMPTS: usize = 12;

/// What asking for a release before all else costs: it is tried last, as it decides more than it was meant to.
const COST_OF_ASKING: u32 = 8;

/// Finds single changes to the request that lead to a release of the package newer than the chosen one, cheapest first: upgrading what is
/// installed and stands in the way, another range, a prerelease, lifting an exclusion or a pin, asking for it by its version before anything
/// else. Every change given has been resolved, and its [resolution](Repair::resolution) has the newer release.
///
/// Takes up to a dozen searches with a small budget each.
#[must_use]
pub fn ways_to_newer(universe: &Universe, request: &Request, why: &WhyNotNewer) -> Vec<Repair> {
    let of_levers = why.levers.iter();
    let mut attempts: Vec<Attempt> = of_levers
        .flat_map(|lever| Attempt::of(request, lever))
        .collect();
    attempts.extend(ask_first(universe, request, why));
    attempts.sort_by_key(|attempt| attempt.cost);
    attempts.truncate(ATTEMPTS);
    let made = attempts.into_iter().filter_map(|attempt| {
        let alone = attempt.clone().make(universe);
        let alone = alone.filter(|repair| leads_to_newer(repair.resolution(), why));
        alone.or_else(|| {
            // What is installed may be free to move and stay all the same.
            let moved = attempt.and_upgrade(&why.package)?.make(universe)?;
            leads_to_newer(moved.resolution(), why).then_some(moved)
        })
    });
    made.collect()
}

fn leads_to_newer(resolution: &Resolution, why: &WhyNotNewer) -> bool {
    let mut releases = resolution.releases().iter();
    let release = releases.find(|r| r.package() == why.package && r.namespace() == why.namespace);
    let is_newer = |version: &Version| Version::parse(&why.chosen).is_ok_and(|old| *version > old);
    release.is_some_and(|r| r.release.as_ref().is_some_and(is_newer))
}

/// Asks for the newest of the releases, in the place of what is asked of its package there or besides, and before anything else.
fn ask_first(universe: &Universe, request: &Request, why: &WhyNotNewer) -> Option<Attempt> {
    let (catalog, version) = why.releases().next()?;
    let range = VersionRange::parse(&format!("={version}")).ok()?;
    let mut item = Item::new(&why.package, range).namespace(&why.namespace);
    if let Some(catalog) = catalog {
        item = item.catalog(catalog);
    }
    let mut changed = request.clone();
    let package = universe.find(&why.package).map(|id| universe.package(id));
    let may_be_several = package.is_some_and(|package| package.scope == Scope::Namespace);
    let is_elsewhere = |item: &Item| {
        let namespace = item.namespace.as_ref().unwrap_or(&request.home);
        may_be_several && *namespace != why.namespace
    };
    let items = &mut changed.items;
    items.retain(|item| item.package != why.package || is_elsewhere(item));
    items.insert(0, item);
    let place = match may_be_several {
        true => format!(" in {}", why.namespace),
        false => String::new(),
    };
    let package = &why.package;
    let text = format!("ask for {package} {version}{place} before anything else");
    Some(Attempt::fixed(
        RepairKind::Item,
        COST_OF_ASKING,
        changed,
        text,
    ))
}
