//! A Lease as an object: what it says, and what is written.

use std::time::Duration;

use serde_json::{Value, json};

use super::micro_time::micro_time;
use crate::api::{ObjectRef, Request};
use crate::label;
use crate::object;
use crate::time::Timestamp;

/// Who holds a Lease, and for how long.
#[derive(Clone, Debug)]
pub(super) struct Holder {
    pub(super) name: String,
    pub(super) duration: Duration,
}

/// The resource version of a Lease; empty if it has none.
pub(super) fn resource_version(lease: &Value) -> &str {
    text(lease, "/metadata/resourceVersion")
}

pub(super) fn uid(lease: &Value) -> &str {
    text(lease, "/metadata/uid")
}

/// Who holds it; empty: nobody.
pub(super) fn holder(lease: &Value) -> &str {
    text(lease, "/spec/holderIdentity")
}

/// The duration that its holder asked for; none that can be read counts as nothing, as if it were always expired.
pub(super) fn duration(lease: &Value) -> Duration {
    let seconds = lease.pointer("/spec/leaseDurationSeconds");
    Duration::from_secs(seconds.and_then(Value::as_u64).unwrap_or_default())
}

fn text<'v>(lease: &'v Value, pointer: &str) -> &'v str {
    let text = lease.pointer(pointer).and_then(Value::as_str);
    text.unwrap_or_default()
}

/// The first Lease of a release.
pub(super) fn create(target: &ObjectRef, holder: &Holder, wall: Timestamp) -> Request {
    let time = micro_time(wall);
    let lease = json!({
        "apiVersion": target.api_version(),
        "kind": target.kind(),
        "metadata": {
            "name": target.name(),
            "namespace": target.namespace(),
            "labels": {label::MANAGED_BY: label::MANAGER},
        },
        "spec": {
            "holderIdentity": holder.name,
            "leaseDurationSeconds": holder.duration.as_secs(),
            "acquireTime": time,
            "renewTime": time,
            "leaseTransitions": 0,
        },
    });
    Request::Create {
        object: lease,
        dry_run: false,
    }
}

/// The same Lease, held on.
pub(super) fn renew(lease: &Value, wall: Timestamp) -> Request {
    with_spec(lease, &[("renewTime", micro_time(wall).into())])
}

/// The same Lease, held by somebody else from now on.
pub(super) fn take_over(lease: &Value, holder: &Holder, wall: Timestamp) -> Request {
    let time = micro_time(wall);
    let transitions = lease.pointer("/spec/leaseTransitions");
    let transitions = transitions.and_then(Value::as_i64).unwrap_or_default();
    let transitions = transitions.clamp(0, i64::from(i32::MAX) - 1) + 1;
    with_spec(
        lease,
        &[
            ("holderIdentity", holder.name.clone().into()),
            ("leaseDurationSeconds", holder.duration.as_secs().into()),
            ("acquireTime", time.clone().into()),
            ("renewTime", time.into()),
            ("leaseTransitions", transitions.into()),
        ],
    )
}

/// The same Lease, held by nobody.
pub(super) fn vacate(lease: &Value, wall: Timestamp) -> Request {
    with_spec(
        lease,
        &[
            ("holderIdentity", Value::Null),
            ("renewTime", micro_time(wall).into()),
        ],
    )
}

fn with_spec(lease: &Value, entries: &[(&str, Value)]) -> Request {
    let mut lease = lease.clone();
    let spec = lease
        .as_object_mut()
        .and_then(|lease| object::child(lease, "spec"));
    if let Some(spec) = spec {
        for (key, value) in entries {
            spec.insert((*key).to_owned(), value.clone());
        }
    }
    Request::Replace(lease)
}
