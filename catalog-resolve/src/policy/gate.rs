//! A policy, asked about a plan.

use std::collections::BTreeSet;

use super::item::{Item, JudgedRelease, of_operation, of_release};
use super::outcome::{PolicyOutcome, Violation, ViolationKind};
use super::rule::{Policy, PolicyRule};
use super::subject::Subject;
use crate::ledger::OperationLedger;

impl Policy {
    /// Everything of a plan that the policy forbids, in the order of the plan, then of its ledgers, then of the rules.
    ///
    /// `verdicts` are those on the releases that come; without them, no rule about breaks and verdicts has anything to say.
    ///
    /// Cost: each thing in the ledgers with each rule about such things.
    #[must_use]
    pub fn gate(
        &self,
        ledgers: &[OperationLedger],
        verdicts: &[JudgedRelease<'_>],
    ) -> PolicyOutcome {
        let operations = ledgers.iter().flat_map(of_operation);
        let items = operations.chain(verdicts.iter().flat_map(of_release));
        let of_ledgers = ledgers.iter().map(OperationLedger::package);
        let of_verdicts = verdicts.iter().map(|one| one.release.package().as_str());
        let packages: BTreeSet<&str> = of_ledgers.chain(of_verdicts).collect();
        let rules = self.rules.iter();
        let mut outcome = PolicyOutcome {
            idle: rules
                .filter(|rule| !packages.iter().any(|name| rule.names(name)))
                .cloned()
                .collect(),
            ..PolicyOutcome::default()
        };
        for item in items {
            outcome.asked += 1;
            outcome.violations.extend(self.violations(&item));
        }
        outcome
    }

    fn violations(&self, item: &Item) -> Vec<Violation> {
        let about = || {
            let rules = self.rules.iter();
            rules.filter(|rule| rule.is_about(item.subject, &item.package))
        };
        let denied = about().filter(|rule| rule.is_deny && rule.holds_of(item));
        let mut found: Vec<Violation> = denied
            .map(|rule| violation(item, ViolationKind::Denied, Some(rule)))
            .collect();
        let allows: Vec<&PolicyRule> = about().filter(|rule| !rule.is_deny).collect();
        let is_allowed = allows.iter().any(|rule| rule.holds_of(item));
        match (item.subject, allows.first()) {
            _ if is_allowed => {}
            (Subject::Unexamined, _) => {
                found.push(violation(item, ViolationKind::Unexamined, None))
            }
            (_, Some(first)) => found.push(violation(item, ViolationKind::NotAllowed, Some(first))),
            (_, None) => {}
        }
        found
    }
}

fn violation(item: &Item, kind: ViolationKind, rule: Option<&PolicyRule>) -> Violation {
    Violation {
        kind,
        subject: item.subject,
        rule: rule.cloned(),
        package: item.package.clone(),
        version: item.version.clone(),
        text: item.text.clone(),
        place: item.place.clone(),
    }
}
