//! Finds the releases that a request leads to, and the order to install them in, or says why there are none:
//! `cargo run --release --example resolve -- examples/catalogs/observability full-observability --cluster examples/clusters/staging.yaml`.
//! With `--installed FILE` it starts from what is there.

mod each;
mod explain;
mod lock;
mod print;

use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Offer, Output, Program, installed, package_and_range,
};
use catalog_resolve::{Item, Mode, Outcome, Request, Resolution, resolve};
use serde_json::{Value, json};

use self::lock::{Locking, Settled};

const PROGRAM: Program = Program {
    usage: "\
Finds the releases that a request leads to and the order to install them in, or says why there are none.

usage: resolve CATALOG|UNIVERSE.json[.gz] PACKAGE[@RANGE]... [--cluster FILE] [--namespace NS] [--complete]
               [--installed FILE] [--upgrade PACKAGE|all]... [--remove PACKAGE]... [--autoremove] [--fewest-changes]
               [--parameters [PACKAGE=]FILE]... [--prereleases PACKAGE|all]... [--lock FILE [--locked]] [--explain]
               [--format text|json]
       resolve CATALOG|UNIVERSE.json[.gz] --each newest|every [--format text|json]

RANGE is as in `>=1.2, <2`, `^1.4`, `~> 2.0`, `1.x`; without one, the best release is taken.
  --cluster FILE    a saved cluster: releases whose conditions do not hold on it are left out (catalogs only)
  --namespace NS    where packages of scope `namespace` go; without it, `default`
  --complete        the cluster file holds every object of the cluster
  --installed FILE  what is installed, a list in JSON or YAML: [{\"package\", \"version\", \"namespace\", \"catalog\"?, \"pinned\"?,
                    \"requestedByUser\"?, \"history\"?: [VERSION]}]; it stays as it is if some answer leaves it
  --upgrade P       moves an installed package, or all, to the best release there is an answer with
  --remove P        takes a package away; nothing that stays may need it
  --autoremove      takes away what no user asked for and nothing needs any more
  --fewest-changes  the answer that moves the fewest of the installed packages, before any other preference
  --parameters F    the parameters of a package, as YAML or JSON, or of all that have none of their own: what conditions with `when`
                    depend on
  --prereleases P   allows prereleases of a package, or of all
  --lock FILE       chooses again what FILE holds of an earlier answer, as far as it can, and writes what is chosen there; each release
                    that moves says why, and one that holds something else than when it was locked is a finding
  --locked          nothing may move, and nothing is written: what would move is a finding
  --explain         says of each release who needs it, what keeps it from being newer, and what would lead to a newer one
  --each newest     resolves each package's newest release alone, all in one run; `every`: each release alone
Exit code: 0 if there is an answer, 1 if there is none (with --each: if any has none) or a lock does not hold, 2 if something cannot be
read.",
    options: &[
        "cluster",
        "installed",
        "lock",
        "upgrade",
        "remove",
        "namespace",
        "parameters",
        "prereleases",
        "each",
        "format",
    ],
    switches: &["complete", "autoremove", "fewest-changes", "explain", "locked"],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments, output| {
        let (path, packages) = arguments.first("CATALOG or UNIVERSE.json")?;
        let offer = Offer::read(path, arguments)?;
        match arguments.option("each") {
            Some(_) if arguments.option("lock").is_some() || arguments.switch("locked") => {
                Err(Failure::new("--each has no answer that a lock could hold"))
            }
            Some(which) => each::each(&offer, which, packages, arguments.format()?, output),
            None => one(&offer, packages, arguments, output),
        }
    })
}

fn one(
    offer: &Offer,
    packages: &[String],
    arguments: &Arguments,
    output: &mut Output,
) -> Result<Answer, Failure> {
    let request = offer.request(request(packages, arguments)?);
    let (universe, format) = (offer.universe(), arguments.format()?);
    let locking = Locking::read(arguments)?;
    let request = match &locking {
        Some(locking) => locking.request(request),
        None => request,
    };
    match (resolve(universe, &request), format) {
        (Outcome::Resolved(resolution), _) => {
            let (folder, _) = arguments.first("CATALOG or UNIVERSE.json")?;
            let lock = match &locking {
                Some(locking) => Some(locking.settle(offer, folder, &request, &resolution)?),
                None => None,
            };
            if let Some(lock) = lock.as_ref().filter(|lock| lock.is_broken()) {
                lock.print(format, output);
                return Ok(Answer::Finding);
            }
            let answer = Resolved {
                offer,
                request: &request,
                resolution: &resolution,
                lock: lock.as_ref(),
                is_explained: arguments.switch("explain"),
            };
            answer.print(format, output);
        }
        (Outcome::Conflict(conflict), format) => {
            print::conflicting(universe, &request, &conflict, format, output);
            return Ok(Answer::Finding);
        }
        (Outcome::BudgetExceeded(budget), format) => {
            match format {
                Format::Json => {
                    output.json(&json!({ "status": "budgetExceeded", "steps": budget.steps() }))
                }
                Format::Text => output.line(format!(
                    "no answer was found within {} steps, nor shown not to exist",
                    budget.steps()
                )),
            }
            return Ok(Answer::Finding);
        }
        (_, _) => {
            return Err(Failure::new(
                "this program does not know such an outcome yet",
            ));
        }
    }
    Ok(Answer::Fine)
}

/// An answer, and what else is to be told of it.
struct Resolved<'a> {
    offer: &'a Offer,
    request: &'a Request,
    resolution: &'a Resolution,
    lock: Option<&'a Settled<'a>>,
    is_explained: bool,
}

