//! Whether a condition applies.

use serde_json::Value;

use super::truth::Truth;
use super::{Asking, advice, ask};
use crate::condition::{Fact, Tree};
use crate::path::Finding;
use crate::report::{Answer, Outcome, Reason};

impl Asking<'_> {
    /// The answer of a condition that is not asked; `None` if it is.
    pub(super) fn unless(self, when: &Tree<Fact>) -> Option<Answer> {
        let Some(parameters) = self.context.parameters() else {
            let mut answer = Answer::new(Outcome::Unknown, Reason::NoParameters);
            answer.help.push(
                "say the parameters of the installation: the condition depends on them".to_owned(),
            );
            return Some(answer);
        };
        let judgment = ask::of_facts(when, self.around(parameters));
        let outcome = match judgment.truth {
            Truth::Satisfied => return None,
            Truth::NotSatisfied => (Outcome::NotApplicable, Reason::NotApplicable),
            Truth::Unknown => (Outcome::Unknown, Reason::When),
        };
        let mut answer = Answer::new(outcome.0, outcome.1);
        if self.is_telling() {
            answer.expected = Some(format!("when {}", advice::facts(when)));
            let withheld = self.context.withholds_parameters();
            answer.actual = Some(parameters_as_they_are(when, parameters, withheld));
            if outcome.0 == Outcome::Unknown && !withheld {
                answer.help = advice::unmet(when, self.around(parameters), false);
            }
        }
        Some(answer)
    }
}

fn parameters_as_they_are(when: &Tree<Fact>, parameters: &Value, withheld: bool) -> String {
    let facts: Vec<String> = when
        .leaves()
        .take(advice::LISTED)
        .map(|fact| {
            let field = fact.field.as_ref();
            let name = field.map(ToString::to_string).unwrap_or_default();
            if withheld && matches!(ask::found(fact, parameters), Ok(Finding::Found(_))) {
                return format!("{name} is not shown");
            }
            format!(
                "{name} is {}",
                advice::fact_as_it_is(fact, parameters, false)
            )
        })
        .collect();
    facts.join(", ")
}
