//! What is asked for, and what is there already.

mod exclusion;
mod item;
mod locked;

pub use self::exclusion::Exclusion;
pub(crate) use self::exclusion::ruling_out;
pub use self::item::Item;
pub use self::locked::LockedRelease;

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_model::version::{RangeError, VersionRange};
use catalog_model::{Capability, InstalledRelease};
use thiserror::Error;

use crate::cancellation::Cancellation;
use crate::safety::UpgradeSafety;

/// Steps a request may take unless it says otherwise: far more than any catalog we know needs.
const STEPS: u64 = 10_000_000;

/// A request to have packages present, or absent, beside what is installed.
///
/// ```
/// use catalog_model::{Capability, InstalledRelease};
/// use catalog_resolve::Request;
///
/// let request = Request::new()
///     .install("full-observability", ">=2")?
///     .cluster([Capability::parse_name("ingress-controller")?])
///     .exclude("agent-operator", "1.4.0", "condition \"kubernetes below 1.32\" is not satisfied");
/// assert_eq!(request.items().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) items: Vec<Item>,
    pub(crate) removals: Vec<Removal>,
    pub(crate) upgrades: Upgrades,
    pub(crate) installed: Vec<InstalledRelease>,
    pub(crate) locked: Vec<LockedRelease>,
    pub(crate) is_autoremoving: bool,
    pub(crate) mode: Mode,
    pub(crate) prereleases: BTreeSet<String>,
    pub(crate) all_prereleases: bool,
    pub(crate) exclusions: Vec<Exclusion>,
    pub(crate) cluster: BTreeSet<Capability>,
    pub(crate) home: String,
    pub(crate) steps: u64,
    pub(crate) cancellation: Cancellation,
    pub(crate) safety: Option<Arc<dyn UpgradeSafety>>,
}

/// A package that must be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Removal {
    pub(crate) package: String,
    pub(crate) namespace: Option<String>,
}

impl Removal {
    /// The namespace that it means, if the package has an instance in each.
    pub(crate) fn place<'r>(&'r self, home: &'r str) -> &'r str {
        self.namespace.as_deref().unwrap_or(home)
    }
}

/// Which of the installed packages move to their best releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Upgrades {
    /// These, and with none of them nothing that need not move.
    Of(BTreeSet<String>),
    All,
}

/// What counts most in an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// The best releases of what is asked for, though more of what is installed has to move for them.
    #[default]
    Newest,
    /// As few changes of what is installed as any answer has.
    FewestChanges,
}

/// Why an item could not be added to a request: its range cannot be read.
#[derive(Clone, Debug, Error)]
#[error("the range `{range}` for `{package}` cannot be read: {source}")]
pub struct RequestError {
    package: String,
    range: String,
    source: RangeError,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            removals: Vec::new(),
            upgrades: Upgrades::Of(BTreeSet::new()),
            installed: Vec::new(),
            locked: Vec::new(),
            is_autoremoving: false,
            mode: Mode::Newest,
            prereleases: BTreeSet::new(),
            all_prereleases: false,
            exclusions: Vec::new(),
            cluster: BTreeSet::new(),
            home: "default".to_owned(),
            steps: STEPS,
            cancellation: Cancellation::new(),
            safety: None,
        }
    }
}

impl Request {
    /// A request for nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a package within a range. The order in which packages are asked for decides ties.
    ///
    /// # Errors
    ///
    /// If the range cannot be read.
    pub fn install(self, package: impl Into<String>, range: &str) -> Result<Self, RequestError> {
        let package = package.into();
        match VersionRange::parse(range) {
            Ok(range) => Ok(self.item(Item::new(package, range))),
            Err(source) => Err(RequestError {
                package,
                range: range.to_owned(),
                source,
            }),
        }
    }

    /// The same with everything an item can say.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// Allows prereleases of a package that no range names.
    #[must_use]
    pub fn prereleases_of(mut self, package: impl Into<String>) -> Self {
        self.prereleases.insert(package.into());
        self
    }

    /// Allows prereleases of all packages.
    #[must_use]
    pub fn all_prereleases(mut self) -> Self {
        self.all_prereleases = true;
        self
    }

