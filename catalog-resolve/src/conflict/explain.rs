//! A conflict in plain sentences: from what is asked for, one step at a time, to where it ends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::core::Core;
use super::fact::FactKind;
use super::phrase::{self, Phrase, listed, name};
use super::sentence::{Sentence, sentence};
use crate::encode::{Encoder, Fact, InstalledFact};
use crate::engine::{ValueSet, Var};

/// Lines after the first; how many are left out beyond them is said.
const LINES: usize = 12;

/// Ranges of one package that are looked at together.
const RANGES: usize = 8;

const UNSHRUNK: &str = "(not all of this may matter: the search for a shorter reason was given up)";

/// One line under construction: sentences with one subject and one verb.
struct Line {
    subject: Phrase,
    verb: &'static str,
    objects: Vec<String>,
    leads_to: Vec<Var>,
}

pub(super) fn lines(encoder: &Encoder<'_>, core: &Core<'_>) -> Vec<String> {
    let sentences: Vec<Sentence> = core.told().map(|c| sentence(encoder, core, c)).collect();
    let requested = sentences.iter().filter(|s| s.about.is_none());
    // The header has said what is asked for.
    let odd = requested.filter(|s| s.kind != FactKind::Request);
    let mut lines: Vec<String> = odd.map(|s| format!("{} {}", s.verb, s.object)).collect();
    lines.extend(steps(&sentences, None));
    lines.extend(disagreement(encoder, core));
    shorten(&mut lines);
    for line in &mut lines {
        line.insert_str(0, "  ");
    }
    lines.insert(0, header(encoder, core));
    if !core.is_minimal {
        lines.push(format!("  {UNSHRUNK}"));
    }
    lines
}

/// What is against a release, a line each, beginning with what is said of itself, or else with what is asked for.
pub(crate) fn reasons(encoder: &Encoder<'_>, core: &Core<'_>, release: Var) -> Vec<String> {
    let sentences: Vec<Sentence> = core.told().map(|c| sentence(encoder, core, c)).collect();
    let mut requested: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for sentence in sentences.iter().filter(|s| s.about.is_none()) {
        let objects = requested.entry(sentence.verb).or_default();
        objects.push(sentence.object.clone());
    }
    let requested = requested.iter();
    let requested = requested.map(|(verb, objects)| format!("{verb} {}", listed(objects)));
    let mut lines = steps(&sentences, Some(release));
    let is_about_itself = sentences.iter().any(|s| s.about == Some(release));
    let at = if is_about_itself { lines.len() } else { 0 };
    lines.splice(at..at, requested);
    shorten(&mut lines);
    if !core.is_minimal {
        lines.push(UNSHRUNK.to_owned());
    }
    lines
}

/// How it begins and where it ends says more than what lies between.
fn shorten(lines: &mut Vec<String>) {
    if let Some(more) = lines.len().checked_sub(LINES).filter(|more| *more > 0) {
        let end = lines.split_off(lines.len() - LINES / 3);
        lines.truncate(LINES - LINES / 3);
        lines.push(format!("… {more} more steps of this kind …"));
        lines.extend(end);
    }
}

/// What several ranges of a package come to, where looking at any two of them does not show it.
fn disagreement(encoder: &Encoder<'_>, core: &Core<'_>) -> Option<String> {
    let mut asked: BTreeMap<Var, Vec<Asked<'_>>> = BTreeMap::new();
    for clause in &core.clauses {
        let asker = match clause.fact {
            Fact::Item(..) => None,
            Fact::Dependency(asker, _) => Some(asker),
            _ => continue,
        };
        for (var, set) in clause.terms.iter().filter(|(var, _)| Some(*var) != asker) {
            asked.entry(*var).or_default().push((asker, set));
        }
    }
    let (var, asked) = asked.iter().find(|(_, asked)| agree_in_pairs(asked))?;
    let (name, ranges) = (name(encoder, *var), asked.len());
    Some(format!(
        "no version of {name} is in all {ranges} ranges, though any two of them share one"
    ))
}

/// Who asks for an instance, if it is not the request, and with which values.
type Asked<'a> = (Option<Var>, &'a ValueSet);

