//! What is against releases newer than the one that was chosen.

use std::fmt;

use catalog_model::conditions::show::one_line;

use crate::conflict::{ConflictFact, Lever, Repair};

/// Why some releases of a package were not chosen though they are newer: all of them for the same reason.
///
/// Given by [`why_not_newer`](super::why_not_newer). Its text is one line: `foo 2.0.0: it needs lib >=2; lib 1.0.0 is installed and stays,
/// because no upgrade of it is asked for`.
#[derive(Clone, Debug)]
pub struct WhyNotNewer {
    pub(super) package: String,
    pub(super) namespace: String,
    pub(super) chosen: String,
    pub(super) subject: String,
    /// Catalog and version, newest first.
    pub(super) releases: Vec<(Option<String>, String)>,
    pub(super) facts: Vec<ConflictFact>,
    pub(super) lines: Vec<String>,
    pub(super) levers: Vec<Lever>,
    pub(super) is_minimal: bool,
}

impl WhyNotNewer {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The namespace where the chosen release goes.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The version that was chosen.
    #[must_use]
    pub fn chosen(&self) -> &str {
        &self.chosen
    }

    /// The newer releases, newest first: catalog, if that has a name, and version.
    pub fn releases(&self) -> impl ExactSizeIterator<Item = (Option<&str>, &str)> {
        let releases = self.releases.iter();
        releases.map(|(catalog, version)| (catalog.as_deref(), version.as_str()))
    }

    /// What rules all of them out together: without any one of these facts, one of the releases could be chosen. Decisions that came before
    /// are facts too. Empty if the reason was not looked for, or not found within the budget; the text then says so.
    #[must_use]
    pub fn facts(&self) -> &[ConflictFact] {
        &self.facts
    }

    /// Whether every fact has been shown to count.
    #[must_use]
    pub fn is_minimal(&self) -> bool {
        self.is_minimal
    }

    /// The text with what would lead to a newer release, which is said of the first way alone.
    #[must_use]
    pub fn explanation_with(&self, ways: &[Repair]) -> String {
        let Some(first) = ways.first() else {
            return self.to_string();
        };
        let mut releases = first.resolution().releases().iter();
        let to = releases.find(|r| r.package() == self.package && r.namespace() == self.namespace);
        let version = to.map_or("", |release| release.version());
        let (change, package) = (one_line(first.change()), one_line(&self.package));
        format!("{self} (to get {package} {version}: {change})")
    }
}

impl fmt::Display for WhyNotNewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", one_line(&self.subject), self.lines.join("; "))
    }
}
