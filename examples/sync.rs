//! Brings a catalog in a repository from one commit to another: `cargo run --release --example sync -- . HEAD~1 HEAD`.

use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Format, Output, Program, diagnostics_json};
use catalog_model::source::GitRepository;
use catalog_model::sync::{Changes, ReleaseChange, SyncWatch, Synced, sync};
use catalog_model::{AddressKind, CatalogAddress, LoadOptions, Loaded, load};
use serde_json::{Value, json};

const PROGRAM: Program = Program {
    usage: "\
Says what became of the releases of a catalog between two commits of a repository, reading nothing but what changed.

usage: sync REPOSITORY [FROM] [TO] [--format text|json]
       sync REPOSITORY [FROM] [TO] --prove [--format text|json]

REPOSITORY is a folder, or git+file:///path#branch:folder where the catalog is a folder of it; without, it is `catalog/` if there is such
a folder, else all. FROM and TO are branches, tags or commits, as git takes them. Without FROM all releases are new; TO is the branch of
the address, else HEAD. A release is `added`, `removed`, `changed` (and says in which parts) or `broken`: it is there and can be used no
more. Diagnostics are those of TO.
With --prove the catalog goes from commit to commit, along first parents, from FROM (else the first commit) to TO, and at each the outcome is
compared with a catalog that is read anew: packages, and diagnostics.
Exit code: 0, 1 if TO has errors, or with --prove if a comparison fails, 2 if there is no such commit or the repository cannot be read.",
    options: &["format"],
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
        match arguments.switch("prove") {
            true => history.prove(format, output),
            false => history.changes(format, output),
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
                for change in changes.iter() {
                    output.line(change.to_string());
                }
                let (count, files) = (changes.iter().count(), changes.files_read());
                output.line(format!(
                    "{count} releases changed, {files} files read, at {to}"
                ));
            }
        }
        Ok(match loaded.has_errors() {
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
