//! Which reads of objects the requirements come to, once it is known what the cluster serves.

use super::discovery::Discovered;
use super::task::{Kind, Task, Which};
use crate::requirements::{Read, Requirements};
use crate::snapshot::{FailureKind, Namespaces, ReadFailure, Scope, Served, Snapshot};

/// What is known of the cluster's APIs.
#[derive(Clone, Copy)]
pub(super) struct Known<'r> {
    pub(super) apis: &'r Snapshot,
    pub(super) discovered: &'r Discovered,
}

/// Where a read looks.
enum Place<'r> {
    /// Into all namespaces at once.
    All,
    /// Into these, one after the other; a kind that lives in none is looked at as a whole.
    Named(Vec<&'r str>),
}

/// The tasks of the reads that name objects. There is none for a kind that is not served, since discovery says all there is to say of
/// it, nor for a kind in namespaces where nobody says which.
pub(super) fn tasks<'r>(requirements: &'r Requirements, known: Known<'r>) -> Vec<Task<'r>> {
    let mut tasks = Vec::new();
    for read in requirements.reads() {
        match read {
            Read::Object {
                group,
                version,
                kind,
                namespace,
                name,
            } => {
                let kind = Kind {
                    group,
                    version,
                    kind,
                };
                let place = Place::Named(namespace.as_deref().into_iter().collect());
                tasks.extend(known.tasks(kind, place, Which::Named(name)));
            }
            Read::List {
                group,
                version,
                kind,
                namespaces,
                selector,
            } => {
                let kind = Kind {
                    group,
                    version,
                    kind,
                };
                let place = match namespaces {
                    Namespaces::All => Place::All,
                    Namespaces::Named(names) => {
                        Place::Named(names.iter().map(String::as_str).collect())
                    }
                };
                tasks.extend(known.tasks(kind, place, Which::Selected(selector)));
            }
            _ => {}
        }
    }
    tasks
}

impl<'r> Known<'r> {
    fn tasks(self, kind: Kind<'r>, place: Place<'r>, which: Which<'r>) -> Vec<Task<'r>> {
        let Some(plural) = self.plural(kind) else {
            return Vec::new();
        };
        let task = |namespace| Task {
            kind,
            namespace,
            which,
            plural,
        };
        let cluster_scoped = self.apis.scope(kind.group, kind.kind) == Some(Scope::Cluster);
        match place {
            // Nobody knows whether the kind lives in namespaces: what is not known of it is not known anywhere.
            _ if plural.is_err() || cluster_scoped => vec![task(None)],
            Place::All => vec![task(None)],
            Place::Named(names) => names.into_iter().map(|name| task(Some(name))).collect(),
        }
    }

    /// How a kind is requested, or why nobody knows; `None` if it is not served.
    fn plural(self, kind: Kind<'r>) -> Option<Result<&'r str, &'r ReadFailure>> {
        let served = self.apis.serves(kind.group, Some(kind.version), kind.kind);
        let failure = self.discovered.failure(kind.group, Some(kind.version));
        match (served, failure) {
            (Served::No, _) => None,
            // Who may not ask what is served may still read what every cluster serves.
            (Served::Unknown, Some(failure)) if failure.kind() != FailureKind::Forbidden => {
                Some(Err(failure))
            }
            (_, failure) => match self.apis.resource(kind.group, kind.kind) {
                Some(plural) => Some(Ok(plural)),
                None => failure.map(Err),
            },
        }
    }
}
