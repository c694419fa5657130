//! The order of hooks inside a phase.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// The order in which items run: what `after` names first, then by falling urgency of `key`.
///
/// `after` lists indices of items. Items on a cycle are returned apart, in index order.
pub(crate) fn order<K: Ord + Clone>(
    keys: &[K],
    after: &[Vec<usize>],
) -> Result<Vec<usize>, Vec<usize>> {
    let mut waits: Vec<usize> = after.iter().map(Vec::len).collect();
    let mut followers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (item, before) in after.iter().enumerate() {
        for &before in before {
            followers.entry(before).or_default().push(item);
        }
    }
    let ready = |item: usize| keys.get(item).map(|key| Reverse((key.clone(), item)));
    let mut heap: BinaryHeap<_> = waits
        .iter()
        .enumerate()
        .filter(|(_, waits)| **waits == 0)
        .filter_map(|(item, _)| ready(item))
        .collect();
    let mut ordered = Vec::with_capacity(keys.len());
    while let Some(Reverse((_, item))) = heap.pop() {
        ordered.push(item);
        for &follower in followers.get(&item).into_iter().flatten() {
            let Some(waits) = waits.get_mut(follower) else {
                continue;
            };
            *waits -= 1;
            if *waits == 0 {
                heap.extend(ready(follower));
            }
        }
    }
    if ordered.len() == keys.len() {
        return Ok(ordered);
    }
    Err(waits
        .iter()
        .enumerate()
        .filter(|(_, waits)| **waits > 0)
        .map(|(item, _)| item)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn after_first_then_key() {
        assert_eq!(
            order(&[5, 1, 3], &[vec![], vec![], vec![]]),
            Ok(vec![1, 2, 0])
        );
        assert_eq!(
            order(&[5, 1, 3], &[vec![], vec![0], vec![]]),
            Ok(vec![2, 0, 1]),
            "1 waits for 0 whatever its weight"
        );
        assert_eq!(
            order(&[0, 0], &[vec![], vec![]]),
            Ok(vec![0, 1]),
            "ties keep their order"
        );
        assert_eq!(
            order(&[0, 0, 0], &[vec![1], vec![0], vec![]]),
            Err(vec![0, 1])
        );
        assert_eq!(order(&[0], &[vec![0]]), Err(vec![0]));
    }
}
