//! Where objects belong: in a namespace or in none.

use std::collections::BTreeSet;

use super::builder::SnapshotBuilder;
use super::crds::CrdApis;
use super::scope::{Scope, well_known_scope};
use crate::diagnostic::Severity;

/// What is said of a kind's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Nothing,
    One(Scope),
    Both,
}

impl SnapshotBuilder {
    /// Puts every object where questions look for it. A snapshot put together by hand may hold objects of a kind that lives in
    /// namespaces without one, and the other way round; filed as they are written they would count as absent.
    ///
    /// Returns what the CRDs say, which are objects to be placed themselves.
    pub(super) fn place_objects(&mut self) -> CrdApis {
        let (group, kind) = CrdApis::CRD;
        self.take_out_of_namespaces(group, kind);
        let crds = CrdApis::of(&self.objects);
        for (group, kind) in self.kinds_with_scope(&crds) {
            match self.said(&crds, &group, &kind) {
                Said::One(Scope::Cluster) => self.take_out_of_namespaces(&group, &kind),
                Said::One(Scope::Namespaced) => self.leave_out_homeless(&group, &kind),
                // The API server gives no object of a kind without namespaces one: an object that has one tells of all.
                Said::Nothing => {
                    if self.objects.is_namespaced(&group, &kind) {
                        self.leave_out_homeless(&group, &kind);
                    }
                }
                Said::Both => {
                    self.objects.mark_unread(&group, &kind);
                    let kind = crate::show::plain(&kind);
                    let message = format!(
                        "some of this says that {kind} lives in namespaces, and some that it does not"
                    );
                    self.report(None, Severity::Error, "contradiction", message);
                }
            }
        }
        crds
    }

    fn kinds_with_scope(&self, crds: &CrdApis) -> BTreeSet<(String, String)> {
        let kinds = self.objects.group_kinds().chain(crds.group_kinds());
        kinds
            .map(|(group, kind)| (group.to_owned(), kind.to_owned()))
            .collect()
    }

    fn said(&self, crds: &CrdApis, group: &str, kind: &str) -> Said {
        let discovered = self.discovery.scopes(group, kind);
        let all = discovered
            .chain(well_known_scope(group, kind))
            .chain(crds.scopes(group, kind));
        let mut said = Said::Nothing;
        for scope in all {
            said = match said {
                Said::Nothing => Said::One(scope),
                Said::One(known) if known == scope => said,
                _ => return Said::Both,
            };
        }
        said
    }

    /// An object without `metadata.namespace` of a kind that lives in namespaces is in none that could be asked for.
    fn leave_out_homeless(&mut self, group: &str, kind: &str) {
        let homeless = self.objects.remove_homeless(group, kind);
        if homeless.is_empty() {
            return;
        }
        self.objects.mark_unread(group, kind);
        for name in homeless {
            let object = crate::show::object(kind, "", &name);
            let message = format!("{object} has no `metadata.namespace`, and is left out");
            self.report(None, Severity::Error, "identity", message);
        }
    }

    /// The API server knows one object of a name of a kind that lives in no namespace, whatever its namespace is said to be.
    fn take_out_of_namespaces(&mut self, group: &str, kind: &str) {
        for (namespace, name) in self.objects.take_out_of_namespaces(group, kind) {
            let object = crate::show::object(kind, &namespace, &name);
            let message = format!(
                "{object} has a `metadata.namespace`, and its kind lives in none: it is taken for the one of its name"
            );
            self.report(None, Severity::Warning, "identity", message);
        }
    }
}
