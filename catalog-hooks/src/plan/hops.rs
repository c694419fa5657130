//! Several operations of one plan on one instance.

use std::collections::BTreeMap;

use super::operation::PlannedOperation;

/// The same operations; each that comes after another on its instance begins with what that leaves on record.
pub(super) fn in_order(operations: Vec<PlannedOperation>) -> Vec<PlannedOperation> {
    let mut last: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut all: Vec<PlannedOperation> = Vec::with_capacity(operations.len());
    for one in operations {
        let operation = one.operation();
        let package = operation.package().to_string();
        let place = (package, operation.namespace().to_owned());
        let before = last.insert(place, all.len());
        let one = one.after(before.and_then(|place| all.get(place)));
        all.push(one);
    }
    all
}
