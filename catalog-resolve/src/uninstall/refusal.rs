//! Why packages cannot be taken away, and what would help.

use std::collections::BTreeSet;
use std::fmt;

use catalog_model::conditions::show::one_line;
use serde_json::{Value, json};

use super::instance;
use super::place::Places;
use crate::plan::Action;
use crate::request::Request;
use crate::resolution::Resolution;
use crate::resolve::{Outcome, resolve};
use crate::universe::Universe;

/// Why packages cannot be taken away: what needs them, and what else is in the way.
#[derive(Clone, Debug)]
pub struct Refusal {
    asked: Vec<String>,
    obstacles: Vec<Obstacle>,
    dependants: Vec<Dependant>,
    with_dependants: Option<Box<Resolution>>,
    by_unpinning: Option<Box<Resolution>>,
    by_moving: Option<Box<Resolution>>,
    is_settled: bool,
    /// Where everything is that can be told of.
    places: Places,
}

/// Something installed that needs what is to go, or what would have to go with it. It stays by itself, or something needs it that does:
/// what goes by [autoremoval](Request::autoremove) is not in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependant {
    pub(super) package: String,
    pub(super) version: String,
    pub(super) namespace: String,
    pub(super) needs: Vec<String>,
    pub(super) is_direct: bool,
    pub(super) is_pinned: bool,
}

/// Why a package cannot go, whoever needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    kind: ObstacleKind,
    /// The package, and where it is or was looked for.
    instance: Option<(String, String)>,
    text: String,
}

/// What kind of obstacle it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObstacleKind {
    /// There is nothing to take away.
    NotInstalled,
    /// It is to stay as it is.
    Pinned,
    /// What would be left is no answer, for the reasons in the text.
    Conflict,
}

impl ObstacleKind {
    /// A stable name, as `notInstalled`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotInstalled => "notInstalled",
            Self::Pinned => "pinned",
            Self::Conflict => "conflict",
        }
    }
}

impl Obstacle {
    pub(super) fn new(kind: ObstacleKind, instance: Option<(&str, &str)>, text: String) -> Self {
        let owned = |(package, namespace): (&str, &str)| (package.to_owned(), namespace.to_owned());
        Self {
            kind,
            instance: instance.map(owned),
            text,
        }
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> ObstacleKind {
        self.kind
    }

    /// The package; none for a conflict.
    #[must_use]
    pub fn package(&self) -> Option<&str> {
        self.instance.as_ref().map(|(package, _)| package.as_str())
    }

    /// Where the package is, or was looked for; none for a conflict.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        let instance = self.instance.as_ref();
        instance.map(|(_, namespace)| namespace.as_str())
    }

    /// A sentence without a full stop, as `db is not installed`; of a conflict its explanation, which has several lines.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Dependant {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version, as it is installed.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it is.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// What it needs, ascending, as `needs db >=2` or `needs the capability ingress`.
    #[must_use]
    pub fn needs(&self) -> &[String] {
        &self.needs
    }

    /// Whether it needs what was asked to go; if not, it needs another dependant.
    #[must_use]
    pub fn is_direct(&self) -> bool {
        self.is_direct
    }

    /// Whether it is pinned, so that it cannot go either.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        self.is_pinned
    }
}

impl Refusal {
    pub(super) fn new(
        request: &Request,
        obstacles: Vec<Obstacle>,
        dependants: Vec<Dependant>,
    ) -> Self {
        let installed = request.installed.iter().map(instance);
        let removals = request.removals.iter();
        let named =
            removals.filter_map(|one| Some((one.package.as_str(), one.namespace.as_deref()?)));
        let places = Places::of(installed.chain(named));
        let mut seen = BTreeSet::new();
        let removals = request.removals.iter();
        let told = removals.map(|one| places.told(&one.package, one.place(&request.home)));
        Self {
            asked: told.filter(|one| seen.insert(one.clone())).collect(),
            obstacles,
            dependants,
            with_dependants: None,
            by_unpinning: None,
            by_moving: None,
            is_settled: true,
            places,
        }
    }

