//! Why packages cannot be taken away, and what would help.

use std::fmt;

use catalog_model::conditions::show::one_line;
use serde_json::{Value, json};

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
    by_moving: Option<Box<Resolution>>,
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
    package: String,
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
    pub(super) fn new(kind: ObstacleKind, package: &str, text: String) -> Self {
        Self {
            kind,
            package: package.to_owned(),
            text,
        }
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> ObstacleKind {
        self.kind
    }

    /// The package; empty for a conflict.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
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
        let removals = request.removals.iter();
        Self {
            asked: removals.map(|removal| removal.package.clone()).collect(),
            obstacles,
            dependants,
            with_dependants: None,
            by_moving: None,
        }
    }

    /// Tries what would help: to let the dependants go too while nothing moves, and to let everything move.
    pub(super) fn find_ways(&mut self, universe: &Universe, alone: &Request, free: &Request) {
        if !self.obstacles.is_empty() {
            return;
        }
        let answer = |request: &Request| match resolve(universe, request) {
            Outcome::Resolved(resolution) => Some(Box::new(resolution)),
            _ => None,
        };
        if !self.dependants.iter().any(Dependant::is_pinned) {
            let dependants = self.dependants.iter();
            let all = dependants.fold(alone.clone(), |request, dependant| {
                request.remove_from(&dependant.namespace, &dependant.package)
            });
            self.with_dependants = answer(&all);
        }
        self.by_moving = answer(free);
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

    /// What becomes of it if all [dependants](Self::dependants) go too; none if that cannot be.
    #[must_use]
    pub fn with_dependants(&self) -> Option<&Resolution> {
        self.with_dependants.as_deref()
    }

    /// An answer in which dependants stay, at releases that do without it or with something else in its place; none if there is none.
    #[must_use]
    pub fn by_moving(&self) -> Option<&Resolution> {
        self.by_moving.as_deref()
    }

    /// What would help, each tried, in words.
    #[must_use]
    pub fn repairs(&self) -> Vec<String> {
        let mut repairs = Vec::new();
        if self.with_dependants.is_some() {
            let names = self
                .placed()
                .map(|(one, place)| format!("{}{place}", one.package));
            let names: Vec<String> = names.collect();
            repairs.push(format!("uninstall {} too", names.join(", ")));
        }
        if let Some(resolution) = &self.by_moving {
            let plan = resolution.plan();
            let steps = plan.steps().iter();
            let steps =
                steps.filter(|step| !matches!(step.action(), Action::Keep | Action::Uninstall));
            let changes = steps.map(|step| {
                let to = step.to().unwrap_or_default();
                match step.action() {
                    Action::Install => format!("install {} {to}", step.package()),
                    action => format!("{action} {} to {to}", step.package()),
                }
            });
            let changes: Vec<String> = changes.collect();
            if !changes.is_empty() {
                repairs.push(changes.join(", "));
            }
        }
        repairs
    }

    /// The dependants, each with where it is if its package is there in several namespaces. They are sorted, so that neighbours tell.
    fn placed(&self) -> impl Iterator<Item = (&Dependant, String)> {
        let package = |at: Option<usize>| Some(&self.dependants.get(at?)?.package);
        self.dependants.iter().enumerate().map(move |(at, one)| {
            let neighbours = [package(at.checked_sub(1)), package(at.checked_add(1))];
            let place = match neighbours.contains(&Some(&one.package)) {
                true => format!(" in {}", one.namespace),
                false => String::new(),
            };
            (one, place)
        })
    }

    /// The refusal as JSON: `status` is `refused`; `obstacles` are `{"kind", "package", "text"}`, `neededBy` the dependants, `{"package",
    /// "version", "namespace", "needs", "direct", "pinned"}`, and `repairs` texts.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let obstacles = self.obstacles.iter();
        let obstacles = obstacles.map(|obstacle| {
            json!({ "kind": obstacle.kind.as_str(), "package": obstacle.package, "text": obstacle.text })
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
        for (dependant, place) in self.placed() {
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
        Ok(())
    }
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
