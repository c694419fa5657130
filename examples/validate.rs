//! Prints all that is wrong with a catalog: `cargo run --release --example validate -- examples/catalogs/broken`.

use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Output, Program, diagnostics_json};
use catalog_model::rule::{near, rule, rules};
use catalog_model::sarif::{self, Tool};
use catalog_model::{Diagnostic, FolderSource, Level, LoadOptions, Loaded, Severity, github, load};
use serde_json::json;

const PROGRAM: Program = Program {
    usage: "\
Prints all that is wrong with a catalog.

usage: validate CATALOG [OPTION...]
       validate --explain RULE

  --format text|json|sarif|github   how: for people (the default), for scripts, as SARIF 2.1.0, as annotations of GitHub Actions
  --strict                          unknown keys in metadata.yaml and modules.yaml are errors
  --allow RULE                      keep back what a rule says
  --warn RULE                       make it a warning
  --deny RULE                       make it an error
  --suppressed                      with text: show what is kept back, too (json and sarif always have it)
  --explain RULE                    say what a rule means, and why it is there

RULE is a code such as yaml.ambiguous, or `warnings` or `notes` for all of them; of several for one rule the last counts. Errors can be
neither allowed nor made warnings. A file can allow a rule by a comment: `# catalog: allow(RULE, reason)`.

CATALOG is a folder. Exit code: 0 without errors (warnings are none), 1 with errors, 2 if the catalog cannot be read.",
    options: &["format", "allow", "warn", "deny", "explain"],
    switches: &["strict", "suppressed"],
};

fn main() -> ExitCode {
    PROGRAM.run(validate)
}

fn validate(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    if let Some(code) = arguments.option("explain") {
        arguments.none()?;
        return explain(code, output);
    }
    let print = printer(arguments.option("format").unwrap_or("text"))?;
    let source = FolderSource::open(arguments.one("CATALOG")?)?;
    let loaded = load(&source, &options(arguments)?)?;
    print(&loaded, arguments.switch("suppressed"), output);
    Ok(if loaded.has_errors() {
        Answer::Finding
    } else {
        Answer::Fine
    })
}

fn explain(code: &str, output: &mut Output) -> Result<Answer, Failure> {
    let Some(rule) = rule(code) else {
        return Err(Failure::new(format!("there is no rule `{code}`")).did_you_mean(near(code)));
    };
    output.line(rule.to_markdown().trim_end());
    Ok(Answer::Fine)
}

fn options(arguments: &Arguments) -> Result<LoadOptions, Failure> {
    let mut options = LoadOptions::default();
    options.strict = arguments.switch("strict");
    for (option, rule) in arguments.in_order(&["allow", "warn", "deny"]) {
        let level = match option {
            "allow" => Level::Allow,
            "warn" => Level::Warning,
            _ => Level::Error,
        };
        let set = options.levels.set(rule, level);
        set.map_err(|error| Failure::new(format!("--{option}: {error}")))?;
    }
    Ok(options)
}

type Print = fn(&Loaded, bool, &mut Output);

fn printer(format: &str) -> Result<Print, Failure> {
    match format {
        "text" => Ok(text),
        "json" => Ok(json),
        "sarif" => Ok(sarif),
        "github" => Ok(github),
        other => Err(Failure::new(format!(
            "`{other}` is no format: text, json, sarif or github"
        ))),
    }
}

fn text(loaded: &Loaded, suppressed: bool, output: &mut Output) {
    output.diagnostics(loaded.diagnostics());
    if suppressed && !loaded.suppressed().is_empty() {
        output.line("kept back:\n");
        output.diagnostics(loaded.suppressed());
    }
    output.line(summary(loaded));
}

fn json(loaded: &Loaded, _: bool, output: &mut Output) {
    let (packages, versions, usable) = counts(loaded);
    output.json(&json!({
        "packages": packages, "versions": versions, "usable": usable,
        "diagnostics": diagnostics_json(loaded.diagnostics()),
        "suppressed": diagnostics_json(loaded.suppressed()),
    }));
}

fn sarif(loaded: &Loaded, _: bool, output: &mut Output) {
    let tool = Tool::new("catalog-validate")
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_rules(rules());
    let all = loaded.diagnostics().iter().chain(loaded.suppressed());
    output.json(&sarif::log(&tool, all));
}

fn github(loaded: &Loaded, _: bool, output: &mut Output) {
    for diagnostic in loaded.diagnostics() {
        output.line(github::annotation(diagnostic));
    }
}

/// Packages, versions, and versions that can be installed.
fn counts(loaded: &Loaded) -> (usize, usize, usize) {
    let packages = || loaded.catalog().packages();
    let usable = packages().map(|package| package.releases().len()).sum();
    let unusable = packages()
        .map(|package| package.unusable().len())
        .sum::<usize>();
    (packages().count(), usable + unusable, usable)
}

fn summary(loaded: &Loaded) -> String {
    let (packages, versions, usable) = counts(loaded);
    let count = |severity| {
        let of_severity = |diagnostic: &&Diagnostic| diagnostic.severity() == severity;
        loaded.diagnostics().iter().filter(of_severity).count()
    };
    let suppressed = match loaded.suppressed().len() {
        0 => String::new(),
        count => format!(", {count} kept back"),
    };
    format!(
        "{packages} packages, {versions} versions, {usable} usable: {} errors, {} warnings, {} notes{suppressed}",
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note)
    )
}
