//! Tries an operation on a package again and again on a fake cluster, each time with another fault, and says whether it can always be resumed:
//! `cargo run --release --example simulate -- examples/catalogs/observability cert-manager`.

#[path = "lifecycle/action.rs"]
mod action;
#[path = "lifecycle/cluster.rs"]
mod cluster;
#[path = "lifecycle/instance.rs"]
mod instance;
#[path = "lifecycle/names.rs"]
mod names;
#[path = "lifecycle/planning.rs"]
#[allow(dead_code, reason = "`lifecycle` uses the rest")]
mod planning;
#[path = "lifecycle/rest.rs"]
#[allow(dead_code, reason = "`lifecycle` uses the rest")]
mod rest;
#[path = "lifecycle/versions.rs"]
mod versions;
#[path = "lifecycle/wish.rs"]
#[allow(dead_code, reason = "`lifecycle` uses the rest")]
mod wish;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Format, Output, Program};
use catalog_hooks::Outcome;
use catalog_hooks::journal::Journal;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{Exploration, FakeCluster, Scenario};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use self::instance::Instance;
use self::planning::Shelf;
use self::rest::Left;
use self::wish::{Kind, Wish};

const PROGRAM: Program = Program {
    usage: "\
Tries an operation on a package on a fake cluster, each time with another fault, and says after which it cannot be resumed.

usage: simulate CATALOG PACKAGE[@VERSION] [--operation install|upgrade|rollback|uninstall|action] [--from VERSION] [--pairs] [OPTIONS]

At each effect of the operation: the runner dies before it, or after it; the API server answers 403, 404, 409, 429 or 500; no answer comes,
and the effect is there, or is not. After each, another runner goes on from the journal. For all but an install, --from is installed first. An operation that does not succeed though
nothing befalls it is a finding, and no fault is tried.
  --pairs         two faults in each run: the second in what comes after the first; takes long
  --fails NAME, --hangs NAME    pods of this hook or action fail, or never end; may be given several times
  --namespace NS  where a package of scope `namespace` goes; without it, `default`
  --delete-data, --delete-custom-resources, --delete-namespace, --skip-hooks, --rollback-on-failure    as for `lifecycle`
  --action NAME, --set NAME=VALUE    as for `lifecycle`
  --format text|json
CATALOG is one: a folder, an archive or a repository.
Exit code: 0 if nothing was found, 1 if something was, 2 if something cannot be read.",
    options: &[
        "operation", "action", "set", "from", "namespace", "home", "fails", "hangs", "format",
    ],
    switches: &[
        "pairs",
        "delete-data",
        "delete-custom-resources",
        "delete-namespace",
        "skip-hooks",
        "rollback-on-failure",
    ],
};

fn main() -> ExitCode {
    PROGRAM.run(simulate)
}

