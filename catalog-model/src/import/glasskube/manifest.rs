//! A version's `package.yaml`.

use std::collections::BTreeMap;

use catalog_conditions::document::{Entry, Mapping, Node};
use catalog_conditions::version::Version;
use catalog_conditions::{Diagnostic, Span};
use serde_json::Value;

use super::{FORMAT, definition, manifests};
use crate::import::ImportOptions;
use crate::import::dependencies::{NOT_JOINED, Union};
use crate::import::made::Draft;
use crate::import::outcome::Report;
use crate::import::reading::{Reading, brief, entries, is_address, string};
use crate::import::walk::{below, files, unreadable};
use crate::import::yaml::YamlFile;
use crate::metadata::Scope;
use crate::module::{ChartRemote, ModuleContent};
use crate::name::{PackageName, label_problem};
use crate::source::Source;
use crate::write::{DependencyEntry, MetadataFile};

/// The file that says what a version is.
pub(super) const FILE: &str = "package.yaml";

/// The files of a version's folder, by path in it.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// A version that is being read.
pub(super) struct Package<'a> {
    pub(super) reading: Reading<'a>,
    pub(super) draft: Draft,
    /// What lies beside `package.yaml` and has no place yet.
    pub(super) files: Files,
    /// The folder, as people are shown it.
    pub(super) folder: String,
    /// The modules of charts, by the chart's name, with what the package sets in them.
    pub(super) charts: BTreeMap<String, (String, Value)>,
    dependencies: Union,
}

/// Reads a version; `None`, with an error, if there is no release to be made of it.
pub(super) fn read(
    source: &dyn Source,
    options: &ImportOptions,
    (name, version): (&str, &str),
    folder: &str,
    report: &mut Report,
) -> Option<Draft> {
    let shown = source.display(folder);
    let mut files = contents(source, options, folder, report)?;
    let Some(bytes) = files.remove(FILE) else {
        let message = format!(
            "`versions.yaml` lists {}, and there is no `package.yaml` of it",
            brief(version)
        );
        let diagnostic = Diagnostic::error("glasskube.package", message);
        report.diagnostic(diagnostic.at_path(shown));
        return None;
    };
    let path = source.display(&below(folder, FILE));
    let yaml = YamlFile::read(FILE, &path, bytes, &options.limits, report)?;
    let mut reading = Reading {
        file: &yaml.file,
        report,
        format: FORMAT,
    };
    let without = "it says nothing of a package";
    let mapping = reading
        .first_map(&yaml.documents, "package", without)?
        .as_mapping()?;
    if let Err(error) = Version::parse(version) {
        reading.warn("version", Span::default(), error.to_string());
    }
    let mut package = Package {
        reading,
        draft: Draft::new(MetadataFile::new(name, version), shown.clone()),
        files,
        folder: shown,
        charts: BTreeMap::new(),
        dependencies: Union::default(),
    };
    package.read(mapping);
    Some(package.finish())
}

/// The files of a version's folder.
fn contents(
    source: &dyn Source,
    options: &ImportOptions,
    folder: &str,
    report: &mut Report,
) -> Option<Files> {
    let mut contents = Files::new();
    for path in files(source, folder, options, FORMAT, report)? {
        let full = below(folder, &path);
        match source.read(&full, options.limits.file_bytes) {
            Ok(bytes) => drop(contents.insert(path, bytes)),
            Err(error) => {
                report.diagnostic(unreadable(&error));
                report.lost_file(source.display(&full), "file", "it could not be read");
            }
        }
    }
    Some(contents)
}

