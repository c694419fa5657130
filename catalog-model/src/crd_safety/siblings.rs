//! Versions of one CRD that become each other by their `apiVersion` alone.

use std::collections::HashSet;

use super::audience::{Audience, Hit};
use super::comparison::{Comparison, Spot};
use super::finding::Break;
use super::place::Place;
use super::remedy::remedy;
use super::rules;
use super::stored::{Affected, Stored};
use super::view::{VersionView, View};

/// What tells one disagreement from another.
type Key = (Option<String>, Option<String>, Option<String>, &'static str);

impl<'a> Comparison<'a> {
    /// Compares the served versions of the new CRD with each other, where nobody translates between them. What the old one had already is
    /// no break of the upgrade; but where another version is stored now, what is lost on the way there was lost by those alone who used that one.
    pub(super) fn siblings(&mut self, old: &[VersionView<'a>], new: &[VersionView<'a>]) {
        if self.new.has_webhook() || new.len() < 2 {
            return;
        }
        let known: HashSet<Key> = if self.old.has_webhook() {
            HashSet::new()
        } else {
            disagreements(self.old, old).iter().map(key).collect()
        };
        let found = disagreements(self.new, new).into_iter();
        let storage = |versions: &[VersionView<'a>]| {
            let mut versions = versions.iter();
            versions.find(|one| one.is_storage).map(|one| one.name)
        };
        let now = storage(new).filter(|now| Some(*now) != storage(old));
        let is_lost_now = |found: &Break| now.is_some() && found.other_version.as_deref() == now;
        let fresh = found.filter(|found| is_lost_now(found) || !known.contains(&key(found)));
        self.found.extend(fresh.map(told));
    }
}

fn key(found: &Break) -> Key {
    (
        found.version.clone(),
        found.other_version.clone(),
        found.field.clone(),
        found.code(),
    )
}

/// What each served version has that the stored one has not, or takes that it does not, and the other way round: what is written in one
/// version and read in another goes through the stored one, so that all agree if each does with that.
fn disagreements<'a>(view: View<'a>, versions: &[VersionView<'a>]) -> Vec<Break> {
    let mut comparison = Comparison::new(view, view, Stored::unknown());
    let Some(stored) = versions.iter().find(|version| version.is_storage) else {
        return Vec::new();
    };
    let others = versions
        .iter()
        .filter(|version| version.is_served && version.name != stored.name);
    for other in others {
        for (from, to) in [(other, stored), (stored, other)] {
            comparison.versions = (Some(from.name.to_owned()), Some(to.name.to_owned()));
            let spot = Spot {
                place: Place::root(&from.schema_pointer, &to.schema_pointer),
                is_uncorrelated: false,
                required: (false, false),
                within: None,
            };
            comparison.schemas(from.schema, to.schema, &spot);
        }
    }
    comparison.found
}

/// A difference of two versions, as what it is to those who use both.
fn told(found: Break) -> Break {
    let text = |version: &Option<String>| version.clone().unwrap_or_default();
    let (from, to) = (text(&found.version), text(&found.other_version));
    Break {
        hits: Audience::from([Hit::Read]).and(Hit::Update, found.does_hit(Hit::Update)),
        reason: format!(
            "what is written as `{from}` is another thing as `{to}`, and only its `apiVersion` is translated: {}",
            found.reason
        ),
        rule: &rules::VERSIONS_DISAGREE,
        affected: Affected::Unknown,
        remedy: remedy(&rules::VERSIONS_DISAGREE),
        ..found
    }
}
