//! Brings a catalog in a repository from one commit to another: `cargo run --release --example sync -- . HEAD~1 HEAD`.

use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Output, Program, diagnostics_json, note,
};
use catalog_model::source::GitRepository;
use catalog_model::sync::cache::{CacheWritten, IndexCache};
use catalog_model::sync::{
    ChangeKind, Changes, IndexChanges, ReleaseChange, SyncWatch, Synced, SyncedIndex, sync,
};
use catalog_model::{AddressKind, CatalogAddress, Diagnostic, LoadOptions, Loaded, Severity, load};
use serde_json::{Value, json};

const PROGRAM: Program = Program {
    usage: "\
Says what became of the releases of a catalog between two commits of a repository, reading nothing but what changed.

usage: sync REPOSITORY [FROM] [TO] [--format text|json]
       sync REPOSITORY [FROM] [TO] --prove [--format text|json]
       sync REPOSITORY [TO] --cache FOLDER [--format text|json]

REPOSITORY is a folder, or git+file:///path#branch:folder where the catalog is a folder of it; without, it is `catalog/` if there is such
a folder, else all. FROM and TO are branches, tags or commits, as git takes them. Without FROM all releases are new; TO is the branch of
the address, else HEAD. A release is `added`, `removed`, `changed` (and says in which parts) or `broken`: it is there and can be used no
more. Diagnostics are those of TO.
With --prove the catalog goes from commit to commit, along first parents, from FROM (else the first commit) to TO, and at each the outcome is
compared with a catalog that is read anew: packages, and diagnostics.
With --cache the index of TO is made of the one in FOLDER, which another run has left there, by reading the packages that changed since; and
it is left there for the next run. Where nothing changed, nothing is read or written. A cache that cannot be used is passed over, and standard
error says why. Diagnostics are not in it: validate has them.
Exit code: 0, 1 if TO has errors, or with --prove if a comparison fails, 2 if there is no such commit or the repository cannot be read.",
    options: &["format", "cache"],
    switches: &["prove"],
};

/// A repository, where in it the catalog is, and which commits are meant.
struct History {
    repository: GitRepository,
    root: Option<String>,
    from: Option<String>,
    to: String,
}

fn main() -> ExitCode {
    PROGRAM.run(|arguments, output| {
        let format = arguments.format()?;
        let history = History::open(arguments)?;
        match (arguments.switch("prove"), arguments.option("cache")) {
            (true, Some(_)) => Err(Failure::new(
                "--prove reads everything, and --cache as little as can be: ask for one",
            )),
            (true, None) => history.prove(format, output),
            (false, Some(folder)) => history.cached(folder, format, output),
            (false, None) => history.changes(format, output),
        }
    })
}

impl History {
    fn open(arguments: &Arguments) -> Result<Self, Failure> {
        let (repository, commits) = arguments.first("REPOSITORY")?;
        let (from, to) = match commits {
            [] => (None, None),
            [from] => (Some(from), None),
            [from, to] => (Some(from), Some(to)),
            [_, _, more, ..] => {
                let message = format!("`{more}` is one argument too many; see --help");
                return Err(Failure::new(message));
            }
        };
        // What a cache holds takes the place of FROM.
        let (from, to) = match (arguments.option("cache"), from, to) {
            (Some(_), Some(from), Some(_)) => {
                let message = format!("--cache says where to begin: leave `{from}` out");
                return Err(Failure::new(message));
            }
            (Some(_), to, None) => (None, to),
            (_, from, to) => (from, to),
        };
        let address = CatalogAddress::parse(repository);
        let address = address.map_err(|error| Failure::new(error.to_string()))?;
        if address.kind() == AddressKind::Archive {
            let message = format!("{repository}: an archive has no commits");
            return Err(Failure::new(message));
        }
        let to = to.map(String::as_str).or(address.revision());
        Ok(Self {
            repository: GitRepository::open(address.path())?,
            root: address.root().map(str::to_owned),
            from: from.cloned(),
            to: to.unwrap_or("HEAD").to_owned(),
        })
    }

    /// The catalog at a commit, made of another one.
    fn sync(&self, before: &Synced, commit: &str) -> Result<(Synced, Changes), Failure> {
        let source = self.repository.source(commit, self.root.as_deref())?;
        let synced = sync(before, &source, SyncWatch::default());
        synced.map_err(|error| Failure::new(error.to_string()))
    }

