//! Policies and their rules.

use std::sync::Arc;

use catalog_model::{Diagnostic, SourceFile, Span};

use super::item::{Fact, Item};
use super::pattern::Pattern;
use super::read;
use super::subject::Subject;

/// Rules about what a plan may do. One that is empty allows all but what is unexamined.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) file: Arc<SourceFile>,
    pub(super) rules: Vec<PolicyRule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct PolicyRule {
    pub(super) name: String,
    pub(super) is_deny: bool,
    pub(super) subject: Subject,
    pub(super) packages: Option<Vec<Pattern>>,
    pub(super) criteria: Vec<Criterion>,
    pub(super) reason: String,
    pub(super) span: Span,
}

/// Something that must hold of a thing.
#[derive(Clone, Debug)]
pub(super) struct Criterion {
    pub(super) key: &'static str,
    pub(super) wanted: Wanted,
}

#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Patterns(Vec<Pattern>),
    Flag(bool),
}

impl Criterion {
    /// Whether it holds of nothing but what it names, at least in part.
    pub(super) fn names(&self) -> bool {
        match &self.wanted {
            Wanted::Patterns(patterns) => !patterns.iter().any(Pattern::is_of_all),
            Wanted::Flag(_) => false,
        }
    }
}

impl Policy {
    /// Reads a policy, and says what is wrong with the file; `None` if an error is, since a rule that is not understood must not be lost.
    #[must_use]
    pub fn read(file: &Arc<SourceFile>) -> (Option<Self>, Vec<Diagnostic>) {
        read::policy(file)
    }

    /// A policy without rules.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            file: SourceFile::new("", ""),
            rules: Vec::new(),
        }
    }

    /// The rules, in the order of the file.
    #[must_use]
    pub fn rules(&self) -> &[PolicyRule] {
        &self.rules
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.file
    }
}

impl PolicyRule {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it denies; else it allows.
    #[must_use]
    pub fn is_deny(&self) -> bool {
        self.is_deny
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// Why it is there.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Where it stands in the file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether it is about things of a package.
    pub(super) fn is_about(&self, subject: Subject, package: &str) -> bool {
        self.subject == subject && self.names(package)
    }

    /// Whether a package is one of those that it is about.
    pub(super) fn names(&self, package: &str) -> bool {
        let is_package = |patterns: &Vec<Pattern>| patterns.iter().any(|one| one.matches(package));
        self.packages.as_ref().is_none_or(is_package)
    }

    /// Whether all that it asks holds of a thing of its subject.
    pub(super) fn holds_of(&self, item: &Item) -> bool {
        let holds = |criterion: &Criterion| match (&criterion.wanted, item.facts.get(criterion.key))
        {
            (Wanted::Flag(wanted), Some(Fact::Flag(is))) => wanted == is,
            (Wanted::Patterns(patterns), Some(Fact::Texts(texts))) => {
                self.holds(criterion.key, patterns, texts)
            }
            _ => false,
        };
        self.criteria.iter().all(holds)
    }

    fn holds(&self, key: &str, patterns: &[Pattern], texts: &[String]) -> bool {
        let is_wanted = |text: &String| patterns.iter().any(|pattern| pattern.matches(text));
        if self.is_deny {
            // Who is granted more than what is denied is granted that.
            let has_some = |text: &String| patterns.iter().any(|one| one.overlaps(text));
            let grants_some = |text: &String| is_granted(key) && has_some(text);
            return texts
                .iter()
                .any(|text| is_wanted(text) || grants_some(text));
        }
        // What deserves no look is no riskier than what is allowed.
        (!texts.is_empty() || key == "risks") && texts.iter().all(is_wanted)
    }
}

/// Whether `*` in what a thing says under a key stands for anything.
fn is_granted(key: &str) -> bool {
    matches!(key, "apiGroups" | "operations" | "resources" | "verbs")
}
