//! Records of what is installed, read from a cluster.

use catalog_model::InstalledRelease;
use catalog_model::conditions::snapshot::{Namespaces, Snapshot, SnapshotBuilder};
use catalog_model::document::Limits;
use serde_json::{Value, json};

/// `{"release":{"package":"loki","version":"2.9.0","namespace":"loki"},"releaseUid":"7d"}`
const LOKI: &str = "eyJyZWxlYXNlIjp7InBhY2thZ2UiOiJsb2tpIiwidmVyc2lvbiI6IjIuOS4wIiwibmFtZXNwYWNlIjoibG9raSJ9LCJyZWxlYXNlVWlkIjoiN2QifQ==";
/// `{"release":{"package":"grafana","version":"11.0","namespace":"ui","pined":true}}`
const MISSPELT: &str = "eyJyZWxlYXNlIjp7InBhY2thZ2UiOiJncmFmYW5hIiwidmVyc2lvbiI6IjExLjAiLCJuYW1lc3BhY2UiOiJ1aSIsInBpbmVkIjp0cnVlfX0=";

fn secret(name: &str, data: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Secret", "type": "catalog.dev/installed",
        "metadata": {"name": name, "namespace": "runner", "labels": {"catalog.dev/package": "loki"}},
        "data": data,
    })
}

fn whole(secrets: impl IntoIterator<Item = Value>) -> Snapshot {
    let all = secrets
        .into_iter()
        .fold(Snapshot::builder(), SnapshotBuilder::object);
    all.covers("", "Secret", Namespaces::All).build()
}

/// Package and version of each record, and what is said.
#[track_caller]
fn check(snapshot: &Snapshot, records: &[&str], said: &[&str]) {
    assert!(
        snapshot.diagnostics().is_empty(),
        "{:?}",
        snapshot.diagnostics()
    );
    let (found, diagnostics) =
        InstalledRelease::from_snapshot(snapshot, "runner", &Limits::default());
    let found: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}", one.package(), one.version()))
        .collect();
    assert_eq!(found, records);
    let told: Vec<String> = diagnostics
        .iter()
        .map(|one| format!("{}: {}", one.code(), one.message()))
        .collect();
    assert_eq!(told, said);
}

#[test]
fn an_install_that_was_not_finished_does_not_count() {
    let mut record = secret("loki", &json!({"record": LOKI}));
    record["metadata"]["labels"]["catalog.dev/unfinished"] = json!("true");
    check(
        &whole([record]),
        &[],
        &[
            "installed.unfinished: an install or uninstall of `loki` was not finished, and it does not count as installed: the Secret `runner/loki` says what it left",
        ],
    );
}

#[test]
fn records_are_those_of_the_type_and_the_namespace() {
    let record = secret("loki", &json!({"record": LOKI}));
    let mut elsewhere = secret("other", &json!({"record": LOKI}));
    elsewhere["metadata"]["namespace"] = json!("copy");
    let mut of_other_type = secret("opaque", &json!({"record": LOKI}));
    of_other_type["type"] = json!("Opaque");
    let mut unlabelled = secret("bare", &json!({"record": LOKI}));
    unlabelled["metadata"]["labels"] = json!({});
    check(
        &whole([record, elsewhere, of_other_type, unlabelled]),
        &["loki 2.9.0"],
        &[],
    );
    check(&whole([]), &[], &[]);
}

#[test]
fn what_cannot_be_read_is_told_and_hides_nothing_else() {
    let told = |problem: &str| {
        format!("installed.secret: the Secret `runner/a` keeps an installed release, but {problem}")
    };
    let cases = [
        (
            Value::Null,
            told("its `data.record` is not in the snapshot"),
        ),
        (
            json!({"record": "%"}),
            told("its `data.record` is not base64"),
        ),
        (
            json!({"record": "e30"}),
            told("its `data.record` is not base64"),
        ),
        (
            json!({"record": "e30="}),
            told("its `data.record` has no `release`"),
        ),
        (
            json!({"record": "/////w=="}),
            told("its `data.record` is not JSON"),
        ),
        (
            json!({"record": MISSPELT}),
            "installed.unknown-key: `pined` is not a key of this map".to_owned(),
        ),
    ];
    for (data, problem) in cases {
        check(
            &whole([secret("a", &data), secret("b", &json!({"record": LOKI}))]),
            &["loki 2.9.0"],
            &[&problem],
        );
    }
    check(
        &whole([
            secret("a", &json!({"record": LOKI})),
            secret("b", &json!({"record": LOKI})),
        ]),
        &["loki 2.9.0"],
        &["installed.twice: `loki` is installed in `loki` twice"],
    );
}

#[test]
fn secrets_that_were_not_read_may_hold_records() {
    let record = secret("loki", &json!({"record": LOKI}));
    let partial = Snapshot::builder().object(record.clone()).build();
    let unread = "installed.unread: what is installed is not known, because the Secrets of namespace `runner` were not all read";
    check(&partial, &["loki 2.9.0"], &[unread]);
    let selector = "catalog.dev/package".parse().unwrap();
    let of_label = Snapshot::builder().object(record);
    let of_label = of_label.covers_selection(
        "",
        "Secret",
        Namespaces::Named(["runner".to_owned()].into()),
        selector,
    );
    check(&of_label.build(), &["loki 2.9.0"], &[]);
}
