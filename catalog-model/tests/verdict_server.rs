//! Definitions on a real API server: what it makes of each is up to date, and each edit of a document is one change. Skipped, with a line that says
//! so, unless `KUBEBUILDER_ASSETS` names a folder with etcd and kube-apiserver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly, and says that it was skipped"
)]

#[path = "../../catalog-conditions/tests/api_server/mod.rs"]
mod api_server;

use std::path::Path;
use std::time::{Duration, Instant};

use catalog_model::SourceFile;
use catalog_model::conditions::snapshot::{Snapshot, is_cluster_scoped};
use catalog_model::document::{Limits, parse};
use catalog_model::verdict::{
    ClusterComparison, DefinitionVerdict, FIELD_MANAGER, Incompatibility,
};
use catalog_model::version::Version;
use http::Request;
use kube::Client;
use serde_json::{Value, json};

use self::api_server::ADMIN;

const PACKAGE: &str = "verdict";

/// A server, and the CRDs that were applied to it.
struct Cluster {
    client: Client,
    crds: Vec<Value>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_edit_is_one_change() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let mut cluster = Cluster {
        client: server.client(ADMIN).await,
        crds: Vec::new(),
    };
    let all = read("server.yaml");
    let (mut wrong, mut edits) = (Vec::new(), 0);
    for one in all.as_array().unwrap() {
        let document = &one["document"];
        let live = cluster.apply(document).await;
        if document["kind"] == "CustomResourceDefinition" {
            cluster.crds.push(live.clone());
        }
        wrong.extend(
            cluster
                .judge(document, &live)
                .differs(document, "upToDate", &[]),
        );
        for edit in one["edits"].as_array().unwrap() {
            edits += 1;
            let live = cluster.apply(document).await;
            let edited = edited(document, edit);
            let expected = edit["verdict"].as_str().unwrap_or("upgrade");
            let change = edit["change"].as_str().unwrap();
            wrong.extend(
                cluster
                    .judge(&edited, &live)
                    .differs(&edited, expected, &[change]),
            );
            let live = cluster.apply(&edited).await;
            let told = cluster
                .judge(&edited, &live)
                .differs(&edited, "upToDate", &[]);
            wrong.extend(told.map(|text| format!("after {change}: {text}")));
        }
    }
    println!("{} documents, {edits} edits", all.as_array().unwrap().len());
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(edits >= 50, "{edits}");
}

/// What a server refuses because nobody may change it is told to be refused, and nothing else is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_immutable_field_is_one_that_the_server_refuses_to_change() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let mut cluster = Cluster {
        client: server.client(ADMIN).await,
        crds: Vec::new(),
    };
    let all = read("immutable.yaml");
    let (mut wrong, mut edits) = (Vec::new(), 0);
    for one in all.as_array().unwrap() {
        let document = &one["document"];
        let mut live = cluster.apply(document).await;
        if let Some(status) = one.get("status") {
            live = cluster.set_status(document, status).await;
        }
        if document["kind"] == "CustomResourceDefinition" {
            cluster.crds.push(live.clone());
        }
        for edit in one["edits"].as_array().unwrap() {
            edits += 1;
            let edited = edited(document, edit);
            let place = edit["set"].as_str().or(edit["remove"].as_str()).unwrap();
            let what = format!("{} {place} {}", document["kind"], edit["value"]);
            let answer = cluster.try_to_apply(&edited).await;
            let is_refused = answer == Err(422);
            if is_refused != (edit["refused"] == true) || answer.is_err() && !is_refused {
                wrong.push(format!("{what}: the server says {answer:?}"));
            }
            let judged = cluster.judge(&edited, &live).0;
            let told: Vec<&str> = judged.breaks().iter().map(|one| one.code()).collect();
            let is_told = !told.is_empty() && told.iter().all(|code| *code == "object.immutable");
            if is_told != is_refused || !is_told && !told.is_empty() {
                wrong.push(format!("{what}: {answer:?}, and told is {told:?}"));
            }
        }
    }
    println!("{} documents, {edits} edits", all.as_array().unwrap().len());
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(edits >= 150, "{edits}");
}

