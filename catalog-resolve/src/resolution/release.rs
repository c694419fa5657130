//! One release of an answer.

use std::sync::Arc;

use catalog_model::version::Version;

use super::askers::Askers;
use super::asking::Asking;
use super::hops::{Hop, way};
use super::links::Links;
use super::passing::{Awaited, Passing};
use crate::encode::Encoder;
use crate::engine::{Value, Var};
use crate::safety::UpgradeBreak;

/// One release of a [`Resolution`](super::Resolution).
#[derive(Clone, Debug)]
pub struct ResolvedRelease {
    askers: Arc<Askers>,
    /// Its position among all releases.
    position: usize,
    /// The version, unless no catalog has it.
    pub(crate) release: Option<Version>,
    /// The version otherwise.
    opaque: Option<String>,
    catalog: Option<String>,
    also_in: Vec<String>,
    digest: Option<String>,
    preferred_catalog: Option<String>,
    namespace: Arc<str>,
    installed: Option<String>,
    is_kept: bool,
    pub(super) is_requested: bool,
    /// Whether a user wants it, be it that it was installed before.
    pub(crate) is_wanted: bool,
    pub(crate) is_downwards: bool,
    hops: Vec<Hop>,
    breaks: Vec<UpgradeBreak>,
    avoided: Vec<UpgradeBreak>,
    /// Whether the budget ended among its ways.
    pub(super) is_way_cut: bool,
    /// Positions of what it depends on, among all releases.
    pub(crate) needs: Vec<usize>,
    /// Those of them that have to come before it, if that is not all: it moves, and what is installed does not do.
    waits: Option<Vec<usize>>,
    /// Positions of other dependencies, which it would rather come after.
    pub(crate) follows: Vec<usize>,
    /// Positions of who provides what it requires, which it would rather come after too.
    pub(crate) providers: Vec<usize>,
    /// What the releases on its way find if a step is done at the right time.
    pub(crate) awaited: Vec<Awaited>,
}

impl ResolvedRelease {
    pub(super) fn new(
        encoder: &Encoder<'_>,
        (askers, position): (&Arc<Askers>, usize),
        on_the_way: (&Passing<'_, '_>, &Asking<'_>),
        (var, value): (Var, Value),
        links: Links<'_>,
    ) -> Self {
        let instance = encoder.instance(var);
        // Every value of an instance that is chosen is a release, in a catalog or not.
        let (catalog, version) = encoder.named(var, value).unwrap_or_default();
        let release = encoder.release(var, value);
        let preferred = encoder.preferred_catalog(var, value);
        let preferred = preferred.and_then(|id| encoder.universe.catalog(id));
        let way = way(encoder, on_the_way, (var, value));
        Self {
            askers: Arc::clone(askers),
            position,
            release: release.map(|release| release.version.clone()),
            opaque: release.is_none().then(|| version.to_owned()),
            catalog: catalog.map(str::to_owned),
            also_in: encoder.also_in(var, value),
            digest: release.and_then(|release| release.digest.as_deref().map(str::to_owned)),
            preferred_catalog: preferred.map(str::to_owned),
            namespace: Arc::clone(&instance.lives),
            installed: instance
                .kept
                .and_then(|kept| Some(encoder.named(var, kept)?.1.to_owned())),
            is_kept: instance.kept == Some(value),
            is_requested: false,
            is_wanted: false,
            is_downwards: is_downwards(encoder, var, value),
            hops: way.hops,
            breaks: way.breaks,
            avoided: way.avoided,
            is_way_cut: way.is_cut,
            needs: links.needs,
            waits: links.waits,
            follows: links.follows,
            providers: links.providers,
            awaited: way.awaited,
        }
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        self.askers.package(self.position)
    }

    /// The version, as its author wrote it.
    #[must_use]
    pub fn version(&self) -> &str {
        match (&self.release, &self.opaque) {
            (Some(version), _) => version.as_str(),
            (None, opaque) => opaque.as_deref().unwrap_or_default(),
        }
    }

    /// The catalog it comes from, if that has a name: of several that have it, the one of highest priority.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// Other catalogs that have the same release, by falling priority.
    pub fn also_in(&self) -> impl ExactSizeIterator<Item = &str> {
        self.also_in.iter().map(String::as_str)
    }

    /// A digest of what is in it, if its [description](crate::ReleaseSpec::digest) has one.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// A catalog of higher priority that has the package too, but no release of it that is in an answer. None of what was installed or locked before, or
    /// where an item names a catalog: then priority does not decide.
    #[must_use]
    pub fn preferred_catalog(&self) -> Option<&str> {
        self.preferred_catalog.as_deref()
    }

    /// Where it goes.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The version that is installed there now, if one is.
    #[must_use]
    pub fn installed(&self) -> Option<&str> {
        self.installed.as_deref()
    }

    /// Whether it stays as it is installed.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// The releases on the way from what is installed, where no upgrade leads here at once, or where that would break something and another way would
    /// not (see [`Request::upgrade_safety`](crate::Request::upgrade_safety)): as few as can be; of such ways the one on which
    /// the fewest needs are unmet, and then the highest. The steps of a [`Plan`](crate::Plan) also say which needs its order leaves unmet.
    #[must_use]
    pub fn hops(&self) -> &[Hop] {
        &self.hops
    }

    /// What breaks on the way, edge by edge, as [`UpgradeSafety`](crate::UpgradeSafety) has it: nothing, if there is a way on which nothing does.
    #[must_use]
    pub fn breaks(&self) -> &[UpgradeBreak] {
        &self.breaks
    }

    /// What would break on the way that would be taken if nobody asked what breaks; nothing, if that is the way.
    #[must_use]
    pub fn avoided(&self) -> &[UpgradeBreak] {
        &self.avoided
    }

    /// Whether the request asks for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.is_requested
    }

    /// What it depends on, as positions among [`Resolution::releases`](super::Resolution::releases); optional dependencies are not in it.
    #[must_use]
    pub fn dependencies(&self) -> &[usize] {
        &self.needs
    }

    /// Those of its [dependencies](Self::dependencies) that have to come before it: none if it stays, and not those that what is
    /// installed meets already.
    #[must_use]
    pub fn waits_for(&self) -> &[usize] {
        self.waits.as_ref().unwrap_or(&self.needs)
    }

    /// The packages whose releases depend on it, or require what it provides, by name.
    #[must_use]
    pub fn needed_by(&self) -> impl ExactSizeIterator<Item = &str> {
        self.askers.of(self.position)
    }
}

/// Whether a release is lower than the one that is installed.
fn is_downwards(encoder: &Encoder<'_>, var: Var, value: Value) -> bool {
    let to = encoder.release(var, value).map(|release| &release.version);
    let from = encoder.installed_version(var);
    from.zip(to).is_some_and(|(from, to)| to < from)
}
