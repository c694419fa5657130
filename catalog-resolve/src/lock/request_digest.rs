//! A digest of what is asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::request::{Item, Mode, Request};

/// `sha256:` and the SHA-256 of what is asked for, in lines of JSON. Ranges count as they are meant, not as they are spelt.
pub(super) fn request_digest(request: &Request) -> String {
    let mut digest = Sha256::new();
    for line in lines(request) {
        digest.update(format!("{line}\n"));
    }
    let hex = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    format!("sha256:{hex}")
}

/// Lists only: their order is that in which they are written, whatever features of `serde_json` others switch on.
fn lines(request: &Request) -> Vec<Value> {
    let place =
        |namespace: &Option<String>| namespace.clone().unwrap_or_else(|| request.home.clone());
    let items = request
        .items
        .iter()
        .map(|item| install(item, &place(&item.namespace)));
    let removals = request.removals.iter();
    let removals: BTreeSet<_> = removals
        .map(|r| (&r.package, place(&r.namespace)))
        .collect();
    let removals = removals
        .iter()
        .map(|(package, place)| json!(["remove", package, place]));
    let prereleases = match request.all_prereleases {
        true => vec![json!(["prereleases"])],
        false => request
            .prereleases
            .iter()
            .map(|package| json!(["prereleases", package]))
            .collect(),
    };
    let switches = [
        (request.is_autoremoving, "autoremove"),
        (request.mode == Mode::FewestChanges, "fewest changes"),
    ];
    let switches = switches
        .iter()
        .filter(|(is_on, _)| *is_on)
        .map(|(_, name)| json!([name]));
    items
        .chain(removals)
        .chain(prereleases)
        .chain(switches)
        .collect()
}

fn install(item: &Item, place: &str) -> Value {
    json!([
        "install",
        item.package,
        item.range.to_string(),
        item.catalog,
        place,
        item.is_declaration,
        item.is_rollback
    ])
}
