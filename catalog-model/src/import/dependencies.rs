//! Dependencies of one package, however often the foreign file names it.

use std::collections::BTreeMap;

use crate::write::DependencyEntry;

/// The longest range that is put together of several, in bytes: enough for every author, and no work for who means harm.
const LONGEST_RANGE: usize = 1024;

/// Why a range was not taken.
pub(super) const NOT_JOINED: &str =
    "has a range that cannot be joined to those that the same package has before";

/// Dependencies in the order in which their packages are named first.
#[derive(Default)]
pub(super) struct Union {
    dependencies: Vec<DependencyEntry>,
    places: BTreeMap<String, usize>,
}

impl Union {
    /// A package that is named again is needed in a version that both ranges take, and needed if one of the two needs it. False where
    /// the second range could not be taken.
    pub(super) fn add(&mut self, new: DependencyEntry) -> bool {
        let next = self.dependencies.len();
        let place = *self.places.entry(new.name.clone()).or_insert(next);
        let Some(old) = self.dependencies.get_mut(place) else {
            self.dependencies.push(new);
            return true;
        };
        old.optional &= new.optional;
        let Some(range) = new.version else {
            return true;
        };
        match &mut old.version {
            None => old.version = Some(range),
            Some(all) if all.split(", ").any(|one| one == range) || *all == range => {}
            // A comma binds closer than `||`: such ranges cannot be put behind each other.
            Some(all)
                if all.contains("||")
                    || range.contains("||")
                    || all.len() + range.len() > LONGEST_RANGE =>
            {
                return false;
            }
            Some(all) => {
                all.push_str(", ");
                all.push_str(&range);
            }
        }
        true
    }

    pub(super) fn into_entries(self) -> Vec<DependencyEntry> {
        self.dependencies
    }
}
