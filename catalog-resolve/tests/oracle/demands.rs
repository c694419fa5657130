//! What a release demands of other instances: rule 3, and rule 5 which spares kept releases what is broken already.

use std::collections::BTreeSet;

use catalog_model::version::VersionRange;

use super::rules::{Assignment, Rules};
use super::world::Dependency;

/// Some releases of one instance: for each whether it is meant.
type Where = (usize, Vec<bool>);

/// What one release at one instance demands, as the releases of other instances that will do.
#[derive(Default)]
pub(crate) struct Demands {
    /// Must be present at one of these; an unknown package is a demand that nothing meets.
    pub(super) needs: Vec<(Option<usize>, Vec<bool>)>,
    /// Must be absent or at one of these.
    pub(super) tolerates: Vec<Where>,
    /// Must not be at one of these.
    pub(super) refuses: Vec<Where>,
    /// Ships an object with other content than these do.
    pub(super) clashes: Vec<Where>,
    /// For each required capability that the cluster lacks: who gives it at which releases.
    pub(super) requires: Vec<(&'static str, Vec<Where>)>,
    /// What it waits for, by rule 6.
    pub(super) waits_for: Vec<usize>,
}

/// How much of a dependency a release asks for.
#[derive(PartialEq, Eq)]
enum Asked {
    Everything,
    Presence,
    Nothing,
}

impl Rules<'_> {
    /// Rule 3: what is present finds each dependency present in range, each optional one absent or in range, no conflict in
    /// range, no definition of other content, and each requirement provided.
    pub(super) fn rule_3(&self, chosen: &Assignment) -> bool {
        let at = |(i, releases): &Where| chosen[*i].is_some_and(|release| releases[release]);
        let is_met = |target: Option<usize>, fits: &Vec<bool>| {
            target.is_some_and(|t| chosen[t].is_some_and(|release| fits[release]))
        };
        self.present(chosen).all(|(_, demands)| {
            let mut needs = demands.needs.iter();
            let mut tolerates = demands.tolerates.iter();
            let mut requires = demands.requires.iter();
            needs.all(|(target, fits)| is_met(*target, fits))
                && tolerates.all(|t| chosen[t.0].is_none() || at(t))
                && !demands.refuses.iter().any(at)
                && !demands.clashes.iter().any(at)
                && requires.all(|(_, givers)| givers.iter().any(at))
        })
    }