    /// Says what is installed. Call it once for each release; of several at one place, the first counts. A version means the release with that
    /// text, of one of the catalogs that the record names, or of the first that has it if it names none; or of another one, if that has the
    /// [digest](InstalledRelease::digest) of the record. Of several it is the one with that digest. If there is none, the only one of equal precedence
    /// and build. One that no catalog has is no error: it then stays as it is, with needs that nobody knows.
    #[must_use]
    pub fn installed(mut self, release: InstalledRelease) -> Self {
        self.installed.push(release);
        self
    }

    /// Says what an earlier answer chose, so that as much of it as can be is chosen again.
    #[must_use]
    pub fn locked(mut self, release: LockedRelease) -> Self {
        self.locked.push(release);
        self
    }

    /// Asks for a package to be absent: everywhere if it is cluster-wide, else in the request's home.
    #[must_use]
    pub fn remove(mut self, package: impl Into<String>) -> Self {
        self.removals.push(Removal {
            package: package.into(),
            namespace: None,
        });
        self
    }

    /// Asks for a package to be absent from a namespace.
    #[must_use]
    pub fn remove_from(mut self, namespace: impl Into<String>, package: impl Into<String>) -> Self {
        self.removals.push(Removal {
            package: package.into(),
            namespace: Some(namespace.into()),
        });
        self
    }

    /// Asks for the best release of an installed package. What is installed and not named stays as it is, if some answer leaves it.
    #[must_use]
    pub fn upgrade(mut self, package: impl Into<String>) -> Self {
        if let Upgrades::Of(packages) = &mut self.upgrades {
            packages.insert(package.into());
        }
        self
    }

    /// Asks for the best releases of everything that is installed.
    #[must_use]
    pub fn upgrade_all(mut self) -> Self {
        self.upgrades = Upgrades::All;
        self
    }

    /// Lets go what is installed, not pinned, not [requested](InstalledRelease::is_requested) by a user and needed by nothing.
    #[must_use]
    pub fn autoremove(mut self) -> Self {
        self.is_autoremoving = true;
        self
    }

    /// What counts most; without this, the best releases of what is asked for.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Rules out a release of any catalog: short for [`exclusion`](Self::exclusion).
    #[must_use]
    pub fn exclude(
        self,
        package: impl Into<String>,
        version: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        self.exclusion(Exclusion::new(package, version, reason))
    }

    /// Rules out a release.
    #[must_use]
    pub fn exclusion(mut self, exclusion: Exclusion) -> Self {
        self.exclusions.push(exclusion);
        self
    }

    /// What the cluster provides by itself.
    #[must_use]
    pub fn cluster(mut self, capabilities: impl IntoIterator<Item = Capability>) -> Self {
        self.cluster.extend(capabilities);
        self
    }

    /// The namespace of items that name none; without this, `default`.
    #[must_use]
    pub fn home(mut self, namespace: impl Into<String>) -> Self {
        self.home = namespace.into();
        self
    }

    /// How many steps the search may take: decisions, conflicts, releases looked at, and clauses that count changes; ten million unless said
    /// otherwise. Before it begins, at most as many steps find out whether it is needed, which mostly it is not.
    #[must_use]
    pub fn budget(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Lets another thread end the search.
    #[must_use]
    pub fn cancellation(mut self, cancellation: &Cancellation) -> Self {
        self.cancellation = cancellation.clone();
        self
    }

    /// Says which upgrades break something. Where the way that an upgrade would take does, it goes by other releases if there is a way on which
    /// nothing breaks, and says so; if there is none, its step says what breaks. The releases that are chosen are the same.
    ///
    /// What is looked for is a way within what the search has left of its [budget](Self::budget), of which each question about an upgrade is a
    /// thousand steps. Where that is not enough to know whether there is one, a [note](crate::Resolution::notes) says so.
    #[must_use]
    pub fn upgrade_safety(mut self, safety: Arc<dyn UpgradeSafety>) -> Self {
        self.safety = Some(safety);
        self
    }

    /// What is asked for, in order.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// Whether a package is one whose best release is asked for, whatever is installed.
    pub(crate) fn names(&self, package: &str) -> bool {
        match &self.upgrades {
            Upgrades::All => true,
            Upgrades::Of(packages) => packages.contains(package),
        }
    }

    /// Whether prereleases of some package are allowed.
    pub(crate) fn allows_any_prereleases(&self) -> bool {
        self.all_prereleases || !self.prereleases.is_empty()
    }

    pub(crate) fn allows_prereleases_of(&self, package: &str) -> bool {
        self.all_prereleases || self.prereleases.contains(package)
    }
}
