//! Finds the releases that a request leads to, and the order to install them in, or says why there are none:
//! `cargo run --release --example resolve -- examples/catalogs/observability full-observability --cluster examples/clusters/staging.yaml`.
//! With `--installed FILE` it starts from what is there.

mod each;
mod explain;
mod ledger;
mod lock;
mod picture;
mod print;

use std::collections::BTreeSet;
use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Given, Offer, Output, Program, conflicting, installed,
    note, package_and_range,
};
use catalog_model::InstalledRelease;
use catalog_resolve::ledger::OperationLedger;
use catalog_resolve::{Item, Mode, Outcome, Request, Resolution, resolve};
use serde_json::{Value, json};

use self::lock::{Locking, Settled};

const PROGRAM: Program = Program {
    usage: "\
Finds the releases that a request leads to and the order to install them in, or says why there are none.

usage: resolve CATALOG|UNIVERSE.json[.gz] PACKAGE[@RANGE]... [--cluster FILE] [--namespace NS] [--complete]
               [--installed FILE] [--upgrade PACKAGE|all]... [--remove PACKAGE]... [--autoremove] [--fewest-changes]
               [--parameters [PACKAGE=]FILE]... [--prereleases PACKAGE|all]... [--lock FILE [--locked]] [--explain]
               [--ledger] [--format text|json|dot|mermaid]
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
                    that moves says why, and one that holds something else than when it was locked is a finding. A digest in it that is not that
                    of its files is refused, and a catalog in it that is not given is told of
  --locked          nothing may move, and nothing is written: what would move is a finding
  --explain         says of each release who needs it, what keeps it from being newer, and what would lead to a newer one
  --ledger          lists what each step adds to the cluster (APIs, objects, permissions, images, hooks) and what is not known of it; of
                    one CATALOG without a name
  --format dot      the plan as a graph for Graphviz; `mermaid`: for Mermaid; the reason why there is none goes to standard error
  --each newest     resolves each package's newest release alone, all in one run; `every`: each release alone
An upgrade whose CRDs break something for those who apply, read or update goes by other releases if there is a way on which nothing breaks, and
says so; else it says what breaks. Whether a version of a CRD that goes is stored is known if the cluster file has the CRD.
CATALOG is a folder, an archive or a repository, or several of these as NAME=SOURCE with falling priority (`resolve ours=./ours
community=c.tgz loki`): a release of a lower one is taken where no answer is left with the higher, and the answer says so. Each release names
its catalog then, and where it lies. What several have with the same files is one release, of each of them; of what they have with other files
the first has its way, and the answer says so. A catalog that cannot be read is told of, and the others answer; the exit code is 2.
Exit code: 0 if there is an answer, 1 if there is none (with --each: if any has none, or cannot be read) or a lock does not hold, 2 if something cannot be
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
    switches: &["complete", "autoremove", "fewest-changes", "explain", "ledger", "locked"],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments, output| {
        let (given, packages) = arguments.catalogs("CATALOG or UNIVERSE.json")?;
        let offer = Offer::read(&given, arguments)?;
        let answer = match arguments.option("each") {
            Some(_) if arguments.option("lock").is_some() || arguments.switch("locked") => {
                Err(Failure::new("--each has no answer that a lock could hold"))
            }
            Some(which) => each::each(&offer, which, packages, arguments.format()?, output),
            None => one((&given, &offer), packages, arguments, output),
        }?;
        offer.end(answer)
    })
}

fn one(
    (given, offer): (&[Given<'_>], &Offer),
    packages: &[String],
    arguments: &Arguments,
    output: &mut Output,
) -> Result<Answer, Failure> {
    let records = arguments.option("installed").map(installed).transpose()?;
    let installed = records.unwrap_or_default();
    let request = offer.request(request(packages, &installed, arguments)?);
    let request = offer.safely(request, &installed);
    let upgraded = arguments.options("upgrade");
    let named = request.items().iter().map(Item::package).chain(upgraded);
    let unusable = offer.unusable();
    for package in BTreeSet::from_iter(named) {
        unusable.tell_of(package);
    }
    let (universe, picture) = (offer.universe(), arguments.picture());
    let format = match picture {
        Some(_) => Format::Text,
        None => arguments.format()?,
    };
    let locking = Locking::read(arguments, given)?;
    let request = match &locking {
        Some(locking) => locking.request(request),
        None => request,
    };
    match (resolve(universe, &request), format) {
        (Outcome::Resolved(resolution), _) => {
            let lock = match &locking {
                Some(locking) => Some(locking.settle(offer, given, &request, &resolution)?),
                None => None,
            };
            if let Some(lock) = lock.as_ref().filter(|lock| lock.is_broken()) {
                match picture {
                    Some(_) => lock.lines().iter().for_each(note),
                    None => lock.print(format, output),
                }
                return Ok(Answer::Finding);
            }
            if let Some(picture) = picture {
                picture::draw(&resolution.plan(), picture, output);
                return Ok(Answer::Fine);
            }
            let ledger = match arguments.switch("ledger") {
                true => Some(ledger::operations(given, offer, &resolution)?),
                false => None,
            };
            let answer = Resolved {
                offer,
                request: &request,
                resolution: &resolution,
                lock: lock.as_ref(),
                is_explained: arguments.switch("explain"),
                ledger,
            };
            answer.print(format, output);
        }
        (Outcome::Conflict(conflict), _) if picture.is_some() => {
            conflict.explain().text().lines().for_each(note);
            return Ok(Answer::Finding);
        }
        (Outcome::Conflict(conflict), format) => {
            let explanation = conflict.explain();
            let repairs = conflict.repairs(&explanation);
            conflicting(&explanation, &repairs, format, output);
            return Ok(Answer::Finding);
        }
        (Outcome::BudgetExceeded(budget), format) => {
            match format {
                Format::Json => {
                    output.json(&json!({ "status": "budgetExceeded", "steps": budget.steps() }))
                }
                Format::Text => {
                    let steps = budget.steps();
                    let text =
                        format!("no answer was found within {steps} steps, nor shown not to exist");
                    match picture {
                        Some(_) => note(text),
                        None => output.line(text),
                    }
                }
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
    ledger: Option<Vec<OperationLedger>>,
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
        for operation in self.ledger.iter().flatten() {
            output.line("");
            output.lines(operation.to_string().trim_end());
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
            let operations = self.ledger.iter().map(|operations| {
                let operations = operations.iter().map(OperationLedger::to_json);
                ("ledger".to_owned(), operations.collect())
            });
            answer.extend(operations);
        }
        answer
    }
}

/// The request that the arguments make.
fn request(
    packages: &[String],
    installed: &[InstalledRelease],
    arguments: &Arguments,
) -> Result<Request, Failure> {
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
    request = installed.iter().cloned().fold(request, Request::installed);
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
