//! Takes packages away, or says what needs them:
//! `cargo run --release --example uninstall -- examples/catalogs/observability loki --installed examples/installed/staging.json`.

use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Offer, Output, Program, installed, orphans,
};
use catalog_resolve::{Request, Resolution, Uninstall, uninstall};
use serde_json::json;

const PROGRAM: Program = Program {
    usage: "\
Takes packages away and moves nothing else, or says what needs them and what would help.

usage: uninstall CATALOG|UNIVERSE.json[.gz] PACKAGE... --installed FILE [--namespace NS] [--autoremove] [--with-dependants]
                 [--format text|json]

  --installed FILE   what is installed, a list in JSON or YAML, as `resolve` reads it
  --namespace NS     where packages of scope `namespace` are; without it, `default`
  --autoremove       takes away too what no user asked for and nothing needs any more
  --with-dependants  takes away too whatever needs the packages, and whatever needs that
CATALOG is a folder, an archive or a repository, or several of these as NAME=SOURCE: the first that has a package is asked for it.
Exit code: 0 if they can go, 1 if they cannot, 2 if something cannot be read.",
    options: &["installed", "namespace", "format"],
    switches: &["autoremove", "with-dependants"],
};

fn main() -> ExitCode {
    PROGRAM.run(take_away)
}

fn take_away(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let (given, packages) = arguments.catalogs("CATALOG or UNIVERSE.json")?;
    if packages.is_empty() {
        return Err(Failure::new("PACKAGE is missing; see --help"));
    }
    let records = arguments.option("installed");
    let records = records.ok_or_else(|| Failure::new("--installed FILE is missing; see --help"))?;
    let home = arguments.option("namespace").unwrap_or("default");
    let mut request = installed(records)?
        .into_iter()
        .fold(Request::new().home(home), Request::installed);
    if arguments.switch("autoremove") {
        request = request.autoremove();
    }
    let request = packages.iter().fold(request, Request::remove);
    let offer = Offer::read(&given, arguments)?;
    let refusal = match uninstall(offer.universe(), &request) {
        Uninstall::Planned(resolution) => {
            print(&resolution, format, output);
            return offer.end(Answer::Fine);
        }
        Uninstall::Refused(refusal) => refusal,
        _ => return Err(Failure::new("what would be left was not found in time")),
    };
    let together = refusal.with_dependants();
    if let Some(resolution) = together.filter(|_| arguments.switch("with-dependants")) {
        print(resolution, format, output);
        return offer.end(Answer::Fine);
    }
    match format {
        Format::Json => output.json(&refusal.to_json()),
        Format::Text => output.lines(refusal.to_string().trim_end()),
    }
    offer.end(Answer::Finding)
}

fn print(resolution: &Resolution, format: Format, output: &mut Output) {
    let plan = resolution.plan();
    if format == Format::Json {
        return output.json(&json!({ "status": "planned", "plan": plan.to_json() }));
    }
    output.lines(plan.to_string().trim_end());
    let orphans = orphans(resolution);
    if !orphans.is_empty() {
        output.line(format!(
            "needed by nothing any more, and gone with --autoremove: {orphans}"
        ));
    }
}
