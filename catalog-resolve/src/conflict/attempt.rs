//! One change to a request, and what comes of it.

use catalog_model::Scope;
use catalog_model::version::{Version, VersionRange};

use super::lever::{Hold, Lever, Whose};
use super::phrase;
use super::repairs::{Repair, RepairKind};
use crate::request::{Item, Mode, Request};
use crate::resolution::{Resolution, ResolvedRelease};
use crate::resolve::{Outcome, resolve};
use crate::universe::Universe;

/// Steps that each attempt may take.
const STEPS: u64 = 200_000;

/// A change to try: how much it costs the user, and how to say it once it is known what comes of it.
#[derive(Clone)]
pub(crate) struct Attempt {
    pub(crate) cost: u32,
    pub(crate) request: Request,
    kind: RepairKind,
    wording: Wording,
}

#[derive(Clone)]
enum Wording {
    Fixed(String),
    /// Names the version that results for an item.
    Ask {
        item: Box<Item>,
        place: String,
        instead_of: String,
    },
}

impl Attempt {
    pub(crate) fn fixed(kind: RepairKind, cost: u32, request: Request, text: String) -> Self {
        Self {
            cost,
            request,
            kind,
            wording: Wording::Fixed(text),
        }
    }

    /// The changes that would take away what a conflict hangs on.
    pub(crate) fn of(request: &Request, lever: &Lever) -> Vec<Self> {
        match lever {
            Lever::Item {
                position,
                place,
                near,
            } => change_item(request, *position, (place, near.as_deref())),
            Lever::Prereleases(package) => vec![Self::fixed(
                RepairKind::Prereleases,
                3,
                request.clone().prereleases_of(package),
                format!("allow prereleases of {package}"),
            )],
            Lever::Exclusion {
                package,
                reason,
                releases,
            } => {
                let mut changed = request.clone();
                let is_other = |package_of: &str, reason_of: &str| {
                    package_of != package || reason_of != reason
                };
                changed
                    .exclusions
                    .retain(|e| is_other(&e.package, &e.reason));
                vec![Self::fixed(
                    RepairKind::Exclusion,
                    4,
                    changed,
                    format!("allow {releases} all the same"),
                )]
            }
            Lever::Yanked(whose, version) => {
                take_yanked(request, whose, version).into_iter().collect()
            }
            Lever::FewestChanges => vec![Self::fixed(
                RepairKind::Mode,
                4,
                request.clone().mode(Mode::Newest),
                "do not ask for the fewest changes".to_owned(),
            )],
            Lever::OfInstalled(whose, hold) => vec![release_hold(request, whose, *hold)],
        }
    }

    /// The same with the upgrade of a package; none if that is asked for already.
    pub(crate) fn and_upgrade(self, package: &str) -> Option<Self> {
        let Wording::Fixed(text) = self.wording else {
            return None;
        };
        let is_new = !self.request.names(package);
        is_new.then(|| Self {
            cost: self.cost,
            request: self.request.upgrade(package),
            kind: self.kind,
            wording: Wording::Fixed(format!("upgrade {package}, and {text}")),
        })
    }

    /// Resolves the changed request; none if that has no answer.
    pub(crate) fn make(self, universe: &Universe) -> Option<Repair> {
        let request = self.request.clone().budget(self.request.steps.min(STEPS));
        let Outcome::Resolved(resolution) = resolve(universe, &request) else {
            return None;
        };
        let change = match self.wording {
            Wording::Fixed(text) => text,
            Wording::Ask {
                item,
                place,
                instead_of,
            } => {
                let release = of_item(universe, &request, &resolution, &item)?;
                let (package, version) = (release.package(), release.version());
                format!("ask for {package} {version}{place} instead of {instead_of}")
            }
        };
        Some(Repair {
            kind: self.kind,
            change,
            request: self.request,
            resolution,
        })
    }
}

/// The release that an item led to: a package may be in several namespaces.
fn of_item<'r>(
    universe: &Universe,
    request: &Request,
    resolution: &'r Resolution,
    item: &Item,
) -> Option<&'r ResolvedRelease> {
    let package = universe.package(universe.find(&item.package)?);
    let namespace = item.namespace.as_deref().unwrap_or(&request.home);
    let mut releases = resolution.releases().iter();
    releases.find(|release| {
        release.package() == item.package
            && (package.scope == Scope::Cluster || release.namespace() == namespace)
    })
}

