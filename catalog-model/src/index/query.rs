//! What is looked for in an index.

use catalog_conditions::selector::LabelSelector;

use crate::capability::Capability;

/// What a version must be to be found; all that is asked must hold. Without anything asked, every package's newest version is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Query {
    pub(super) selectors: Vec<LabelSelector>,
    pub(super) provided: Vec<Vec<Capability>>,
    pub(super) texts: Vec<String>,
    pub(super) every_version: bool,
}

impl Query {
    /// A query that asks for nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its labels are selected. Several selectors must all select.
    pub fn labels(mut self, selector: LabelSelector) -> Self {
        self.selectors.push(selector);
        self
    }

    /// It provides one of these, by its metadata or by its definitions. Asked several times, each must hold.
    pub fn provides(mut self, any: impl IntoIterator<Item = Capability>) -> Self {
        self.provided.push(any.into_iter().collect());
        self
    }

    /// Its name, description or one of its tags has this text, whatever its case. Asked several times, each must hold.
    pub fn text(mut self, text: &str) -> Self {
        self.texts.push(text.to_lowercase());
        self
    }

    /// Every usable version is asked, not each package's newest alone.
    pub fn every_version(mut self) -> Self {
        self.every_version = true;
        self
    }

    /// Whether every usable version is asked.
    #[cfg(feature = "sync")]
    pub(crate) fn asks_every_version(&self) -> bool {
        self.every_version
    }
}
