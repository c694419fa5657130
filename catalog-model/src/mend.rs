//! Mends the files of a catalog, as far as that can be done without asking.

use std::collections::{BTreeMap, BTreeSet};

use catalog_conditions::fix::apply;
use catalog_conditions::{Diagnostic, Severity};

use crate::load::{LoadOptions, Loaded, load};
use crate::source::{Entry, Source, SourceError};

/// A fix may bring to light what another mends: this many rounds of reading and mending are made at most.
const ROUNDS: usize = 8;

/// Where the fixes of a file must be tried one by one, which reads its version folder for each: up to this many.
const TRIALS: usize = 256;

/// A catalog after mending.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    files: Vec<MendedFile>,
    loaded: Loaded,
}

/// A file that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MendedFile {
    path: String,
    before: String,
    after: String,
    mended: Vec<Diagnostic>,
}

impl Mended {
    /// The files whose text changed, by path. Nothing is written: that is for whoever holds the files.
    #[must_use]
    pub fn files(&self) -> &[MendedFile] {
        &self.files
    }

    /// The catalog with the new texts, and the diagnostics that are left.
    #[must_use]
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }
}

impl MendedFile {
    /// The path below the root of the source.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text as it was.
    #[must_use]
    pub fn before(&self) -> &str {
        &self.before
    }

    /// The text with all fixes made.
    #[must_use]
    pub fn after(&self) -> &str {
        &self.after
    }

    /// What was mended, in the order of the rounds: each points into the text of its round, under the path below the root.
    #[must_use]
    pub fn mended(&self) -> &[Diagnostic] {
        &self.mended
    }
}

/// Makes all [safe](catalog_conditions::fix::Applicability::Safe) fixes of a catalog, in as many rounds as they need, and loads what comes out.
///
/// Comments, layout and every byte that no fix names stay. A fix is not made where it would bring an error to light that was not there
/// before: a release that can be used is not broken by mending it. Mending twice changes nothing. Cost: two loads of the catalog, and
/// some more of each version folder in which something is mended.
///
/// ```
/// use catalog_model::{LoadOptions, MemorySource, mend};
///
/// let source = MemorySource::from_iter([("grafana/1.10/metadata.yaml", "# ours\nversion: 1.10\nlicence: MIT # as upstream\n")]);
/// let mended = mend(&source, &LoadOptions::default())?;
/// assert_eq!(mended.files()[0].after(), "# ours\nname: grafana\nversion: \"1.10\"\nlicense: MIT # as upstream\n");
/// assert!(mended.loaded().diagnostics().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The root cannot be listed.
pub fn mend(source: &dyn Source, options: &LoadOptions) -> Result<Mended, SourceError> {
    let plain = Overlay::new(source);
    // A diagnostic that is not listed would be mended the next time only.
    let all = LoadOptions {
        diagnostics_per_file: usize::MAX,
        ..options.clone()
    };
    let loaded = load(&plain, &all)?;
    let folders: BTreeSet<String> = loaded
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.safe_fix().is_some())
        .filter_map(version_folder)
        .collect();
    let mut files = Vec::new();
    for folder in folders {
        let mut mending = Mending {
            source: plain.only(folder),
            options: &all,
        };
        files.extend(mending.run()?);
    }
    let mut shown = Overlay::new(source);
    shown.shown = true;
    shown.change(&files);
    Ok(Mended {
        loaded: load(&shown, options)?,
        files,
    })
}

/// The version folder of the file that a diagnostic is about.
fn version_folder(diagnostic: &Diagnostic) -> Option<String> {
    let path = diagnostic.location()?.file().path();
    let own = format!("{}/{}", diagnostic.package()?, diagnostic.version()?);
    [own.clone(), format!("catalog/{own}")]
        .into_iter()
        .find(|folder| {
            path.strip_prefix(folder.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
        })
}

/// One version folder on its own.
struct Mending<'a> {
    source: Overlay<'a>,
    options: &'a LoadOptions,
}

impl Mending<'_> {
    fn run(&mut self) -> Result<Vec<MendedFile>, SourceError> {
        let before = load(&self.source, self.options)?;
        let mut files = BTreeMap::new();
        for _ in 0..ROUNDS {
            if !self.round(&mut files)? {
                break;
            }
        }
        if is_worse(&before, &load(&self.source, self.options)?) {
            files.clear();
            self.source.changed.clear();
            // What one fix brings to light, another may mend.
            for _ in 0..ROUNDS {
                if !self.one_by_one(&mut files)? {
                    break;
                }
            }
        }
        Ok(files.into_values().collect())
    }

    /// Makes all fixes there are; whether there were any.
    fn round(&mut self, files: &mut BTreeMap<String, MendedFile>) -> Result<bool, SourceError> {
        let loaded = load(&self.source, self.options)?;
        let mut fixable: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for diagnostic in loaded.diagnostics() {
            if let (Some(_), Some(location)) = (diagnostic.safe_fix(), diagnostic.location()) {
                fixable
                    .entry(location.file().path())
                    .or_default()
                    .push(diagnostic);
            }
        }
        let mut changed = false;
        for diagnostics in fixable.into_values() {
            changed |= fix_file(&diagnostics, files);
        }
        self.source.change(files.values());
        Ok(changed)
    }

    /// Keeps those fixes that bring no error to light, each tried by itself; whether there were any.
    fn one_by_one(
        &mut self,
        files: &mut BTreeMap<String, MendedFile>,
    ) -> Result<bool, SourceError> {
        let before = load(&self.source, self.options)?;
        let mut round = BTreeMap::new();
        let start = self.source.changed.clone();
        let fixable = before
            .diagnostics()
            .iter()
            .filter(|diagnostic| diagnostic.safe_fix().is_some());
        // From the end of each file on, so that a fix made moves none of those to come.
        let mut fixable: Vec<&Diagnostic> = fixable.take(TRIALS).collect();
        fixable.reverse();
        for diagnostic in fixable {
            let kept = round.clone();
            if !fix_at_end(diagnostic, &mut round) {
                continue;
            }
            self.source.change(round.values());
            if is_worse(&before, &load(&self.source, self.options)?) {
                round = kept;
                self.source.changed.clone_from(&start);
                self.source.change(round.values());
            }
        }
        let changed = !round.is_empty();
        for (path, file) in round {
            join(files, path, file);
        }
        Ok(changed)
    }
}

