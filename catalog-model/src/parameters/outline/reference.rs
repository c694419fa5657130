//! What `$id` names and where `$ref` leads, inside the document.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jsonschema::{Draft, Uri, uri};
use serde_json::{Map, Value};

use super::build::{Builder, Found};
use super::place::Token;
use crate::pointer::unescaped;

/// Addresses longer than this are refused: each reference below one would copy it.
const ADDRESS_BYTES: usize = 2048;

/// A number in [`References`]: a part of the document with an address and a dialect of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Resource(usize);

struct Entry {
    address: Option<Uri<String>>,
    draft: Draft,
    /// The subschema at its root.
    root: usize,
}

/// A reference whose target is not known yet.
pub(super) struct Reference<'v> {
    pub(super) from: usize,
    pub(super) found: Found<'v>,
    pub(super) keyword: &'static str,
    text: &'v str,
}

/// The resources of a document, the names in them, and the references that wait for their targets.
#[derive(Default)]
pub(super) struct References<'v> {
    entries: Vec<Entry>,
    by_address: BTreeMap<String, Resource>,
    anchors: BTreeMap<(Resource, &'v str), usize>,
    waiting: Vec<Reference<'v>>,
}

/// What is wrong with a reference, an address or a dialect.
pub(super) enum Wrong {
    Remote(String),
    Missing(String),
    NoSchema(String),
    Dynamic,
    Address(String),
    Twice(String),
    Dialect(String),
}

impl<'v> References<'v> {
    /// The document itself.
    pub(super) fn root(&mut self, draft: Draft) -> Resource {
        self.add(uri::from_str("").ok(), draft, 0)
    }

    fn add(&mut self, address: Option<Uri<String>>, draft: Draft, root: usize) -> Resource {
        let resource = Resource(self.entries.len());
        if let Some(address) = &address {
            self.by_address.insert(key(address), resource);
        }
        self.entries.push(Entry {
            address,
            draft,
            root,
        });
        resource
    }

    /// The resource that the inside of `schema`, the subschema `id`, belongs to; its names are noted.
    ///
    /// # Errors
    ///
    /// The keyword that is wrong, and how.
    pub(super) fn enter(
        &mut self,
        around: Resource,
        schema: &'v Map<String, Value>,
        id: usize,
    ) -> Result<Resource, (&'static str, Wrong)> {
        let mut resource = around;
        if let Some(dialect) = schema.get("$schema").and_then(Value::as_str) {
            let draft = Draft::from_schema_uri(dialect);
            if draft == Draft::Unknown {
                return Err(("$schema", Wrong::Dialect(short(dialect))));
            }
            resource = self.with_draft(resource, draft);
        }
        let draft = self.draft(resource);
        let is_ignored = is_classic(draft) && schema.contains_key("$ref");
        let id_key = draft.id_keyword();
        let own = schema
            .get(id_key)
            .and_then(Value::as_str)
            .filter(|_| !is_ignored);
        if let Some(text) = own {
            match text.strip_prefix('#') {
                Some(anchor) if is_classic(draft) => {
                    _ = self.anchors.insert((resource, anchor), id)
                }
                _ => {
                    resource = self
                        .with_id(resource, text, id)
                        .map_err(|wrong| (id_key, wrong))?
                }
            }
        }
        if !is_classic(draft) {
            for anchor in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = schema.get(anchor).and_then(Value::as_str) {
                    self.anchors.insert((resource, name), id);
                }
            }
        }
        Ok(resource)
    }

    fn with_draft(&mut self, resource: Resource, draft: Draft) -> Resource {
        let Some(entry) = self.entries.get_mut(resource.0) else {
            return resource;
        };
        if entry.draft == draft {
            return resource;
        }
        let (address, root) = (entry.address.clone(), entry.root);
        self.entries.push(Entry {
            address,
            draft,
            root,
        });
        Resource(self.entries.len() - 1)
    }

    fn with_id(&mut self, around: Resource, text: &str, id: usize) -> Result<Resource, Wrong> {
        let address = self.resolve(around, text)?;
        let is_root = id == 0;
        if self.by_address.contains_key(&key(&address)) && !is_root {
            return Err(Wrong::Twice(short(text)));
        }
        let draft = self.draft(around);
        Ok(self.add(Some(address), draft, id))
    }

    fn draft(&self, resource: Resource) -> Draft {
        self.entries
            .get(resource.0)
            .map_or(Draft::Draft7, |entry| entry.draft)
    }

    fn resolve(&self, around: Resource, text: &str) -> Result<Uri<String>, Wrong> {
        let base = self
            .entries
            .get(around.0)
            .and_then(|entry| entry.address.as_ref());
        let base = base.filter(|_| text.len() <= ADDRESS_BYTES);
        base.and_then(|base| uri::resolve_against(&base.borrow(), text).ok())
            .filter(|address| address.as_str().len() <= ADDRESS_BYTES)
            .ok_or_else(|| Wrong::Address(short(text)))
    }

    /// Notes the references of a subschema.
    pub(super) fn await_targets(
        &mut self,
        from: usize,
        found: Found<'v>,
        schema: &'v Map<String, Value>,
    ) {
        let keywords: &[&'static str] = match is_classic(self.draft(found.resource)) {
            true => &["$ref"],
            false => &["$ref", "$dynamicRef", "$recursiveRef"],
        };
        for &keyword in keywords {
            if let Some(text) = schema.get(keyword).and_then(Value::as_str) {
                self.waiting.push(Reference {
                    from,
                    found,
                    keyword,
                    text,
                });
            }
        }
    }

    pub(super) fn next(&mut self) -> Option<Reference<'v>> {
        self.waiting.pop()
    }
}

