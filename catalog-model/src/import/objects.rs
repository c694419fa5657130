//! Kubernetes objects: definitions to `definitions/`, everything else to `manifests/`.

use std::collections::BTreeMap;

use catalog_conditions::document::{Kind, Node};
use serde_json::Value;

use super::file_name::{Names, flat};
use super::outcome::Report;
use super::reading::string;
use super::yaml::YamlFile;
use crate::definition::ObjectIdentity;
use crate::write::documents;

/// The objects placed so far.
#[derive(Default)]
pub(super) struct Objects {
    /// Where each definition stands first: an object can be defined once.
    seen: BTreeMap<ObjectIdentity, String>,
    definitions: Names,
    manifests: Names,
}

/// What became of a file.
#[derive(Default)]
pub(super) struct Placed {
    /// The files made of it.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// Whether it holds something that is no object.
    pub(super) left_over: bool,
}

/// Objects by where they go.
#[derive(Default)]
struct Sorted<'n> {
    definitions: Vec<&'n Node>,
    manifests: Vec<&'n Node>,
    /// Whether there is nothing else in the file, so that it can stay as its author wrote it.
    whole: bool,
}

impl Objects {
    /// Places the objects of a file of `definitions/` or `resources/`. All objects of `definitions/` stay there.
    pub(super) fn file(
        &mut self,
        yaml: &YamlFile,
        name: &str,
        in_definitions: bool,
        bytes: Vec<u8>,
        report: &mut Report,
    ) -> Placed {
        let nodes: Vec<&Node> = yaml.documents.iter().collect();
        let mut placed = Placed {
            // What is empty, or holds comments only, is no part of a release either.
            left_over: nodes.is_empty(),
            ..Placed::default()
        };
        let mut sorted = self.sort(yaml, nodes, report, &mut placed.left_over);
        if in_definitions {
            sorted.definitions.append(&mut sorted.manifests);
        }
        placed.files = match (sorted.definitions.is_empty(), sorted.manifests.is_empty()) {
            (false, true) if sorted.whole => vec![(self.definition_file(name), bytes)],
            (true, false) if sorted.whole => vec![(self.manifest_file(name), bytes)],
            _ => self.write(&sorted, name),
        };
        placed
    }

    /// Whether an object was not defined before.
    pub(super) fn is_new(&self, node: &Node) -> bool {
        identity(node).is_some_and(|identity| !self.seen.contains_key(&identity))
    }

    /// Places the definitions among objects whose file stays where it is.
    pub(super) fn definitions(
        &mut self,
        yaml: &YamlFile,
        nodes: Vec<&Node>,
        report: &mut Report,
    ) -> Vec<(String, Vec<u8>)> {
        let mut sorted = self.sort(yaml, nodes, report, &mut false);
        sorted.manifests.clear();
        self.write(&sorted, &yaml.path)
    }

    /// Places objects that stand inside another document.
    pub(super) fn nested(
        &mut self,
        yaml: &YamlFile,
        nodes: Vec<&Node>,
        name: &str,
        report: &mut Report,
    ) -> Vec<(String, Vec<u8>)> {
        let sorted = self.sort(yaml, nodes, report, &mut false);
        self.write(&sorted, &format!("{name}.yaml"))
    }

    fn sort<'n>(
        &mut self,
        yaml: &YamlFile,
        nodes: Vec<&'n Node>,
        report: &mut Report,
        left_over: &mut bool,
    ) -> Sorted<'n> {
        let mut sorted = Sorted {
            whole: true,
            ..Sorted::default()
        };
        for node in nodes.into_iter().flat_map(expand) {
            let Some(identity) = identity(node) else {
                let why = "this is no Kubernetes object: it has no `apiVersion`, `kind` or `metadata.name`";
                report.lost(&yaml.file, node.span(), "document", why);
                *left_over = true;
                sorted.whole = false;
                continue;
            };
            let line = yaml.file.line(node.span().start);
            if !identity.is_definition() {
                sorted.manifests.push(node);
            } else if let Some(first) = self.seen.get(&identity) {
                let why = format!(
                    "the same object is defined in {first}, which is the one that is imported"
                );
                report.lost(&yaml.file, node.span(), format!("`{identity}`"), why);
                sorted.whole = false;
            } else {
                self.seen
                    .insert(identity, format!("{}:{line}", yaml.file.path()));
                sorted.definitions.push(node);
            }
        }
        sorted
    }

    fn write(&mut self, sorted: &Sorted<'_>, name: &str) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        if !sorted.definitions.is_empty() {
            files.push((self.definition_file(name), text(&sorted.definitions)));
        }
        if !sorted.manifests.is_empty() {
            files.push((self.manifest_file(name), text(&sorted.manifests)));
        }
        files
    }

    fn definition_file(&mut self, name: &str) -> String {
        format!("definitions/{}", self.definitions.take(&flat(name)))
    }

    fn manifest_file(&mut self, name: &str) -> String {
        format!("manifests/{}", self.manifests.take(&flat(name)))
    }
}

fn text(nodes: &[&Node]) -> Vec<u8> {
    let objects: Vec<Value> = nodes.iter().map(|node| node.to_json()).collect();
    documents(&objects).into_bytes()
}

/// A `kind: List` stands for its items.
fn expand(node: &Node) -> Vec<&Node> {
    let is_list = string(node, "kind") == Some("List") && string(node, "apiVersion") == Some("v1");
    match node.value("items").map(Node::kind) {
        Some(Kind::Sequence(items)) if is_list => items.iter().collect(),
        _ => vec![node],
    }
}

fn identity(node: &Node) -> Option<ObjectIdentity> {
    let (api_version, kind) = (string(node, "apiVersion")?, string(node, "kind")?);
    let metadata = node.value("metadata")?;
    Some(ObjectIdentity {
        group: api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
            .to_owned(),
        kind: kind.to_owned(),
        namespace: string(metadata, "namespace").map(str::to_owned),
        name: string(metadata, "name")?.to_owned(),
    })
}
