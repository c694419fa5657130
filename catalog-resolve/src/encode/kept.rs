//! What a release that stays as it is installed is not asked for: whatever is broken already.

use super::Encoder;
use crate::engine::{Value, Var};
use crate::universe::{CapabilityId, Dependency, PackageConflict, Relation, RelationId};

/// What the installed state makes of a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    Yes,
    /// The package is there, at a release that will not do.
    OutOfRange,
    Absent,
}

impl Met {
    /// Whether it is broken already, so that who stays as it is installed is not asked for it.
    pub(super) fn breaks(self, dependency: &Dependency) -> bool {
        match dependency.is_optional {
            true => self == Self::OutOfRange,
            false => self != Self::Yes,
        }
    }
}

impl Encoder<'_> {
    /// The value at which an instance is installed, if its release there has a relation.
    pub(super) fn kept_carrier(&self, asker: Var, id: RelationId) -> Option<Value> {
        let kept = self.instance(asker).kept?;
        let release = self.instance(asker).release(kept)?;
        let is_carrier = self.package(asker).carriers[id].contains(release);
        is_carrier.then_some(kept)
    }

    /// Where the instance that `asker` means by a package is installed.
    fn installed(&self, asker: Var, dependency: &Dependency) -> Option<(Var, Value)> {
        if self.request.installed.is_empty() {
            return None;
        }
        let target = self.meant(asker, dependency.package)?;
        Some((target, self.instance(target).kept?))
    }

    /// The dependencies of a release that it cannot be without. What stays as it is installed, and lacks one already, is not asked for it.
    pub(crate) fn needed(&self, var: Var, value: Value) -> impl Iterator<Item = &Dependency> {
        let is_kept = self.instance(var).kept == Some(value);
        self.relations(var, value)
            .filter_map(move |relation| match relation {
                Relation::Dependency(dependency) => {
                    let is_spared =
                        || is_kept && self.installed_meets(var, dependency) == Met::Absent;
                    (!dependency.is_optional && !is_spared()).then_some(dependency)
                }
                _ => None,
            })
    }

    /// Whether what is installed meets a dependency.
    pub(crate) fn installed_meets(&self, asker: Var, dependency: &Dependency) -> Met {
        match self.installed(asker, dependency) {
            None => Met::Absent,
            Some((target, kept)) => match self.takes_installed(target, kept, dependency) {
                true => Met::Yes,
                false => Met::OutOfRange,
            },
        }
    }

    /// Whether an instance is installed at a release that a conflict is about.
    pub(super) fn installed_conflicts(&self, target: Var, conflict: &PackageConflict) -> bool {
        let instance = self.instance(target);
        let range = &conflict.range;
        instance
            .kept
            .is_some_and(|kept| match instance.opaque(kept) {
                Some(opaque) => opaque.is_in(range),
                None => {
                    let release = self.release(target, kept);
                    release.is_some_and(|release| range.set().contains(&release.version))
                }
            })
    }

    /// Whether what is installed, or the cluster, provides what an installed release requires.
    pub(super) fn installed_provides(&self, asker: Var, capability: CapabilityId) -> bool {
        let gives = |var: Var| {
            let kept = self
                .instance(var)
                .kept
                .and_then(|kept| self.release(var, kept));
            kept.is_some_and(|release| release.provides.binary_search(&capability).is_ok())
        };
        let mut providers = self.universe.providers(capability).iter();
        self.situation.cluster_provides(capability)
            || gives(asker)
            || providers.any(|p| self.meant(asker, *p).is_some_and(gives))
    }

    /// Whether two releases cannot be there at the same time: one conflicts with the other, or both ship an object with contents of their own.
    pub(crate) fn are_apart(&self, one: (Var, Value), other: (Var, Value)) -> bool {
        let conflicts = |(var, value): (Var, Value), (target, at): (Var, Value)| {
            let version = self.release(target, at).map(|release| &release.version);
            self.relations(var, value).any(|relation| match relation {
                Relation::Conflict(conflict) => {
                    self.instance(target).package == conflict.package
                        && version.is_some_and(|version| conflict.range.set().contains(version))
                }
                Relation::Dependency(_) | Relation::Requires(_) => false,
            })
        };
        let clash = || {
            self.objects(one.0, one.1).any(|(object, digest)| {
                let mut others = self.objects(other.0, other.1);
                others.any(|(o, d)| o == object && d != digest)
            })
        };
        self.instance(one.0).reaches(self.instance(other.0))
            && (conflicts(one, other) || conflicts(other, one))
            || clash()
    }
}
