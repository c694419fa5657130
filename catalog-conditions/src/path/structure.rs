//! What is known of an object's shape without its schema.
//!
//! `metadata` is the same for every kind (`ObjectMeta`), and its labels and annotations, as `data`, `binaryData` and `stringData` of
//! ConfigMap and Secret, are maps of strings. A path below such a key is the commonest mistake there is
//! (`metadata.labels.app.kubernetes.io/name`), and under `notExists` it would open a gate.

use thiserror::Error;

use super::segment::{FieldPath, Segment};
use crate::suggest::near;

/// What the API server keeps at a path, as far as that is known without a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Structure {
    /// A string, and nothing else.
    Text,
    /// A whole number, and nothing else.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Not known: a list, a map, or anything in `spec` and `status`.
    Any,
}

/// A path that no object has: it would be absent for ever.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct StructureError {
    message: String,
    help: String,
}

impl StructureError {
    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }

    pub(crate) fn new(message: String, help: String) -> Self {
        Self { message, help }
    }
}

/// The shape of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Leaf(Structure),
    Texts,
    List(&'static Shape),
    Object(&'static [(&'static str, Shape)]),
    Free,
}

impl Shape {
    /// `apiVersion`, `kind` and `metadata`, which every object has.
    pub(crate) fn of_any_object(key: &str) -> Option<Self> {
        match key {
            "metadata" => Some(Self::Object(METADATA)),
            "apiVersion" | "kind" => Some(TEXT),
            _ => None,
        }
    }
}

const TEXT: Shape = Shape::Leaf(Structure::Text);
const INTEGER: Shape = Shape::Leaf(Structure::Integer);
const BOOLEAN: Shape = Shape::Leaf(Structure::Boolean);

/// `ObjectMeta` of `meta/v1`.
const METADATA: &[(&str, Shape)] = &[
    ("annotations", Shape::Texts),
    ("creationTimestamp", TEXT),
    ("deletionGracePeriodSeconds", INTEGER),
    ("deletionTimestamp", TEXT),
    ("finalizers", Shape::List(&TEXT)),
    ("generateName", TEXT),
    ("generation", INTEGER),
    ("labels", Shape::Texts),
    ("managedFields", Shape::List(&Shape::Object(MANAGED_FIELDS))),
    ("name", TEXT),
    ("namespace", TEXT),
    (
        "ownerReferences",
        Shape::List(&Shape::Object(OWNER_REFERENCE)),
    ),
    ("resourceVersion", TEXT),
    ("selfLink", TEXT),
    ("uid", TEXT),
];

const OWNER_REFERENCE: &[(&str, Shape)] = &[
    ("apiVersion", TEXT),
    ("blockOwnerDeletion", BOOLEAN),
    ("controller", BOOLEAN),
    ("kind", TEXT),
    ("name", TEXT),
    ("uid", TEXT),
];

const MANAGED_FIELDS: &[(&str, Shape)] = &[
    ("apiVersion", TEXT),
    ("fieldsType", TEXT),
    ("fieldsV1", Shape::Free),
    ("manager", TEXT),
    ("operation", TEXT),
    ("subresource", TEXT),
    ("time", TEXT),
];

impl FieldPath {
    /// What stands at this path in every object of a kind; [`Structure::Any`] where only a schema could say.
    ///
    /// # Errors
    ///
    /// A [`StructureError`] if no object of the kind can have the path.
    ///
    /// ```
    /// use catalog_conditions::path::FieldPath;
    ///
    /// let path = FieldPath::parse("data.tls.crt")?;
    /// let error = path.structure("v1", "ConfigMap").unwrap_err();
    /// assert_eq!(error.to_string(), "`data` is a map of strings: nothing lies below its keys");
    /// assert_eq!(error.help(), "if the key is `tls.crt`, write `data['tls.crt']`");
    /// assert!(path.structure("example.com/v1", "Widget").is_ok());
    /// # Ok::<(), catalog_conditions::path::PathError>(())
    /// ```
    pub fn structure(&self, api_version: &str, kind: &str) -> Result<Structure, StructureError> {
        let holds_data = api_version == "v1" && matches!(kind, "ConfigMap" | "Secret");
        let Some(Segment::Key(first)) = self.segments.first() else {
            return Ok(Structure::Any);
        };
        let mut shape = match first.as_str() {
            "data" | "binaryData" | "stringData" if holds_data => Shape::Texts,
            key => Shape::of_any_object(key).unwrap_or(Shape::Free),
        };
        for at in 1..self.segments.len() {
            shape = self.below(shape, at)?;
        }
        Ok(match shape {
            Shape::Leaf(structure) => structure,
            _ => Structure::Any,
        })
    }

