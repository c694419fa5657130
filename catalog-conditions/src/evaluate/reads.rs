//! The objects that were looked at, each kept once.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;

use super::Asking;
use crate::report::ReadObject;

/// The objects that the answers of one evaluation rest on. Fifty selectors over twenty thousand objects are a million of them, of
/// which each answer keeps its own list, and all share the states.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// By address: an object of the snapshot stays where it is as long as it is asked about.
    states: RefCell<HashMap<*const Value, ReadObject>>,
}

impl Reads {
    fn of(&self, object: &Value) -> ReadObject {
        let mut states = self.states.borrow_mut();
        let state = states.entry(std::ptr::from_ref(object));
        state.or_insert_with(|| ReadObject::of(object)).clone()
    }
}

impl<'s> Asking<'s> {
    /// The state of an object, for the answer that rests on it.
    pub(super) fn read(self, object: &'s Value) -> ReadObject {
        match self.reads {
            Some(reads) => reads.of(object),
            None => ReadObject::of(object),
        }
    }
}
