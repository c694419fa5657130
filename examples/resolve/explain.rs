//! Why each release of an answer is there, and why it is not newer.

use catalog_examples::{Newer, Output, chain_json};
use catalog_resolve::{
    Chain, Request, Resolution, ResolvedRelease, Universe, WhyNotNewer, why_not_newer,
};
use serde_json::{Value, json};

/// Chains of one release that people read; how many more there are is said.
const CHAINS: usize = 3;

/// One release, explained.
struct Explained<'r> {
    release: &'r ResolvedRelease,
    chains: Vec<Chain>,
    newer: Vec<Newer>,
}

pub(crate) fn explained_text(
    universe: &Universe,
    request: &Request,
    resolution: &Resolution,
    output: &mut Output,
) {
    for explained in explained(universe, request, resolution) {
        let release = explained.release;
        let (package, version) = (release.package(), release.version());
        output.lines("");
        output.line(format!("{package} {version} in {}", release.namespace()));
        for chain in explained.chains.iter().take(CHAINS) {
            output.line(format!("  {chain}"));
        }
        if let Some(more) = explained
            .chains
            .len()
            .checked_sub(CHAINS)
            .filter(|n| *n > 0)
        {
            output.line(format!("  and {more} more ways in which it is needed"));
        }
        for newer in &explained.newer {
            output.line(format!("  not {}", newer.text()));
        }
    }
}

/// `[{"package", "version", "namespace", "chains", "newer"}]`
pub(crate) fn explained_json(
    universe: &Universe,
    request: &Request,
    resolution: &Resolution,
) -> Value {
    let explained = explained(universe, request, resolution);
    let explained = explained.iter().map(|explained| {
        let release = explained.release;
        json!({
            "package": release.package(), "version": release.version(), "namespace": release.namespace(),
            "chains": explained.chains.iter().map(chain_json).collect::<Vec<_>>(),
            "newer": explained.newer.iter().map(Newer::json).collect::<Vec<_>>(),
        })
    });
    explained.collect()
}

fn explained<'r>(
    universe: &Universe,
    request: &Request,
    resolution: &'r Resolution,
) -> Vec<Explained<'r>> {
    let mut newer = why_not_newer(universe, request, resolution.releases());
    let explained = resolution.releases().iter().map(|release| {
        let is_of = |why: &WhyNotNewer| {
            (why.package(), why.namespace()) == (release.package(), release.namespace())
        };
        let (of_this, others) = std::mem::take(&mut newer).into_iter().partition(is_of);
        newer = others;
        let mut chains = resolution.why(universe, release.package());
        chains.retain(|chain| {
            let last = chain.links().last();
            last.is_some_and(|link| link.namespace() == release.namespace())
        });
        Explained {
            release,
            chains,
            newer: (of_this as Vec<WhyNotNewer>)
                .into_iter()
                .map(|why| Newer::new(universe, request, why))
                .collect(),
        }
    });
    explained.collect()
}
