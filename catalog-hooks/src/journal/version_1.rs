//! The first version of the journal's shape.

use serde_json::{Value, json};

/// Makes a journal of the first version one of the present.
pub(super) fn bring_up_to_date(journal: &mut Value) {
    let operations = journal.get_mut("operations").and_then(Value::as_array_mut);
    operations.into_iter().flatten().for_each(operation);
    super::is_of_present_version(journal);
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
    let turned_at = fields.remove("turnedAt").filter(|_| track != forward());
    let turned_at = turned_at.map(|step| json!({"track": "forward", "step": step}));
    let present = json!({"track": track, "step": step});
    let path = [turned_at, given_up_at, Some(present)]
        .into_iter()
        .flatten();
    fields.insert("path".to_owned(), path.collect());
    // It did not say whether anything is on record.
    fields.insert("remembered".to_owned(), true.into());
}
