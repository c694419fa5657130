//! Comments in files that keep diagnostics back: `# catalog: allow(rule, reason)`.

use std::collections::BTreeMap;
use std::sync::Arc;

#[cfg(feature = "write")]
use catalog_conditions::document::Limits;
use catalog_conditions::document::{Comment, parse_with_comments};
use catalog_conditions::suggest::near;
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span, Suppression};

use super::LoadOptions;
use crate::rule;

/// What such a comment begins with.
const MARK: &str = "catalog:";

const FORM: &str = "write `# catalog: allow(rule, reason)`";

/// Whether a text may hold such a comment: only then it is worth looking for its comments.
pub(super) fn may_allow(text: &str) -> bool {
    text.contains(MARK)
}

/// The comments of a file that allow rules, for who writes it anew: a line each, wherever they stood, for they are about the whole file.
#[cfg(feature = "write")]
pub(crate) fn allowing_lines(file: &Arc<SourceFile>, limits: &Limits) -> String {
    if !may_allow(file.text()) {
        return String::new();
    }
    let (_, comments) = parse_with_comments(file, limits);
    let allowing = comments
        .iter()
        .filter(|comment| matches!(read(file, comment), Ok(Some(_))));
    allowing
        .map(|comment| format!("# {}\n", comment.text().trim()))
        .collect()
}

/// The diagnostics of some files as they are to be taken: kept back where a comment of their file says so, else with the levels of the
/// options. What is wrong with the comments is added.
pub(super) fn settle(
    diagnostics: Vec<Diagnostic>,
    commented: &[Arc<SourceFile>],
    options: &LoadOptions,
) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    let mut by_file: BTreeMap<&str, Vec<Allow<'_>>> = BTreeMap::new();
    for file in commented {
        let (_, comments) = parse_with_comments(file, &options.limits);
        let allows = comments.iter().filter_map(|comment| {
            read(file, comment).unwrap_or_else(|complaint| {
                complaints.push(*complaint);
                None
            })
        });
        by_file.entry(file.path()).or_default().extend(allows);
    }
    let mut settled: Vec<Diagnostic> = diagnostics
        .into_iter()
        .map(|diagnostic| allowed(diagnostic, &mut by_file, options))
        .collect();
    let without_effect = by_file.values().flatten();
    settled.extend(without_effect.filter_map(Allow::complaint));
    settled.extend(complaints);
    settled
        .into_iter()
        .map(|diagnostic| options.levels.apply(diagnostic))
        .collect()
}

/// The diagnostic kept back if a comment of its file allows it.
fn allowed(
    diagnostic: Diagnostic,
    by_file: &mut BTreeMap<&str, Vec<Allow<'_>>>,
    options: &LoadOptions,
) -> Diagnostic {
    let allow = diagnostic.location().and_then(|location| {
        let allows = by_file.get_mut(location.file().path())?;
        allows
            .iter_mut()
            .find(|allow| allow.rule == diagnostic.code())
    });
    let Some(allow) = allow else {
        return diagnostic;
    };
    if diagnostic.severity() == Severity::Error {
        allow.met_error = true;
        return diagnostic;
    }
    allow.used = true;
    if options.levels.insists_on(diagnostic.code()) {
        return diagnostic
            .help("the comment that allows it has no effect: the rule was made an error");
    }
    let (span, reason) = (allow.span, allow.reason.clone());
    diagnostic.suppressed(Suppression::comment(allow.file, span, reason))
}

/// A comment that allows a rule in its file.
struct Allow<'a> {
    file: &'a Arc<SourceFile>,
    span: Span,
    rule: &'static str,
    reason: String,
    used: bool,
    met_error: bool,
}

impl Allow<'_> {
    /// What there is to say of one that keeps nothing back.
    fn complaint(&self) -> Option<Diagnostic> {
        if self.used {
            return None;
        }
        if self.met_error {
            return Some(is_error(self.file, self.span, self.rule));
        }
        let message = format!("nothing in this file breaks `{}`", self.rule);
        let diagnostic =
            Diagnostic::warning("suppression.unused", message).at(self.file, self.span);
        Some(diagnostic.help("remove the comment"))
    }
}

type Read<'a> = Result<Option<Allow<'a>>, Box<Diagnostic>>;

/// Reads a comment; `None` if it is one like any other.
fn read<'a>(file: &'a Arc<SourceFile>, comment: &Comment) -> Read<'a> {
    let Some(rest) = comment.text().trim().strip_prefix(MARK).map(str::trim) else {
        return Ok(None);
    };
    let end = rest
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(rest.len());
    let (word, arguments) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let meant = word == "allow" || arguments.starts_with('(') || near(word, ["allow"]).is_some();
    if !meant {
        return Ok(None);
    }
    let span = comment.span();
    let arguments = arguments
        .strip_prefix('(')
        .and_then(|arguments| arguments.strip_suffix(')'))
        .filter(|_| word == "allow");
    let Some(arguments) = arguments else {
        let message = "this comment looks like one that allows a rule, and is none";
        let diagnostic = Diagnostic::warning("suppression.syntax", message).at(file, span);
        return Err(Box::new(diagnostic.help(FORM)));
    };
    let (name, reason) = arguments.split_once(',').unwrap_or((arguments, ""));
    checked(file, span, (name.trim(), reason.trim()))
}

/// A comment that names a rule that can be allowed, and gives a reason.
fn checked<'a>(file: &'a Arc<SourceFile>, span: Span, (name, reason): (&str, &str)) -> Read<'a> {
    let Some(rule) = rule::rule(name) else {
        let shown: String = name.chars().take(64).collect();
        let message = format!("there is no rule `{shown}`");
        let diagnostic = Diagnostic::warning("suppression.unknown-rule", message).at(file, span);
        return Err(Box::new(diagnostic.did_you_mean(rule::near(name))));
    };
    if rule.severity() == Severity::Error {
        return Err(Box::new(is_error(file, span, rule.code())));
    }
    if reason.is_empty() {
        let message = format!("`{name}` is allowed without a reason, which has no effect");
        let diagnostic = Diagnostic::warning("suppression.reason", message).at(file, span);
        return Err(Box::new(diagnostic.help(FORM)));
    }
    Ok(Some(Allow {
        file,
        span,
        rule: rule.code(),
        reason: reason.to_owned(),
        used: false,
        met_error: false,
    }))
}

fn is_error(file: &Arc<SourceFile>, span: Span, rule: &str) -> Diagnostic {
    let message = format!("`{rule}` is an error here, and no comment can allow one");
    let diagnostic = Diagnostic::warning("suppression.error", message).at(file, span);
    diagnostic.help("mend what it is about, and remove the comment")
}
