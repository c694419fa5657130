//! The variables of cluster-wide packages.

use crate::engine::Var;
use crate::universe::PackageId;

/// Packages of a page.
const PAGE: usize = 64;

/// One more than the position of each variable, or none: half the size of what says so by its type.
type Page = Box<[u32; PAGE]>;

/// The variable of each package, found by position. Requests are mostly about few packages of many, so only pages with one of them are made.
pub(super) struct ClusterWide {
    pages: Vec<Option<Page>>,
}

impl ClusterWide {
    /// For so many packages.
    pub(super) fn new(packages: usize) -> Self {
        let pages = vec![None; packages.div_ceil(PAGE)];
        Self { pages }
    }

    pub(super) fn find(&self, package: PackageId) -> Option<Var> {
        let (page, at) = position(package);
        let position = self.pages.get(page)?.as_ref()?.get(at)?.checked_sub(1)?;
        Some(Var::at(position as usize))
    }

    pub(super) fn insert(&mut self, package: PackageId, var: Var) {
        let (page, at) = position(package);
        let page = self.pages.get_mut(page);
        let page = page.map(|page| page.get_or_insert_with(|| Box::new([0; PAGE])));
        if let Some(place) = page.and_then(|page| page.get_mut(at)) {
            *place = var.index() as u32 + 1;
        }
    }
}

fn position(package: PackageId) -> (usize, usize) {
    let position = u32::from(package) as usize;
    (position / PAGE, position % PAGE)
}