/// An apply that is not forced is told to be in conflict with those managers over those fields that the server names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_conflict_is_one_that_the_server_has() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let mut cluster = Cluster {
        client: server.client(ADMIN).await,
        crds: Vec::new(),
    };
    let all = read("conflicts.yaml");
    let (mut wrong, mut edits) = (Vec::new(), 0);
    for one in all.as_array().unwrap() {
        let document = &one["document"];
        let mut live = cluster.apply(document).await;
        for other in one["others"].as_array().unwrap() {
            live = cluster.write_as(document, other).await;
        }
        if document["kind"] == "CustomResourceDefinition" {
            cluster.crds.push(live.clone());
        }
        for edit in one["edits"].as_array().unwrap() {
            edits += 1;
            let edited = edited(document, edit);
            let what = format!("{} {} {}", document["kind"], edit["set"], edit["value"]);
            let expected = edit["conflicts"].as_array().unwrap().iter();
            let mut expected: Vec<&str> = expected.map(|text| text.as_str().unwrap()).collect();
            expected.sort_unstable();
            let judged = cluster.judge(&edited, &live).0;
            let conflicts = judged.breaks().iter().filter_map(|found| match found {
                Incompatibility::Conflict(found) => Some(found),
                _ => None,
            });
            let told = conflicts.map(|found| format!("{} {}", found.manager(), found.pointer()));
            let mut told: Vec<String> = told.collect();
            told.sort_unstable();
            if told != expected {
                wrong.push(format!("{what}: told is {told:#?}"));
            }
            let mut by_server = cluster.conflicts(&edited).await;
            by_server.sort_unstable();
            let mut fields: Vec<String> = expected.iter().map(|text| field(text)).collect();
            fields.sort_unstable();
            if by_server != fields {
                wrong.push(format!("{what}: the server says {by_server:#?}"));
            }
            let is_broken = judged.verdict().as_str() == "incompatible";
            assert_eq!(is_broken, !judged.breaks().is_empty(), "{what}");
        }
    }
    println!("{} documents, {edits} edits", all.as_array().unwrap().len());
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(edits >= 20, "{edits}");
}

/// `manager /spec/list/0/field` as a server says it, without the items of lists: `manager .spec.list.field`.
fn field(text: &str) -> String {
    let is_index = |token: &&str| token.chars().all(|one| one.is_ascii_digit());
    let tokens = text.split('/').filter(|token| !is_index(token));
    tokens.collect::<Vec<_>>().join(".").replace("~1", "/")
}

/// A table.
fn read(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verdict");
    let file = SourceFile::new(name, std::fs::read_to_string(path.join(name)).unwrap());
    let read = parse(&file, &Limits::default());
    assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
    read.documents[0].to_json()
}

/// An answer, to be compared with what was expected.
struct Told(DefinitionVerdict);

impl Told {
    fn differs(&self, document: &Value, verdict: &str, changes: &[&str]) -> Option<String> {
        let found: Vec<String> = self.0.changes().iter().map(ToString::to_string).collect();
        let is_right = self.0.verdict().as_str() == verdict && found == changes;
        let (kind, said) = (&document["kind"], self.0.verdict());
        (!is_right).then(|| format!("{kind}: {verdict} {changes:?}, not {said} {found:?}"))
    }
}

impl Cluster {
    fn judge(&self, document: &Value, live: &Value) -> Told {
        let crds = self
            .crds
            .iter()
            .filter(|crd| crd["metadata"]["uid"] != live["metadata"]["uid"]);
        let builder = crds
            .cloned()
            .fold(Snapshot::builder(), |all, crd| all.object(crd));
        let snapshot = builder.object(live.clone()).complete().build();
        let version = Version::parse("1.0.0").unwrap();
        Told(ClusterComparison::new(&snapshot, PACKAGE, &version, "default").judge(document))
    }

