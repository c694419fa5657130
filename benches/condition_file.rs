//! Reading a file of 1,000 conditions and one of 4,000, and how much longer one of them takes in the longer file.
//!
//! `cargo bench --bench condition_file`. As a yardstick `yaml_serde` reads the same text, into a value of YAML: it knows no condition, no
//! position and no mistake, so that its time says how much of ours is not the YAML.
#![allow(
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::hint::black_box;

use catalog_benches::{condition_file, race, way};
use catalog_conditions::SourceFile;
use catalog_conditions::condition::ConditionSet;
use catalog_conditions::document::Limits;

const ROUNDS: usize = 20;

fn main() {
    let mut per_condition = Vec::new();
    for count in [1_000, 4_000] {
        let text = condition_file(count);
        let bytes = text.len();
        let file = SourceFile::new("conditions.yaml", text.clone());
        let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!(set.conditions().len(), count);
        assert_eq!(items(&text), count);
        let lanes = race(
            ROUNDS,
            &mut [
                way(|| ConditionSet::parse(black_box(&file), &Limits::default())),
                way(|| serde_yaml::from_str::<serde_yaml::Value>(black_box(&text))),
            ],
        );
        if let [ours, theirs] = lanes.as_slice() {
            let each = ours.nanos / count as f64;
            println!(
                "{count} conditions, {bytes} bytes: {:.2} ms, {each:.0} ns a condition; yaml_serde {:.2} ms, {:.2} times as long",
                ours.nanos / 1e6,
                theirs.nanos / 1e6,
                theirs.ratio
            );
            per_condition.push(each);
        }
    }
    if let [short, long] = per_condition.as_slice() {
        println!(
            "time a condition, in the longer file to the shorter: {:.2}",
            long / short
        );
    }
}

fn items(text: &str) -> usize {
    serde_yaml::from_str::<serde_yaml::Value>(text)
        .ok()
        .and_then(|file| Some(file.get("conditions")?.as_sequence()?.len()))
        .unwrap_or_default()
}
