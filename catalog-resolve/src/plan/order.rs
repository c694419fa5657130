//! What comes before what.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use super::preference::{Preference, Weight, kept};
use crate::resolution::Resolution;

/// Positions of steps that are done together: the releases of the resolution come first, then what it removes.
type Together = Vec<usize>;

type Edge = (usize, usize);

/// In which order the steps of a resolution are done. Steps that need each other are one node.
pub(super) struct Order {
    graph: DiGraph<Together, ()>,
    /// For each step its node.
    node_of: Vec<NodeIndex>,
    /// Pairs of steps of which the first is done before the second, of different nodes.
    before: BTreeSet<Edge>,
}

impl Order {
    /// What has to come before what, and what should where it closes no cycle. What stays as it is is in no pair.
    pub(super) fn of(resolution: &Resolution) -> Self {
        let needs = needs(resolution);
        let mut order = Self::together(steps(resolution), &needs);
        let preferences = preferences(resolution);
        let soft = order.between(&preferences);
        let hard = order.between(&needs.iter().map(|edge| (*edge, ())).collect());
        let hard: BTreeSet<Edge> = hard.into_keys().collect();
        let kept = kept(order.graph.node_count(), &hard, &soft);
        let all = hard.union(&kept);
        let all = all.map(|(from, to)| (NodeIndex::new(*from), NodeIndex::new(*to), ()));
        order.graph.extend_with_edges(all);
        let candidates = needs.iter().chain(preferences.keys());
        let before = candidates.filter(|(from, to)| {
            let ends = order.node(*from).zip(order.node(*to));
            ends.is_some_and(|(from, to)| order.graph.contains_edge(from, to))
        });
        order.before = before.copied().collect();
        order
    }

    /// The steps with those that need each other as one node, and no edges yet.
    fn together(count: usize, needs: &BTreeSet<Edge>) -> Self {
        let mut graph = DiGraph::<(), ()>::new();
        let nodes: Vec<NodeIndex> = (0..count).map(|_| graph.add_node(())).collect();
        for (from, to) in needs {
            if let (Some(from), Some(to)) = (nodes.get(*from), nodes.get(*to)) {
                graph.add_edge(*from, *to, ());
            }
        }
        // Kosaraju's algorithm, because Tarjan's is recursive in petgraph and chains may be long.
        let components = kosaraju_scc(&graph);
        let mut components: Vec<Together> = components
            .into_iter()
            .map(|component| component.iter().map(|node| node.index()).collect())
            .collect();
        components.iter_mut().for_each(|c| c.sort_unstable());
        components.sort_unstable();
        let mut order = Self {
            graph: DiGraph::new(),
            node_of: vec![NodeIndex::end(); count],
            before: BTreeSet::new(),
        };
        for members in components {
            let node = order.graph.add_node(members.clone());
            for member in members {
                if let Some(of) = order.node_of.get_mut(member) {
                    *of = node;
                }
            }
        }
        order
    }

    fn node(&self, step: usize) -> Option<NodeIndex> {
        self.node_of.get(step).copied()
    }

    /// Pairs of steps as pairs of nodes, with the heaviest of their weights.
    fn between<W: Copy + Ord>(&self, edges: &BTreeMap<Edge, W>) -> BTreeMap<Edge, W> {
        let mut between = BTreeMap::new();
        for ((from, to), weight) in edges {
            if let (Some(from), Some(to)) = (self.node(*from), self.node(*to))
                && from != to
            {
                let known = between.entry((from.index(), to.index())).or_insert(*weight);
                *known = (*known).max(*weight);
            }
        }
        between
    }

    /// The groups of steps that need each other.
    pub(super) fn cycles(&self) -> impl Iterator<Item = &[usize]> {
        let groups = self.graph.node_weights().map(Vec::as_slice);
        groups.filter(|members| members.len() > 1)
    }

    /// Pairs of steps of which the first is done before the second. Those of steps that need each other are not among them.
    pub(super) fn before(&self) -> &BTreeSet<Edge> {
        &self.before
    }

    /// For each step how many must be done one after the other before it.
    pub(super) fn levels(&self) -> Vec<usize> {
        let mut levels = vec![0; self.graph.node_count()];
        for node in toposort(&self.graph, None).unwrap_or_default() {
            let before = self.graph.neighbors_directed(node, Direction::Incoming);
            let level = before.filter_map(|n| levels.get(n.index())).max();
            let level = level.map_or(0, |level| level + 1);
            if let Some(of) = levels.get_mut(node.index()) {
                *of = level;
            }
        }
        let of = |node: &NodeIndex| levels.get(node.index()).copied().unwrap_or_default();
        self.node_of.iter().map(of).collect()
    }
}

fn steps(resolution: &Resolution) -> usize {
    resolution.releases.len() + resolution.removed.len()
}

/// What has to come before what: what is waited for, and before something goes whatever needs it as things are.
fn needs(resolution: &Resolution) -> BTreeSet<Edge> {
    let mut edges = BTreeSet::new();
    for (to, release) in resolution.releases.iter().enumerate() {
        edges.extend(release.waits_for().iter().map(|from| (*from, to)));
    }
    let count = resolution.releases.len();
    for (to, removed) in resolution.removed.iter().enumerate() {
        edges.extend(removed.freed_by.iter().map(|from| (*from, count + to)));
        let needed_by = removed.needed_by.iter();
        edges.extend(needed_by.map(|from| (count + *from, count + to)));
    }
    edges.retain(|edge| is_moving(resolution, *edge));
    edges
}

/// What should come before what: who provides what is required, dependencies that are met all the time, what is in the way, and what
/// the releases that an upgrade passes through need.
fn preferences(resolution: &Resolution) -> Preference {
    let mut edges = Preference::new();
    let mut add = |edge: Edge, weight| {
        let known = edges.entry(edge).or_insert(weight);
        *known = weight.max(*known);
    };
    for (to, release) in resolution.releases.iter().enumerate() {
        let follows = release.follows().iter().map(|from| (*from, Weight::Likes));
        let providers = release.providers().iter();
        for (from, weight) in follows.chain(providers.map(|from| (*from, Weight::Requires))) {
            add((from, to), weight);
        }
        for awaited in release.awaited() {
            let weights = std::iter::once(Weight::Passes).chain(std::iter::repeat(Weight::Likes));
            for (edge, weight) in awaited.edges(to).zip(weights) {
                add(edge, weight);
            }
        }
    }
    let count = resolution.releases.len();
    for (from, removed) in resolution.removed.iter().enumerate() {
        for to in &removed.in_the_way_of {
            add((count + from, *to), Weight::InTheWay);
        }
    }
    edges.retain(|edge, _| is_moving(resolution, *edge));
    edges
}

/// Whether something happens in both steps.
fn is_moving(resolution: &Resolution, (from, to): Edge) -> bool {
    let is_kept = |at: usize| {
        let release = resolution.releases.get(at);
        release.is_some_and(|release| release.is_kept())
    };
    !is_kept(from) && !is_kept(to)
}