    /// Tries what would help: to let the dependants go too while nothing moves, if need be without their pins, and to let everything move.
    pub(super) fn find_ways(&mut self, universe: &Universe, alone: &Request, free: &Request) {
        let mut obstacles = self.obstacles.iter();
        if obstacles.any(|obstacle| obstacle.kind != ObstacleKind::Pinned) {
            return;
        }
        let dependants = self.dependants.iter();
        let mut together = dependants.fold(alone.clone(), |request, dependant| {
            request.remove_from(&dependant.namespace, &dependant.package)
        });
        let pinned = self.pinned();
        for record in &mut together.installed {
            if pinned.contains(&(record.package(), record.namespace())) {
                *record = record.clone().unpinned();
            }
        }
        let (is_free, is_there) = (pinned.is_empty(), self.obstacles.is_empty());
        let together = self.answer(universe, &together);
        match is_free {
            true => self.with_dependants = together,
            false => self.by_unpinning = together,
        }
        if is_there {
            self.by_moving = self.answer(universe, free);
        }
    }

    fn answer(&mut self, universe: &Universe, request: &Request) -> Option<Box<Resolution>> {
        match resolve(universe, request) {
            Outcome::Resolved(resolution) => Some(Box::new(resolution)),
            Outcome::Conflict(_) => None,
            Outcome::BudgetExceeded(_) => {
                self.is_settled = false;
                None
            }
        }
    }

    /// What is pinned of that which would have to go.
    fn pinned(&self) -> BTreeSet<(&str, &str)> {
        let obstacles = self.obstacles.iter();
        let obstacles = obstacles.filter_map(|one| Some((one.package()?, one.namespace()?)));
        let dependants = self.dependants.iter().filter(|one| one.is_pinned);
        let dependants = dependants.map(|one| (one.package.as_str(), one.namespace.as_str()));
        obstacles.chain(dependants).collect()
    }

    /// Why packages that were asked for cannot go, whoever needs them, in the order they were asked for.
    #[must_use]
    pub fn obstacles(&self) -> &[Obstacle] {
        &self.obstacles
    }

    /// What needs what is to go, and what needs that, by package name and namespace.
    #[must_use]
    pub fn dependants(&self) -> &[Dependant] {
        &self.dependants
    }

    /// What becomes of it if all [dependants](Self::dependants) go too; none if that cannot be, because one of them is pinned or otherwise, or
    /// if it is not [settled](Self::is_settled).
    #[must_use]
    pub fn with_dependants(&self) -> Option<&Resolution> {
        self.with_dependants.as_deref()
    }

    /// The same where something of all that is pinned, and is pinned no longer; none if nothing is.
    ///
    /// ```
    /// use catalog_model::InstalledRelease;
    /// use catalog_resolve::{Request, Uninstall, Universe, uninstall};
    ///
    /// let universe = Universe::from_json(r#"{"app": {"1.0.0": {"dependencies": [{"name": "db"}]}}, "db": {"1.0.0": {}}}"#)?;
    /// let app = InstalledRelease::new("app", "1.0.0", "app").pinned();
    /// let request = Request::new().installed(app).installed(InstalledRelease::new("db", "1.0.0", "db")).remove("db");
    /// let Uninstall::Refused(refusal) = uninstall(&universe, &request) else { panic!("app needs it") };
    /// assert!(refusal.with_dependants().is_none() && refusal.by_unpinning().is_some());
    /// assert_eq!(refusal.repairs(), ["unpin app, and uninstall app too"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn by_unpinning(&self) -> Option<&Resolution> {
        self.by_unpinning.as_deref()
    }

    /// An answer in which dependants stay, at releases that do without it or with something else in its place; none if there is none, or if
    /// it is not [settled](Self::is_settled).
    #[must_use]
    pub fn by_moving(&self) -> Option<&Resolution> {
        self.by_moving.as_deref()
    }

    /// Whether it is known what would help: the budget did not end before. If it did, ways that are none may be there all the same.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// What would help, each tried, in words.
    #[must_use]
    pub fn repairs(&self) -> Vec<String> {
        let dependants = self.dependants.iter();
        let all = dependants.map(|one| self.places.told(&one.package, &one.namespace));
        let all = match all.collect::<Vec<String>>().join(", ") {
            none if none.is_empty() => none,
            names => format!("uninstall {names} too"),
        };
        let unpinned = self.by_unpinning.as_ref().map(|_| {
            let pinned = self.pinned().into_iter();
            let pinned = pinned.map(|(package, namespace)| self.places.told(package, namespace));
            let pinned = pinned.collect::<Vec<String>>().join(", ");
            match all.is_empty() {
                true => format!("unpin {pinned}"),
                false => format!("unpin {pinned}, and {all}"),
            }
        });
        let together = self.with_dependants.as_ref().map(|_| all);
        let moved = self.by_moving.as_deref().and_then(moves);
        together.into_iter().chain(unpinned).chain(moved).collect()
    }

    /// The refusal as JSON: `status` is `refused`; `obstacles` are `{"kind", "package", "namespace", "text"}` (of a conflict without package and
    /// namespace), `neededBy` the dependants, `{"package", "version", "namespace", "needs", "direct", "pinned"}`, `repairs` texts, and
    /// `settled` [says](Self::is_settled) whether these are all.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let obstacles = self.obstacles.iter();
        let obstacles = obstacles.map(|obstacle| {
            let (kind, text) = (obstacle.kind.as_str(), &obstacle.text);
            match &obstacle.instance {
                Some((package, namespace)) => {
                    json!({ "kind": kind, "package": package, "namespace": namespace, "text": text })
                }
                None => json!({ "kind": kind, "text": text }),
            }
        });
        let dependants = self.dependants.iter();
        let dependants = dependants.map(|one| {
            json!({
                "package": one.package, "version": one.version, "namespace": one.namespace,
                "needs": one.needs, "direct": one.is_direct, "pinned": one.is_pinned,
            })
        });
        json!({
            "status": "refused", "obstacles": obstacles.collect::<Vec<_>>(),
            "neededBy": dependants.collect::<Vec<_>>(), "repairs": self.repairs(),
            "settled": self.is_settled,
        })
    }
}

