//! The calls that the fake cluster has answered, a line of JSON each: from them it is made again.

use catalog_hooks::Timestamp;
use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use serde_json::{Value, json};

use crate::like::Likeness;

/// Something that was done to the fake cluster.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Call {
    /// A call to its API server.
    Api(Request),
    /// What a saved cluster has came there.
    Like(Likeness),
    /// What pods do from now on: those of these hooks fail, and those of these others run for ever.
    Pods {
        fails: Vec<String>,
        hangs: Vec<String>,
    },
}

/// Whether a call leaves everything as it is: it need not be kept. A dry run counts the uids on.
pub(crate) fn is_read(request: &Request) -> bool {
    matches!(
        request,
        Request::Read(_) | Request::List(_) | Request::Log(_)
    )
}

/// A call with its time, as one line.
pub(crate) fn write(at: Timestamp, call: &Call) -> String {
    let call = match call {
        Call::Api(request) => api(request),
        Call::Like(likeness) => json!({"call": "like", "likeness": likeness.to_json()}),
        Call::Pods { fails, hangs } => json!({"call": "pods", "fails": fails, "hangs": hangs}),
    };
    json!({"at": at, "do": call}).to_string()
}

fn api(request: &Request) -> Value {
    match request {
        Request::Create { object, dry_run } => {
            json!({"call": "create", "object": object, "dryRun": dry_run})
        }
        Request::Apply {
            object,
            force,
            dry_run,
        } => json!({"call": "apply", "object": object, "force": force, "dryRun": dry_run}),
        Request::Replace(object) => json!({"call": "replace", "object": object}),
        Request::Patch {
            target,
            patch,
            kind,
        } => {
            let strategic = *kind == PatchKind::Strategic;
            json!({"call": "patch", "target": target, "patch": patch, "strategic": strategic})
        }
        Request::Delete {
            target,
            uid,
            resource_version,
        } => {
            json!({"call": "delete", "target": target, "uid": uid, "resourceVersion": resource_version})
        }
        _ => json!({"call": "read"}),
    }
}

/// Reads a line back; `None`: it is none of these.
pub(crate) fn read(line: &str) -> Option<(Timestamp, Call)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let at = Timestamp::from_millis(line.get("at")?.as_u64()?);
    let line = line.get("do")?;
    let object = || line.get("object").cloned();
    let flag = |key| line.get(key).and_then(Value::as_bool);
    let text = |key| Some(line.get(key)?.as_str()?.to_owned());
    let target = || serde_json::from_value::<ObjectRef>(line.get("target")?.clone()).ok();
    let names = |key| {
        let names = line.get(key)?.as_array()?.iter();
        let names = names.map(|name| Some(name.as_str()?.to_owned()));
        names.collect::<Option<Vec<String>>>()
    };
    let call = match line.get("call")?.as_str()? {
        "create" => Call::Api(Request::Create {
            object: object()?,
            dry_run: flag("dryRun")?,
        }),
        "apply" => Call::Api(Request::Apply {
            object: object()?,
            force: flag("force")?,
            dry_run: flag("dryRun")?,
        }),
        "replace" => Call::Api(Request::Replace(object()?)),
        "patch" => Call::Api(Request::Patch {
            target: target()?,
            patch: line.get("patch")?.clone(),
            kind: match flag("strategic")? {
                true => PatchKind::Strategic,
                false => PatchKind::Merge,
            },
        }),
        "delete" => Call::Api(Request::Delete {
            target: target()?,
            uid: line.get("uid")?.as_str().map(str::to_owned),
            resource_version: text("resourceVersion"),
        }),
        "like" => Call::Like(Likeness::from_json(line.get("likeness")?)?),
        "pods" => Call::Pods {
            fails: names("fails")?,
            hangs: names("hangs")?,
        },
        _ => return None,
    };
    Some((at, call))
}
