//! What breaks a rule, and what does not.

/// Files: each a path and a text.
pub type Files = &'static [(&'static str, &'static str)];

/// Files that break a rule, and the same files mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Example {
    /// One file of a version.
    File {
        /// Its path in the version's folder.
        path: &'static str,
        /// The text that breaks the rule.
        wrong: &'static str,
        /// The text that does not.
        right: &'static str,
    },
    /// A whole catalog: paths from its root.
    Catalog {
        /// The files that break the rule.
        wrong: Files,
        /// The files that do not.
        right: Files,
    },
}
