//! Which values are secret.

use std::collections::BTreeSet;

use super::{Outline, Subschema};
use crate::parameters::pointer::unescaped;

/// How many subschemas one question may look at. Beyond, the answer is that the value is secret.
const LOOKED_AT: usize = 100_000;

impl Outline {
    /// Whether the value at a JSON pointer, or one around it, is secret by any subschema that may be asked about it: whatever
    /// conditions, alternatives and patterns lead there. A value that the schema forbids is secret: nobody knows what it was meant for.
    pub(in crate::parameters) fn is_sensitive(&self, pointer: &str) -> bool {
        let mut budget = LOOKED_AT;
        let Some(mut here) = self.asked_with([self.root].into(), &mut budget) else {
            return true;
        };
        for token in pointer.split('/').skip(1) {
            if self.is_secret(&here) {
                return true;
            }
            let token = unescaped(token);
            let next = self.step(&here, &token);
            if self.is_forbidden(&next) {
                return true;
            }
            match self.asked_with(next, &mut budget) {
                Some(next) => here = next,
                None => return true,
            }
        }
        self.is_secret(&here)
    }

    fn subschemas<'o>(&'o self, ids: &'o BTreeSet<usize>) -> impl Iterator<Item = &'o Subschema> {
        ids.iter().filter_map(|&id| self.subschemas.get(id))
    }

    fn is_secret(&self, ids: &BTreeSet<usize>) -> bool {
        self.subschemas(ids).any(|subschema| subschema.is_secret)
    }

    fn is_forbidden(&self, ids: &BTreeSet<usize>) -> bool {
        !ids.is_empty() && self.subschemas(ids).all(|subschema| subschema.is_never)
    }

    /// A step of a pointer is the name of a property or an index: nobody knows which without the value.
    fn step(&self, ids: &BTreeSet<usize>, token: &str) -> BTreeSet<usize> {
        let mut next: BTreeSet<usize> = self
            .subschemas(ids)
            .flat_map(|subschema| subschema.property(token))
            .collect();
        if let Ok(index) = token.parse() {
            next.extend(
                self.subschemas(ids)
                    .flat_map(|subschema| subschema.item(index)),
            );
        }
        next
    }

    /// These and all that are asked about the same value with them; `None` when that is over the budget.
    fn asked_with(&self, mut ids: BTreeSet<usize>, budget: &mut usize) -> Option<BTreeSet<usize>> {
        let mut open: Vec<usize> = ids.iter().copied().collect();
        while let Some(id) = open.pop() {
            *budget = budget.checked_sub(1)?;
            for (below, _) in &self.subschemas.get(id)?.same {
                if ids.insert(*below) {
                    open.push(*below);
                }
            }
        }
        Some(ids)
    }
}