impl<'v> Builder<'v> {
    /// The subschema that a reference leads to.
    ///
    /// # Errors
    ///
    /// It leads out of the document, or to no schema.
    pub(super) fn target(&mut self, reference: &Reference<'v>) -> Result<usize, Wrong> {
        if reference.keyword != "$ref" {
            return Err(Wrong::Dynamic);
        }
        let (address, fragment) = reference
            .text
            .split_once('#')
            .unwrap_or((reference.text, ""));
        let resource = match address {
            "" => reference.found.resource,
            _ => {
                let address = self.references.resolve(reference.found.resource, address)?;
                let known = self.references.by_address.get(&key(&address)).copied();
                known.ok_or_else(|| Wrong::Remote(short(reference.text)))?
            }
        };
        let missing = || Wrong::Missing(short(reference.text));
        let root = self
            .references
            .entries
            .get(resource.0)
            .map(|entry| entry.root)
            .ok_or_else(missing)?;
        let fragment = percent_decoded(fragment).ok_or_else(missing)?;
        if fragment.is_empty() {
            return Ok(root);
        }
        if !fragment.starts_with('/') {
            let anchors = &self.references.anchors;
            let named = anchors
                .iter()
                .find(|((of, name), _)| *of == resource && *name == fragment);
            return named.map(|(_, id)| *id).ok_or_else(missing);
        }
        let found = self.pointed_at(root, &fragment).ok_or_else(missing)?;
        match found.value {
            Value::Object(_) | Value::Bool(_) => Ok(self.find(found)),
            _ => Err(Wrong::NoSchema(short(reference.text))),
        }
    }

    /// What stands at a JSON pointer below a subschema.
    fn pointed_at(&mut self, root: usize, pointer: &str) -> Option<Found<'v>> {
        let mut at = self.numbered(root)?;
        for token in pointer.split('/').skip(1) {
            let token = unescaped(token);
            let (step, value) = match at.value {
                Value::Object(map) => {
                    let (name, value) = map.get_key_value(token.as_ref())?;
                    (Token::Key(name), value)
                }
                Value::Array(items) => {
                    let index = token.parse().ok()?;
                    (Token::Index(index), items.get(index)?)
                }
                _ => return None,
            };
            at = match self.known(value) {
                Some((_, found)) => found,
                None => {
                    let path = self.paths.below(at.path, step);
                    at.below(value, path)
                }
            };
        }
        Some(at)
    }
}

impl Wrong {
    pub(super) fn rule(&self) -> &'static str {
        match self {
            Self::Remote(_) => "ref.remote",
            Self::Missing(_) | Self::NoSchema(_) => "ref.missing",
            Self::Dynamic => "ref.dynamic",
            Self::Address(_) | Self::Twice(_) => "id",
            Self::Dialect(_) => "dialect",
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Remote(text) => {
                format!("`{text}` leads out of this file, and nothing is downloaded")
            }
            Self::Missing(text) => format!("`{text}` leads to nothing in this file"),
            Self::NoSchema(text) => format!("what `{text}` leads to is no schema"),
            Self::Dynamic => {
                "references that depend on where they are reached from are not followed".to_owned()
            }
            Self::Address(text) => format!("`{text}` is no address"),
            Self::Twice(text) => format!("`{text}` names two places of this file"),
            Self::Dialect(text) => {
                format!("`{text}` is no dialect of JSON Schema that is known here")
            }
        }
    }

    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Remote(_) => {
                "copy what it leads to under `definitions`, and write `#/definitions/…`"
            }
            Self::Missing(_) => {
                "write `#/definitions/…` with the name of a definition that is there"
            }
            Self::NoSchema(_) => "a schema is a map, `true` or `false`",
            Self::Dynamic => "write `$ref`",
            Self::Address(_) => "write an address of at most 2,048 characters, or leave it out",
            Self::Twice(_) => "keep one of them",
            Self::Dialect(_) => {
                "write `http://json-schema.org/draft-07/schema#`, or one of draft-04, draft-06, 2019-09 and 2020-12"
            }
        }
    }
}

/// Drafts up to 7, where `$ref` hides what stands beside it.
fn is_classic(draft: Draft) -> bool {
    matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7)
}

/// An address without its fragment.
fn key(address: &Uri<String>) -> String {
    let text = address.as_str();
    text.split_once('#')
        .map_or(text, |(before, _)| before)
        .to_owned()
}

/// A fragment without its percent signs (RFC 3986); `None` where they are no UTF-8.
fn percent_decoded(fragment: &str) -> Option<Cow<'_, str>> {
    if !fragment.contains('%') {
        return Some(Cow::Borrowed(fragment));
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [char::from(rest.next()?), char::from(rest.next()?)];
        let [high, low] = digits.map(|digit| digit.to_digit(16));
        bytes.push(u8::try_from(high? * 16 + low?).ok()?);
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// The beginning of a text that may be very long.
fn short(text: &str) -> String {
    text.chars().take(100).collect()
}
