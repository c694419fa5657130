//! Shows what can be set in a package, what it is set to, and by whom:
//! `cargo run --release --example parameters -- examples/catalogs/observability full-observability --set overview.overview.refresh=5m`.

mod print;
mod tree;

use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Output, Program, release, source, text_or_gzip,
};
use catalog_model::document::Limits;
use catalog_model::parameters::{Askers, Layer, LayerOrigin, ParameterLimits, ReleaseParameters};
use catalog_model::{Catalog, Diagnostic, LoadOptions, Release, Severity, SourceFile, load};

const PROGRAM: Program = Program {
    usage: "\
Shows what can be set in a package, what it is set to, and by whom.

usage: parameters CATALOG PACKAGE[@VERSION] [--values FILE]... [--set MODULE.KEY=VALUE]... [--environment FILE]...
                  [--asked-by PACKAGE[@VERSION]]... [--format text|json]

PACKAGE without a version means its newest. Values are `{module: {key: value}}`, in YAML or JSON, .gz or not. What stands further down
here overrides what stands further up: the defaults of the modules, modules.yaml, who asked for the package, environment, user.
  --values FILE         what the user sets; of several, the last wins
  --set MODULE.KEY=V    what the user sets beside files, and over them: V is YAML, and null deletes. A dot in a key is
                        written `\\.`
  --environment FILE    what is common to all packages of an installation
  --asked-by PACKAGE    a package that is installed with it, whose dependencies may set values in it. Who is asked for by another of
                        these has less to say than that one
In place of a sensitive value stands `(sensitive)`. CATALOG is one: a folder, an archive or a repository.
Exit code: 0 if the values fit, 1 if they do not or something is wrong with the modules, 2 if the catalog, a file or what --set says cannot
be read (the first such place is named).",
    options: &["values", "set", "environment", "asked-by", "format"],
    switches: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(show)
}

fn show(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    arguments.one_catalog("CATALOG")?;
    let (path, package) = arguments.two("CATALOG", "PACKAGE")?;
    let source = source(path)?;
    let loaded = load(&source, &LoadOptions::default())?;
    let release = release(loaded.catalog(), package)?;
    let (parameters, mut diagnostics) =
        ReleaseParameters::read(&source, release, &ParameterLimits::default());
    let askers = askers(loaded.catalog(), release, arguments)?;
    let mut layers = askers.layers(&source, release.package().as_str(), &Limits::default());
    layers.extend(given(arguments, &mut diagnostics)?);
    let (values, found) = parameters.merge(layers);
    diagnostics.extend(found);
    diagnostics.sort();
    let violations = values.validate();
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity() == Severity::Error;
    let is_wrong = !violations.is_empty() || diagnostics.iter().any(is_error);
    print::print(&values, &diagnostics, &violations, format, output);
    Ok(if is_wrong {
        Answer::Finding
    } else {
        Answer::Fine
    })
}

/// What the command line says.
fn given(arguments: &Arguments, diagnostics: &mut Vec<Diagnostic>) -> Result<Vec<Layer>, Failure> {
    let mut layers = Vec::new();
    for (option, origin) in [
        ("environment", LayerOrigin::Environment),
        ("values", LayerOrigin::User),
    ] {
        for path in arguments.options(option) {
            let file = SourceFile::new(path, text_or_gzip(path)?);
            let read = Layer::parse(origin.clone(), &file, &Limits::default());
            layers.push(readable(read, diagnostics)?);
        }
    }
    for argument in arguments.options("set") {
        layers.push(readable(assigned(argument)?, diagnostics)?);
    }
    Ok(layers)
}

/// A layer that could be read: without one of those that are given, the answer would be about something else.
fn readable(
    (layer, found): (Option<Layer>, Vec<Diagnostic>),
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Layer, Failure> {
    let error = found.iter().find(|one| one.severity() == Severity::Error);
    match (layer, error) {
        (Some(layer), None) => {
            diagnostics.extend(found);
            Ok(layer)
        }
        (_, Some(error)) => Err(Failure::new(error.to_string())),
        (None, None) => Err(Failure::new("these values cannot be read")),
    }
}

/// `MODULE.KEY=VALUE`.
fn assigned(argument: &str) -> Result<(Option<Layer>, Vec<Diagnostic>), Failure> {
    // What an argument says may be secret, so that a wrong one is not repeated.
    let wrong = || Failure::new("--set takes MODULE.KEY=VALUE; see --help");
    let (path, value) = argument.split_once('=').ok_or_else(wrong)?;
    let escaped = path.replace("\\.", "\0");
    let keys: Vec<String> = escaped
        .split('.')
        .map(|key| key.replace('\0', "."))
        .collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    if keys.len() < 2 || keys.contains(&"") {
        return Err(wrong());
    }
    let file = SourceFile::new(format!("--set {path}"), value);
    let limits = Limits::default();
    if keys.len() > limits.depth {
        return Err(wrong());
    }
    Ok(Layer::parse_below(LayerOrigin::User, &keys, &file, &limits))
}

/// The packages that ask for the release; the user asked for those that no other of them asks for.
fn askers<'c>(
    catalog: &'c Catalog,
    asked: &'c Release,
    arguments: &Arguments,
) -> Result<Askers<'c>, Failure> {
    let mut askers = Vec::new();
    for name in arguments.options("asked-by") {
        askers.push(release(catalog, name)?);
    }
    let is_root = |release: &&&Release| {
        let name = release.package();
        let mut others = askers.iter().filter(|other| other.package() != name);
        !others.any(|other| {
            let mut dependencies = other.metadata().dependencies().iter();
            dependencies.any(|dependency| dependency.package() == name)
        })
    };
    let roots: Vec<&str> = askers
        .iter()
        .filter(is_root)
        .map(|release| release.package().as_str())
        .collect();
    Ok(Askers::new(askers.iter().copied().chain([asked]), roots))
}
