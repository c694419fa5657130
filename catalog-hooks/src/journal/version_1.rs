//! The first version of the journal's shape.

use serde_json::{Value, json};

use super::{Journal, OperationJournal};
use crate::plan::{PinnedPlan, Step};

/// Makes a journal of the first version one of the present.
pub(super) fn bring_up_to_date(journal: &mut Value) {
    let operations = journal.get_mut("operations").and_then(Value::as_array_mut);
    operations.into_iter().flatten().for_each(operation);
}

/// It said where an operation is, where it turned back, and, not always, how far it was when it was given up.
fn operation(operation: &mut Value) {
    let Some(fields) = operation.as_object_mut() else {
        return;
    };
    let forward = || Value::from("forward");
    let track = fields.remove("track").unwrap_or_else(forward);
    let step = fields.remove("step").unwrap_or_else(|| 0.into());
    let given_up_at = fields.remove("givenUpAt");
    // Where one turned back that was given up then without a word of where, nobody knows how far back it had come.
    let is_told = track != forward() && (track != "giveUp" || given_up_at.is_some());
    let turned_at = fields.remove("turnedAt").filter(|_| is_told);
    let turned_at = turned_at.map(|step| json!({"track": "forward", "step": step}));
    let present = json!({"track": track, "step": step});
    let path = [turned_at, given_up_at, Some(present)]
        .into_iter()
        .flatten();
    fields.insert("path".to_owned(), path.collect());
    // It did not say whether anything is on record.
    fields.insert("remembered".to_owned(), true.into());
}

/// Says of which modules the drivers have got rid: a journal of the first version noted only that they were asked. They are gone, once the step is done
/// that has it done.
pub(super) fn complete(journal: &mut Journal, plan: &PinnedPlan) {
    for (operation, planned) in journal.operations.iter_mut().zip(plan.operations()) {
        let path = operation.path.clone();
        let gone = path.iter().filter(|reached| {
            let steps = planned.steps(reached.track);
            let mut done = steps.iter().take(reached.step);
            done.any(|step| deletes_modules(operation, *step))
        });
        for track in gone.map(|reached| reached.track).collect::<Vec<_>>() {
            let asked = operation.modules.iter_mut();
            for module in asked.filter(|one| one.track == track && !one.deploy) {
                module.gone = true;
            }
        }
    }
}

/// Whether a step that is done has deleted all modules that were to go: one that was skipped may not have.
fn deletes_modules(operation: &OperationJournal, step: Step) -> bool {
    let skipped = format!("{step} was skipped");
    let mut warnings = operation.warnings.iter();
    matches!(step, Step::Prune | Step::DeleteModules)
        && !warnings.any(|warning| warning.starts_with(&skipped))
}
