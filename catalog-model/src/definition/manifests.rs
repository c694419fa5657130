//! The objects in a file of manifests, made when somebody asks.

use std::sync::{Arc, OnceLock};

use catalog_conditions::SourceFile;
use catalog_conditions::document::{Kind, Limits, Node, Scalar, parse};
use serde_json::Value;

/// A file of manifests: its text, and its objects from the first asking on.
///
/// Most objects of a catalog are never asked for, and as values they are several times as large as their text. So the text is kept,
/// whose reading was checked when it was loaded, and nothing else.
pub(crate) struct Manifests {
    file: Arc<SourceFile>,
    limits: Limits,
    objects: OnceLock<Vec<Value>>,
}

impl Manifests {
    /// The objects of a file that reads within these limits.
    pub(crate) fn new(file: &Arc<SourceFile>, limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            file: Arc::clone(file),
            limits: limits.clone(),
            objects: OnceLock::new(),
        })
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> &str {
        self.file.text()
    }

    /// The limits within which the file reads.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The object at a place among those of the file, lists counted by their items; null where there is none.
    pub(crate) fn object(&self, index: usize) -> &Value {
        let objects = self.objects.get_or_init(|| {
            let documents = parse(&self.file, &self.limits).documents;
            documents
                .iter()
                .flat_map(expand)
                .map(Node::to_json)
                .collect()
        });
        objects.get(index).unwrap_or(&Value::Null)
    }

    /// Whether the objects are equal already by their text.
    pub(crate) fn is_same_text(&self, other: &Self) -> bool {
        self.limits == other.limits && self.file.text() == other.file.text()
    }
}

/// A `kind: List` stands for its items; so does a list of one kind (`ConfigMapList`), as kubectl has it.
pub(crate) fn expand(node: &Node) -> &[Node] {
    let is_list = text(node, "kind").is_some_and(|kind| kind.ends_with("List"))
        && text(node, "apiVersion").is_some();
    match node.value("items").map(Node::kind) {
        Some(Kind::Sequence(items)) if is_list => items,
        _ => std::slice::from_ref(node),
    }
}

/// The text of a key that is not null.
fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    let value = node.value(key).filter(|value| !value.is_null())?;
    value.as_scalar().map(Scalar::text)
}
