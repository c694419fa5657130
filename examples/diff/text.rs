//! For people.

use catalog_examples::Output;
use catalog_model::Location;
use catalog_model::diff::{FileMeaning, ReleaseDiff};
use catalog_resolve::ResolvabilityKind;
use catalog_resolve::ledger::Change;

use crate::found::{Found, Pair};

/// Files, changes and effects of one release that are told; JSON has all.
const TOLD: usize = 40;

pub(crate) fn print(found: &Found<'_>, output: &mut Output) {
    for (release, pair) in &found.releases {
        match (release, pair) {
            (ReleaseDiff::Broken(_, why), _) => output.line(format!("{release}: {why}")),
            (_, Some(pair)) if pair.compared.is_rewritten() => {
                output.line(format!("{release}: no change of meaning"));
            }
            _ => output.line(release.to_string()),
        }
        if let Some(pair) = pair {
            tell(pair, output);
        }
    }
    for one in &found.unusable {
        output.line(format!("{one}: {}", one.reason()));
    }
    for pair in &found.newest {
        let (before, after) = (pair.compared.before(), pair.compared.after());
        let (package, from, to) = (after.package(), before.version(), after.version());
        output.line(format!("newest {package} {from} → {to}"));
        tell(pair, output);
    }
    for one in found.resolvability.changes() {
        output.line(one.to_string());
        if one.kind() != ResolvabilityKind::Gained {
            let lines = one.explanation().unwrap_or_default().lines().skip(1);
            lines.for_each(|line| output.line(line));
        }
    }
    summary(found, output);
}

fn tell(pair: &Pair<'_>, output: &mut Output) {
    let mut lines = Vec::new();
    for file in pair.compared.files() {
        let meaning = match file.meaning() {
            FileMeaning::Same => ", no change of meaning".to_owned(),
            FileMeaning::Unknown(Some(why)) => format!(", not compared: {why}"),
            FileMeaning::Unknown(None) => ", meaning not known".to_owned(),
            _ => String::new(),
        };
        lines.push(format!(
            "  file {} {}{meaning}",
            file.path(),
            file.kind().as_str()
        ));
    }
    for change in pair.compared.changes() {
        lines.push(format!(
            "  {change}{}",
            places(change.before(), change.after())
        ));
    }
    for entry in pair.ledger.entries() {
        let sign = match entry.change() {
            Change::Added => '+',
            Change::Changed => '~',
            _ => '-',
        };
        lines.push(format!(
            "  {sign} {:<10}  {}",
            entry.effect().kind(),
            entry.effect()
        ));
    }
    let more = lines.len().saturating_sub(TOLD);
    lines.truncate(TOLD);
    lines.into_iter().for_each(|line| output.line(line));
    if more > 0 {
        output.line(format!("  … and {more} more: --format json has all"));
    }
    for gone in pair.crds.gone() {
        let name = gone.identity().name();
        output.line(format!(
            "  the CRD {name} is gone; who removes it removes all its objects"
        ));
    }
    let announced = match pair.is_announced {
        true => " (announced by the version)",
        false => "",
    };
    for upgrade in pair.crds.upgrades() {
        let name = upgrade.new_one().identity().name();
        for one in upgrade.breaks() {
            output.line(format!("  breaks {name}: {one}{announced}"));
        }
    }
}

fn places(before: Option<&Location>, after: Option<&Location>) -> String {
    let at = |place: &Location| format!("{}:{}", place.file().path(), place.start());
    match (before.map(at), after.map(at)) {
        (Some(old), Some(new)) if old == new => format!(" ({new})"),
        (Some(old), Some(new)) => format!(" ({new}, was {old})"),
        (None, Some(one)) | (Some(one), None) => format!(" ({one})"),
        (None, None) => String::new(),
    }
}

fn summary(found: &Found<'_>, output: &mut Output) {
    let count = |kind: &str| {
        let releases = found.releases.iter();
        releases.filter(|(one, _)| one.as_str() == kind).count()
    };
    let kinds = ["added", "removed", "broken", "mutated", "rewritten"];
    let counts = kinds.map(|kind| format!("{} {kind}", count(kind)));
    let lost = found.became(ResolvabilityKind::Lost).count();
    let (asked, untouched) = (found.resolvability.asked(), found.resolvability.untouched());
    output.line(format!(
        "versions: {}; {lost} can no longer be resolved ({asked} asked, {untouched} out of reach); {} findings",
        counts.join(", "),
        found.count(),
    ));
}
