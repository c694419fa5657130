//! Answers for people and for scripts.

use std::collections::BTreeMap;

use catalog_examples::{Offer, Output, notes_json, orphans};
use catalog_resolve::{Action, Resolution, ResolvedRelease, Step};
use serde_json::{Map, Value, json};

pub(crate) fn resolved_json(offer: &Offer, resolution: &Resolution) -> Value {
    let releases = resolution.releases().iter();
    let releases: Vec<Value> = releases.map(|one| release_json(offer, one)).collect();
    let Open {
        deferred,
        not_evaluated,
    } = open(offer, resolution);
    let mut answer = json!({
        "status": "resolved", "releases": releases, "plan": resolution.plan().to_json(),
        "deferred": deferred.iter().map(|(package, condition, needs)| json!({ "package": package, "condition": condition, "needs": needs })).collect::<Vec<_>>(),
        "notes": notes_json(&resolution.notes()), "unproven": resolution.unproven(),
        "notEvaluated": not_evaluated.iter().map(|(package, conditions)| json!({ "package": package, "conditions": conditions })).collect::<Vec<_>>(),
    });
    if let (Some(choice), Value::Object(answer)) = (offer.choice(), &mut answer)
        && let Some(unreadable) = choice.unreadable()
    {
        answer.insert("unreadable".to_owned(), unreadable);
        let differing = choice.conflicts(resolution);
        answer.insert("differing".to_owned(), differing.into());
    }
    answer
}

/// What a plan cannot say yet of the conditions of its releases.
struct Open<'r> {
    /// Package, condition, and what must be there before it is asked again.
    deferred: Vec<(&'r str, String, String)>,
    /// Package, and how many conditions of it nobody asked.
    not_evaluated: Vec<(&'r str, usize)>,
}

fn open<'r>(offer: &Offer, resolution: &'r Resolution) -> Open<'r> {
    let Offer::Catalogs { view, .. } = offer else {
        return Open {
            deferred: Vec::new(),
            not_evaluated: Vec::new(),
        };
    };
    let moving = resolution
        .releases()
        .iter()
        .filter(|release| !release.is_kept());
    let deferred = moving.flat_map(|release| {
        let deferred = view.deferred_of(release).iter();
        deferred.map(|deferred| {
            (
                release.package(),
                deferred.condition().to_owned(),
                deferred.needs().to_string(),
            )
        })
    });
    Open {
        deferred: deferred.collect(),
        not_evaluated: view.not_evaluated(resolution).collect(),
    }
}

pub(crate) fn resolved_text(offer: &Offer, resolution: &Resolution, output: &mut Output) {
    let releases = resolution.releases().iter();
    let needed_by: BTreeMap<_, _> = releases
        .map(|release| {
            (
                (release.package(), release.namespace()),
                release.needed_by().collect::<Vec<_>>(),
            )
        })
        .collect();
    output.line("level  action");
    let plan = resolution.plan();
    let (kept, steps): (Vec<&Step>, Vec<&Step>) = plan
        .steps()
        .iter()
        .partition(|step| step.action() == Action::Keep);
    for step in steps {
        let askers = needed_by
            .get(&(step.package(), step.namespace()))
            .map(|names| names.join(", "));
        let why = askers
            .filter(|names| !names.is_empty())
            .map_or_else(String::new, |names| format!("  (needed by {names})"));
        output.line(format!("{:>5}  {step}{why}", step.level() + 1));
        for need in step.unmet() {
            output.line(format!("       warning: on the way, {need}"));
        }
        for one in step.avoided() {
            output.line(format!("       note: not at once, as {one}"));
        }
        for one in step.breaks() {
            output.line(format!("       warning: {one}"));
        }
    }
    for step in kept {
        output.line(format!("    -  {step}"));
    }
    let orphans = orphans(resolution);
    if !orphans.is_empty() {
        output.line(format!(
            "needed by nothing any more, and gone with --autoremove: {orphans}"
        ));
    }
    for note in resolution.notes() {
        output.line(format!("note: {note}"));
    }
    for conflict in offer
        .choice()
        .into_iter()
        .flat_map(|one| one.conflicts(resolution))
    {
        output.line(format!("note: {conflict}"));
    }
    let Open {
        deferred,
        not_evaluated,
    } = open(offer, resolution);
    for (package, condition, needs) in deferred {
        output.line(format!(
            "asked again before {package} is installed: \"{condition}\", which waits for {needs}"
        ));
    }
    for (package, count) in not_evaluated {
        output.line(format!(
            "not asked, there being no cluster: {count} conditions of {package}"
        ));
    }
}

fn release_json(offer: &Offer, release: &ResolvedRelease) -> Value {
    let mut object = Map::new();
    object.insert("name".to_owned(), release.package().into());
    object.insert("version".to_owned(), release.version().into());
    object.insert("namespace".to_owned(), release.namespace().into());
    object.insert(
        "neededBy".to_owned(),
        release.needed_by().collect::<Vec<_>>().into(),
    );
    if let Some(catalog) = release.catalog() {
        object.insert("catalog".to_owned(), catalog.into());
        object.insert("alsoIn".to_owned(), release.also_in().collect());
    }
    if let Some(location) = offer.choice().and_then(|choice| choice.location(release)) {
        object.insert("location".to_owned(), location);
    }
    Value::Object(object)
}
