//! Any universe that can be read gives an answer, a conflict, or runs out of its budget; and a conflict prints.
#![no_main]

use catalog_resolve::{Outcome, Request, Universe, resolve};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(universe) = Universe::from_json(text) else {
        return;
    };
    for package in universe.package_names().take(3) {
        let Ok(request) = Request::new().budget(2_000).install(package, "*") else {
            continue;
        };
        match resolve(&universe, &request) {
            Outcome::Resolved(resolution) => {
                assert!(resolution.plan().steps().len() == resolution.releases().len())
            }
            Outcome::Conflict(conflict) => {
                let explanation = conflict.explain();
                let repairs = conflict.repairs(&explanation);
                assert!(!explanation.text_with(&repairs).is_empty());
            }
            _ => {}
        }
    }
});
