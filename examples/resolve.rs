//! Finds the releases that a request leads to, and the order to install them in, or says why there are none:
//! `cargo run --release --example resolve -- examples/catalogs/observability full-observability --cluster examples/clusters/staging.yaml`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Output, Program, catalog, package_and_range, snapshot,
    text_or_gzip,
};
use catalog_model::version::VersionRange;
use catalog_resolve::{
    ClusterView, Conflict, Item, Outcome, Request, Resolution, Universe, repairs, resolve,
};
use serde_json::{Value, json};

const PROGRAM: Program = Program {
    usage: "\
Finds the releases that a request leads to and the order to install them in, or says why there are none.

usage: resolve CATALOG|UNIVERSE.json[.gz] PACKAGE[@RANGE]... [--cluster FILE] [--namespace NS] [--complete]
               [--prereleases PACKAGE|all]... [--format text|json]
       resolve CATALOG|UNIVERSE.json[.gz] --each newest|every [--format text|json]

RANGE is as in `>=1.2, <2`, `^1.4`, `~> 2.0`, `1.x`; without one, the best release is taken.
  --cluster FILE    a saved cluster: releases whose conditions do not hold on it are left out (catalogs only)
  --namespace NS    where packages of scope `namespace` go; without it, `default`
  --complete        the cluster file holds every object of the cluster
  --prereleases P   allows prereleases of a package, or of all
  --each newest     resolves each package's newest release alone, all in one run; `every`: each release alone
Exit code: 0 if there is an answer, 1 if there is none (with --each: if any has none), 2 if something cannot be read.",
    options: &["cluster", "namespace", "prereleases", "each", "format"],
    switches: &["complete"],
};

fn main() -> ExitCode {
    PROGRAM.run(|arguments, output| {
        let (path, packages) = arguments.first("CATALOG or UNIVERSE.json")?;
        let offer = Offer::read(path, arguments)?;
        match arguments.option("each") {
            Some(which) => each(&offer, which, packages, arguments.format()?, output),
            None => one(&offer, packages, arguments, output),
        }
    })
}

/// What there is to choose from.
enum Offer {
    Catalog(ClusterView),
    Universe(Universe),
}

impl Offer {
    fn read(path: &str, arguments: &Arguments) -> Result<Self, Failure> {
        let cluster = arguments.option("cluster");
        if !Path::new(path).is_file() {
            let loaded = catalog(path)?;
            let home = arguments.option("namespace").unwrap_or("default");
            return Ok(Self::Catalog(match cluster {
                Some(file) => ClusterView::on(
                    loaded.catalog(),
                    &snapshot(file, arguments.switch("complete"))?,
                    home,
                ),
                None => ClusterView::without_cluster(loaded.catalog()),
            }));
        }
        if cluster.is_some() {
            return Err(Failure::new(
                "--cluster needs a catalog: a universe has no conditions",
            ));
        }
        let universe = Universe::from_json(&text_or_gzip(path)?);
        universe
            .map(Self::Universe)
            .map_err(|error| Failure::new(format!("{path}: {error}")))
    }

    fn universe(&self) -> &Universe {
        match self {
            Self::Catalog(view) => view.universe(),
            Self::Universe(universe) => universe,
        }
    }

    fn request(&self, request: Request) -> Request {
        match self {
            Self::Catalog(view) => view.request(request),
            Self::Universe(_) => request,
        }
    }
}

