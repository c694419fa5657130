//! The keys of one map, taken one after the other.

use super::node::{Entry, Mapping, Node};
use super::reader::Reader;
use crate::fix::Fix;
use crate::source::Span;

/// The keys of a map that is being read: each key asked for counts as known; [`Reader::finish`] reports the rest.
#[must_use = "`Reader::finish` reports unknown keys"]
pub struct Fields<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) span: Span,
    pub(super) known: Vec<&'a str>,
    /// Keys with another name that they were asked for by.
    pub(super) aliases: Vec<(&'static str, &'static str)>,
}

impl<'a> Fields<'a> {
    /// Where the map stands.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The value of `key`; `None` if it is not there or null.
    pub fn take(&mut self, key: &'static str) -> Option<&'a Node> {
        self.take_nullable(key).filter(|node| !node.is_null())
    }

    /// The value of `key`, null included.
    pub fn take_nullable(&mut self, key: &'static str) -> Option<&'a Node> {
        self.know(key);
        self.mapping.value(key)
    }

    /// The value of a key that has no place here, null included: it counts as known only if it is there, so that nobody is told to use it.
    pub fn take_present(&mut self, key: &'static str) -> Option<&'a Node> {
        let value = self.mapping.value(key)?;
        self.know(key);
        Some(value)
    }

    /// An entry whose key is not known beforehand, and counts as known from now on.
    pub fn take_entry(&mut self, entry: &'a Entry) -> &'a Node {
        if let Some(name) = entry.name() {
            self.know(name);
        }
        entry.value()
    }

    fn know(&mut self, key: &'a str) {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
    }

    /// The entries that nobody asked for so far, in order.
    pub fn unknown(&self) -> impl Iterator<Item = &'a Entry> + '_ {
        let entries = self.mapping.entries().iter();
        entries.filter(|entry| entry.name().is_some_and(|name| !self.known.contains(&name)))
    }

    /// The key that a name is another name of, or the name.
    pub(super) fn field<'n>(&self, name: &'n str) -> &'n str {
        let aliases = self.aliases.iter();
        let mut keys = aliases.filter_map(|(key, alias)| (*alias == name).then_some(*key));
        keys.next().unwrap_or(name)
    }

    /// The value of `key` or of its `alias`; both at once are an error.
    pub fn take_aliased(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        alias: &'static str,
    ) -> Option<&'a Node> {
        if let (Some(first), Some(second)) = (self.mapping.entry(key), self.mapping.entry(alias)) {
            let (first, second) = if first.key.span().start <= second.key.span().start {
                (first, second)
            } else {
                (second, first)
            };
            let message = format!(
                "`{alias}` is another name of `{key}`: both are here, first in line {}",
                reader.line(first.key.span())
            );
            let diagnostic = reader.error("alias", second.key.span(), message);
            let diagnostic =
                diagnostic.related(reader.file(), first.key.span(), "first defined here");
            reader.report(diagnostic.help(format!("keep `{key}` only")));
        }
        self.aliases.push((key, alias));
        let value = self.take(key);
        let other = self.take(alias);
        value.or(other)
    }

    /// The value of `key`; its absence is an error `….<key>.missing`.
    pub fn required(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<&'a Node> {
        self.required_or(reader, key, |_, _| None)
    }

    /// The value of `key`; its absence is an error `….<key>.missing`, with the fix that `add` makes unless another key may be meant by it.
    pub fn required_or<'r>(
        &mut self,
        reader: &mut Reader<'r>,
        key: &'static str,
        add: impl FnOnce(&Reader<'r>, &Self) -> Option<Fix>,
    ) -> Option<&'a Node> {
        let value = self.take(key);
        if value.is_none() {
            let span = self
                .mapping
                .entry(key)
                .map_or(Span::new(self.span.start, self.span.start), |entry| {
                    entry.key.span()
                });
            let near =
                crate::suggest::near(key, self.mapping.entries().iter().filter_map(Entry::name));
            let diagnostic = reader.error(
                &format!("{key}.missing"),
                span,
                format!("`{key}` is missing"),
            );
            reader.report(match near {
                Some(name) => diagnostic.help(format!("did you mean it by `{name}`?")),
                None => diagnostic
                    .help(format!("add `{key}:`"))
                    .fix(add(reader, self)),
            });
        }
        value
    }
}
