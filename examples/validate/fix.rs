//! `--fix`: makes what the library says can be made without asking, and writes it.

use std::fmt;
use std::path::Path;

use catalog_examples::{Failure, note};
use catalog_model::fix::Applicability;
use catalog_model::source::Source;
use catalog_model::{
    Diagnostic, FolderSource, LoadOptions, Loaded, MendedFile, Position, load, mend,
};
use serde_json::{Value, json};

use crate::diff::unified;
use crate::replace::Target;

/// What was mended, or would be.
pub(crate) struct Fixes {
    made: Vec<Made>,
    /// Files that were left, and why.
    left: Vec<(String, String)>,
    diff: Option<String>,
}

/// One fix.
pub(crate) struct Made {
    file: String,
    start: Position,
    code: String,
    title: String,
    applicability: Applicability,
}

/// Mends the files of a catalog; a dry run makes the diff instead. Gives the catalog that is there then, with what is left to mend.
pub(crate) fn fix(
    source: &FolderSource,
    root: &str,
    options: &LoadOptions,
    dry_run: bool,
) -> Result<(Loaded, Fixes), Failure> {
    let mended = mend(source, options)?;
    let mut fixes = Fixes {
        made: Vec::new(),
        left: Vec::new(),
        diff: dry_run.then(String::new),
    };
    for file in mended.files() {
        let shown = source.display(file.path());
        match write(Path::new(root), file, dry_run) {
            Err(why) => fixes.left.push((shown, why)),
            Ok(()) => fixes.add(&shown, file),
        }
    }
    for (file, why) in &fixes.left {
        note(format!("{file}: {why}"));
    }
    // What was not written is still wrong.
    let loaded = match fixes.left.is_empty() {
        true => mended.loaded().clone(),
        false => load(source, options)?,
    };
    Ok((loaded, fixes))
}

fn write(root: &Path, file: &MendedFile, dry_run: bool) -> Result<(), String> {
    let target = Target::new(root, file.path(), file.before())?;
    match dry_run {
        true => Ok(()),
        false => target.replace(file.after()),
    }
}

impl Fixes {
    /// What was mended, in the order of the files.
    pub(crate) fn made(&self) -> &[Made] {
        &self.made
    }

    /// A dry run's changes as a unified diff.
    pub(crate) fn diff(&self) -> Option<&str> {
        self.diff.as_deref()
    }

    /// That files were left.
    pub(crate) fn failure(&self) -> Option<Failure> {
        match self.left.len() {
            0 => None,
            count => Some(Failure::new(format!(
                "{count} of the files to mend cannot be written"
            ))),
        }
    }

    /// `fixed`, `notWritten`, and of a dry run `diff`.
    pub(crate) fn to_json(&self) -> impl Iterator<Item = (String, Value)> {
        let left = self.left.iter();
        let left: Value = left
            .map(|(file, why)| json!({"file": file, "why": why}))
            .collect();
        let fixed = ("fixed", self.made.iter().map(Made::to_json).collect());
        let diff = self.diff.as_deref().map(|diff| ("diff", diff.into()));
        [fixed, ("notWritten", left)]
            .into_iter()
            .chain(diff)
            .map(|(key, value)| (key.to_owned(), value))
    }

    fn add(&mut self, shown: &str, file: &MendedFile) {
        let made = file.mended().iter();
        self.made
            .extend(made.filter_map(|diagnostic| Made::new(shown, diagnostic)));
        if let Some(diff) = &mut self.diff {
            diff.push_str(&unified(shown, file.before(), file.after()));
        }
    }
}

impl Made {
    fn new(shown: &str, diagnostic: &Diagnostic) -> Option<Self> {
        let fix = diagnostic.clear_fix()?;
        Some(Self {
            file: shown.to_owned(),
            start: diagnostic.location()?.start(),
            code: diagnostic.code().to_owned(),
            title: fix.title().to_owned(),
            applicability: fix.applicability(),
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "file": self.file, "line": self.start.line, "column": self.start.column,
            "code": self.code, "title": self.title, "applicability": self.applicability.as_str(),
        })
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            start,
            code,
            title,
            applicability,
        } = self;
        let effect = match applicability {
            Applicability::TakesEffect => ", which was ignored and counts now",
            _ => "",
        };
        write!(f, "{file}:{start}: fixed[{code}]: {title}{effect}")
    }
}
