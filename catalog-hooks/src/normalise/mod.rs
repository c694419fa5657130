//! From the Job that an author wrote to one that runs once and ends in one answer.
//!
//! What depends on the attempt is put on top by [`stamp`](crate::stamp).

mod failure_policy;
mod job_spec;
mod metadata;
mod pod;

use catalog_model::HookPolicy;
use serde_json::{Map, Value};

pub(crate) use self::metadata::without_server_fields;
pub(crate) use self::pod::CONTAINER_LISTS;
use crate::object;
use crate::remarks::Remarks;

/// The Job as it is run in `namespace`, but for name, labels and environment; what is wrong with it is in `remarks`. A `backoffLimit`
/// goes over to the policy's retries.
pub(crate) fn normalise(
    job: &Map<String, Value>,
    namespace: &str,
    policy: &mut HookPolicy,
    remarks: &mut Remarks<'_>,
) -> Map<String, Value> {
    let mut job = job.clone();
    object::remove(&mut job, "status", metadata::OF_THE_SERVER, remarks);
    if let Some(metadata) = object::map(&mut job, "metadata", remarks) {
        without_server_fields(metadata, "metadata", remarks);
        metadata::of_job(metadata, namespace, remarks);
    }
    if let Some(spec) = object::map(&mut job, "spec", remarks) {
        job_spec::normalise(spec, policy, remarks);
        failure_policy::normalise(spec, policy.semantics, remarks);
        if let Some(template) = object::map(spec, "spec.template", remarks) {
            pod::normalise(template, remarks);
        }
    }
    job
}
