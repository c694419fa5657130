//! Carries out one operation on a package, on a fake cluster or a real one, and shows each step:
//! `cargo run --release --example lifecycle -- examples/catalogs/observability grafana --cluster fake --state /tmp/fake`.

mod calls;
mod cluster;
mod fake;
#[cfg(feature = "kube")]
mod kube;
mod like;
mod planning;
mod report;

use std::process::ExitCode;
use std::sync::Arc;

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::{Answer, Arguments, Failure, Output, Program, parameters};
use catalog_hooks::journal::Journal;
use catalog_hooks::{
    Clock, Cluster, ConditionsGate, Decision, Gate, JournalStore, Machine, NoConditions, Settings,
    StoredJournal, Surroundings,
};
use serde_json::Value;

use self::fake::Fake;
use self::planning::{Wish, failed};
use self::report::Reporter;

const PROGRAM: Program = Program {
    usage: "\
Installs, upgrades, rolls back or uninstalls a package, step by step, and can be killed and resumed.

usage: lifecycle CATALOG PACKAGE[@VERSION] --cluster fake --state FOLDER [OPTIONS]
       lifecycle CATALOG PACKAGE[@VERSION] --cluster KUBECONFIG [OPTIONS]

PACKAGE without a version means its newest. `fake` is an API server within this program, with controllers for Jobs, pods, definitions and
workloads that behave as the real ones do; no container runs, and its time goes by in leaps. It is made anew at each start from the calls
that FOLDER/calls.jsonl holds, and keeps one journal: a run that came to rest is ended before the next package's. KUBECONFIG is a file (`-`: the one that kubectl would use); the program must be built with `--features kube`.
The package's conditions are evaluated before anything is changed. Charts become objects of Flux, Terraform modules those of KubeVela's controller.
  --operation install|upgrade|rollback|uninstall   install, if not given
  --from VERSION       the version that is there, where no record says it
  --namespace NS       where a package of scope `namespace` goes; without it, `default`
  --home NS            where journal, plan, records and logs are kept; without it, `catalog-system`. It must be there
  --resume             goes on with the run that was killed, or came to rest
  --decide resume|skip|abandon|take-back           how a run goes on that came to rest
  --delete-data, --delete-custom-resources, --delete-namespace   what an operation deletes only if it is told to
  --skip-hooks, --rollback-on-failure
  --skip-conditions    does not ask the conditions
  --parameters FILE    the parameters of the installation, as YAML or JSON: what conditions with `when` depend on
  --like FILE          a saved cluster, as for `check`: its objects, kinds and version are there when the fake cluster is made; later it is not read
  --fails HOOK, --hangs HOOK    pods of this hook fail, or never end (fake; may be given several times; holds until the next start)
  --crash-after N      ends the program after N effects, as if it were killed
  --format text|json
Exit code: 0 if all is done, 1 if not (the output says how it can go on), 2 if something cannot be read.",
    options: &[
        "cluster", "state", "operation", "from", "namespace", "home", "decide", "fails", "hangs",
        "crash-after", "parameters", "like", "format",
    ],
    switches: &[
        "resume",
        "delete-data",
        "delete-custom-resources",
        "delete-namespace",
        "skip-hooks",
        "skip-conditions",
        "rollback-on-failure",
    ],
};

fn main() -> ExitCode {
    PROGRAM.run(lifecycle)
}

fn lifecycle(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let wish = Wish::read(arguments)?;
    let how = How::read(arguments)?;
    let reporter = Reporter::new(arguments, output)?;
    match arguments.option("cluster") {
        Some("fake") => on_fake(arguments, &wish, &how, reporter),
        Some(kubeconfig) => on_server(kubeconfig, &wish, &how, reporter),
        None => Err(Failure::new(
            "--cluster fake or --cluster KUBECONFIG is missing; see --help",
        )),
    }
}

/// How a run begins.
pub(crate) struct How {
    resume: bool,
    decision: Option<Decision>,
    skip_conditions: bool,
    parameters: Option<Value>,
}

