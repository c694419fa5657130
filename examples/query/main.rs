//! Asks a catalog: `cargo run --release --example query -- examples/catalogs/observability --label tier=foundation`.

mod several;

use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Given, Output, Program, diagnostics_json, note, source,
};
use catalog_model::index::{Entry, Index, IndexError, IndexErrorKind, Query};
use catalog_model::version::Version;
use catalog_model::{
    Capability, CatalogSource, Diagnostic, DigestLimits, LoadOptions, ReleaseDigest,
    ReleaseLocation, Severity, UnusableReason, UnusableRelease,
};
use serde_json::{Map, Value, json};

const PROGRAM: Program = Program {
    usage: "\
Lists the packages of a catalog, the versions of one, or shows one release.

usage: query CATALOG [--label SELECTOR]... [--provides X] [--text T] [--format text|json]
       query CATALOG PACKAGE[@VERSION] [--format text|json]

Without PACKAGE, each package's newest usable version that has the labels (`tier=web,stage!=test`, as kubectl takes them),
provides X (an API as `group/version/Kind`, a definition as `group/Kind/name`, or a name) and has T in its name, description or tags.
With PACKAGE its versions, oldest first, and the folders that cannot be used; with a version, that release, where it lies, and a digest of
its files. There is none where one of them is a link or cannot be read: standard error says why, and json has it as `noDigest`.
Definitions are read whatever is asked, so that no version counts as usable that is not; what lies inside modules is not looked at, as
validate does.
CATALOG is a folder, an archive (.tar, .tar.gz, .tgz) or a repository: git+file:///path#branch:folder, with or without branch and folder;
one of another machine (git+ssh://…, git+git://…, with the feature `https` git+https://…) is fetched into CATALOG_GIT_CACHE, else ~/.cache/catalog.
Several are given as NAME=SOURCE, by falling priority: `query ours=./ours community=c.tgz loki`. Each answer names its catalog, where it lies, the
others that have the same files (`alsoIn`), and those that have other files under this package and version (`differing`). Without PACKAGE, a
package's release is the newest of the first catalog that has one, as `resolve` prefers it; newer ones of lower catalogs are named beside it
(`newerIn`). A catalog that cannot be read is told of, and the others answer; the exit code is 2. One without packages is told of.
Exit code: 0, 1 if the release asked for has errors, 2 if the catalog cannot be read or has no such name.",
    options: &["label", "provides", "text", "format"],
    switches: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(query)
}

fn query(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let (given, rest) = arguments.catalogs("CATALOG")?;
    let asked = asked(arguments)?;
    let path = match given.as_slice() {
        [
            Given {
                name: None,
                address,
            },
        ] => *address,
        _ => return several::query(&given, (asked, rest), format, output),
    };
    let source = source(path)?;
    let loaded = Index::read(&source, &LoadOptions::default())?;
    let index = loaded.index();
    // Without its definitions a version may count as usable that is not, and answers would depend on what is asked.
    let definitions = index.read_definitions(&source);
    match rest {
        [] => {
            let told = loaded.diagnostics().iter().chain(definitions.diagnostics());
            list(index, &asked.unwrap_or_default(), told, format, output)
        }
        [_] if asked.is_some() => Err(Failure::new(
            "--label, --provides and --text choose among all packages: leave PACKAGE out",
        )),
        [one] => match one.split_once('@') {
            None => versions(index, one, format, output),
            Some((package, version)) => {
                let version =
                    Version::parse(version).map_err(|error| Failure::new(error.to_string()))?;
                match index.release(package, &version) {
                    Ok(entry) => release(entry, (path, &source), format, output),
                    Err(error) if error.kind() == IndexErrorKind::Unusable => {
                        let told = loaded.diagnostics().iter().chain(definitions.diagnostics());
                        let told = told.filter(|one| one.package() == Some(package));
                        let folders = unusable_folders(index, package, &version)?;
                        let of_version = |one: &&Diagnostic| {
                            one.version()
                                .is_some_and(|folder| folders.contains(&folder))
                        };
                        Ok(broken(
                            told.filter(of_version).cloned().collect(),
                            format,
                            output,
                        ))
                    }
                    Err(error) => Err(not_found(error)),
                }
            }
        },
        [_, more, ..] => Err(Failure::new(format!(
            "`{more}` is one argument too many; see --help"
        ))),
    }
}

/// What the options ask for; `None` if nothing.
fn asked(arguments: &Arguments) -> Result<Option<Query>, Failure> {
    let mut query = Query::new();
    for selector in arguments.options("label") {
        let read = selector.parse();
        query = query.labels(read.map_err(|error| Failure::new(format!("--label: {error}")))?);
    }
    for text in arguments.options("provides") {
        query = query.provides(capabilities(text)?);
    }
    for text in arguments.options("text") {
        query = query.text(text);
    }
    Ok((query != Query::new()).then_some(query))
}

/// What a text can mean: three parts name an API or a definition.
fn capabilities(text: &str) -> Result<Vec<Capability>, Failure> {
    let parse = [
        Capability::parse_api,
        Capability::parse_definition,
        Capability::parse_name,
    ];
    let read: Vec<_> = parse.iter().filter_map(|parse| parse(text).ok()).collect();
    if read.is_empty() {
        return Err(Failure::new(format!(
            "--provides: `{text}` is no capability: write `group/version/Kind`, `group/Kind/name` or a name"
        )));
    }
    Ok(read)
}

fn list<'a>(
    index: &Index,
    query: &Query,
    told: impl Iterator<Item = &'a Diagnostic>,
    format: Format,
    output: &mut Output,
) -> Result<Answer, Failure> {
    let entries = index.select(query).map_err(not_found)?;
    match format {
        Format::Json => {
            let packages: Vec<Map<String, Value>> = entries.iter().map(summary).collect();
            output.json(&json!({ "packages": packages }));
        }
        Format::Text => entries.iter().for_each(|entry| output.line(line(entry))),
    }
    tell_of_errors("this catalog", told);
    Ok(Answer::Fine)
}

