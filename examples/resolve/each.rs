//! Each release of a universe alone.

use std::time::Instant;

use catalog_examples::{Answer, Failure, Format, Offer, Output};
use catalog_model::version::VersionRange;
use catalog_resolve::{Item, Outcome, Request, resolve};
use serde_json::{Value, json};

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
    let (universe, unusable) = (offer.universe(), offer.unusable());
    let (mut requests, mut unreadable, mut unreadable_requests) = (Vec::new(), Vec::new(), 0);
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
        if which == "every" || versions.is_empty() {
            let unusable = unusable.of(package).map(|(version, why)| Unreadable {
                package,
                version,
                why: why.map(ToString::to_string),
            });
            let before = unreadable.len();
            unreadable.extend(unusable);
            let more = unreadable.len() - before;
            // The newest one is asked for once, however many there are of which it may be one.
            unreadable_requests += if which == "every" { more } else { more.min(1) };
        }
        requests.extend(versions.into_iter().map(|version| (package, version)));
    }
    let start = Instant::now();
    let (mut resolved, mut conflicted, mut undecided) = (0, Vec::new(), Vec::new());
    for (package, version) in &requests {
        let range = VersionRange::parse(&format!("={version}"))
            .map_err(|error| Failure::new(error.to_string()))?;
        let request = offer.request(Request::new().item(Item::new(*package, range)));
        match resolve(universe, &request) {
            Outcome::Resolved(_) => resolved += 1,
            Outcome::Conflict(conflict) => {
                conflicted.push((*package, version.as_str(), conflict.explain()));
            }
            _ => undecided.push((*package, version.as_str())),
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let asked = requests.len() + unreadable_requests;
    match format {
        Format::Json => output.json(&json!({
            "requests": asked, "resolved": resolved, "conflicts": conflicted.len(), "unreadable": unreadable_requests, "undecided": undecided.len(),
            "seconds": seconds,
            "conflicted": conflicted.iter().map(|(name, version, conflict)| json!({ "name": name, "version": version, "facts": conflict.facts().len() })).collect::<Vec<_>>(),
            "unusable": unreadable.iter().map(Unreadable::json).collect::<Vec<_>>(),
            "unanswered": undecided.iter().map(|(name, version)| json!({ "name": name, "version": version })).collect::<Vec<_>>(),
        })),
        Format::Text => {
            for (_, _, conflict) in &conflicted {
                output.lines(conflict.text());
            }
            unreadable.iter().for_each(|one| output.line(one.line()));
            for (package, version) in &undecided {
                output.line(format!("{package} {version}: no answer was found within the budget, nor shown not to exist"));
            }
            let undecided = match undecided.len() {
                0 => String::new(),
                count => format!(", {count} undecided"),
            };
            output.line(format!("{asked} requests: {resolved} resolved, {} conflicts, {} unreadable{undecided}; {seconds:.3} s", conflicted.len(), unreadable_requests));
        }
    }
    Ok(match resolved == asked {
        true => Answer::Fine,
        false => Answer::Finding,
    })
}

/// A release that is there and cannot be read, so that nothing answers it.
struct Unreadable<'o> {
    package: &'o str,
    version: &'o str,
    why: Option<String>,
}

impl Unreadable<'_> {
    fn line(&self) -> String {
        let why = self.why.iter().map(|why| format!(": {why}"));
        let why: String = why.collect();
        format!("{} {} cannot be chosen{why}", self.package, self.version)
    }

    fn json(&self) -> Value {
        json!({ "name": self.package, "version": self.version, "why": self.why })
    }
}
