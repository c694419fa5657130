//! Finds the releases that a request leads to, and the order to install them in, or says why there are none:
//! `cargo run --release --example resolve -- examples/catalogs/observability full-observability --cluster examples/clusters/staging.yaml`.

mod each;
mod print;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use catalog_conditions::evaluate::Context;
use catalog_examples::{
    Answer, Arguments, Failure, Format, Output, Program, catalog, package_and_range, parameters,
    snapshot, text_or_gzip,
};
use catalog_model::{Catalog, Release};
use catalog_resolve::{ClusterView, Item, Outcome, Request, Universe, resolve};
use serde_json::{Value, json};

const PROGRAM: Program = Program {
    usage: "\
Finds the releases that a request leads to and the order to install them in, or says why there are none.

usage: resolve CATALOG|UNIVERSE.json[.gz] PACKAGE[@RANGE]... [--cluster FILE] [--namespace NS] [--complete]
               [--parameters [PACKAGE=]FILE]... [--prereleases PACKAGE|all]... [--format text|json]
       resolve CATALOG|UNIVERSE.json[.gz] --each newest|every [--format text|json]

RANGE is as in `>=1.2, <2`, `^1.4`, `~> 2.0`, `1.x`; without one, the best release is taken.
  --cluster FILE    a saved cluster: releases whose conditions do not hold on it are left out (catalogs only)
  --namespace NS    where packages of scope `namespace` go; without it, `default`
  --complete        the cluster file holds every object of the cluster
  --parameters F    the parameters of a package, as YAML or JSON, or of all that have none of their own: what conditions with `when`
                    depend on
  --prereleases P   allows prereleases of a package, or of all
  --each newest     resolves each package's newest release alone, all in one run; `every`: each release alone
Exit code: 0 if there is an answer, 1 if there is none (with --each: if any has none), 2 if something cannot be read.",
    options: &[
        "cluster",
        "namespace",
        "parameters",
        "prereleases",
        "each",
        "format",
    ],
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
            let parameters = Parameters::read(loaded.catalog(), arguments)?;
            return Ok(Self::Catalog(match cluster {
                Some(file) => ClusterView::on_with(
                    loaded.catalog(),
                    &snapshot(file, arguments.switch("complete"))?,
                    home,
                    &|release, context| parameters.of(release, context),
                ),
                None => ClusterView::without_cluster(loaded.catalog()),
            }));
        }
        if cluster.is_some() || arguments.option("parameters").is_some() {
            return Err(Failure::new(
                "--cluster and --parameters need a catalog: a universe has no conditions",
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

/// What packages are to be installed with.
#[derive(Default)]
struct Parameters {
    of_all: Option<Value>,
    of_one: BTreeMap<String, Value>,
}

impl Parameters {
    fn read(catalog: &Catalog, arguments: &Arguments) -> Result<Self, Failure> {
        let mut read = Self::default();
        for argument in arguments.options("parameters") {
            match argument.split_once('=') {
                Some((package, path)) if catalog.package(package).is_some() => {
                    read.of_one.insert(package.to_owned(), parameters(path)?);
                }
                _ => read.of_all = Some(parameters(argument)?),
            }
        }
        Ok(read)
    }

    fn of(&self, release: &Release, context: Context) -> Context {
        let own = self.of_one.get(release.package().as_str());
        match own.or(self.of_all.as_ref()) {
            Some(parameters) => context.with_parameters(parameters.clone()),
            None => context,
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