    fn changes(&self, format: Format, output: &mut Output) -> Result<Answer, Failure> {
        // Names lead to commits once: a branch may move meanwhile.
        let from = self.from.as_deref();
        let from = from.map(|from| self.repository.commit(from)).transpose()?;
        let to = self.repository.commit(&self.to)?;
        let mut before = Synced::new(LoadOptions::default());
        if let Some(from) = &from {
            before = self.sync(&before, from)?.0;
        }
        let (after, changes) = self.sync(&before, &to)?;
        let loaded = after.loaded();
        match format {
            Format::Json => {
                output.json(&json!({
                    "from": from,
                    "to": to,
                    "filesRead": changes.files_read(),
                    "added": of_kind(&changes, "added"),
                    "removed": of_kind(&changes, "removed"),
                    "changed": of_kind(&changes, "changed"),
                    "broken": of_kind(&changes, "broken"),
                    "diagnostics": diagnostics_json(loaded.diagnostics()),
                }));
            }
            Format::Text => {
                let errors = || {
                    let all = loaded.diagnostics().iter();
                    all.filter(|one| one.severity() == Severity::Error)
                };
                for change in changes.iter() {
                    let is_it = |one: &&Diagnostic| {
                        one.package() == Some(change.package().as_str())
                            && one.version() == Some(change.version().as_str())
                    };
                    let why = errors().find(is_it);
                    let why = why.filter(|_| *change.kind() == ChangeKind::Broken);
                    let why = why.map_or_else(String::new, |why| format!(": {why}"));
                    output.line(format!("{change}{why}"));
                }
                let (count, files) = (changes.iter().count(), changes.files_read());
                let wrong = match errors().count() {
                    0 => String::new(),
                    count => format!("; {count} errors in the catalog, which `validate` shows"),
                };
                output.line(format!(
                    "{count} releases changed, {files} files read, at {to}{wrong}"
                ));
            }
        }
        Ok(match loaded.has_errors() {
            true => Answer::Finding,
            false => Answer::Fine,
        })
    }

    /// The index at a commit, made of the one in a cache.
    fn cached(&self, folder: &str, format: Format, output: &mut Output) -> Result<Answer, Failure> {
        let to = self.repository.commit(&self.to)?;
        let source = self.repository.source(&to, self.root.as_deref())?;
        let (mut cache, notes) = IndexCache::in_folder(folder, LoadOptions::default());
        notes.iter().for_each(|one| note(one.to_string()));
        let synced = cache.index().sync(&source, SyncWatch::default());
        let (index, changes) = synced.map_err(|error| Failure::new(error.to_string()))?;
        // Whoever only asks is not held up by a disk that is full.
        let stored = cache.store(&index);
        let written = stored.inspect_err(|error| note(error.to_string())).ok();
        if cache.is_fragmented()
            && let Err(error) = cache.compact()
        {
            note(error.to_string());
        }
        tell(&index, (&changes, written, &to), format, output);
        Ok(match index.has_errors() {
            true => Answer::Finding,
            false => Answer::Fine,
        })
    }

    fn prove(&self, format: Format, output: &mut Output) -> Result<Answer, Failure> {
        let commits = self.repository.history(self.from.as_deref(), &self.to)?;
        let mut synced = Synced::new(LoadOptions::default());
        let (mut files, mut releases, mut differing) = (0, 0, Vec::new());
        for commit in &commits {
            let (next, changes) = self.sync(&synced, commit)?;
            let source = self.repository.source(commit, self.root.as_deref())?;
            let fresh = load(&source, &LoadOptions::default())?;
            if !equal(&next.loaded(), &fresh) {
                differing.push(commit.as_str());
            }
            files += changes.files_read();
            releases += changes.iter().count();
            synced = next;
        }
        match format {
            Format::Json => output.json(&json!({
                "commits": commits.len(),
                "equal": differing.is_empty(),
                "differing": differing,
                "filesRead": files,
                "releasesChanged": releases,
            })),
            Format::Text => {
                for commit in &differing {
                    output.line(format!("{commit} is not what it is when it is read anew"));
                }
                let equal = commits.len() - differing.len();
                output.line(format!("{equal} of {} commits are what they are when they are read anew; {files} files read, {releases} releases changed", commits.len()));
            }
        }
        Ok(match differing.is_empty() {
            true => Answer::Fine,
            false => Answer::Finding,
        })
    }
}

/// What the index holds, and what it cost to know that.
fn tell(
    index: &SyncedIndex,
    (changes, written, to): (&IndexChanges, Option<CacheWritten>, &str),
    format: Format,
    output: &mut Output,
) {
    let (packages, versions) = (index.index().packages().count(), index.index().len());
    let bytes = written.unwrap_or_default().bytes;
    match format {
        Format::Json => output.json(&json!({
            "to": to,
            "packages": packages,
            "versions": versions,
            "hasErrors": index.has_errors(),
            "lookedInto": changes.packages().collect::<Vec<_>>(),
            "filesRead": changes.files_read(),
            "bytesWritten": bytes,
        })),
        Format::Text => {
            for package in changes.packages() {
                output.line(format!("looked into {package}"));
            }
            let files = changes.files_read();
            output.line(format!(
                "{versions} usable versions of {packages} packages, {files} files read, {bytes} bytes written, at {to}"
            ));
        }
    }
}

/// Whether two catalogs are the same, to the last diagnostic.
fn equal(one: &Loaded, other: &Loaded) -> bool {
    one.catalog() == other.catalog()
        && one.diagnostics() == other.diagnostics()
        && one.suppressed() == other.suppressed()
}

/// The changes of a kind; of what changed, the parts too.
fn of_kind(changes: &Changes, kind: &str) -> Vec<Value> {
    let changes = changes.iter().filter(|one| one.kind().as_str() == kind);
    let json = |change: &ReleaseChange| {
        let (package, folder) = (change.package().as_str(), change.folder());
        let version = change.version().as_str();
        let parts: Vec<&str> = change.kind().parts().map(|part| part.as_str()).collect();
        match parts.is_empty() {
            true => json!({ "package": package, "version": version, "folder": folder }),
            false => {
                json!({ "package": package, "version": version, "folder": folder, "parts": parts })
            }
        }
    };
    changes.map(json).collect()
}
