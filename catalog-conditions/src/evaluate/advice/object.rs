//! Objects and kinds that are absent, or whose state is not known.

use crate::condition::ObjectTarget;
use crate::report::Reason;
use crate::show;
use crate::snapshot::Snapshot;
use crate::suggest::near;

use super::shown::{listed, nearest};

pub(in crate::evaluate) const DISCOVERY: &str = "add the discovery documents to the snapshot: what `kubectl get --raw /api` and `kubectl get --raw /apis` print";

pub(in crate::evaluate) const NO_NAMESPACE: &str =
    "say which namespace the package goes to, or write `namespace` into the target";

const UNAUTHORIZED: &str = "the API server does not know who asks: renew the credentials";

const UNAVAILABLE: &str = "ask again when the API server answers";

const UNDISCOVERED: &str = "mend the API service or the conversion webhook that does not answer: see `kubectl get apiservices`";

pub(in crate::evaluate) const TERMINATING: &str =
    "wait until it is gone or made anew, and ask again";

/// A kind that the cluster does not serve.
pub(in crate::evaluate) fn kind_absent(
    snapshot: &Snapshot,
    group: &str,
    kind: &str,
) -> Vec<String> {
    let versions = snapshot.served_versions(group, kind);
    if !versions.is_empty() {
        return vec![format!(
            "the cluster serves {kind} in {}",
            listed(versions.iter().copied())
        )];
    }
    let kinds = snapshot.served_kinds(group);
    match nearest(kind, kinds.iter().copied()) {
        Some(near) => vec![format!("did you mean `{}`?", show::plain(near))],
        None if kinds.is_empty() && !group.is_empty() => {
            vec![format!(
                "the cluster does not serve it: install what brings the group {group}"
            )]
        }
        None => vec!["install what brings it".to_owned()],
    }
}

/// The note beside an answer that rests on a kind which is not served.
pub(in crate::evaluate) fn noted_kind_absent(target: &ObjectTarget) -> String {
    format!(
        "note: the cluster does not serve {} {}",
        target.api_version(),
        target.kind
    )
}

/// A named object that does not exist: where else one of that name is, or one of a name near it. Cost: bounded, however many objects
/// there are.
pub(in crate::evaluate) fn object_absent(
    snapshot: &Snapshot,
    (group, kind): (&str, &str),
    (namespace, name): (&str, &str),
) -> Vec<String> {
    let elsewhere = snapshot.namespaces_with(group, kind, name);
    if !elsewhere.is_empty() {
        let places = listed(elsewhere.into_iter());
        return vec![format!("one of that name is in {places}")];
    }
    let names = snapshot.names_around((group, kind), namespace, name);
    near(name, names)
        .map(|near| format!("did you mean `{}`?", show::plain(near)))
        .into_iter()
        .collect()
}

/// What to do about an object whose state is not known.
pub(in crate::evaluate) fn presence(
    snapshot: &Snapshot,
    reason: Reason,
    (group, kind): (&str, &str),
    (namespace, name): (&str, &str),
) -> Vec<String> {
    let resource = if group.is_empty() {
        kind.to_lowercase()
    } else {
        format!("{}.{group}", kind.to_lowercase())
    };
    let text = match reason {
        Reason::NotInSnapshot if snapshot.covers_some_namespace(group, kind) => {
            format!("the snapshot covers {kind} in some namespaces only: add the others to it and to its SnapshotCoverage")
        }
        Reason::NotInSnapshot => {
            let name = if name.is_empty() { String::new() } else { format!(" {}", show::plain(name)) };
            let place = match namespace {
                "" => String::new(),
                "*" => " -A".to_owned(),
                namespace => format!(" -n {}", show::plain(namespace)),
            };
            format!("the snapshot does not say: add what `kubectl get {resource}{name}{place} -o yaml` prints, and a SnapshotCoverage document for {kind}")
        }
        Reason::OtherVersion => "save it in the version asked for, as in `kubectl get <plural>.<version>.<group>`, or ask for the version that is there".to_owned(),
        Reason::Contradictory => "keep one of the documents about it".to_owned(),
        Reason::Terminating => TERMINATING.to_owned(),
        Reason::NoNamespace => NO_NAMESPACE.to_owned(),
        Reason::TooMany => "ask for less: without `..` and with fewer wildcards".to_owned(),
        Reason::Forbidden => format!("{} may or may not exist: grant {} on it, or set onUnknown: warn", the(name), verb(name)),
        Reason::Unauthorized => UNAUTHORIZED.to_owned(),
        Reason::Unavailable => UNAVAILABLE.to_owned(),
        Reason::Discovery => UNDISCOVERED.to_owned(),
        Reason::NothingSelected => "nothing is selected, and `all` of nothing proves nothing: mend the selector, or write `allowEmpty: true`".to_owned(),
        _ => return Vec::new(),
    };
    vec![text]
}

/// On a failed read of what is no object: the version, discovery, an access review.
pub(in crate::evaluate) fn general_read_failed(reason: Reason) -> Option<String> {
    let text = match reason {
        Reason::Forbidden => {
            "let who asks read it: the roles `system:discovery` and `system:basic-user` do"
        }
        Reason::Unauthorized => UNAUTHORIZED,
        Reason::Unavailable => UNAVAILABLE,
        Reason::Discovery => UNDISCOVERED,
        _ => return None,
    };
    Some(text.to_owned())
}

fn the(name: &str) -> &'static str {
    if name.is_empty() {
        "such objects"
    } else {
        "the object"
    }
}

fn verb(name: &str) -> &'static str {
    if name.is_empty() { "list" } else { "get" }
}
