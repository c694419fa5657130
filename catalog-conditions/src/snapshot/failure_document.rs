//! Reads a document `kind: SnapshotFailure`.

use serde_json::Value;

use super::builder::SnapshotBuilder;
use super::failure::{FailureKind, ReadFailure};
use super::statement::{Problem, Statement};
use crate::suggest::near;

const KEYS: [&str; 3] = ["apiVersion", "kind", "failures"];
const OBJECT_KEYS: [&str; 7] = [
    "what",
    "group",
    "kind",
    "namespace",
    "name",
    "reason",
    "request",
];
const DISCOVERY_KEYS: [&str; 5] = ["what", "group", "version", "reason", "request"];
const SPECIAL_KEYS: [&str; 3] = ["what", "reason", "request"];
const WHATS: [&str; 4] = ["objects", "discovery", "version", "access"];
const RULE: &str = "failure";

impl SnapshotBuilder {
    pub(super) fn add_failures(&mut self, document: Statement<'_>) {
        if let Err(problem) = document.known_keys(&KEYS) {
            self.refuse_failure(document, "", problem);
        }
        let Some(Value::Array(list)) = document.map.get("failures") else {
            let message =
                "`failures` must be a list of `{group, kind, namespace, name, reason, request}`";
            return self.refuse_failure(document, "", Problem::at("failures", message));
        };
        for (at, entry) in document.items(list, "failures").into_iter().enumerate() {
            let path = format!("failures[{at}]");
            let Some(entry) = entry else {
                let message = "an entry is a map `{group, kind, namespace, name, reason, request}`";
                self.refuse_failure(document, &path, Problem::at("failures", message));
                continue;
            };
            if let Err(problem) = self.add_failure(entry) {
                self.refuse_failure(entry, &path, problem);
            }
        }
    }

    fn add_failure(&mut self, entry: Statement<'_>) -> Result<(), Problem> {
        let what = entry.text("what")?.unwrap_or("objects");
        entry.known_keys(match what {
            "objects" => &OBJECT_KEYS,
            "discovery" => &DISCOVERY_KEYS,
            "version" | "access" => &SPECIAL_KEYS,
            other => return Err(no_such("what", other, &WHATS)),
        })?;
        let failure = read_failure(entry)?;
        let group = entry.text("group")?;
        match what {
            "version" => self.fail_version(failure),
            "access" => self.fail_access(failure),
            "discovery" => {
                let version = said(entry, "version")?;
                if group.is_none() && version.is_some() {
                    return Err(Problem::at(
                        "version",
                        "`version` is that of a `group`, which is missing",
                    ));
                }
                self.discovery.fail(group, version, failure);
            }
            _ => {
                let place = super::coverage::Place {
                    group: group.unwrap_or_default(),
                    kind: entry.required("kind")?,
                    namespace: said(entry, "namespace")?,
                };
                self.coverage.fail(place, said(entry, "name")?, failure);
            }
        }
        Ok(())
    }

    /// What failed is not known: it may have been anything.
    fn refuse_failure(&mut self, at: Statement<'_>, path: &str, problem: Problem) {
        self.coverage.damage();
        self.report_problem(RULE, at, path, problem);
    }
}

fn read_failure(entry: Statement<'_>) -> Result<ReadFailure, Problem> {
    let reason = entry.required("reason")?;
    let words = FailureKind::WORDS;
    let Some((_, kind)) = words.iter().find(|(word, _)| *word == reason) else {
        return Err(no_such("reason", reason, &words.map(|(word, _)| word)));
    };
    Ok(ReadFailure::new(*kind, entry.required("request")?))
}

/// A text that is not empty: scripts write empty ones for what they do not name.
fn said<'d>(entry: Statement<'d>, key: &str) -> Result<Option<&'d str>, Problem> {
    Ok(entry.text(key)?.filter(|text| !text.is_empty()))
}

fn no_such(key: &str, word: &str, known: &[&str]) -> Problem {
    let message = format!(
        "`{key}` is one of {}, not `{}`",
        known.join(", "),
        crate::show::plain(word)
    );
    let problem = Problem::at(key, message);
    match near(word, known.iter().copied()) {
        Some(name) => problem.help(format!("did you mean `{name}`?")),
        None => problem,
    }
}
