//! A bundle that becomes a release.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_conditions::document::Node;
use catalog_conditions::{SourceFile, Span};
use serde_json::{Value, json};

use super::edges::{Edges, Resolver};
use super::names::Names;
use super::{FORMAT, csv, install, property};
use crate::base64;
use crate::capability::Capability;
use crate::import::ImportOptions;
use crate::import::dependencies::Union;
use crate::import::made::{Draft, Made};
use crate::import::outcome::{Place, Report};
use crate::import::reading::{Reading, add_tags, entries, string};
use crate::import::yaml::YamlFile;
use crate::write::{MetadataFile, documents};

/// A bundle that is being read.
pub(super) struct Bundle {
    /// What OLM calls it: `etcdoperator.v0.9.4`.
    pub(super) own_name: String,
    pub(super) draft: Draft,
    pub(super) dependencies: Union,
    pub(super) requires: BTreeSet<Capability>,
    pub(super) provides: BTreeSet<Capability>,
    /// What definitions provide by being there.
    served: BTreeSet<Capability>,
    /// What the annotation says, and what the specification says.
    pub(super) brief: Option<String>,
    pub(super) description: Option<String>,
    pub(super) edges: Edges,
    /// Images by name, in the order in which they are named.
    images: Vec<(String, String)>,
    /// Whether the operator watches all namespaces if it is asked to.
    pub(super) watches_all: bool,
    /// Objects that the CSV installs.
    pub(super) installed: Vec<Value>,
    /// How many objects were in properties.
    nested: usize,
}

