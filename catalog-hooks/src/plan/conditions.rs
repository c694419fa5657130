//! The conditions of a release, as they are written.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::conditions::condition::{Condition, ConditionSet};
use catalog_model::document::Limits;
use catalog_model::version::{KubeVersionRange, VersionRange};
use catalog_model::{Release, SourceFile};
use serde::{Deserialize, Serialize};

/// What a release asks of a cluster, in the words of its author: whoever resumes a run, or goes back to a release that no catalog has any
/// more, asks the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ConditionTexts {
    /// `system` of the metadata.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    system: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<ConditionText>,
}

/// A file of `conditions/`. Its name counts: conditions without a name are called after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConditionText {
    path: String,
    text: String,
}

impl ConditionTexts {
    pub(super) fn of(release: &Release) -> Self {
        let mut known = BTreeSet::new();
        let located = release.conditions().conditions().iter();
        let files = located
            .filter_map(|condition| Some(condition.location()?.file()))
            .filter(|file| known.insert(file.path()))
            .map(|file| ConditionText {
                path: file.path().to_owned(),
                text: file.text().to_owned(),
            });
        Self {
            files: files.collect(),
            system: release.metadata().system().clone(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.system.is_empty() && self.files.is_empty()
    }

    /// The conditions. One that cannot be read, because the program that wrote it knew more, stays in the set and opens no gate.
    pub(super) fn read(&self) -> ConditionSet {
        let mut set = ConditionSet::new();
        for (key, range) in &self.system {
            set.push(system(key, range));
        }
        for ConditionText { path, text } in &self.files {
            let file = SourceFile::new(path, text);
            let (of_file, _) = ConditionSet::parse(&file, &Limits::default());
            set.extend(of_file);
        }
        set
    }
}

fn system(key: &str, range: &str) -> Condition {
    let condition = match key {
        "kubernetes" => KubeVersionRange::parse(range)
            .ok()
            .map(Condition::kubernetes_version),
        "vela" => VersionRange::parse(range).ok().map(Condition::vela_version),
        _ => None,
    };
    condition.unwrap_or_else(|| Condition::broken(format!("system.{key}")))
}
