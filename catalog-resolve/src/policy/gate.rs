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
        let mut outcome = PolicyOutcome::default();
        let mut matched = BTreeSet::new();
        for item in items {
            outcome.asked += 1;
            let found = self.violations(&item, &mut matched);
            outcome.violations.extend(found);
        }
        for (at, rule) in self.rules.iter().enumerate() {
            if !packages.iter().any(|name| rule.names(name)) {
                outcome.idle.push(rule.clone());
            } else if !matched.contains(&at) {
                outcome.unmatched.push(rule.clone());
            }
        }
        outcome
    }

    /// What is forbidden of a thing; `matched` gets the places of the rules that hold of it.
    fn violations(&self, item: &Item, matched: &mut BTreeSet<usize>) -> Vec<Violation> {
        let mut found = Vec::new();
        let (mut allows, mut is_allowed) = (Vec::new(), false);
        let rules = self.rules.iter().enumerate();
        for (at, rule) in rules.filter(|(_, rule)| rule.is_about(item.subject, &item.package)) {
            let holds = rule.holds_of(item);
            if holds {
                matched.insert(at);
            }
            match rule.is_deny {
                true if holds => found.push(violation(item, ViolationKind::Denied, Some(rule))),
                true => {}
                false => {
                    allows.push(rule);
                    is_allowed |= holds;
                }
            }
        }
        match (item.subject, allows.first()) {
            _ if is_allowed => {}
            (Subject::Unexamined, _) => {
                found.push(violation(item, ViolationKind::Unexamined, None))
            }
            (_, Some(&first)) => {
                found.push(violation(item, ViolationKind::NotAllowed, Some(first)))
            }
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
