//! A whole plan, from its first condition to its last line of history.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll as Turn;

use catalog_model::OperationKind;

use super::conditions::{all_gates, pin};
use super::desk::Desk;
use super::operation::{run_operation, take_back};
use super::operation_desk::OperationDesk;
use super::outcome::{Outcome, Stop};
use super::rest::is_only_unswept;
use super::scribe::holder;
use super::{hook, leftovers, moved, plans, record};
use crate::edge::REQUEST_TIMEOUT;
use crate::effect::{Answer, Task};
use crate::journal::{Journal, OperationJournal, OperationStatus};
use crate::plan::PinnedPlan;

/// Carries out what of a plan is not done yet.
pub(super) async fn run(desk: Desk, plan: Arc<PinnedPlan>) {
    if desk.is_resumed() {
        take_over(&desk, &plan).await;
    } else if desk.state().version.is_none() {
        nobody_runs(&desk).await;
        leftovers::none(&desk, &plan).await;
    }
    let is_open = all_gates(&desk, &plan).await;
    if is_open || desk.look(knows_alone) {
        // The plan comes before the journal: of a journal without its plan nobody could go on, nor know what nobody could put on record.
        let before_journal = desk.clone().without_journal();
        pin(
            if desk.is_resumed() {
                &desk
            } else {
                &before_journal
            },
            &plan,
        )
        .await;
    }
    if is_open {
        desk.flush().await;
        operations(&desk, &plan).await;
        if desk.look(|journal| journal.unwinding) {
            unwind(&desk, &plan).await;
        }
    }
    for index in 0..plan.operations().len() {
        let cx = OperationDesk::new(desk.clone(), Arc::clone(&plan), index);
        moved::settle(&cx).await;
        record::remember(&cx).await;
    }
    let forgotten = plans::forgotten(&desk, &plan).await;
    let now = desk.now();
    desk.record(|journal| {
        let line = line(journal, &plan);
        journal.end(now, line);
    });
    desk.flush().await;
    let is_rid_of_plans = plans::delete(&desk, &plan, forgotten).await;
    if is_rid_of_plans && is_all_uninstalled(&desk, &plan) {
        remove_journal(&desk).await;
    }
}

/// The first writing takes the run over: nothing is done before it is known that nobody else does it. Then there is a wait for calls that the
/// runner before may have under way, and after it no Job starts any more that the runner before lets run.
async fn take_over(desk: &Desk, plan: &Arc<PinnedPlan>) {
    desk.flush().await;
    let until = desk.now().after(REQUEST_TIMEOUT);
    let reason = "for what the runner before may still have sent".to_owned();
    desk.sleep(until, Vec::new(), reason).await;
    for index in 0..plan.operations().len() {
        hook::fence(&OperationDesk::new(desk.clone(), Arc::clone(plan), index)).await;
    }
}

/// Stops where there is a journal already, or none can be. The first writing would find out too, but after the plan was pinned.
async fn nobody_runs(desk: &Desk) {
    match desk.ask(Task::LoadJournal).await {
        Answer::Loaded(Ok(Some(stored))) => desk.stop(Stop::Fenced(holder(&stored))).await,
        Answer::Loaded(Err(failure)) if !failure.may_pass() => {
            desk.stop(Stop::JournalRefused(failure.to_string())).await
        }
        _ => {}
    }
}

/// Whether something that a run begins with is on no record: its journal and its plan alone know of it then.
fn knows_alone(journal: &Journal) -> bool {
    journal
        .operations()
        .iter()
        .any(OperationJournal::is_unrecorded)
}

/// Whether nothing is left that a journal could be about.
fn is_all_uninstalled(desk: &Desk, plan: &PinnedPlan) -> bool {
    let all = plan
        .operations()
        .iter()
        .all(|one| one.operation().kind() == OperationKind::Uninstall);
    all && desk.look(Outcome::of) == Outcome::Done
}

/// The journal goes last. One that stays is that of a run that has ended: the next run takes its place.
async fn remove_journal(desk: &Desk) {
    let version = desk.state().version.clone();
    if let Some(version) = version {
        desk.ask(Task::RemoveJournal(version)).await;
    }
}

