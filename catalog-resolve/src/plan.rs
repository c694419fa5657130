//! In which order an answer is carried out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use catalog_model::conditions::show::one_line;
use catalog_model::version::Version;
use petgraph::algo::{has_path_connecting, kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use crate::resolution::Resolution;

/// What is done to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// A release comes where none is.
    Install,
}

impl Action {
    /// A stable name, as `install`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
        }
    }
}

/// The steps that lead to a [`Resolution`], in an order in which everything comes after what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<Step>,
    cycles: Vec<Vec<String>>,
}

/// One step of a [`Plan`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    package: String,
    action: Action,
    to: Version,
    catalog: Option<String>,
    namespace: String,
    level: usize,
}

/// Positions of releases; an edge goes from what comes first to what comes after it.
type Order = DiGraph<Vec<usize>, ()>;

/// Orders a resolution. Steps of one level can be done at the same time, after all of the levels below. Packages that need
/// each other, as members of a group may, are on one level. Optional dependencies and required capabilities count so far
/// as they close no cycle.
///
/// Takes time linear in the releases and their dependencies, unless optional dependencies and requirements form cycles.
#[must_use]
pub fn plan(resolution: &Resolution) -> Plan {
    let (order, cycles) = order(resolution);
    let mut steps: Vec<Step> = Vec::with_capacity(resolution.releases.len());
    for (node, level) in levels(&order) {
        for position in order.node_weight(node).into_iter().flatten() {
            steps.extend(resolution.releases.get(*position).map(|release| Step {
                package: release.package().to_owned(),
                action: Action::Install,
                to: release.version().clone(),
                catalog: release.catalog().map(str::to_owned),
                namespace: release.namespace().to_owned(),
                level,
            }));
        }
    }
    steps.sort_by(|a, b| {
        let place = |step: &Step| (step.level, step.package.clone(), step.namespace.clone());
        place(a).cmp(&place(b))
    });
    let name = |position: usize| {
        resolution
            .releases
            .get(position)
            .map(|r| r.package().to_owned())
    };
    let cycles = cycles
        .into_iter()
        .map(|cycle| cycle.into_iter().filter_map(name).collect());
    Plan {
        steps,
        cycles: cycles.collect(),
    }
}

/// The releases with those that need each other as one node, and those nodes with more than one member, each in an order
/// in which it can be gone round.
fn order(resolution: &Resolution) -> (Order, Vec<Vec<usize>>) {
    let needs = edges(resolution, |release| &release.needs);
    let mut graph = DiGraph::<(), ()>::new();
    let nodes: Vec<NodeIndex> = resolution
        .releases
        .iter()
        .map(|_| graph.add_node(()))
        .collect();
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
    let between = |edges: &[(usize, usize)]| -> BTreeSet<(NodeIndex, NodeIndex)> {
        let ends = edges
            .iter()
            .filter_map(|(from, to)| Some((*node_of.get(from)?, *node_of.get(to)?)));
        ends.filter(|(from, to)| from != to).collect()
    };
    order.extend_with_edges(between(&needs));
    let follows = between(&edges(resolution, |release| &release.follows));
    add_where_acyclic(&mut order, &follows);
    (order, cycles)
}

/// From each release that is needed to the one that needs it.
fn edges(
    resolution: &Resolution,
    of: impl Fn(&crate::resolution::ResolvedRelease) -> &Vec<usize>,
) -> Vec<(usize, usize)> {
    let releases = resolution.releases.iter().enumerate();
    releases
        .flat_map(|(to, release)| of(release).iter().map(move |from| (*from, to)))
        .collect()
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
fn levels(order: &Order) -> BTreeMap<NodeIndex, usize> {
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

impl Resolution {
    /// The [plan] of this resolution.
    #[must_use]
    pub fn plan(&self) -> Plan {
        plan(self)
    }
}

impl Plan {
    /// The steps by level, then by package name and namespace.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The groups of packages that need each other, by name; their members are on one level.
    #[must_use]
    pub fn cycles(&self) -> &[Vec<String>] {
        &self.cycles
    }
}

impl Step {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// What is done.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// The version that comes.
    #[must_use]
    pub fn to(&self) -> &Version {
        &self.to
    }

    /// The catalog it comes from, if that has a name.
    #[must_use]
    pub fn catalog(&self) -> Option<&str> {
        self.catalog.as_deref()
    }

    /// Where it goes.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// How many steps must be done one after the other before this one.
    #[must_use]
    pub fn level(&self) -> usize {
        self.level
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Plan {
    /// A line a step: `1  install loki 3.2.0 in loki`, with levels counted from 1.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let (level, action) = (step.level + 1, step.action);
            let (package, namespace) = (one_line(&step.package), one_line(&step.namespace));
            writeln!(
                f,
                "{level:>2}  {action} {package} {} in {namespace}",
                step.to
            )?;
        }
        Ok(())
    }
}
