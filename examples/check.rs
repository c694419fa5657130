//! Asks a saved cluster what a package wants to know before it is installed:
//! `cargo run --release --example check -- examples/catalogs/observability loki --cluster examples/clusters/production.yaml`.

use std::process::ExitCode;

use catalog_conditions::evaluate::{Context, evaluate};
use catalog_examples::{Answer, Arguments, Failure, Format, Output, Program, catalog, snapshot};
use catalog_model::version::Version;
use catalog_model::{Catalog, Package, Release};
use serde_json::Value;

const PROGRAM: Program = Program {
    usage: "\
Asks a saved cluster what a package wants to know before it is installed.

usage: check CATALOG PACKAGE[@VERSION] --cluster FILE [--namespace NS] [--complete] [--format text|json]

PACKAGE without a version means its newest. FILE is what `kubectl get -o yaml` or `-o json` printed, .gz or not, or a folder of such files.
  --namespace NS  where a package of scope `namespace` would go; without it, `default`
  --complete      the file holds every object of the cluster: what is not in it does not exist
Exit code: 0 if the gate is open, 1 if it is not, 2 if something cannot be read.",
    options: &["cluster", "namespace", "format"],
    switches: &["complete"],
};

fn main() -> ExitCode {
    PROGRAM.run(check)
}

fn check(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = arguments.format()?;
    let (path, package) = arguments.two("CATALOG", "PACKAGE")?;
    let cluster = arguments
        .option("cluster")
        .ok_or_else(|| Failure::new("--cluster FILE is missing; see --help"))?;
    let loaded = catalog(path)?;
    let release = release(loaded.catalog(), package)?;
    let snapshot = snapshot(cluster, arguments.switch("complete"))?;
    let home = arguments.option("namespace").unwrap_or("default");
    let package = loaded.catalog().package(release.package().as_str());
    let namespace = package.map_or(home, |package| package.namespace(home));
    let mut report = evaluate(
        release.conditions(),
        &snapshot,
        &Context::new().with_namespace(namespace),
    );
    catalog_resolve::defer(&mut report, release, loaded.catalog());
    match format {
        Format::Text => {
            output.line(format!("{} {}", release.package(), release.version()));
            output.line(report.to_string());
        }
        Format::Json => {
            let mut json = report.to_json();
            if let Value::Object(object) = &mut json {
                object.insert("package".to_owned(), release.package().as_str().into());
                object.insert("version".to_owned(), release.version().as_str().into());
            }
            output.json(&json);
        }
    }
    Ok(if report.gate().is_open() {
        Answer::Fine
    } else {
        Answer::Finding
    })
}

/// The release that `PACKAGE` or `PACKAGE@VERSION` names.
fn release<'c>(catalog: &'c Catalog, text: &str) -> Result<&'c Release, Failure> {
    let (name, version) = text
        .split_once('@')
        .map_or((text, None), |(name, version)| (name, Some(version)));
    let package = catalog.package(name);
    let package = package.ok_or_else(|| {
        Failure::new(format!("there is no package `{name}` in this catalog"))
            .did_you_mean(catalog.near(name))
    })?;
    let Some(version) = version else {
        return package.newest().ok_or_else(|| {
            Failure::new(format!(
                "no release of `{name}` can be used: {}",
                unusable(package)
            ))
        });
    };
    let wanted = Version::parse(version).map_err(|error| Failure::new(error.to_string()))?;
    catalog.release(name, &wanted).ok_or_else(|| {
        Failure::new(format!(
            "there is no usable `{name}` {version}: {}",
            unusable(package)
        ))
    })
}

fn unusable(package: &Package) -> String {
    let usable: Vec<_> = package
        .releases()
        .iter()
        .map(|release| release.version().as_str())
        .collect();
    let broken: Vec<_> = package
        .unusable()
        .iter()
        .map(|release| release.version())
        .collect();
    format!(
        "usable are [{}], and not usable are [{}]; `validate` says why",
        usable.join(", "),
        broken.join(", ")
    )
}
