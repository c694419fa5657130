//! Modules whose files lie in the package.

use crate::module::files::ModuleFile;

/// Files that Terraform does not run, by the end of their names.
const BESIDE: [&str; 6] = [
    ".md",
    ".txt",
    ".tftest.hcl",
    ".terraform.lock.hcl",
    "LICENSE",
    ".gitignore",
];
/// Folders of a module that are no part of it, by Terraform's own layout.
const APART: [&str; 4] = ["examples/", "tests/", "test/", "docs/"];

/// All files as one text, which is all that a `Configuration` holds; Terraform reads the files of a folder as if they were one.
pub(super) fn hcl(files: Vec<ModuleFile>) -> Result<String, String> {
    let part = |file: &ModuleFile| {
        let path = file.path.as_str();
        !BESIDE.iter().any(|end| path.ends_with(end))
            && !APART.iter().any(|folder| path.starts_with(folder))
    };
    let mut text = String::new();
    for file in files.into_iter().filter(part) {
        let is_single = file.path.is_empty();
        if !is_single && (file.path.contains('/') || !file.path.ends_with(".tf")) {
            return Err(format!(
                "it reads `{}`, but a `Configuration` holds one text of HCL: put all into `.tf` files of one folder, or publish the module and name it as `remote`",
                file.path
            ));
        }
        if !is_single {
            text.push_str(&format!("# {}\n", file.path));
        }
        text.push_str(file.text.trim_end());
        text.push('\n');
    }
    if text.trim().is_empty() {
        return Err(
            "its folder holds no `.tf` file: add one, or name the module as `remote`".to_owned(),
        );
    }
    Ok(text)
}