/// Says on standard error that errors keep something out of the answer.
fn tell_of_errors<'a>(catalog: &str, told: impl Iterator<Item = &'a Diagnostic>) {
    let errors: Vec<&Diagnostic> = told
        .filter(|one| one.severity() == Severity::Error)
        .collect();
    match errors.as_slice() {
        [] => {}
        [one] => note(format!("{one}")),
        several => note(format!(
            "{} errors in {catalog} keep what has them out of the answer: `validate` shows them",
            several.len()
        )),
    }
}

fn versions(
    index: &Index,
    package: &str,
    format: Format,
    output: &mut Output,
) -> Result<Answer, Failure> {
    let newest = index.newest_version(package).map_err(not_found)?;
    let entries: Vec<Entry<'_>> = index.versions(package).map_err(not_found)?.collect();
    let unusable = index.unusable(package).map_err(not_found)?;
    match format {
        Format::Json => {
            let versions: Vec<Map<String, Value>> =
                entries.iter().map(|entry| summary(*entry)).collect();
            let unusable = unusable.iter();
            let unusable: Vec<Value> = unusable
                .map(|one| json!({ "version": one.version(), "folder": one.folder(), "reason": reason(one) }))
                .collect();
            let newest = newest.map(|entry| entry.version().as_str());
            output.json(&json!({ "name": package, "newest": newest, "versions": versions, "unusable": unusable }));
        }
        Format::Text => {
            for entry in entries {
                let mark = if newest == Some(entry) {
                    " (newest)"
                } else {
                    ""
                };
                output.line(format!("{}{mark}", line(entry)));
            }
            for one in unusable {
                output.line(format!("{} cannot be used: {}", one.folder(), reason(one)));
            }
        }
    }
    Ok(Answer::Fine)
}

