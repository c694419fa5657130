//! Keys that nobody asked for, and what is probably meant by them.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::node::Entry;
use super::reader::Reader;
use crate::fix::Fix;
use crate::suggest::{near, nearest};

/// A key of a map that nobody asked for.
#[derive(Debug)]
pub struct UnknownKey<'a> {
    entry: &'a Entry,
    near: Option<&'a str>,
    fix: Option<Fix>,
}

impl<'a> UnknownKey<'a> {
    /// The key with its value.
    #[must_use]
    pub fn entry(&self) -> &'a Entry {
        self.entry
    }

    /// The known key nearest to it, if one is near.
    #[must_use]
    pub fn near(&self) -> Option<&'a str> {
        self.near
    }

    /// The fix that gives it the name that alone can be meant. `None` where that name is taken, or another unknown key may mean it too:
    /// of two misspellings of a key neither is known to be the one that counts.
    #[must_use]
    pub fn into_fix(self) -> Option<Fix> {
        self.fix
    }
}

impl Reader<'_> {
    /// The keys that nobody asked for so far, in order. [`finish`](Reader::finish) reports them; whoever has more to say of them
    /// than that asks for them here.
    #[must_use]
    pub fn unknown_keys<'n>(&self, fields: &Fields<'n>) -> Vec<UnknownKey<'n>> {
        let known = || fields.known.iter().copied();
        let named = |entry: &'n Entry| {
            let name = entry.name().unwrap_or_default();
            (entry, near(name, known()))
        };
        let unknown: Vec<(&Entry, Option<&str>)> = fields.unknown().map(named).collect();
        let mut claims: BTreeMap<&str, usize> = BTreeMap::new();
        for near in unknown.iter().filter_map(|(_, near)| *near) {
            *claims.entry(fields.field(near)).or_default() += 1;
        }
        let keys = unknown.into_iter().map(|(entry, near)| {
            let meant = nearest(entry.name().unwrap_or_default(), known());
            let alone = meant.filter(|meant| claims.get(fields.field(meant)) == Some(&1));
            UnknownKey {
                entry,
                near,
                fix: alone.and_then(|meant| self.renamed_key(fields, entry, meant)),
            }
        });
        keys.collect()
    }

    /// Gives an unknown key a known name, unless that is there.
    fn renamed_key(&self, fields: &Fields<'_>, entry: &Entry, meant: &str) -> Option<Fix> {
        let field = fields.field(meant);
        let taken = |entry: &Entry| entry.name().is_some_and(|name| fields.field(name) == field);
        if fields.mapping.entries().iter().any(taken) {
            return None;
        }
        self.renamed(entry.key(), meant)
    }
}
