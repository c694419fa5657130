//! An operator that is asked of many values in one object.

use serde_json::Value;

use super::bound::{Bound, FieldValue};
use super::comparison::Comparison;
use super::test::{Around, Doubt, Test, Verdict};

/// An operator in one object: what `valueFrom` comes to there is found once, however many values are compared with it.
#[derive(Clone, Debug)]
pub(crate) struct ObjectTest<'t> {
    test: &'t Test,
    around: Around<'t>,
    bound: Option<(Comparison, Result<FieldValue<'t>, Doubt>)>,
}

impl<'t> ObjectTest<'t> {
    pub(crate) fn new(test: &'t Test, around: Around<'t>) -> Self {
        let bound = match test {
            Test::Compare(comparison, Bound::Field(field)) => {
                Some((*comparison, field.value_in(around.object)))
            }
            _ => None,
        };
        Self {
            test,
            around,
            bound,
        }
    }

    pub(crate) fn check(&self, actual: &Value) -> Verdict {
        match &self.bound {
            Some((comparison, Ok(bound))) => Verdict::decided(bound.holds(*comparison, actual)),
            Some((_, Err(doubt))) => Verdict::Unknown(*doubt),
            None => self.test.check(actual, self.around),
        }
    }
}