fn one(
    offer: &Offer,
    packages: &[String],
    arguments: &Arguments,
    output: &mut Output,
) -> Result<Answer, Failure> {
    if packages.is_empty() {
        return Err(Failure::new("PACKAGE is missing; see --help"));
    }
    let mut request = Request::new().home(arguments.option("namespace").unwrap_or("default"));
    for package in packages {
        let (name, range) = package_and_range(package)?;
        request = request.item(Item::new(name, range));
    }
    for package in arguments.options("prereleases") {
        request = if package == "all" {
            request.all_prereleases()
        } else {
            request.prereleases_of(package)
        };
    }
    let request = offer.request(request);
    let format = arguments.format()?;
    match (resolve(offer.universe(), &request), format) {
        (Outcome::Resolved(resolution), Format::Json) => {
            output.json(&resolved_json(offer, &resolution))
        }
        (Outcome::Resolved(resolution), Format::Text) => resolved_text(offer, &resolution, output),
        (Outcome::Conflict(conflict), format) => {
            conflicting(offer.universe(), &request, &conflict, format, output);
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

fn resolved_json(offer: &Offer, resolution: &Resolution) -> Value {
    let releases: Vec<Value> = resolution
        .releases()
        .iter()
        .map(|release| {
            let mut value = json!({
                "name": release.package(), "version": release.version().as_str(),
                "namespace": release.namespace(), "neededBy": release.needed_by(),
            });
            if let Some(catalog) = release.catalog() {
                value["catalog"] = catalog.into();
            }
            value
        })
        .collect();
    let steps: Vec<Value> = resolution
        .plan()
        .steps()
        .iter()
        .map(|step| json!({ "package": step.package(), "action": step.action().as_str(), "to": step.to().as_str(), "namespace": step.namespace(), "level": step.level() }))
        .collect();
    let (deferred, not_evaluated) = conditions(offer, resolution);
    json!({
        "status": "resolved", "releases": releases, "plan": { "steps": steps, "orphans": [] },
        "deferred": deferred.iter().map(|(package, condition, needs)| json!({ "package": package, "condition": condition, "needs": needs })).collect::<Vec<_>>(),
        "notEvaluated": not_evaluated.iter().map(|(package, conditions)| json!({ "package": package, "conditions": conditions })).collect::<Vec<_>>(),
    })
}

/// Conditions that wait for a release of the plan, and packages whose conditions nobody asked.
fn conditions<'r>(
    offer: &Offer,
    resolution: &'r Resolution,
) -> (Vec<(&'r str, String, String)>, Vec<(&'r str, usize)>) {
    let Offer::Catalog(view) = offer else {
        return (Vec::new(), Vec::new());
    };
    let deferred = resolution.releases().iter().flat_map(|release| {
        let deferred = view
            .deferred(release.package(), release.version().as_str())
            .iter();
        deferred.map(|deferred| {
            (
                release.package(),
                deferred.condition().to_owned(),
                deferred.needs().to_string(),
            )
        })
    });
    (deferred.collect(), view.not_evaluated(resolution).collect())
}

fn resolved_text(offer: &Offer, resolution: &Resolution, output: &mut Output) {
    let releases = resolution.releases().iter();
    let needed_by: BTreeMap<_, _> = releases
        .map(|release| {
            (
                (release.package(), release.namespace()),
                release.needed_by(),
            )
        })
        .collect();
    output.line("level  action");
    for step in resolution.plan().steps() {
        let askers = needed_by
            .get(&(step.package(), step.namespace()))
            .map(|names| names.join(", "));
        let why = askers
            .filter(|names| !names.is_empty())
            .map_or_else(String::new, |names| format!("  (needed by {names})"));
        output.line(format!(
            "{:>5}  {} {} {} in {}{why}",
            step.level() + 1,
            step.action(),
            step.package(),
            step.to(),
            step.namespace()
        ));
    }
    let (deferred, not_evaluated) = conditions(offer, resolution);
    for (package, condition, needs) in deferred {
        output.line(format!(
            "asked again before {package} is installed: \"{condition}\", which waits for {needs}"
        ));
    }
    for (package, count) in not_evaluated {
        output.line(format!(
            "not asked, there being no cluster: {count} conditions of {package}"
        ));
    }
}

fn conflicting(
    universe: &Universe,
    request: &Request,
    conflict: &Conflict,
    format: Format,
    output: &mut Output,
) {
    let repairs = repairs(universe, request, conflict);
    if format == Format::Text {
        return output.line(conflict.explanation_with(&repairs));
    }
    let facts = conflict.facts().iter().map(|fact| json!({ "kind": fact.kind().as_str(), "text": fact.text(), "packages": fact.packages() }));
    let changes = repairs.iter().map(|repair| {
        let releases = repair.resolution().releases().iter().map(
            |release| json!({ "name": release.package(), "version": release.version().as_str() }),
        );
        json!({ "change": repair.change(), "releases": releases.collect::<Vec<_>>() })
    });
    output.json(&json!({
        "status": "conflict", "explanation": conflict.explanation(), "facts": facts.collect::<Vec<_>>(), "repairs": changes.collect::<Vec<_>>(),
    }));
}

/// Resolves releases one by one, each alone.
fn each(
    offer: &Offer,
    which: &str,
    packages: &[String],
    format: Format,
    output: &mut Output,
) -> Result<Answer, Failure> {
    if !packages.is_empty() {
        return Err(Failure::new("--each asks for all packages: name none"));
    }
    let universe = offer.universe();
    let (mut requests, mut unreadable) = (Vec::new(), 0);
    for package in universe.package_names() {
        let versions = match which {
            "newest" => Vec::from_iter(universe.newest_version(package)),
            "every" => universe.versions(package),
            other => {
                return Err(Failure::new(format!(
                    "`--each {other}` means nothing: newest or every"
                )));
            }
        };
        // Asked for all the same: a release that cannot be read has no answer, and none of the others stands in for it.
        let unusable = universe.unusable_versions(package).len();
        unreadable += match which {
            "newest" => usize::from(versions.is_empty() && unusable > 0),
            _ => unusable,
        };
        requests.extend(versions.into_iter().map(|version| (package, version)));
    }
    let start = Instant::now();
    let mut conflicted = Vec::new();
    for (package, version) in &requests {
        let range = VersionRange::parse(&format!("={version}"))
            .map_err(|error| Failure::new(error.to_string()))?;
        let request = offer.request(Request::new().item(Item::new(*package, range)));
        if let Outcome::Conflict(conflict) = resolve(universe, &request) {
            conflicted.push((*package, version.as_str(), conflict));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let resolved = requests.len() - conflicted.len();
    match format {
        Format::Json => output.json(&json!({
            "requests": requests.len() + unreadable, "resolved": resolved, "conflicts": conflicted.len(), "unreadable": unreadable, "seconds": seconds,
            "conflicted": conflicted.iter().map(|(name, version, conflict)| json!({ "name": name, "version": version, "facts": conflict.facts().len() })).collect::<Vec<_>>(),
        })),
        Format::Text => {
            for (_, _, conflict) in &conflicted {
                output.line(conflict.explanation());
            }
            output.line(format!("{} requests: {resolved} resolved, {} conflicts, {unreadable} unreadable; {seconds:.3} s", requests.len() + unreadable, conflicted.len()));
        }
    }
    Ok(if conflicted.is_empty() {
        Answer::Fine
    } else {
        Answer::Finding
    })
}
