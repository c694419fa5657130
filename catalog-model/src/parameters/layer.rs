//! What one party sets.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use catalog_conditions::document::{Limits, Node, parse};
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};
use serde_json::Value;
use thiserror::Error;

use super::located::{Located, LocatedKind};
use super::origin::LayerOrigin;
use super::pointer;

/// What one party sets in the modules of a package: `{module: {…}}`.
///
/// `Debug` shows whose it is and how many values it has, never one of them: which of them are secret is known only to schemas.
#[derive(Clone, PartialEq)]
pub struct Layer {
    origin: LayerOrigin,
    file: Option<Arc<SourceFile>>,
    pub(super) root: Located,
    /// What is odd about its scalars; said once it is known which of them are secret.
    pub(super) remarks: Vec<Diagnostic>,
}

/// Why values in memory make no layer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(transparent)]
pub struct LayerError(#[from] Problem);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
enum Problem {
    #[error("{origin} sets values of modules, which are a map `{{module: {{…}}}}`, not a {found}")]
    NotAMap {
        origin: LayerOrigin,
        found: &'static str,
    },
    #[error(
        "the values of {origin} nest deeper than {depth} or are more than {nodes}; if they are meant to, raise the limit"
    )]
    TooLarge {
        origin: LayerOrigin,
        depth: usize,
        nodes: usize,
    },
}

impl Layer {
    /// Values from a file of YAML or JSON, read as Helm reads it. A file without content sets nothing.
    ///
    /// There is no layer where an error was found. No diagnostic shows a line of the file: it may hold secrets.
    /// Cost: linear in the file, within `limits`.
    ///
    /// ```
    /// use catalog_model::SourceFile;
    /// use catalog_model::document::Limits;
    /// use catalog_model::parameters::{Layer, LayerOrigin};
    ///
    /// let file = SourceFile::new("mine.yaml", "loki: {replicas: 3}\n");
    /// let (layer, diagnostics) = Layer::parse(LayerOrigin::User, &file, &Limits::default());
    /// assert!(diagnostics.is_empty());
    /// assert_eq!(format!("{:?}", layer.unwrap()), r#"Layer { origin: User, file: Some("mine.yaml"), values: 1 }"#);
    ///
    /// let list = SourceFile::new("mine.yaml", "- replicas: 3\n");
    /// let (layer, diagnostics) = Layer::parse(LayerOrigin::User, &list, &Limits::default());
    /// assert!(layer.is_none());
    /// assert_eq!(diagnostics[0].to_string(), "mine.yaml:1:1: error[parameters.values.type]: values are a map `{module: {…}}`, not a list");
    /// ```
    #[must_use]
    pub fn parse(
        origin: LayerOrigin,
        file: &Arc<SourceFile>,
        limits: &Limits,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        Self::parse_below(origin, &[], file, limits)
    }

    /// The same for a text that stands below some keys, of which the first is the module: one value of a command line, or the values of
    /// one module. A text without content sets nothing; null deletes.
    ///
    /// ```
    /// use catalog_model::SourceFile;
    /// use catalog_model::document::Limits;
    /// use catalog_model::parameters::{Layer, LayerOrigin};
    ///
    /// let text = SourceFile::new("--set loki.replicas", "3");
    /// let (layer, _) = Layer::parse_below(LayerOrigin::User, &["loki", "replicas"], &text, &Limits::default());
    /// assert!(!layer.unwrap().is_empty());
    /// ```
    #[must_use]
    pub fn parse_below(
        origin: LayerOrigin,
        keys: &[&str],
        file: &Arc<SourceFile>,
        limits: &Limits,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        let parsed = parse(file, limits);
        let mut diagnostics = parsed.diagnostics;
        let mut documents = parsed.documents.iter();
        let first = documents.next();
        if let Some(second) = documents.next() {
            let message = "a file of values is one document, and here a second one begins";
            let diagnostic = Diagnostic::error("parameters.values.documents", message);
            diagnostics.push(
                diagnostic
                    .at(file, second.span())
                    .help("put it into a file of its own: the file given last wins"),
            );
        }
        let layer = match first {
            Some(node) if !keys.is_empty() || !node.is_null() => {
                Self::from_node(origin, file, (keys, node), &mut diagnostics)
            }
            _ => Some(Self::empty(origin, file)),
        };
        let has_error = diagnostics.iter().any(|d| d.severity() == Severity::Error);
        let diagnostics = diagnostics
            .into_iter()
            .map(Diagnostic::withholding_source)
            .collect();
        (layer.filter(|_| !has_error), diagnostics)
    }