/// Lets an installed instance stay, move or go.
fn release_hold(request: &Request, whose: &Whose, hold: Hold) -> Attempt {
    let mut changed = request.clone();
    match hold {
        Hold::Removal => {
            changed.removals.retain(|removal| {
                let namespace = removal.namespace.as_ref().unwrap_or(&request.home);
                !is_at(whose, &removal.package, namespace)
            });
            Attempt::fixed(
                RepairKind::Installed,
                2,
                changed,
                format!("keep {}", told(whose)),
            )
        }
        Hold::Pin => {
            for record in &mut changed.installed {
                if is_at(whose, record.package(), record.namespace()) {
                    *record = record.clone().unpinned();
                }
            }
            let text = format!("let {} move: it is pinned", told(whose));
            Attempt::fixed(RepairKind::Installed, 3, changed, text)
        }
        Hold::Release => {
            let text = format!("upgrade {}", whose.0);
            Attempt::fixed(RepairKind::Installed, 1, changed.upgrade(&whose.0), text)
        }
        Hold::Lock => {
            changed.locked.retain(|locked| {
                let namespace = locked.namespace.as_ref().unwrap_or(&request.home);
                !is_at(whose, &locked.package, namespace)
            });
            let text = format!("do without the lock of {}", told(whose));
            Attempt::fixed(RepairKind::Installed, 2, changed, text)
        }
        Hold::Stay => {
            let changed = match whose {
                (package, Some(namespace)) => changed.remove_from(namespace, package),
                (package, None) => changed.remove(package),
            };
            Attempt::fixed(
                RepairKind::Installed,
                7,
                changed,
                format!("remove {}", told(whose)),
            )
        }
    }
}

/// Asks for exactly a release that was taken back, where its instance is asked for already or else besides.
fn take_yanked(request: &Request, whose: &Whose, version: &str) -> Option<Attempt> {
    let range = exactly(version)?;
    let mut changed = request.clone();
    let is_meant = |item: &Item| {
        let namespace = item.namespace.as_ref().unwrap_or(&request.home);
        is_at(whose, &item.package, namespace)
    };
    let (package, namespace) = whose;
    match changed.items.iter_mut().find(|item| is_meant(item)) {
        Some(item) => item.range = range,
        None => {
            let item = Item::new(package, range);
            changed.items.push(match namespace {
                Some(namespace) => item.namespace(namespace),
                None => item,
            });
        }
    }
    let place = namespace.iter().map(|namespace| format!(" in {namespace}"));
    let place: String = place.collect();
    let text = format!("ask for exactly {package} {version}{place}, though it was yanked");
    Some(Attempt::fixed(RepairKind::Yanked, 5, changed, text))
}

/// Whether a record is about an instance; of a cluster-wide package there is one, wherever it lives.
fn is_at((package, at): &Whose, name: &str, namespace: &str) -> bool {
    package == name && at.as_ref().is_none_or(|at| at == namespace)
}

fn told((package, namespace): &Whose) -> String {
    match namespace {
        Some(namespace) => format!("{package} in {namespace}"),
        None => package.clone(),
    }
}

fn exactly(version: &str) -> Option<VersionRange> {
    Version::parse(version).ok()?;
    VersionRange::parse(&format!("={version}")).ok()
}

/// Other things to ask for in the place of an item, and doing without it.
fn change_item(
    request: &Request,
    position: usize,
    (place, near): (&str, Option<&str>),
) -> Vec<Attempt> {
    let Some(item) = request.items.get(position) else {
        return Vec::new();
    };
    let package = &item.package;
    let mut instead: Vec<(u32, Option<Item>, Wording)> = Vec::new();
    if let Some(near) = near {
        let new = Item {
            package: near.to_owned(),
            ..item.clone()
        };
        let wording = Wording::Fixed(format!("ask for {near} instead of {package}"));
        instead.push((0, Some(new), wording));
    }
    if !item.range.is_any() {
        let new = Item {
            range: VersionRange::any(),
            ..item.clone()
        };
        let wording = Wording::Ask {
            item: Box::new(item.clone()),
            place: place.to_owned(),
            instead_of: phrase::written(&item.range),
        };
        instead.push((1, Some(new), wording));
    }
    if let Some(catalog) = &item.catalog {
        let new = Item {
            catalog: None,
            ..item.clone()
        };
        let wording = format!("take {package}{place} from another catalog than {catalog}");
        instead.push((2, Some(new), Wording::Fixed(wording)));
    }
    if request.items.len() > 1 {
        let wording = format!("do without {package}{place}");
        instead.push((6, None, Wording::Fixed(wording)));
    }
    let attempts = instead.into_iter().map(|(cost, item, wording)| {
        let mut request = request.clone();
        request.items.splice(position..=position, item);
        Attempt {
            cost,
            request,
            kind: RepairKind::Item,
            wording,
        }
    });
    attempts.collect()
}
