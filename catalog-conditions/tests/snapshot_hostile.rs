//! Snapshots meant to break or to stall: everything ends soon, and nothing unread counts as absent.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use catalog_conditions::SourceFile;
use catalog_conditions::document::Limits;
use catalog_conditions::selector::LabelSelector;
use catalog_conditions::snapshot::{
    AccessQuery, FailureKind, Namespaces, ReadFailure, Snapshot, SnapshotBuilder,
};
use serde_json::{Map, Value, json};

/// Generous for a slow and busy machine without optimisation; what is quadratic takes hours.
const SOON: Duration = Duration::from_secs(300);

fn soon<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = act();
    assert!(start.elapsed() < SOON, "{what} took {:?}", start.elapsed());
    done
}

fn read(builder: SnapshotBuilder, path: &str, text: String) -> Snapshot {
    builder
        .read(&SourceFile::new(path, text), &Limits::snapshot())
        .build()
}

fn pod(at: usize) -> Value {
    let metadata = json!({"name": format!("p{at}"), "namespace": format!("n{}", at % 1000)});
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata})
}

/// The diagnostics, each once, with how often it was told.
fn told(snapshot: &Snapshot) -> Vec<(String, usize)> {
    let mut told: Vec<(String, usize)> = Vec::new();
    for line in snapshot
        .diagnostics()
        .iter()
        .map(|line| format!("{}: {}", line.code(), line.message()))
    {
        match told.last_mut() {
            Some((last, times)) if *last == line => *times += 1,
            _ => told.push((line, 1)),
        }
    }
    told
}

#[test]
fn a_million_objects() {
    let snapshot = soon("a million objects", || {
        (0..1_000_000)
            .fold(Snapshot::builder().complete(), |builder, at| {
                builder.object(pod(at))
            })
            .build()
    });
    assert_eq!(snapshot.objects("", "Pod").count(), 1_000_000);
    assert!(
        snapshot
            .object("", "Pod", Some("n999"), "p999999")
            .is_some()
    );
    assert!(snapshot.covers("", "Pod", None));
}

#[test]
fn a_long_list() {
    let mut text = String::from("{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"items\": [");
    for at in 0..200_000 {
        let separator = if at == 0 { "" } else { "," };
        write!(
            text,
            "{separator}{{\"metadata\": {{\"name\": \"p{at}\", \"namespace\": \"n{}\"}}}}",
            at % 1000
        )
        .unwrap();
    }
    text.push_str("]}");
    let snapshot = soon("a long list", || {
        read(Snapshot::builder(), "pods.json", text)
    });
    assert_eq!(snapshot.objects("", "Pod").count(), 200_000);
    assert!(snapshot.covers("", "Pod", None) && snapshot.diagnostics().is_empty());
}

#[test]
fn objects_of_one_identity() {
    // One that is large and comes first in order, and many that contradict it.
    let large = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "n"}, "spec": {"args": vec!["a"; 100_000]}});
    let snapshot = soon("contradictions", || {
        (0..20_000)
            .fold(Snapshot::builder().object(large.clone()), |builder, at| {
                builder.object(json!({"apiVersion": "v1", "kind": "Pod", "metadata": large["metadata"], "spec": {"b": at}}))
            })
            .build()
    });
    assert_eq!(
        told(&snapshot),
        [(
            "snapshot.contradiction: Pod/n/p is here twice, and the two differ".to_owned(),
            20_000
        )]
    );
    let mut copies = [large.clone(), pod(0), pod(0)];
    copies[1]["metadata"] = large["metadata"].clone();
    copies[2]["metadata"] = large["metadata"].clone();
    copies[2]["spec"] = json!({"args": [null, false, 1.5, "x", [], {}]});
    let mut kept = Vec::new();
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let builder = order.iter().fold(Snapshot::builder(), |builder, at| {
            builder.object(copies[*at].clone())
        });
        kept.push(
            builder
                .build()
                .object("", "Pod", Some("n"), "p")
                .unwrap()
                .clone(),
        );
    }
    kept.dedup();
    assert_eq!(kept.len(), 1, "which is shown does not depend on the order");
}

