//! What a module's parameters may be.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use catalog_conditions::document::{Kind, Node};
use catalog_conditions::{SourceFile, Span};
use jsonschema::Validator;
use serde_json::{Map, Value};

use super::declared::rules;
use super::limits::ParameterLimits;
use super::origin::LayerOrigin;
use super::outline::{Outline, Size, TooCostly};
use super::walk::Walk;
use crate::pointer::unescaped;

/// The parameters of one module: a JSON Schema, the defaults, and which of them are secret.
///
/// `Debug` shows where they come from and how many defaults there are, never one of them.
#[derive(Clone)]
pub struct ParameterSchema {
    pub(super) json: Value,
    pub(super) origin: SchemaOrigin,
    pub(super) defaults: Value,
    pub(super) places: DefaultPlaces,
    pub(super) rules: Option<Arc<Rules>>,
}

/// A schema that was found to be one, ready to be asked.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) outline: Outline,
    pub(super) validator: Validator,
    pub(super) limits: ParameterLimits,
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
#[derive(Clone, Default)]
pub(super) enum DefaultPlaces {
    #[default]
    Nowhere,
    Document(Arc<SourceFile>, Node),
    Variables(BTreeMap<String, (Arc<SourceFile>, Span)>),
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
            rules: None,
        }
    }

    pub(super) fn with_rules(json: Value, origin: SchemaOrigin, rules: Rules) -> Self {
        Self {
            json,
            origin,
            rules: Some(Arc::new(rules)),
            ..Self::unknown()
        }
    }

    /// A schema that this library made; `None` where it is over the limits, which only very narrow ones can bring about.
    pub(super) fn inferred(json: Value, limits: &ParameterLimits) -> Option<Self> {
        let rules = rules(&json, limits).ok()?;
        Some(Self::with_rules(json, SchemaOrigin::Inferred, rules))
    }

    /// How large it is.
    pub(super) fn size(&self) -> Size {
        self.rules
            .as_ref()
            .map_or_else(Size::default, |rules| rules.outline.size())
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
        let mut tokens = pointer.split('/').skip(1).map(unescaped);
        let (file, root) = match &self.places {
            DefaultPlaces::Nowhere => return None,
            DefaultPlaces::Document(file, root) => (file, root),
            DefaultPlaces::Variables(places) => {
                let (file, span) = places.get(tokens.next()?.as_ref())?;
                return Some((file, *span));
            }
        };
        let node = tokens.try_fold(root, |node, token| match node.kind() {
            Kind::Mapping(mapping) => mapping.value(&token),
            Kind::Sequence(items) => items.get(token.parse::<usize>().ok()?),
            Kind::Scalar(_) => None,
        })?;
        Some((file, node.span()))
    }

    /// Whether the value at a JSON pointer is secret and must not be shown: it or a value around it is said to be (`sensitive` of a
    /// Terraform variable; `writeOnly` or `format: password` of a schema, also behind references and in any alternative).
    ///
    /// Where that cannot be told, it is: all that is of origin [`SchemaOrigin::Unknown`], and what the schema forbids, for nobody knows
    /// what it was meant for. What was inferred is not, for nothing is said of it.
    ///
    /// Cost: that of the subschemas on the way, at most 100,000; then the answer is yes.
    #[must_use]
    pub fn is_sensitive(&self, pointer: &str) -> bool {
        match (&self.rules, self.origin) {
            (_, SchemaOrigin::Inferred) => false,
            (Some(rules), _) => rules.outline.is_sensitive(pointer),
            (None, _) => true,
        }
    }

    /// A value that stands, or is to stand, at a JSON pointer, as it may be shown: `(sensitive)` in place of whatever in it
    /// [is secret](Self::is_sensitive), and of what stands where the schema wants a map or list with secrets in it.
    ///
    /// Cost: one step for each value in it, bounded by the limits that the schema was read with; what is beyond is not shown.
    ///
    /// ```
    /// use catalog_model::SourceFile;
    /// use catalog_model::parameters::{ChartFiles, ParameterLimits, ParameterSchema};
    /// use serde_json::json;
    ///
    /// let schema = r#"{"properties": {"auth": {"properties": {"password": {"writeOnly": true}}}}}"#;
    /// let mut files = ChartFiles::default();
    /// files.schema = Some(SourceFile::new("values.schema.json", schema));
    /// let (schema, _) = ParameterSchema::of_chart(&files, &ParameterLimits::default());
    /// assert_eq!(schema.shown("/auth", &json!({"user": "a", "password": "b"})), json!({"user": "a", "password": "(sensitive)"}));
    /// assert_eq!(schema.shown("/auth", &json!("b")), "(sensitive)");
    /// ```
    #[must_use]
    pub fn shown(&self, pointer: &str, value: &Value) -> Value {
        let mut walk = Walk::through(Some(self));
        let at = walk.follow(pointer);
        walk.withheld(at, &LayerOrigin::User, value.clone())
    }

    /// Whether values of the module fit, as Helm and Terraform would ask it of all layers together. Values that would cost more to hold
    /// against the schema than the limits allow do not.
    #[must_use]
    pub fn accepts(&self, values: &Value) -> bool {
        match self.validator(values) {
            Ok(validator) => validator.is_none_or(|validator| validator.is_valid(values)),
            Err(_) => false,
        }
    }

    /// What to hold `values` against; `None` where anything is allowed.
    ///
    /// # Errors
    ///
    /// The answer would cost more than the limits that the schema was read with allow.
    pub(super) fn validator(&self, values: &Value) -> Result<Option<&Validator>, TooCostly> {
        let mut questions = u64::MAX;
        self.validator_within(values, &mut questions)
    }

    /// The same, taking what the answer costs off the `questions` that may be asked about several modules together.
    pub(super) fn validator_within(
        &self,
        values: &Value,
        questions: &mut u64,
    ) -> Result<Option<&Validator>, TooCostly> {
        let Some(rules) = &self.rules else {
            return Ok(None);
        };
        // To count what may not be asked any more would cost as much for each module as asking it of one.
        if *questions == 0 {
            return Err(TooCostly::Together);
        }
        let most = rules.limits.applications.min(*questions);
        match rules.outline.cost(values, most, &rules.limits) {
            Ok(cost) => *questions -= cost,
            Err(TooCostly::Questions(_)) if most < rules.limits.applications => {
                *questions = 0;
                return Err(TooCostly::Together);
            }
            Err(problem) => return Err(problem),
        }
        Ok(Some(&rules.validator))
    }
}

impl fmt::Debug for ParameterSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let defaults = self.defaults.as_object().map_or(0, Map::len);
        f.debug_struct("ParameterSchema")
            .field("origin", &self.origin)
            .field("defaults", &defaults)
            .finish_non_exhaustive()
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
