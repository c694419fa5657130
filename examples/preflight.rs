//! Asks many saved clusters what packages want to know before they are installed:
//! `cargo run --release --example preflight -- examples/catalogs/observability loki --clusters examples/clusters/fleet`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use catalog_conditions::evaluate::Context;
use catalog_conditions::fleet::{Fleet, Matrix, NamedCluster, NamedSet};
use catalog_conditions::snapshot::Snapshot;
use catalog_examples::{
    Answer, Arguments, Choice, Failure, Format, Output, Program, parameters, snapshot,
};
use catalog_model::{LoadOptions, Release};
use catalog_resolve::ConditionProviders;
use serde_json::Value;

const PROGRAM: Program = Program {
    usage: "\
Asks many saved clusters what packages want to know before they are installed: which gates are open where, what keeps the others shut,
and the single change that turns most clusters green.

usage: preflight CATALOG [PACKAGE[@VERSION]]... --clusters FOLDER [--namespace NS] [--parameters FILE] [--complete]
                 [--format text|json]

PACKAGE without a version means its newest; without any, all packages are asked about. Each .yaml, .yml or .json file in FOLDER, .gz or
not, and each folder in it, is a cluster as `check` reads it, and is called as the file is.
CATALOG is a folder, an archive or a repository, or several of these as NAME=SOURCE: the first that has a package is asked for it.
  --namespace NS  where packages of scope `namespace` would go; without it, `default`
  --parameters FILE  the parameters of each installation, as YAML or JSON: what conditions with `when` depend on
  --complete      the files hold every object of their clusters: what is not in them does not exist
Exit code: 0 if all gates are open, 1 if one is not, 2 if something cannot be read. A cluster that cannot be read is asked all the same,
as one of which nothing is known.",
    options: &["clusters", "namespace", "parameters", "format"],
    switches: &["complete"],
};

fn main() -> ExitCode {
    PROGRAM.run(preflight)
}

fn preflight(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let (given, packages) = arguments.catalogs("CATALOG")?;
    let folder = arguments.option("clusters");
    let folder = folder.ok_or_else(|| Failure::new("--clusters FOLDER is missing; see --help"))?;
    let choice = Choice::read(&given, LoadOptions::default())?;
    let releases = releases(&choice, packages)?;
    let sets = sets(&choice, &releases, arguments)?;
    let saved = saved(folder, arguments.switch("complete"))?;
    let clusters: Vec<NamedCluster<'_>> = saved
        .iter()
        .map(|saved| NamedCluster::new(&saved.name, &saved.snapshot))
        .collect();
    let matrix = Fleet::new(&sets, &clusters).evaluate();
    match format {
        Format::Text => output.lines(matrix.to_string()),
        Format::Json => output.json(&json(&matrix, &saved)),
    }
    match saved.iter().find_map(|saved| saved.unreadable.as_ref()) {
        Some(first) => Err(Failure::new(first)),
        None if matrix.worst().is_open() => choice.end(Answer::Fine),
        None => choice.end(Answer::Finding),
    }
}

/// The releases that are named, or the newest of every package.
fn releases<'c>(choice: &'c Choice, named: &[String]) -> Result<Vec<Chosen<'c>>, Failure> {
    if named.is_empty() {
        return Ok(choice.newest().collect());
    }
    named.iter().map(|name| choice.release(name)).collect()
}

/// A release, and its catalog if that has a name.
type Chosen<'c> = (Option<&'c str>, &'c Release);

fn sets<'c>(
    choice: &Choice,
    releases: &[Chosen<'c>],
    arguments: &Arguments,
) -> Result<Vec<NamedSet<'c>>, Failure> {
    let home = arguments.option("namespace").unwrap_or("default");
    let parameters = arguments.option("parameters").map(parameters).transpose()?;
    let mut providers = ConditionProviders::of(choice.catalogs());
    let set = |(catalog, release): &Chosen<'c>| {
        let package = choice.package(release.package().as_str());
        let namespace = package.map_or(home, |package| package.namespace(home));
        let mut context = Context::new().with_namespace(namespace);
        if let Some(parameters) = &parameters {
            context = context.with_parameters(parameters.clone());
        }
        let of = catalog.map_or_else(String::new, |name| format!(" of {name}"));
        let name = format!("{} {}{of}", release.package(), release.version());
        NamedSet::new(name, release.conditions())
            .with_context(context)
            .with_brought(providers.brought_to(release))
    };
    Ok(releases.iter().map(set).collect())
}

/// A cluster as it was saved.
struct Saved {
    name: String,
    snapshot: Snapshot,
    unreadable: Option<String>,
}

fn saved(folder: &str, complete: bool) -> Result<Vec<Saved>, Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{folder}: {error}"));
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    paths.sort_unstable();
    let clusters: Vec<Saved> = paths
        .iter()
        .filter_map(|path| {
            let name = cluster_name(path)?;
            let read = snapshot(&path.display().to_string(), complete);
            let (snapshot, unreadable) = match read {
                Ok(snapshot) => (snapshot, None),
                Err(failure) => (
                    Snapshot::default(),
                    Some(format!("cluster {name}: {failure}")),
                ),
            };
            Some(Saved {
                name,
                snapshot,
                unreadable,
            })
        })
        .collect();
    if clusters.is_empty() {
        let message = format!("{folder}: there is no saved cluster in this folder");
        return Err(Failure::new(message));
    }
    Ok(clusters)
}

/// What a cluster is called, if the path is that of one: a folder, or a file of YAML or JSON.
fn cluster_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    if name.starts_with('.') {
        return None;
    }
    if path.is_dir() {
        return Some(name);
    }
    let unpacked = name.strip_suffix(".gz").unwrap_or(&name);
    let (stem, ending) = unpacked.rsplit_once('.')?;
    matches!(ending, "yaml" | "yml" | "json").then(|| stem.to_owned())
}

fn json(matrix: &Matrix, saved: &[Saved]) -> Value {
    let mut json = matrix.to_json();
    if let Value::Object(object) = &mut json {
        let unreadable = saved.iter().filter(|saved| saved.unreadable.is_some());
        let unreadable = unreadable.map(|saved| saved.name.as_str()).collect();
        object.insert("unreadable".to_owned(), unreadable);
    }
    json
}
