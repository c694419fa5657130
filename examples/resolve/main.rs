//! Finds the releases that a request leads to, and the order to install them in, or says why there are none:
//! `cargo run --release --example resolve -- examples/catalogs/observability full-observability --cluster examples/clusters/staging.yaml`.

mod each;
mod print;

use std::path::Path;
use std::process::ExitCode;

use catalog_examples::{
    Answer, Arguments, Failure, Format, Output, Program, catalog, package_and_range, snapshot,
    text_or_gzip,
};
use catalog_resolve::{ClusterView, Item, Outcome, Request, Universe, resolve};
use serde_json::json;

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
            Some(which) => each::each(&offer, which, packages, arguments.format()?, output),
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
            output.json(&print::resolved_json(offer, &resolution))
        }
        (Outcome::Resolved(resolution), Format::Text) => {
            print::resolved_text(offer, &resolution, output)
        }
        (Outcome::Conflict(conflict), format) => {
            print::conflicting(offer.universe(), &request, &conflict, format, output);
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
