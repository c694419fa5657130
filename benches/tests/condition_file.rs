//! Reading conditions takes time in proportion to how many there are.

use std::time::{Duration, Instant};

use catalog_benches::condition_file;
use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;

/// The shortest of several times, which other work on the machine disturbs least.
fn time_of(conditions: usize) -> Duration {
    let file = SourceFile::new("conditions.yaml", condition_file(conditions));
    let mut limits = Limits::default();
    limits.nodes = 1_000_000;
    let read = || {
        let start = Instant::now();
        let (set, diagnostics) = ConditionSet::parse(&file, &limits);
        let time = start.elapsed();
        assert_eq!((set.conditions().len(), diagnostics.len()), (conditions, 0));
        time
    };
    (0..2).map(|_| read()).min().unwrap_or_default()
}

/// In proportion it is 8 times as long; in proportion to the square it were 64.
#[test]
fn eight_times_the_conditions_take_no_longer_than_twenty_times() {
    let (short, long) = (time_of(1_000), time_of(8_000));
    assert!(long < short * 20, "{short:?}, then {long:?}");
}
