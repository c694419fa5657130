//! What others set on the Secrets of a run stays: labels, annotations, and the finalizers that keep one which somebody deletes.

use std::sync::Arc;

use catalog_hooks::Cluster;
use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::OperationStatus;
use catalog_hooks::record::InstalledRecord;
use serde_json::{Value, json};

use crate::beside::Then;
use crate::world::{HOME, World, changing, install, is_next, upgrade};

impl World {
    fn mark(&self, target: &ObjectRef) {
        let patch = json!({"metadata": {
            "labels": {"velero.io/exclude-from-backup": "true"},
            "annotations": {"example.com/seen-by": "auditor"},
            "finalizers": ["example.com/audit"],
        }});
        let request = Request::Patch {
            target: target.clone(),
            patch,
            kind: PatchKind::Merge,
        };
        self.cluster.clone().call(&request).unwrap();
    }
}

fn is_marked(object: &Value) -> bool {
    let metadata = &object["metadata"];
    metadata["labels"]["velero.io/exclude-from-backup"] == "true"
        && metadata["annotations"]["example.com/seen-by"] == "auditor"
        && metadata["finalizers"] == json!(["example.com/audit"])
}

#[test]
fn what_others_set_on_the_record_and_the_journal_stays() {
    for is_deleted in [false, true] {
        let mut world = changing();
        world.run(&[install("db", "1.0")]);
        let installed = world.record("db").unwrap();
        let record = InstalledRecord::secret_ref(HOME, "db", installed.namespace());
        world.mark(&record);

        let plan = Arc::new(world.plan(&[upgrade("db", "1.0", "2.0")]));
        let mut run = world.begin_beside(&plan, "one");
        let journal = ObjectRef::namespaced("v1", "Secret", HOME, run.secret.name());
        let mut meddled = false;
        let ended = world.drive_beside(&mut run, |_, next| {
            if !meddled && is_next(next, "apply ConfigMap") {
                meddled = true;
                world.mark(&journal);
                if is_deleted {
                    let request = Request::delete(journal.clone(), None);
                    world.cluster.clone().call(&request).unwrap();
                }
            }
            Then::GoesOn
        });
        assert!(meddled && ended);

        assert_eq!(run.statuses(), [OperationStatus::Done], "{is_deleted}");
        for target in [&record, &journal] {
            let object = world.object(target).expect("nobody let it go");
            assert!(is_marked(&object), "{object:#}");
        }
        let labels = &world.object(&record).unwrap()["metadata"]["labels"];
        assert_eq!(labels["catalog.dev/version"], "2.0");
    }
}
