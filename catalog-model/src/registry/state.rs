//! A registry as a value that a service stores.

use std::sync::Arc;

use catalog_conditions::document::{self, Limits, Node, Reader};
use catalog_conditions::{Diagnostic, Severity, SourceFile};
use serde_json::{Map, Value, json};

use super::Registry;
use super::member::Member;
use super::read::descriptor;
use crate::load::LoadOptions;

/// The form of the state.
const VERSION: u64 = 1;

impl Registry {
    /// What a service stores: `{"registryVersion": 1, "catalogs": [a descriptor with `commit` and `problem`, where there are such]}`, by
    /// namespace and name. The catalogs themselves are not in it.
    ///
    /// ```
    /// use catalog_model::registry::{CatalogKey, Descriptor, Registry};
    /// use catalog_model::document::Limits;
    /// use catalog_model::{CatalogAddress, LoadOptions, SourceFile};
    ///
    /// let mut registry = Registry::new(LoadOptions::default());
    /// let address = CatalogAddress::parse("git+file:///srv/ours.git#main")?;
    /// registry.register(Descriptor::new(CatalogKey::of("team-a", "ours")?, address))?;
    /// let stored = registry.to_json();
    /// assert_eq!(stored["catalogs"][0]["address"], "git+file:///srv/ours.git#main");
    ///
    /// let file = SourceFile::new("registry.json", stored.to_string());
    /// let (restored, diagnostics) = Registry::restore(&file, &Limits::default(), LoadOptions::default());
    /// assert!(diagnostics.is_empty());
    /// assert_eq!(restored.to_json(), stored);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Value {
        let catalogs: Vec<Value> = self.members.values().map(stored).collect();
        json!({ "registryVersion": VERSION, "catalogs": catalogs })
    }

    /// The registry that [`to_json`](Self::to_json) described. Its catalogs answer once they are synced; what is wrong with one keeps no other
    /// out.
    #[must_use]
    pub fn restore(
        file: &Arc<SourceFile>,
        limits: &Limits,
        options: LoadOptions,
    ) -> (Self, Vec<Diagnostic>) {
        let parsed = document::parse(file, limits);
        let mut reader = Reader::new(file, "registry", Severity::Error);
        let mut registry = Self::new(options);
        if let [only] = parsed.documents.as_slice() {
            registry.take(&mut reader, only);
        } else if parsed.diagnostics.is_empty() {
            let message = "a registry is one document";
            reader.report(reader.error("type", Default::default(), message));
        }
        let mut diagnostics = parsed.diagnostics;
        diagnostics.extend(reader.into_diagnostics());
        (registry, diagnostics)
    }

    fn take(&mut self, reader: &mut Reader<'_>, document: &Node) {
        let Some(mut fields) = reader.fields(document, "the registry") else {
            return;
        };
        let version = fields.required(reader, "registryVersion");
        let known = version
            .and_then(|node| Some((node, reader.integer::<u64>(node, "registryVersion")?)))
            .filter(|(node, version)| {
                let is_known = *version == VERSION;
                if !is_known {
                    let message = format!(
                        "`registryVersion` is {version}, and {VERSION} is all that is known here"
                    );
                    let diagnostic = reader.error("registryVersion.unknown", node.span(), message);
                    reader.report(diagnostic.help("use a newer version of this program"));
                }
                is_known
            });
        let catalogs = fields.required(reader, "catalogs");
        let catalogs = catalogs.and_then(|node| reader.items(node, "catalogs"));
        if known.is_none() {
            return;
        }
        for node in catalogs.unwrap_or_default() {
            self.take_catalog(reader, node);
        }
        reader.finish(fields);
    }

    fn take_catalog(&mut self, reader: &mut Reader<'_>, node: &Node) {
        let Some(mut fields) = reader.fields(node, "a catalog") else {
            return;
        };
        let [commit, problem] = ["commit", "problem"].map(|key| {
            let node = fields.take(key)?;
            reader.text(node, key).map(str::to_owned)
        });
        let Some(descriptor) = descriptor(reader, fields) else {
            return;
        };
        let key = descriptor.key().clone();
        match self.register(descriptor) {
            Ok(()) => {
                if let Some(member) = self.members.get_mut(&key) {
                    (member.commit, member.problem) = (commit, problem);
                }
            }
            Err(error) => reader.report(reader.error("twice", node.span(), error.to_string())),
        }
    }
}

fn stored(member: &Member) -> Value {
    let mut object = match member.descriptor.to_json() {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    for (key, text) in [("commit", &member.commit), ("problem", &member.problem)] {
        if let Some(text) = text {
            object.insert(key.to_owned(), text.as_str().into());
        }
    }
    Value::Object(object)
}
