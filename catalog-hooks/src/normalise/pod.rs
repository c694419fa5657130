//! The template of a Job's pods.

use serde_json::{Map, Value};

use super::metadata::labels;
use crate::object;
use crate::remarks::Remarks;

/// Where containers stand in a pod.
pub(crate) const CONTAINER_LISTS: [&str; 2] = ["initContainers", "containers"];

pub(super) fn normalise(template: &mut Map<String, Value>, remarks: &mut Remarks<'_>) {
    if let Some(metadata) = object::map(template, "spec.template.metadata", remarks) {
        labels(metadata, "spec.template.metadata.labels", remarks);
    }
    let Some(pod) = object::map(template, "spec.template.spec", remarks) else {
        return;
    };
    let why = "a container that fails ends its attempt: state the hook's `retries`";
    object::replace(
        pod,
        "spec.template.spec.restartPolicy",
        "Never",
        why,
        remarks,
    );
    for list in CONTAINER_LISTS {
        let path = format!("spec.template.spec.{list}");
        let containers = object::list(pod, &path, remarks);
        for (index, item) in containers.into_iter().flatten().enumerate() {
            let path = format!("{path}[{index}]");
            match item.as_object_mut() {
                Some(fields) => container(fields, &path, remarks),
                None => remarks.wrong_type(&path, "a map"),
            }
        }
    }
}

fn container(fields: &mut Map<String, Value>, path: &str, remarks: &mut Remarks<'_>) {
    let policy = format!("{path}.terminationMessagePolicy");
    let why = "a failure is explained by the end of the log where the container wrote no message";
    object::replace(fields, &policy, "FallbackToLogsOnError", why, remarks);
    object::list(fields, &format!("{path}.env"), remarks);
}
