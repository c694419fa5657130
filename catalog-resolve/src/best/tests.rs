//! What is found without a search is what the search finds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the oracle"
)]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use self::oracle::climb::climb;
use self::oracle::random::world;
use self::oracle::world::World;
use super::{Choice, Found, best, best_at_once};
use crate::encode::{Encoder, InstanceKey};
use crate::engine::Engine;
use crate::situation::Situation;

/// What is chosen: instances, and catalogs and versions as texts.
fn named(encoder: &Encoder<'_>, choice: &Choice) -> Vec<(InstanceKey, String)> {
    let chosen = choice.iter().map(|(key, var, value)| {
        let (catalog, version) = encoder.named(var, value).unwrap();
        (key.clone(), format!("{version} of {catalog:?}"))
    });
    chosen.collect()
}

/// How often there was an answer, and how often it took no search.
fn compare(world: fn(u64) -> World, runs: u64) -> (u32, u32) {
    let (mut answers, mut at_once) = (0, 0);
    for seed in 0..runs {
        let world = world(seed);
        let (universe, request) = (world.universe(), world.request());
        let situation = Situation::new(&universe, &request);
        let mut encoder = Encoder::forgetful(&situation);
        let found_at_once = best_at_once(&mut encoder).map(|(choice, _)| named(&encoder, &choice));
        let mut engine = Engine::default();
        let mut encoder = Encoder::of(&situation, &mut engine);
        let found = match best(&mut encoder, &mut engine).0 {
            Found::Best(choice) => Some(named(&encoder, &choice)),
            Found::Nothing => None,
            Found::Unproven(..) | Found::Unknown => panic!("seed {seed}: nothing limits it"),
        };
        answers += u32::from(found.is_some());
        at_once += u32::from(found_at_once.is_some());
        if found_at_once.is_some() {
            assert_eq!(found_at_once, found, "seed {seed}\n{world}");
        }
    }
    println!("{runs} worlds, {answers} with an answer, {at_once} without a search");
    (answers, at_once)
}

#[test]
fn answers_without_a_search_are_those_of_the_search() {
    for world in [world, climb] {
        let (answers, at_once) = compare(world, 3_000);
        assert!(at_once > answers / 4, "{at_once} of {answers}");
        assert!(at_once < answers, "{at_once} of {answers}");
    }
}
