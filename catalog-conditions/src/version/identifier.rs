//! The order of dotted identifiers: what prereleases and build metadata are made of.

use std::cmp::Ordering;

/// Compares two dotted lists as SemVer 2.0.0 §11.4 says: numbers by value, numbers below words, words by ASCII, and a
/// list below its own extensions. The empty text is the empty list, hence the least.
///
/// Numbers may be of any length and may have leading zeros, which do not count.
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    split(left).map(Key::of).cmp(split(right).map(Key::of))
}

/// The identifiers of a dotted list; none for the empty text.
pub(super) fn split(list: &str) -> impl Iterator<Item = &str> {
    list.split('.').filter(|_| !list.is_empty())
}

/// Whether an identifier counts as a number.
pub(super) fn is_numeric(identifier: &str) -> bool {
    !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit())
}

/// A number without the leading zeros that do not count; words as they are.
pub(super) fn without_leading_zeros(identifier: &str) -> &str {
    if !is_numeric(identifier) {
        return identifier;
    }
    match identifier.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    }
}

/// A list without the leading zeros that do not count: lists that compare as equal become the same text.
pub(super) fn canonical(list: &str) -> String {
    let identifiers: Vec<&str> = split(list).map(without_leading_zeros).collect();
    identifiers.join(".")
}

/// What an identifier is ordered by. The order of the variants and of the fields is the order of the identifiers: a
/// longer number without leading zeros is a larger one, so nothing has to fit a machine word.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Number { digits: usize, value: &'a str },
    Word(&'a str),
}

impl<'a> Key<'a> {
    fn of(identifier: &'a str) -> Self {
        if !is_numeric(identifier) {
            return Key::Word(identifier);
        }
        let value = without_leading_zeros(identifier);
        Key::Number {
            digits: value.len(),
            value,
        }
    }
}
