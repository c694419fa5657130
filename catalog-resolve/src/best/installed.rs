//! Decisions about what is installed or locked.

use super::questions::{Questions, Search};
use super::{Cause, Decisions};
use crate::encode::{Encoder, InstanceKey};
use crate::engine::{ABSENT, Exhausted, Term, ValueSet, Var};
use crate::request::Upgrades;
use crate::situation::{Situation, Standing};

impl Decisions<Search<'_, '_>> {
    /// Keeps only the answers in which as few of the installed packages move as in any.
    pub(super) fn change_least(&mut self) -> Result<(), Exhausted> {
        let movers = self.movers();
        let Some(first) = movers.first() else {
            return Ok(());
        };
        self.at = Some(self.questions.encoder.instance(*first).key().0);
        let unmoved: Vec<Term> = movers
            .iter()
            .map(|var| self.questions.encoder.unmoved(*var))
            .collect();
        let before = self.questions.assumed();
        if self.questions.narrow(&unmoved)? {
            self.note(Cause::FewestChanges, before, None);
            return Ok(());
        }
        let mut most = 1;
        loop {
            // Making the counter costs as much as it has clauses, and there may be very many.
            let clauses = movers.len() as u64 * u64::from(most);
            self.questions.spend(clauses)?;
            let (encoder, engine) = (&mut *self.questions.encoder, &mut *self.questions.engine);
            let Some(count) = encoder.count_moves(engine, &movers, most) else {
                return Ok(());
            };
            for moves in most / 2 + 1..=most {
                let at_most = [(count, ValueSet::of(most + 2, 0..=moves))];
                if self.questions.search(&at_most, &at_most)? {
                    self.note(Cause::FewestChanges, before, None);
                    return Ok(());
                }
            }
            most *= 2;
        }
    }

    fn movers(&self) -> Vec<Var> {
        let encoder = &self.questions.encoder;
        let installed = encoder.situation.standings().filter(|(key, standing)| {
            standing.installed.is_some() && !standing.is_removed && !encoder.situation.names(key.0)
        });
        installed.filter_map(|(key, _)| encoder.find(key)).collect()
    }
}

impl<'a, Q: Questions<'a>> Decisions<Q> {
    /// Instances whose best release is asked for: items in order, then what is installed and stays, of which a user must have asked for it if
    /// everything is to be upgraded.
    pub(super) fn named(&self) -> Vec<InstanceKey> {
        let situation = self.questions.encoder().situation;
        let is_all = situation.request.upgrades == Upgrades::All;
        let mut named: Vec<InstanceKey> = self.items();
        named.retain(|key| situation.names(key.0));
        named.extend(installed(situation, |key, standing| {
            let is_requested = || {
                standing
                    .installed
                    .as_ref()
                    .is_some_and(|(r, _)| r.is_requested())
            };
            situation.names(key.0) && situation.stays(standing) && (!is_all || is_requested())
        }));
        named
    }

    /// Everything else that is installed, then what is only locked.
    pub(super) fn unnamed(&self) -> Vec<InstanceKey> {
        let situation = self.questions.encoder().situation;
        let mut unnamed = installed(situation, |key, _| !situation.names(key.0));
        let locked = situation.standings().filter(|(key, standing)| {
            standing.installed.is_none() && standing.locked.is_some() && !situation.names(key.0)
        });
        unnamed.extend(locked.map(|(key, _)| key.clone()));
        unnamed
    }

    /// Keeps the answers with what is locked or else installed at an instance, if there are any; also those without the instance, if it may
    /// go.
    pub(super) fn keep_or_not(&mut self, key: InstanceKey) -> Result<(), Exhausted> {
        if self.has_chosen(&key) {
            return Ok(());
        }
        self.at = Some(key.0);
        let before = self.questions.assumed();
        let must = self.questions.encoder().is_asked_for(&key);
        let var = self.questions.place(key);
        let instance = self.questions.encoder().instance(var);
        let count = instance.count();
        let standing = instance.locked.into_iter().chain(instance.kept);
        for value in standing {
            let it = [(var, ValueSet::of(count, [value]))];
            if must {
                if self.questions.narrow(&it)? {
                    self.note(Cause::Stay, before, Some((var, value)));
                    self.decided(var, value);
                    return Ok(());
                }
            } else {
                let or_absent = [(var, ValueSet::of(count, [value, ABSENT]))];
                if self.questions.narrow_to(&it, &or_absent)? {
                    self.note(Cause::Stay, before, None);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Decides about one more installed instance that must be present; false if there is none.
    pub(super) fn choose_installed(&mut self) -> Result<bool, Exhausted> {
        while let Some(key) = self.staying.next() {
            if !self.has_chosen(&key) {
                self.choose(key, Cause::Installed)?;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Installed instances that have something in common: those a user asked for first, each by name and place.
fn installed(
    situation: &Situation<'_>,
    wanted: impl Fn(&InstanceKey, &Standing<'_>) -> bool,
) -> Vec<InstanceKey> {
    let installed = situation.standings().filter_map(|(key, standing)| {
        let (record, _) = standing.installed.as_ref()?;
        wanted(key, standing).then(|| (record.is_requested(), key.clone()))
    });
    // They come by name and place.
    let (requested, others): (Vec<_>, Vec<_>) = installed.partition(|(it, _)| *it);
    let all = requested.into_iter().chain(others);
    all.map(|(_, key)| key).collect()
}

/// Installed instances that must be present.
pub(super) fn staying(encoder: &Encoder<'_>) -> Vec<InstanceKey> {
    let situation = encoder.situation;
    installed(situation, |_, standing| situation.stays(standing))
}