/// Makes the fixes of diagnostics of one file; whether its text changed.
fn fix_file(diagnostics: &[&Diagnostic], files: &mut BTreeMap<String, MendedFile>) -> bool {
    let Some(location) = diagnostics
        .first()
        .and_then(|diagnostic| diagnostic.location())
    else {
        return false;
    };
    let text = location.file().text();
    let fixes = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.safe_fix());
    let Ok(applied) = apply(text, fixes) else {
        return false;
    };
    if applied.text == text {
        return false;
    }
    let mut made = applied.made.into_iter().peekable();
    let mut is_made = |diagnostic: &Diagnostic| {
        let fix = diagnostic.safe_fix();
        made.next_if(|made| fix.is_some_and(|fix| std::ptr::eq(*made, fix)))
            .is_some()
    };
    let mended = diagnostics
        .iter()
        .filter(|diagnostic| is_made(diagnostic))
        .map(|diagnostic| (*diagnostic).clone());
    let file = files
        .entry(location.file().path().to_owned())
        .or_insert_with_key(|path| MendedFile {
            path: path.clone(),
            before: text.to_owned(),
            after: String::new(),
            mended: Vec::new(),
        });
    file.mended.extend(mended);
    file.after = applied.text;
    true
}

/// Takes what a later round made of a file.
fn join(files: &mut BTreeMap<String, MendedFile>, path: String, later: MendedFile) {
    match files.get_mut(&path) {
        Some(file) => {
            file.after = later.after;
            file.mended.extend(later.mended);
        }
        None => {
            files.insert(path, later);
        }
    }
}

/// Makes a fix of the original text in one that is changed behind it only; whether it could be made.
fn fix_at_end(diagnostic: &Diagnostic, files: &mut BTreeMap<String, MendedFile>) -> bool {
    let (Some(location), Some(fix)) = (diagnostic.location(), diagnostic.safe_fix()) else {
        return false;
    };
    let path = location.file().path();
    let Some(file) = files.get_mut(path) else {
        return fix_file(&[diagnostic], files);
    };
    let last = fix
        .edits()
        .iter()
        .map(|edit| edit.span.end)
        .max()
        .unwrap_or_default();
    let unchanged = file
        .after
        .get(..last)
        .is_some_and(|start| file.before.starts_with(start));
    match apply(&file.after, [fix]) {
        Ok(applied) if unchanged => {
            file.after = applied.text;
            file.mended.push(diagnostic.clone());
            true
        }
        _ => false,
    }
}

/// Whether mending broke what could be used, or the YAML itself. What was broken may well show more errors once it is read further.
fn is_worse(before: &Loaded, after: &Loaded) -> bool {
    let syntax = |loaded: &Loaded| {
        let errors = loaded.diagnostics().iter().filter(|diagnostic| {
            diagnostic.severity() == Severity::Error && diagnostic.code().starts_with("yaml.")
        });
        errors.count()
    };
    (after.has_errors() && !before.has_errors()) || syntax(after) > syntax(before)
}

/// A source with some files changed, and perhaps only one folder of it.
struct Overlay<'a> {
    source: &'a dyn Source,
    only: Option<String>,
    changed: BTreeMap<String, String>,
    /// Whether paths are shown as the source shows them, or as they are.
    shown: bool,
}

impl<'a> Overlay<'a> {
    fn new(source: &'a dyn Source) -> Self {
        Self {
            source,
            only: None,
            changed: BTreeMap::new(),
            shown: false,
        }
    }

    /// The same source, as if there were only one folder.
    fn only(&self, folder: String) -> Self {
        Self {
            only: Some(folder),
            ..Self::new(self.source)
        }
    }

    fn change<'f>(&mut self, files: impl IntoIterator<Item = &'f MendedFile>) {
        let files = files.into_iter();
        self.changed
            .extend(files.map(|file| (file.path.clone(), file.after.clone())));
    }

    /// The one entry of a folder above the only one that is to be seen.
    fn next<'s>(&'s self, folder: &str) -> Option<&'s str> {
        let only = self.only.as_deref()?;
        let below = match folder {
            "" => only,
            folder => only.strip_prefix(folder)?.strip_prefix('/')?,
        };
        below.split('/').next()
    }
}

impl Source for Overlay<'_> {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let mut entries = self.source.list(folder)?;
        if let Some(next) = self.next(folder) {
            entries.retain(|entry| entry.name == next);
        }
        Ok(entries)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        match self.changed.get(file) {
            Some(text) if text.len() <= limit => Ok(text.as_bytes().to_vec()),
            _ => self.source.read(file, limit),
        }
    }

    fn is_inside(&self, path: &str, folder: &str) -> bool {
        self.source.is_inside(path, folder)
    }

    fn is_link(&self, path: &str) -> bool {
        self.source.is_link(path)
    }

    fn display(&self, path: &str) -> String {
        match self.shown {
            true => self.source.display(path),
            false => path.to_owned(),
        }
    }
}
