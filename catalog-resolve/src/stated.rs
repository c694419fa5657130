//! A version as somebody states it who need not spell it as its author does.

use catalog_model::version::Version;

/// A version's text, and what it means if it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatedVersion {
    text: String,
    read: Option<Version>,
}

impl StatedVersion {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let read = Version::parse(&text).ok();
        Self { text, read }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// None if it cannot be read.
    pub(crate) fn read(&self) -> Option<&Version> {
        self.read.as_ref()
    }

    /// Whether it means this version: it has the same text, or the same precedence and build.
    pub(crate) fn is(&self, version: &Version) -> bool {
        let read = self.read.as_ref();
        self.text == version.as_str()
            || read.is_some_and(|read| read.same_precedence_and_build(version))
    }

    /// Whether both mean one version, which may be one that cannot be read.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.text == other.text || other.read.as_ref().is_some_and(|version| self.is(version))
    }
}