#[test]
fn objects_that_nobody_could_name() {
    for (what, metadata, line) in [
        (
            "no metadata",
            json!(null),
            "this Pod has no `metadata.name`, and is left out",
        ),
        (
            "no name",
            json!({"namespace": "n"}),
            "this Pod has no `metadata.name`, and is left out",
        ),
        (
            "an empty name",
            json!({"name": "", "namespace": "n"}),
            "this Pod has no `metadata.name`, and is left out",
        ),
        (
            "a number for a name",
            json!({"name": 5, "namespace": "n"}),
            "this Pod has no `metadata.name`, and is left out",
        ),
        (
            "a list for metadata",
            json!([]),
            "this Pod has no `metadata.name`, and is left out",
        ),
    ] {
        let object = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata});
        let snapshot = soon(what, || {
            (0..10_000)
                .fold(Snapshot::builder().complete(), |builder, _| {
                    builder.object(object.clone())
                })
                .build()
        });
        assert_eq!(
            told(&snapshot),
            [(format!("snapshot.identity: {line}"), 10_000)],
            "{what}"
        );
        assert!(!snapshot.covers("", "Pod", Some("n")), "{what}");
        assert!(
            !snapshot.covers_name("", "Pod", Some("n"), "p"),
            "{what}: it may be this one"
        );
        assert!(
            !snapshot.covers_selection("", "Pod", Some("n"), &LabelSelector::default()),
            "{what}"
        );
        assert!(snapshot.covers("", "Node", None), "{what}");
    }
}

#[test]
fn lists_in_lists() {
    // Put together by moving: `json!` would copy what it nests.
    let list = |inner: Value| {
        let mut list = Map::from_iter([
            ("apiVersion".to_owned(), "v1".into()),
            ("kind".to_owned(), "List".into()),
        ]);
        list.insert("items".to_owned(), Value::Array(vec![inner]));
        Value::Object(list)
    };
    let nested = (0..100_000).fold(pod(1), |inner, _| list(inner));
    let snapshot = soon("lists in lists", || {
        Snapshot::builder().object(nested).build()
    });
    assert_eq!(snapshot.objects("", "Pod").count(), 1);
    let open = "{\"kind\": \"List\", \"items\": [".repeat(1000);
    let text = format!("{open}{}{}", pod(1), "]}".repeat(1000));
    for path in ["deep.json", "deep.yaml"] {
        let snapshot = soon(path, || {
            read(Snapshot::builder().complete(), path, text.clone())
        });
        assert_eq!(
            snapshot.diagnostics().len(),
            1,
            "{path}: {:?}",
            told(&snapshot)
        );
        assert!(!snapshot.covers("", "Pod", None), "{path}");
    }
}

#[test]
fn a_hundred_thousand_statements() {
    let mut text = String::from("kind: SnapshotFailure\nfailures:\n");
    for at in 0..25_000 {
        writeln!(
            text,
            "- {{kind: Pod, namespace: n{}, name: p{at}, reason: forbidden, request: GET p{at}}}",
            at % 1000
        )
        .unwrap();
        writeln!(
            text,
            "- {{kind: Pod, namespace: m{at}, reason: unavailable, request: LIST m{at}}}"
        )
        .unwrap();
    }
    text.push_str("---\nkind: SnapshotCoverage\ncovers:\n");
    for at in 0..25_000 {
        writeln!(text, "- {{kind: Pod, namespaces: [n{at}], names: [q{at}]}}").unwrap();
        writeln!(text, "- {{kind: Pod, namespaces: [n{at}]}}").unwrap();
        writeln!(text, "- {{kind: Pod, selector: 'app=web,id={at}'}}").unwrap();
        writeln!(
            text,
            "- {{kind: Pod, namespaces: [s], selector: 'id in (a{at}, b{at})'}}"
        )
        .unwrap();
    }
    let snapshot = soon("reading them", || read(Snapshot::builder(), "s.yaml", text));
    assert_eq!(told(&snapshot), []);
    soon("asking them", || {
        for at in 0..2_000 {
            let (n, m) = (format!("n{}", at % 1000), format!("m{at}"));
            let name = format!("p{at}");
            assert!(!snapshot.covers_name("", "Pod", Some(&n), &name));
            assert!(
                snapshot.covers_name("", "Pod", Some(&n), "other"),
                "its namespace was read"
            );
            assert_eq!(
                snapshot
                    .failure("", "Pod", Some(&n), Some(&name))
                    .unwrap()
                    .request(),
                format!("GET {name}")
            );
            assert_eq!(
                snapshot
                    .failure("", "Pod", Some(&m), None)
                    .unwrap()
                    .request(),
                format!("LIST {m}")
            );
            assert_eq!(
                snapshot.failure("", "Pod", None, None).unwrap().request(),
                "LIST m0"
            );
            assert!(snapshot.failure("", "Pod", Some("z"), None).is_none());
            let known: LabelSelector = format!("app=web,id={at},more").parse().unwrap();
            let unknown: LabelSelector = format!("app=web,more,id=x{at}").parse().unwrap();
            assert!(snapshot.covers_selection("", "Pod", Some("z"), &known));
            assert!(
                !snapshot.covers_selection("", "Pod", None, &known),
                "some lists failed"
            );
            assert!(!snapshot.covers_selection("", "Pod", Some("z"), &unknown));
        }
    });
}

