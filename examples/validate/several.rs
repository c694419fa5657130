//! Several catalogs, one after another, and what they do not agree on.

use catalog_examples::{Answer, Arguments, Choice, Failure, Format, Output};
use serde_json::{Value, json};

use crate::print;

pub(crate) fn validate(
    choice: &Choice,
    arguments: &Arguments,
    output: &mut Output,
) -> Result<Answer, Failure> {
    let switches = ["fix", "suppressed"].into_iter();
    let switches = switches.filter(|switch| arguments.switch(switch));
    let formats = ["sarif", "github"].into_iter();
    let formats = formats.filter(|format| arguments.option("format") == Some(format));
    let formats = formats.map(|format| format!("format {format}"));
    if let Some(of_one) = switches.map(str::to_owned).chain(formats).next() {
        return Err(Failure::new(format!(
            "--{of_one} is about one catalog: give it alone, and without a name"
        )));
    }
    let conflicts = choice.view().map(|view| view.conflicts());
    let conflicts = conflicts.unwrap_or_default();
    match arguments.format()? {
        Format::Text => {
            for (name, loaded) in choice.loaded() {
                output.diagnostics(loaded.diagnostics());
                let name = name.unwrap_or_default();
                output.line(format!("{name}: {}", print::summary(loaded, None)));
            }
            for conflict in conflicts.iter().filter_map(|one| one.conflict()) {
                output.line(format!("warning: {conflict}"));
            }
        }
        Format::Json => {
            let catalogs: Vec<Value> = choice
                .loaded()
                .map(|(name, loaded)| {
                    let mut report = print::report(loaded);
                    if let Value::Object(report) = &mut report {
                        report.insert("catalog".to_owned(), name.into());
                    }
                    report
                })
                .collect();
            let conflicts: Vec<Value> = conflicts
                .iter()
                .map(|one| {
                    let release = one.release();
                    let differing = one.differing().map(|(other, why)| json!({ "catalog": other.name(), "why": why }));
                    json!({
                        "package": release.package().as_str(), "version": release.version().as_str(),
                        "catalog": one.catalog().name(), "differing": differing.collect::<Vec<_>>(),
                    })
                })
                .collect();
            output.json(&json!({ "catalogs": catalogs, "conflicts": conflicts, "unreadable": choice.unreadable() }));
        }
    }
    let has_errors = choice.loaded().any(|(_, loaded)| loaded.has_errors());
    choice.end(match has_errors {
        true => Answer::Finding,
        false => Answer::Fine,
    })
}
