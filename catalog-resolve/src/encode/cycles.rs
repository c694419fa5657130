//! No cycle waits: what needs each other must be one group.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::kept::Met;
use super::{Encoder, Fact};
use crate::engine::{ABSENT, Engine, Term, Var, Verdict};
use crate::universe::{PackageId, Relation, ReleaseId};

/// Present instances, with an edge from each that moves to those it has to wait for.
type Needs = DiGraph<Var, ()>;

impl<'a> Encoder<'a> {
    /// Looks for instances of the model that wait for each other, and adds a clause against each cycle that no group
    /// allows.
    pub(super) fn refuse_cycles(&mut self, engine: &mut Engine, present: &[Var]) -> Verdict {
        let waits = |var: Var| match engine.value(var) {
            ABSENT => &[],
            _ => self.needs(var).map_or(&[][..], |needs| needs.waits()),
        };
        let group = |var: Var| self.group(engine, var);
        let cycles = forbidden_cycles(present, waits, group, || self.is_cancelled());
        let mut verdict = Verdict::Accepted;
        for cycle in cycles {
            let terms = self.break_cycle(engine, &cycle);
            self.add(engine, Fact::Cycle(cycle), terms);
            verdict = Verdict::Refused;
        }
        verdict
    }

    fn group(&self, engine: &Engine, var: Var) -> Option<&'a str> {
        self.release(var, engine.value(var))?.group.as_deref()
    }

    /// "Not all of these": with every release that needs the next one of the cycle, so far as their groups forbid it.
    fn break_cycle(&self, engine: &Engine, cycle: &[Var]) -> Vec<Term> {
        let next = |at: usize| cycle.get(at + 1).or(cycle.first()).copied();
        let group = |var: Var| self.group(engine, var);
        // Two neighbours whose groups differ are what makes the cycle forbidden, so only their groups matter.
        let odd = (0..cycle.len()).find(|at| {
            let (this, next) = (cycle.get(*at).copied(), next(*at));
            this.is_some_and(|v| group(v).is_none() || group(v) != next.and_then(group))
        });
        let odd_var = odd.and_then(|at| cycle.get(at).copied());
        let odd_next = odd.and_then(next);
        let odd_group = odd_var.and_then(group);
        let terms = cycle.iter().enumerate().map(|(at, var)| {
            let needed = next(at).map(|next| self.instance(next).package);
            let (instance, package) = (self.instance(*var), self.package(*var));
            let waits = instance.values_of(|id| {
                let theirs = package.releases[id].group.as_deref();
                let fits = if Some(*var) == odd_var {
                    theirs == odd_group
                } else if Some(*var) == odd_next && odd_group.is_some() {
                    theirs != odd_group
                } else {
                    true
                };
                fits && needed.is_some_and(|needed| self.waits_for(*var, id, needed))
            });
            (*var, instance.all_but(&waits))
        });
        terms.collect()
    }

    fn waits_for(&self, var: Var, release: ReleaseId, needed: PackageId) -> bool {
        let instance = self.instance(var);
        let is_kept = || instance.kept.and_then(|kept| instance.release(kept)) == Some(release);
        let mut relations = self.package(var).relation_ids(release);
        let waits = relations.any(|(_, relation)| match relation {
            Relation::Dependency(d) => {
                !d.is_optional && d.package == needed && self.installed_meets(var, d) != Met::Yes
            }
            Relation::Conflict(_) | Relation::Requires(_) => false,
        });
        waits && !is_kept()
    }
}

