//! One more package beside many that are installed.

use catalog_resolve::Mode;

use super::super::ours::Ours;
use super::super::problem::{Problem, Question};
use super::super::reply::Reply;

/// Takes what ours answers to half of the items for installed, and asks for the first of the others. Nothing if that has no answer.
#[must_use]
pub fn one_more(problem: &Problem, question: &Question) -> Option<Question> {
    let (before, after) = question.items.split_at(question.items.len() / 2);
    let before = Question {
        items: before.to_vec(),
        installed: Vec::new(),
    };
    let ours = Ours::new(problem, &[before], Mode::Newest);
    match ours.read(&ours.solve(0)) {
        Reply::Answer(installed) => Some(Question {
            items: after.iter().take(1).copied().collect(),
            installed,
        }),
        _ => None,
    }
}
