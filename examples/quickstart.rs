//! The whole line on the example data: a catalog is loaded, checked against two saved clusters and resolved; for the cluster on which
//! the newest bundle cannot run it is said why and what would help, for the other a plan and its hook Jobs are printed.
//!
//! `cargo run --release --example quickstart`

use std::process::ExitCode;

use catalog_examples::{Answer, Failure, Output, Program, catalog, snapshot};
use catalog_hooks::{OperationContext, hook_jobs};
use catalog_model::{Catalog, Package};
use catalog_resolve::{ClusterView, Outcome, Plan, Request, resolve};

const PROGRAM: Program = Program {
    usage: "\
Loads the example catalog, checks and resolves a bundle on two saved clusters, and prints an explanation and a plan.

usage: quickstart",
    options: &[],
    switches: &[],
};

const EXAMPLES: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> ExitCode {
    PROGRAM.run(|arguments, output| {
        arguments.none()?;
        let loaded = catalog(&format!("{EXAMPLES}/catalogs/observability"))?;
        let releases: usize = loaded
            .catalog()
            .packages()
            .map(|package: &Package| package.releases().len())
            .sum();
        output.line(format!(
            "{} packages, {releases} releases, {} diagnostics",
            loaded.catalog().packages().count(),
            loaded.diagnostics().len()
        ));
        for cluster in ["production", "staging"] {
            output.lines(format!("\n== full-observability >=2 on {cluster}\n"));
            install(loaded.catalog(), cluster, output)?;
        }
        Ok(Answer::Fine)
    })
}

/// What would happen if somebody pressed "install" on a cluster.
fn install(catalog: &Catalog, cluster: &str, output: &mut Output) -> Result<(), Failure> {
    let snapshot = snapshot(&format!("{EXAMPLES}/clusters/{cluster}.yaml"), false)?;
    let view = ClusterView::on(catalog, &snapshot, "default");
    let request = Request::new()
        .install("full-observability", ">=2")
        .map_err(|error| Failure::new(error.to_string()))?;
    let request = view.request(request);
    match resolve(view.universe(), &request) {
        Outcome::Resolved(resolution) => {
            let plan = resolution.plan();
            output.lines(plan.to_string());
            for release in resolution.releases() {
                for deferred in view.deferred(release.package(), release.version()) {
                    output.line(format!(
                        "\"{}\" of {} is asked again once {} is there",
                        deferred.condition(),
                        release.package(),
                        deferred.needs()
                    ));
                }
            }
            hooks(catalog, &plan, output)?;
        }
        Outcome::Conflict(conflict) => {
            let explanation = conflict.explain();
            let repairs = conflict.repairs(&explanation);
            output.lines(explanation.text_with(&repairs));
        }
        _ => output.line("no answer was found within the budget"),
    }
    Ok(())
}

/// The Jobs around each step.
fn hooks(catalog: &Catalog, plan: &Plan, output: &mut Output) -> Result<(), Failure> {
    output.lines("\nhooks:");
    for operation in plan
        .operations()
        .map_err(|error| Failure::new(error.to_string()))?
    {
        let to = operation
            .to()
            .and_then(|version| catalog.release(operation.package().as_str(), version));
        let context = OperationContext::new("quickstart", operation.package().as_str())
            .map_err(|error| Failure::new(error.to_string()))?;
        let jobs = hook_jobs(&operation, &context, None, to)
            .map_err(|error| Failure::new(error.to_string()))?;
        for job in jobs.jobs() {
            output.line(format!(
                "  {operation}: {} {} as Job {}/{}",
                job.occasion(),
                job.hook(),
                job.namespace(),
                job.name()
            ));
        }
    }
    Ok(())
}
