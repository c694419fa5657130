//! What the steps of a plan add to a cluster: for a reviewer to read before anything happens.
//!
//! A [`Ledger`] is made from a [`Plan`] and the catalog that its releases come from. For each operation of the plan (an upgrade through
//! other releases has several) it lists the APIs, objects, permissions, bindings, webhooks, ways to the node, images, hooks, modules and namespaces that are new, otherwise or gone
//! compared with the release that is there before, and the conditions that are still to be asked. What it cannot know, such as what a
//! chart in a repository brings, it lists as [unexamined](OperationLedger::unexamined): nothing is missing without being named.
//!
//! ```
//! use catalog_model::{LoadOptions, MemorySource, load};
//! use catalog_resolve::ledger::{Ledger, Risk};
//! use catalog_resolve::{ClusterView, Outcome, Request, resolve};
//!
//! let source = MemorySource::from_iter([
//!     ("agent/1.0.0/metadata.yaml", "name: agent\nversion: 1.0.0\n"),
//!     ("agent/1.0.0/modules.yaml", "modules: [{name: agent, manifests: {path: ./manifests/}}]\n"),
//!     ("agent/1.0.0/manifests/role.yaml", "
//! apiVersion: rbac.authorization.k8s.io/v1
//! kind: ClusterRole
//! metadata: {name: agent}
//! rules: [{apiGroups: [''], resources: [secrets], verbs: [get, list]}]
//! "),
//! ]);
//! let catalog = load(&source, &LoadOptions::default())?.into_catalog();
//! let view = ClusterView::without_cluster(&catalog);
//! let request = Request::new().install("agent", "*")?;
//! let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else { panic!("there is an answer") };
//!
//! let ledger = Ledger::new(&catalog).files(&source).view(&view).of(&resolution.plan());
//! let risks: Vec<Risk> = ledger[0].entries().iter().flat_map(|entry| entry.effect().risks()).copied().collect();
//! assert_eq!(risks, [Risk::Secrets]);
//! assert_eq!(ledger[0].to_string(), "\
//! install agent 1.0.0 in agent
//!   + object      ClusterRole/agent (cluster-wide)
//!   + permission  ClusterRole/agent: get, list on secrets  ! reads secrets
//!   + module      agent (manifests)
//! ");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod between;
mod contents;
mod effect;
mod files;
mod growth;
mod host;
mod image;
mod json;
mod object;
mod operation;
mod place;
mod rbac;
mod risk;
mod text;
mod webhook;

pub use self::between::{ReleaseLedger, between};
pub use self::effect::{Effect, ObjectRef, ObjectScope};
pub use self::growth::Growth;
pub use self::host::HostAccess;
pub use self::image::ImageName;
pub use self::operation::{Change, Entry, OpenCondition, OperationLedger, Unexamined};
pub use self::place::Place;
pub(crate) use self::place::PlacesIn;
pub use self::rbac::Rule;
pub use self::risk::Risk;

use std::collections::BTreeMap;
use std::rc::Rc;

use catalog_model::version::Version;
use catalog_model::{Catalog, Phase, Release, Source};

use self::contents::{Contents, MadeKinds, made_kinds};
use self::files::Files;
use crate::cluster_view::ClusterView;
use crate::plan::{Action, Plan, Step};

/// After so many entries no more operations are looked at: one release may go to very many namespaces.
const ENTRIES: usize = 1_000_000;

/// Makes ledgers of plans: what it may look at.
#[derive(Clone, Copy)]
pub struct Ledger<'c> {
    catalog: &'c Catalog,
    files: Option<&'c dyn Source>,
    view: Option<&'c ClusterView>,
}

impl<'c> Ledger<'c> {
    /// Looks at a catalog alone. Manifests of modules stand in files beside it, so all of them are unexamined, and conditions count as not
    /// evaluated.
    #[must_use]
    pub fn new(catalog: &'c Catalog) -> Self {
        Self {
            catalog,
            files: None,
            view: None,
        }
    }

    /// Looks into the files that the catalog was loaded from, for the manifests of its modules: 10,000 files and 64 MiB a ledger, each file
    /// within [`Limits::default`](catalog_model::document::Limits). What is beyond is unexamined.
    #[must_use]
    pub fn files(mut self, source: &'c dyn Source) -> Self {
        self.files = Some(source);
        self
    }

    /// Takes from a view of the catalog which conditions were evaluated, and which wait for other releases.
    #[must_use]
    pub fn view(mut self, view: &'c ClusterView) -> Self {
        self.view = Some(view);
        self
    }

