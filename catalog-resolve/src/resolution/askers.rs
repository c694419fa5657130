//! Who needs each release of an answer, by package.

#![expect(
    clippy::indexing_slicing,
    reason = "links are positions of releases of the same answer"
)]

use std::sync::Arc;

use super::links::Links;

/// The askers of each release, both by their positions in the answer.
pub(super) struct Askers {
    /// Where the askers of each release begin, and where those of the last one end.
    starts: Box<[usize]>,
    /// By position: the askers of the first release, of the second, and so on, each package once.
    askers: Vec<usize>,
}

impl Askers {
    /// Turns what each release needs around.
    pub(super) fn new(links: &Links) -> Self {
        let packages = &links.packages;
        let mut starts = vec![0; packages.len() + 1];
        for needed in (0..packages.len()).flat_map(|asker| links.all_needed(asker)) {
            starts[needed + 1] += 1;
        }
        for position in 1..starts.len() {
            starts[position] += starts[position - 1];
        }
        let mut askers = vec![0; starts.last().copied().unwrap_or_default()];
        let mut ends = starts.clone();
        for asker in 0..packages.len() {
            for needed in links.all_needed(asker) {
                askers[ends[needed]] = asker;
                ends[needed] += 1;
            }
        }
        // Instances of one package are neighbours, and share its name.
        let mut kept = 0;
        for position in 0..packages.len() {
            let all = starts[position]..ends[position];
            starts[position] = kept;
            for at in all {
                let is_known = kept > starts[position]
                    && Arc::ptr_eq(&packages[askers[kept - 1]], &packages[askers[at]]);
                if !is_known {
                    askers[kept] = askers[at];
                    kept += 1;
                }
            }
        }
        starts[packages.len()] = kept;
        askers.truncate(kept);
        Self {
            starts: starts.into(),
            askers,
        }
    }

    /// The positions of who needs a release, one of each package.
    pub(super) fn of(&self, position: usize) -> &[usize] {
        &self.askers[self.starts[position]..self.starts[position + 1]]
    }
}
