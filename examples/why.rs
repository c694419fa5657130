//! Says who needs a package of those that are installed, and what would go with it:
//! `cargo run --release --example why -- examples/catalogs/observability loki --installed examples/installed/staging.json`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use catalog_conditions::suggest::near;
use catalog_examples::{
    Answer, Failure, Format, Offer, Output, Program, chain_json, installed, notes_json,
};
use catalog_model::InstalledRelease;
use catalog_resolve::{
    Action, Chain, FactKind, Outcome, RemovedRelease, Request, Resolution, Universe, resolve,
};
use serde_json::{Value, json};

const PROGRAM: Program = Program {
    usage: "\
Says who needs an installed package, from what users asked for down to the package, and what would go with it if it were removed.

usage: why CATALOG|UNIVERSE.json[.gz] PACKAGE --installed FILE [--cluster FILE] [--namespace NS] [--complete] [--format text|json]

  --installed FILE  what is installed, a list in JSON or YAML, as `resolve` takes it
  --cluster FILE    a saved cluster, for what it provides by itself (catalogs only)
  --namespace NS    the namespace for which conditions are asked; without it, `default`
  --complete        the cluster file holds every object of the cluster
CATALOG is a folder, an archive or a repository, or several of these as NAME=SOURCE: the first that has a package is asked for it.
Exit code: 0, or 2 if something cannot be read or the package is not installed.",
    options: &["installed", "cluster", "namespace", "format"],
    switches: &["complete"],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments, output| {
        let (given, package) = arguments.catalogs_and_one("CATALOG or UNIVERSE.json", "PACKAGE")?;
        let file = arguments.option("installed");
        let file = file.ok_or_else(|| Failure::new("--installed FILE is missing; see --help"))?;
        let format = arguments.format()?;
        let offer = Offer::read(&given, arguments)?;
        let records = installed(file)?;
        if !records.iter().any(|record| record.package() == package) {
            let names = records.iter().map(InstalledRelease::package);
            let failure = Failure::new(format!("`{package}` is not installed"));
            return Err(failure.did_you_mean(near(package, names)));
        }
        let request = Request::new().home(arguments.option("namespace").unwrap_or("default"));
        let request = offer.request(records.iter().cloned().fold(request, Request::installed));
        let there = resolved(offer.universe(), &request)?;
        let chains = there.why(offer.universe(), package);
        let mut notes = there.notes();
        notes.retain(|note| note.packages().iter().any(|name| name == package));
        let removal = Removal::of(offer.universe(), &request, (package, &records))?;
        match format {
            Format::Json => output.json(&json!({
                "package": package, "chains": chains.iter().map(chain_json).collect::<Vec<_>>(),
                "removal": removal.json(), "notes": notes_json(&notes),
            })),
            Format::Text => {
                text(package, &chains, output);
                removal.text(output);
                for note in &notes {
                    output.line(format!("note: {note}"));
                }
            }
        }
        offer.end(Answer::Fine)
    })
}

fn resolved(universe: &Universe, request: &Request) -> Result<Resolution, Failure> {
    match resolve(universe, request) {
        Outcome::Resolved(resolution) => Ok(resolution),
        Outcome::Conflict(conflict) => Err(Failure::new(conflict.explain().text())),
        _ => Err(Failure::new("no answer was found within the budget")),
    }
}

fn text(package: &str, chains: &[Chain], output: &mut Output) {
    if chains.is_empty() {
        output.line(format!("nobody needs {package}"));
    }
    for chain in chains {
        output.line(chain.to_string());
    }
}

/// What would happen if the package were removed, with all that cannot be without it and all that nothing needs then.
struct Removal {
    /// What cannot be there without it, and what nothing needs any more: package and namespace.
    needing: Vec<(String, String)>,
    unneeded: Vec<(String, String)>,
    /// Other steps, as that something else comes to provide what it did.
    steps: Vec<String>,
}

impl Removal {
    fn of(
        universe: &Universe,
        request: &Request,
        (package, records): (&str, &[InstalledRelease]),
    ) -> Result<Self, Failure> {
        let mut removed = BTreeSet::from([package.to_owned()]);
        // Whoever stays and needs it is named by the conflict, and goes too.
        let resolution = loop {
            let request = without(request, records, &removed).autoremove();
            let Outcome::Conflict(conflict) = resolve(universe, &request) else {
                break resolved(universe, &request)?;
            };
            let conflict = conflict.explain();
            let facts = conflict.facts().iter();
            let staying =
                facts.filter(|fact| matches!(fact.kind(), FactKind::Installed | FactKind::Pin));
            let staying = staying.flat_map(|fact| fact.packages().iter().cloned());
            let before = removed.len();
            removed.extend(staying);
            if removed.len() == before {
                return Err(Failure::new(conflict.text()));
            }
        };
        // What nothing needs already has nothing to do with it.
        let anyway = resolved(universe, &request.clone().autoremove())?;
        let place = |release: &RemovedRelease| {
            (release.package().to_owned(), release.namespace().to_owned())
        };
        let anyway: Vec<_> = anyway.removed().iter().map(place).collect();
        let (needing, unneeded): (Vec<_>, Vec<_>) = resolution
            .removed()
            .iter()
            .filter(|release| release.package() != package)
            .partition(|release| release.is_requested());
        let plan = resolution.plan();
        let steps = plan.steps().iter();
        let steps = steps.filter(|s| !matches!(s.action(), Action::Keep | Action::Uninstall));
        Ok(Self {
            needing: needing.into_iter().map(place).collect(),
            unneeded: unneeded
                .into_iter()
                .map(place)
                .filter(|place| !anyway.contains(place))
                .collect(),
            steps: steps.map(ToString::to_string).collect(),
        })
    }

    fn text(&self, output: &mut Output) {
        for (places, why) in [
            (&self.needing, "which cannot be without it"),
            (&self.unneeded, "which nothing needs then"),
        ] {
            for (package, namespace) in places {
                output.line(format!(
                    "removing it would remove {package} in {namespace}, {why}"
                ));
            }
        }
        for step in &self.steps {
            output.line(format!("removing it would {step}"));
        }
    }

    fn json(&self) -> Value {
        let places = |places: &[(String, String)]| -> Vec<Value> {
            let places = places.iter();
            let places = places
                .map(|(package, namespace)| json!({ "package": package, "namespace": namespace }));
            places.collect()
        };
        json!({ "needing": places(&self.needing), "unneeded": places(&self.unneeded), "steps": self.steps })
    }
}

/// The request that everything of some packages goes.
fn without(
    request: &Request,
    records: &[InstalledRelease],
    packages: &BTreeSet<String>,
) -> Request {
    let gone = records
        .iter()
        .filter(|record| packages.contains(record.package()));
    gone.fold(request.clone(), |request, record| {
        request.remove_from(record.namespace(), record.package())
    })
}