    /// Applies a document as a lifecycle does, and reads it back. A kind may take a moment to be served.
    async fn apply(&self, document: &Value) -> Value {
        let manifest = marked(document);
        let path = path(document);
        let started = Instant::now();
        loop {
            let request = Request::patch(format!("{path}?fieldManager={FIELD_MANAGER}&force=true"))
                .header("content-type", "application/apply-patch+yaml")
                .body(manifest.to_string().into_bytes())
                .unwrap();
            let answer: Result<Value, _> = self.client.request(request).await;
            match answer {
                Ok(_) => break,
                // A kind that was made just before.
                Err(kube::Error::Api(error))
                    if error.code == 404 && started.elapsed() < Duration::from_secs(20) => {}
                Err(error) => panic!("{path}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.read(document).await
    }

    async fn read(&self, document: &Value) -> Value {
        let request = Request::get(path(document)).body(Vec::new()).unwrap();
        self.client.request(request).await.unwrap()
    }

    /// Writes what controllers would, and reads the object back.
    async fn set_status(&self, document: &Value, status: &Value) -> Value {
        let request = Request::patch(format!("{}/status", path(document)))
            .header("content-type", "application/merge-patch+json")
            .body(json!({ "status": status }).to_string().into_bytes())
            .unwrap();
        self.client.request::<Value>(request).await.unwrap();
        self.read(document).await
    }

    /// What a server says of an apply that it does not carry out: the code where it refuses it.
    async fn try_to_apply(&self, document: &Value) -> Result<(), u16> {
        let path = path(document);
        let query = format!("fieldManager={FIELD_MANAGER}&force=true&dryRun=All");
        let request = Request::patch(format!("{path}?{query}"))
            .header("content-type", "application/apply-patch+yaml")
            .body(marked(document).to_string().into_bytes())
            .unwrap();
        match self.client.request::<Value>(request).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(error)) => Err(error.code),
            Err(error) => panic!("{path}: {error}"),
        }
    }
}

impl Cluster {
    /// Writes as another field manager, and reads the object back.
    async fn write_as(&self, document: &Value, other: &Value) -> Value {
        let manager = other["manager"].as_str().unwrap();
        let (content_type, force, body) = match other.get("patch") {
            Some(patch) => ("application/merge-patch+json", "", patch.clone()),
            None => {
                let mut applied = other["apply"].clone();
                applied["apiVersion"] = document["apiVersion"].clone();
                applied["kind"] = document["kind"].clone();
                ("application/apply-patch+yaml", "&force=true", applied)
            }
        };
        let subresource = other["subresource"].as_str();
        let subresource = subresource.map_or(String::new(), |name| format!("/{name}"));
        let path = format!(
            "{}{subresource}?fieldManager={manager}{force}",
            path(document)
        );
        let request = Request::patch(path)
            .header("content-type", content_type)
            .body(body.to_string().into_bytes())
            .unwrap();
        self.client.request::<Value>(request).await.unwrap();
        self.read(document).await
    }

    /// What an apply that is not forced is in conflict with: each manager and field, without the items of lists.
    async fn conflicts(&self, document: &Value) -> Vec<String> {
        let path = path(document);
        let request = Request::patch(format!("{path}?fieldManager={FIELD_MANAGER}&dryRun=All"))
            .header("content-type", "application/apply-patch+yaml")
            .body(marked(document).to_string().into_bytes())
            .unwrap();
        let causes = match self.client.request::<Value>(request).await {
            Ok(_) => return Vec::new(),
            Err(kube::Error::Api(error)) if error.code == 409 => error.details.unwrap().causes,
            Err(error) => panic!("{path}: {error}"),
        };
        let told = causes.iter().map(|cause| {
            let manager = cause.message.split('"').nth(1).unwrap();
            let field = cause
                .field
                .split('[')
                .map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
            format!("{manager} {}", field.collect::<String>())
        });
        told.collect()
    }
}

/// A document as a lifecycle sends it.
fn marked(document: &Value) -> Value {
    let mut manifest = document.clone();
    manifest.as_object_mut().unwrap().remove("status");
    let metadata = manifest["metadata"].as_object_mut().unwrap();
    for (map, marks) in [
        (
            "labels",
            json!({"catalog.dev/package": PACKAGE, "catalog.dev/release-uid": "7d"}),
        ),
        (
            "annotations",
            json!({"catalog.dev/home": "catalog-system", "catalog.dev/version": "1.0.0"}),
        ),
    ] {
        let map = metadata
            .entry(map)
            .or_insert(json!({}))
            .as_object_mut()
            .unwrap();
        map.extend(marks.as_object().unwrap().clone());
    }
    manifest
}

fn path(document: &Value) -> String {
    let text = |pointer: &str| {
        document
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (api_version, kind) = (text("/apiVersion"), text("/kind"));
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    let snapshot = Snapshot::builder().build();
    let resource = snapshot.resource(group, kind).unwrap_or("gauges");
    let root = if group.is_empty() { "/api" } else { "/apis" };
    let namespace = match is_cluster_scoped(group, kind) {
        Some(true) => String::new(),
        _ => format!("/namespaces/{}", text("/metadata/namespace")),
    };
    format!(
        "{root}/{api_version}{namespace}/{resource}/{}",
        text("/metadata/name")
    )
}

/// The document with a value put at, or taken from, a place.
fn edited(document: &Value, edit: &Value) -> Value {
    let mut document = document.clone();
    let (pointer, value) = match edit["set"].as_str() {
        Some(pointer) => (pointer, Some(edit["value"].clone())),
        None => (edit["remove"].as_str().unwrap(), None),
    };
    let (around, key) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(around).unwrap() {
        Value::Object(map) => {
            match value {
                Some(value) => map.insert(key.to_owned(), value),
                None => map.remove(key),
            };
        }
        Value::Array(items) => {
            let at: usize = key.parse().unwrap();
            match value {
                Some(value) => items[at] = value,
                None => drop(items.remove(at)),
            }
        }
        other => panic!("{pointer} leads into {other}"),
    }
    document
}