fn release(
    entry: Entry<'_>,
    (path, source): (&str, &CatalogSource),
    format: Format,
    output: &mut Output,
) -> Result<Answer, Failure> {
    let loaded = match entry.load(source) {
        Ok(loaded) => loaded,
        Err(error) if error.kind() == IndexErrorKind::Unusable => {
            return Ok(broken(error.diagnostics().to_vec(), format, output));
        }
        Err(error) => return Err(not_found(error)),
    };
    let mut location = ReleaseLocation::new("local", entry.folder()).with_address(path);
    if let Some(commit) = source.commit() {
        location = location.with_commit(commit);
    }
    // A digest covers every file of the folder; a link among them keeps nobody from using the release.
    let digest = ReleaseDigest::of(source, entry.folder(), &DigestLimits::default());
    match &digest {
        Ok(digest) => location = location.with_digest(digest),
        Err(error) => note(format!("{entry} has no digest: {error}")),
    }
    let provides = loaded.release().provides();
    let provides: Vec<String> = provides.iter().map(ToString::to_string).collect();
    match format {
        Format::Json => {
            let mut release = summary(entry);
            release.insert("provides".to_owned(), json!(provides));
            release.insert("location".to_owned(), location.to_json());
            if let Err(error) = &digest {
                release.insert("noDigest".to_owned(), json!(error.to_string()));
            }
            output.json(&Value::Object(release));
        }
        Format::Text => {
            output.line(line(entry));
            for dependency in entry.dependencies() {
                output.line(format!(
                    "  needs {} {}",
                    dependency.package, dependency.range
                ));
            }
            for capability in provides {
                output.line(format!("  provides {capability}"));
            }
            output.line(format!("  lies in {}", entry.folder()));
            if let Ok(digest) = &digest {
                output.line(format!("  digest {digest}"));
            }
        }
    }
    Ok(Answer::Fine)
}

/// The names of the folders that hold a version and cannot be used.
fn unusable_folders<'a>(
    index: &'a Index,
    package: &str,
    version: &Version,
) -> Result<Vec<&'a str>, Failure> {
    let unusable = index.unusable(package).map_err(not_found)?.iter();
    let same = unusable.filter(|one| {
        Version::parse(one.version()).is_ok_and(|one| one.same_precedence_and_build(version))
    });
    Ok(same
        .filter_map(|one| one.folder().rsplit('/').next())
        .collect())
}

/// What is wrong with the release asked for.
fn broken(mut diagnostics: Vec<Diagnostic>, format: Format, output: &mut Output) -> Answer {
    diagnostics.sort();
    match format {
        Format::Json => output.json(&json!({ "diagnostics": diagnostics_json(&diagnostics) })),
        Format::Text => output.diagnostics(&diagnostics),
    }
    Answer::Finding
}

/// Why a version folder cannot be used.
fn reason(unusable: &UnusableRelease) -> String {
    match unusable.reason() {
        UnusableReason::Broken(message) => message.clone(),
        UnusableReason::UnreadableVersion => format!("`{}` is no version", unusable.version()),
        _ => "validate says why".to_owned(),
    }
}

/// An entry in one line.
fn line(entry: Entry<'_>) -> String {
    let description = entry.description().unwrap_or_default();
    let mut line = entry.to_string();
    for (word, reason) in [
        ("yanked", entry.yanked()),
        ("deprecated", entry.deprecated()),
    ] {
        if let Some(reason) = reason {
            line.push_str(&format!(" [{word}: {reason}]"));
        }
    }
    if let Some(first) = description.lines().next() {
        line.push_str(&format!("  {first}"));
    }
    line
}

fn summary(entry: Entry<'_>) -> Map<String, Value> {
    let labels: Map<String, Value> = entry
        .labels()
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    let dependencies: Vec<Value> = entry
        .dependencies()
        .map(|one| json!({ "name": one.package, "version": one.range, "optional": one.optional }))
        .collect();
    let requires: Vec<String> = entry.requires().map(ToString::to_string).collect();
    let mut object = Map::from_iter([
        ("name".to_owned(), json!(entry.package())),
        ("version".to_owned(), json!(entry.version().as_str())),
        (
            "prerelease".to_owned(),
            json!(entry.version().is_prerelease()),
        ),
        ("folder".to_owned(), json!(entry.folder())),
        ("labels".to_owned(), json!(labels)),
        ("tags".to_owned(), json!(entry.tags().collect::<Vec<_>>())),
        ("dependencies".to_owned(), json!(dependencies)),
        ("requires".to_owned(), json!(requires)),
    ]);
    for (key, text) in [
        ("description", entry.description()),
        ("yanked", entry.yanked()),
        ("deprecated", entry.deprecated()),
    ] {
        if let Some(text) = text {
            object.insert(key.to_owned(), text.into());
        }
    }
    object
}

fn not_found(error: IndexError) -> Failure {
    let near = error.near().first().map(String::as_str);
    Failure::new(error.to_string()).did_you_mean(near)
}