#[test]
fn selections_made_to_be_hard_to_find() {
    let builder = (0..300).fold(Snapshot::builder(), |builder, one| {
        (0..300).fold(builder, |builder, other| {
            let selector = format!("a{one},b{other}").parse().unwrap();
            let elsewhere = Namespaces::Named(["elsewhere".to_owned()].into());
            builder.covers_selection("", "Pod", elsewhere, selector)
        })
    });
    let snapshot = builder.build();
    let asked: String = (0..300).map(|at| format!("a{at},b{at},")).collect();
    let asked: LabelSelector = asked.trim_end_matches(',').parse().unwrap();
    soon("asking a hundred times", || {
        for _ in 0..100 {
            assert!(!snapshot.covers_selection("", "Pod", Some("here"), &asked));
        }
    });
    let long = (0..100_000).map(|at| {
        catalog_conditions::selector::Requirement::new(
            &format!("l{at}"),
            catalog_conditions::selector::Relation::Exists,
            [],
        )
        .unwrap()
    });
    let long = LabelSelector::new(long.collect());
    let snapshot = soon("a selector without end", || {
        let builder = Snapshot::builder();
        builder
            .covers_selection("", "Pod", Namespaces::All, long.clone())
            .build()
    });
    assert!(!snapshot.covers_selection("", "Pod", None, &asked));
}

#[test]
fn statements_that_mean_nothing() {
    let wrong = "- {kind: Pod, nmaespaces: [a], names: [b]}\n".repeat(20_000);
    let text = format!("kind: SnapshotCoverage\ncovers:\n{wrong}");
    let snapshot = soon("wrong entries", || {
        read(Snapshot::builder(), "s.yaml", text)
    });
    assert_eq!(snapshot.diagnostics().len(), 20_000);
    let keys: String = (0..100_000).map(|at| format!(", k{at}: 1")).collect();
    let text = format!("kind: SnapshotFailure\nfailures: [{{kind: Pod{keys}}}]\n");
    let snapshot = soon("an entry of many keys", || {
        read(Snapshot::builder().complete(), "s.yaml", text)
    });
    assert_eq!(snapshot.diagnostics().len(), 1);
    assert!(
        !snapshot.covers("", "Node", None),
        "nobody knows what failed"
    );
    let times = (0..100_000).fold(Snapshot::builder(), |builder, at| {
        builder.taken_at(&format!("2026-01-01T00:00:00.{at:06}Z"))
    });
    assert_eq!(soon("many times", || times.build()).taken_at(), None);
}

#[test]
fn many_reviews_and_failures_in_code() {
    let snapshot = soon("building", || {
        (0..100_000)
            .fold(Snapshot::builder(), |builder, at| {
                let query = AccessQuery {
                    verb: "get".into(),
                    resource: format!("r{at}"),
                    ..AccessQuery::default()
                };
                let failure = ReadFailure::new(FailureKind::Unavailable, format!("GET {at}"));
                builder
                    .access(query, catalog_conditions::snapshot::Access::Allowed)
                    .read_failed(&format!("g{at}"), "K", None, None, failure.clone())
                    .discovery_failed(Some(&format!("g{at}")), Some("v1"), failure)
            })
            .build()
    });
    soon("asking", || {
        for at in 0..100_000 {
            let group = format!("g{at}");
            assert!(snapshot.failure(&group, "K", None, None).is_some());
            assert!(snapshot.discovery_failed(&group, None));
            let query = AccessQuery {
                verb: "get".into(),
                resource: format!("r{at}"),
                ..AccessQuery::default()
            };
            assert!(snapshot.access(&query).is_some());
        }
    });
}
