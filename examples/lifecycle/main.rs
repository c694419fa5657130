//! Carries out operations on packages, on a fake cluster or a real one, and shows each step:
//! `cargo run --release --example lifecycle -- examples/catalogs/observability grafana --cluster fake --state /tmp/fake`.

mod action;
mod calls;
mod cluster;
mod commands;
mod desk;
mod fake;
mod instance;
mod interrupts;
#[cfg(feature = "kube")]
mod kube;
mod like;
mod names;
mod planner;
mod planning;
mod report;
mod request;
mod rest;
mod resume;
mod several;
mod versions;
mod wish;

use std::process::ExitCode;
use std::time::Duration;

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::{Answer, Arguments, Failure, Output, Program};
use catalog_hooks::journal::SecretJournal;
use catalog_hooks::{
    Clock, ConditionsGate, Decision, Gate, Machine, NoConditions, Outcome, Poll, Stop, Surroundings,
};

use self::desk::{Begun, Desk, tidy};
use self::fake::Fake;
use self::interrupts::Interrupts;
use self::planner::Edge;
use self::report::Reporter;
use self::wish::Wish;

const PROGRAM: Program = Program {
    usage: "\
Installs, upgrades, rolls back or uninstalls packages, step by step, and can be killed and resumed.

usage: lifecycle CATALOG PACKAGE[@RANGE]... --cluster fake --state FOLDER [OPTIONS]
       lifecycle CATALOG PACKAGE[@RANGE]... --cluster KUBECONFIG [OPTIONS]

What is installed or upgraded comes with what it needs: the request is resolved as `resolve` does it, beside what is installed, on what the
conditions say of the cluster, and its operations are one run, shown before it begins. What others need is not uninstalled without them. A failure
starts nothing more, and what is done stays.
CATALOG is one: a folder, an archive or a repository.
PACKAGE without a version means the best there is an answer with; for a rollback, the one before; for an uninstall, the one that is there. What a
rollback or an uninstall needs and the catalog does not have any more is taken from the plans that brought it, which are kept in the cluster.
One run is under way at a time. One that came to rest, or was killed, is ended before another that is about one of its packages.
`fake` is an API server within this program, with controllers for Jobs, pods, definitions and workloads that behave as the real ones do; no
container runs, and its time goes by in leaps. It is made anew at each start from the calls that FOLDER/calls.jsonl holds. What is in it after a
run is in FOLDER/cluster.json, as kubectl would print it. KUBECONFIG is a file (`-`: the one that kubectl would use); the program must be built
with `--features kube`.
SIGINT (Ctrl-C) and SIGTERM cancel the run: the hook that runs is stopped, nothing more begins, and the run comes to rest. A second one leaves all
as it is, to go on with --resume. On a real cluster a run holds a Lease in --home, so that there is but one: where one was killed, the next waits
until that Lease has run out, and says how long.
Conditions are evaluated before anything is changed, those that wait for what another package of the run brings just before their own. Charts
become objects of Flux, Terraform modules those of KubeVela's controller.
  --operation install|upgrade|rollback|uninstall|action   install, if not given; a rollback and an action are of one package
  --action NAME        runs this action of what is installed
  --set NAME=VALUE     a parameter of the action, as JSON or else as a text; may be given several times
  --no-dependencies    PACKAGE alone, its newest version unless one is named, whatever it needs or needs it
  --parallel N         up to N operations at a time, of those that do not wait for each other
  --unwind             when an operation fails, what this run did is taken back, last first
  --with-dependants    uninstalls too whatever needs PACKAGE
  --autoremove         takes away too what no user asked for and nothing needs any more
  --from VERSION       the version that is there, where no record says it; what is on record must not contradict it
  --namespace NS       where packages of scope `namespace` go; without it, `default`, or where they are on record
  --home NS            where journal, plan, records and logs are kept; without it, `catalog-system`. It must be there
  --resume             goes on with the run that was killed; it must be of each PACKAGE, and of the operation, the version and the namespace as far
                       as they are given
  --decide resume|skip|abandon|take-back           how a run goes on that came to rest, as its output offers it
  --release-all        lets the Jobs of PACKAGE go whose journal, or the plan of it, is lost or damaged, and gives such a journal up; nothing else is
                       changed: what was done is to be looked at
  --delete-data, --delete-custom-resources, --delete-namespace   what an operation deletes only if it is told to
  --take-ownership     objects of a release that another --home has on record, or none any more, become this one's
  --force-conflicts    fields that other field managers have become this one's
  --skip-hooks, --rollback-on-failure
  --skip-conditions    does not ask the conditions
  --parameters [PACKAGE=]FILE   the parameters of an installation, or of all that have none of their own, as YAML or JSON: what conditions with
                       `when` depend on; a run that is resumed knows them
  --flux-source KIND/NAMESPACE/NAME[/FOLDER]   where Flux finds the catalog, below a folder of it: for charts that lie in packages. KIND is
                       GitRepository or Bucket
  --like FILE          a saved cluster, as for `check`: its objects, kinds and version are there when the fake cluster is made; later it is not read
  --fails NAME, --hangs NAME    pods of this hook or action fail, or never end (fake; may be given several times; holds until the next start)
  --crash-after N      ends the program after N effects, as if it were killed
  --lease SECONDS      how long others wait at most for this run if it is killed, 15 to 3600; without it, 30 (KUBECONFIG)
  --pace MILLIS        takes so long for each effect, to look on
  --format text|json
Exit code: 0 if all is done, 1 if not (the output says how it can go on) or if there is no answer, 2 if something cannot be read.",
    options: &[
        "cluster", "state", "operation", "action", "set", "from", "namespace", "home", "decide", "fails", "hangs",
        "crash-after", "lease", "pace", "parameters", "parallel", "flux-source", "like", "format",
    ],
    switches: &[
        "resume",
        "release-all",
        "delete-data",
        "delete-custom-resources",
        "delete-namespace",
        "take-ownership",
        "force-conflicts",
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
    PROGRAM.run(lifecycle)
}

fn lifecycle(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let wish = Wish::read(arguments, arguments.option("from"))?;
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

/// The decisions, as they are given.
pub(crate) const DECISIONS: [(&str, Decision); 4] = [
    ("resume", Decision::Resume),
    ("skip", Decision::Skip),
    ("take-back", Decision::TakeBack),
    ("abandon", Decision::Abandon),
];

/// How a run begins.
pub(crate) struct How {
    resume: bool,
    release_all: bool,
    decision: Option<Decision>,
    skip_conditions: bool,
    /// How long the Lease of a run lasts on a real cluster that was killed.
    #[cfg_attr(
        not(feature = "kube"),
        expect(dead_code, reason = "a fake cluster has no Lease")
    )]
    lease: Option<Duration>,
}

