//! Somebody acts on an object of a release, at each effect of a run. There are too many cases for every day: a few that are spread over all. The bench
//! `lifecycle` goes through all of them.

use crate::meddled::{Case, Known, LEAST, Stage};

/// Of how many cases one is tried, beside those in which something known is.
const STEP: usize = 139;

#[test]
fn whatever_somebody_does_to_objects_of_a_release_what_is_theirs_stays_and_the_rest_goes() {
    let stage = Stage::new();
    let all = stage.cases();
    assert!(all.len() >= LEAST, "{}", all.len());
    let spread = all.iter().step_by(STEP);
    let of_known = all.iter().filter(|case| Known::may_be_in(case));
    let some: Vec<Case> = spread.chain(of_known).copied().collect();
    let found = stage.look_at_all(&some);
    println!(
        "{} acts, of which {}: {} could be done, {:?}; known: {:?}",
        all.len(),
        some.len(),
        found.cases,
        found.outcomes,
        found.known,
    );
    assert!(found.cases > LEAST / STEP / 2, "{}", found.cases);
    found.check();
}
