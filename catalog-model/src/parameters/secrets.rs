//! What must not be shown: which values, and which lines of which files.

use std::sync::Arc;

use catalog_conditions::{Diagnostic, Location, SourceFile, Span};
use serde_json::{Map, Value};

use super::layer::Layer;
use super::located::{Located, LocatedKind};
use super::origin::LayerOrigin;
use super::pointer;
use super::release_parameters::ReleaseParameters;
use super::schema::SchemaOrigin;

/// What stands in the place of a secret.
pub(super) const WITHHELD: &str = "(sensitive)";

/// How secret a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Secrecy {
    Open,
    /// Nothing says that it is not: secret unless it stands in the catalog, which everybody reads.
    Unknown,
    Secret,
}

/// How secret the value at a pointer is, which begins with the module.
pub(super) fn secrecy(parameters: &ReleaseParameters, pointer: &str) -> Secrecy {
    let (module, below) = split(pointer);
    let Some(schema) = module.and_then(|module| parameters.schema(&module)) else {
        // The map of all modules is no value; a module that is not there may be a misspelt one that has secrets.
        return if pointer.is_empty() {
            Secrecy::Open
        } else {
            Secrecy::Unknown
        };
    };
    match schema.is_sensitive(below) {
        false => Secrecy::Open,
        true if schema.origin() == SchemaOrigin::Unknown => Secrecy::Unknown,
        true => Secrecy::Secret,
    }
}

/// The module, unescaped, and the pointer inside it.
pub(super) fn split(pointer: &str) -> (Option<String>, &str) {
    let module = pointer::steps(pointer).and_then(|mut steps| steps.next());
    let rest = pointer.strip_prefix('/').unwrap_or_default();
    let below = rest.find('/').and_then(|end| rest.get(end..));
    (module, below.unwrap_or_default())
}

impl Secrecy {
    /// Whether what a layer of this origin sets is withheld.
    pub(super) fn withholds(self, origin: &LayerOrigin) -> bool {
        match self {
            Self::Open => false,
            Self::Unknown => matches!(origin, LayerOrigin::Environment | LayerOrigin::User),
            Self::Secret => true,
        }
    }
}

/// A value as it may be shown: in place of secrets stands [`WITHHELD`].
pub(super) fn withheld(
    parameters: &ReleaseParameters,
    origin: &LayerOrigin,
    pointer: &str,
    value: Value,
) -> Value {
    if secrecy(parameters, pointer).withholds(origin) {
        return Value::String(WITHHELD.to_owned());
    }
    let below =
        |step: &str, value| withheld(parameters, origin, &pointer::push(pointer, step), value);
    match value {
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            items
                .map(|(index, item)| below(&index.to_string(), item))
                .collect()
        }
        Value::Object(entries) => {
            let entries = entries.into_iter().map(|(key, value)| {
                let value = below(&key, value);
                (key, value)
            });
            Value::Object(entries.collect::<Map<_, _>>())
        }
        scalar => scalar,
    }
}

/// The bytes of files that must not be shown.
#[derive(Clone, Default)]
pub(super) struct Secrets {
    /// Each file's secrets, sorted and apart from each other.
    files: Vec<(Arc<SourceFile>, Vec<Span>)>,
}

impl Secrets {
    /// The secrets of layers. Cost: one look at the schema for each value.
    pub(super) fn of(parameters: &ReleaseParameters, layers: &[Layer]) -> Self {
        let mut secrets = Self::default();
        for layer in layers {
            let Some(file) = layer.file() else {
                continue;
            };
            let spans = secrets.spans_of(file);
            collect(parameters, layer, &layer.root, String::new(), spans);
        }
        for (_, spans) in &mut secrets.files {
            join(spans);
        }
        secrets
    }

    fn spans_of(&mut self, file: &Arc<SourceFile>) -> &mut Vec<Span> {
        let known = self
            .files
            .iter()
            .position(|(known, _)| Arc::ptr_eq(known, file));
        let index = known.unwrap_or_else(|| {
            self.files.push((Arc::clone(file), Vec::new()));
            self.files.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "the index was just found or made")]
        &mut self.files[index].1
    }

    /// Whether part of a secret is among these bytes.
    pub(super) fn touch(&self, file: &Arc<SourceFile>, span: Span) -> bool {
        self.files
            .iter()
            .filter(|(known, _)| Arc::ptr_eq(known, file))
            .any(|(_, spans)| {
                let next = spans.partition_point(|secret| secret.end <= span.start);
                spans
                    .get(next)
                    .is_some_and(|secret| secret.start < span.end)
            })
    }

    /// The diagnostic, withholding its source if a secret stands on a line it would show.
    pub(super) fn guard(&self, diagnostic: Diagnostic) -> Diagnostic {
        let related = diagnostic.related_locations().map(|(location, _)| location);
        let shows_secret = diagnostic
            .location()
            .into_iter()
            .chain(related)
            .any(|location| self.touch(location.file(), lines(location)));
        if shows_secret {
            diagnostic.withholding_source()
        } else {
            diagnostic
        }
    }
}

/// The bytes of the whole lines of a place.
fn lines(location: &Location) -> Span {
    let (text, span) = (location.file().text(), location.span());
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    Span::new(
        before.rfind('\n').map_or(0, |newline| newline + 1),
        after
            .find('\n')
            .map_or(text.len(), |newline| span.end + newline),
    )
}

fn collect(
    parameters: &ReleaseParameters,
    layer: &Layer,
    value: &Located,
    pointer: String,
    spans: &mut Vec<Span>,
) {
    // What stands in the place of a whole module is no value that a schema knows: it may be a misplaced secret.
    let is_misplaced = value.as_map().is_none() && split(&pointer).1.is_empty();
    if is_misplaced || secrecy(parameters, &pointer).withholds(layer.origin()) {
        spans.extend(value.span);
        return;
    }
    match &value.kind {
        LocatedKind::Scalar(_) => {}
        LocatedKind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let pointer = pointer::push(&pointer, &index.to_string());
                collect(parameters, layer, item, pointer, spans);
            }
        }
        LocatedKind::Map(entries) => {
            for (key, entry) in entries {
                let pointer = pointer::push(&pointer, key);
                collect(parameters, layer, entry, pointer, spans);
            }
        }
    }
}

/// Sorts spans, and makes one of those that overlap.
fn join(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|next, previous| {
        let overlap = next.start <= previous.end;
        if overlap {
            previous.end = previous.end.max(next.end);
        }
        overlap
    });
}
