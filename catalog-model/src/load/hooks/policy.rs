//! When a hook runs, how often, and what follows when it fails.

use std::time::Duration;

use catalog_conditions::document::{Fields, Node, Reader};
use catalog_conditions::duration::parse_timeout;

use crate::hook::{Backoff, HookPolicy, Keep, OnFailure, Semantics};
use crate::load::choice::choice;
use crate::load::values::texts;

pub(super) fn policy(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> HookPolicy {
    let mut policy = HookPolicy::default();
    if let Some(node) = fields.take("weight") {
        policy.weight = reader.integer(node, "weight").unwrap_or_default();
    }
    if let Some(node) = fields.take("after") {
        policy.after = texts(reader, node, "after");
    }
    if let Some(timeout) = duration(reader, fields, "timeout") {
        policy.timeout = timeout;
    }
    let retries = fields.take("retries");
    policy.retries = retries.and_then(|node| reader.integer(node, "retries"));
    if let Some(node) = fields.take("backoff") {
        policy.backoff = backoff(reader, node);
    }
    if let Some(node) = fields.take("onFailure") {
        let choices = [
            ("stop", OnFailure::Stop),
            ("continue", OnFailure::Continue),
            ("rollback", OnFailure::Rollback),
        ];
        policy.on_failure = choice(reader, node, "onFailure", &choices).unwrap_or_default();
    }
    if let Some(node) = fields.take("semantics") {
        let choices = [
            ("at-least-once", Semantics::AtLeastOnce),
            ("at-most-once", Semantics::AtMostOnce),
        ];
        policy.semantics = choice(reader, node, "semantics", &choices).unwrap_or_default();
    }
    if let Some(node) = fields.take("irreversible") {
        policy.irreversible = reader.boolean(node, "irreversible").unwrap_or_default();
    }
    if let Some(node) = fields.take("keep") {
        let choices = [
            ("onFailure", Keep::OnFailure),
            ("always", Keep::Always),
            ("never", Keep::Never),
        ];
        policy.keep = choice(reader, node, "keep", &choices).unwrap_or_default();
    }
    policy.stuck_after = duration(reader, fields, "stuckAfter");
    if let (Semantics::AtMostOnce, Some(node)) = (
        policy.semantics,
        retries.filter(|_| policy.retries > Some(0)),
    ) {
        let diagnostic = reader.error(
            "semantics",
            node.span(),
            "a hook that runs at most once cannot be retried",
        );
        reader.report(diagnostic.help("remove `retries`, or `semantics: at-most-once`"));
    }
    policy
}

fn duration(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
) -> Option<Duration> {
    let node = fields.take(key)?;
    let text = reader.text(node, key)?;
    match parse_timeout(text) {
        Ok(duration) if !duration.is_zero() => Some(duration),
        Ok(_) => {
            let diagnostic = reader.error(
                "duration",
                node.span(),
                format!("`{key}` must be longer than nothing"),
            );
            reader.report(diagnostic);
            None
        }
        Err(error) => {
            let diagnostic = reader.error("duration", node.span(), error.to_string());
            reader.report(diagnostic);
            None
        }
    }
}

fn backoff(reader: &mut Reader<'_>, node: &Node) -> Backoff {
    let mut backoff = Backoff::default();
    let Some(mut fields) = reader.fields(node, "backoff") else {
        return backoff;
    };
    backoff.initial = duration(reader, &mut fields, "initial").unwrap_or(backoff.initial);
    if let Some(node) = fields.take("factor") {
        backoff.factor = reader.integer(node, "factor").unwrap_or(backoff.factor);
    }
    backoff.max = duration(reader, &mut fields, "max").unwrap_or(backoff.max);
    reader.finish(fields);
    backoff
}
