//! Writes a foreign catalog in our format, and says what could not be carried over:
//! `cargo run --release --example import -- kubevela path/to/catalog --out target/imported`.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Format, Output, Program, diagnostics_json};
use catalog_model::import::{
    Import, ImportOptions, NotCarriedOver, Streams, glasskube, helm, kubevela, olm_streamed,
};
use catalog_model::source::{Source, SourceErrorKind};
use catalog_model::{FolderSource, Severity, SourceError};
use serde_json::json;

const PROGRAM: Program = Program {
    usage: "\
Writes a foreign catalog in our format, and says what could not be carried over.

usage: import kubevela|helm|olm|glasskube FOLDER --out FOLDER [--repository URL] [--format text|json]

FOLDER holds KubeVela addons, Helm charts, OLM bundles or catalogs, or Glasskube packages, at any depth; --repository
says where the Helm repository is whose `index.yaml` is in it. The folder of --out must be empty or not be there yet.
Exit code: 0 without errors, 1 if something could not be read, 2 if the folder cannot be read or written at all.",
    options: &["out", "repository", "format"],
    switches: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(import)
}

fn import(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let (kind, folder) = arguments.two("the kind of catalog", "FOLDER")?;
    if !["kubevela", "helm", "olm", "glasskube"].contains(&kind) {
        return Err(Failure::new(format!(
            "`{kind}` is not a kind of catalog that can be imported: kubevela, helm, olm, glasskube"
        )));
    }
    let out = arguments
        .option("out")
        .ok_or_else(|| Failure::new("--out FOLDER is missing; see --help"))?;
    refuse_full(out)?;
    let source = FolderSource::open(folder)?;
    let mut options = ImportOptions::default();
    options.helm_repository = arguments.option("repository").map(str::to_owned);
    let imported = match kind {
        "kubevela" => kubevela(&source, &options)?,
        "helm" => helm(&source, &options)?,
        "glasskube" => glasskube(&source, &options)?,
        _ => {
            let out = PathBuf::from(out);
            olm_streamed(
                &source,
                &Folders {
                    source: &source,
                    out,
                },
                &options,
            )?
        }
    };
    write(&imported, Path::new(out))?;
    match format {
        Format::Json => output.json(&json!({
            "packages": imported.packages(),
            "versions": imported.versions(),
            "notCarriedOver": imported.not_carried_over().iter().map(NotCarriedOver::to_json).collect::<Vec<_>>(),
            "diagnostics": diagnostics_json(imported.diagnostics()),
        })),
        Format::Text => report(&imported, output),
    }
    let has_errors = imported
        .diagnostics()
        .iter()
        .any(|diagnostic| diagnostic.severity() == Severity::Error);
    Ok(if has_errors {
        Answer::Finding
    } else {
        Answer::Fine
    })
}

/// Nothing that is there already is mixed with what comes.
fn refuse_full(out: &str) -> Result<(), Failure> {
    match fs::read_dir(out).map(|entries| entries.count()) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Failure::new(format!("{out}: this folder is not empty"))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::new(format!("{out}: {error}"))),
    }
}

fn write(imported: &Import, out: &Path) -> Result<(), Failure> {
    fs::create_dir_all(out).map_err(|error| Failure::new(format!("{}: {error}", out.display())))?;
    for (name, bytes) in imported.files().files() {
        put(out, name, bytes)
            .map_err(|(path, error)| Failure::new(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

fn put(out: &Path, name: &str, bytes: &[u8]) -> Result<(), (PathBuf, std::io::Error)> {
    let path = out.join(name);
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder
        .and_then(|()| fs::write(&path, bytes))
        .map_err(|error| (path, error))
}

/// Catalogs of operators can be larger than memory: they are read from their folder, and written to another, piece by piece.
struct Folders<'a> {
    source: &'a FolderSource,
    out: PathBuf,
}

impl Streams for Folders<'_> {
    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        let shown = self.source.display(path);
        match File::open(&shown) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(unreadable(shown, error)),
        }
    }

    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), SourceError> {
        put(&self.out, path, &bytes)
            .map_err(|(path, error)| unreadable(path.display().to_string(), error))
    }
}

fn unreadable(path: String, error: std::io::Error) -> SourceError {
    SourceError::new(SourceErrorKind::Unreadable, path, error.to_string()).caused_by(error)
}

fn report(imported: &Import, output: &mut Output) {
    output.diagnostics(imported.diagnostics());
    for lost in imported.not_carried_over() {
        let place = lost
            .line
            .map_or_else(|| lost.file.clone(), |line| format!("{}:{line}", lost.file));
        output.line(format!(
            "{place}: {} is not carried over: {}",
            lost.what, lost.why
        ));
    }
    output.line(format!(
        "{} packages, {} versions; {} things not carried over",
        imported.packages(),
        imported.versions(),
        imported.not_carried_over().len()
    ));
}
