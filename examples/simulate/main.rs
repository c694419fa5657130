//! Tries an operation on packages again and again on a fake cluster, each time with another fault, and says whether it can always be resumed:
//! `cargo run --release --example simulate -- examples/catalogs/observability cert-manager`.

#[path = "../lifecycle/action.rs"]
mod action;
#[path = "../lifecycle/cluster.rs"]
mod cluster;
#[path = "../lifecycle/instance.rs"]
mod instance;
#[path = "../lifecycle/like.rs"]
#[allow(dead_code, reason = "`lifecycle` keeps it in a file")]
mod like;
#[path = "../lifecycle/names.rs"]
mod names;
#[path = "../lifecycle/planner.rs"]
mod planner;
#[path = "../lifecycle/planning.rs"]
mod planning;
mod progress;
#[path = "../lifecycle/request.rs"]
mod request;
#[path = "../lifecycle/rest.rs"]
#[allow(dead_code, reason = "`lifecycle` uses the rest")]
mod rest;
#[path = "../lifecycle/several.rs"]
mod several;
mod stage;
mod undisturbed;
#[path = "../lifecycle/versions.rs"]
mod versions;
#[path = "../lifecycle/wish.rs"]
#[allow(dead_code, reason = "`lifecycle` uses the rest")]
mod wish;

use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Format, Output, Program};
use catalog_hooks::Outcome;
use catalog_hooks::simulator::{Exploration, Scenario};
use mimalloc::MiMalloc;
use serde_json::{Value, json};

use self::progress::Shown;
use self::stage::Stage;
use self::wish::Wish;

/// Explored runs make and drop objects of a cluster all the time.
#[global_allocator]
static HEAP: MiMalloc = MiMalloc;

const PROGRAM: Program = Program {
    usage: "\
Tries an operation on packages on a fake cluster, each time with another fault, and says after which it cannot be resumed.

usage: simulate CATALOG PACKAGE[@RANGE]... [--operation install|upgrade|rollback|uninstall|action] [--from VERSION]... [--pairs] [OPTIONS]

The request is planned as `lifecycle` does it: what is installed or upgraded comes with what it needs, and its operations are one run, shown first.
At each effect of the run: the runner dies before it, or after it; the API server answers 403, 404, 409, 429 or 500; no answer comes,
and the effect is there, or is not. After each, another runner goes on from the journal. A run that does not succeed though nothing befalls it is a
finding, and no fault is tried.
  --from VERSION  what is installed before, with what it needs, for all but an install; of several packages PACKAGE@VERSION, once for each
  --pairs         two faults in each run: the second in what comes after the first. Their number grows with the square of the effects, and is said
                  first, and then how long they take
  --most N        about N runs at most, spread over all
  --like FILE     a saved cluster, as for `lifecycle`: its objects, kinds and version are there, and conditions are asked of it when the run is
                  planned; without it, none are asked
  --fails NAME, --hangs NAME    pods of this hook or action fail, or never end; may be given several times
  --namespace NS  where packages of scope `namespace` go; without it, `default`
  --action NAME, --set NAME=VALUE, --no-dependencies, --parallel N, --unwind, --with-dependants, --autoremove, --delete-data,
  --delete-custom-resources, --delete-namespace, --skip-hooks, --rollback-on-failure, --skip-conditions, --parameters [PACKAGE=]FILE,
  --flux-source KIND/NAMESPACE/NAME[/FOLDER], --home NS    as for `lifecycle`; charts that lie in packages need no --flux-source here
  --format text|json
CATALOG is one: a folder, an archive or a repository.
Exit code: 0 if nothing was found, 1 if something was or there is no answer, 2 if something cannot be read.",
    options: &[
        "operation",
        "action",
        "set",
        "from",
        "namespace",
        "home",
        "fails",
        "hangs",
        "like",
        "most",
        "parallel",
        "parameters",
        "flux-source",
        "format",
    ],
    switches: &[
        "pairs",
        "delete-data",
        "delete-custom-resources",
        "delete-namespace",
        "skip-hooks",
        "skip-conditions",
        "rollback-on-failure",
        "no-dependencies",
        "unwind",
        "with-dependants",
        "autoremove",
    ],
};

fn main() -> ExitCode {
    PROGRAM.run(simulate)
}

fn simulate(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let wish = Wish::read(arguments, None)?;
    let Some(scenario) = Stage::new(&wish)?.scenario(&wish, (format, &mut *output))? else {
        return Ok(Answer::Finding);
    };
    let scenario = match arguments.option("most").map(str::parse::<usize>) {
        None => scenario,
        Some(Ok(most)) if most > 0 => scenario.at_most(most),
        Some(_) => {
            return Err(Failure::new(
                "--most takes a number of runs: write 1 or more",
            ));
        }
    };
    let base = scenario.run(&[]);
    let is_told_to_fail = ["fails", "hangs"]
        .iter()
        .any(|one| arguments.option(one).is_some());
    if !is_told_to_fail && base.outcome != Some(Outcome::Done) {
        let why = format!(
            "without any fault it does not succeed, but {}",
            undisturbed::in_words(&base)
        );
        match format {
            Format::Text => output.line(&why),
            Format::Json => output.json(&json!({"undisturbed": why})),
        }
        return Ok(Answer::Finding);
    }
    if format == Format::Text {
        announce(&scenario, base.effects.len(), output);
    }
    let shown = Shown::new();
    let tell = |progress| shown.tell(progress);
    let found = match arguments.switch("pairs") {
        true => scenario.pairs_telling(|_| true, &tell),
        false => scenario.singles_telling(|_| true, &tell),
    };
    shown.end();
    match format {
        Format::Text => print(&found, output),
        Format::Json => output.json(&as_json(&found)),
    }
    Ok(match found.findings.first() {
        None => Answer::Fine,
        Some(_) => Answer::Finding,
    })
}

/// Says what will be tried, before that begins.
fn announce(scenario: &Scenario, effects: usize, output: &mut Output) {
    for planned in scenario.plan().operations() {
        output.line(planning::listed(planned));
    }
    let operations = match scenario.plan().operations().len() {
        1 => "this operation comes".to_owned(),
        several => format!("these {several} operations come"),
    };
    output.line(format!(
        "{operations} to {effects} effects, and at each of them each fault is tried"
    ));
    output.show();
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
