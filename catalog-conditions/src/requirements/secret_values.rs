//! Which values of Secrets conditions look at.

use std::collections::BTreeSet;

use crate::condition::Test;
use crate::path::{FieldPath, Segment};

/// The keys in `data` of Secrets whose values are compared with something. Whether a key is there can be told without its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SecretValues {
    all: bool,
    keys: BTreeSet<String>,
}

impl SecretValues {
    /// Adds what a test at a path looks at.
    pub(super) fn at(&mut self, path: &FieldPath, test: &Test) {
        if matches!(test, Test::Exists | Test::NotExists | Test::IsNull) {
            return;
        }
        match path.segments() {
            [Segment::Key(first), ..] if first != "data" => {}
            [Segment::Key(_), Segment::Key(key), ..] => {
                self.keys.insert(key.clone());
            }
            _ => self.all = true,
        }
    }

    /// Adds all values, for questions that may look at any of them.
    pub(super) fn everything(&mut self) {
        self.all = true;
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
