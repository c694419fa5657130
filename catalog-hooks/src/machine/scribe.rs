//! Writes the journal whenever somebody waits for that, one writing at a time.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll as Turn;

use super::desk::Desk;
use super::outcome::Stop;
use super::patience::Patience;
use crate::api::{Failure, FailureClass};
use crate::effect::{Answer, JournalVersion, StoredJournal, Task};
use crate::journal::Journal;

/// Runs as long as the machine does.
pub(super) async fn scribe(desk: Desk) {
    loop {
        poll_fn(|_| {
            let state = desk.state();
            if state.wanted > state.stored {
                Turn::Ready(())
            } else {
                Turn::Pending
            }
        })
        .await;
        write(&desk).await;
    }
}

/// Writes the journal as it is now. Comes back when that is stored, and otherwise stops the machine.
async fn write(desk: &Desk) {
    let (written, mark, version) = {
        let mut state = desk.state();
        state.journal.next_sequence();
        let written = state.journal.to_text();
        (written, state.changes, state.version.clone())
    };
    let text: Arc<str> = match written {
        Ok(text) => text.into(),
        Err(error) => desk.stop(Stop::JournalRefused(error.to_string())).await,
    };
    let version = store(desk, Arc::clone(&text), version).await;
    let mut state = desk.state();
    state.version = Some(version);
    state.text = Some(text);
    state.stored = mark;
    state.ticks += 1;
}

/// Tries until the journal is stored. After an answer that may be wrong or was lost, what is there says whether it was.
async fn store(
    desk: &Desk,
    text: Arc<str>,
    mut replaces: Option<JournalVersion>,
) -> JournalVersion {
    let mut patience = Patience::new(desk);
    loop {
        let task = Task::SaveJournal {
            text: Arc::clone(&text),
            replaces: replaces.clone(),
        };
        let failure = match desk.ask(task).await {
            Answer::Saved(Ok(version)) => return version,
            Answer::Saved(Err(failure)) => failure,
            _ => Failure::unanswered("the answer is of another kind than the question"),
        };
        if !is_worth_a_look(&failure) {
            let message = told(desk, &failure);
            desk.stop(Stop::JournalRefused(message)).await;
        }
        match find_out(desk, replaces.as_ref(), &failure).await {
            Found::Written(version) => return version,
            Found::ToReplace(version) => replaces = Some(version),
            Found::Nothing => {}
        }
        let reason = format!("to write the journal again: {failure}");
        if !patience.again(failure.retry_after(), reason).await {
            let message = format!("write the journal: {}", told(desk, &failure));
            desk.stop(Stop::Unreachable(message)).await;
        }
    }
}

/// Why the journal cannot be written; of a webhook also which of the run's own objects it may be of: nothing goes on until that is gone.
fn told(desk: &Desk, failure: &Failure) -> String {
    let of_webhook = ["failed calling webhook", "admission webhook"];
    if !of_webhook
        .iter()
        .any(|words| failure.message().contains(words))
    {
        return failure.to_string();
    }
    let written: Vec<String> = desk.look(|journal| {
        let operations = journal.operations().iter();
        let entries = operations.flat_map(|operation| operation.ledger());
        let webhooks =
            entries.filter(|entry| entry.object.kind().ends_with("WebhookConfiguration"));
        webhooks.map(|entry| entry.object.to_string()).collect()
    });
    match written.is_empty() {
        true => failure.to_string(),
        false => format!(
            "{failure}; this run has written {}: if it is what is asked there and does not answer, delete it by hand and give the run up, as one that goes on writes it again",
            written.join(", ")
        ),
    }
}

fn is_worth_a_look(failure: &Failure) -> bool {
    use FailureClass::{AlreadyExists, NotFound, OtherUid, Outdated};
    failure.may_pass()
        || matches!(
            failure.class(),
            AlreadyExists | NotFound | OtherUid | Outdated
        )
}

/// The journal that is there after a writing that may have failed.
enum Found {
    /// The one just written, after all.
    Written(JournalVersion),
    /// The one that it was to replace. Where somebody has changed what else stands on its Secret, in another version: what is compared is that version
    /// then, so that nobody who writes the journal meanwhile is overwritten.
    ToReplace(JournalVersion),
    /// None, or it cannot be told.
    Nothing,
}

/// Looks at the journal that is there. Another runner's ends the run; so does what may not be read, or is no journal, as the server says: no time mends
/// that.
async fn find_out(desk: &Desk, replaces: Option<&JournalVersion>, failure: &Failure) -> Found {
    let stored = match desk.ask(Task::LoadJournal).await {
        Answer::Loaded(Ok(stored)) => stored,
        Answer::Loaded(Err(refused)) if !refused.may_pass() => {
            desk.stop(Stop::JournalRefused(refused.to_string())).await
        }
        _ => return Found::Nothing,
    };
    match stored {
        None if replaces.is_none() && failure.may_pass() => Found::Nothing,
        None => desk.stop(Stop::JournalGone).await,
        Some(stored) if is_ours(desk, &stored) => Found::Written(stored.version),
        Some(stored) if is_as_before(desk, &stored, (replaces, failure)) => {
            Found::ToReplace(stored.version)
        }
        Some(stored) => desk.stop(Stop::Fenced(holder(&stored))).await,
    }
}

/// Whether it is the very journal that was to be replaced: by its version, or in another one, by each letter of it.
fn is_as_before(
    desk: &Desk,
    stored: &StoredJournal,
    (replaces, failure): (Option<&JournalVersion>, &Failure),
) -> bool {
    let Some(replaces) = replaces.filter(|replaces| replaces.uid == stored.version.uid) else {
        return false;
    };
    match stored.version == *replaces {
        true => failure.may_pass(),
        false => desk.state().text.as_deref() == Some(stored.text.as_str()),
    }
}

/// Whether it is the writing that was asked for last. What has been recorded since changes nothing of that.
fn is_ours(desk: &Desk, stored: &StoredJournal) -> bool {
    let stored = Journal::parse(&stored.text);
    stored.is_ok_and(|stored| desk.look(|journal| stored.is_writing_of(journal)))
}

pub(super) fn holder(stored: &StoredJournal) -> String {
    match Journal::parse(&stored.text) {
        Ok(journal) => format!("`{}`, epoch {}", journal.writer(), journal.epoch()),
        Err(error) => error.to_string(),
    }
}