/// Whether any two of at least three share a value, and all of them none. Different releases of one asker are never there together, and are
/// not meant.
fn agree_in_pairs(asked: &[Asked<'_>]) -> bool {
    let Some(((_, first), rest)) = asked.split_first() else {
        return false;
    };
    if !(2..RANGES).contains(&rest.len()) {
        return false;
    }
    let mut all = (*first).clone();
    for (_, set) in rest {
        all.intersect(*set);
    }
    let agree = |(asker, set): &Asked<'_>, (other_asker, other): &Asked<'_>| {
        let mut both = (*set).clone();
        both.intersect(*other);
        !both.is_empty() && (asker.is_none() || asker != other_asker)
    };
    let mut pairs = asked
        .iter()
        .enumerate()
        .flat_map(|(at, one)| asked.iter().skip(at + 1).map(move |other| (one, other)));
    all.is_empty() && pairs.all(|(one, other)| agree(one, other))
}

/// Everything that is said of instances, first of those who come first.
fn steps(sentences: &[Sentence], first: Option<Var>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut by_subject: BTreeMap<Var, Vec<&Sentence>> = BTreeMap::new();
    // A cycle says of its members what their dependencies would say again.
    let cycles: Vec<BTreeSet<Var>> = sentences
        .iter()
        .filter(|s| s.kind == FactKind::Cycle)
        .map(|s| s.leads_to.iter().copied().chain(s.about).collect())
        .collect();
    let is_told = |sentence: &Sentence, var: Var| {
        let mut cycles = cycles.iter().filter(|cycle| cycle.contains(&var));
        sentence.kind == FactKind::Dependency
            && cycles.any(|cycle| sentence.leads_to.iter().all(|next| cycle.contains(next)))
    };
    for sentence in sentences {
        if let Some(var) = sentence.about.filter(|var| !is_told(sentence, *var)) {
            by_subject.entry(var).or_default().push(sentence);
        }
    }
    for var in in_order(sentences, &by_subject, first) {
        lines.extend(about(by_subject.get(&var).into_iter().flatten()));
    }
    lines
}

/// "cannot install a >=2 and b", "cannot remove c".
fn header(encoder: &Encoder<'_>, core: &Core<'_>) -> String {
    let items = core.clauses.iter().filter_map(|clause| match clause.fact {
        Fact::Item(item, _) => Some(phrase::item(encoder, item)),
        _ => None,
    });
    let removed = core.clauses.iter().filter_map(|clause| match clause.fact {
        Fact::OfInstalled(var, InstalledFact::Removed) => Some(name(encoder, var)),
        _ => None,
    });
    let (items, removed): (Vec<String>, Vec<String>) = (items.collect(), removed.collect());
    match (items.as_slice(), removed.as_slice()) {
        ([], []) => "what is installed does not go together".to_owned(),
        ([], _) => format!("cannot remove {}", listed(&removed)),
        ([_], []) => format!("cannot install {}", listed(&items)),
        (_, []) => format!("cannot install {} together", listed(&items)),
        _ => format!(
            "cannot install {} and remove {}",
            listed(&items),
            listed(&removed)
        ),
    }
}

/// Who something is said about: those that are asked for first, then whom each leads to.
fn in_order(
    sentences: &[Sentence],
    by_subject: &BTreeMap<Var, Vec<&Sentence>>,
    first: Option<Var>,
) -> Vec<Var> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    let asked_for = sentences
        .iter()
        .filter(|s| s.about.is_none())
        .flat_map(|s| &s.leads_to);
    let mut queue: VecDeque<Var> = first.iter().chain(asked_for).copied().collect();
    queue.extend(sentences.iter().filter_map(|s| s.about));
    while let Some(var) = queue.pop_front() {
        if !seen.insert(var) {
            continue;
        }
        order.push(var);
        let next = by_subject
            .get(&var)
            .into_iter()
            .flatten()
            .flat_map(|s| &s.leads_to);
        // Whom this one leads to comes before whoever is merely mentioned somewhere.
        for var in next.rev() {
            if !seen.contains(var) {
                queue.push_front(*var);
            }
        }
    }
    order
}

fn about<'a>(sentences: impl Iterator<Item = &'a &'a Sentence>) -> Vec<String> {
    let mut lines: Vec<Line> = Vec::new();
    for sentence in sentences {
        let Some(subject) = &sentence.subject else {
            continue;
        };
        let is_simple = !sentence.object.contains(',');
        let same = lines.iter_mut().find(|line| {
            let is_open = line.objects.iter().all(|o| !o.contains(','));
            is_simple && is_open && line.subject == *subject && line.verb == sentence.verb
        });
        match same {
            Some(line) => {
                line.objects.push(sentence.object.clone());
                line.leads_to.extend(&sentence.leads_to);
            }
            None => lines.push(Line {
                subject: subject.clone(),
                verb: sentence.verb,
                objects: vec![sentence.object.clone()],
                leads_to: sentence.leads_to.clone(),
            }),
        }
    }
    joined(&lines)
}

/// Lines about one package that say the same of different releases become one: "p 2.x needs q >=3, p 1.x needs q <3".
fn joined(lines: &[Line]) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    let mut last: Option<&Line> = None;
    for line in lines {
        let text = format!(
            "{} {} {}",
            line.subject.text,
            line.verb,
            listed(&line.objects)
        );
        let continues =
            last.is_some_and(|l| l.leads_to == line.leads_to && l.subject != line.subject);
        match texts.last_mut() {
            Some(before) if continues && before.len() + text.len() < 108 => {
                before.push_str(", ");
                before.push_str(&text);
            }
            _ => texts.push(text),
        }
        last = Some(line);
    }
    texts
}
