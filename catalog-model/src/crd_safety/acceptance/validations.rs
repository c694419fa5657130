//! Rules in CEL, as far as can be told without an engine for them.

use serde_json::Value;

use super::super::cel::is_transition;
use super::super::schema::Keywords;
use super::expression::{Unread, read};
use super::typing::Selves;
use super::value_type::Type;
use super::{Acceptance, Level, Node, field_path, rules, text, typing};

impl<'a> Acceptance<'a> {
    pub(super) fn expressions(&mut self, node: &Node<'_, 'a>, value: &'a Value) {
        self.has_rules = true;
        for (at, validation) in value.as_array().into_iter().flatten().enumerate() {
            let Some(validation) = validation.as_object() else {
                continue;
            };
            for (keyword, why) in faults(node, validation) {
                let below = format!("/x-kubernetes-validations/{at}/{keyword}");
                let rule = text(validation, "rule").unwrap_or_default();
                let reason = format!("the rule `{}` of {}: {why}", rule.trim(), node.subject());
                self.refuse(node, &below, reason).rule = &rules::VALIDATION;
            }
        }
    }
}

/// The keywords of a rule that the server refuses.
fn faults(node: &Node<'_, '_>, validation: &Keywords) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    let mut add = |keyword, why: Option<String>| faults.extend(why.map(|why| (keyword, why)));
    let said = |keyword: &str| text(validation, keyword);
    let selves = selves(node, validation);
    let rule = said("rule").unwrap_or_default();
    add("rule", of_rule(node, rule, selves));
    if let Some(message) = said("messageExpression") {
        add("messageExpression", of_message(message, selves));
    }
    add("message", of_words(said("rule"), said("message")));
    let reasons = [
        "FieldValueRequired",
        "FieldValueForbidden",
        "FieldValueInvalid",
        "FieldValueDuplicate",
    ];
    let reason = said("reason").filter(|reason| !reasons.contains(reason));
    add(
        "reason",
        reason.map(|reason| format!("`{reason}` is no reason")),
    );
    let path = said("fieldPath").filter(|path| field_path::find(path, node.schema).is_none());
    add(
        "fieldPath",
        path.map(|path| format!("`{path}` is no path of its schema")),
    );
    let uses_old = is_transition(rule);
    let says_optional = super::said(validation, "optionalOldSelf").is_some();
    let why = "it does not speak of `oldSelf`, and says that this may be missing";
    add(
        "optionalOldSelf",
        (says_optional && !uses_old).then(|| why.to_owned()),
    );
    faults
}

/// What `self` and `oldSelf` are; the latter is something of its own where it may be missing.
fn selves<'a>(node: &Node<'_, 'a>, validation: &Keywords) -> Selves<'a> {
    let itself = Type::of(node.schema, is_whole(node));
    let is_optional = validation.get("optionalOldSelf") == Some(&Value::Bool(true));
    let old = if is_optional { Type::Unknown } else { itself };
    Selves { itself, old }
}

fn of_rule(node: &Node<'_, '_>, rule: &str, selves: Selves<'_>) -> Option<String> {
    if rule.trim().is_empty() {
        return Some("it says nothing".to_owned());
    }
    if is_transition(rule) && !node.is_correlated {
        let why = "it speaks of `oldSelf` inside a list or map whose old values are not told apart";
        return Some(why.to_owned());
    }
    match read(rule) {
        Ok(expression) => typing::fault(&expression, selves, Type::Bool),
        Err(Unread::Syntax(why)) => Some(format!("it is no CEL: {why}")),
        Err(Unread::Undecided) => None,
    }
}

fn of_message(message: &str, selves: Selves<'_>) -> Option<String> {
    match read(message) {
        Ok(expression) => {
            let why = typing::fault(&expression, selves, Type::Text);
            why.map(|why| format!("its `messageExpression`: {why}"))
        }
        Err(Unread::Syntax(why)) => Some(format!("its `messageExpression` is no CEL: {why}")),
        Err(Unread::Undecided) => None,
    }
}

fn of_words(rule: Option<&str>, message: Option<&str>) -> Option<String> {
    let has_lines = |text: &str| text.trim().contains(['\n', '\r']);
    match message {
        Some(message) if message.trim().is_empty() => Some("its `message` is empty".to_owned()),
        Some(message) if has_lines(message) => Some("its `message` has several lines".to_owned()),
        None if rule.is_some_and(has_lines) => {
            Some("it has several lines, and needs a `message`".to_owned())
        }
        _ => None,
    }
}

fn is_whole(node: &Node<'_, '_>) -> bool {
    node.level == Level::Root || node.is("x-kubernetes-embedded-resource")
}
