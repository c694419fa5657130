//! A conflict in plain sentences: from what is asked for, one step at a time, to where it ends.

use std::collections::{BTreeSet, VecDeque};

use super::core::Core;
use super::fact::FactKind;
use super::phrase::{Phrase, listed, wanted};
use super::sentence::{Sentence, sentence};
use crate::encode::{Encoder, Fact};
use crate::engine::Var;

/// Lines after the first; how many facts are left out beyond them is said.
const LINES: usize = 12;

/// One line under construction: sentences with one subject and one verb.
struct Line {
    subject: Phrase,
    verb: &'static str,
    objects: Vec<String>,
    leads_to: Vec<Var>,
}

pub(super) fn lines(encoder: &Encoder<'_>, core: &Core) -> Vec<String> {
    let sentences: Vec<Sentence> = core
        .clauses
        .iter()
        .map(|c| sentence(encoder, core, c))
        .collect();
    let mut lines = Vec::new();
    let requested = sentences.iter().filter(|s| s.about.is_none());
    let odd = requested.filter(|s| s.kind != FactKind::Request);
    lines.extend(odd.map(|s| format!("  {} {}", s.verb, s.object)));
    for var in in_order(&sentences) {
        lines.extend(about(var, &sentences));
    }
    if lines.len() > LINES {
        let more = lines.len() - (LINES - 1);
        lines.truncate(LINES - 1);
        lines.push(format!("  and {more} more facts of this kind"));
    }
    lines.insert(0, header(encoder, core));
    if !core.is_minimal {
        lines.push(
            "  (not all of this may matter: the search for a shorter reason was given up)"
                .to_owned(),
        );
    }
    lines
}

/// "cannot install a >=2 and b".
fn header(encoder: &Encoder<'_>, core: &Core) -> String {
    let items = core.clauses.iter().filter_map(|clause| match clause.fact {
        Fact::Item(position) => encoder.request.items.get(position),
        _ => None,
    });
    let items: Vec<String> = items
        .map(|item| wanted(&item.package, &item.range))
        .collect();
    match items.len() {
        0 => "cannot be installed".to_owned(),
        1 => format!("cannot install {}", listed(&items)),
        _ => format!("cannot install {} together", listed(&items)),
    }
}

/// Who something is said about: those that are asked for first, then whom each leads to.
fn in_order(sentences: &[Sentence]) -> Vec<Var> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    let first = sentences
        .iter()
        .filter(|s| s.about.is_none())
        .flat_map(|s| &s.leads_to);
    let mut queue: VecDeque<Var> = first.copied().collect();
    queue.extend(sentences.iter().filter_map(|s| s.about));
    let mut later = VecDeque::new();
    while let Some(var) = queue.pop_front().or_else(|| later.pop_front()) {
        if !seen.insert(var) {
            continue;
        }
        order.push(var);
        let next = sentences
            .iter()
            .filter(|s| s.about == Some(var))
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

fn about(var: Var, sentences: &[Sentence]) -> Vec<String> {
    let mut lines: Vec<Line> = Vec::new();
    for sentence in sentences.iter().filter(|s| s.about == Some(var)) {
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
            Some(before) if continues && before.len() + text.len() < 110 => {
                before.push_str(", ");
                before.push_str(&text);
            }
            _ => texts.push(format!("  {text}")),
        }
        last = Some(line);
    }
    texts
}
