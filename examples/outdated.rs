//! Lists what is installed with the newest releases there are, and says what keeps each from them:
//! `cargo run --release --example outdated -- examples/catalogs/observability --installed examples/installed/staging.json`.

use std::process::ExitCode;

use catalog_examples::{Answer, Failure, Format, Newer, Offer, Output, Program, installed};
use catalog_model::InstalledRelease;
use catalog_resolve::{Outcome, Request, ResolvedRelease, Step, resolve, why_not_newer};
use serde_json::{Map, Value, json};

const PROGRAM: Program = Program {
    usage: "\
Lists what is installed: its version, the newest that an upgrade of it alone reaches, the newest there is, and why it does not get there.

usage: outdated CATALOG|UNIVERSE.json[.gz] --installed FILE [--cluster FILE] [--namespace NS] [--complete] [--format text|json]

  --installed FILE  what is installed, a list in JSON or YAML, as `resolve` takes it
  --cluster FILE    a saved cluster: releases whose conditions do not hold on it are out of reach (catalogs only)
  --namespace NS    the namespace for which conditions are asked; without it, `default`
  --complete        the cluster file holds every object of the cluster
An upgrade whose CRDs break something goes by other releases if there is a way on which nothing breaks, as with `resolve`; else it says what breaks.
The newest release is stable and not yanked, if the package has such a one.
CATALOG is a folder, an archive or a repository, or several of these as NAME=SOURCE: the first that has a package is asked for it.
Exit code: 0, or 2 if something cannot be read.",
    options: &["installed", "cluster", "namespace", "format"],
    switches: &["complete"],
};

/// Reasons that people read for one package; how many more there are is said.
const REASONS: usize = 3;

/// One installed release.
struct Row<'r> {
    record: &'r InstalledRelease,
    /// None if no answer was found within the budget.
    reachable: Option<String>,
    /// None if no catalog has the package.
    newest: Option<String>,
    newer: Vec<Newer>,
    /// The upgrade, if there is one: by which releases it goes, and what breaks on the way.
    step: Option<Step>,
}

fn main() -> ExitCode {
    PROGRAM.run(|arguments, output| {
        let given = arguments.catalogs_alone("CATALOG or UNIVERSE.json")?;
        let file = arguments.option("installed");
        let file = file.ok_or_else(|| Failure::new("--installed FILE is missing; see --help"))?;
        let format = arguments.format()?;
        let offer = Offer::read(&given, arguments)?;
        let records = installed(file)?;
        let request = Request::new().home(arguments.option("namespace").unwrap_or("default"));
        let request = offer.request(records.iter().cloned().fold(request, Request::installed));
        let request = offer.safely(request, &records);
        let rows: Vec<Row<'_>> = records.iter().map(|r| row(&offer, &request, r)).collect();
        match format {
            Format::Json => {
                let rows: Vec<Value> = rows.iter().map(json_of).collect();
                output.json(&json!({ "packages": rows }));
            }
            Format::Text => table(&rows, output),
        }
        offer.end(Answer::Fine)
    })
}

/// Upgrades one package, and asks why it comes no further.
fn row<'r>(offer: &Offer, request: &Request, record: &'r InstalledRelease) -> Row<'r> {
    let universe = offer.universe();
    let request = request.clone().upgrade(record.package());
    let newest = universe.newest_version(record.package());
    let mut row = Row {
        record,
        reachable: None,
        newest: newest.map(ToString::to_string),
        newer: Vec::new(),
        step: None,
    };
    if let Outcome::Resolved(resolution) = resolve(universe, &request) {
        let of_package = |release: &&ResolvedRelease| {
            release.package() == record.package() && release.namespace() == record.namespace()
        };
        if let Some(release) = resolution.releases().iter().find(of_package) {
            let why = why_not_newer(universe, &request, std::slice::from_ref(release));
            let newer = why
                .into_iter()
                .map(|why| Newer::new(universe, &request, why));
            row.newer = newer.collect();
            row.reachable = Some(release.version().to_owned());
        }
        let plan = resolution.plan();
        let mut steps = plan.steps().iter();
        row.step = steps
            .find(|step| {
                step.package() == record.package() && step.namespace() == record.namespace()
            })
            .cloned();
    }
    row
}

fn table(rows: &[Row<'_>], output: &mut Output) {
    let cells = rows.iter().map(|row| {
        [
            row.record.package(),
            row.record.namespace(),
            row.record.version(),
            row.reachable.as_deref().unwrap_or("?"),
            row.newest.as_deref().unwrap_or("in no catalog"),
        ]
        .map(str::to_owned)
    });
    let head = ["package", "namespace", "installed", "reachable", "newest"].map(str::to_owned);
    let cells: Vec<[String; 5]> = std::iter::once(head).chain(cells).collect();
    let mut widths = [0; 5];
    for line in &cells {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let reasons = std::iter::once(None).chain(rows.iter().map(Some));
    for (line, row) in cells.iter().zip(reasons) {
        let padded = line.iter().zip(widths);
        let padded: Vec<String> = padded
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        output.line(padded.join("  ").trim_end());
        let step = row.and_then(|row| row.step.as_ref());
        for one in step.map(Step::avoided).unwrap_or_default() {
            output.line(format!("    note: not at once, as {one}"));
        }
        for one in step.map(Step::breaks).unwrap_or_default() {
            output.line(format!("    warning: {one}"));
        }
        let newer = row.map_or(&[] as &[Newer], |row| &row.newer);
        for newer in newer.iter().take(REASONS) {
            output.line(format!("    {}", newer.text()));
        }
        if let Some(more) = newer.len().checked_sub(REASONS).filter(|more| *more > 0) {
            output.line(format!("    and {more} more reasons"));
        }
    }
}

fn json_of(row: &Row<'_>) -> Value {
    let mut object = Map::new();
    let texts = [
        ("package", Some(row.record.package())),
        ("namespace", Some(row.record.namespace())),
        ("installed", Some(row.record.version())),
        ("reachable", row.reachable.as_deref()),
        ("newest", row.newest.as_deref()),
    ];
    for (key, text) in texts {
        object.extend(text.map(|text| (key.to_owned(), text.into())));
    }
    let newer = row.newer.iter().map(Newer::json);
    object.insert("newer".to_owned(), newer.collect());
    let step = row.step.as_ref().map(Step::to_json);
    if let Some(Value::Object(step)) = step {
        let told = ["hops", "breaks", "avoided"];
        object.extend(
            step.into_iter()
                .filter(|(key, _)| told.contains(&key.as_str())),
        );
    }
    Value::Object(object)
}
