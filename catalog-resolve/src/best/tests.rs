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
type Named = Vec<(InstanceKey, String)>;

fn named(encoder: &Encoder<'_>, choice: &Choice) -> Named {
    let chosen = choice.iter().map(|(key, var, value)| {
        let (catalog, version) = encoder.named(var, value).unwrap();
        (key.clone(), format!("{version} of {catalog:?}"))
    });
    chosen.collect()
}

/// What is found without a search, if it is, and what the search finds, if there is an answer.
fn found(world: &World) -> (Option<Named>, Option<Named>) {
    let (universe, request) = (world.universe(), world.request());
    let situation = Situation::new(&universe, &request);
    let mut encoder = Encoder::forgetful(&situation);
    let at_once = best_at_once(&mut encoder).map(|(choice, _)| named(&encoder, &choice));
    let mut engine = Engine::default();
    let mut encoder = Encoder::of(&situation, &mut engine);
    let searched = match best(&mut encoder, &mut engine).0 {
        Found::Best(choice) => Some(named(&encoder, &choice)),
        Found::Nothing => None,
        Found::Unproven(..) | Found::Unknown => panic!("nothing limits it: {world}"),
    };
    if at_once.is_some() {
        assert_eq!(at_once, searched, "{world}");
    }
    (at_once, searched)
}

#[test]
fn answers_without_a_search_are_those_of_the_search() {
    for world in [world, climb] {
        let (mut answers, mut all_at_once) = (0, 0);
        for seed in 0..3_000 {
            let (at_once, searched) = found(&world(seed));
            answers += u32::from(searched.is_some());
            all_at_once += u32::from(at_once.is_some());
        }
        println!("{answers} answers, {all_at_once} without a search");
        let some = answers / 4..answers;
        assert!(some.contains(&all_at_once), "{all_at_once} of {answers}");
    }
}

/// Worlds that random ones hardly come to.
#[test]
fn what_is_taken_for_granted_has_to_turn_out_so() {
    for (text, versions) in [
        // The locked release fits beside what is chosen, and is in no answer.
        (
            "lib 1.0.0; needs part *
             lib 2.0.0
             part 1.0.0; needs nowhere *
             app 1.0.0
             app 2.0.0; needs lib >=2
             locked lib 1.0.0
             install app",
            ["2.0.0 of None", "2.0.0 of None"].as_slice(),
        ),
        // What is installed lacks the same as a release before it, and is not asked for it.
        (
            "catalogs main extra
             lib 1.0.0; from main; needs part <1
             lib 2.0.0; from main; needs part <1
             lib 3.0.0; from extra
             part 2.0.0; from main
             installed lib 1.0.0; from main
             upgrade lib",
            &["1.0.0 of Some(\"main\")"],
        ),
    ] {
        let world = World::parse(text);
        let (_, searched) = found(&world);
        let chosen: Vec<String> = searched.unwrap().into_iter().map(|(_, it)| it).collect();
        assert_eq!(chosen, versions, "{world}");
    }
}
