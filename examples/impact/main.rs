//! Says what packages would do to a cluster: `cargo run --release --example impact -- examples/catalogs/observability loki
//! --cluster examples/clusters/staging.yaml --policy examples/policies/careful.yaml`.

mod plan;
mod print;

use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Output, Program, conflicting, text_or_gzip};
use catalog_model::{Severity, SourceFile};
use catalog_resolve::policy::Policy;
use catalog_resolve::{Outcome, resolve};
use serde_json::json;

use self::plan::{World, request};
use self::print::{Impact, OutputFormat};

const PROGRAM: Program = Program {
    usage: "\
Says what installing packages would do to a cluster, before anything is done: what becomes of each definition that the cluster has, what would break and
for whom, what the server would refuse, all that comes with the plan (APIs, objects, permissions, webhooks, images, ways to the node), and what a policy
forbids of it.

usage: impact CATALOG PACKAGE[@RANGE]... --cluster FILE [--policy FILE] [--installed FILE] [--namespace NS] [--complete] [--format text|json|sarif]

  --cluster FILE    what the cluster has: `kubectl get -A -o yaml --show-managed-fields ...`, or a folder of such files, packed or not
  --complete        the cluster file holds everything: what is not in it is not there
  --policy FILE     rules that allow and deny; catalog-resolve/POLICY.md has what they can say
  --installed FILE  what is installed: then a plan upgrades, and what its releases have more than those before is told
  --namespace NS    where packages of scope namespace go; default: default
  --format          text (default), json, or SARIF 2.1.0

A definition is up to date, to be installed, changes, would go back, is nobody's, is somebody else's, is not known, or breaks, worst last. Compared is what
it states; what it states no more, and which fields are others', is seen where the cluster was saved with --show-managed-fields. No value is printed that
may be secret.

CATALOG is a folder, an archive or a repository, or several of these as NAME=SOURCE with falling priority.
Exit code: 0 if there is a plan, no definition is worse than changed, and the policy forbids nothing; 1 if not; 2 if something cannot be read.",
    options: &["cluster", "policy", "installed", "namespace", "format"],
    switches: &["complete"],
};

fn main() -> ExitCode {
    PROGRAM.run(impact)
}

fn impact(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    let format = OutputFormat::of(arguments)?;
    let (given, packages) = arguments.catalogs("CATALOG")?;
    let request = request(packages, arguments)?;
    let policy = arguments.option("policy").map(policy).transpose()?;
    let world = World::read(&given, arguments)?;
    let request = world.view().request(request);
    let answer = match resolve(world.view().universe(), &request) {
        Outcome::Resolved(resolution) => {
            let impact = Impact::of(&world, &resolution, policy.as_ref());
            impact.print(format, output);
            impact.answer()
        }
        Outcome::Conflict(conflict) => {
            let explanation = conflict.explain();
            let repairs = conflict.repairs(&explanation);
            conflicting(&explanation, &repairs, format.of_conflict(), output);
            Answer::Finding
        }
        Outcome::BudgetExceeded(budget) => {
            output.json(&json!({ "status": "budgetExceeded", "steps": budget.steps() }));
            Answer::Finding
        }
        _ => {
            return Err(Failure::new(
                "this program does not know such an outcome yet",
            ));
        }
    };
    world.end(answer)
}

fn policy(path: &str) -> Result<Policy, Failure> {
    let file = SourceFile::new(path, text_or_gzip(path)?);
    let (policy, diagnostics) = Policy::read(&file);
    let mut errors = diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error);
    match (policy, errors.next()) {
        (Some(policy), None) => Ok(policy),
        (_, Some(error)) => Err(Failure::new(match error.help_lines().first() {
            Some(help) => format!("{error}; {help}"),
            None => error.to_string(),
        })),
        (None, None) => Err(Failure::new(format!("{path}: this is no policy"))),
    }
}
