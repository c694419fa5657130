//! Asks a saved cluster what a package wants to know before it is installed:
//! `cargo run --release --example check -- examples/catalogs/observability loki --cluster examples/clusters/production.yaml`.

use std::process::ExitCode;

use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::snapshot::Snapshot;
use catalog_examples::{
    Answer, Arguments, Choice, Failure, Format, Output, Program, diagnostics_json, parameters,
    snapshot,
};
use catalog_model::{LoadOptions, Release};
use serde_json::Value;

const PROGRAM: Program = Program {
    usage: "\
Asks a saved cluster what a package wants to know before it is installed.

usage: check CATALOG PACKAGE[@VERSION] --cluster FILE [--namespace NS] [--parameters FILE] [--complete] [--explain]
             [--format text|json]
       check CATALOG PACKAGE[@VERSION] --print-reads|--print-rbac [--cluster FILE] [--namespace NS]

PACKAGE without a version means its newest. FILE is what `kubectl get -o yaml` or `-o json` printed, .gz or not, or a folder of such files.
  --namespace NS  where a package of scope `namespace` would go; without it, `default`
  --parameters FILE  the parameters of the installation, as YAML or JSON: what conditions with `when` depend on
  --explain       says of each question how far its path led, and what is there
  --complete      the file holds every object of the cluster: what is not in it does not exist
  --print-reads   asks nothing, but prints a shell script that reads with kubectl what the package asks about, and prints it as a FILE
  --print-rbac    asks nothing, but prints the roles that allow those reads, for `kubectl apply -f -`; the plurals of kinds that are not
                  Kubernetes' own come from FILE (`kubectl get --raw /apis/GROUP/VERSION`, or the CRDs)
CATALOG is a folder, an archive or a repository, or several of these as NAME=SOURCE: the first that has a package is asked for it.
Exit code: 0 if the gate is open, 1 if it is not (or if a plural is missing), 2 if something cannot be read.",
    options: &["cluster", "namespace", "parameters", "format"],
    switches: &["complete", "explain", "print-reads", "print-rbac"],
};

fn main() -> ExitCode {
    PROGRAM.run(check)
}

fn check(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let printed = printed(arguments)?;
    let (given, package) = arguments.catalogs_and_one("CATALOG", "PACKAGE")?;
    let cluster = arguments.option("cluster");
    if cluster.is_none() && printed.is_none() {
        return Err(Failure::new("--cluster FILE is missing; see --help"));
    }
    let choice = Choice::read(&given, LoadOptions::default())?;
    let (catalog, release) = choice.release(package)?;
    let snapshot = match cluster {
        Some(cluster) => snapshot(cluster, arguments.switch("complete"))?,
        None => Snapshot::default(),
    };
    let home = arguments.option("namespace").unwrap_or("default");
    let package = choice.package(release.package().as_str());
    let namespace = package.map_or(home, |package| package.namespace(home));
    let mut context = Context::new().with_namespace(namespace);
    if let Some(path) = arguments.option("parameters") {
        context = context.with_parameters(parameters(path)?);
    }
    if arguments.switch("explain") {
        context = context.explaining();
    }
    if let Some(printed) = printed {
        return choice.end(print(printed, release, &context, &snapshot, output));
    }
    // What the cluster's own CRDs refuse is a mistake of the author, and never an answer.
    let diagnostics = release.conditions().check_schemas(snapshot.crds());
    let mut report = evaluate(release.conditions(), &snapshot, &context);
    catalog_resolve::defer(&mut report, release, choice.catalogs());
    match format {
        Format::Text => {
            output.diagnostics(&diagnostics);
            let of = catalog.map_or_else(String::new, |name| format!(" of the catalog {name}"));
            output.line(format!("{} {}{of}", release.package(), release.version()));
            output.lines(report.to_string());
        }
        Format::Json => {
            let mut json = report.to_json();
            if let Value::Object(object) = &mut json {
                object.insert("package".to_owned(), release.package().as_str().into());
                object.insert("version".to_owned(), release.version().as_str().into());
                object.insert("diagnostics".to_owned(), diagnostics_json(&diagnostics));
                object.extend(catalog.map(|name| ("catalog".to_owned(), name.into())));
            }
            output.json(&json);
        }
    }
    let answer = if report.gate().is_open() {
        Answer::Fine
    } else {
        Answer::Finding
    };
    choice.end(answer)
}

/// What is printed instead of answers.
#[derive(Clone, Copy)]
enum Printed {
    Reads,
    Rbac,
}

fn printed(arguments: &Arguments) -> Result<Option<Printed>, Failure> {
    let printed = match (
        arguments.switch("print-reads"),
        arguments.switch("print-rbac"),
    ) {
        (false, false) => return Ok(None),
        (true, false) => Printed::Reads,
        (false, true) => Printed::Rbac,
        (true, true) => {
            return Err(Failure::new(
                "--print-reads and --print-rbac print one thing each: choose one",
            ));
        }
    };
    match arguments.option("format") {
        None | Some("text") => Ok(Some(printed)),
        Some(_) => Err(Failure::new(
            "--format has no place beside --print-reads and --print-rbac: they print a script and YAML",
        )),
    }
}

fn print(
    printed: Printed,
    release: &Release,
    context: &Context,
    snapshot: &Snapshot,
    output: &mut Output,
) -> Answer {
    let requirements = release.conditions().requirements(context);
    match printed {
        Printed::Reads => {
            output.verbatim(requirements.kubectl_script(snapshot).trim_end());
            Answer::Fine
        }
        Printed::Rbac => {
            let rbac = requirements.rbac(snapshot);
            let yaml = rbac.to_yaml(&format!("{}-conditions", release.package()));
            output.verbatim(match yaml.trim_end() {
                "" => "# No rule is needed: what is asked, every user may read.",
                roles => roles,
            });
            match rbac.unresolved().next() {
                None => Answer::Fine,
                Some(_) => Answer::Finding,
            }
        }
    }
}
