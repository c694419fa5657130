//! Carries out one operation on a package, on a fake cluster or a real one, and shows each step:
//! `cargo run --release --example lifecycle -- examples/catalogs/observability grafana --cluster fake --state /tmp/fake`.

mod action;
mod calls;
mod cluster;
mod fake;
mod instance;
#[cfg(feature = "kube")]
mod kube;
mod like;
mod names;
mod planning;
mod report;
mod rest;
mod versions;
mod wish;

use std::process::ExitCode;
use std::sync::Arc;

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::{Answer, Arguments, Failure, Output, Program, parameters};
use catalog_hooks::journal::Journal;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::{
    Clock, Cluster, ConditionsGate, Decision, Gate, JournalStore, Machine, NoConditions, Settings,
    StartErrorKind, StoredJournal, Surroundings,
};
use serde_json::Value;

use self::fake::Fake;
use self::instance::Instance;
use self::planning::{Shelf, failed};
use self::report::Reporter;
use self::rest::Left;
use self::wish::Wish;

const PROGRAM: Program = Program {
    usage: "\
Installs, upgrades, rolls back or uninstalls a package, step by step, and can be killed and resumed.

usage: lifecycle CATALOG PACKAGE[@VERSION] --cluster fake --state FOLDER [OPTIONS]
       lifecycle CATALOG PACKAGE[@VERSION] --cluster KUBECONFIG [OPTIONS]

PACKAGE without a version means its newest; for a rollback, the one before; for an uninstall, the one that is there. What a rollback or an
uninstall needs and the catalog does not have any more is taken from the plans that brought it, which are kept in the cluster.
`fake` is an API server within this program, with controllers for Jobs, pods, definitions and workloads that behave as the real ones do; no
container runs, and its time goes by in leaps. It is made anew at each start from the calls that FOLDER/calls.jsonl holds, and keeps one
journal: a run that came to rest is ended before the next package's. What is in it after a run is in FOLDER/cluster.json, as kubectl would
print it. KUBECONFIG is a file (`-`: the one that kubectl would use); the program must be built with `--features kube`.
The package's conditions are evaluated before anything is changed. Charts become objects of Flux, Terraform modules those of KubeVela's controller.
  --operation install|upgrade|rollback|uninstall|action   install, if not given
  --action NAME        runs this action of what is installed
  --set NAME=VALUE     a parameter of the action, as JSON or else as a text; may be given several times
  --from VERSION       the version that is there, where no record says it; what is on record must not contradict it
  --namespace NS       where a package of scope `namespace` goes; without it, `default`, or where it is on record
  --home NS            where journal, plan, records and logs are kept; without it, `catalog-system`. It must be there
  --resume             goes on with the run that was killed, or came to rest; it must be of PACKAGE, and of the operation, the version and the
                       namespace as far as they are given
  --decide resume|skip|abandon|take-back           how a run goes on that came to rest
  --delete-data, --delete-custom-resources, --delete-namespace   what an operation deletes only if it is told to
  --skip-hooks, --rollback-on-failure
  --skip-conditions    does not ask the conditions
  --parameters FILE    the parameters of the installation, as YAML or JSON: what conditions with `when` depend on
  --like FILE          a saved cluster, as for `check`: its objects, kinds and version are there when the fake cluster is made; later it is not read
  --fails NAME, --hangs NAME    pods of this hook or action fail, or never end (fake; may be given several times; holds until the next start)
  --crash-after N      ends the program after N effects, as if it were killed
  --format text|json
Exit code: 0 if all is done, 1 if not (the output says how it can go on), 2 if something cannot be read.",
    options: &[
        "cluster", "state", "operation", "action", "set", "from", "namespace", "home", "decide", "fails", "hangs",
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
    reporter: Reporter<'_>,
) -> Result<Answer, Failure> {
    let folder = arguments.option("state").ok_or_else(|| {
        Failure::new("--state FOLDER is missing: the fake cluster is kept there; see --help")
    })?;
    let fake = Fake::open(folder, wish.home, arguments.option("like"))?;
    let named = |option| arguments.options(option).map(str::to_owned).collect();
    fake.set_pods(named("fails"), named("hangs"));
    let answer = run_on(&fake, wish, how, reporter);
    fake.show(folder)?;
    answer
}

fn run_on(
    fake: &Fake,
    wish: &Wish<'_>,
    how: &How,
    mut reporter: Reporter<'_>,
) -> Result<Answer, Failure> {
    let [mut cluster, mut journal, mut clock] = [(); 3].map(|()| fake.clone());
    let name = format!("run-{}", clock.now().as_millis());
    let desk = Desk::new(wish, how, &mut cluster)?;
    let mut machine = desk.machine((&mut cluster, &mut journal), &name)?;
    names::check(
        wish.arguments,
        wish.name(),
        (&desk.shelf.catalog, machine.plan()),
    )?;
    let seen = fake.clone();
    let mut gate = how.gate(&machine, move |requirements| seen.snapshot(requirements));
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

/// What a run is planned from.
pub(crate) struct Desk<'a> {
    wish: &'a Wish<'a>,
    how: &'a How,
    shelf: Shelf,
    instance: Instance,
}

impl<'a> Desk<'a> {
    /// Reads the catalog, and finds the instance.
    pub(crate) fn new(
        wish: &'a Wish<'a>,
        how: &'a How,
        cluster: &mut dyn Cluster,
    ) -> Result<Self, Failure> {
        let shelf = Shelf::open(wish.path, how.resume || wish.may_outlive_catalog())?;
        let instance = Instance::find(wish, &shelf.catalog, cluster)?;
        Ok(Self {
            wish,
            how,
            shelf,
            instance,
        })
    }

    /// A machine for a run of this name, or for the one that is to go on.
    pub(crate) fn machine(
        &self,
        (cluster, journal): (&mut dyn Cluster, &mut dyn JournalStore),
        name: &str,
    ) -> Result<Machine, Failure> {
        let stored = journal
            .load()
            .map_err(|error| Failure::new(format!("the journal cannot be read: {error}")))?;
        let Some(stored) = stored else {
            if self.how.resume {
                return Err(self.nothing_to_resume());
            }
            let plan = self.plan(name, (cluster, &Left::default()))?;
            return Ok(Machine::begin(Arc::new(plan), name, Settings::default()));
        };
        let old = Journal::parse(&stored.text).map_err(failed)?;
        let plan = PinnedPlan::load(cluster, self.wish.home, old.plan()).map_err(failed)?;
        match plan {
            plan if !self.how.resume => self.after((stored, &old), (cluster, plan), name),
            None if old.ended().is_some() => Err(self.nothing_to_resume()),
            None => Err(Failure::new(format!(
                "the plan of the run, {}, is not in namespace `{}` any more",
                old.plan(),
                self.wish.home
            ))),
            Some(plan) => {
                let how = (self.how.decision, Settings::default());
                let plan = Arc::new(plan);
                match Machine::resume(Arc::clone(&plan), stored, name, how) {
                    Err(error) if error.kind() == StartErrorKind::Ended => {
                        Err(self.nothing_to_resume())
                    }
                    machine => {
                        rest::is_meant(&plan, self.wish)?;
                        machine.map_err(failed)
                    }
                }
            }
        }
    }

    /// The last run of which there is a journal may be another than the one that was killed: it is not named.
    fn nothing_to_resume(&self) -> Failure {
        Failure::new(format!(
            "there is nothing to resume of `{}` in namespace `{}`: no run of which there is a journal is under way or came to rest; begin \
             again without --resume and --decide",
            self.wish.name(),
            self.instance.namespace
        ))
    }

    /// A machine for a run after one that came to rest.
    fn after(
        &self,
        (stored, old): (StoredJournal, &Journal),
        (cluster, plan): (&mut dyn Cluster, Option<PinnedPlan>),
        name: &str,
    ) -> Result<Machine, Failure> {
        let left = match plan {
            Some(plan) if old.ended().is_none() => {
                let operation = plan.operations().first().map(|one| one.operation());
                return Err(Failure::new(format!(
                    "`{}` is not over: it is under way, or was killed; go on with it with --resume",
                    operation.map(ToString::to_string).unwrap_or_default()
                )));
            }
            Some(plan) => Left::of(plan, old, self.wish, &self.instance)?,
            None => Left::default(),
        };
        let plan = self.plan(name, (cluster, &left))?;
        let machine = Machine::begin_after(Arc::new(plan), stored, name, Settings::default());
        machine.map_err(|error| Failure::new(format!("{error}: give --resume")))
    }

    fn plan(&self, name: &str, known: (&mut dyn Cluster, &Left)) -> Result<PinnedPlan, Failure> {
        planning::plan(self.wish, (&self.shelf, &self.instance), name, known)
    }
}
