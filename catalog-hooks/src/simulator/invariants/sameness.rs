//! A run that crashed and was resumed leaves what one without a crash leaves.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::label;
use crate::record::InstalledRecord;
use crate::simulator::cluster::FakeCluster;
use crate::simulator::field;
use crate::simulator::trace::Happening;

/// When all that is to go has gone.
const LATER: Duration = Duration::from_secs(3 * 24 * 3600);

/// What a run did and left, uids, versions and times aside.
pub(in crate::simulator) struct Course {
    hooks: Vec<String>,
    content: BTreeMap<String, Value>,
}

impl Course {
    /// Of the run that came to this cluster.
    pub(in crate::simulator) fn of(cluster: &FakeCluster) -> Self {
        Self {
            hooks: hooks(cluster),
            content: content(cluster),
        }
    }
}

/// What is different between two runs that were to do the same.
pub(in crate::simulator) fn differences(one: &Course, other: &Course) -> Vec<String> {
    let mut found = Vec::new();
    let (first, second) = (&one.hooks, &other.hooks);
    if first != second {
        found.push(format!(
            "a resumed run does the same: hooks ran as {second:?}, not {first:?}"
        ));
    }
    let (first, second) = (&one.content, &other.content);
    for (name, object) in first {
        match second.get(name) {
            None => found.push(format!("a resumed run does the same: {name} is missing")),
            Some(there) if there != object => {
                found.push(format!(
                    "a resumed run does the same: {name} is {there}, not {object}"
                ));
            }
            Some(_) => {}
        }
    }
    let added = second.keys().filter(|name| !first.contains_key(*name));
    found.extend(added.map(|name| format!("a resumed run does the same: {name} is too much")));
    found
}

/// The Jobs of hooks in the order in which their pods were made.
fn hooks(cluster: &FakeCluster) -> Vec<String> {
    let made = cluster
        .trace()
        .iter()
        .filter_map(|event| match &event.what {
            Happening::Changed {
                object,
                before: None,
                after: Some(pod),
            } if object.kind() == "Pod" => {
                let job = field::text(pod, "/metadata/ownerReferences/0/name");
                Some(job.to_owned())
            }
            _ => None,
        });
    made.collect()
}

/// What is there in the end, by kind, namespace and name.
fn content(cluster: &FakeCluster) -> BTreeMap<String, Value> {
    let mut cluster = cluster.clone();
    cluster.advance(LATER);
    // Nothing depends on evidence: what cannot be read at once is not waited for. Plans that nobody refers to go with the next run.
    let kept = cluster.objects().filter(|object| {
        !matches!(field::text(object, "/kind"), "Event" | "Pod")
            && !matches!(
                field::text(object, "/type"),
                "catalog.dev/evidence" | "catalog.dev/plan"
            )
    });
    kept.map(|object| (name(object), bare(object))).collect()
}

fn name(object: &Value) -> String {
    let text = |pointer| field::text(object, pointer);
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    format!("{} {namespace}/{name}", text("/kind"))
}

/// An object without what differs from cluster to cluster.
fn bare(object: &Value) -> Value {
    let mut bare = object.clone();
    for key in ["uid", "resourceVersion", "generation", "creationTimestamp"] {
        field::remove(&mut bare, &["metadata", key]);
    }
    field::remove(&mut bare, &["metadata", "annotations", label::EPOCH]);
    field::remove(&mut bare, &["status"]);
    if field::text(object, "/kind") == "Job" {
        // Set by the server from the uid, or by us from the time.
        field::remove(&mut bare, &["spec", "selector"]);
        field::remove(&mut bare, &["spec", "ttlSecondsAfterFinished"]);
        field::remove(&mut bare, &["spec", "template", "metadata", "labels"]);
    }
    if let Some(record) = InstalledRecord::from_secret(object) {
        field::set(&mut bare, &["data"], without_uids(&record));
    }
    bare
}

/// What a record says, but for the uids of its objects.
fn without_uids(record: &InstalledRecord) -> Value {
    // A record can be written: it was read.
    let mut record = serde_json::to_value(record).unwrap_or_default();
    let ledger = record.get_mut("ledger").and_then(Value::as_array_mut);
    for entry in ledger.into_iter().flatten() {
        field::remove(entry, &["uid"]);
    }
    record
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Request;
    use crate::edge::Cluster;
    use crate::time::Timestamp;

    /// What a run left on record, with a uid of this cluster, and with a change.
    fn left(uid: &str, change: impl FnOnce(&mut Value)) -> Course {
        let mut record = json!({
            "release": {"package": "db", "version": "1.0", "namespace": "db"},
            "releaseUid": "db-1",
            "ledger": [{"object": {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "db", "name": "one"},
                        "part": "module", "origin": "others", "uid": uid}],
            "plans": ["abc"],
        });
        change(&mut record);
        let record: InstalledRecord = serde_json::from_value(record).expect("a record");
        let mut cluster = FakeCluster::new(Timestamp::from_millis(1_790_000_000_000));
        let request = Request::Create {
            object: record.to_secret("default"),
            dry_run: false,
        };
        cluster.call(&request).expect("it can be made");
        Course::of(&cluster)
    }

    #[test]
    fn records_are_the_same_but_for_uids() {
        let base = left("1", |_| {});
        assert_eq!(differences(&base, &left("2", |_| {})), [""; 0]);
        let changes: [fn(&mut Value); 5] = [
            |record| record["ledger"] = json!([]),
            |record| record["ledger"][0]["origin"] = "release".into(),
            |record| record["unfinished"] = true.into(),
            |record| record["plans"] = json!(["abc", "def"]),
            |record| record["releaseUid"] = "db-2".into(),
        ];
        for (place, change) in changes.into_iter().enumerate() {
            let found = differences(&base, &left("1", change));
            assert_eq!(found.len(), 1, "change {place}");
        }
    }
}
