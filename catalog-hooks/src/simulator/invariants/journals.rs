//! The journal only grows, and says what to do next of all that failed.

use std::sync::Arc;

use super::super::interference::SOMEBODY;
use super::Journals;
use crate::journal::{AttemptJournal, Journal, OperationStatus};
use crate::simulator::trace::{Event, Happening};

/// What is known of the journals while the events go by.
#[derive(Clone, Default)]
pub(super) struct Watch {
    last: Option<Arc<Journal>>,
    found: Vec<String>,
}

impl Watch {
    pub(super) fn see(&mut self, event: &Event, journals: &mut Journals) {
        let Happening::Journal { before, after } = &event.what else {
            return;
        };
        if &*event.who == SOMEBODY {
            return;
        }
        let mut read = |text: &Option<Arc<str>>| text.as_ref().and_then(|text| journals.read(text));
        let (before, after) = (read(before), read(after));
        if let (Some(before), Some(after)) = (&before, &after) {
            self.found.extend(shrunk(before, after));
        }
        self.last = after;
    }

    /// What does not hold, now that all is over.
    pub(super) fn end(self) -> Vec<String> {
        let mut found = self.found;
        found.extend(self.last.iter().flat_map(|last| silent(last)));
        found.extend(self.last.iter().filter_map(|last| unexplained(last)));
        found
    }
}

/// What is in the journal before and not in the one after.
fn shrunk(before: &Journal, after: &Journal) -> Vec<String> {
    let mut found = Vec::new();
    if before.run() != after.run() {
        return found;
    }
    let mut say = |what: String| found.push(format!("the journal only grows: {what}"));
    if after.epoch() < before.epoch() {
        say("its epoch fell".to_owned());
    }
    if after.sequence() <= before.sequence() {
        say("its sequence did not rise".to_owned());
    }
    for (old, new) in before.operations().iter().zip(after.operations()) {
        if new.track() == old.track() && new.step() < old.step() {
            say("a step that was done is not".to_owned());
        }
        for (index, attempt) in old.attempts().iter().enumerate() {
            match new.attempts().get(index) {
                None => say(format!("an attempt of `{}` is gone", attempt.hook())),
                Some(now) if !contains(now, attempt) => {
                    say(format!("an attempt of `{}` was rewritten", attempt.hook()));
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// Whether all that was known of an attempt still is.
fn contains(now: &AttemptJournal, before: &AttemptJournal) -> bool {
    let same_job = (now.job(), now.attempt()) == (before.job(), before.attempt());
    same_job
        && before.stage() <= now.stage()
        && before.uid().is_none_or(|uid| now.uid() == Some(uid))
        && before
            .running()
            .is_none_or(|running| now.running() == Some(running))
        && before
            .verdict()
            .is_none_or(|verdict| now.verdict() == Some(verdict))
        && before
            .evidence()
            .is_none_or(|evidence| now.evidence() == Some(evidence))
}

/// That something was taken back or given up, and no operation of the run says why.
fn unexplained(journal: &Journal) -> Option<String> {
    use OperationStatus::{Abandoned, RolledBack, Unchanged};
    let operations = || journal.operations().iter();
    let ended =
        operations().find(|one| matches!(one.status(), Abandoned | RolledBack | Unchanged))?;
    match operations().any(|one| one.failure().is_some()) {
        true => None,
        false => Some(format!(
            "every failure names what to do next: nothing says why it is {:?}",
            ended.status()
        )),
    }
}

/// Operations that do not go on and do not say how they could.
fn silent(journal: &Journal) -> Vec<String> {
    let open = journal
        .operations()
        .iter()
        .filter(|one| one.status().is_open());
    let says_nothing = |failure: Option<&crate::journal::FailureNote>| {
        failure.is_none_or(|note| note.next.is_empty() || note.message.is_empty())
    };
    open.filter(|one| says_nothing(one.failure()))
        .map(|one| {
            format!(
                "every failure names what to do next: {:?} does not",
                one.status()
            )
        })
        .collect()
}