impl How {
    fn read(arguments: &Arguments) -> Result<Self, Failure> {
        let decision = match arguments.option("decide") {
            None => None,
            Some("resume") => Some(Decision::Resume),
            Some("skip") => Some(Decision::Skip),
            Some("abandon") => Some(Decision::Abandon),
            Some("take-back") => Some(Decision::TakeBack),
            Some(other) => {
                return Err(Failure::new(format!(
                    "`{other}` is no decision: resume, skip, abandon or take-back"
                )));
            }
        };
        let resume = arguments.switch("resume") || decision.is_some();
        let parameters = arguments.option("parameters").map(parameters);
        Ok(Self {
            resume,
            decision,
            skip_conditions: arguments.switch("skip-conditions"),
            parameters: parameters.transpose()?,
        })
    }

    /// Who evaluates the conditions of the run's plan, on what `read` reads of the cluster.
    pub(crate) fn gate<'g, R>(&self, machine: &Machine, read: R) -> Box<dyn Gate + Send + 'g>
    where
        R: FnMut(&Requirements) -> Snapshot + Send + 'g,
    {
        if self.skip_conditions {
            return Box::new(NoConditions);
        }
        let gate = ConditionsGate::new(machine.plan(), read);
        match &self.parameters {
            Some(parameters) => Box::new(gate.with_parameters(0, parameters.clone())),
            None => Box::new(gate),
        }
    }
}

fn on_fake(
    arguments: &Arguments,
    wish: &Wish<'_>,
    how: &How,
    mut reporter: Reporter<'_>,
) -> Result<Answer, Failure> {
    let folder = arguments.option("state").ok_or_else(|| {
        Failure::new("--state FOLDER is missing: the fake cluster is kept there; see --help")
    })?;
    let fake = Fake::open(folder, wish.home, arguments.option("like"))?;
    let named = |option| arguments.options(option).map(str::to_owned).collect();
    fake.set_pods(named("fails"), named("hangs"));
    let [mut cluster, mut journal, mut clock] = [fake.clone(), fake.clone(), fake.clone()];
    let name = format!("run-{}", clock.now().as_millis());
    let mut machine = machine(wish, how, (&mut cluster, &mut journal), &name)?;
    let mut gate = how.gate(&machine, move |requirements| fake.snapshot(requirements));
    let mut surroundings = Surroundings {
        cluster: &mut cluster,
        journal: &mut journal,
        modules: None,
        gate: &mut gate,
        clock: &mut clock,
    };
    let outcome = surroundings.drive(&mut machine, &mut |next| reporter.show(next));
    Ok(reporter.end(&machine, &outcome))
}

#[cfg(feature = "kube")]
use self::kube::on_server;

#[cfg(not(feature = "kube"))]
fn on_server(
    _kubeconfig: &str,
    _wish: &Wish<'_>,
    _how: &How,
    _reporter: Reporter<'_>,
) -> Result<Answer, Failure> {
    Err(Failure::new(
        "this program was built without a client for clusters: `cargo run --features kube …`, or `--cluster fake`",
    ))
}

/// A machine for a run of this name, or for the one that is to go on.
pub(crate) fn machine(
    wish: &Wish<'_>,
    how: &How,
    (cluster, journal): (&mut dyn Cluster, &mut dyn JournalStore),
    name: &str,
) -> Result<Machine, Failure> {
    let stored = journal
        .load()
        .map_err(|error| Failure::new(format!("the journal cannot be read: {error}")))?;
    let settings = Settings::default();
    let Some(stored) = stored else {
        if how.resume {
            return Err(Failure::new("there is no run to go on with"));
        }
        let plan = planning::plan(wish, name, cluster, None)?;
        return Ok(Machine::begin(Arc::new(plan), name, settings));
    };
    let old = Journal::parse(&stored.text).map_err(failed)?;
    let known = planning::pinned(cluster, wish.home, &old)?;
    if how.resume {
        let plan = known.ok_or_else(|| Failure::new("the plan of the run is gone"))?;
        let how = (how.decision, settings);
        return Machine::resume(Arc::new(plan), stored, name, how).map_err(failed);
    }
    let left = match &known {
        Some(plan) => planning::left(plan, &old, wish.name())?,
        None => None,
    };
    after(wish, stored, cluster, (name, left))
}

fn after(
    wish: &Wish<'_>,
    stored: StoredJournal,
    cluster: &mut dyn Cluster,
    (name, left): (&str, Option<catalog_hooks::record::InstalledRecord>),
) -> Result<Machine, Failure> {
    let plan = planning::plan(wish, name, cluster, left)?;
    let machine = Machine::begin_after(Arc::new(plan), stored, name, Settings::default());
    machine.map_err(|error| Failure::new(format!("{error}: give --resume")))
}
