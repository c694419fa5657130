//! Several catalogs asked as one.

use catalog_examples::{
    Answer, Choice, Failure, Format, Given, NO_PACKAGE, Output, location, not_found,
};
use catalog_model::LoadOptions;
use catalog_model::index::Query;
use catalog_model::registry::{OfferedRelease, RegistryView};
use catalog_model::version::Version;
use serde_json::{Map, Value, json};

use crate::{line, summary, tell_of_errors};

pub(crate) fn query(
    given: &[Given<'_>],
    (asked, rest): (Option<Query>, &[String]),
    format: Format,
    output: &mut Output,
) -> Result<Answer, Failure> {
    let choice = Choice::read(given, LoadOptions::default())?;
    let Some(view) = choice.view() else {
        return Err(Failure::new("there is no catalog"));
    };
    match rest {
        [] => {
            let found = view.select(&asked.unwrap_or_default()).map_err(not_found)?;
            print(("packages", Some(&view)), &found, &choice, (format, output));
            for (name, loaded) in choice.loaded() {
                // That there is no package was said when the catalogs were read.
                let told = loaded.diagnostics().iter();
                let told = told.filter(|one| one.code() != NO_PACKAGE);
                tell_of_errors(name.unwrap_or_default(), told);
            }
        }
        [_] if asked.is_some() => {
            return Err(Failure::new(
                "--label, --provides and --text choose among all packages: leave PACKAGE out",
            ));
        }
        [one] => match one.split_once('@') {
            None => {
                let versions = view.versions(one).map_err(not_found)?;
                print(("versions", None), &versions, &choice, (format, output));
            }
            Some((package, version)) => {
                release(&view, (package, version), &choice, (format, output))?
            }
        },
        [_, more, ..] => {
            let message = format!("`{more}` is one argument too many; see --help");
            return Err(Failure::new(message));
        }
    }
    choice.end(Answer::Fine)
}

/// Releases in rows, each with the newer ones of lower catalogs where those of a view are asked for.
fn print(
    (what, newest_of): (&str, Option<&RegistryView<'_>>),
    found: &[OfferedRelease<'_>],
    choice: &Choice,
    (format, output): (Format, &mut Output),
) {
    match format {
        Format::Json => {
            let rows: Vec<Value> = found
                .iter()
                .map(|offered| {
                    let mut row = row(offered);
                    row.insert("location".to_owned(), offered.place().to_json());
                    if let Some(view) = newest_of {
                        let newer = newer(view, offered);
                        let newer = newer.map(|(catalog, version)| json!({ "catalog": catalog, "version": version.as_str() }));
                        row.insert("newerIn".to_owned(), newer.collect());
                    }
                    Value::Object(row)
                })
                .collect();
            output.json(&json!({ what: rows, "unreadable": choice.unreadable() }));
        }
        Format::Text => {
            for offered in found {
                text(offered, output);
                for (catalog, version) in
                    newest_of.into_iter().flat_map(|view| newer(view, offered))
                {
                    output.line(format!("  {catalog} has {version}"));
                }
            }
        }
    }
}

/// The newest version that each catalog has of the package of a release, where it is newer, and no prerelease unless the release is one.
fn newer<'a>(
    view: &RegistryView<'a>,
    offered: &OfferedRelease<'a>,
) -> impl Iterator<Item = (&'a str, &'a Version)> {
    let release = offered.release();
    let newest = view.answering().filter_map(|(name, catalog)| {
        let newest = catalog.package(release.package().as_str())?.newest()?;
        Some((name, newest.version()))
    });
    let is_for_all =
        |version: &Version| !version.is_prerelease() || release.version().is_prerelease();
    newest.filter(move |(_, version)| *version > release.version() && is_for_all(version))
}

fn release(
    view: &RegistryView<'_>,
    (package, version): (&str, &str),
    choice: &Choice,
    (format, output): (Format, &mut Output),
) -> Result<(), Failure> {
    let version = Version::parse(version).map_err(|error| Failure::new(error.to_string()))?;
    let offered = view.release(package, &version).map_err(not_found)?;
    let (location, no_digest) = location(&offered);
    let provides = offered.release().provides();
    let provides: Vec<String> = provides.iter().map(ToString::to_string).collect();
    match format {
        Format::Json => {
            let mut row = row(&offered);
            row.insert("provides".to_owned(), json!(provides));
            row.insert("location".to_owned(), location.to_json());
            row.extend(no_digest.map(|why| ("noDigest".to_owned(), why.into())));
            row.insert("unreadable".to_owned(), json!(choice.unreadable()));
            output.json(&Value::Object(row));
        }
        Format::Text => {
            text(&offered, output);
            for dependency in offered.release().metadata().dependencies() {
                let (package, range) = (dependency.package(), dependency.range().as_str());
                output.line(format!("  needs {package} {range}"));
            }
            for capability in provides {
                output.line(format!("  provides {capability}"));
            }
            let at = location.address().unwrap_or_default();
            output.line(format!("  lies in {} of {at}", location.path()));
            if let Some(digest) = location.digest() {
                output.line(format!("  digest {digest}"));
            }
        }
    }
    Ok(())
}

/// One release in a line, and one more where the catalogs do not agree on it.
fn text(offered: &OfferedRelease<'_>, output: &mut Output) {
    let release = offered.release();
    let shown = match offered.entry() {
        Some(entry) => line(entry),
        None => format!("{}@{}", release.package(), release.version()),
    };
    let also: Vec<&str> = offered.also_in().map(|one| one.name()).collect();
    let also = match also.is_empty() {
        true => String::new(),
        false => format!(", also in {}", also.join(", ")),
    };
    output.line(format!("{}{also}: {shown}", offered.catalog().name()));
    if let Some(conflict) = offered.conflict() {
        output.line(format!("  warning: {conflict}"));
    }
}

fn row(offered: &OfferedRelease<'_>) -> Map<String, Value> {
    let mut row = offered.entry().map(summary).unwrap_or_default();
    row.insert("catalog".to_owned(), offered.catalog().name().into());
    let also = offered.also_in().map(|one| one.name());
    row.insert("alsoIn".to_owned(), also.collect());
    let differing = offered.differing();
    let differing = differing.map(|(one, why)| json!({ "catalog": one.name(), "why": why }));
    row.insert("differing".to_owned(), differing.collect());
    row
}