    /// What stands below a shape at the step `at`.
    pub(crate) fn below(&self, shape: Shape, at: usize) -> Result<Shape, StructureError> {
        let Some(segment) = self.segments.get(at) else {
            return Ok(shape);
        };
        match (shape, segment) {
            (Shape::Free, _) => Ok(Shape::Free),
            (Shape::Texts, Segment::Key(_) | Segment::Every) if self.segments.len() > at + 1 => {
                Err(self.below_text_map(at))
            }
            (Shape::Texts, Segment::Key(_) | Segment::Every) => Ok(TEXT),
            (Shape::Object(fields), Segment::Key(key)) => self.field(fields, key, at),
            (Shape::Object(_), Segment::Every) => Ok(Shape::Free),
            (Shape::List(item), Segment::Index(_) | Segment::Every) => Ok(*item),
            (Shape::List(item @ Shape::Object(_)), Segment::Select(_)) => Ok(*item),
            _ => Err(self.misfit(shape, at)),
        }
    }

    fn field(
        &self,
        fields: &'static [(&'static str, Shape)],
        key: &str,
        at: usize,
    ) -> Result<Shape, StructureError> {
        if let Some((_, shape)) = fields.iter().find(|(name, _)| *name == key) {
            return Ok(*shape);
        }
        let names = fields.iter().map(|(name, _)| *name);
        let help = match near(key, names.clone()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("known fields: {}", names.collect::<Vec<_>>().join(", ")),
        };
        Err(StructureError {
            message: format!("`{}` has no field `{key}` in any kind", self.prefix(at)),
            help,
        })
    }

    /// The refusal of a step below the key at `at`, which is one of a map of strings.
    pub(crate) fn below_text_map(&self, at: usize) -> StructureError {
        let map = self.prefix(at);
        let rest = self.segments.get(at..).unwrap_or_default();
        let keys: Option<Vec<&str>> = rest
            .iter()
            .map(|segment| match segment {
                Segment::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        let help = match keys {
            Some(keys) => {
                let key = keys.join(".");
                let whole = self.prefix_and(at, Segment::Key(key.clone()));
                format!("if the key is `{key}`, write `{whole}`")
            }
            None => format!("the path ends with the key: `{map}['key']`"),
        };
        StructureError {
            message: format!("`{map}` is a map of strings: nothing lies below its keys"),
            help,
        }
    }

    fn misfit(&self, shape: Shape, at: usize) -> StructureError {
        let here = self.prefix(at);
        let (is, help) = match shape {
            Shape::Leaf(_) => ("a single value", "end the path here".to_owned()),
            Shape::Texts => ("a map of strings", format!("name a key: `{here}['key']`")),
            Shape::List(_) => (
                "a list",
                format!("write `{here}[0]` for one element, or `{here}[*]` for each"),
            ),
            Shape::Object(_) | Shape::Free => ("an object", "name one of its fields".to_owned()),
        };
        self.no_fit(at, is, help)
    }

    /// The refusal of the step `at`, which does not fit what stands before it.
    pub(crate) fn no_fit(&self, at: usize, is: &str, help: String) -> StructureError {
        let here = self.prefix(at);
        StructureError {
            message: format!("`{here}` is {is}: the next step does not fit it"),
            help,
        }
    }

    /// The first `length` steps.
    pub(crate) fn prefix(&self, length: usize) -> Self {
        Self {
            segments: self.segments.get(..length).unwrap_or_default().to_vec(),
        }
    }

    /// The first `length` steps, and one more.
    pub(crate) fn prefix_and(&self, length: usize, last: Segment) -> Self {
        let mut path = self.prefix(length);
        path.segments.push(last);
        path
    }
}
