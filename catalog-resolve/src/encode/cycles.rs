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
        if !self.has_cycle(engine, present) {
            return Verdict::Accepted;
        }
        let needs = self.waits(present);
        let mut verdict = Verdict::Accepted;
        // Kosaraju's algorithm, because Tarjan's is recursive in petgraph and chains may be long.
        for component in kosaraju_scc(&needs) {
            if component.len() < 2 {
                continue;
            }
            let component = component.into_iter().collect();
            if let Some(cycle) = self.forbidden_cycle(engine, &needs, &component) {
                let terms = self.break_cycle(engine, &cycle);
                self.add(engine, Fact::Cycle(cycle), terms);
                verdict = Verdict::Refused;
            }
        }
        verdict
    }

    /// Whether there is any cycle, allowed or not: depth first, without recursion. Every model is asked this, and nearly all say no.
    fn has_cycle(&self, engine: &Engine, present: &[Var]) -> bool {
        #[derive(Clone, Copy, PartialEq)]
        enum Seen {
            No,
            OnTheWay,
            Done,
        }
        let mut seen = vec![Seen::No; self.positions.len()];
        let mut way: Vec<(Var, usize)> = Vec::new();
        for start in present {
            way.push((*start, 0));
            while let Some((var, edge)) = way.last_mut().filter(|_| !self.is_cancelled()) {
                let waits = self.needs(*var).map_or(&[][..], |needs| needs.waits());
                let Some(state) = seen.get_mut(var.index()) else {
                    break;
                };
                if *edge == 0 && *state == Seen::Done {
                    way.pop();
                    continue;
                }
                *state = Seen::OnTheWay;
                let Some(next) = waits.get(*edge).copied() else {
                    *state = Seen::Done;
                    way.pop();
                    continue;
                };
                *edge += 1;
                match seen.get(next.index()) {
                    Some(Seen::OnTheWay) => return true,
                    Some(Seen::No) if engine.value(next) != ABSENT => way.push((next, 0)),
                    _ => {}
                }
            }
        }
        false
    }

    fn waits(&self, present: &[Var]) -> Needs {
        let mut graph = Needs::new();
        let nodes = present.iter().map(|var| (*var, graph.add_node(*var)));
        let nodes: BTreeMap<Var, NodeIndex> = nodes.collect();
        for (var, node) in &nodes {
            let waits = self.needs(*var).into_iter().flat_map(|needs| needs.waits());
            for target in waits.filter_map(|target| nodes.get(target)) {
                graph.update_edge(*node, *target, ());
            }
        }
        graph
    }

    fn group(&self, engine: &Engine, var: Var) -> Option<&'a str> {
        self.release(var, engine.value(var))?.group.as_deref()
    }

    /// A cycle within a component whose members are not all of one group: through an edge between two groups, or from a
    /// member of none.
    fn forbidden_cycle(
        &self,
        engine: &Engine,
        needs: &Needs,
        component: &BTreeSet<NodeIndex>,
    ) -> Option<Vec<Var>> {
        let group = |node: NodeIndex| {
            needs
                .node_weight(node)
                .and_then(|var| self.group(engine, *var))
        };
        for from in component {
            let targets = needs.neighbors(*from).filter(|to| component.contains(to));
            for to in targets {
                if group(*from).is_none() || group(*from) != group(to) {
                    let path = shortest_path(needs, component, to, *from);
                    return Some(
                        path.iter()
                            .filter_map(|n| needs.node_weight(*n))
                            .copied()
                            .collect(),
                    );
                }
            }
        }
        None
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
