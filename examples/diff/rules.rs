//! What the findings mean.

use catalog_model::rule::Rule;

pub(crate) static MUTATED: Rule = Rule::error("diff.release.mutated", "a version has other content than before")
    .because("Whoever installed the version has something else than who installs it now, and locks that name its digest are refused. Give changed content a version of its own.");

pub(crate) static BROKEN: Rule = Rule::error("diff.release.broken", "a version can no longer be used")
    .because("It is there and has errors now: nobody can install it, and whoever depends on it may lose that. `validate` says what is wrong.");

pub(crate) static REMOVED: Rule = Rule::warning("diff.release.removed", "a version is gone")
    .because("Locks that hold it can no longer be installed, and whoever has it installed has something that no catalog knows. To take a version back, `yanked` with a reason keeps it for those who have it.");

pub(crate) static UNRESOLVABLE: Rule = Rule::error("diff.release.unresolvable", "a version cannot be resolved")
    .because("Nothing that the catalog offers meets all that the version needs, directly or through others. Without a cluster: what only a cluster provides counts as not there, before and after.");

pub(crate) static UNUSABLE: Rule =
    Rule::error("diff.release.unusable", "a new version cannot be used")
        .because("It came with errors: nobody can install it. `validate` says what is wrong.");

pub(crate) static RULES: [&Rule; 5] = [&BROKEN, &MUTATED, &REMOVED, &UNRESOLVABLE, &UNUSABLE];