    /// What the cluster's snapshot shows less what installed releases known to a catalog provide: those are asked themselves.
    pub(super) fn remaining_cluster(&self) -> BTreeSet<&'static str> {
        let mut cluster: BTreeSet<_> = self.world().cluster.iter().copied().collect();
        for i in self.all() {
            if let Some(kept) = self.instances.kept[i] {
                for given in &self.instances.release(i, kept).provides {
                    cluster.remove(given);
                }
            }
        }
        cluster
    }

    /// Whether a release at an instance gives a capability. A requirement asks for any version of whoever meets it.
    pub(crate) fn gives(&self, i: usize, release: usize, capability: &str) -> bool {
        let provides = &self.instances.release(i, release).provides;
        provides.contains(&capability) && self.rule_4("*", i, release)
    }

    pub(super) fn demands_of(&self, i: usize, release: usize) -> Demands {
        let mut demands = Demands::default();
        self.demand_dependencies(&mut demands, i, release);
        for other in self.all().filter(|other| *other != i) {
            self.demand_no_conflict(&mut demands, i, release, other);
            self.demand_no_clash(&mut demands, i, release, other);
        }
        self.demand_capabilities(&mut demands, i, release);
        demands
    }

    fn demand_dependencies(&self, demands: &mut Demands, i: usize, release: usize) {
        for d in &self.instances.release(i, release).dependencies {
            let target = self.instances.place(&d.package, self.instances.lives(i));
            let asked = match self.instances.is_kept(i, release) {
                true => self.rule_5_dependency(d, target),
                false => Asked::Everything,
            };
            let fits = |t| {
                let fits = |r| asked == Asked::Presence || self.is_met_by(d, t, r);
                self.releases_where(t, fits)
            };
            match (asked == Asked::Nothing, d.is_optional, target) {
                (true, ..) | (_, true, None) => {}
                (false, false, None) => demands.needs.push((None, Vec::new())),
                (false, false, Some(t)) => demands.needs.push((Some(t), fits(t).1)),
                (false, true, Some(t)) => demands.tolerates.push(fits(t)),
            }
            if let Some(t) = target
                && !d.is_optional
                && self.rule_6_waits(d, i, release, t)
            {
                demands.waits_for.push(t);
            }
        }
    }

    /// In range, and from the catalog that the dependency names, unless kept.
    pub(super) fn is_met_by(&self, d: &Dependency, target: usize, release: usize) -> bool {
        self.rule_4(d.range, target, release)
            && (self.instances.release(target, release).is_of(d.catalog)
                || self.instances.is_kept(target, release))
    }

    /// Whether the installed state has what a dependency asks for.
    pub(super) fn is_met_already(&self, d: &Dependency, target: usize) -> bool {
        let kept = self.instances.kept[target];
        kept.is_some_and(|kept| self.is_met_by(d, target, kept))
    }

    /// Rule 5: what is left of a dependency of a kept release. If its target is not installed, it is not asked for; if that is
    /// installed out of range, it has to be there, in any release. An optional one that is broken is not asked for.
    fn rule_5_dependency(&self, d: &Dependency, target: Option<usize>) -> Asked {
        let installed = target.filter(|t| self.instances.is_installed(*t));
        match (installed, d.is_optional) {
            (None, true) => Asked::Everything,
            (None, false) => Asked::Nothing,
            (Some(t), _) if self.is_met_already(d, t) => Asked::Everything,
            (Some(_), true) => Asked::Nothing,
            (Some(_), false) => Asked::Presence,
        }
    }

    /// Rule 5: a kept release is not asked about an installed instance that its conflict hits already.
    fn demand_no_conflict(&self, demands: &mut Demands, i: usize, release: usize, other: usize) {
        let instances = &self.instances;
        for (package, range) in &instances.release(i, release).conflicts {
            if instances.all[other].package != *package || !instances.reaches(i, other) {
                continue;
            }
            let range = VersionRange::parse(range).unwrap();
            let hits = |r| instances.is_in_interval(&range, other, r);
            let is_broken =
                instances.is_kept(i, release) && instances.kept[other].is_some_and(hits);
            if !is_broken {
                demands.refuses.push(self.releases_where(other, hits));
            }
        }
    }

    /// Two releases that ship one definition with different content conflict, unless both are kept.
    fn demand_no_clash(&self, demands: &mut Demands, i: usize, release: usize, other: usize) {
        let instances = &self.instances;
        let are_kept = |r| instances.is_kept(i, release) && instances.is_kept(other, r);
        for (object, content) in instances.objects(i, release) {
            let differs = |r| {
                let mut shipped = instances.objects(other, r);
                shipped.any(|(o, c)| o == object && c != content) && !are_kept(r)
            };
            demands.clashes.push(self.releases_where(other, differs));
        }
    }

    /// Rule 5: a requirement of a kept release is not asked for if the installed state does not meet it.
    fn demand_capabilities(&self, demands: &mut Demands, i: usize, release: usize) {
        let this = self.instances.release(i, release);
        for capability in this.requires.iter().copied() {
            if self.cluster.contains(capability) || self.gives(i, release, capability) {
                continue;
            }
            let seen = || self.all().filter(|other| self.instances.sees(i, *other));
            let gives_already = |other: usize| {
                let kept = self.instances.kept[other];
                kept.is_some_and(|kept| self.gives(other, kept, capability))
            };
            if self.instances.is_kept(i, release) && !seen().any(gives_already) {
                continue;
            }
            let gives = |other| self.releases_where(other, |r| self.gives(other, r, capability));
            demands
                .requires
                .push((capability, seen().map(gives).collect()));
        }
    }

    fn releases_where(&self, i: usize, fits: impl Fn(usize) -> bool) -> Where {
        (i, self.instances.releases(i).map(fits).collect())
    }

    /// The instances that a release depends on, and that it is asked for.
    pub(crate) fn needs(&self, i: usize, release: usize) -> Vec<usize> {
        let needs = self.demands[i][release].needs.iter();
        needs.filter_map(|(target, _)| *target).collect()
    }

    /// The capabilities that a release requires, that it is asked for, and that neither the cluster nor it provides.
    pub(crate) fn requires(&self, i: usize, release: usize) -> Vec<&'static str> {
        let requires = self.demands[i][release].requires.iter();
        requires.map(|(capability, _)| *capability).collect()
    }
}
