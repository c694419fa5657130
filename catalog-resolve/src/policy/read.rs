//! Policies in files.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_model::document::{Fields, Limits, Node, Reader, parse};
use catalog_model::{Diagnostic, Severity, SourceFile, Span};

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
        .map(|node| patterns(reader, node, "packages"));
    let conditions = fields.take("where");
    let reason = fields.required(reader, "reason");
    let reason = reason
        .and_then(|reason| reader.text(reason, "reason"))
        .map(str::to_owned);
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
        reason: reason?,
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
            KeyKind::Patterns => Some(Wanted::Patterns(patterns(reader, value, key.name))),
            KeyKind::Kinds => {
                kinds(reader, value);
                Some(Wanted::Patterns(patterns(reader, value, key.name)))
            }
            KeyKind::Words(words) => {
                for word in reader.items(value, key.name).unwrap_or_default() {
                    let text = reader.word(word, key.name);
                    if text.is_some_and(|text| !words.contains(&text)) {
                        unknown_word(reader, word, words);
                    }
                }
                Some(Wanted::Patterns(patterns(reader, value, key.name)))
            }
        };
        let key = key.name;
        criteria.extend(wanted.map(|wanted| Criterion { key, wanted }));
    }
    reader.finish(fields);
    criteria
}

/// A list of patterns. One that is empty holds of nothing, which nobody means.
fn patterns(reader: &mut Reader<'_>, node: &Node, what: &'static str) -> Vec<Pattern> {
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
    let texts = items.iter().filter_map(|item| reader.text(item, what));
    texts.map(Pattern::new).collect()
}

/// Kinds are written with their groups: one that is not holds of nothing, unless it has none.
fn kinds(reader: &mut Reader<'_>, node: &Node) {
    for item in reader.items(node, "kinds").unwrap_or_default() {
        let Some(kind) = reader.text(item, "kinds") else {
            continue;
        };
        let has_group = kind.contains(['.', '*']);
        if !has_group && !WITHOUT_GROUP.contains(&kind) {
            let message = format!("`{kind}` is a kind of a group, which is not said");
            let help =
                "write the group behind it, as `Deployment.apps`; `Deployment.*` is that of any";
            reader.report(reader.error("kind.group", item.span(), message).help(help));
        }
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
