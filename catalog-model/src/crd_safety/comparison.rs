//! Two CRDs side by side, and what has been found so far.

use catalog_conditions::rule::Rule;

use super::audience::{Audience, Hit};
use super::conditions::Within;
use super::finding::Break;
use super::place::Place;
use super::remedy::remedy;
use super::stored::{Affected, Stored, Test};
use super::view::View;

/// How deep schemas are compared. The API server takes none that is half as deep.
pub(super) const DEEPEST: usize = 200;

/// A comparison that is going on.
pub(super) struct Comparison<'a> {
    pub(super) old: View<'a>,
    pub(super) new: View<'a>,
    pub(super) stored: Stored<'a>,
    /// The version whose schemas are compared, and the other one where two versions are.
    pub(super) versions: (Option<String>, Option<String>),
    pub(super) found: Vec<Break>,
}

/// Where a schema stands, and what holds there.
#[derive(Clone, Copy)]
pub(super) struct Spot<'p> {
    pub(super) place: Place<'p>,
    /// Whether the server cannot tell, when an object changes, which old value belongs to the one here: items of lists that are no maps.
    /// What is not told apart is validated anew.
    pub(super) is_uncorrelated: bool,
    /// Whether the field had to be there, and has to be. Told for fields alone whose default changes, or whether they may be null.
    pub(super) required: (bool, bool),
    /// The new schemas around.
    pub(super) within: Option<&'p Within<'p>>,
}

/// What a rule found.
pub(super) struct Found<'t> {
    pub(super) rule: &'static Rule,
    pub(super) hits: Audience,
    pub(super) reason: String,
    pub(super) test: Test<'t>,
    /// What stands below the place, in the old and in the new CRD: `/enum`.
    pub(super) below: (&'t str, &'t str),
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: View<'a>, new: View<'a>, stored: Stored<'a>) -> Self {
        Self {
            old,
            new,
            stored,
            versions: (None, None),
            found: Vec::new(),
        }
    }

    /// Notes what is about a place in a schema.
    pub(super) fn report(&mut self, spot: &Spot<'_>, found: Found<'_>) {
        let (mut old, mut new) = spot.place.pointers();
        old.push_str(found.below.0);
        new.push_str(found.below.1);
        let affected = self.stored.affected(&spot.place.field_steps(), found.test);
        self.found.push(Break {
            rule: found.rule,
            version: self.versions.0.clone(),
            other_version: self.versions.1.clone(),
            field: spot.place.field(),
            old_pointer: Some(old),
            new_pointer: Some(new),
            hits: found.hits,
            is_certain: true,
            affected,
            reason: found.reason,
            remedy: remedy(found.rule),
        });
    }

    /// Notes what is about the CRD, or a version, as a whole.
    pub(super) fn report_whole(
        &mut self,
        rule: &'static Rule,
        hits: impl Into<Audience>,
        (old, new): (Option<&str>, Option<&str>),
        reason: String,
    ) {
        let hits = hits.into();
        self.found.push(Break {
            rule,
            version: self.versions.0.clone(),
            other_version: self.versions.1.clone(),
            field: None,
            old_pointer: old.map(str::to_owned),
            new_pointer: new.map(str::to_owned),
            hits,
            is_certain: true,
            // A CRD that is refused changes nothing for what is stored.
            affected: if hits.contains(Hit::Apply) {
                Affected::Known(Vec::new())
            } else {
                self.stored.all()
            },
            reason,
            remedy: remedy(rule),
        });
    }
}

impl Spot<'_> {
    /// The field, as sentences begin with it.
    pub(super) fn subject(&self) -> String {
        self.place
            .field()
            .map_or_else(|| "the object".to_owned(), |field| format!("`{field}`"))
    }
}
