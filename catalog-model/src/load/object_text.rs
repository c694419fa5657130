//! What says the kind of a Kubernetes object, what names it and what labels it: texts.
//!
//! The API server takes nothing else there: it refuses the number that kubectl makes of `name: 0644` ("cannot unmarshal number into Go
//! struct field ObjectMeta.metadata.name of type string"), and kubectl sends it nothing else.

use std::collections::BTreeSet;

use catalog_conditions::document::{Mapping, Node, Reader, Scalar};
use catalog_conditions::{Diagnostic, Location};

/// The texts of one object; fields are named by their keys with dots between them.
pub(super) struct ObjectTexts<'r, 'n> {
    reader: &'r Reader<'r>,
    object: &'n Node,
    diagnostics: Vec<Diagnostic>,
}

impl<'r, 'n> ObjectTexts<'r, 'n> {
    /// What is wrong with them has the code `<kind>.text`, of the kind of files that `reader` reads.
    pub(super) fn new(reader: &'r Reader<'r>, object: &'n Node) -> Self {
        Self {
            reader,
            object,
            diagnostics: Vec::new(),
        }
    }

    /// Whether a field has nothing that could be a text: it is not there, null, or empty.
    pub(super) fn lacks(&self, field: &str) -> bool {
        let empty = |node: &Node| node.as_scalar().is_some_and(|text| text.text().is_empty());
        self.written(field).is_none_or(empty)
    }

    /// The text of a field; `None` if there is none, or if it is no text.
    pub(super) fn text(&mut self, field: &str) -> Option<&'n str> {
        self.string(self.written(field)?, field)
    }

    /// Labels or annotations: a map of texts.
    pub(super) fn texts(&mut self, field: &str) {
        for entry in self.map(field).map_or(&[][..], Mapping::entries) {
            // Null is an empty text here.
            if !entry.value().is_null() {
                self.string(entry.value(), field);
            }
        }
    }

    /// The map of a field; `None` if there is nothing, or if it is no map, which is an error.
    pub(super) fn map(&mut self, field: &str) -> Option<&'n Mapping> {
        let node = self.written(field)?;
        if node.as_mapping().is_none() {
            let message = format!("`{field}` must be a map, not {}", node.describe());
            let error = self.reader.error("text", node.span(), message);
            self.diagnostics.push(error);
        }
        node.as_mapping()
    }

    /// What is wrong with the fields that were asked for, and which scalars of the object mean something else to some readers of YAML.
    /// Of one that is refused anyway, no more is said.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        let place = |found: &Diagnostic| found.location().map(Location::span);
        let refused: BTreeSet<_> = self.diagnostics.iter().filter_map(place).collect();
        let mut doubtful = Vec::new();
        self.object.check_scalars(self.reader.file(), &mut doubtful);
        doubtful.retain(|found| place(found).is_none_or(|place| !refused.contains(&place)));
        self.diagnostics.append(&mut doubtful);
        self.diagnostics
    }

    /// What a field holds, if it is not null: to the API server that is nothing.
    fn written(&self, field: &str) -> Option<&'n Node> {
        let mut keys = field.split('.');
        let node = keys.try_fold(self.object, |node, key| node.value(key));
        node.filter(|node| !node.is_null())
    }

    /// A text that kubectl sends as one; anything else is an error.
    fn string(&mut self, node: &'n Node, field: &str) -> Option<&'n str> {
        if node.is_string() {
            return node.as_scalar().map(Scalar::text);
        }
        let error = |message: String| self.reader.error("text", node.span(), message);
        self.diagnostics.push(match node.as_scalar() {
            None => error(format!("`{field}` must be a text, not {}", node.describe())),
            Some(scalar) => {
                let shown: String = scalar.text().chars().take(64).collect();
                let meaning = meaning(node);
                error(format!(
                    "`{field}` must be a text, and `{shown}` is {meaning} to kubectl, which the API server refuses"
                ))
                .help(format!("quote it: \"{shown}\""))
                .fix(self.reader.quoted(node))
            }
        });
        None
    }
}

/// What a scalar is to kubectl, in words.
fn meaning(node: &Node) -> String {
    let value = node.to_json();
    match value.is_number() {
        true => format!("the number {value}"),
        false => value.to_string(),
    }
}
