//! One release of an answer.

use std::fmt;
use std::sync::Arc;

use catalog_model::version::Version;

use super::asking::Asking;
use super::hops::{Hop, Way, way};
use super::links::Links;
use super::passing::{Awaited, Passing};
use crate::encode::Encoder;
use crate::engine::{Value, Var};
use crate::safety::UpgradeBreak;

/// One release of a [`Resolution`](super::Resolution).
#[derive(Clone)]
pub struct ResolvedRelease {
    links: Arc<Links>,
    /// Its position among all releases.
    position: usize,
    /// The version, unless no catalog has it.
    pub(crate) release: Option<Version>,
    /// The version otherwise.
    opaque: Option<Box<str>>,
    catalog: Option<Box<str>>,
    also_in: Box<[String]>,
    digest: Option<Box<str>>,
    preferred_catalog: Option<Box<str>>,
    namespace: Arc<str>,
    /// What is installed there, unless it stays.
    moves_from: Option<Box<str>>,
    is_kept: bool,
    pub(super) is_requested: bool,
    /// Whether a user wants it, be it that it was installed before.
    pub(crate) is_wanted: bool,
    pub(crate) is_downwards: bool,
    /// How it gets there, where that is more than one move.
    way: Option<Box<Way>>,
}

impl ResolvedRelease {
    pub(super) fn new(
        encoder: &Encoder<'_>,
        (links, position): (&Arc<Links>, usize),
        on_the_way: (&Passing<'_, '_>, &Asking<'_>),
        (var, value): (Var, Value),
    ) -> Self {
        let instance = encoder.instance(var);
        // Every value of an instance that is chosen is a release, in a catalog or not.
        let (catalog, version) = encoder.named(var, value).unwrap_or_default();
        let release = encoder.release(var, value);
        let preferred = encoder.preferred_catalog(var, value);
        let preferred = preferred.and_then(|id| encoder.universe.catalog(id));
        let from = instance.kept.filter(|kept| *kept != value);
        let way = from.map(|_| way(encoder, on_the_way, (var, value)));
        Self {
            links: Arc::clone(links),
            position,
            release: release.map(|release| release.version.clone()),
            opaque: release.is_none().then(|| version.into()),
            catalog: catalog.map(Box::from),
            also_in: encoder.also_in(var, value).into(),
            digest: release.and_then(|release| release.digest.clone()),
            preferred_catalog: preferred.map(Box::from),
            namespace: Arc::clone(&instance.lives),
            moves_from: from.and_then(|from| Some(encoder.named(var, from)?.1.into())),
            is_kept: instance.kept == Some(value),
            is_requested: false,
            is_wanted: false,
            is_downwards: from.is_some() && is_downwards(encoder, var, value),
            way: way.filter(|way| !way.is_empty()).map(Box::new),
        }
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        self.links.package(self.position)
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
        match self.is_kept {
            true => Some(self.version()),
            false => self.moves_from.as_deref(),
        }
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
        self.way().map_or(&[], |way| &way.hops)
    }

    /// What breaks on the way, edge by edge, as [`UpgradeSafety`](crate::UpgradeSafety) has it: nothing, if there is a way on which nothing does.
    #[must_use]
    pub fn breaks(&self) -> &[UpgradeBreak] {
        self.way().map_or(&[], |way| &way.breaks)
    }

    /// What would break on the way that would be taken if nobody asked what breaks; nothing, if that is the way.
    #[must_use]
    pub fn avoided(&self) -> &[UpgradeBreak] {
        self.way().map_or(&[], |way| &way.avoided)
    }

    /// Whether the request asks for it.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.is_requested
    }

    /// What it depends on, as positions among [`Resolution::releases`](super::Resolution::releases); optional dependencies are not in it.
    #[must_use]
    pub fn dependencies(&self) -> &[usize] {
        self.links.needs(self.position)
    }

    /// Those of its [dependencies](Self::dependencies) that have to come before it: none if it stays, and not those that what is
    /// installed meets already.
    #[must_use]
    pub fn waits_for(&self) -> &[usize] {
        self.links.waits(self.position)
    }

    /// The packages whose releases depend on it, or require what it provides, by name.
    #[must_use]
    pub fn needed_by(&self) -> impl ExactSizeIterator<Item = &str> {
        self.links.askers(self.position)
    }

    /// Positions of other dependencies, which it would rather come after.
    pub(crate) fn follows(&self) -> &[usize] {
        self.links.follows(self.position)
    }

    /// Positions of who provides what it requires, which it would rather come after too.
    pub(crate) fn providers(&self) -> &[usize] {
        self.links.providers(self.position)
    }

    /// What the releases on its way find if a step is done at the right time.
    pub(crate) fn awaited(&self) -> &[Awaited] {
        self.way().map_or(&[], |way| &way.awaited)
    }

    /// Whether the budget ended among its ways.
    pub(super) fn is_way_cut(&self) -> bool {
        self.way().is_some_and(|way| way.is_cut)
    }

    fn way(&self) -> Option<&Way> {
        self.way.as_deref()
    }
}

impl fmt::Debug for ResolvedRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResolvedRelease")
            .field("package", &self.package())
            .field("version", &self.version())
            .field("catalog", &self.catalog)
            .field("namespace", &self.namespace)
            .field("installed", &self.installed())
            .field("way", &self.way)
            .field("dependencies", &self.dependencies())
            .field("providers", &self.providers())
            .finish_non_exhaustive()
    }
}

/// Whether a release is lower than the one that is installed.
fn is_downwards(encoder: &Encoder<'_>, var: Var, value: Value) -> bool {
    let to = encoder.release(var, value).map(|release| &release.version);
    let from = encoder.installed_version(var);
    from.zip(to).is_some_and(|(from, to)| to < from)
}
