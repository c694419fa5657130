//! How an operation ends that nothing befalls.

use catalog_hooks::Outcome;
use catalog_hooks::journal::Journal;
use catalog_hooks::simulator::Run;

/// What is said of a run that did not succeed: `ends with a part of it done: failed in ready: …`.
pub(crate) fn in_words(run: &Run) -> String {
    let end = match &run.outcome {
        Some(Outcome::Stopped(stop)) => stop.to_string(),
        Some(Outcome::Unchanged) => "with nothing changed".to_owned(),
        _ => "with a part of it done".to_owned(),
    };
    let journal = run
        .cluster
        .journal()
        .and_then(|text| Journal::parse(text).ok());
    let mut operations = journal.iter().flat_map(|journal| journal.operations());
    let failure = operations.find_map(|one| Some((one.package(), one.failure()?)));
    match failure {
        None => format!("ends {end}"),
        Some((package, note)) => format!(
            "ends {end}: failed in {} of `{package}`: {}",
            note.step, note.message
        ),
    }
}