/// Among present instances, of which each waits for some: a cycle in each component whose members are not all of one group.
pub(crate) fn forbidden_cycles<'w, 'g>(
    present: &[Var],
    waits: impl Fn(Var) -> &'w [Var],
    group: impl Fn(Var) -> Option<&'g str>,
    is_cancelled: impl Fn() -> bool,
) -> Vec<Vec<Var>> {
    if !has_cycle(present, &waits, is_cancelled) {
        return Vec::new();
    }
    let mut graph = Needs::with_capacity(present.len(), present.len());
    let vars = present.iter().map(|var| var.index() + 1).max();
    let mut nodes: Vec<Option<NodeIndex>> = vec![None; vars.unwrap_or_default()];
    for var in present {
        if let Some(node) = nodes.get_mut(var.index()) {
            *node = Some(graph.add_node(*var));
        }
    }
    let node = |var: &Var| nodes.get(var.index()).copied().flatten();
    for var in present {
        let targets = waits(*var).iter().filter_map(node);
        for (from, to) in targets.filter_map(|to| Some((node(var)?, to))) {
            graph.add_edge(from, to, ());
        }
    }
    // Kosaraju's algorithm, because Tarjan's is recursive in petgraph and chains may be long.
    let components = kosaraju_scc(&graph).into_iter();
    let components = components.filter(|component| component.len() > 1);
    components
        .filter_map(|component| forbidden_cycle(&graph, &component.into_iter().collect(), &group))
        .collect()
}

/// A cycle within a component whose members are not all of one group: through an edge between two groups, or from a
/// member of none.
fn forbidden_cycle<'g>(
    needs: &Needs,
    component: &BTreeSet<NodeIndex>,
    group: impl Fn(Var) -> Option<&'g str>,
) -> Option<Vec<Var>> {
    let group = |node: NodeIndex| needs.node_weight(node).and_then(|var| group(*var));
    for from in component {
        let targets = needs.neighbors(*from).filter(|to| component.contains(to));
        for to in targets {
            if group(*from).is_none() || group(*from) != group(to) {
                let path = shortest_path(needs, component, to, *from);
                let vars = path.iter().filter_map(|n| needs.node_weight(*n));
                return Some(vars.copied().collect());
            }
        }
    }
    None
}

/// Whether some of these wait for each other, be it that they may: depth first, without recursion. Every answer is asked this, and nearly all
/// say no.
fn has_cycle<'w>(
    present: &[Var],
    waits: impl Fn(Var) -> &'w [Var],
    is_cancelled: impl Fn() -> bool,
) -> bool {
    // Who is needed mostly comes up after who needs it: where that is always so, there is no cycle.
    let comes_up_after = |asker: &Var| waits(*asker).iter().all(|needed| needed > asker);
    if present.iter().all(comes_up_after) {
        return false;
    }
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        OnTheWay,
        Done,
    }
    let mut seen: Vec<Seen> = vec![Seen::No; present.len()];
    let mut look = |var: Var, now: Option<Seen>| {
        if seen.len() <= var.index() {
            seen.resize(var.index() + 1, Seen::No);
        }
        let state = seen.get_mut(var.index());
        state.map_or(Seen::No, |state| {
            let before = *state;
            *state = now.unwrap_or(before);
            before
        })
    };
    let mut way: Vec<(Var, std::slice::Iter<'w, Var>)> = Vec::new();
    for start in present {
        if look(*start, None) == Seen::Done {
            continue;
        }
        look(*start, Some(Seen::OnTheWay));
        way.push((*start, waits(*start).iter()));
        while let Some((var, edges)) = way.last_mut() {
            let Some(next) = edges.next() else {
                look(*var, Some(Seen::Done));
                way.pop();
                continue;
            };
            match look(*next, None) {
                Seen::OnTheWay => return true,
                Seen::Done => {}
                Seen::No => {
                    if is_cancelled() {
                        return false;
                    }
                    look(*next, Some(Seen::OnTheWay));
                    way.push((*next, waits(*next).iter()));
                }
            }
        }
    }
    false
}

/// A shortest path within a component, both ends included: breadth first.
fn shortest_path(
    needs: &Needs,
    component: &BTreeSet<NodeIndex>,
    from: NodeIndex,
    to: NodeIndex,
) -> Vec<NodeIndex> {
    let mut came_from = BTreeMap::from([(from, from)]);
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            break;
        }
        for next in needs.neighbors(at) {
            if component.contains(&next) && !came_from.contains_key(&next) {
                came_from.insert(next, at);
                queue.push_back(next);
            }
        }
    }
    let mut path = vec![to];
    let mut at = to;
    while at != from {
        let Some(before) = came_from.get(&at) else {
            break;
        };
        at = *before;
        path.push(at);
    }
    path.reverse();
    path
}
