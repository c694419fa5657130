//! What diagnostics can be about: each code once, with what it means and why.
//!
//! A [`Diagnostic`](crate::Diagnostic) says what is wrong in one place. Its code leads to a [`Rule`], which says it for all places: a
//! summary, a paragraph on why the rule is there and what to write, and an example. [`rules`] are those of this crate; crates above
//! add theirs, and whoever makes diagnostics of his own can do the same.

mod conditions;
mod conditions_target;
mod conditions_value;
mod example;
mod markdown;
mod yaml;

pub use self::example::{Example, Files};

use crate::diagnostic::Severity;

/// What a code of diagnostics means.
///
/// ```
/// use catalog_conditions::Severity;
/// use catalog_conditions::rule::Rule;
///
/// static NO_OWNER: Rule = Rule::warning("acme.owner.missing", "the package names nobody to call")
///     .because("Whoever is on duty has to know whom to wake. Add the label `acme.example/owner`.")
///     .example("metadata.yaml", "name: web\n", "name: web\nlabel: {acme.example/owner: shop}\n");
/// assert_eq!(NO_OWNER.severity(), Severity::Warning);
/// assert!(NO_OWNER.to_markdown().starts_with("## acme.owner.missing\n\nWarning: the package names nobody to call.\n"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    code: &'static str,
    severity: Severity,
    summary: &'static str,
    explanation: &'static str,
    example: Option<Example>,
}

impl Rule {
    /// A rule whose breach makes what it stands in useless.
    #[must_use]
    pub const fn error(code: &'static str, summary: &'static str) -> Self {
        Self::new(Severity::Error, code, summary)
    }

    /// A rule whose breach is probably not what the author meant.
    #[must_use]
    pub const fn warning(code: &'static str, summary: &'static str) -> Self {
        Self::new(Severity::Warning, code, summary)
    }

    /// A rule about what is worth knowing.
    #[must_use]
    pub const fn note(code: &'static str, summary: &'static str) -> Self {
        Self::new(Severity::Note, code, summary)
    }

    const fn new(severity: Severity, code: &'static str, summary: &'static str) -> Self {
        Self {
            code,
            severity,
            summary,
            explanation: "",
            example: None,
        }
    }

    /// The same with its paragraph: why the rule is there, what breaks otherwise, what to write. Markdown.
    #[must_use]
    pub const fn because(mut self, explanation: &'static str) -> Self {
        self.explanation = explanation;
        self
    }

    /// The same with a file of a version that breaks the rule, and the file mended. `path` is relative to the version's folder.
    #[must_use]
    pub const fn example(
        mut self,
        path: &'static str,
        wrong: &'static str,
        right: &'static str,
    ) -> Self {
        self.example = Some(Example::File { path, wrong, right });
        self
    }

    /// The same with a whole catalog that breaks the rule, and the catalog mended: paths from its root, with texts.
    #[must_use]
    pub const fn catalog_example(mut self, wrong: Files, right: Files) -> Self {
        self.example = Some(Example::Catalog { wrong, right });
        self
    }

    /// The code of the diagnostics: `metadata.name.folder`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// How bad a breach is if nothing else is said. Where it depends, the mildest: the explanation says when it is worse.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// What a breach is, in half a sentence: lower case, without a full stop.
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        self.summary
    }

    /// Why the rule is there, what breaks otherwise, and what to write: a paragraph of Markdown.
    #[must_use]
    pub const fn explanation(&self) -> &'static str {
        self.explanation
    }

    /// A breach and its mending; `None` where files cannot show it.
    #[must_use]
    pub const fn shown(&self) -> Option<&Example> {
        self.example.as_ref()
    }
}

/// The rules of this crate: those of YAML, of condition files and of paths checked against schemas, in no order that means anything.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        yaml::RULES,
        conditions::RULES,
        conditions_target::RULES,
        conditions_value::RULES,
    ]
    .into_iter()
    .flatten()
}
