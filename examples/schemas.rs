//! Writes the JSON Schemas of the format's files, which editors understand: `cargo run --example schemas -- --out schemas`.

use std::path::Path;
use std::process::ExitCode;

use catalog_examples::{Answer, Arguments, Failure, Output, Program};
use catalog_model::schema;

const PROGRAM: Program = Program {
    usage: "\
Prints the JSON Schemas (draft-07) of the files of a catalog, or writes them into a folder.

usage: schemas [--out FOLDER]

FOLDER gets metadata.json, definitions.json, conditions.json, hooks.json and modules.json. Exit code: 0, or 2 if it cannot be written.",
    options: &["out"],
    switches: &[],
};

fn main() -> ExitCode {
    PROGRAM.run(schemas)
}

fn schemas(arguments: &Arguments, output: &mut Output) -> Result<Answer, Failure> {
    arguments.none()?;
    let Some(folder) = arguments.option("out") else {
        output.json(&schema::all().into_iter().collect());
        return Ok(Answer::Fine);
    };
    let folder = Path::new(folder);
    let failure = |path: &Path, error| Failure::new(format!("`{}`: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| failure(folder, error))?;
    for (kind, schema) in schema::all() {
        let path = folder.join(format!("{kind}.json"));
        std::fs::write(&path, format!("{schema:#}\n")).map_err(|error| failure(&path, error))?;
        output.line(path.display().to_string());
    }
    Ok(Answer::Fine)
}
