//! What must not be shown: which values, and which lines of which files.

use std::collections::HashMap;
use std::sync::Arc;

use catalog_conditions::{Diagnostic, Location, SourceFile, Span};

use super::layer::Layer;
use super::located::{Located, LocatedKind};
use super::origin::LayerOrigin;
use super::pointer;
use super::release_parameters::ReleaseParameters;
use super::remarks;
use super::walk::{At, Walk, Walks};

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

/// The bytes of files that must not be shown.
#[derive(Clone, Default)]
pub(crate) struct Secrets {
    /// Each file's secrets, sorted and apart from each other, by the address of the file: one that is read twice is two.
    files: HashMap<usize, (Arc<SourceFile>, Vec<Span>)>,
}

impl Secrets {
    /// The secrets of layers. Cost: one step of a walk for each value, bounded for each module by the limits of its schema.
    pub(super) fn of(parameters: &ReleaseParameters, layers: &[Layer]) -> Self {
        let mut secrets = Self::default();
        let mut walks = Walks::new(parameters);
        for layer in layers {
            let Some(file) = layer.file() else {
                continue;
            };
            let spans = secrets.spans_of(file);
            let Some(modules) = layer.root.as_map() else {
                spans.extend(layer.root.span);
                continue;
            };
            for (module, value) in modules {
                // What stands in the place of a whole module is no value that a schema knows: it may be a misplaced secret.
                if value.as_map().is_none() {
                    spans.extend(value.span);
                    continue;
                }
                let walk = walks.module(module);
                let start = walk.start();
                collect(walk, start, layer.origin(), value, spans);
            }
        }
        secrets.join();
        secrets
    }

    /// These and more of one file.
    pub(super) fn with(mut self, file: &Arc<SourceFile>, spans: Vec<Span>) -> Self {
        self.spans_of(file).extend(spans);
        self.join();
        self
    }

    fn join(&mut self) {
        let spans = self.files.values_mut().map(|(_, spans)| spans);
        spans.for_each(join);
    }

    fn spans_of(&mut self, file: &Arc<SourceFile>) -> &mut Vec<Span> {
        let of_file = self.files.entry(address(file));
        let (_, spans) = of_file.or_insert_with(|| (Arc::clone(file), Vec::new()));
        spans
    }

    /// Whether part of a secret is among these bytes.
    pub(super) fn touch(&self, file: &Arc<SourceFile>, span: Span) -> bool {
        let Some((_, spans)) = self.files.get(&address(file)) else {
            return false;
        };
        let next = spans.partition_point(|secret| secret.end <= span.start);
        spans
            .get(next)
            .is_some_and(|secret| secret.start < span.end)
    }

    /// What was said before it was known what is secret. Of a secret it says only that there is something, and offers no edit of it.
    pub(crate) fn guard_remark(&self, remark: Diagnostic) -> Diagnostic {
        remarks::guarded(remark, self)
    }

    /// The diagnostic, withholding its source if a secret stands on a line it would show.
    pub(crate) fn guard(&self, diagnostic: Diagnostic) -> Diagnostic {
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

/// What tells a file from others while it is kept.
fn address(file: &Arc<SourceFile>) -> usize {
    Arc::as_ptr(file).addr()
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
    walk: &mut Walk<'_>,
    at: At,
    origin: &LayerOrigin,
    value: &Located,
    spans: &mut Vec<Span>,
) {
    if walk.secrecy(at, value.shape()).withholds(origin) {
        spans.extend(value.span);
        return;
    }
    match &value.kind {
        LocatedKind::Scalar(_) => {}
        LocatedKind::List(items) => {
            for (index, item) in items.iter().enumerate() {
                let below = walk.step(at, &index.to_string());
                collect(walk, below, origin, item, spans);
            }
        }
        LocatedKind::Map(entries) => {
            for (key, entry) in entries.iter() {
                let below = walk.step(at, key);
                collect(walk, below, origin, entry, spans);
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