impl Bundle {
    /// A bundle of a package, with its version and what OLM calls it.
    pub(super) fn new(package: &str, version: &str, own_name: &str, place: Place) -> Self {
        Self {
            own_name: own_name.to_owned(),
            draft: Draft::new(MetadataFile::new(package, version), place),
            dependencies: Union::default(),
            requires: BTreeSet::new(),
            provides: BTreeSet::new(),
            served: BTreeSet::new(),
            brief: None,
            description: None,
            edges: Edges::default(),
            images: Vec::new(),
            watches_all: true,
            installed: Vec::new(),
            nested: 0,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.draft.metadata.name
    }

    /// A channel that the bundle is in.
    pub(super) fn channel(&mut self, name: &str) {
        add_tags(&mut self.draft.metadata, [name.to_owned()]);
    }

    pub(super) fn image(&mut self, name: &str, image: &str) {
        let image = (name.to_owned(), image.to_owned());
        if !self.images.contains(&image) {
            self.images.push(image);
        }
    }

    /// The property `olm.csv.metadata`, which is a part of a CSV in other words.
    pub(super) fn csv_metadata(&mut self, reading: &mut Reading<'_>, node: &Node) {
        for entry in entries(node) {
            match entry.name() {
                Some("annotations") => csv::annotations(self, reading, entry),
                Some("labels") => csv::labels(self, reading, entry),
                _ => csv::field(self, reading, entry),
            }
        }
    }

    /// The property `olm.bundle.object`: an object of the bundle's manifests, packed.
    pub(super) fn object(&mut self, reading: &mut Reading<'_>, node: &Node) {
        reading.only(node, &["data"], property::UNKNOWN);
        let data = string(node, "data").and_then(base64::decode);
        let Some(bytes) = data else {
            return reading.lose(node.span(), "object", "is no base64");
        };
        self.nested += 1;
        let path = format!("object-{}.yaml", self.nested);
        let lines_before = reading.file.line(node.span().start).saturating_sub(1);
        let Ok(text) = String::from_utf8(bytes) else {
            return reading.lose(node.span(), "object", "is not UTF-8");
        };
        let file = SourceFile::excerpt(reading.file.path(), text, lines_before);
        match YamlFile::parse(
            &path,
            file,
            &catalog_conditions::document::Limits::default(),
        ) {
            Ok((yaml, _)) => self.objects(&yaml, reading.report),
            Err(_) => reading.lose(node.span(), "object", "cannot be read"),
        }
    }

    /// The objects of a file: the CSV, definitions, and whatever else is installed.
    pub(super) fn objects(&mut self, yaml: &YamlFile, report: &mut Report) {
        let mut others = Vec::new();
        for node in &yaml.documents {
            if string(node, "kind") == Some("ClusterServiceVersion") {
                self.csv(&yaml.file, node, report);
            } else {
                self.served.extend(served(node));
                others.push(node);
            }
        }
        let name = crate::import::file_name::flat(&yaml.path);
        let name = name
            .rsplit_once('.')
            .map_or(name.as_str(), |(stem, _)| stem);
        let origin = yaml.file.path().to_owned();
        for (path, bytes) in self.draft.objects.nested(yaml, others, name, report) {
            self.draft.keep(path, &origin, bytes);
        }
    }

    fn csv(&mut self, file: &Arc<SourceFile>, node: &Node, report: &mut Report) {
        let mut reading = Reading {
            file,
            report,
            format: FORMAT,
        };
        csv::read(self, &mut reading, node);
        // Its own text, not that of its neighbours.
        let text = file.slice(Span::new(node.span().start, node.span().end));
        let text = format!("{}\n", text.trim_end());
        self.draft
            .keep(csv::KEPT.to_owned(), file.path(), text.into_bytes());
    }

    /// The release, if it can be loaded.
    pub(super) fn finish(
        mut self,
        names: &Names,
        options: &ImportOptions,
        report: &mut Report,
    ) -> Option<Made> {
        let texts: Vec<String> = [self.brief.take(), self.description.take()]
            .into_iter()
            .flatten()
            .collect();
        let metadata = &mut self.draft.metadata;
        metadata.description = Some(texts.join("\n\n")).filter(|text| !text.is_empty());
        let mut resolver = Resolver {
            names,
            own: &self.own_name,
            report,
        };
        self.edges.add_to(metadata, &mut resolver);
        metadata.dependencies = self.dependencies.into_entries();
        let own: BTreeSet<Capability> = self.provides.union(&self.served).cloned().collect();
        metadata.requires = self.requires.difference(&own).cloned().collect();
        metadata.provides = self.provides.difference(&self.served).cloned().collect();
        if !self.installed.is_empty() {
            let namespace = metadata.namespace.clone();
            let namespace = namespace.unwrap_or_else(|| metadata.name.clone());
            let watched = if self.watches_all {
                ""
            } else {
                namespace.as_str()
            };
            let objects = install::placed(self.installed, &namespace, watched);
            let origin = self.draft.place.file.clone();
            let bytes = documents(&objects).into_bytes();
            self.draft
                .keep("manifests/install.yaml".to_owned(), &origin, bytes);
        }
        if !self.images.is_empty() {
            let images = self
                .images
                .iter()
                .map(|(name, image)| json!({"name": name, "image": image}));
            let images = json!({"images": images.collect::<Vec<_>>()});
            let origin = self.draft.place.file.clone();
            let bytes = documents(&[images]).into_bytes();
            self.draft.keep("images.yaml".to_owned(), &origin, bytes);
        }
        self.draft.manifests_module();
        self.draft.finish(options, report)
    }
}

/// The APIs that a CRD makes the server answer for.
fn served(node: &Node) -> Vec<Capability> {
    if string(node, "kind") != Some("CustomResourceDefinition") {
        return Vec::new();
    }
    let Some(spec) = node.value("spec") else {
        return Vec::new();
    };
    let group = string(spec, "group").unwrap_or_default();
    let kind = spec.value("names").and_then(|names| string(names, "kind"));
    let versions = spec
        .value("versions")
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    let is_served =
        |version: &&Node| version.value("served").map(Node::to_json) == Some(Value::Bool(true));
    let versions = versions.iter().filter(is_served);
    let names = versions.filter_map(|version| string(version, "name"));
    names
        .filter_map(|name| Capability::parse_api(&format!("{group}/{name}/{}", kind?)).ok())
        .collect()
}
