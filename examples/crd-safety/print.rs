//! The formats.

use std::collections::BTreeMap;

use catalog_examples::{Arguments, Failure, Output};
use catalog_model::crd_safety::{Affected, Break, CrdFile, Edge, Stored, compare_stored, rules};
use catalog_model::sarif::{self, Tool};
use catalog_model::{Diagnostic, SourceFile};
use serde_json::{Map, Value, json};

/// One CRD in its old and its new state.
pub(crate) struct Comparison {
    name: String,
    /// The package with both versions, where it is of a catalog.
    upgrade: Option<[String; 3]>,
    breaks: Vec<Break>,
    files: Option<(CrdFile, CrdFile)>,
    /// Where it was, if it is gone.
    gone: Option<CrdFile>,
    presence: Presence,
}

/// Where a CRD is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Gone,
    New,
    Both,
}

/// All that was compared.
pub(crate) struct Upgrades(Vec<Comparison>);

type Print = Box<dyn Fn(&Upgrades, &mut Output)>;

pub(crate) fn printer(arguments: &Arguments) -> Result<Print, Failure> {
    match arguments.option("format").unwrap_or("text") {
        "text" => Ok(Box::new(text)),
        "json" => Ok(Box::new(json)),
        "sarif" => Ok(Box::new(sarif)),
        other => Err(Failure::new(format!(
            "`{other}` is no format: text, json or sarif"
        ))),
    }
}

impl Upgrades {
    pub(crate) fn new(comparisons: impl Iterator<Item = Comparison>) -> Self {
        Self(comparisons.collect())
    }

    pub(crate) fn between(
        old: &BTreeMap<String, CrdFile>,
        new: &BTreeMap<String, CrdFile>,
        objects: Option<&[Value]>,
    ) -> Self {
        let mut found: Vec<Comparison> = (old.iter())
            .map(|(name, before)| match new.get(name) {
                Some(now) => Comparison::of_files(name, (before, now), objects),
                None => Comparison {
                    gone: Some(before.clone()),
                    ..Comparison::new(name, Presence::Gone)
                },
            })
            .collect();
        let fresh = new.keys().filter(|name| !old.contains_key(*name));
        found.extend(fresh.map(|name| Comparison::new(name, Presence::New)));
        Self(found)
    }

    pub(crate) fn has_breaks(&self) -> bool {
        self.0.iter().any(Comparison::is_breaking)
    }

    /// How much breaks: a CRD that is gone, as a whole.
    fn breaks(&self) -> usize {
        let gone = self.0.iter().filter(|one| one.presence == Presence::Gone);
        let breaks: usize = self.0.iter().map(|one| one.breaks.len()).sum();
        breaks + gone.count()
    }

    fn diagnostics(&self) -> Vec<Diagnostic> {
        self.0.iter().flat_map(Comparison::diagnostics).collect()
    }
}

impl Comparison {
    fn of_files(name: &str, (old, new): (&CrdFile, &CrdFile), objects: Option<&[Value]>) -> Self {
        let own = objects.map(|objects| of_kind(objects, new.object()));
        let stored = match &own {
            Some(objects) => Stored::unknown().with_objects(objects),
            None => Stored::unknown(),
        };
        Self {
            breaks: compare_stored(old.object(), new.object(), stored),
            files: Some((old.clone(), new.clone())),
            ..Self::new(name, Presence::Both)
        }
    }

    fn new(name: &str, presence: Presence) -> Self {
        Self {
            name: name.to_owned(),
            upgrade: None,
            breaks: Vec::new(),
            files: None,
            gone: None,
            presence,
        }
    }

    /// The CRDs of an upgrade that break, or are gone.
    pub(crate) fn of_edge(edge: &Edge<'_>) -> Vec<Self> {
        let versions = [
            edge.to().package().as_str(),
            edge.from().version().as_str(),
            edge.to().version().as_str(),
        ];
        let upgrade = Some(versions.map(str::to_owned));
        let gone = edge.gone().iter().map(|crd| Self {
            gone: edge.gone_file(crd),
            ..Self::new(crd.identity().name(), Presence::Gone)
        });
        let both = edge
            .upgrades()
            .iter()
            .filter(|one| !one.breaks().is_empty())
            .map(|one| Self {
                breaks: one.breaks().to_vec(),
                files: edge.files(one),
                ..Self::new(one.new_one().identity().name(), Presence::Both)
            });
        let found = gone.chain(both);
        found
            .map(|one| Self {
                upgrade: upgrade.clone(),
                ..one
            })
            .collect()
    }

