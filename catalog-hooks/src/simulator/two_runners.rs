//! Two runners of one plan: one that is believed dead and is not, and the one that took over.

use super::exploration::Exploration;
use super::explore::{Asked, Run, Scenario, note};
use super::invariants::LEFT;
use super::parallel;
use super::runner::Runner;
use crate::edge::REQUEST_TIMEOUT;
use crate::effect::Effect;

/// Where one runner stops and the other goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interleaving {
    /// After how many effects of the first the second takes over. The next effect of the first is under way then, and comes late.
    pub first: usize,
    /// After how many effects of the second the first wakes up and goes on.
    pub second: usize,
}

/// Two runners of a run in the middle.
struct Pair {
    run: Run,
    first: Runner,
    /// What the first was about to do when it fell asleep.
    late: Option<Effect>,
    second: Runner,
    /// How many effects were made before the second began.
    alone: usize,
}

impl Scenario {
    /// All runs in which a second runner takes over after each effect of the first, and the first goes on after each of the second's
    /// first `most` effects, with the effect that it was about to make. With [`usize::MAX`], after each that the second makes.
    ///
    /// The second takes over what has a journal. Where none is written yet both begin, and one of them gets it; but for uninstalls, which
    /// remove it in the end: of two that begin one at a time only the Lease knows, and there is none here.
    #[must_use]
    pub fn interleavings(&self, most: usize) -> Exploration {
        let base = self.run(&[]);
        let is_write = |one: &Asked| &*one.words == "write the journal";
        let begun = base
            .effects
            .iter()
            .position(is_write)
            .map_or(0, |at| at + 1);
        let from = match base.cluster.journal() {
            Some(_) => 0,
            None => begun,
        };
        let all: Vec<usize> = (from..base.effects.len()).collect();
        let look = |first: &usize, exploration: &mut Exploration| match self.pair(*first) {
            Ok(pair) => self.wake_anywhere(pair, (*first, most), exploration),
            Err(alone) => {
                let violations = self.violations(&alone);
                exploration.add_described(&format!("{first} alone"), &alone, violations);
            }
        };
        parallel::explore(&all, look, |_, _| {})
    }

    /// Lets the first of a pair wake up after each effect of the second.
    fn wake_anywhere(
        &self,
        mut pair: Pair,
        (first, most): (usize, usize),
        exploration: &mut Exploration,
    ) {
        for second in 0..=most {
            let comes_after_all = pair.comes_after_all();
            let woken = pair.fork().map(|pair| self.wake(pair));
            // What cannot be forked counts as a run that does not end, which is found.
            let run = woken.unwrap_or_else(|| self.begin());
            let mut violations = self.violations(&run);
            if comes_after_all {
                violations.retain(|one| !one.starts_with(LEFT));
            }
            let at = Interleaving { first, second };
            exploration.add_described(&format!("{at:?}"), &run, violations);
            if !self.one(&mut pair.run, &mut pair.second) {
                break;
            }
        }
    }

    /// One such run.
    #[must_use]
    pub fn interleave(&self, at: Interleaving) -> Run {
        match self.pair(at.first) {
            Ok(mut pair) => {
                let mut count = 0;
                while count < at.second && self.one(&mut pair.run, &mut pair.second) {
                    count += 1;
                }
                self.wake(pair)
            }
            Err(alone) => *alone,
        }
    }

    /// A first runner that fell asleep after so many effects, and a second that takes over; or the run, if it needs no second.
    fn pair(&self, effects: usize) -> Result<Pair, Box<Run>> {
        let mut run = self.begin();
        let Some(first) = self.start(&mut run, None) else {
            return Err(Box::new(run));
        };
        let mut first = first.remembering();
        for _ in 0..effects {
            if !self.one(&mut run, &mut first) {
                return Err(Box::new(self.finish(run, None)));
            }
        }
        let late = first.next(&mut run.cluster, self.deadline());
        let alone = run.effects.len();
        run.cluster.advance(REQUEST_TIMEOUT);
        match self.start(&mut run, None) {
            Some(second) => Ok(Pair {
                run,
                first,
                late,
                second: second.remembering(),
                alone,
            }),
            None => Err(Box::new(self.finish(run, None))),
        }
    }

    /// Lets the first runner wake up and come to its end, then the second, and whoever is needed after it.
    fn wake(&self, pair: Pair) -> Run {
        let Pair {
            mut run,
            mut first,
            late,
            mut second,
            ..
        } = pair;
        if let Some(late) = late {
            note(&mut run, &late);
            first.carry_out(&mut run.cluster, late, None);
        }
        while self.one(&mut run, &mut first) {}
        while self.one(&mut run, &mut second) {}
        run.outcome = second.outcome();
        self.finish(run, second.outcome())
    }

    /// Lets a runner make an effect; whether it made one.
    fn one(&self, run: &mut Run, runner: &mut Runner) -> bool {
        let Some(effect) = runner.next(&mut run.cluster, self.deadline()) else {
            return false;
        };
        note(run, &effect);
        runner.carry_out(&mut run.cluster, effect, None)
    }
}

impl Pair {
    /// The same once more, to go on in another way.
    fn fork(&self) -> Option<Self> {
        Some(Self {
            run: self.run.clone(),
            first: self.first.fork()?,
            late: self.late.clone(),
            second: self.second.fork()?,
            alone: self.alone,
        })
    }

    /// Whether the first is about to create a Job, and the second has looked for such ones for the last time: the next operation of the release
    /// removes it, and until then it is held back.
    fn comes_after_all(&self) -> bool {
        let creates = |effect: &Effect| effect.task.to_string().starts_with("create Job ");
        let mut seen = self.run.effects.iter().skip(self.alone);
        self.late.as_ref().is_some_and(creates) && seen.any(|one| one.words.starts_with("list Job"))
    }
}
