//! Prints all that is wrong with a catalog: `cargo run --release --example validate -- examples/catalogs/broken`.

mod diff;
mod fix;
mod print;
mod replace;
mod several;

use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Choice, Failure, Given, Output, Program, source};
use catalog_model::parameters::ParameterLimits;
use catalog_model::rule::{near, rule};
use catalog_model::{FolderSource, Level, LoadOptions, load};

use self::fix::{Fixes, fix};
use self::print::printer;

const PROGRAM: Program = Program {
    usage: "\
Prints all that is wrong with a catalog, and mends what can be mended without asking.

usage: validate CATALOG [OPTION...]
       validate --explain RULE

  --format text|json|sarif|github   how: for people (the default), for scripts, as SARIF 2.1.0, as annotations of GitHub Actions
  --strict                          unknown keys in metadata.yaml and modules.yaml are errors
  --allow RULE                      keep back what a rule says
  --warn RULE                       make it a warning
  --deny RULE                       make it an error
  --suppressed                      with text: show what is kept back, too (json and sarif always have it)
  --fix                             mend the files where there is one thing that can have been meant, then print what is left;
                                    what was ignored before (a misspelled key) counts from then on, and is marked as such
  --dry-run                         with --fix: write nothing, print the changes as a unified diff (json has it as `diff`)
  --explain RULE                    say what a rule means, and why it is there

RULE is a code such as yaml.ambiguous, or `warnings` or `notes` for all of them. What counts for a warning or a note, from the top:
  1. --deny with the rule by its name: nothing overrules it
  2. a comment in the file that it is about: `# catalog: allow(RULE, reason)`
  3. --allow or --warn with the rule by its name (of several options for one rule the last counts)
  4. the same, or --deny, for `warnings` or `notes`
Errors, and with --strict unknown keys, can be neither allowed nor made warnings.

What lies inside modules is checked too, where `modules.yaml` says `path`: Chart.yaml, values.yaml and values.schema.json of charts, the
variables of Terraform modules, and the `values` that `modules.yaml` sets in them. A version with an error there is as little usable as any.

--fix keeps comments and layout, and leaves what is read-only or reached by a link. It makes no fix by which a release could not be used any
more. Each file is replaced as a whole by a new one with the same mode and, where the system lets you give files away, the same owner and group;
extended attributes and access control lists are not kept, and another name of the same file (a hard link) keeps the old text.

CATALOG is a folder, an archive (.tar, .tar.gz, .tgz) or a repository: git+file:///path#branch:folder, with or without branch and folder;
one of another machine (git+ssh://…, git+git://…, with the feature `https` git+https://…) is fetched into CATALOG_GIT_CACHE, else ~/.cache/catalog.
Of several, as NAME=SOURCE with falling priority, text and json tell one after another, and then which releases are not the same in all;
--fix, --suppressed and other formats are about one CATALOG without a name.
--fix mends folders alone. Exit code: 0 without errors (warnings are none), 1 with errors, 2 if the catalog cannot be read or a file that is to be
mended cannot be written. With --fix the errors that count are those that are left.",
    options: &["format", "allow", "warn", "deny", "explain"],
    switches: &["strict", "suppressed", "fix", "dry-run"],
};

fn main() -> ExitCode {
    PROGRAM.run(validate)
}

fn validate(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    if let Some(code) = arguments.option("explain") {
        arguments.none()?;
        return explain(code, output);
    }
    let print = printer(arguments)?;
    let given = arguments.catalogs_alone("CATALOG")?;
    let options = options(arguments)?;
    let folder = match given.as_slice() {
        [
            Given {
                name: None,
                address,
            },
        ] => *address,
        _ => return several::validate(&Choice::read(&given, options)?, arguments, output),
    };
    let (loaded, fixes) = match arguments.switch("fix") {
        true => {
            // What is in an archive or in a commit stays as it is.
            let source = FolderSource::open(folder)?;
            let (loaded, fixes) = fix(&source, folder, &options, arguments.switch("dry-run"))?;
            (loaded, Some(fixes))
        }
        false => (load(&source(folder)?, &options)?, None),
    };
    print(&loaded, fixes.as_ref(), output);
    if let Some(failure) = fixes.as_ref().and_then(Fixes::failure) {
        return Err(failure);
    }
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
    output.lines(rule.to_markdown().trim_end());
    Ok(Answer::Fine)
}

fn options(arguments: &Arguments) -> Result<LoadOptions, Failure> {
    let mut options = LoadOptions::default();
    options.strict = arguments.switch("strict");
    options.modules = Some(ParameterLimits::default());
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
