//! Every file of the corpus is loaded strictly: a valid one gives no error, an invalid one exactly the error that its first line names.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod corpus;

use catalog_model::{LoadOptions, Severity, load};

/// The errors of a file's package.
fn errors(case: &corpus::Case) -> Vec<String> {
    let mut options = LoadOptions::default();
    options.strict = true;
    let loaded = load(&case.catalog(), &options).unwrap();
    let errors = loaded.diagnostics().iter();
    let errors = errors.filter(|diagnostic| diagnostic.severity() == Severity::Error);
    errors
        .map(|diagnostic| diagnostic.code().to_owned())
        .collect()
}

#[test]
fn the_strict_loader_says_of_each_file_what_its_first_line_expects() {
    let cases = corpus::cases();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let found = errors(case);
            (!found.iter().map(String::as_str).eq(case.expected()))
                .then(|| format!("{}: {found:?}", case.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let valid = cases
        .iter()
        .filter(|case| case.expected().is_none())
        .count();
    println!(
        "{} files: {valid} valid, {} invalid",
        cases.len(),
        cases.len() - valid
    );
    // A corpus that lost its files would pass as well.
    assert!(
        valid >= 80 && cases.len() - valid >= 380,
        "the corpus has shrunk"
    );
}
