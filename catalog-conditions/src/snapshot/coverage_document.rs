//! Reads a document `kind: SnapshotCoverage`.

use serde_json::Value;

use super::builder::SnapshotBuilder;
use super::coverage::Namespaces;
use super::scope::{Scope, well_known_scope};
use super::statement::{Problem, Statement};
use crate::selector::LabelSelector;

const KEYS: [&str; 4] = ["apiVersion", "kind", "covers", "takenAt"];
const ENTRY_KEYS: [&str; 5] = ["group", "kind", "namespaces", "names", "selector"];
const RULE: &str = "coverage";

/// What one entry says is known.
enum Covered {
    Whole(Namespaces),
    Names(Option<String>, Vec<String>),
    Selection(Namespaces, LabelSelector),
}

impl SnapshotBuilder {
    pub(super) fn add_coverage(&mut self, document: Statement<'_>) {
        if let Err(problem) = document.known_keys(&KEYS) {
            // What the key was to say may narrow the rest (`namespaces` beside `covers: everything`), so that none of it counts.
            return self.report_problem(RULE, document, "", problem);
        }
        if let Err(problem) = self.add_time(document) {
            self.report_problem(RULE, document, "", problem);
        }
        match document.map.get("covers") {
            None if document.map.contains_key("takenAt") => {}
            Some(Value::String(text)) if text == "everything" => self.coverage.cover_everything(),
            Some(Value::Array(list)) => {
                for (at, entry) in document.items(list, "covers").into_iter().enumerate() {
                    self.add_entry(document, entry, at);
                }
            }
            _ => {
                let message = "`covers` is neither `everything` nor a list of `{group, kind, namespaces, names, selector}`";
                self.report_problem(RULE, document, "", Problem::at("covers", message));
            }
        }
    }

    fn add_time(&mut self, document: Statement<'_>) -> Result<(), Problem> {
        let Some(time) = document.text("takenAt")? else {
            return Ok(());
        };
        self.add_time_taken(time)
            .map_err(|message| Problem::at("takenAt", message))
    }

    fn add_entry(&mut self, document: Statement<'_>, entry: Option<Statement<'_>>, at: usize) {
        let path = format!("covers[{at}]");
        let Some(entry) = entry else {
            let message = "an entry is a map `{group, kind, namespaces, names, selector}`";
            return self.report_problem(RULE, document, &path, Problem::at("covers", message));
        };
        match read_entry(entry) {
            Err(problem) => self.report_problem(RULE, entry, &path, problem),
            Ok((group, kind, Covered::Whole(namespaces))) => {
                self.coverage.cover(group, kind, namespaces);
            }
            Ok((group, kind, Covered::Names(namespace, names))) => {
                let namespace = namespace.as_deref();
                self.coverage.cover_names(group, kind, namespace, names);
            }
            Ok((group, kind, Covered::Selection(namespaces, selector))) => {
                let coverage = &mut self.coverage;
                coverage.cover_selection(group, kind, namespaces, &selector);
            }
        }
    }
}

fn read_entry(entry: Statement<'_>) -> Result<(&str, &str, Covered), Problem> {
    entry.known_keys(&ENTRY_KEYS)?;
    let group = entry.text("group")?.unwrap_or_default();
    let kind = entry.required("kind")?;
    let namespaces = namespaces(entry)?;
    let covered = match (entry.texts("names")?, entry.text("selector")?) {
        (None, None) => Covered::Whole(namespaces),
        (Some(names), None) => Covered::Names(one_namespace(group, kind, namespaces)?, names),
        (None, Some(selector)) => {
            let selector = LabelSelector::parse(selector)
                .map_err(|error| Problem::at("selector", error.to_string()))?;
            Covered::Selection(namespaces, selector)
        }
        (Some(_), Some(_)) => {
            let message = "`names` and `selector` are two reads: write an entry for each";
            return Err(Problem::at("selector", message));
        }
    };
    Ok((group, kind, covered))
}

fn namespaces(entry: Statement<'_>) -> Result<Namespaces, Problem> {
    match entry.map.get("namespaces") {
        None => Ok(Namespaces::All),
        Some(Value::String(all)) if all == "all" => Ok(Namespaces::All),
        Some(Value::Array(_)) => {
            let names = entry.texts("namespaces")?.unwrap_or_default();
            Ok(Namespaces::Named(names.into_iter().collect()))
        }
        Some(_) => {
            let message = "`namespaces` is neither `all` nor a list of names";
            Err(Problem::at("namespaces", message))
        }
    }
}

/// Objects are read by name in one namespace, or in none if their kind lives in none.
fn one_namespace(
    group: &str,
    kind: &str,
    namespaces: Namespaces,
) -> Result<Option<String>, Problem> {
    let scope = well_known_scope(group, kind);
    match namespaces {
        Namespaces::All if scope != Some(Scope::Namespaced) => Ok(None),
        Namespaces::Named(mut names) if names.len() == 1 => Ok(names.pop_first()),
        _ => {
            let message = "`names` are those of one namespace: write an entry for each namespace";
            Err(Problem::at("names", message).help("write `namespaces: [name]` beside `names`"))
        }
    }
}