    fn diagnostics(&self) -> Vec<Diagnostic> {
        let about = |diagnostic: Diagnostic| match &self.upgrade {
            Some([package, _, to]) => diagnostic.about(package, Some(to)),
            None => diagnostic,
        };
        let Some((old, new)) = &self.files else {
            let gone = self.gone.iter().map(CrdFile::told_as_gone);
            return gone.map(about).collect();
        };
        let told = self.breaks.iter().map(|found| {
            let diagnostic = CrdFile::diagnostic(found, old, new);
            let diagnostic = match found.affected() {
                Affected::Known(names) if !names.is_empty() => diagnostic.help(hit(names)),
                _ => diagnostic,
            };
            about(diagnostic)
        });
        told.collect()
    }

    fn is_breaking(&self) -> bool {
        self.presence == Presence::Gone || !self.breaks.is_empty()
    }

    fn title(&self) -> String {
        match &self.upgrade {
            Some([package, from, to]) => format!("{package} {from} → {to}: {}", self.name),
            None => self.name.clone(),
        }
    }

    fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), self.name.as_str().into());
        if let Some([package, from, to]) = &self.upgrade {
            object.insert("package".into(), package.as_str().into());
            object.insert("from".into(), from.as_str().into());
            object.insert("to".into(), to.as_str().into());
        }
        let state = match self.presence {
            Presence::Gone => "gone",
            Presence::New => "new",
            Presence::Both => "both",
        };
        object.insert("state".into(), state.into());
        let breaks = self
            .breaks
            .iter()
            .map(|found| break_json(found, self.files.as_ref()));
        object.insert("breaks".into(), breaks.collect());
        object.into()
    }
}

fn text(upgrades: &Upgrades, output: &mut Output) {
    for one in &upgrades.0 {
        if one.is_breaking() {
            output.line(format!("{}:", one.title()));
            output.diagnostics(&one.diagnostics());
        }
    }
    let count = |is: fn(&Comparison) -> bool| upgrades.0.iter().filter(|one| is(one)).count();
    output.line(format!(
        "{} CRDs compared, {} new, {} gone: {} breaks in {}",
        count(|one| one.presence == Presence::Both),
        count(|one| one.presence == Presence::New),
        count(|one| one.presence == Presence::Gone),
        upgrades.breaks(),
        count(|one| one.is_breaking()),
    ));
}

fn json(upgrades: &Upgrades, output: &mut Output) {
    let breaks = upgrades.breaks();
    let crds: Value = upgrades.0.iter().map(Comparison::to_json).collect();
    output.json(&json!({ "breaks": breaks, "crds": crds }));
}

fn sarif(upgrades: &Upgrades, output: &mut Output) {
    let tool = Tool::new("crd-safety")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_rules(rules());
    output.json(&sarif::log(&tool, &upgrades.diagnostics()));
}

fn break_json(found: &Break, files: Option<&(CrdFile, CrdFile)>) -> Value {
    let hits: Vec<&str> = found.hits().iter().map(|hit| hit.as_str()).collect();
    let mut object = Map::new();
    let texts = [
        ("code", Some(found.code())),
        ("version", found.version()),
        ("otherVersion", found.other_version()),
        ("field", found.field()),
        ("reason", Some(found.reason())),
        ("help", Some(found.remedy())),
    ];
    for (key, text) in texts {
        object.extend(text.map(|text| (key.to_owned(), text.into())));
    }
    object.insert("hits".into(), hits.into());
    object.insert("certain".into(), found.is_certain().into());
    if let Affected::Known(names) = found.affected() {
        object.insert("affected".into(), names.as_slice().into());
    }
    // Where two versions of the new CRD disagree, both stand there.
    let (old, new) = files.map_or((None, None), |(old, new)| (Some(old), Some(new)));
    let old = if found.other_version().is_some() {
        new
    } else {
        old
    };
    for (key, pointer, file) in [
        ("old", found.old_pointer(), old),
        ("new", found.new_pointer(), new),
    ] {
        if let (Some(pointer), Some(file)) = (pointer, file) {
            object.insert(key.into(), place(pointer, file));
        }
    }
    object.into()
}

fn place(pointer: &str, crd: &CrdFile) -> Value {
    let (span, file): (_, &SourceFile) = (crd.span(pointer), crd.file());
    let (start, end) = (file.position(span.start), file.position(span.end));
    json!({
        "pointer": pointer, "file": file.path(), "line": start.line, "column": start.column, "endLine": end.line, "endColumn": end.column,
    })
}

/// The objects of a CRD's kind.
fn of_kind(objects: &[Value], crd: &Value) -> Vec<Value> {
    let text = |pointer: &str| {
        crd.pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (group, kind) = (text("/spec/group"), text("/spec/names/kind"));
    let is_of = |object: &&Value| {
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
        let version = text("apiVersion");
        text("kind") == kind && version.split_once('/').is_some_and(|(of, _)| of == group)
    };
    objects.iter().filter(is_of).cloned().collect()
}

fn hit(names: &[String]) -> String {
    const TOLD: usize = 5;
    let told: Vec<&str> = names.iter().take(TOLD).map(String::as_str).collect();
    let more = match names.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "it hits {} stored objects: {}{more}",
        names.len(),
        told.join(", ")
    )
}