    fn from_node(
        origin: LayerOrigin,
        file: &Arc<SourceFile>,
        (keys, node): (&[&str], &Node),
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        if keys.is_empty() && node.as_mapping().is_none() {
            let message = format!(
                "values are a map `{{module: {{…}}}}`, not {}",
                node.describe()
            );
            let diagnostic = Diagnostic::error("parameters.values.type", message);
            diagnostics.push(diagnostic.at(file, node.span()));
            return None;
        }
        let mut remarks = Vec::new();
        node.check_scalars(file, &mut remarks);
        Some(Self {
            origin,
            file: Some(Arc::clone(file)),
            root: keys
                .iter()
                .rev()
                .fold(Located::from_node(node), |value, key| {
                    value.under((*key).to_owned())
                }),
            remarks,
        })
    }

    fn empty(origin: LayerOrigin, file: &Arc<SourceFile>) -> Self {
        Self {
            origin,
            file: Some(Arc::clone(file)),
            root: Located {
                span: Some(Span::default()),
                key: None,
                kind: LocatedKind::Map(Arc::default()),
            },
            remarks: Vec::new(),
        }
    }

    /// Values in memory.
    ///
    /// # Errors
    ///
    /// They are no map, nest deeper than `limits.depth`, or are more than `limits.nodes`.
    pub fn from_json(
        origin: LayerOrigin,
        values: &Value,
        limits: &Limits,
    ) -> Result<Self, LayerError> {
        let found = match values {
            Value::Object(_) => None,
            Value::Array(_) => Some("list"),
            _ => Some("single value"),
        };
        if let Some(found) = found {
            return Err(Problem::NotAMap { origin, found }.into());
        }
        match Located::bounded(values, limits) {
            Some(root) => Ok(Self {
                origin,
                file: None,
                root,
                remarks: Vec::new(),
            }),
            None => Err(Problem::TooLarge {
                origin,
                depth: limits.depth,
                nodes: limits.nodes,
            }
            .into()),
        }
    }

    /// The values of one module; `None` if there are none.
    pub(super) fn of_module(
        origin: LayerOrigin,
        file: Option<Arc<SourceFile>>,
        module: &str,
        values: Located,
    ) -> Option<Self> {
        let is_empty = values.as_map().is_none_or(BTreeMap::is_empty);
        (!is_empty).then(|| Self {
            origin,
            file,
            root: values.under(module.to_owned()),
            remarks: Vec::new(),
        })
    }

    /// Values that a file of a catalog sets in several modules; what is odd about them was said when the catalog was loaded.
    pub(super) fn of_modules(
        origin: LayerOrigin,
        file: Option<Arc<SourceFile>>,
        root: Located,
    ) -> Self {
        Self {
            origin,
            file,
            root,
            remarks: Vec::new(),
        }
    }

    /// The modules that it sets values in.
    pub(super) fn modules(&self) -> impl Iterator<Item = &str> {
        let modules = self.root.as_map().into_iter();
        modules.flat_map(BTreeMap::keys).map(String::as_str)
    }

    /// Whose values they are.
    #[must_use]
    pub fn origin(&self) -> &LayerOrigin {
        &self.origin
    }

    /// The file they were read from.
    #[must_use]
    pub fn file(&self) -> Option<&Arc<SourceFile>> {
        self.file.as_ref()
    }

    /// Whether it sets or deletes anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.as_map().is_none_or(BTreeMap::is_empty)
    }

    /// The value at a pointer, or the nearest one around it that the layer has.
    pub(super) fn nearest(&self, pointer: &str) -> &Located {
        let mut at = &self.root;
        for step in pointer::steps(pointer).into_iter().flatten() {
            match at.child(&step) {
                Some(child) => at = child,
                None => break,
            }
        }
        at
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layer")
            .field("origin", &self.origin)
            .field("file", &self.file.as_ref().map(|file| file.path()))
            .field("values", &self.root.leaf_count())
            .finish()
    }
}
