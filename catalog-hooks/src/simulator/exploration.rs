//! What many runs of a plan came to.

use std::collections::BTreeMap;
use std::fmt;

use super::explore::Run;
use crate::machine::Outcome;

/// What all runs with one or two faults came to.
#[derive(Clone, Debug, Default)]
pub struct Exploration {
    /// How many runs there were.
    pub runs: usize,
    /// How many of them ended how.
    pub outcomes: BTreeMap<String, usize>,
    /// What went wrong in which run.
    pub findings: Vec<Finding>,
}

/// A run after which something does not hold that always must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What went wrong, and where: `500 at 12 (create Job here/x), crash after at 30 (write the journal)`.
    pub after: String,
    /// What does not hold.
    pub violations: Vec<String>,
}

impl Exploration {
    /// Counts a run, and keeps what is wrong with it.
    pub(super) fn add_described(&mut self, after: &str, run: &Run, violations: Vec<String>) {
        self.runs += 1;
        let outcome = match &run.outcome {
            None => "none".to_owned(),
            Some(Outcome::Stopped(stop)) => stop.to_string(),
            Some(outcome) => format!("{outcome:?}"),
        };
        *self.outcomes.entry(outcome).or_default() += 1;
        if !violations.is_empty() {
            let after = after.to_owned();
            self.findings.push(Finding { after, violations });
        }
    }

    /// Adds what was found elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.runs += other.runs;
        for (outcome, count) in other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        self.findings.extend(other.findings);
    }

    /// How many findings there are of each violation, with the first of them.
    #[must_use]
    pub fn summary(&self) -> BTreeMap<String, (usize, &Finding)> {
        let mut summary: BTreeMap<String, (usize, &Finding)> = BTreeMap::new();
        for finding in &self.findings {
            for violation in &finding.violations {
                summary.entry(violation.clone()).or_insert((0, finding)).0 += 1;
            }
        }
        summary
    }
}

impl fmt::Display for Finding {
    /// `500 at 12 (create Job here/x): lost is never success: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.after, self.violations.join("; "))
    }
}
