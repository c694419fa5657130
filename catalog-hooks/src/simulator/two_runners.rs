//! Two runners of one plan: one that is believed dead and is not, and the one that took over.

use super::exploration::Exploration;
use super::explore::{Run, Scenario, note};
use super::parallel;
use super::runner::Runner;
use crate::edge::REQUEST_TIMEOUT;

/// Where one runner stops and the other goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interleaving {
    /// After how many effects of the first the second takes over. The next effect of the first is under way then, and comes late.
    pub first: usize,
    /// After how many effects of the second the first wakes up and goes on.
    pub second: usize,
}

impl Scenario {
    /// All runs in which a second runner takes over after each effect of the first, and the first goes on after each of the second's
    /// first `most` effects, with the effect that it was about to make.
    #[must_use]
    pub fn interleavings(&self, most: usize) -> Exploration {
        let effects = self.run(&[]).effects.len();
        let all: Vec<Interleaving> = (0..effects)
            .flat_map(|first| (0..=most).map(move |second| Interleaving { first, second }))
            .collect();
        parallel::explore(&all, |one, exploration| {
            let run = self.interleave(*one);
            let violations = self.violations(&run);
            exploration.add_described(&format!("{one:?}"), &run, violations);
        })
    }

    /// One such run.
    #[must_use]
    pub fn interleave(&self, at: Interleaving) -> Run {
        let mut run = self.begin();
        let Some(mut first) = self.start(&mut run, None) else {
            return run;
        };
        if !self.some(&mut run, &mut first, at.first) {
            return self.finish(run, None);
        }
        let late = first.next(&mut run.cluster, self.deadline());
        run.cluster.advance(REQUEST_TIMEOUT);
        let Some(mut second) = self.start(&mut run, None) else {
            return self.finish(run, None);
        };
        let goes_on = self.some(&mut run, &mut second, at.second);
        if let Some(late) = late {
            note(&mut run, &late);
            first.carry_out(&mut run.cluster, late, None);
        }
        while self.some(&mut run, &mut first, 1) {}
        while goes_on && self.some(&mut run, &mut second, 1) {}
        run.outcome = second.outcome();
        self.finish(run, second.outcome())
    }

    /// Lets a runner make so many effects; whether it made them all.
    fn some(&self, run: &mut Run, runner: &mut Runner, count: usize) -> bool {
        for _ in 0..count {
            let Some(effect) = runner.next(&mut run.cluster, self.deadline()) else {
                return false;
            };
            note(run, &effect);
            runner.carry_out(&mut run.cluster, effect, None);
        }
        true
    }
}
