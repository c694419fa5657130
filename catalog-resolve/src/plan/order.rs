//! What comes before what.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::{has_path_connecting, kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::resolution::Resolution;

/// Positions of steps: the releases of the resolution, then what it removes. An edge goes from what comes first to what comes after it.
pub(super) type Order = DiGraph<Vec<usize>, ()>;

type Edges = Vec<(usize, usize)>;

/// The steps with those that need each other as one node, and those nodes with more than one member, each in an order in which it can be
/// gone round. What stays as it is is in no edge.
pub(super) fn order(resolution: &Resolution) -> (Order, Vec<Vec<usize>>) {
    let (needs, follows) = (needs(resolution), follows(resolution));
    let mut graph = DiGraph::<(), ()>::new();
    let count = resolution.releases.len() + resolution.removed.len();
    let nodes: Vec<NodeIndex> = (0..count).map(|_| graph.add_node(())).collect();
    connect(&mut graph, &nodes, &needs);
    // Kosaraju's algorithm, because Tarjan's is recursive in petgraph and chains may be long.
    let components = kosaraju_scc(&graph);
    let mut order = Order::new();
    let mut node_of = BTreeMap::new();
    let mut cycles = Vec::new();
    for component in components {
        let mut members: Vec<usize> = component.iter().map(|node| node.index()).collect();
        members.sort_unstable();
        if members.len() > 1 {
            cycles.push(members.clone());
        }
        let node = order.add_node(members.clone());
        node_of.extend(members.into_iter().map(|member| (member, node)));
    }
    cycles.sort_unstable();
    let between = |edges: &Edges| -> BTreeSet<(NodeIndex, NodeIndex)> {
        let ends = edges
            .iter()
            .filter_map(|(from, to)| Some((*node_of.get(from)?, *node_of.get(to)?)));
        ends.filter(|(from, to)| from != to).collect()
    };
    order.extend_with_edges(between(&needs));
    add_where_acyclic(&mut order, &between(&follows));
    (order, cycles)
}

/// What has to come before what: what is waited for, and before something goes whatever needs it as things are.
fn needs(resolution: &Resolution) -> Edges {
    let mut edges = Edges::new();
    for (to, release) in resolution.releases.iter().enumerate() {
        edges.extend(release.waits.iter().map(|from| (*from, to)));
    }
    let count = resolution.releases.len();
    for (to, removed) in resolution.removed.iter().enumerate() {
        edges.extend(removed.freed_by.iter().map(|from| (*from, count + to)));
        edges.extend(
            removed
                .needed_by
                .iter()
                .map(|from| (count + *from, count + to)),
        );
    }
    moving(resolution, edges)
}

/// What should come before what: dependencies that are met all the time, providers, and what is in the way.
fn follows(resolution: &Resolution) -> Edges {
    let mut edges = Edges::new();
    for (to, release) in resolution.releases.iter().enumerate() {
        edges.extend(release.follows.iter().map(|from| (*from, to)));
    }
    let count = resolution.releases.len();
    for (from, removed) in resolution.removed.iter().enumerate() {
        edges.extend(removed.in_the_way_of.iter().map(|to| (count + from, *to)));
    }
    moving(resolution, edges)
}

/// The edges between steps in which something happens.
fn moving(resolution: &Resolution, mut edges: Edges) -> Edges {
    let is_kept = |at: &usize| {
        resolution
            .releases
            .get(*at)
            .is_some_and(|release| release.is_kept())
    };
    edges.retain(|(from, to)| !is_kept(from) && !is_kept(to));
    edges
}

fn connect(graph: &mut DiGraph<(), ()>, nodes: &[NodeIndex], edges: &[(usize, usize)]) {
    for (from, to) in edges {
        if let (Some(from), Some(to)) = (nodes.get(*from), nodes.get(*to)) {
            graph.add_edge(*from, *to, ());
        }
    }
}

/// Adds edges that close no cycle. Only those inside a component of the graph with all of them can close one, so only
/// those are looked at one by one.
fn add_where_acyclic(order: &mut Order, edges: &BTreeSet<(NodeIndex, NodeIndex)>) {
    let mut whole = order.clone();
    whole.extend_with_edges(edges.iter().copied());
    let mut component_of = BTreeMap::new();
    for (number, component) in kosaraju_scc(&whole).into_iter().enumerate() {
        component_of.extend(component.into_iter().map(|node| (node, number)));
    }
    for (from, to) in edges {
        let may_close = component_of.get(from) == component_of.get(to);
        if !may_close || !has_path_connecting(&*order, *to, *from, None) {
            order.update_edge(*from, *to, ());
        }
    }
}

/// The length of the longest way to each node.
pub(super) fn levels(order: &Order) -> BTreeMap<NodeIndex, usize> {
    let mut levels: BTreeMap<NodeIndex, usize> = BTreeMap::new();
    for node in toposort(order, None).unwrap_or_default() {
        let before = order.neighbors_directed(node, petgraph::Direction::Incoming);
        let level = before
            .filter_map(|n| levels.get(&n))
            .map(|level| level + 1)
            .max();
        levels.insert(node, level.unwrap_or(0));
    }
    levels
}
