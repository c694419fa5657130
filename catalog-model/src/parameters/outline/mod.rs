//! The bones of a JSON Schema: which subschemas are asked about which part of a value.
//!
//! A validator answers whether a value fits. Two questions come before that, and both need only the bones: which values are secret
//! ([`Outline::is_sensitive`]), and what an answer would cost ([`Outline::cost`]), for a schema of a few lines can ask more than any
//! computer answers. References are followed inside the document, never out of it.

mod build;
mod cost;
mod keyword;
mod order;
mod place;
mod reference;
mod sensitive;

use std::collections::BTreeMap;

pub(super) use self::cost::TooCostly;
pub(super) use self::keyword::is_conditional;
pub(super) use self::place::{Problem, Token};
pub(super) use self::sensitive::{Sensitivity, Shape};

/// The subschemas of a schema. Those that are asked about the same value as another stand after it.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    subschemas: Vec<Subschema>,
    root: usize,
    size: Size,
}

/// How large a schema is: what a validator made of it takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) subschemas: usize,
    pub(super) patterns: usize,
    /// Bytes of the paths of all subschemas together.
    pub(super) path_bytes: usize,
}

impl Outline {
    pub(super) fn size(&self) -> Size {
        self.size
    }
}

#[derive(Clone, Debug, Default)]
struct Subschema {
    /// `writeOnly`, or `format: password`.
    is_secret: bool,
    /// Whether something that it asks about properties, or about items, is secret.
    secret_in_maps: bool,
    secret_in_lists: bool,
    /// The schema `false`, which no value fits.
    is_never: bool,
    /// Whether it is asked as one of several alternatives, whose answers hold copies of the value.
    is_alternative: bool,
    /// Values to compare with, and the question itself.
    comparisons: u64,
    /// Whether it matches a regular expression against a text.
    has_pattern: bool,
    /// Regular expressions that every name is matched against.
    name_patterns: u64,
    /// Whether it asks the others again to know what they have looked at: `unevaluatedProperties`, `unevaluatedItems`.
    asks_again: bool,
    /// Asked about the same value, and how often.
    same: Vec<(usize, u64)>,
    properties: BTreeMap<String, usize>,
    every_property: Vec<usize>,
    other_properties: Vec<usize>,
    positions: Vec<usize>,
    every_item: Vec<usize>,
    other_items: Vec<usize>,
}

impl Subschema {
    /// How often a subschema beneath is really asked that is to be asked so many `times`.
    fn times(&self, times: u64) -> u64 {
        times.saturating_mul(1 + u64::from(self.asks_again))
    }

    /// The subschemas asked about the property `name`.
    fn property<'s>(&'s self, name: &str) -> impl Iterator<Item = usize> + 's {
        let own = self.properties.get(name).copied();
        let others = match own {
            Some(_) => &[],
            None => self.other_properties.as_slice(),
        };
        let every = self.every_property.iter();
        own.into_iter().chain(every.chain(others).copied())
    }

    /// The subschemas asked about the item at `index`.
    fn item(&self, index: usize) -> impl Iterator<Item = usize> {
        let own = self.positions.get(index).copied();
        let others = match own {
            Some(_) => &[],
            None => self.other_items.as_slice(),
        };
        let every = self.every_item.iter();
        own.into_iter().chain(every.chain(others).copied())
    }
}
