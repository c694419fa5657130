//! Says what one state of a catalog has otherwise than another: `cargo run --release --example diff -- CATALOG_A CATALOG_B`.

mod found;
mod json;
mod rules;
mod text;

use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Output, Program, note, source};
use catalog_model::diff::CatalogState;
use catalog_model::sarif::{self, Tool};
use catalog_model::sync::{SyncWatch, Synced, sync};
use catalog_model::{Catalog, CatalogSource, LoadOptions, crd_safety, load};

use self::found::Found;

const PROGRAM: Program = Program {
    usage: "\
Says what became of the versions of a catalog from one state to another, and who is worse off for it.

usage: diff CATALOG_A CATALOG_B [--format text|json|sarif]

Versions are `added`, `removed`, `broken` (there, and cannot be used any more), `mutated` (both have it, with other content) or `rewritten` (comments,
layout and order alone). Of mutated versions, and of the newest one of each package where it is another than before, is told what is otherwise: by file,
and by meaning, with the places on both sides: metadata, dependencies, conditions, definitions, hooks, modules, parameters; what they add to a cluster
(APIs, objects, permissions, images); what upgrades of CRDs break for whom. A file that the format says nothing of (a template, a text for
people) has an unknown meaning. Then who can no longer be resolved: each version of CATALOG_B alone, without a cluster, with the reason; and who can
by now. Only versions are asked that a change can reach.

These are findings: a mutated version, a broken one, one that can no longer be resolved or is new and cannot, and a CRD break in a mutated version or
from newest to newest where the version does not announce it by another major number (of 0.x: another minor). What is removed is told, as a warning.

  --format               text (default), json, or SARIF 2.1.0 with the findings

A CATALOG is a folder, an archive (.tar, .tar.gz, .tgz) or a repository: git+file:///path#commit:folder. Of two commits what is the same is read once.
Exit code: 0 if there is no finding, 1 if there is one, 2 if something cannot be read.",
    options: &["format"],
    switches: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(diff)
}

fn diff(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let (one, other) = arguments.two("CATALOG_A", "CATALOG_B")?;
    let print: fn(&Found<'_>, &mut Output) = match arguments.option("format").unwrap_or("text") {
        "text" => text::print,
        "json" => json::print,
        "sarif" => print_sarif,
        other => {
            let message = format!("`{other}` is no format: text, json or sarif");
            return Err(Failure::new(message));
        }
    };
    let (old, new) = (source(one)?, source(other)?);
    let (before, after) = read(&old, &new)?;
    for (address, catalog) in [(one, &before), (other, &after)] {
        if catalog.packages().next().is_none() {
            note(format!(
                "warning: no package is in {address}: is it a catalog?"
            ));
        }
    }
    let found = Found::between(
        CatalogState::new(&before).files(&old),
        CatalogState::new(&after).files(&new),
        [(&before, &old), (&after, &new)],
    );
    print(&found, output);
    Ok(match found.count() {
        0 => Answer::Fine,
        _ => Answer::Finding,
    })
}

/// Both catalogs. Two commits share what is the same in both, whatever repositories they are of.
fn read(old: &CatalogSource, new: &CatalogSource) -> Result<(Catalog, Catalog), Failure> {
    let options = LoadOptions::default();
    if old.commit().is_none() || new.commit().is_none() {
        let read = |source: &CatalogSource| load(source, &options);
        return Ok((read(old)?.into_catalog(), read(new)?.into_catalog()));
    }
    let failed = |error: catalog_model::sync::SyncError| Failure::new(error.to_string());
    let empty = Synced::new(options);
    let (first, _) = sync(&empty, old, SyncWatch::default()).map_err(failed)?;
    let (second, _) = sync(&first, new, SyncWatch::default()).map_err(failed)?;
    Ok((first.catalog().clone(), second.catalog().clone()))
}

fn print_sarif(found: &Found<'_>, output: &mut Output) {
    let tool = Tool::new("diff")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_rules(rules::RULES.into_iter().chain(crd_safety::rules()));
    output.json(&sarif::log(&tool, &found.diagnostics()));
}