impl How {
    /// Whether a plan is made: not of what goes on, nor where nothing is done but to let go of what a run holds.
    fn is_planned(&self) -> bool {
        !self.resume && !self.release_all
    }

    fn read(arguments: &Arguments) -> Result<Self, Failure> {
        let decision = match arguments.option("decide") {
            None => None,
            Some(named) => {
                let mut all = DECISIONS.into_iter();
                let known = all
                    .find(|(name, _)| *name == named)
                    .map(|(_, decision)| decision);
                Some(known.ok_or_else(|| {
                    Failure::new(format!(
                        "`{named}` is no decision: resume, skip, abandon or take-back"
                    ))
                })?)
            }
        };
        let resume = arguments.switch("resume") || decision.is_some();
        let release_all = arguments.switch("release-all");
        if resume && release_all {
            return Err(Failure::new(
                "--release-all is for runs whose journal is lost: there is nothing to resume",
            ));
        }
        Ok(Self {
            resume,
            release_all,
            decision,
            skip_conditions: arguments.switch("skip-conditions"),
            lease: lease(arguments)?,
        })
    }

    /// Who evaluates the conditions of the run's plan, on what `read` reads of the cluster.
    pub(crate) fn gate<'g, R>(&self, machine: &Machine, read: R) -> Box<dyn Gate + Send + 'g>
    where
        R: FnMut(&Requirements) -> Snapshot + Send + 'g,
    {
        match self.skip_conditions {
            true => Box::new(NoConditions),
            false => Box::new(ConditionsGate::new(machine.plan(), read)),
        }
    }
}

/// How long the Lease lasts, if it is said.
fn lease(arguments: &Arguments) -> Result<Option<Duration>, Failure> {
    let Some(text) = arguments.option("lease") else {
        return Ok(None);
    };
    match text.parse() {
        Ok(seconds @ 15..=3600) => Ok(Some(Duration::from_secs(seconds))),
        _ => Err(Failure::new(format!(
            "`--lease {text}` is no duration of a Lease: write 15 to 3600 seconds"
        ))),
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
    let [mut cluster, mut clock] = [(); 2].map(|()| fake.clone());
    let name = format!("run-{}", clock.now().as_millis());
    let desk = Desk::new(wish, how, &mut cluster)?.with_what_is_there(&mut cluster)?;
    let mut read = |requirements: &Requirements| fake.snapshot(requirements);
    let edge = Edge {
        cluster: &mut cluster,
        read: (!how.skip_conditions).then_some(&mut read),
    };
    let Some(begun) = desk.begin(edge, &name, &mut reporter)? else {
        return Ok(Answer::Finding);
    };
    let Begun {
        mut machine,
        journal,
    } = begun;
    let mut journal = SecretJournal::new(fake.clone(), journal);
    names::check(wish.arguments, &desk.shelf.catalog, machine.plan())?;
    reporter.begin(&machine);
    let seen = fake.clone();
    let mut gate = how.gate(&machine, move |requirements| seen.snapshot(requirements));
    let mut surroundings = Surroundings {
        cluster: &mut cluster,
        journal: &mut journal,
        modules: None,
        gate: &mut gate,
        clock: &mut clock,
    };
    let outcome = drive(&mut surroundings, &mut machine, &mut reporter)?;
    // Whoever has the file has the cluster for itself.
    tidy(&machine, &mut cluster, || true);
    Ok(reporter.end(&machine, &outcome, &desk.commands(&mut cluster)))
}

/// As [`Surroundings::drive`] does it, with an ear for signals: the first cancels the run, the second leaves it to be resumed.
fn drive(
    surroundings: &mut Surroundings<'_>,
    machine: &mut Machine,
    reporter: &mut Reporter<'_>,
) -> Result<Outcome, Failure> {
    let interrupts = Interrupts::listen()?;
    loop {
        if interrupts.take() {
            machine.cancel();
        }
        let next = machine.poll(surroundings.clock.now());
        reporter.show(&next);
        match next {
            Poll::Do(effect) => {
                let id = effect.id;
                let answer = surroundings.carry_out(effect);
                machine.answer(id, answer);
            }
            Poll::Wait(wait) => surroundings.clock.wait(&wait),
            _ => break,
        }
    }
    Ok(machine
        .outcome()
        .unwrap_or(Outcome::Stopped(Stop::Detached)))
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
