//! The shape of a record as text, in this version and those before.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

use super::InstalledRecord;
use crate::journal::JournalError;

/// The version of the record's own shape that this crate writes. It reads those before, too. Whoever adds a field raises it, so that a program which
/// does not know the field says so, and does not take the record for damaged.
pub const RECORD_VERSION: u32 = 4;

/// Reads a record in any version that is known.
pub(super) fn read(mut record: Value) -> Result<InstalledRecord, JournalError> {
    // The first version did not say so.
    let version = record.get("version").map_or(Some(1), Value::as_u64);
    match version {
        Some(1) => of_version_1(&mut record),
        Some(2) => of_version_2(&mut record),
        // Nothing was unrecorded, and modules stood in it whole.
        Some(3) => make_present(&mut record),
        Some(version) if version != u64::from(RECORD_VERSION) => {
            return Err(JournalError::other_version(version, RECORD_VERSION));
        }
        _ => {}
    }
    InstalledRecord::deserialize(record).map_err(JournalError::damaged_record)
}

/// Of what was attempted it had the last alone, and whether that had come to its modules.
fn of_version_1(record: &mut Value) {
    let Some(fields) = record.as_object_mut() else {
        return;
    };
    if let Some(attempted) = fields.get_mut("attempted") {
        let has_modules = attempted.get("modules").and_then(Value::as_bool);
        let extent = match has_modules.unwrap_or_default() {
            true => "modules",
            false => "definitions",
        };
        let (version, plan) = (attempted.get("version"), attempted.get("plan"));
        *attempted = json!([{"version": version, "plan": plan, "extent": extent}]);
    }
    of_version_2(record);
}

/// It said of irreversible hooks with the version that was attempted, and no longer than that was on record.
fn of_version_2(record: &mut Value) {
    let Some(fields) = record.as_object_mut() else {
        return;
    };
    let attempted = fields.get_mut("attempted").and_then(Value::as_array_mut);
    let mut irreversible = Vec::new();
    for one in attempted.into_iter().flatten() {
        let hooks = one
            .as_object_mut()
            .and_then(|one| one.remove("irreversible"));
        let hooks = hooks.as_ref().and_then(Value::as_array);
        let version = one.get("version");
        let told = hooks.into_iter().flatten();
        irreversible.extend(told.map(|hook| json!({"version": version, "hook": hook})));
    }
    if !irreversible.is_empty() {
        fields.insert("irreversible".to_owned(), irreversible.into());
    }
    make_present(record);
}

/// Says of a record that it has the present shape.
fn make_present(record: &mut Value) {
    if let Some(fields) = record.as_object_mut() {
        fields.insert("version".to_owned(), RECORD_VERSION.into());
    }
}

impl Serialize for InstalledRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for InstalledRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let record = Value::deserialize(deserializer)?;
        read(record).map_err(de::Error::custom)
    }
}
