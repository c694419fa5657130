//! Which values of Secrets conditions look at.

use std::collections::BTreeSet;

use crate::condition::{Bound, Field, Question, Test};
use crate::path::{FieldPath, Segment};

/// The keys in `data` of Secrets whose values are compared with something. Whether a key is there can be told without its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SecretValues {
    all: bool,
    keys: BTreeSet<String>,
}

impl SecretValues {
    /// Adds what a question about a field of a Secret looks at.
    pub(super) fn asked(&mut self, field: Option<&Field>, question: &Question) {
        match (field, question) {
            (_, Question::Test(asked)) => self.at_field(field, &asked.test),
            (None, Question::Satisfies(facts)) => {
                for fact in facts.leaves() {
                    self.at_field(fact.field.as_ref(), &fact.asked.test);
                }
            }
            // The facts are about what the field leads to, which may be any value.
            (Some(_), Question::Satisfies(_)) => self.all = true,
        }
    }

    fn at_field(&mut self, field: Option<&Field>, test: &Test) {
        match field {
            None => {}
            // Whether a value is there can be told without it.
            Some(Field::Path(_))
                if matches!(test, Test::Exists | Test::NotExists | Test::IsNull) => {}
            Some(Field::Path(path)) => self.at(path),
            // A query may compare values on its way.
            Some(Field::Json(_)) => self.all = true,
        }
        if let Test::Compare(_, Bound::Field(bound)) = test {
            for path in std::iter::once(&bound.path).chain(&bound.minus) {
                self.at(path);
            }
        }
    }

    fn at(&mut self, path: &FieldPath) {
        match path.segments() {
            [Segment::Key(first), ..] if first != "data" => {}
            [Segment::Key(_), Segment::Key(key), ..] => {
                self.keys.insert(key.clone());
            }
            _ => self.all = true,
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.all |= other.all;
        self.keys.extend(other.keys);
    }

    /// Whether the value of `$key` is looked at, in the language of Go's templates.
    pub(super) fn template(&self) -> String {
        // No other text can be a key of a Secret, and none of these means anything in a template.
        let is_key = |key: &&String| {
            key.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        };
        if self.all {
            return "true".to_owned();
        }
        let keys: Vec<String> = self
            .keys
            .iter()
            .filter(is_key)
            .map(|key| format!(" \"{key}\""))
            .collect();
        match keys.as_slice() {
            [] => "false".to_owned(),
            keys => format!("eq $key{}", keys.concat()),
        }
    }
}
