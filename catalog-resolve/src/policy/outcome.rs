//! What a policy forbids.

use std::collections::BTreeSet;
use std::fmt;

use catalog_model::conditions::show::one_line;
use catalog_model::conditions::suggest::near;
use catalog_model::{Diagnostic, Source};
use serde_json::{Map, Value};

use super::pattern::Pattern;
use super::rule::{Policy, PolicyRule};
use super::subject::Subject;
use crate::ledger::{Place, PlacesIn};
use catalog_model::rule::Rule;

/// What a policy says of a plan.
#[derive(Clone, Debug, Default)]
pub struct PolicyOutcome {
    pub(super) violations: Vec<Violation>,
    pub(super) asked: usize,
    pub(super) idle: Vec<PolicyRule>,
    pub(super) unmatched: Vec<PolicyRule>,
}

/// Something that a policy forbids.
#[derive(Clone, Debug)]
pub struct Violation {
    pub(super) kind: ViolationKind,
    pub(super) subject: Subject,
    pub(super) rule: Option<PolicyRule>,
    pub(super) package: String,
    pub(super) version: String,
    pub(super) text: String,
    pub(super) place: Option<Place>,
}

/// Why something is forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ViolationKind {
    /// A rule denies it.
    Denied,
    /// There are rules that allow such things, and none of them allows this.
    NotAllowed,
    /// Nothing is known of it, and no rule allows it by name.
    Unexamined,
}

static DENIED: Rule = Rule::error("policy.denied", "a rule of the policy denies it")
    .because("The policy that gates the plan has a rule with `deny` that holds of it. The message names the rule and its reason.");
static NOT_ALLOWED: Rule = Rule::error("policy.not-allowed", "no rule of the policy allows it")
    .because("Where a policy has rules with `allow` about a subject, all else of it is forbidden. The message names the first of those rules.");
static UNKNOWN_PACKAGE: Rule = Rule::warning("policy.package.unknown", "a rule names a package that no catalog has")
    .because("The rule holds of nothing of it. Perhaps the name is misspelt, and what should be forbidden is not.");
static UNEXAMINED: Rule = Rule::error("policy.unexamined", "nothing is known of it, and no rule of the policy allows it by name")
    .because("What a remote chart or a Terraform module does is not known before it is done. Bring its objects as manifests, or allow it: `{name: …, allow: unexamined, where: {names: ['module web']}, reason: …}`.");

/// The rules that diagnostics of policies name, once they are read.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [&DENIED, &NOT_ALLOWED, &UNEXAMINED, &UNKNOWN_PACKAGE].into_iter()
}

impl Policy {
    /// Of each name in `packages` of a rule that is none of these packages, a warning. Patterns with `*` are not asked. Cost: each name with each
    /// package.
    #[must_use]
    pub fn unknown_packages(&self, packages: &BTreeSet<&str>) -> Vec<Diagnostic> {
        let rules = self.rules.iter();
        let names = rules.flat_map(|rule| {
            let names = rule.packages.iter().flatten().map(Pattern::as_str);
            names.map(move |name| (rule, name))
        });
        let unknown = names.filter(|(_, name)| !name.contains('*') && !packages.contains(name));
        let told = unknown.map(|(rule, name)| {
            let (rule_name, told) = (one_line(&rule.name), one_line(name));
            let message =
                format!("`{rule_name}` is about the package `{told}`, which no catalog has");
            Diagnostic::warning(UNKNOWN_PACKAGE.code(), message)
                .at(&self.file, rule.span)
                .did_you_mean(near(name, packages.iter().copied()))
        });
        told.collect()
    }
}

impl PolicyOutcome {
    /// All that is forbidden; nothing if the plan passes.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Whether nothing is forbidden.
    #[must_use]
    pub fn is_pass(&self) -> bool {
        self.violations.is_empty()
    }

