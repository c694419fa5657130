//! In which order moves are explained: whoever needs something before what it needs, so that one reason can stand on another.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::LockEntry;

/// The positions of what is chosen now, askers first. In a cycle somebody has to begin: the first by position.
pub(super) fn askers_first(chosen: &[Option<&LockEntry>]) -> Vec<usize> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, entry) in chosen.iter().enumerate() {
        if let Some(entry) = entry {
            by_name.entry(entry.package()).or_default().push(position);
        }
    }
    let mut waits_for = vec![0_usize; chosen.len()];
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); chosen.len()];
    for (position, (entry, waits)) in chosen.iter().zip(&mut waits_for).enumerate() {
        let names = entry.map_or(&[][..], LockEntry::askers);
        let askers = names.iter().filter_map(|name| by_name.get(name.as_str()));
        for asker in askers.flatten().filter(|asker| **asker != position) {
            *waits += 1;
            if let Some(needs) = needs.get_mut(*asker) {
                needs.push(position);
            }
        }
    }
    let free = waits_for
        .iter()
        .enumerate()
        .filter(|(_, waits)| **waits == 0);
    let mut free: BTreeSet<usize> = free.map(|(position, _)| position).collect();
    let mut left: BTreeSet<usize> = (0..chosen.len()).collect();
    let mut order = Vec::with_capacity(chosen.len());
    while let Some(next) = free.pop_first().or_else(|| left.first().copied()) {
        if !left.remove(&next) {
            continue;
        }
        order.push(next);
        for needed in needs.get(next).into_iter().flatten() {
            if let Some(waits) = waits_for.get_mut(*needed) {
                *waits -= 1;
                free.extend((*waits == 0).then_some(*needed));
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::askers_first;
    use catalog_model::LockEntry;

    /// Each package with those that need it.
    fn order(packages: &[(&str, &[&str])]) -> Vec<String> {
        let entries: Vec<LockEntry> = packages
            .iter()
            .map(|(name, askers)| {
                LockEntry::new(*name, "1.0.0", "x").needed_by(askers.iter().copied())
            })
            .collect();
        let chosen: Vec<Option<&LockEntry>> = entries.iter().map(Some).chain([None]).collect();
        let order = askers_first(&chosen);
        assert_eq!(order.len(), chosen.len());
        let names = order
            .iter()
            .filter_map(|at| chosen.get(*at).copied().flatten());
        names.map(|entry| entry.package().to_owned()).collect()
    }

    #[test]
    fn askers_come_first() {
        assert_eq!(
            order(&[("a", &["b"]), ("b", &["c", "d"]), ("c", &[]), ("d", &["c"])]),
            ["c", "d", "b", "a"]
        );
    }

    #[test]
    fn a_cycle_begins_somewhere_and_ends() {
        assert_eq!(
            order(&[("a", &["b"]), ("b", &["a"]), ("c", &["c", "nobody"])]),
            ["c", "a", "b"]
        );
    }
}
