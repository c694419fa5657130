//! Why there is no answer: facts as data, sentences as a second step.

mod attempt;
mod core;
mod decided;
mod explain;
mod fact;
mod lever;
mod missing;
mod phrase;
mod repairs;
mod sentence;
mod standing;

pub use self::fact::{Alternative, ConflictFact, FactKind};
pub use self::repairs::{Repair, RepairKind};

pub(crate) use self::attempt::Attempt;
pub(crate) use self::core::{Core, CoreClause, made};
pub(crate) use self::explain::reasons;
pub(crate) use self::lever::{Lever, levers};
pub(crate) use self::phrase::{capability, name, releases};
pub(crate) use self::sentence::fact;

use std::collections::BTreeSet;
use std::fmt;

use catalog_model::conditions::show::one_line;

use crate::best::is_possible;
use crate::encode::Encoder;
use crate::engine::{Engine, Exhausted};
use crate::request::Request;
use crate::situation::Situation;
use crate::universe::Universe;

/// That a request has no answer. Why is found out when somebody asks: [`explain`](Self::explain).
#[derive(Clone, Copy)]
pub struct Conflict<'a> {
    universe: &'a Universe,
    request: &'a Request,
    steps: u64,
}

impl<'a> Conflict<'a> {
    pub(crate) fn new(universe: &'a Universe, request: &'a Request, steps: u64) -> Self {
        Self {
            universe,
            request,
            steps,
        }
    }

    /// The steps that the search took, as [`Request::budget`] counts them.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Why there is no answer.
    ///
    /// If the request is [cancelled](Request::cancellation) meanwhile, nothing is known of why: no facts, and text that says so.
    ///
    /// Cost: the search runs once more, then facts are left out one after the other, within a budget in steps.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        let situation = Situation::new(self.universe, self.request);
        let mut engine = Engine::default();
        let mut encoder = Encoder::of(&situation, &mut engine);
        match is_possible(&mut encoder, &mut engine) {
            Ok(_) => {
                let core = Core::find(&encoder, &engine);
                // What is known then is the first proof at best, and may be all that was looked at.
                match !core.is_minimal && encoder.is_cancelled() {
                    true => Explanation::given_up(),
                    false => Explanation::new(&encoder, &core),
                }
            }
            Err(Exhausted) => Explanation::given_up(),
        }
    }
}

impl Conflict<'_> {
    /// Finds single changes to the request that lead to an answer, cheapest first: another version of what is asked for,
    /// another catalog, a prerelease, lifting an exclusion, a yanked release, doing without an item. Every change given has
    /// been resolved. Which changes are tried hangs on the [explanation](Self::explain) of this conflict.
    ///
    /// Takes up to two dozen searches with a small budget each.
    ///
    /// ```
    /// use catalog_resolve::{Outcome, Request, Universe, resolve};
    ///
    /// let universe = Universe::from_json(r#"{"loki": {"2.9.0": {}}}"#)?;
    /// let request = Request::new().install("loki", ">=3")?;
    /// let Outcome::Conflict(conflict) = resolve(&universe, &request) else { panic!("there is no loki 3") };
    /// let repairs = conflict.repairs(&conflict.explain());
    /// assert_eq!(repairs[0].change(), "ask for loki 2.9.0 instead of >=3");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn repairs(&self, explanation: &Explanation) -> Vec<Repair> {
        repairs::repairs(self.universe, self.request, &explanation.levers)
    }
}

impl fmt::Debug for Conflict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut conflict = f.debug_struct("Conflict");
        conflict.field("steps", &self.steps).finish_non_exhaustive()
    }
}

/// Why a request has no answer: facts of the request and of the releases that cannot all be met. Each of them counts:
/// without any one of them, the others could be met.
///
/// [`text`](Self::text) says it in sentences, and [`Conflict::repairs`] finds changes to the request that would help.
#[derive(Clone, Debug)]
pub struct Explanation {
    facts: Vec<ConflictFact>,
    lines: Vec<String>,
    levers: BTreeSet<Lever>,
    is_minimal: bool,
}

impl Explanation {
    fn new(encoder: &Encoder<'_>, core: &Core<'_>) -> Self {
        let facts = core
            .clauses
            .iter()
            .map(|clause| fact(encoder, core, clause));
        let facts = facts.collect();
        let levers = core
            .clauses
            .iter()
            .flat_map(|clause| levers(encoder, clause));
        Self {
            facts,
            lines: explain::lines(encoder, core)
                .iter()
                .map(|line| one_line(line))
                .collect(),
            levers: levers.collect(),
            is_minimal: core.is_minimal,
        }
    }

    fn given_up() -> Self {
        let line = "there is no answer; why was not found out, because the search was cancelled";
        Self {
            facts: Vec::new(),
            lines: vec![line.to_owned()],
            levers: BTreeSet::new(),
            is_minimal: false,
        }
    }

    /// The facts, those of the request first, then in the order in which one leads to the next.
    #[must_use]
    pub fn facts(&self) -> &[ConflictFact] {
        &self.facts
    }

    /// Whether every fact has been shown to count. If not, the search for facts to leave out took too long;
    /// [`ConflictFact::is_needed`] says which have.
    #[must_use]
    pub fn is_minimal(&self) -> bool {
        self.is_minimal
    }

    /// The conflict in plain sentences, a line each, the first one naming what cannot be had. What the catalog says in several lines is
    /// in one here (see [`one_line`]).
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// The same, followed by the changes that would help.
    #[must_use]
    pub fn text_with(&self, repairs: &[Repair]) -> String {
        let mut lines = self.lines.clone();
        match repairs {
            [] => {}
            [only] => lines.push(format!(
                "this change would help: {}",
                one_line(only.change())
            )),
            _ => {
                lines.push("these changes would help, cheapest first".to_owned());
                let numbered = repairs.iter().zip(1..);
                let numbered =
                    numbered.map(|(repair, n)| format!("  {n}. {}", one_line(repair.change())));
                lines.extend(numbered);
            }
        }
        lines.join("\n")
    }
}
