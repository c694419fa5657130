//! What always holds, whatever goes wrong: checked over what happened in a cluster while a plan was carried out.

mod fields;
mod hooks;
mod journal_texts;
mod journals;
mod leftovers;
mod origins;
mod owned;
pub(super) mod sameness;
mod strangers;
mod uids;

use serde_json::Value;

pub(super) use self::journal_texts::Journals;
pub(super) use self::leftovers::LEFT;
pub(super) use self::owned::OWNED;
use super::cluster::FakeCluster;
use super::explore::Scenario;
use super::field;
use crate::label;
use crate::pointer::At;

/// The label that marks an object as somebody else's, which nothing of ours may change.
pub const FOREIGN: &str = "simulator/foreign";

/// What is known of a run while it goes on. A copy goes on from where it was, so that runs with one beginning have that looked at once.
#[derive(Clone)]
pub(super) struct Watch<'s> {
    scenario: &'s Scenario,
    seen: usize,
    journals: journals::Watch,
    hooks: hooks::Watch<'s>,
    strangers: strangers::Watch<'s>,
    uids: uids::Watch,
}

impl<'s> Watch<'s> {
    pub(super) fn new(scenario: &'s Scenario) -> Self {
        let before = scenario.cluster().trace();
        Self {
            scenario,
            seen: before.len(),
            journals: journals::Watch::default(),
            hooks: hooks::Watch::new(scenario.plan()),
            strangers: strangers::Watch::new(scenario.plan(), before),
            uids: uids::Watch::default(),
        }
    }

    /// Looks at what has happened since the last look.
    pub(super) fn see(&mut self, cluster: &FakeCluster, journals: &mut Journals) {
        let events = cluster.trace().get(self.seen..).unwrap_or_default();
        for event in events {
            self.journals.see(event, journals);
            self.hooks.see(event, journals);
            self.uids.see(event, journals);
            self.strangers.see(event, journals);
        }
        self.seen += events.len();
    }

    /// What does not hold after the plan was carried out in this cluster; empty: all is well. Each line begins with the invariant.
    #[must_use]
    pub(super) fn end(mut self, cluster: &FakeCluster, journals: &mut Journals) -> Vec<String> {
        self.see(cluster, journals);
        let mut found = self.journals.end();
        found.extend(self.hooks.found);
        found.extend(self.strangers.found);
        found.extend(self.uids.found);
        let plan = self.scenario.plan();
        found.extend(leftovers::check(plan, cluster, journals));
        found.extend(owned::check(plan, cluster, journals));
        found.extend(fields::check(self.scenario, cluster, journals));
        found.sort();
        found.dedup();
        found
    }
}

/// The release that an object carries the label of; of what hooks have and what runs keep of themselves none.
fn release_of(object: &Value) -> Option<&str> {
    let labels = object.at("/metadata/labels")?;
    let is_of_runs = field::text(object, "/type").starts_with("catalog.dev/");
    let counts = labels.get(label::OPERATION).is_none() && !is_of_runs;
    labels.get(label::RELEASE_UID)?.as_str().filter(|_| counts)
}
