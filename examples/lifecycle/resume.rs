//! Which run before goes on, and whether a command line is about it.

use catalog_examples::Failure;
use catalog_hooks::Decision;
use catalog_hooks::journal::{Journal, Journals, KeptJournal};
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::record::InstalledRecord;
use catalog_model::version::{Prereleases, Version, VersionRange};
use catalog_model::{Operation, OperationKind};

use crate::commands::Commands;
use crate::planning::as_options;
use crate::rest::concerns;
use crate::wish::{Kind, Wish};

/// Which run is to go on: the one that is about a package that is named, and is not over.
///
/// # Errors
///
/// There is none, or there are several.
pub(crate) fn to_resume<'j>(
    journals: &'j Journals,
    wish: &Wish<'_>,
) -> Result<Option<&'j KeptJournal>, Failure> {
    let is_named = |kept: &&KeptJournal| {
        wish.each()
            .any(|one| concerns(kept.journal(), one.name(), wish.namespace))
    };
    let named = journals.iter().filter(is_named);
    let mut named: Vec<&KeptJournal> = named.filter(|kept| !kept.is_over()).collect();
    // One that merely did not come to something is not meant where another keeps everybody waiting.
    let foremost = named.iter().map(|kept| kept.state()).min();
    named.retain(|kept| Some(kept.state()) == foremost);
    // Of several, the one is meant that is of all packages that are named.
    let is_whole = |kept: &&KeptJournal| {
        wish.each()
            .all(|one| concerns(kept.journal(), one.name(), wish.namespace))
    };
    if named.iter().any(is_whole) {
        named.retain(is_whole);
    }
    match named.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        several => {
            let runs: Vec<String> = several.iter().map(|kept| instances(kept)).collect();
            Err(Failure::new(format!(
                "several runs are not over, {}: say which is meant, with --namespace or by naming all packages of it",
                runs.join("; ")
            )))
        }
    }
}

/// A run, and what it is about.
fn instances(kept: &KeptJournal) -> String {
    let operations = kept.journal().operations().iter();
    let instances: Vec<String> = operations
        .map(|one| format!("`{}` in `{}`", one.package(), one.namespace()))
        .collect();
    format!("`{}` of {}", kept.journal().run(), instances.join(", "))
}

/// That a run may go on which a command line is about.
///
/// # Errors
///
/// It has no operation on any package that is named, or on one of them another operation, version or namespace; or none on one of which something
/// would have to be done: what was there already, or gone, has none in it.
pub(crate) fn is_meant(
    plan: &PinnedPlan,
    wish: &Wish<'_>,
    records: &[InstalledRecord],
) -> Result<(), Failure> {
    let operations = || plan.operations().iter().map(|one| one.operation());
    let is_named = |one: &Wish<'_>| operations().any(|it| it.package().as_str() == one.name());
    let is_meant = |one: Wish<'_>| operations().any(|it| is_about(&one, it));
    let (named, others): (Vec<Wish<'_>>, Vec<Wish<'_>>) = wish.each().partition(is_named);
    let there: Vec<String> = operations().map(ToString::to_string).collect();
    let there = there.join("`, `");
    let has_nothing_to_do = |one: &Wish<'_>| {
        let is_there = records.iter().any(|record| record.package() == one.name());
        is_there != (one.kind == Kind::Uninstall)
    };
    if !named.is_empty() && named.into_iter().all(is_meant) {
        return match others.iter().find(|one| !has_nothing_to_do(one)) {
            None => Ok(()),
            Some(one) => Err(Failure::new(format!(
                "what is not over is `{there}`, and `{}` is not in it: leave that out, and begin it when this is over",
                one.name()
            ))),
        };
    }
    Err(Failure::new(format!(
        "what is not over is `{there}`, and that is not what was asked for: name its package, and its operation and version or none"
    )))
}

/// That a decision changes something.
///
/// # Errors
///
/// It changes nothing of any operation that came to rest.
pub(crate) fn is_offered(
    plan: &PinnedPlan,
    journal: &Journal,
    decision: Option<Decision>,
    commands: &Commands<'_>,
) -> Result<(), Failure> {
    let Some(decision) = decision else {
        return Ok(());
    };
    let both = plan.operations().iter().zip(journal.operations());
    let resting =
        both.filter(|(_, so_far)| so_far.status().is_open() && so_far.failure().is_some());
    let answers: Vec<(&Operation, Option<String>)> = resting
        .map(|(planned, so_far)| (planned.operation(), planned.refuses(so_far, decision)))
        .collect();
    let refusals: Option<Vec<String>> = answers
        .into_iter()
        .map(|(operation, why)| {
            let why = commands.of(operation, &why?);
            Some(format!("of `{operation}` that changes nothing: {why}"))
        })
        .collect();
    match refusals.as_deref() {
        None | Some([]) => Ok(()),
        Some(refusals) => Err(Failure::new(as_options(&refusals.join("; ")))),
    }
}

/// Whether all that a command line says holds of an operation.
fn is_about(wish: &Wish<'_>, operation: &Operation) -> bool {
    let is_kind = match wish.kind {
        Kind::Install => operation.kind() == OperationKind::Install,
        Kind::Upgrade => operation.kind() == OperationKind::Upgrade,
        Kind::Rollback => operation.kind() == OperationKind::Rollback,
        Kind::Uninstall => operation.kind() == OperationKind::Uninstall,
        Kind::Action => operation.kind() == OperationKind::Action,
    };
    let is_version = |asked: Option<&str>, there: Option<&Version>| {
        asked.is_none_or(|asked| there.is_some_and(|there| fits(asked, there)))
    };
    operation.package().as_str() == wish.name()
        && (is_kind || !wish.is_named)
        && is_version(wish.version(), operation.to().or(operation.from()))
        && is_version(wish.from, operation.from())
        && wish
            .action
            .is_none_or(|asked| operation.action_name() == Some(asked))
        && wish
            .namespace
            .is_none_or(|asked| asked == operation.namespace())
}

/// Whether a version is the one, or in the range, that is named.
fn fits(asked: &str, there: &Version) -> bool {
    let is_it = Version::parse(asked).is_ok_and(|version| version == *there);
    let range = VersionRange::parse(asked);
    is_it || range.is_ok_and(|range| range.matches(there, Prereleases::Allowed))
}