fn simulate(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let wish = Wish::read(arguments)?;
    if let Some(second) = wish.packages.get(1) {
        return Err(Failure::new(format!(
            "`{second}` is one package too many; see --help"
        )));
    }
    let shelf = Shelf::open(wish.path, false)?;
    let mut cluster = prepared(&wish, &shelf)?;
    let named = |option| {
        arguments
            .options(option)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    cluster::set_pods(&mut cluster, &named("fails"), &named("hangs"));
    let plan = plan(&wish, &shelf, "simulated", &mut cluster)?;
    names::check(arguments, &shelf.catalog, &plan)?;
    let scenario = Scenario::new(cluster, plan);
    let is_told_to_fail = !named("fails").is_empty() || !named("hangs").is_empty();
    if !is_told_to_fail && let Some(why) = undisturbed(&scenario) {
        match format {
            Format::Text => output.line(&why),
            Format::Json => output.json(&json!({"undisturbed": why})),
        }
        return Ok(Answer::Finding);
    }
    let found = match (arguments.switch("pairs"), format) {
        (true, Format::Text) => pairs(&scenario),
        (true, Format::Json) => scenario.pairs(|_| true),
        (false, _) => scenario.singles(|_| true),
    };
    match format {
        Format::Text => print(&found, output),
        Format::Json => output.json(&as_json(&found)),
    }
    Ok(match found.findings.first() {
        None => Answer::Fine,
        Some(_) => Answer::Finding,
    })
}

/// How the operation ends though nothing befalls it, if that is not well: then nothing can be learnt from faults.
fn undisturbed(scenario: &Scenario) -> Option<String> {
    let run = scenario.run(&[]);
    let journal = run
        .cluster
        .journal()
        .and_then(|text| Journal::parse(text).ok());
    let operations = journal.iter().flat_map(|journal| journal.operations());
    let note = operations.filter_map(|one| one.failure()).next();
    let what = note.map(|note| format!(": failed in {}: {}", note.step, note.message));
    match run.outcome {
        Some(Outcome::Done) => None,
        ended => {
            let end = match ended {
                Some(Outcome::Stopped(stop)) => stop.to_string(),
                Some(Outcome::Unchanged) => "with nothing changed".to_owned(),
                _ => "with a part of it done".to_owned(),
            };
            let what = what.unwrap_or_default();
            Some(format!(
                "without any fault it does not succeed, but ends {end}{what}"
            ))
        }
    }
}

/// A cluster in which what the operation begins with is installed.
fn prepared(wish: &Wish<'_>, shelf: &Shelf) -> Result<FakeCluster, Failure> {
    let mut cluster = cluster::new(wish.home);
    if wish.kind == Kind::Install {
        return Ok(cluster);
    }
    let from = wish
        .from
        .ok_or_else(|| Failure::new("--from VERSION is missing: what is there before"))?;
    let package = format!("{}@{from}", wish.name());
    let install = Wish {
        package: &package,
        kind: Kind::Install,
        action: None,
        from: None,
        ..*wish
    };
    let plan = plan(&install, shelf, "before", &mut cluster)?;
    let mut run = Scenario::new(cluster, plan).run(&[]);
    // Its run is over, and the next begins anew.
    run.cluster.lose_journal();
    Ok(run.cluster)
}

fn plan(
    wish: &Wish<'_>,
    shelf: &Shelf,
    run: &str,
    cluster: &mut FakeCluster,
) -> Result<PinnedPlan, Failure> {
    let records = instance::records(cluster, wish.home)?;
    let instance = Instance::among(wish, &shelf.catalog, records)?;
    planning::plan(wish, (shelf, &instance), run, (cluster, &Left::default()))
}

/// All pairs, by the effect of the first fault, so that it can be shown how far that came.
fn pairs(scenario: &Scenario) -> Exploration {
    let effects = scenario.run(&[]).effects.len();
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(effects as u64),
        false => ProgressBar::hidden(),
    };
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} effects, {msg}{eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut found = Exploration::default();
    for at in 0..effects {
        found.merge(scenario.pairs(|first| first.at == at));
        bar.set_message(format!("{} runs, ", found.runs));
        bar.inc(1);
    }
    bar.finish_and_clear();
    found
}

fn print(found: &Exploration, output: &mut Output) {
    output.line(format!("{} runs, which ended so:", found.runs));
    for (outcome, count) in &found.outcomes {
        output.line(format!("  {count}  {outcome}"));
    }
    match found.findings.first() {
        None => output.line("no fault was found after which it could not go on"),
        Some(first) => {
            output.line(format!(
                "{} of them went wrong; the first:",
                found.findings.len()
            ));
            output.line(format!("  {first}"));
        }
    }
}

fn as_json(found: &Exploration) -> Value {
    let findings = found.findings.iter();
    let findings: Vec<Value> = findings
        .map(|one| json!({"after": one.after, "violations": one.violations}))
        .collect();
    json!({"runs": found.runs, "outcomes": found.outcomes, "findings": findings})
}
