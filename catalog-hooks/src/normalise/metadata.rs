//! The metadata of Jobs and of what they need.

use serde_json::{Map, Value};

use crate::object;
use crate::remarks::{Remarks, shown};

/// Why [`without_server_fields`] and its like take something out.
pub(super) const OF_THE_SERVER: &str =
    "an API server sets it; such fields come with objects that were read from a cluster";

/// Fields that a create ignores or is refused for. `ownerReferences` name uids, which no catalog can know: with a uid that is not
/// there, Kubernetes would collect the object at once.
const SERVER_FIELDS: [&str; 9] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Labels that the server gives a Job's pods. Left from another Job, they make it refuse this one.
const SERVER_LABELS: [&str; 4] = [
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "controller-uid",
    "job-name",
];

/// Takes out what only a server can know.
pub(crate) fn without_server_fields(
    metadata: &mut Map<String, Value>,
    path: &str,
    remarks: &mut Remarks<'_>,
) {
    for field in SERVER_FIELDS {
        object::remove(metadata, &format!("{path}.{field}"), OF_THE_SERVER, remarks);
    }
}

/// The metadata of the Job itself: its namespace is the instance's.
pub(super) fn of_job(
    metadata: &mut Map<String, Value>,
    namespace: &str,
    remarks: &mut Remarks<'_>,
) {
    let why = "each attempt's Job has a name of its own that is known before it is made";
    object::remove(metadata, "metadata.generateName", why, remarks);
    match object::value(metadata, "namespace") {
        Some(other) if other.as_str() != Some(namespace) => remarks.refuse(
            "hooks.job.namespace",
            &format!(
                "it names the namespace `{}`, and the package is installed in `{namespace}`",
                shown(other)
            ),
            "leave `metadata.namespace` out; a Job that acts in another namespace does so through RBAC",
        ),
        _ => {
            metadata.insert("namespace".to_owned(), namespace.into());
        }
    }
    object::list(metadata, "metadata.finalizers", remarks);
    object::map(metadata, "metadata.annotations", remarks);
    labels(metadata, "metadata.labels", remarks);
}

/// Makes sure that there are labels, and that none of them is another Job's.
pub(super) fn labels(metadata: &mut Map<String, Value>, path: &str, remarks: &mut Remarks<'_>) {
    let Some(labels) = object::map(metadata, path, remarks) else {
        return;
    };
    for label in SERVER_LABELS {
        if labels.remove(label).is_some() {
            remarks.removed(&format!("{path}[{label}]"), OF_THE_SERVER);
        }
    }
}
