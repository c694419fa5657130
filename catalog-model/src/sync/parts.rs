//! Which parts of a version folder are as they were.

use super::state::VersionEntry;
use crate::load::{Found, Kept};
use crate::source::{ContentId, ContentScheme, FolderHash, Source};

/// The ids of the parts of a version folder; `None` for a part that has none, or is not there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PartIds {
    conditions: Option<ContentId>,
    definitions: Option<ContentId>,
    hooks: Option<ContentId>,
    /// Of all but `metadata.yaml`: modules may name anything else.
    rest: Option<ContentId>,
}

impl PartIds {
    pub(super) fn of(source: &dyn Source, folder: &str) -> Self {
        let Ok(mut listed) = source.list_with_ids(folder) else {
            return Self::default();
        };
        listed.sort();
        let id = |part: &str| {
            let mut listed = listed.iter();
            listed.find(|(entry, _)| entry.name == part)?.1
        };
        let is_rest = |name: &str| name != "metadata.yaml";
        let mut hash = FolderHash::new(ContentScheme::Sha256);
        let mut rest = listed.iter().filter(|(entry, _)| is_rest(&entry.name));
        let all = rest.try_for_each(|(entry, id)| {
            hash.add(&entry.name, entry.kind, id.as_ref()?.as_bytes());
            Some(())
        });
        Self {
            conditions: id("conditions"),
            definitions: id("definitions"),
            hooks: id("hooks"),
            rest: all.and_then(|()| hash.finish()),
        }
    }
}

impl VersionEntry {
    /// What can be kept of a release where nothing was told of it, and nothing else than its folder had a say.
    pub(super) fn kept(&self, now: &PartIds) -> Kept<'_> {
        let (Some(Found::Usable(release)), true, Some(_)) =
            (&self.found, self.told.is_empty(), self.id)
        else {
            return Kept::default();
        };
        let is_same = |old: Option<ContentId>, new| old.is_some() && old == new;
        Kept {
            release: Some(release),
            files: self.files,
            conditions: is_same(self.parts.conditions, now.conditions),
            definitions: is_same(self.parts.definitions, now.definitions),
            hooks: is_same(self.parts.hooks, now.hooks),
            modules: is_same(self.parts.rest, now.rest),
        }
    }
}
