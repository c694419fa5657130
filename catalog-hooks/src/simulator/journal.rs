//! The journal, kept as a Secret would be.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cluster::FakeCluster;
use super::interference::SOMEBODY;
use super::kind::Kind;
use super::refusal;
use super::trace::Happening;
use crate::api::Failure;
use crate::edge::JournalStore;
use crate::effect::{JournalVersion, StoredJournal};

const NAME: &str = "journal";

/// The journals that are there, and which of them calls are about.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    place: Arc<str>,
    kept: BTreeMap<Arc<str>, Kept>,
}

impl Journal {
    fn kept(&self) -> Option<&Kept> {
        self.kept.get(&self.place)
    }
}

#[derive(Clone, Debug)]
struct Kept {
    text: Arc<str>,
    version: JournalVersion,
}

impl FakeCluster {
    /// Which journal is meant from now on: each place has one. Runners of several sets of packages, or of several homes, have one each.
    pub fn use_journal(&mut self, place: &str) {
        self.journal.place = place.into();
    }

    /// What the journal says.
    #[must_use]
    pub fn journal(&self) -> Option<&str> {
        self.journal.kept().map(|kept| &*kept.text)
    }

    /// The same, shared.
    pub(super) fn journal_text(&self) -> Option<&Arc<str>> {
        self.journal.kept().map(|kept| &kept.text)
    }

    /// The journal is gone, and nobody of ours has removed it.
    pub fn lose_journal(&mut self) {
        self.by(SOMEBODY, |cluster| cluster.keep(None));
    }

    /// Somebody has written something else over the journal.
    pub fn overwrite_journal(&mut self, text: &str) {
        self.by(SOMEBODY, |cluster| {
            let uid = cluster.journal.kept().map(|kept| kept.version.uid.clone());
            let uid = uid.unwrap_or_else(|| cluster.store.next_uid());
            cluster.keep_text(text, uid);
        });
    }

    fn keep_text(&mut self, text: &str, uid: String) -> JournalVersion {
        let resource_version = self.store.next_version();
        let version = JournalVersion {
            uid,
            resource_version,
        };
        self.keep(Some(Kept {
            text: text.into(),
            version: version.clone(),
        }));
        version
    }

    fn keep(&mut self, kept: Option<Kept>) {
        let place = Arc::clone(&self.journal.place);
        let after = kept.as_ref().map(|kept| Arc::clone(&kept.text));
        let before = match kept {
            Some(kept) => self.journal.kept.insert(place, kept),
            None => self.journal.kept.remove(&place),
        };
        let before = before.map(|kept| kept.text);
        self.happened(Happening::Journal { before, after });
    }

    /// The journal in this version and no other.
    fn kept(&self, version: &JournalVersion) -> Result<&Kept, Failure> {
        let kind = Kind::served("v1", "Secret", &self.store)?;
        let Some(kept) = self.journal.kept() else {
            return Err(refusal::not_found(&kind, NAME));
        };
        if kept.version.uid != version.uid {
            let uids = (version.uid.as_str(), kept.version.uid.as_str());
            return Err(refusal::other_uid_in_storage(&kind, NAME, uids));
        }
        let overwrites_all = matches!(version.resource_version.as_str(), "" | "0");
        if !overwrites_all && kept.version.resource_version != version.resource_version {
            return Err(refusal::outdated(&kind, NAME));
        }
        Ok(kept)
    }
}

impl JournalStore for FakeCluster {
    fn load(&mut self) -> Result<Option<StoredJournal>, Failure> {
        Ok(self.journal.kept().map(|kept| StoredJournal {
            text: kept.text.to_string(),
            version: kept.version.clone(),
        }))
    }

    fn save(
        &mut self,
        text: &str,
        replaces: Option<&JournalVersion>,
    ) -> Result<JournalVersion, Failure> {
        let uid = match (replaces, self.journal.kept()) {
            (Some(version), _) => self.kept(version)?.version.uid.clone(),
            (None, None) => self.store.next_uid(),
            (None, Some(_)) => {
                let kind = Kind::served("v1", "Secret", &self.store)?;
                return Err(refusal::already_exists(&kind, NAME, false));
            }
        };
        Ok(self.keep_text(text, uid))
    }

    fn remove(&mut self, version: &JournalVersion) -> Result<(), Failure> {
        self.kept(version)?;
        self.keep(None);
        Ok(())
    }
}
