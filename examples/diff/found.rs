//! All that is found out about two states of a catalog.

use catalog_model::crd_safety::Edge;
use catalog_model::diff::{
    CatalogDiff, CatalogState, Comparison, ReleaseDiff, UnusableVersion, diff,
};
use catalog_model::rule::Rule;
use catalog_model::version::Version;
use catalog_model::{Catalog, CatalogSource, Diagnostic, Severity};
use catalog_resolve::ledger::{ReleaseLedger, between};
use catalog_resolve::{
    ClusterView, ResolvabilityChange, ResolvabilityDiff, ResolvabilityKind, resolvability_diff,
};

use crate::rules::{BROKEN, MUTATED, REMOVED, UNRESOLVABLE, UNUSABLE};

/// What is otherwise.
pub(crate) struct Found<'c> {
    pub(crate) releases: Vec<(ReleaseDiff<'c>, Option<Pair<'c>>)>,
    pub(crate) newest: Vec<Pair<'c>>,
    pub(crate) unusable: Vec<UnusableVersion<'c>>,
    pub(crate) resolvability: ResolvabilityDiff,
}

/// Two releases beside each other.
pub(crate) struct Pair<'c> {
    pub(crate) compared: Comparison<'c>,
    pub(crate) ledger: ReleaseLedger,
    pub(crate) crds: Edge<'c>,
    /// Whether the version says that something breaks.
    pub(crate) is_announced: bool,
}

impl<'c> Found<'c> {
    pub(crate) fn between(
        before: CatalogState<'c>,
        after: CatalogState<'c>,
        sides: [(&Catalog, &'c CatalogSource); 2],
    ) -> Self {
        let found: CatalogDiff<'c> = diff(before, after);
        let [(old, old_files), (new, new_files)] = sides;
        let pair = |compared: &Comparison<'c>| Pair::new(compared, (old_files, new_files));
        let universe = |catalog: &Catalog| ClusterView::without_cluster(catalog);
        let releases = found.releases().iter();
        Self {
            releases: releases
                .map(|one| (one.clone(), one.comparison().map(pair)))
                .collect(),
            newest: found.newest().iter().map(pair).collect(),
            unusable: found.unusable().to_vec(),
            resolvability: resolvability_diff(universe(old).universe(), universe(new).universe()),
        }
    }

    /// How many findings there are.
    pub(crate) fn count(&self) -> usize {
        let diagnostics = self.diagnostics();
        let findings = diagnostics
            .iter()
            .filter(|one| one.severity() == Severity::Error);
        findings.count()
    }

    /// The releases of which this became.
    pub(crate) fn became(
        &self,
        kind: ResolvabilityKind,
    ) -> impl Iterator<Item = &ResolvabilityChange> {
        let changes = self.resolvability.changes().iter();
        changes.filter(move |one| one.kind() == kind)
    }

    /// The findings, and warnings of what is removed and of breaks that are announced.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut told: Vec<Diagnostic> = Vec::new();
        for (release, pair) in &self.releases {
            told.extend(about(release));
            told.extend(pair.iter().flat_map(Pair::breaks));
        }
        told.extend(self.newest.iter().flat_map(Pair::breaks));
        for one in self.unusable.iter().filter(|one| one.is_new()) {
            let (package, version) = (one.package().as_str(), one.version());
            let message = format!("{package} {version} cannot be used: {}", one.reason());
            told.push(of(&UNUSABLE, message).about(package, Some(version)));
        }
        let lost = self.became(ResolvabilityKind::Lost);
        for one in lost.chain(self.became(ResolvabilityKind::NeverHad)) {
            let diagnostic = of(&UNRESOLVABLE, one.to_string());
            let diagnostic = diagnostic.about(one.package(), Some(one.version()));
            let lines = one.explanation().unwrap_or_default().lines().skip(1);
            told.push(lines.fold(diagnostic, |told, line| told.help(line.trim())));
        }
        told
    }
}

/// What is wrong about what became of a release.
fn about(one: &ReleaseDiff<'_>) -> Option<Diagnostic> {
    let (package, version) = (one.package().as_str(), one.release().version().as_str());
    let diagnostic = match one {
        ReleaseDiff::Removed(_) => of(&REMOVED, format!("{package} {version} is gone")),
        ReleaseDiff::Broken(_, why) => {
            let message = format!("{package} {version} can no longer be used: {why}");
            of(&BROKEN, message)
        }
        ReleaseDiff::Mutated(compared) if !compared.is_rewritten() => mutated(one, compared),
        _ => return None,
    };
    Some(diagnostic.about(package, Some(version)))
}

fn mutated(one: &ReleaseDiff<'_>, compared: &Comparison<'_>) -> Diagnostic {
    let (package, version) = (one.package(), one.release().version());
    let what = match compared.changes().first() {
        Some(first) => first.to_string(),
        None => {
            let files: Vec<&str> = compared.files().iter().map(|file| file.path()).collect();
            format!("files whose meaning is not known: {}", files.join(", "))
        }
    };
    let message = format!("{package} {version} has other content than before: {what}");
    let mut diagnostic = of(&MUTATED, message);
    let places = compared.changes().iter();
    let placed = places.clone().find_map(|change| change.after());
    if let Some(place) = placed {
        diagnostic = diagnostic.at(place.file(), place.span());
    }
    let placed = places.clone().find_map(|change| change.before());
    if let Some(place) = placed {
        diagnostic = diagnostic.related(place.file(), place.span(), "it was");
    }
    let more = places.skip(1).map(ToString::to_string);
    more.fold(diagnostic, Diagnostic::help)
}

fn of(rule: &Rule, message: String) -> Diagnostic {
    Diagnostic::new(rule.severity(), rule.code(), message)
}

impl<'c> Pair<'c> {
    fn new(compared: &Comparison<'c>, (old, new): (&CatalogSource, &CatalogSource)) -> Self {
        let (before, after) = (compared.before(), compared.after());
        Self {
            compared: compared.clone(),
            ledger: between((Some(old), before), (Some(new), after)),
            crds: compared.crds(),
            is_announced: is_announced(before.version(), after.version()),
        }
    }

    /// What breaks, as diagnostics: warnings where the version announces it.
    pub(crate) fn breaks(&self) -> Vec<Diagnostic> {
        let severity = match self.is_announced {
            true => Severity::Warning,
            false => Severity::Error,
        };
        let breaks = self.crds.diagnostics().into_iter();
        breaks.map(|one| one.with_severity(severity)).collect()
    }
}

/// Whether another major number says that something breaks; of 0.x, another minor.
fn is_announced(from: &Version, to: &Version) -> bool {
    let line = |version: &Version| match version.major() {
        0 => (0, version.minor()),
        major => (major, 0),
    };
    line(from) != line(to)
}
