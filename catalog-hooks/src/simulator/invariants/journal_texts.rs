//! Journals, read once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::journal::Journal;

/// More texts than a run writes before its faults begin to make it differ from others.
const MOST: usize = 256;

/// What journals say, by their texts. The runs of an exploration have their beginnings in common.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Journals(HashMap<Arc<str>, Option<Arc<Journal>>>);

impl Journals {
    /// What a journal says; `None`: it cannot be read.
    pub(super) fn read(&mut self, text: &Arc<str>) -> Option<Arc<Journal>> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let journal = Journal::parse(text).ok().map(Arc::new);
        if self.0.len() < MOST {
            self.0.insert(Arc::clone(text), journal.clone());
        }
        journal
    }
}