/// All operations, level by level. A failure starts nothing more.
async fn operations(desk: &Desk, plan: &Arc<PinnedPlan>) {
    let mut next = 0;
    while next < plan.operations().len() {
        let end = end_of_level(plan, next);
        some_at_a_time(desk, plan, next..end).await;
        if desk.look(|journal| {
            journal
                .operations()
                .iter()
                .take(end)
                .any(|one| one.status() != OperationStatus::Done)
        }) {
            break;
        }
        next = end;
    }
    let failed = desk.look(|journal| {
        let bad = |status| !matches!(status, OperationStatus::Done | OperationStatus::NotStarted);
        let mut all = journal.operations().iter().zip(plan.operations());
        all.any(|(one, planned)| bad(one.status()) && !is_only_unswept(planned, one))
    });
    if failed && plan.unwinds() && !desk.look(|journal| journal.unwinding) {
        desk.record(|journal| journal.unwinding = true);
    }
}

/// Where the operations end that may run beside the first of them: at the next level, or at an operation on an instance that one of them is on
/// already.
fn end_of_level(plan: &PinnedPlan, first: usize) -> usize {
    let mut rest = plan.operations().iter().skip(first).peekable();
    let level = rest.peek().map(|one| one.level());
    let mut places = BTreeSet::new();
    let beside = rest.take_while(|one| {
        let operation = one.operation();
        let place = (operation.package().as_str(), operation.namespace());
        Some(one.level()) == level && places.insert(place)
    });
    first + beside.count()
}

type Pending = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The operations of one level, as many at a time as the plan says, in order.
async fn some_at_a_time(desk: &Desk, plan: &Arc<PinnedPlan>, level: std::ops::Range<usize>) {
    // What was under way goes on whatever else there is: nothing else could bring it to rest.
    let (under_way, mut waiting): (Vec<usize>, Vec<usize>) =
        level.partition(|index| is_under_way(desk, *index));
    waiting.reverse();
    let mut under_way = under_way.into_iter();
    let mut running: Vec<Pending> = Vec::new();
    poll_fn(|context| {
        loop {
            running.retain_mut(|one| one.as_mut().poll(context).is_pending());
            if running.len() >= plan.parallel() {
                break;
            }
            let may_start = !desk.look(Journal::has_failed) && !desk.stops();
            let next = under_way
                .next()
                .or_else(|| if may_start { waiting.pop() } else { None });
            let Some(index) = next else { break };
            let cx = OperationDesk::new(desk.clone(), Arc::clone(plan), index);
            running.push(Box::pin(run_operation(cx)));
        }
        if running.is_empty() {
            Turn::Ready(())
        } else {
            Turn::Pending
        }
    })
    .await;
}

fn is_under_way(desk: &Desk, index: usize) -> bool {
    let status = |journal: &Journal| {
        journal
            .operations()
            .get(index)
            .map(OperationJournal::status)
    };
    desk.look(status) == Some(OperationStatus::Running)
}

/// Takes back what this run did, last first, as far as it can be.
async fn unwind(desk: &Desk, plan: &Arc<PinnedPlan>) {
    for index in (0..plan.operations().len()).rev() {
        let cx = OperationDesk::new(desk.clone(), Arc::clone(plan), index);
        // What others stand on is not taken away beneath them.
        if !take_back(cx).await {
            break;
        }
    }
    // What is not taken back stays as it is.
    desk.record(|journal| journal.unwinding = false);
}

fn line(journal: &Journal, plan: &PinnedPlan) -> String {
    let what = match (plan.operations(), Outcome::of(journal)) {
        ([one], _) => one.operation().to_string(),
        (all, _) => format!("{} operations", all.len()),
    };
    let end = match Outcome::of(journal) {
        Outcome::Done => "done",
        Outcome::Unchanged => "nothing changed",
        _ => "not finished",
    };
    format!("{}: {what}: {end}", plan.run())
}
