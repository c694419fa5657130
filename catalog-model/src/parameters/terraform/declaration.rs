//! What Terraform takes in a `variable` block.

use catalog_conditions::{Diagnostic, suggest};
use hcl_edit::Ident;

/// The arguments of a variable. `deprecated` is OpenTofu's; `const` came with Terraform 1.15.
const ARGUMENTS: [&str; 8] = [
    "const",
    "default",
    "deprecated",
    "description",
    "ephemeral",
    "nullable",
    "sensitive",
    "type",
];
/// Its only block, and the arguments of that.
pub(super) const VALIDATION: &str = "validation";
const OF_VALIDATION: [&str; 2] = ["condition", "error_message"];

/// What means something else where a module is called, so that no variable could be set by it.
const RESERVED: [&str; 10] = [
    "_",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "locals",
    "provider",
    "providers",
    "source",
    "version",
];

/// What is wrong with the name of a variable.
pub(super) fn wrong_name(name: &str) -> Option<Diagnostic> {
    let (message, help) = if RESERVED.contains(&name) {
        (
            format!(
                "`{name}` is no name for a variable: `module` blocks use it for something else"
            ),
            "give the variable another name",
        )
    } else if Ident::try_new(name).is_err() {
        (
            format!("`{name}` is no name for a variable"),
            "begin with a letter or `_`, and go on with letters, digits, `_` and `-`",
        )
    } else {
        return None;
    };
    Some(Diagnostic::error("terraform.variable.name", message).help(help))
}

/// An argument that no variable has.
pub(super) fn unknown_argument(name: &str) -> Option<Diagnostic> {
    unknown(name, &ARGUMENTS, "argument of a variable")
}

/// An argument that no `validation` block has.
pub(super) fn unknown_of_validation(name: &str) -> Option<Diagnostic> {
    unknown(name, &OF_VALIDATION, "argument of a `validation` block")
}

/// A block that no variable has.
pub(super) fn unknown_block(name: &str) -> Option<Diagnostic> {
    unknown(name, &[VALIDATION], "block of a variable")
}

/// The arguments and the block in one, as JSON does not tell them apart.
pub(super) fn unknown_key(name: &str) -> Option<Diagnostic> {
    match name == VALIDATION {
        true => None,
        false => unknown_argument(name),
    }
}

fn unknown(name: &str, known: &[&str], noun: &str) -> Option<Diagnostic> {
    if known.contains(&name) {
        return None;
    }
    let message = format!("`{name}` is no {noun}");
    let near = suggest::near(name, known.iter().copied());
    let diagnostic = Diagnostic::error("terraform.variable.unknown-key", message);
    Some(
        diagnostic
            .help("Terraform refuses the module")
            .did_you_mean(near),
    )
}