    /// What the operations of a plan add to a cluster, in the plan's order: one a step in which something happens, and one more for each of
    /// its hops.
    ///
    /// Cost: linear in the definitions, hooks and manifests of the releases involved, each of which is looked at once, and in what comes out:
    /// once that has a million entries, further operations are unexamined.
    #[must_use]
    pub fn of(&self, plan: &Plan) -> Vec<OperationLedger> {
        let mut examination = Examination {
            ledger: *self,
            files: Files::new(self.files),
            known: BTreeMap::new(),
            made: MadeKinds::new(),
            entries: 0,
        };
        for step in plan.steps() {
            examination.learn_kinds(step);
        }
        let steps = plan.steps().iter().enumerate();
        let steps = steps.filter(|(_, step)| step.action() != Action::Keep);
        let operations = steps.flat_map(|(at, step)| examination.operations(at, step));
        operations.collect()
    }
}

/// What a ledger has looked at already.
struct Examination<'c> {
    ledger: Ledger<'c>,
    files: Files<'c>,
    known: BTreeMap<(String, String), Option<Rc<Known<'c>>>>,
    made: MadeKinds,
    /// How many entries there are so far.
    entries: usize,
}

/// A release of the catalog, and what is in it.
struct Known<'c> {
    release: &'c Release,
    deployed: Contents,
    /// What its hooks did if it came by an upgrade.
    upgraded: Contents,
    /// What they did however it came.
    arrived: Contents,
}

/// How the release came that is there before an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrival {
    /// It was installed before the plan: afresh or by an upgrade, nobody knows.
    Unknown,
    /// By an upgrade, as a hop of the plan.
    Upgrade,
}

impl<'c> Examination<'c> {
    fn release(&self, package: &str, version: &str) -> Option<&'c Release> {
        let version = Version::parse(version).ok()?;
        self.ledger.catalog.release(package, &version)
    }

    /// Notes the kinds that the definitions of a step's releases make, and those of its manifests where it comes.
    fn learn_kinds(&mut self, step: &Step) {
        for version in versions(step) {
            if step.action() == Action::Keep {
                let release = self.release(step.package(), version);
                self.made.extend(release.into_iter().flat_map(made_kinds));
            } else if let Some(known) = self.known(step.package(), version) {
                self.made.extend(known.deployed.made.clone());
            }
        }
    }

    fn known(&mut self, package: &str, version: &str) -> Option<Rc<Known<'c>>> {
        let key = (package.to_owned(), version.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let release = self.release(package, version);
        let known = release.map(|release| {
            let upgraded = Contents::of_phases(release, [Phase::PreUpgrade, Phase::PostUpgrade]);
            let installed = Contents::of_phases(release, [Phase::PreInstall, Phase::PostInstall]);
            Rc::new(Known {
                release,
                deployed: Contents::deployed(release, &mut self.files),
                arrived: upgraded.common(&installed),
                upgraded,
            })
        });
        self.known.insert(key, known.clone());
        known
    }

    /// One operation for each release that a step leads to.
    fn operations(&mut self, at: usize, step: &Step) -> Vec<OperationLedger> {
        let versions: Vec<&str> = versions(step).collect();
        let pairs: Vec<(Option<&str>, Option<&str>)> = match (step.action(), versions.as_slice()) {
            (Action::Install, [to]) => vec![(None, Some(*to))],
            (Action::Uninstall, [from]) => vec![(Some(*from), None)],
            (_, versions) => {
                let following = versions.iter().skip(1);
                let pairs = versions.iter().zip(following);
                pairs.map(|(from, to)| (Some(*from), Some(*to))).collect()
            }
        };
        let mut operations = Vec::new();
        let arrivals = std::iter::once(Arrival::Unknown).chain(std::iter::repeat(Arrival::Upgrade));
        for ((from, to), arrival) in pairs.into_iter().zip(arrivals) {
            let mut operation = OperationLedger::new((at, step), from, to);
            if self.entries < ENTRIES {
                operation.examine(self, arrival);
            } else {
                operation.leave_out(format!("a ledger has about {ENTRIES} entries, and no more"));
            }
            self.entries += operation.entries().len();
            operations.push(operation);
        }
        operations
    }
}

/// The versions that a step goes through, in order.
fn versions(step: &Step) -> impl Iterator<Item = &str> {
    let hops = step.hops().iter().map(|hop| hop.version().as_str());
    let to = step.to().filter(|_| step.action() != Action::Keep);
    step.from().into_iter().chain(hops).chain(to)
}
