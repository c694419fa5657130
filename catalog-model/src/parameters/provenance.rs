//! Who made a value what it is.

use std::fmt;
use std::sync::Arc;

use catalog_conditions::{Position, SourceFile, Span};

use super::layer::Layer;
use super::origin::LayerOrigin;

/// The layer that spoke last of a value, what it did, and where.
#[derive(Clone, Debug)]
pub struct Provenance<'v> {
    pub(super) layer: &'v Layer,
    pub(super) effect: Effect,
    pub(super) span: Option<Span>,
}

/// What a layer did to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It set it, or something in it.
    Set,
    /// It took it away: with null, or by putting something else than a map where the map stood that it was in.
    Deleted,
}

impl<'v> Provenance<'v> {
    /// Whose layer it is.
    #[must_use]
    pub fn origin(&self) -> &'v LayerOrigin {
        self.layer.origin()
    }

    /// What it did.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The file that the layer was read from.
    #[must_use]
    pub fn file(&self) -> Option<&'v Arc<SourceFile>> {
        self.layer.file()
    }

    /// The bytes of the file that did it. They may be a secret's.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// Line and column of it.
    #[must_use]
    pub fn start(&self) -> Option<Position> {
        Some(self.file()?.position(self.span?.start))
    }
}

impl fmt::Display for Provenance<'_> {
    /// As in `set by the user, mine.yaml:3:7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let did = match self.effect {
            Effect::Set => "set",
            Effect::Deleted => "deleted",
        };
        write!(f, "{did} by {}", self.origin())?;
        match (self.file(), self.start()) {
            (Some(file), Some(start)) => write!(f, ", {}:{start}", file.path()),
            _ => Ok(()),
        }
    }
}