impl Resolved<'_> {
    fn print(&self, format: Format, output: &mut Output) {
        match format {
            Format::Json => output.json(&self.json()),
            Format::Text => self.text(output),
        }
    }

    fn text(&self, output: &mut Output) {
        print::resolved_text(self.offer, self.resolution, output);
        if self.is_explained {
            let universe = self.offer.universe();
            explain::explained_text(universe, self.request, self.resolution, output);
        }
        if let Some(lock) = self.lock {
            lock.print(Format::Text, output);
        }
    }

    fn json(&self) -> Value {
        let mut answer = print::resolved_json(self.offer, self.resolution);
        let universe = self.offer.universe();
        let explained = self.is_explained;
        let explained =
            explained.then(|| explain::explained_json(universe, self.request, self.resolution));
        if let Some(answer) = answer.as_object_mut() {
            answer.extend(explained.map(|explained| ("explained".to_owned(), explained)));
            answer.extend(self.lock.map(|lock| ("lock".to_owned(), lock.json())));
        }
        answer
    }
}

/// The request that the arguments make.
fn request(packages: &[String], arguments: &Arguments) -> Result<Request, Failure> {
    let changes = ["upgrade", "remove"].map(|option| arguments.option(option).is_some());
    if packages.is_empty() && changes == [false, false] && !arguments.switch("autoremove") {
        return Err(Failure::new("PACKAGE is missing; see --help"));
    }
    let mut request = Request::new().home(arguments.option("namespace").unwrap_or("default"));
    for package in packages {
        let (name, range) = package_and_range(package)?;
        request = request.item(Item::new(name, range));
    }
    for package in arguments.options("prereleases") {
        request = match package {
            "all" => request.all_prereleases(),
            package => request.prereleases_of(package),
        };
    }
    if let Some(path) = arguments.option("installed") {
        request = installed(path)?
            .into_iter()
            .fold(request, Request::installed);
    }
    for package in arguments.options("upgrade") {
        request = match package {
            "all" => request.upgrade_all(),
            package => request.upgrade(package),
        };
    }
    request = arguments.options("remove").fold(request, Request::remove);
    if arguments.switch("autoremove") {
        request = request.autoremove();
    }
    if arguments.switch("fewest-changes") {
        request = request.mode(Mode::FewestChanges);
    }
    Ok(request)
}