    /// As diagnostics, each from the source that `source_of` gives for its package. Cost: reads and parses each file of a package once, or again if the
    /// package has more than 8 MB of them.
    #[must_use]
    pub fn diagnostics<'s>(
        &self,
        policy: &Policy,
        source_of: impl Fn(&str) -> &'s dyn Source,
    ) -> Vec<Diagnostic> {
        let of_packages = self
            .violations
            .chunk_by(|one, other| one.package == other.package);
        let told = of_packages.flat_map(|of_package| {
            let package = of_package.first().map_or("", Violation::package);
            let mut places = PlacesIn::new(source_of(package));
            let told = of_package
                .iter()
                .map(move |one| one.told(policy, &mut places));
            told.collect::<Vec<_>>()
        });
        told.collect()
    }

    /// The rules whose `packages` meet none of those that the plan moves, in the order of the file: perhaps there are none here this time, and perhaps a name
    /// is misspelt.
    #[must_use]
    pub fn idle(&self) -> &[PolicyRule] {
        &self.idle
    }

    /// The rules about packages that the plan moves which hold of nothing in it, in the order of the file: what they forbid is not done, or what
    /// they allow is not needed.
    #[must_use]
    pub fn unmatched(&self) -> &[PolicyRule] {
        &self.unmatched
    }

    /// How many things were asked about.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked
    }
}

impl ViolationKind {
    /// The code of its diagnostics: `policy.denied`, `policy.not-allowed`, `policy.unexamined`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Denied => DENIED.code(),
            Self::NotAllowed => NOT_ALLOWED.code(),
            Self::Unexamined => UNEXAMINED.code(),
        }
    }
}

impl Violation {
    /// Why it is forbidden.
    #[must_use]
    pub fn kind(&self) -> ViolationKind {
        self.kind
    }

    /// What it is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// The rule that denies it, or the first of those that could have allowed it; `None` where there is no such rule.
    #[must_use]
    pub fn rule(&self) -> Option<&PolicyRule> {
        self.rule.as_ref()
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version that brings it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What is forbidden, as the ledger says it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where that is written, if it stands in a file.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// As a diagnostic: where it is written, with the rule beside it. Cost: reads and parses the file.
    #[must_use]
    pub fn diagnostic(&self, policy: &Policy, source: &dyn Source) -> Diagnostic {
        self.told(policy, &mut PlacesIn::new(source))
    }

    fn told(&self, policy: &Policy, places: &mut PlacesIn<'_>) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.kind.code(), self.message());
        let diagnostic = diagnostic.about(&self.package, Some(&self.version));
        let diagnostic = match &self.place {
            Some(place) => places.placed(diagnostic, place),
            None => diagnostic,
        };
        match &self.rule {
            Some(rule) => diagnostic.related(policy.file(), rule.span, "the rule"),
            None => {
                diagnostic.help("allow it by name in the policy, if it is known to be harmless")
            }
        }
    }

    /// As JSON: `code`, `subject`, `package`, `version`, `what`, and where there is a rule `rule`, `reason` and its place in the policy
    /// (`ruleFile`, `ruleLine`, `ruleColumn`). Where what is forbidden is written, the diagnostic says.
    #[must_use]
    pub fn to_json(&self, policy: &Policy) -> Value {
        let mut object = Map::new();
        let texts = [
            ("code", self.kind.code()),
            ("subject", self.subject.as_str()),
            ("package", &self.package),
            ("version", &self.version),
            ("what", &self.text),
        ];
        object.extend(texts.map(|(key, text)| (key.to_owned(), text.into())));
        if let Some(rule) = &self.rule {
            let position = policy.file().position(rule.span.start);
            object.insert("rule".to_owned(), rule.name.as_str().into());
            object.insert("reason".to_owned(), rule.reason.as_str().into());
            object.insert("ruleFile".to_owned(), policy.file().path().into());
            object.insert("ruleLine".to_owned(), position.line.into());
            object.insert("ruleColumn".to_owned(), position.column.into());
        }
        Value::Object(object)
    }

    fn message(&self) -> String {
        let (subject, text) = (self.subject.as_str(), one_line(&self.text));
        match (self.kind, &self.rule) {
            (ViolationKind::Denied, Some(rule)) => {
                let (name, reason) = (one_line(&rule.name), one_line(&rule.reason));
                format!("`{name}` denies {subject}: {text} ({reason})")
            }
            (ViolationKind::NotAllowed, Some(rule)) => {
                let (name, reason) = (one_line(&rule.name), one_line(&rule.reason));
                format!("`{name}` does not allow {subject}: {text} ({reason})")
            }
            _ => format!("{subject}, and not allowed by name: {text}"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (package, version) = (one_line(&self.package), one_line(&self.version));
        write!(f, "{package} {version}: {}", self.message())
    }
}
