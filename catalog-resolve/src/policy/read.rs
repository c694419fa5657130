//! Policies in files.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_model::document::{Fields, Limits, Node, Reader, parse};
use catalog_model::{Diagnostic, Severity, SourceFile, Span};

use super::form::Form;
use super::pattern::Pattern;
use super::rule::{Criterion, Policy, PolicyRule, Wanted};
use super::subject::{KeyKind, Subject, WITHOUT_GROUP};

pub(super) fn policy(file: &Arc<SourceFile>) -> (Option<Policy>, Vec<Diagnostic>) {
    let documents = parse(file, &Limits::default());
    let mut diagnostics = documents.diagnostics;
    let mut reader = Reader::new(file, "policy", Severity::Error);
    let mut rules = Vec::new();
    match documents.documents.as_slice() {
        [only] => rules = all(&mut reader, only),
        [] => reader.report(
            reader
                .error("empty", Span::new(0, 0), "there is no policy in this file")
                .help("write `rules: []` for one without rules"),
        ),
        [_, second, ..] => {
            let message = "a policy is one document, and here begins another";
            reader.report(reader.error("documents", second.span(), message));
        }
    }
    diagnostics.extend(reader.into_diagnostics());
    let has_errors = diagnostics
        .iter()
        .any(|one| one.severity() == Severity::Error);
    let policy = Policy {
        file: Arc::clone(file),
        rules,
    };
    ((!has_errors).then_some(policy), diagnostics)
}

fn all(reader: &mut Reader<'_>, node: &Node) -> Vec<PolicyRule> {
    let Some(mut fields) = reader.fields(node, "a policy") else {
        return Vec::new();
    };
    let list = fields.required(reader, "rules");
    let items = list
        .and_then(|list| reader.items(list, "rules"))
        .unwrap_or_default();
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let mut rules = Vec::new();
    for item in items {
        let Some(rule) = rule(reader, item) else {
            continue;
        };
        if let Some(first) = names.insert(rule.name.clone(), rule.span) {
            let line = reader.line(first);
            let message = format!("a rule `{}` is there already, in line {line}", rule.name);
            reader.report(reader.error("name.twice", rule.span, message));
        }
        rules.push(rule);
    }
    reader.finish(fields);
    rules
}

fn rule(reader: &mut Reader<'_>, node: &Node) -> Option<PolicyRule> {
    let mut fields = reader.fields(node, "a rule")?;
    let name = fields.required(reader, "name");
    let name = name
        .and_then(|name| reader.text(name, "name"))
        .map(str::to_owned);
    let subject = subject(reader, &mut fields);
    let packages = fields
        .take("packages")
        .map(|node| patterns(reader, node, ("packages", Form::Lower)));
    let conditions = fields.take("where");
    let reason = fields.required(reader, "reason");
    let reason = reason.and_then(|node| Some((node, reader.text(node, "reason")?)));
    if let Some((node, _)) = reason.filter(|(_, text)| text.trim().is_empty()) {
        let message = "`reason` says nothing";
        let help = "say why: it is what people read who are refused";
        reader.report(
            reader
                .error("reason.empty", node.span(), message)
                .help(help),
        );
    }
    let span = Span::new(fields.span().start, fields.span().end);
    reader.finish(fields);
    let (subject, is_deny) = subject?;
    let criteria = conditions
        .map(|node| criteria(reader, node, subject))
        .unwrap_or_default();
    if subject == Subject::Unexamined && !is_deny && !criteria.iter().any(Criterion::names) {
        let message = "what is unexamined is allowed by name alone";
        let help = "add `where: {names: [...]}` with what the ledger calls it";
        reader.report(reader.error("unexamined.unnamed", span, message).help(help));
    }
    Some(PolicyRule {
        name: name?,
        is_deny,
        subject,
        packages,
        criteria,
        reason: reason?.1.to_owned(),
        span,
    })
}