impl Package<'_> {
    fn read(&mut self, mapping: &Mapping) {
        for entry in mapping.entries() {
            self.entry(entry);
        }
        self.description(mapping);
        // What can be set is said of charts, which were read before.
        if let Some(entry) = mapping.entry("valueDefinitions") {
            definition::read(self, entry);
        }
        if self.draft.metadata.scope == Scope::Namespace
            && let Some(entry) = mapping.entry("defaultNamespace")
            && self.draft.metadata.namespace.take().is_some()
        {
            let why = "a package of scope `namespace` goes where it is asked for";
            self.reading.lost(entry, why);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        match entry.name().unwrap_or_default() {
            "shortDescription" | "longDescription" | "valueDefinitions" => {}
            "name" => self.name(entry),
            "iconUrl" => self.draft.metadata.icon = self.reading.text(entry),
            "scope" => self.scope(entry),
            "defaultNamespace" => self.namespace(entry),
            "references" => self.references(entry),
            "helm" => self.helm(entry),
            "manifests" => {
                for item in self.reading.items(entry) {
                    manifests::module(self, item);
                }
            }
            "dependencies" => self.dependencies(entry, "dependency"),
            "components" => self.dependencies(entry, "component"),
            "entrypoints" => self.lost(entry, "the format opens no ports on the machine of a user"),
            "transformations" => self.lost(
                entry,
                "values that are read from objects in the cluster cannot be said",
            ),
            "transitiveResources" => {
                self.lost(
                    entry,
                    "objects that others make and that are to be waited for cannot be said",
                );
            }
            _ => self.lost(entry, "the format has no such key"),
        }
    }

    fn lost(&mut self, entry: &Entry, why: &str) {
        self.reading.lost(entry, why);
    }

    fn name(&mut self, entry: &Entry) {
        if let Some(name) = self.reading.text(entry)
            && name != self.draft.metadata.name
        {
            self.reading.wrong(
                entry,
                "is not the name of the package's folder, which counts",
            );
        }
    }

    /// What the short one says first is what lists show.
    fn description(&mut self, mapping: &Mapping) {
        let texts = ["shortDescription", "longDescription"].map(|key| {
            mapping
                .entry(key)
                .and_then(|entry| self.reading.text(entry))
        });
        let texts: Vec<String> = texts.into_iter().flatten().collect();
        self.draft.metadata.description = Some(texts.join("\n\n")).filter(|text| !text.is_empty());
    }

    fn scope(&mut self, entry: &Entry) {
        match self.reading.text(entry).as_deref() {
            None | Some("Cluster") => {}
            Some("Namespaced") => self.draft.metadata.scope = Scope::Namespace,
            Some(_) => self
                .reading
                .wrong(entry, "is neither `Cluster` nor `Namespaced`"),
        }
    }

    fn namespace(&mut self, entry: &Entry) {
        match self.reading.text(entry) {
            Some(name) if label_problem(&name).is_none() => {
                self.draft.metadata.namespace = Some(name);
            }
            None => {}
            Some(_) => self.reading.wrong(entry, "is not the name of a namespace"),
        }
    }

    /// The first is the home page: packages name their own documentation or repository first.
    fn references(&mut self, entry: &Entry) {
        for item in self.reading.items(entry) {
            let url = string(item, "url").filter(|url| is_address(url));
            match url {
                Some(url) if self.draft.metadata.url.is_none() => {
                    self.draft.metadata.url = Some(url.to_owned());
                    self.reading
                        .only(item, &["url"], "a package has one address without a label");
                }
                _ => {
                    let what = match string(item, "label") {
                        Some(label) => format!("reference `{}`", brief(label)),
                        None => "reference".to_owned(),
                    };
                    let why = match url {
                        Some(_) => "a package has one address, and another comes first",
                        None => "it is not an address such as `https://example.com/`",
                    };
                    let (file, report) = (self.reading.file, &mut *self.reading.report);
                    report.lost(file, item.span(), what, why);
                }
            }
        }
    }

    fn helm(&mut self, entry: &Entry) {
        let node = entry.value();
        let (Some(repo), Some(name)) = (string(node, "repositoryUrl"), string(node, "chartName"))
        else {
            return self.reading.wrong(
                entry,
                "has no `repositoryUrl` or no `chartName`: it names no chart",
            );
        };
        let remote = ChartRemote {
            repo: repo.to_owned(),
            name: name.to_owned(),
            version: string(node, "chartVersion").map(str::to_owned),
        };
        let content = ModuleContent::Chart {
            path: None,
            remote: Some(remote),
        };
        let values = node.value("values").map_or(Value::Null, Node::to_json);
        let module = self.draft.module(name, content);
        let module_name = module.name.clone();
        match &values {
            Value::Object(map) => module.values = map.clone(),
            Value::Null => {}
            _ => {
                if let Some(entry) = node.as_mapping().and_then(|map| map.entry("values")) {
                    self.reading.wrong(entry, "is not a map");
                }
            }
        }
        self.charts.insert(name.to_owned(), (module_name, values));
        let known = ["repositoryUrl", "chartName", "chartVersion", "values"];
        self.reading.only(
            node,
            &known,
            "a chart module has `repo`, `name`, `version` and `values` only",
        );
    }

    /// A component is a package of its own, in the namespace of this one: what a dependency on a package of scope `namespace` is.
    fn dependencies(&mut self, entry: &Entry, what: &str) {
        for item in self.reading.items(entry) {
            let Some(name) = string(item, "name") else {
                self.reading.lose(item.span(), what, "names no package");
                continue;
            };
            if let Err(error) = PackageName::parse(name) {
                self.reading
                    .warn("dependency", item.span(), error.to_string());
                self.reading.lose(
                    item.span(),
                    what,
                    "has a name that is not that of a package",
                );
                continue;
            }
            if name == self.draft.metadata.name {
                self.reading
                    .lose(item.span(), what, "is the package itself");
                continue;
            }
            let mut dependency = DependencyEntry::new(name, "*");
            for entry in entries(item) {
                match entry.name() {
                    Some("name") => {}
                    Some("version") => {
                        if let Some(range) = self.reading.range(entry) {
                            dependency = DependencyEntry::new(name, range);
                        }
                    }
                    Some("installedName") => self.lost(entry, "instances are named by who installs them"),
                    Some("values") => self.lost(
                        entry,
                        "it sets value definitions of that package, and dependencies set values of modules",
                    ),
                    _ => self.lost(entry, "a dependency has `name` and `version` only"),
                }
            }
            if !self.dependencies.add(dependency) {
                self.reading.lose(item.span(), what, NOT_JOINED);
            }
        }
    }

    fn finish(mut self) -> Draft {
        self.draft.metadata.dependencies = self.dependencies.into_entries();
        for (path, bytes) in std::mem::take(&mut self.files) {
            let origin = below(&self.folder, &path);
            self.draft
                .keep_unknown(&path, &origin, bytes, self.reading.report);
        }
        self.draft
    }

    /// Something in the file that cannot be said.
    pub(super) fn unsaid(&mut self, span: Span, what: String, why: &str) {
        self.reading.report.lost(self.reading.file, span, what, why);
    }
}
