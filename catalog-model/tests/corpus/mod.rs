//! The corpus: small files of every kind, valid and invalid, each of the invalid ones with exactly one defect.
//!
//! `tests/corpus/KIND/valid/NAME.yaml` and `tests/corpus/KIND/invalid/NAME.yaml`. Comments at the top of a file say what a test needs:
//!
//! - `# expect: metadata.version.missing`: the code of the defect; every invalid file has it in its first line;
//! - `# schema: accepts, lexical`: the schema does not see the defect, and why (`lexical`, `cross-field` or `cross-file`);
//! - `# folder: grafana/12.0.0`: the package and version folder; without it, what the file itself says, else `example/1.0.0`;
//! - `# beside: charts/web/Chart.yaml, rbac.yaml`: other files of the version folder, whose content does not matter.
#![allow(
    dead_code,
    reason = "each test that reads the corpus needs another part of it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use catalog_model::document::{Limits, parse};
use catalog_model::{MemorySource, SourceFile};

/// The kinds of files, as their folders are named.
pub(crate) const KINDS: [&str; 5] = ["metadata", "definitions", "conditions", "hooks", "modules"];

/// One file of the corpus.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// One of [`KINDS`].
    pub(crate) kind: &'static str,
    /// The path below the folder of the corpus.
    pub(crate) name: String,
    /// What stands in the file.
    pub(crate) text: String,
    comments: BTreeMap<String, String>,
}

impl Case {
    /// The code of the one defect; `None`: the file is valid.
    pub(crate) fn expected(&self) -> Option<&str> {
        self.comments.get("expect").map(String::as_str)
    }

    /// Why the schema does not see the defect, if it does not.
    pub(crate) fn exception(&self) -> Option<&str> {
        let said = self.comments.get("schema")?;
        let reason = said.strip_prefix("accepts, ");
        Some(reason.unwrap_or_else(|| panic!("{}: `# schema: accepts, REASON`", self.name)))
    }

    /// The package and version folder around the file.
    pub(crate) fn folder(&self) -> String {
        if let Some(folder) = self.comments.get("folder") {
            return folder.clone();
        }
        let file = SourceFile::new(self.name.as_str(), self.text.as_str());
        let documents = parse(&file, &Limits::default()).documents;
        let said = |key: &str, otherwise: &str| {
            let node = documents.first().and_then(|node| node.value(key));
            let scalar = node
                .filter(|node| !node.is_null())
                .and_then(|node| node.as_scalar());
            scalar.map_or(otherwise, |scalar| scalar.text()).to_owned()
        };
        match self.kind {
            "metadata" => format!("{}/{}", said("name", "example"), said("version", "1.0.0")),
            _ => "example/1.0.0".to_owned(),
        }
    }

    /// Where the file stands in its version folder.
    pub(crate) fn place(&self) -> String {
        match self.kind {
            "metadata" | "modules" => format!("{}.yaml", self.kind),
            kind => format!(
                "{kind}/{}",
                self.name.rsplit('/').next().unwrap_or_default()
            ),
        }
    }

    /// A catalog with this file, holding `text` instead of what the corpus has, and all that it needs.
    pub(crate) fn catalog_with(&self, text: &str) -> MemorySource {
        let folder = self.folder();
        let mut files = BTreeMap::from([(format!("{folder}/{}", self.place()), text.to_owned())]);
        if self.kind != "metadata" {
            let metadata = "name: example\nversion: 1.0.0\n".to_owned();
            files.insert(format!("{folder}/metadata.yaml"), metadata);
        }
        let beside = self.comments.get("beside").map_or("", String::as_str);
        for name in beside
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            files.insert(format!("{folder}/{name}"), String::new());
        }
        files.into_iter().collect()
    }

    /// A catalog with this file and all that it needs.
    pub(crate) fn catalog(&self) -> MemorySource {
        self.catalog_with(&self.text)
    }
}

/// The folder of the corpus.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Every file, by kind, the valid ones last, then by name; those with a JSONPath only where that feature is on.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in KINDS {
        for part in ["invalid", "valid"] {
            let folder = root().join(kind).join(part);
            let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            paths.sort();
            for path in paths {
                let file = path.file_name().unwrap().to_str().unwrap();
                let text = fs::read_to_string(&path).unwrap();
                if !cfg!(feature = "json-path") && text.contains("jsonPath: ") {
                    continue;
                }
                let comments = comments(&text);
                let name = format!("{kind}/{part}/{file}");
                let says = text
                    .lines()
                    .next()
                    .is_some_and(|line| line.starts_with("# expect: "));
                assert_eq!(
                    says,
                    part == "invalid",
                    "{name}: the first line names the defect"
                );
                cases.push(Case {
                    kind,
                    name,
                    text,
                    comments,
                });
            }
        }
    }
    cases
}

/// The comments `# key: value` that a file begins with.
fn comments(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    lines
        .filter_map(|line| line.strip_prefix("# ")?.split_once(": "))
        .filter(|(key, _)| matches!(*key, "expect" | "schema" | "folder" | "beside"))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
