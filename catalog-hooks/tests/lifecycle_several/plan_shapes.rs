//! Every shape of plan for up to three packages, with a failure of each operation at each of its stages. There are too many for every day: of those
//! of two and three packages, some that are spread over all. The bench `lifecycle_plans` carries all of them out.

use crate::carried_out::look_at_all;
use crate::shape::{Shape, shapes};

/// One of so many.
fn look_at_some(all: Vec<Shape>, step: usize) {
    let some: Vec<Shape> = all.into_iter().step_by(step).collect();
    let counts = look_at_all(&some);
    println!("{} plans: {counts:?}", some.len());
    assert!(counts.values().all(|count| *count > 0) && counts.len() == 3);
}

#[test]
fn every_plan_of_one_package_ends_as_it_should() {
    let all = shapes(1);
    // At a time × unwinding: each kind with nothing that fails, or something at one of the 37 stages of the four.
    assert_eq!(all.len(), 6 * (4 + 37));
    look_at_some(all, 1);
}

#[test]
fn every_plan_of_two_packages_ends_as_it_should() {
    let all = shapes(2);
    assert_eq!(all.len(), 6 * 2 * (16 + 2 * 4 * 37));
    look_at_some(all, 29);
}

#[test]
fn every_plan_of_three_packages_ends_as_it_should() {
    let all = shapes(3);
    assert_eq!(all.len(), 6 * 4 * (64 + 3 * 16 * 37));
    look_at_some(all, 997);
}