/// What a rule is about, and whether it denies.
fn subject(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<(Subject, bool)> {
    let (allow, deny) = (fields.take("allow"), fields.take("deny"));
    let (node, is_deny) = match (allow, deny) {
        (Some(node), None) => (node, false),
        (None, Some(node)) => (node, true),
        (None, None) => {
            let message = "a rule says `allow` or `deny`, with what it is about";
            reader.report(reader.error("effect.missing", fields.span(), message));
            return None;
        }
        (Some(_), Some(deny)) => {
            let message = "a rule says `allow` or `deny`, and here are both";
            reader.report(reader.error("effect.both", deny.span(), message));
            return None;
        }
    };
    let text = reader.word(node, if is_deny { "deny" } else { "allow" })?;
    let mut subjects = Subject::ALL.into_iter();
    let found = subjects.find(|subject| subject.as_str() == text);
    if found.is_none() {
        let names = Subject::ALL.map(Subject::as_str);
        unknown_word(reader, node, &names);
    }
    Some((found?, is_deny))
}

fn criteria(reader: &mut Reader<'_>, node: &Node, subject: Subject) -> Vec<Criterion> {
    let Some(mut fields) = reader.fields(node, "where") else {
        return Vec::new();
    };
    let mut criteria = Vec::new();
    for key in subject.keys() {
        let Some(value) = fields.take(key.name) else {
            continue;
        };
        let wanted = match key.kind {
            KeyKind::Flag => reader.boolean(value, key.name).map(Wanted::Flag),
            KeyKind::Patterns(form) => {
                Some(Wanted::Patterns(patterns(reader, value, (key.name, form))))
            }
            KeyKind::Words(words) => {
                for word in reader.items(value, key.name).unwrap_or_default() {
                    let text = reader.word(word, key.name);
                    if text.is_some_and(|text| !words.contains(&text)) {
                        unknown_word(reader, word, words);
                    }
                }
                Some(Wanted::Patterns(patterns(
                    reader,
                    value,
                    (key.name, Form::Any),
                )))
            }
        };
        let key = key.name;
        criteria.extend(wanted.map(|wanted| Criterion { key, wanted }));
    }
    reader.finish(fields);
    criteria
}

/// A list of patterns. One that is empty, or that nothing is like, holds of nothing, which nobody means.
fn patterns(
    reader: &mut Reader<'_>,
    node: &Node,
    (what, form): (&'static str, Form),
) -> Vec<Pattern> {
    let Some(items) = reader.items(node, what) else {
        return Vec::new();
    };
    if items.is_empty() {
        let message = format!("`{what}` is empty, so that the rule holds of nothing");
        reader.report(
            reader
                .error("empty-list", node.span(), message)
                .help("leave it out, or say what is meant"),
        );
    }
    let mut patterns = Vec::new();
    for item in items {
        let Some(text) = reader.text(item, what) else {
            continue;
        };
        pattern(reader, item, (text, form));
        patterns.push(Pattern::new(text));
    }
    patterns
}

/// Whether something can be like a pattern.
fn pattern(reader: &mut Reader<'_>, node: &Node, (text, form): (&str, Form)) {
    let told: String = text.chars().take(64).collect();
    if let Some(found) = form.refuses(text) {
        let message = format!("nothing is like `{told}`: {}", found.why);
        let diagnostic = reader.error("impossible", node.span(), message);
        let diagnostic = diagnostic.did_you_mean(found.meant.as_deref());
        reader.report(match found.help {
            "" => diagnostic,
            help => diagnostic.help(help),
        });
        return;
    }
    // Kinds are written with their groups: one that is not holds of nothing, unless it has none.
    let is_alone = matches!(form, Form::KindOfGroup) && !text.contains(['.', '*']);
    if is_alone && !WITHOUT_GROUP.contains(&text) {
        let message = format!("`{told}` is a kind of a group, which is not said");
        let help = "write the group behind it, as `Deployment.apps`; `Deployment.*` is that of any";
        reader.report(reader.error("kind.group", node.span(), message).help(help));
    }
}

fn unknown_word(reader: &mut Reader<'_>, node: &Node, words: &[&str]) {
    let text: String = node
        .as_scalar()
        .map(|scalar| scalar.text().chars().take(64).collect())
        .unwrap_or_default();
    let diagnostic = reader.error(
        "word",
        node.span(),
        format!("`{text}` is none of the words that can stand here"),
    );
    let known = format!("known words: {}", words.join(", "));
    let diagnostic = reader.meant(diagnostic, node, words, known);
    reader.report(diagnostic);
}
