//! Which of what should come first can come first.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

type Edge = (usize, usize);

/// Pairs of which the first should come before the second, and how much that matters.
pub(super) type Preference = BTreeMap<Edge, Weight>;

/// How much an order matters that is not necessary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// What is optional, or met all the time.
    Likes,
    /// What goes, and something new conflicts with it.
    InTheWay,
    /// What a release that an upgrade passes through needs.
    Passes,
    /// Who provides what is required.
    Requires,
}

/// How many nodes should still come before a node, by falling weight.
type Pending = [usize; 4];

/// The preferred pairs that can be obeyed together with the necessary ones, which form no cycle.
///
/// A preference that is in no cycle of all pairs is always obeyed. In a cycle, nodes are taken one by one: always one that nothing necessary
/// comes before, and of those the one before which the least should come; what should have come before it and did not is not obeyed.
/// Takes n log n time, whatever the cycles.
pub(super) fn kept(nodes: usize, hard: &BTreeSet<Edge>, soft: &Preference) -> BTreeSet<Edge> {
    let component = components(nodes, hard, soft);
    let is_inside = |(from, to): &Edge| component.get(*from) == component.get(*to);
    let inside: Preference = soft
        .iter()
        .filter(|(edge, _)| is_inside(edge))
        .map(|(edge, weight)| (*edge, *weight))
        .collect();
    let hard: BTreeSet<Edge> = hard.iter().filter(|e| is_inside(e)).copied().collect();
    let place = sequence(nodes, &hard, &inside);
    let is_obeyed = |(from, to): &&Edge| {
        !is_inside(&(*from, *to)) || place.get(*from).unwrap_or(&0) < place.get(*to).unwrap_or(&0)
    };
    soft.keys().filter(is_obeyed).copied().collect()
}

/// For each node the number of its component, in the graph of all pairs.
fn components(nodes: usize, hard: &BTreeSet<Edge>, soft: &Preference) -> Vec<usize> {
    let mut whole = DiGraph::<(), ()>::new();
    (0..nodes).for_each(|_| {
        whole.add_node(());
    });
    let edges = hard.iter().chain(soft.keys());
    let edges = edges.map(|(from, to)| (NodeIndex::new(*from), NodeIndex::new(*to)));
    whole.extend_with_edges(edges);
    let mut component = vec![0; nodes];
    for (number, members) in kosaraju_scc(&whole).into_iter().enumerate() {
        for node in members {
            if let Some(of) = component.get_mut(node.index()) {
                *of = number;
            }
        }
    }
    component
}

/// The nodes one by one, as their places in the sequence.
fn sequence(nodes: usize, hard: &BTreeSet<Edge>, soft: &Preference) -> Vec<usize> {
    let mut waiting = Waiting::new(nodes, hard, soft);
    let mut place = vec![0; nodes];
    for at in 0..nodes {
        let Some((_, node)) = waiting.ready.pop_first() else {
            break;
        };
        if let Some(place) = place.get_mut(node) {
            *place = at;
        }
        let after = |node| (node, 0)..(node + 1, 0);
        for (_, to) in hard.range(after(node)) {
            waiting.release(*to);
        }
        for ((_, to), weight) in soft.range(after(node)) {
            waiting.relieve(*to, *weight);
        }
    }
    place
}

/// The nodes that are still to come.
struct Waiting {
    /// How many have to come before each, and how many should.
    counts: Vec<(usize, Pending)>,
    /// Those that nothing has to come before any more.
    ready: BTreeSet<(Pending, usize)>,
}

impl Waiting {
    fn new(nodes: usize, hard: &BTreeSet<Edge>, soft: &Preference) -> Self {
        let mut counts: Vec<(usize, Pending)> = vec![(0, [0; 4]); nodes];
        for (_, to) in hard {
            if let Some((necessary, _)) = counts.get_mut(*to) {
                *necessary += 1;
            }
        }
        for ((_, to), weight) in soft {
            if let Some(pending) = counts.get_mut(*to).and_then(|c| slot(&mut c.1, *weight)) {
                *pending += 1;
            }
        }
        let ready = counts.iter().enumerate().filter(|(_, c)| c.0 == 0);
        Self {
            ready: ready.map(|(node, c)| (c.1, node)).collect(),
            counts,
        }
    }

    /// One of those that have to come before a node has.
    fn release(&mut self, node: usize) {
        if let Some((necessary, pending)) = self.counts.get_mut(node) {
            *necessary = necessary.saturating_sub(1);
            if *necessary == 0 {
                self.ready.insert((*pending, node));
            }
        }
    }

    /// One of those that should come before a node has.
    fn relieve(&mut self, node: usize, weight: Weight) {
        if let Some((_, pending)) = self.counts.get_mut(node) {
            let was_ready = self.ready.remove(&(*pending, node));
            if let Some(pending) = slot(pending, weight) {
                *pending = pending.saturating_sub(1);
            }
            if was_ready {
                self.ready.insert((*pending, node));
            }
        }
    }
}

fn slot(pending: &mut Pending, weight: Weight) -> Option<&mut usize> {
    pending.get_mut(Weight::Requires as usize - weight as usize)
}
