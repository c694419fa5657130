//! Each release of a universe alone.

use std::time::Instant;

use catalog_examples::{Answer, Failure, Format, Offer, Output};
use catalog_model::version::VersionRange;
use catalog_resolve::{Item, Outcome, Request, resolve};
use serde_json::json;

/// Resolves releases one by one, each alone.
pub(crate) fn each(
    offer: &Offer,
    which: &str,
    packages: &[String],
    format: Format,
    output: &mut Output,
) -> Result<Answer, Failure> {
    if !packages.is_empty() {
        return Err(Failure::new("--each asks for all packages: name none"));
    }
    let universe = offer.universe();
    let (mut requests, mut unreadable) = (Vec::new(), 0);
    for package in universe.package_names() {
        let versions = match which {
            "newest" => Vec::from_iter(universe.newest_version(package)),
            "every" => universe.versions(package),
            other => {
                return Err(Failure::new(format!(
                    "`--each {other}` means nothing: newest or every"
                )));
            }
        };
        // Asked for all the same: a release that cannot be read has no answer, and none of the others stands in for it.
        let unusable = universe.unusable_versions(package).len();
        unreadable += match which {
            "newest" => usize::from(versions.is_empty() && unusable > 0),
            _ => unusable,
        };
        requests.extend(versions.into_iter().map(|version| (package, version)));
    }
    let start = Instant::now();
    let mut conflicted = Vec::new();
    for (package, version) in &requests {
        let range = VersionRange::parse(&format!("={version}"))
            .map_err(|error| Failure::new(error.to_string()))?;
        let request = offer.request(Request::new().item(Item::new(*package, range)));
        if let Outcome::Conflict(conflict) = resolve(universe, &request) {
            conflicted.push((*package, version.as_str(), conflict.explain()));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let resolved = requests.len() - conflicted.len();
    match format {
        Format::Json => output.json(&json!({
            "requests": requests.len() + unreadable, "resolved": resolved, "conflicts": conflicted.len(), "unreadable": unreadable, "seconds": seconds,
            "conflicted": conflicted.iter().map(|(name, version, conflict)| json!({ "name": name, "version": version, "facts": conflict.facts().len() })).collect::<Vec<_>>(),
        })),
        Format::Text => {
            for (_, _, conflict) in &conflicted {
                output.lines(conflict.text());
            }
            output.line(format!("{} requests: {resolved} resolved, {} conflicts, {unreadable} unreadable; {seconds:.3} s", requests.len() + unreadable, conflicted.len()));
        }
    }
    Ok(if conflicted.is_empty() {
        Answer::Fine
    } else {
        Answer::Finding
    })
}
