//! Says what an upgrade of CRDs breaks: `cargo run --release --example crd-safety -- examples/crds/old.yaml examples/crds/new.yaml`.

mod files;
mod print;

use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Output, Program, catalog, note};
use catalog_model::crd_safety::{EdgeOptions, edges, near, rule};
use catalog_model::{Package, PackageName};

use self::files::{objects, read};
use self::print::{Comparison, Upgrades, printer};

const PROGRAM: Program = Program {
    usage: "\
Says what breaks for whom when CustomResourceDefinitions are replaced by others.

usage: crd-safety OLD NEW [--objects FILE] [--format text|json|sarif]
       crd-safety --catalog CATALOG [PACKAGE] [--consecutive] [--limit N] [--format text|json|sarif]
       crd-safety --explain RULE

OLD and NEW are files of YAML or JSON, packed or not, with one or several CRDs, lists among them; other objects are passed over, and `-` is standard
input. CRDs are matched by name. OLD may come from a cluster (`kubectl get crd NAME -o yaml`): then the versions in its `status.storedVersions` count.

  --objects FILE         the objects of these kinds in the cluster (`kubectl get NAME -A -o yaml`): which of them a break hits is told, where it can be
  --catalog CATALOG      every upgrade that a catalog allows, instead of two files, or those of one package
  --consecutive          only from each version to the next, whatever the metadata allow
  --limit N              of a package with more upgrades than N, the CRDs in them counted too, only those from each version to the next, and a warning;
                         without it, 20000
  --format               text with source lines (default), json, or SARIF 2.1.0
  --explain RULE         say what a rule means, such as crd.field.removed; CRD-BREAKS.md has all of them

Whom a break hits: `apply` (the server refuses the CRD), `read` (a version is not served, fields are dropped or come out otherwise), `create` (a manifest
that was valid is refused), `update` (what is stored can no longer be changed elsewhere). A CRD that only OLD has counts as a break: who removes it removes
all its objects.

CATALOG is a folder, an archive (.tar, .tar.gz, .tgz) or a repository: git+file:///path#branch:folder, with or without branch and folder.
Exit code: 0 if nothing breaks, 1 if something does, 2 if something cannot be read.",
    options: &["objects", "catalog", "format", "explain", "limit"],
    switches: &["consecutive"],
};

fn main() -> ExitCode {
    PROGRAM.run(crd_safety)
}

fn crd_safety(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    if let Some(code) = arguments.option("explain") {
        arguments.none()?;
        return explain(code, output);
    }
    let print = printer(arguments)?;
    let upgrades = match arguments.option("catalog") {
        Some(address) => of_catalog(address, arguments)?,
        None if arguments.switch("consecutive") => {
            return Err(Failure::new(
                "--consecutive is about the versions of a --catalog",
            ));
        }
        None if arguments.option("limit").is_some() => {
            return Err(Failure::new("--limit is about the versions of a --catalog"));
        }
        None => of_files(arguments)?,
    };
    print(&upgrades, output);
    Ok(if upgrades.has_breaks() {
        Answer::Finding
    } else {
        Answer::Fine
    })
}

fn of_files(arguments: &Arguments) -> Result<Upgrades, Failure> {
    let (old, new) = arguments.two("OLD", "NEW")?;
    if (old, new) == ("-", "-") {
        return Err(Failure::new(
            "only one of OLD and NEW can be standard input",
        ));
    }
    let objects = arguments.option("objects").map(objects).transpose()?;
    let (old, new) = (read(old)?, read(new)?);
    Ok(Upgrades::between(&old, &new, objects.as_deref()))
}

fn of_catalog(address: &str, arguments: &Arguments) -> Result<Upgrades, Failure> {
    if arguments.option("objects").is_some() {
        return Err(Failure::new(
            "--objects goes with OLD and NEW, not with --catalog",
        ));
    }
    let loaded = catalog(address)?;
    let mut options = EdgeOptions::default();
    options.consecutive = arguments.switch("consecutive");
    if let Some(limit) = arguments.option("limit") {
        let failure = || Failure::new(format!("--limit takes a number, and no `{limit}`"));
        options.limit = limit.parse().map_err(|_| failure())?;
    }
    let edges = edges(loaded.catalog(), &options);
    let comparisons = |edge| Comparison::of_edge(edge);
    let Ok((package, _)) = arguments.first("PACKAGE") else {
        edges.thinned().iter().for_each(|package| thinned(package));
        return Ok(Upgrades::new(edges.all().iter().flat_map(comparisons)));
    };
    let package = arguments.one("PACKAGE").map(|_| package)?;
    if loaded.catalog().package(package).is_none() {
        let failure = Failure::new(format!("there is no package `{package}` in this catalog"));
        return Err(failure.did_you_mean(loaded.catalog().near(package)));
    }
    let is_it = |name: &PackageName| name.as_str() == package;
    let of_it = edges.thinned().iter().filter(|one| is_it(one.name()));
    of_it.for_each(|package| thinned(package));
    let edges = edges.all().iter().filter(|edge| is_it(edge.to().package()));
    Ok(Upgrades::new(edges.flat_map(comparisons)))
}

/// Says of a package that not all of its upgrades were looked at.
fn thinned(package: &Package) {
    note(format!(
        "warning: `{}` has too many upgrades among its {} versions to look at all: only those from each version to the next were; raise --limit for all, or have \
         its metadata say what each version replaces",
        package.name(),
        package.releases().len()
    ));
}

fn explain(code: &str, output: &mut Output) -> Result<Answer, Failure> {
    let Some(rule) = rule(code) else {
        return Err(Failure::new(format!("there is no rule `{code}`")).did_you_mean(near(code)));
    };
    output.lines(rule.to_markdown().trim_end());
    Ok(Answer::Fine)
}
