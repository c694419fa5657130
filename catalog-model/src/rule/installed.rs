//! Rules of records of what is installed.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("installed.type", "a value of an installed release is of the wrong type")
        .because("A record that cannot be read may be of anything: what depends on it would be planned as if it were not there. The file is a list of maps, `[{\"package\", \"version\", \"namespace\"}]`."),
    Rule::error("installed.unknown-key", "a key of an installed release is not known")
        .because("A misspelt `pinned` or `history` would be lost, and the package would be moved or could not go back."),
    Rule::error("installed.package.missing", "an installed release does not say of which package it is")
        .because("Each record names its package, its version and its namespace: without the package, nobody can tell what is there."),
    Rule::error("installed.version.missing", "an installed release does not say which version it is")
        .because("What is there decides where it can move to. A version that no catalog has is fine, and may be any text."),
    Rule::error("installed.namespace.missing", "an installed release does not say where it is")
        .because("A package of scope `namespace` may be in several, and one for the whole cluster lives in one too."),
    Rule::error("installed.apiVersion.missing", "a definition on record does not say of which API it is")
        .because("A definition is found again in the cluster by `apiVersion`, `kind`, `namespace` and `name`; without one of them it may be another's."),
    Rule::error("installed.kind.missing", "a definition on record does not say of which kind it is")
        .because("A definition is found again in the cluster by `apiVersion`, `kind`, `namespace` and `name`; without one of them it may be another's."),
    Rule::error("installed.name.missing", "a definition on record has no name")
        .because("A definition is found again in the cluster by `apiVersion`, `kind`, `namespace` and `name`; without one of them it may be another's."),
    Rule::error("installed.unread", "a snapshot does not hold all records of what is installed")
        .because("What is not known to be installed would be planned as if it were not there: installed a second time, or taken away from those who need it."),
    Rule::error("installed.secret", "a Secret that keeps an installed release cannot be read")
        .because("The snapshot may hold the Secret without its data, as when values are left out of it for safety; or somebody has changed it."),
    Rule::warning("installed.unfinished", "an install or an uninstall was not finished")
        .because("What it left is on record, so that it can be gone on with or uninstalled; but what depends on the package must not be planned as if it were there."),
    Rule::error("installed.twice", "a package is installed twice in one namespace")
        .because("Only one of the records can be true of the cluster. The first counts, which may be the older one."),
    Rule::error("installed.second-document", "a file of installed releases has a second document")
        .because("The records are one list; those of another document would be passed over in silence."),
];
