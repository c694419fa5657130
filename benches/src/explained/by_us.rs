//! catalog-resolve.

use catalog_resolve::{Mode, Outcome, resolve};

use crate::resolver::{Ours, Problem, Question};

/// What is said of a question that has no answer, with the changes that would help: nothing if there is an answer.
#[must_use]
pub fn by_us(problem: &Problem, question: &Question) -> Option<String> {
    let ours = Ours::new(problem, std::slice::from_ref(question), Mode::Newest);
    let (universe, requests) = ours.parts();
    let request = &requests[0];
    let Outcome::Conflict(conflict) = resolve(universe, request) else {
        return None;
    };
    let explanation = conflict.explain();
    Some(explanation.text_with(&conflict.repairs(&explanation)))
}
