//! What has to come of a plan, said without the machine: by the tables of the specification.

use catalog_hooks::Outcome;
use catalog_hooks::journal::OperationStatus::{
    self, Degraded, Done, NeedsDecision, NotStarted, RolledBack, Unchanged, UninstallIncomplete,
};
use catalog_model::OperationKind::{Install, Rollback, Uninstall, Upgrade};

use crate::shape::{Shape, Stage};

/// How the operations of a plan may stand in the end. Where several of a level run at a time, which of them came first may be chance.
pub(crate) fn expected(shape: &Shape) -> Vec<Vec<OperationStatus>> {
    let Some((failing, stage)) = shape.failing else {
        return vec![vec![Done; shape.kinds.len()]];
    };
    let mut all = vec![Vec::new()];
    for place in 0..shape.kinds.len() {
        let ends = end(shape, place, (failing, stage));
        let more = |ends_before: Vec<OperationStatus>| {
            let one = |end: &OperationStatus| [ends_before.as_slice(), &[*end]].concat();
            ends.iter().map(one).collect::<Vec<_>>()
        };
        all = all.into_iter().flat_map(more).collect();
    }
    // Where a gate is shut before all, nothing was done; and what is only unswept is done.
    let is_unswept = stage == Stage::Sweep && shape.kinds[failing] != Uninstall;
    if shape.unwinds && stage != Stage::Gates && !is_unswept {
        for ends in &mut all {
            unwind(shape, ends);
        }
    }
    all
}

/// How one operation may stand when nothing more is begun.
fn end(shape: &Shape, place: usize, (failing, stage): (usize, Stage)) -> Vec<OperationStatus> {
    if place == failing {
        return vec![failed(shape, failing, stage)];
    }
    if stage == Stage::Gates || shape.levels[place] > shape.levels[failing] {
        return vec![NotStarted];
    }
    if place < failing {
        return vec![Done];
    }
    let mut levels = shape.levels.iter();
    let first = levels
        .position(|one| *one == shape.levels[failing])
        .unwrap();
    match () {
        () if place - first < shape.parallel => vec![Done],
        // Another one of the level may have come to its end before the failure, and made room for it.
        () if shape.parallel > 1 => vec![Done, NotStarted],
        () => vec![NotStarted],
    }
}

/// How the operation stands that fails.
fn failed(shape: &Shape, failing: usize, stage: Stage) -> OperationStatus {
    match (stage, shape.kinds[failing]) {
        // Nothing is begun, but the release may have to be left all the same.
        (Stage::HooksBefore, Rollback) => NeedsDecision,
        (Stage::Gates | Stage::Conditions | Stage::Namespace | Stage::HooksBefore, _) => Unchanged,
        (_, Uninstall) => UninstallIncomplete,
        _ => Degraded,
    }
}

/// Takes back what was done, last first, as far as it can be: what stands beneath something that cannot be taken back stays.
fn unwind(shape: &Shape, ends: &mut [OperationStatus]) {
    for (kind, end) in shape.kinds.iter().zip(ends).rev() {
        match (kind, *end) {
            (_, NotStarted | Unchanged) => {}
            (Install | Upgrade, _) => *end = RolledBack,
            _ => break,
        }
    }
}

/// How a run ended whose operations stand so.
pub(crate) fn outcome(statuses: &[OperationStatus]) -> Outcome {
    let all = |good: &[OperationStatus]| statuses.iter().all(|one| good.contains(one));
    match () {
        () if all(&[Done]) => Outcome::Done,
        () if all(&[Unchanged, RolledBack, NotStarted]) => Outcome::Unchanged,
        () => Outcome::Partial,
    }
}
