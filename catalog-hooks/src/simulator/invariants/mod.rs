//! What always holds, whatever goes wrong: checked over what happened in a cluster while a plan was carried out.

mod hooks;
mod journal_texts;
mod journals;
mod leftovers;
mod owned;
pub(super) mod sameness;
mod strangers;

pub(super) use self::journal_texts::Journals;
pub(super) use self::leftovers::LEFT;
pub(super) use self::owned::OWNED;
use super::cluster::FakeCluster;
use super::explore::Scenario;

/// The label that marks an object as somebody else's, which nothing of ours may change.
pub const FOREIGN: &str = "simulator/foreign";

/// What does not hold after the plan of a scenario was carried out in this cluster; empty: all is well. Each line begins with the
/// invariant.
#[must_use]
pub(super) fn check(
    scenario: &Scenario,
    cluster: &FakeCluster,
    journals: &mut Journals,
) -> Vec<String> {
    let before = scenario.cluster().trace().len();
    let events = cluster.trace().get(before..).unwrap_or_default();
    let plan = scenario.plan();
    let mut found = journals::check(events, journals);
    found.extend(hooks::check(plan, events, journals));
    found.extend(strangers::check(plan, events));
    found.extend(leftovers::check(plan, cluster));
    found.extend(owned::check(cluster));
    found.sort();
    found.dedup();
    found
}
