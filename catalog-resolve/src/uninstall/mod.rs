//! Taking packages away, and nothing else.

mod dependants;
mod place;
mod refusal;

pub use self::refusal::{Dependant, Obstacle, ObstacleKind, Refusal};

use std::collections::BTreeSet;

use catalog_model::InstalledRelease;

use self::dependants::{Dependants, found};
use self::place::Places;
use crate::encode::{Encoder, InstanceKey};
use crate::engine::Engine;
use crate::request::{Removal, Request, Upgrades};
use crate::resolution::Resolution;
use crate::resolve::{BudgetExceeded, Outcome, resolve};
use crate::situation::Situation;
use crate::universe::Universe;

/// What came of an [`uninstall()`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Uninstall {
    /// What is asked for can go, and all that stays is as it is.
    Planned(Resolution),
    /// It cannot, or not alone.
    Refused(Refusal),
    /// What would be left was not found within the budget.
    BudgetExceeded(BudgetExceeded),
}

/// Takes away what [`Request::remove`] and [`Request::remove_from`] name, and moves nothing else: it refuses while anything that stays needs
/// one of them, as it is installed, and says what does. With [`Request::autoremove`], what nothing needs any more goes too.
///
/// [`resolve`] answers the same removals more freely: it moves what needs the package to a release that does not, if there is one. A refusal
/// says so.
///
/// Of the request, what is installed and to go, the cluster's capabilities, the home, autoremoval and the budget count; exclusions only
/// where a refusal looks for releases to move to.
///
/// ```
/// use catalog_model::InstalledRelease;
/// use catalog_resolve::{Request, Uninstall, Universe, uninstall};
///
/// let universe = Universe::from_json(r#"{"app": {"1.0.0": {"dependencies": [{"name": "db"}]}}, "db": {"1.0.0": {}}}"#)?;
/// let there = ["app", "db"].map(|name| InstalledRelease::new(name, "1.0.0", name));
/// let installed = there.into_iter().fold(Request::new(), Request::installed);
///
/// let Uninstall::Refused(refusal) = uninstall(&universe, &installed.clone().remove("db")) else { panic!("app needs it") };
/// assert_eq!(refusal.to_string(), "cannot uninstall db\n  app 1.0.0 needs db\nthis would help: uninstall app too\n");
///
/// let Uninstall::Planned(resolution) = uninstall(&universe, &installed.remove("app").remove("db")) else { panic!("both can go") };
/// assert_eq!(resolution.plan().to_string(), " 1  uninstall app 1.0.0 in app\n 2  uninstall db 1.0.0 in db\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Cost: linear in what is installed and what it needs, then that of [`resolve`]; a refusal resolves up to two times more.
#[must_use]
pub fn uninstall(universe: &Universe, request: &Request) -> Uninstall {
    let alone = bare(request);
    let (obstacles, dependants) = looked_at(universe, &alone);
    if request.cancellation.is_cancelled() {
        return Uninstall::BudgetExceeded(BudgetExceeded::new(0));
    }
    if obstacles.is_empty() && dependants.is_empty() {
        return match resolve(universe, &alone) {
            Outcome::Resolved(resolution) => Uninstall::Planned(resolution),
            Outcome::BudgetExceeded(budget) => Uninstall::BudgetExceeded(budget),
            Outcome::Conflict(conflict) => {
                let text = conflict.explain().text();
                let obstacle = Obstacle::new(ObstacleKind::Conflict, None, text);
                Uninstall::Refused(Refusal::new(&alone, vec![obstacle], Vec::new()))
            }
        };
    }
    let mut refusal = Refusal::new(&alone, obstacles, dependants);
    let free = Request {
        exclusions: request.exclusions.clone(),
        ..alone.clone()
    };
    refusal.find_ways(universe, &alone, &free);
    Uninstall::Refused(refusal)
}

/// The part of a request that counts.
fn bare(request: &Request) -> Request {
    let mut bare = request.clone();
    bare.items.clear();
    bare.locked.clear();
    bare.exclusions.clear();
    bare.upgrades = Upgrades::Of(BTreeSet::new());
    bare
}

/// What keeps the removals of a request from being possible at all, and what needs what they name.
fn looked_at(universe: &Universe, request: &Request) -> (Vec<Obstacle>, Vec<Dependant>) {
    let situation = Situation::new(universe, request);
    let mut encoder = Encoder::new(&situation);
    encoder.encode_installed(&mut Engine::default());
    let mut asked: BTreeSet<InstanceKey> = BTreeSet::new();
    let mut obstacles = Vec::new();
    let places = Places::of(request.installed.iter().map(instance));
    for removal in &request.removals {
        let package = removal.package.as_str();
        let Some((key, record)) = installed_key(&situation, removal) else {
            let text = not_installed(&places, removal, &request.home);
            obstacles.push(Obstacle::new(
                ObstacleKind::NotInstalled,
                Some((package, removal.place(&request.home))),
                text,
            ));
            continue;
        };
        if asked.insert(key) && record.is_pinned() {
            let told = places.told(package, record.namespace());
            obstacles.push(Obstacle::new(
                ObstacleKind::Pinned,
                Some((package, record.namespace())),
                format!("{told} is pinned"),
            ));
        }
    }
    let dependants = found(&encoder, &Dependants::of(&encoder), &asked);
    (obstacles, dependants)
}

/// The instance that is to go and its record, if it is there.
fn installed_key<'a>(
    situation: &Situation<'a>,
    removal: &Removal,
) -> Option<(InstanceKey, &'a InstalledRelease)> {
    let key = situation.key(&removal.package, removal.namespace.as_deref())?;
    let (record, _) = situation.standing(&key)?.installed.as_ref()?;
    Some((key, record))
}

fn instance(record: &InstalledRelease) -> (&str, &str) {
    (record.package(), record.namespace())
}

/// That something is not there, and where it is instead.
fn not_installed(places: &Places, removal: &Removal, home: &str) -> String {
    let package = &removal.package;
    let elsewhere = places.of_name(package);
    if elsewhere.is_empty() {
        let there = removal.namespace.as_ref();
        let there = there.map_or(String::new(), |namespace| format!(" in {namespace}"));
        return format!("{package} is not installed{there}");
    }
    let there = removal.place(home);
    let elsewhere = elsewhere.join(", ");
    format!("{package} is not installed in {there}: it is in {elsewhere}")
}
