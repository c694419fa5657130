//! Rules of locks.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("lock.type", "a value of a lock is of the wrong type")
        .because("A lock is a map with `lockVersion`, `request` and the list `releases`. One that is read in part would let releases move that nobody wanted to move, so that it is not used at all."),
    Rule::error("lock.unknown-key", "a key of a lock is not known")
        .because("A newer program may have written it and meant something by it, or somebody misspelt it. Either way, what it says would be lost when the file is written again."),
    Rule::error("lock.empty", "a lock is empty")
        .because("Nothing that was locked would be kept. A lock that is not there is fine: remove the file, and it is made anew. One that holds nothing looks like an accident."),
    Rule::error("lock.merge", "a lock holds the lines of a merge that was not finished")
        .because("Two people resolved at a time, and git wrote both answers into one file, which may be an answer to neither request. Take the file as it was on either side, and resolve again: what still fits is kept."),
    Rule::error("lock.cut-off", "a lock ends within a line")
        .because("Whatever writes locks ends each line. Where the last one has no end, the file may have lost the rest, and releases that are not in it would move. Restore it, or end the line if nothing is missing."),
    Rule::error("lock.digest", "a digest in a lock is not whole")
        .because("`sha256:` is followed by 64 digits of `0-9` and `a-f`. A digest that was cut off is that of no release, which would look as if a file of the catalog had changed."),
    Rule::error("lock.digest.other", "the digest of a locked release is not that of its files")
        .because("One of the two was changed by hand, or by a merge. Which of them is the release that was locked cannot be told: restore the file, or take both out and resolve again."),
    Rule::warning("lock.catalog.unknown", "a lock names a catalog that there is not")
        .because("What was locked from it is looked for in the other catalogs, and may move. A catalog that was given another name keeps its releases if it gets the old one again."),
    Rule::error("lock.second-document", "a lock has a second document")
        .because("What it says would be passed over in silence, and lost when the file is written again."),
    Rule::error("lock.lockVersion.missing", "a lock does not say of which version its form is")
        .because("The form may change. What says nothing of it may have been written by another program, and is not guessed at."),
    Rule::error("lock.lockVersion.unknown", "a lock has a form that is not known")
        .because("A newer program wrote it. Reading it as if it were of a form that is known could lose what it says, and this program would write it back without that."),
    Rule::error("lock.request.missing", "a lock does not say what it answers")
        .because("`request` is a digest of what was asked for. Without it, nobody is told that something else is asked for now."),
    Rule::error("lock.releases.missing", "a lock has no list of releases")
        .because("An empty list, `releases: []`, is a lock of nothing; no list at all is a file of which a part is lost."),
    Rule::error("lock.package.missing", "a locked release does not say of which package it is")
        .because("Each release names its package, its version and its namespace: without the package, it keeps nothing."),
    Rule::error("lock.version.missing", "a locked release does not say which version it is")
        .because("The version is what is kept. Without it the package would move to any other."),
    Rule::error("lock.namespace.missing", "a locked release does not say where it goes")
        .because("A package of scope `namespace` may be in several, each at a version of its own."),
    Rule::error("lock.twice", "a package is locked twice in one namespace")
        .because("Only one of them can be kept, and nothing says which. It happens where two locks are merged by hand: remove either and resolve again."),
];