impl fmt::Display for Refusal {
    /// A line that says so, one for each obstacle and each dependant, and one for each thing that would help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "cannot uninstall {}", one_line(&self.asked.join(", ")))?;
        for line in self
            .obstacles
            .iter()
            .flat_map(|obstacle| obstacle.text.lines())
        {
            writeln!(f, "  {}", one_line(line))?;
        }
        for dependant in &self.dependants {
            let place = (self.places).suffix(&dependant.package, &dependant.namespace);
            let needs = dependant.needs.join(" and ");
            let pinned = if dependant.is_pinned {
                " and is pinned"
            } else {
                ""
            };
            let (package, version) = (&dependant.package, &dependant.version);
            let line = one_line(&format!("{package} {version}{place} {needs}"));
            writeln!(f, "  {line}{pinned}")?;
        }
        for repair in self.repairs() {
            writeln!(f, "this would help: {}", one_line(&repair))?;
        }
        if !self.is_settled {
            writeln!(f, "the search for what would help ended with its budget")?;
        }
        Ok(())
    }
}

/// What is done for an answer besides taking away, if anything is.
fn moves(resolution: &Resolution) -> Option<String> {
    let plan = resolution.plan();
    let steps = plan.steps().iter();
    let places = Places::of(steps.map(|step| (step.package(), step.namespace())));
    let steps = plan.steps().iter();
    let steps = steps.filter(|step| !matches!(step.action(), Action::Keep | Action::Uninstall));
    let changes = steps.map(|step| {
        let to = step.to().unwrap_or_default();
        let (package, place) = (
            step.package(),
            places.suffix(step.package(), step.namespace()),
        );
        match step.action() {
            Action::Install => format!("install {package} {to}{place}"),
            action => format!("{action} {package} to {to}{place}"),
        }
    });
    let changes: Vec<String> = changes.collect();
    (!changes.is_empty()).then(|| changes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_moves_nothing_is_no_repair() {
        let universe = Universe::builder().build();
        let request = Request::new();
        let Outcome::Resolved(nothing_moves) = resolve(&universe, &request) else {
            panic!("nothing is asked for");
        };
        let mut refusal = Refusal::new(&request.remove("db"), Vec::new(), Vec::new());
        refusal.by_moving = Some(Box::new(nothing_moves));
        assert_eq!(refusal.repairs(), [""; 0]);
        assert_eq!(refusal.to_string(), "cannot uninstall db\n");
    }
}
