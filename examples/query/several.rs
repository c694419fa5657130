//! Several catalogs asked as one.

use catalog_examples::{Answer, Choice, Failure, Format, Given, Output, location, not_found};
use catalog_model::LoadOptions;
use catalog_model::index::Query;
use catalog_model::registry::{OfferedRelease, RegistryView};
use catalog_model::version::Version;
use serde_json::{Map, Value, json};

use crate::{line, summary};

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
            print("packages", &found, &choice, (format, output));
        }
        [_] if asked.is_some() => {
            return Err(Failure::new(
                "--label, --provides and --text choose among all packages: leave PACKAGE out",
            ));
        }
        [one] => match one.split_once('@') {
            None => {
                let versions = view.versions(one).map_err(not_found)?;
                print("versions", &versions, &choice, (format, output));
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

fn print(
    what: &str,
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
                    Value::Object(row)
                })
                .collect();
            output.json(&json!({ what: rows, "unreadable": choice.unreadable() }));
        }
        Format::Text => found.iter().for_each(|offered| text(offered, output)),
    }
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
