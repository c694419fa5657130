//! The variables of cluster-wide packages.

use crate::engine::Var;
use crate::universe::PackageId;

/// Packages of a page.
const PAGE: usize = 64;

/// One more than the position of each variable, or none: half the size of what says so by its type.
type Page = [u32; PAGE];

/// The variable of each package, found by position. Requests are mostly about few packages of many, so only pages with one of them are made.
pub(super) struct ClusterWide {
    /// Likewise one more than the position of each page.
    numbers: Vec<u32>,
    pages: Vec<Page>,
}

impl ClusterWide {
    /// For so many packages.
    pub(super) fn new(packages: usize) -> Self {
        Self {
            numbers: vec![0; packages.div_ceil(PAGE)],
            pages: Vec::new(),
        }
    }

    pub(super) fn find(&self, package: PackageId) -> Option<Var> {
        let (page, at) = position(package);
        let page = self.numbers.get(page)?.checked_sub(1)?;
        let position = self.pages.get(page as usize)?.get(at)?.checked_sub(1)?;
        Some(Var::at(position as usize))
    }

    pub(super) fn insert(&mut self, package: PackageId, var: Var) {
        let (page, at) = position(package);
        let Some(number) = self.numbers.get_mut(page) else {
            return;
        };
        if *number == 0 {
            self.pages.push([0; PAGE]);
            *number = self.pages.len() as u32;
        }
        let page = self.pages.get_mut(*number as usize - 1);
        if let Some(place) = page.and_then(|page| page.get_mut(at)) {
            *place = var.index() as u32 + 1;
        }
    }
}

fn position(package: PackageId) -> (usize, usize) {
    let position = u32::from(package) as usize;
    (position / PAGE, position % PAGE)
}
