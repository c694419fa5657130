//! For scripts.

use catalog_examples::Output;
use catalog_model::Location;
use catalog_model::crd_safety::Break;
use catalog_model::diff::{Change, Detail, FileChange, FileMeaning, ReleaseDiff};
use catalog_resolve::ledger::Entry;
use catalog_resolve::{ResolvabilityChange, ResolvabilityKind};
use serde_json::{Map, Value, json};

use crate::found::{Found, Pair};

pub(crate) fn print(found: &Found<'_>, output: &mut Output) {
    let releases = found.releases.iter().map(|(one, pair)| {
        let mut object = pair.as_ref().map(told).unwrap_or_default();
        object.insert("package".into(), one.package().as_str().into());
        object.insert("version".into(), one.release().version().as_str().into());
        object.insert("change".into(), one.as_str().into());
        if let ReleaseDiff::Broken(_, why) = one {
            object.insert("reason".into(), why.as_str().into());
        }
        Value::Object(object)
    });
    let newest = found.newest.iter().map(|pair| {
        let (before, after) = (pair.compared.before(), pair.compared.after());
        let mut object = told(pair);
        object.insert("package".into(), after.package().as_str().into());
        object.insert("from".into(), before.version().as_str().into());
        object.insert("to".into(), after.version().as_str().into());
        object.insert("announced".into(), pair.is_announced.into());
        Value::Object(object)
    });
    let unusable = found.unusable.iter().map(|one| {
        json!({
            "package": one.package().as_str(), "version": one.version(), "new": one.is_new(), "reason": one.reason(),
        })
    });
    let became = |kind| found.became(kind).map(resolvability).collect::<Vec<_>>();
    output.json(&json!({
        "findings": found.count(),
        "releases": releases.collect::<Vec<_>>(),
        "newest": newest.collect::<Vec<_>>(),
        "unusable": unusable.collect::<Vec<_>>(),
        "resolvability": {
            "lost": became(ResolvabilityKind::Lost),
            "neverHad": became(ResolvabilityKind::NeverHad),
            "gained": became(ResolvabilityKind::Gained),
            "undecided": became(ResolvabilityKind::Undecided),
            "asked": found.resolvability.asked(),
            "untouched": found.resolvability.untouched(),
        },
    }));
}

fn resolvability(one: &ResolvabilityChange) -> Value {
    let mut object = Map::new();
    object.insert("package".into(), one.package().into());
    object.insert("version".into(), one.version().into());
    let why = one.explanation();
    object.extend(why.map(|why| ("explanation".to_owned(), why.into())));
    object.into()
}

fn told(pair: &Pair<'_>) -> Map<String, Value> {
    let mut object = Map::new();
    let files = pair.compared.files().iter().map(file);
    object.insert("files".into(), files.collect());
    let changes = pair.compared.changes().iter().map(change);
    object.insert("changes".into(), changes.collect());
    let effects = pair.ledger.entries().iter().map(Entry::to_json);
    object.insert("effects".into(), effects.collect());
    let unexamined = pair.ledger.unexamined().iter();
    let unexamined = unexamined.map(|one| json!({ "what": one.what(), "why": one.why() }));
    object.insert("unexamined".into(), unexamined.collect());
    let gone = pair.crds.gone().iter();
    let gone = gone.map(|crd| crd.identity().name().into());
    object.insert("goneCrds".into(), gone.collect::<Vec<Value>>().into());
    let breaks = pair.crds.upgrades().iter().flat_map(|upgrade| {
        let name = upgrade.new_one().identity().name();
        upgrade.breaks().iter().map(move |one| of_break(name, one))
    });
    object.insert("breaks".into(), breaks.collect());
    object
}

fn file(file: &FileChange) -> Value {
    let mut object = Map::new();
    object.insert("path".into(), file.path().into());
    object.insert("change".into(), file.kind().as_str().into());
    object.insert("meaning".into(), file.meaning().as_str().into());
    if let FileMeaning::Unknown(Some(why)) = file.meaning() {
        object.insert("why".into(), why.as_str().into());
    }
    object.into()
}

fn change(change: &Change) -> Value {
    let mut object = Map::new();
    object.insert("part".into(), change.part().as_str().into());
    object.insert("subject".into(), change.subject().into());
    object.insert("change".into(), change.kind().as_str().into());
    let details = change.details().iter().map(detail);
    object.insert("details".into(), details.collect());
    for (key, at) in [("before", change.before()), ("after", change.after())] {
        object.extend(at.map(|at| (key.to_owned(), place(at))));
    }
    object.into()
}

fn detail(detail: &Detail) -> Value {
    let mut object = Map::new();
    object.insert("pointer".into(), detail.pointer().into());
    object.insert("change".into(), detail.kind().as_str().into());
    for (key, value) in [("before", detail.before()), ("after", detail.after())] {
        object.extend(value.map(|value| (key.to_owned(), value.clone())));
    }
    object.into()
}

fn place(at: &Location) -> Value {
    let (start, end) = (at.start(), at.end());
    json!({
        "file": at.file().path(), "line": start.line, "column": start.column, "endLine": end.line, "endColumn": end.column,
    })
}

fn of_break(crd: &str, one: &Break) -> Value {
    let mut object = Map::new();
    object.insert("crd".into(), crd.into());
    let texts = [
        ("code", Some(one.code())),
        ("version", one.version()),
        ("field", one.field()),
        ("reason", Some(one.reason())),
        ("help", Some(one.remedy())),
    ];
    for (key, text) in texts {
        object.extend(text.map(|text| (key.to_owned(), text.into())));
    }
    let hits: Vec<&str> = one.hits().iter().map(|hit| hit.as_str()).collect();
    object.insert("hits".into(), hits.into());
    object.into()
}
