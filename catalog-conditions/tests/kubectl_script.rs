//! The script that reads a cluster with kubectl: what it asks, whatever conditions name, and what it makes of the answers.
#![cfg(feature = "json-path")]
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog_conditions::SourceFile;
use catalog_conditions::condition::{Condition, ConditionSet, Expression};
use catalog_conditions::document::Limits;
use catalog_conditions::evaluate::{Context, evaluate};
use catalog_conditions::report::Outcome;
use catalog_conditions::requirements::Requirements;
use catalog_conditions::snapshot::{FailureKind, Snapshot};
use insta::assert_snapshot;
use proptest::prelude::*;

/// A kubectl that writes its arguments down, and answers by the files `answers/N` and `errors/N` of its folder, N counting calls.
const FAKE: &str = r#"#!/bin/sh
folder=${0%/*}
count=$(($(cat "$folder/count" 2>/dev/null || echo 0) + 1))
echo "$count" >"$folder/count"
for argument; do printf '%s\0' "$argument" >>"$folder/arguments"; done
printf '\n\0' >>"$folder/arguments"
case " $* " in *" create "*) cat "$6" >>"$folder/reviews" ;; esac
[ -e "$folder/answers/$count" ] && cat "$folder/answers/$count"
[ -e "$folder/errors/$count" ] && { cat "$folder/errors/$count" >&2; exit 1; }
exit 0
"#;

struct Fake(PathBuf);

impl Fake {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!(
            "kubectl-script-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        for part in ["answers", "errors"] {
            fs::create_dir_all(folder.join(part)).unwrap();
        }
        let program = folder.join("kubectl");
        fs::write(&program, FAKE).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn answers(self, call: usize, text: &str) -> Self {
        fs::write(self.0.join(format!("answers/{call}")), text).unwrap();
        self
    }

    fn fails(self, call: usize, text: &str) -> Self {
        fs::write(self.0.join(format!("errors/{call}")), text).unwrap();
        self
    }

    /// What the script prints with this kubectl.
    fn run(&self, script: &str) -> String {
        let file = self.0.join("reads.sh");
        fs::write(&file, script).unwrap();
        let check = Command::new("sh").arg("-n").arg(&file).status().unwrap();
        assert!(check.success(), "{script}");
        let path = format!("{}:{}", self.0.display(), std::env::var("PATH").unwrap());
        let output = Command::new("sh")
            .arg(&file)
            .env("PATH", path)
            .env_remove("KUBECTL")
            .current_dir(&self.0)
            .stderr(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{script}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it asked, but for the options of every call.
    fn calls(&self) -> Vec<Vec<String>> {
        let arguments = fs::read_to_string(self.0.join("arguments")).unwrap_or_default();
        let arguments: Vec<&str> = arguments.split_terminator('\0').collect();
        let calls = arguments.split(|argument| *argument == "\n");
        let calls = calls.filter(|call| !call.is_empty()).map(|call| {
            assert!(call[0].starts_with("--cache-dir="), "{call:?}");
            assert_eq!(call[1], "--request-timeout=60s");
            call[2..].iter().map(ToString::to_string).collect()
        });
        calls.collect()
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn set(conditions: &str) -> ConditionSet {
    let file = SourceFile::new("conditions.yaml", format!("conditions:\n{conditions}"));
    let (set, diagnostics) = ConditionSet::parse(&file, &Limits::default());
    assert_eq!(diagnostics, [], "{conditions}");
    set
}

fn shop() -> Context {
    Context::new().with_namespace("shop")
}

/// The part of the script that differs from set to set.
fn calls_of(requirements: &Requirements, snapshot: &Snapshot) -> String {
    let script = requirements.kubectl_script(snapshot);
    let (_, calls) = script
        .split_once("taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)\n")
        .unwrap();
    calls.trim().to_owned()
}

fn read(text: &str) -> Snapshot {
    let file = SourceFile::new("cluster.yaml", text);
    let snapshot = Snapshot::builder().read(&file, &Limits::snapshot()).build();
    assert_eq!(snapshot.diagnostics(), [], "{text}");
    snapshot
}

#[test]
fn the_script_asks_for_each_read_once() {
    let set = set("\
- { target: { kubeVersion: {} }, op: range, value: '>=1.28' }
- target: { apiAvailable: { group: cert-manager.io, kind: Certificate } }
- target: { crd: { name: widgets.example.com } }
- target: { canI: { verb: create, group: apps, resource: deployments, subresource: scale, name: 'it''s', namespace: $namespace } }
- { target: { apiVersion: v1, kind: Namespace, name: $namespace }, op: exists }
- { target: { apiVersion: apps/v1, kind: Deployment, selector: 'app in (a,b)', namespaces: [x, z] }, op: exists }
- { target: { apiVersion: example.com/v1, kind: Widget, name: w }, op: exists }
- { target: { apiVersion: example.com/v1, kind: Widget, selector: '', namespaces: all }, op: exists }
- { target: { apiVersion: example.com/v2, kind: Gadget, name: g, namespace: elsewhere }, op: exists }
");
    assert_snapshot!(calls_of(&set.requirements(&shop()), &Snapshot::default()), @r#"
    discovered 'what: discovery, group: ""' /api
    discovered 'what: discovery' /apis
    discovered 'what: discovery, group: "", version: "v1"' /api/v1
    discovered 'what: discovery, group: "apps", version: "v1"' /apis/apps/v1
    discovered_group cert-manager.io
    discovered 'what: discovery, group: "example.com", version: "v1"' /apis/example.com/v1
    discovered 'what: discovery, group: "example.com", version: "v2"' /apis/example.com/v2
    server_version
    may_i '{"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"group":"apps","name":"it'\''s","namespace":"shop","resource":"deployments","subresource":"scale","verb":"create"}}}'
    objects 'group: "", kind: "Namespace", names: ["shop"]' 'group: "", kind: "Namespace", name: "shop"' 'GET Namespace.v1. "shop"' -o json -- Namespace.v1. shop
    objects 'group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", names: ["widgets.example.com"]' 'group: "apiextensions.k8s.io", kind: "CustomResourceDefinition", name: "widgets.example.com"' 'GET CustomResourceDefinition.v1.apiextensions.k8s.io "widgets.example.com"' -o json -- CustomResourceDefinition.v1.apiextensions.k8s.io widgets.example.com
    if in_no_namespace example.com Gadget; then
        objects 'group: "example.com", kind: "Gadget", names: ["g"]' 'group: "example.com", kind: "Gadget", name: "g"' 'GET Gadget.v2.example.com "g"' -o json -- Gadget.v2.example.com g
    else
        objects 'group: "example.com", kind: "Gadget", namespaces: ["elsewhere"], names: ["g"]' 'group: "example.com", kind: "Gadget", namespace: "elsewhere", name: "g"' 'GET Gadget.v2.example.com "g" -n elsewhere' -o json --namespace=elsewhere -- Gadget.v2.example.com g
    fi
    objects 'group: "apps", kind: "Deployment", namespaces: ["x"], selector: "app in (a,b)"' 'group: "apps", kind: "Deployment", namespace: "x"' 'GET Deployment.v1.apps -l app in (a,b) -n x' -o json --namespace=x '--selector=app in (a,b)' -- Deployment.v1.apps
    objects 'group: "apps", kind: "Deployment", namespaces: ["z"], selector: "app in (a,b)"' 'group: "apps", kind: "Deployment", namespace: "z"' 'GET Deployment.v1.apps -l app in (a,b) -n z' -o json --namespace=z '--selector=app in (a,b)' -- Deployment.v1.apps
    objects 'group: "example.com", kind: "Widget", namespaces: all' 'group: "example.com", kind: "Widget"' 'GET Widget.v1.example.com' -o json --all-namespaces -- Widget.v1.example.com
    finish
    "#);
}

#[test]
fn values_of_secrets_are_read_only_where_they_are_compared() {
    let script = |conditions: &str| {
        let calls = calls_of(&set(conditions).requirements(&shop()), &Snapshot::default());
        let (_, data) = calls.split_once("{{define \"data\"}}").unwrap();
        let (_, asked) = data.split_once(": {{if ").unwrap();
        asked.split_once("}}{{printf").unwrap().0.to_owned()
    };
    let exists = "- { target: { apiVersion: v1, kind: Secret, name: s, fieldPath: data.password }, op: exists }\n";
    let kind = "- { target: { apiVersion: v1, kind: Secret, name: s, fieldPath: type }, op: eq, value: Opaque }\n";
    let user = "- { target: { apiVersion: v1, kind: Secret, name: s, fieldPath: data.user }, op: eq, value: eA== }\n";
    let crt = "- { target: { apiVersion: v1, kind: Secret, name: t, fieldPath: \"data['tls.crt']\" }, op: eq, value: eA== }\n";
    let all = "- { target: { apiVersion: v1, kind: Secret, name: t, fieldPath: 'data.*' }, each: any, op: eq, value: eA== }\n";
    let odd = "- { target: { apiVersion: v1, kind: Secret, name: t, fieldPath: \"data['\\\"}}']\" }, op: eq, value: eA== }\n";
    assert_eq!(script(exists), "false");
    assert_eq!(script(&format!("{exists}{kind}")), "false");
    assert_eq!(
        script(&format!("{exists}{user}{crt}")),
        r#"eq $key "tls.crt" "user""#
    );
    assert_eq!(script(&format!("{user}{all}")), "true");
    assert_eq!(script(odd), "false", "no Secret has such a key");
    let facts = "- { target: { apiVersion: v1, kind: Secret, name: s }, satisfies: { all: [ { fieldPath: data.a, op: exists }, { fieldPath: data.b, op: ne, value: eA== } ] } }\n";
    let same = "- { target: { apiVersion: v1, kind: Secret, name: s, fieldPath: data.c }, op: eq, valueFrom: { fieldPath: data.d } }\n";
    let query = "- { target: { apiVersion: v1, kind: Secret, name: s, jsonPath: \"$.data[?@ == 'eA==']\" }, op: exists }\n";
    assert_eq!(script(facts), r#"eq $key "b""#);
    assert_eq!(script(same), r#"eq $key "c" "d""#);
    assert_eq!(script(query), "true");
}

/// What the failure of the last call leaves in the snapshot. What kubectl prints before it fails is never taken for all there is.
#[track_caller]
fn check_failure(condition: &str, stderr: &str, failure: Option<(FailureKind, &str)>) {
    let set = set(condition);
    let script = set
        .requirements(&shop())
        .kubectl_script(&Snapshot::default());
    let fake = Fake::new();
    fake.run(&script);
    let last = fake.calls().len();
    let list = r#"{"apiVersion": "v1", "kind": "List", "items": []}"#;
    let fake = Fake::new().fails(last, stderr).answers(last, list);
    let printed = fake.run(&script);
    assert!(!printed.contains(list), "{printed}");
    let snapshot = read(&printed);
    let found = snapshot.failure("", "Pod", Some("shop"), Some("web"));
    let found = found.map(|failure| (failure.kind(), failure.request()));
    assert_eq!(found, failure, "{printed}");
    let report = evaluate(&set, &snapshot, &shop());
    assert_eq!(
        report.conditions()[0].outcome(),
        Outcome::Unknown,
        "{printed}"
    );
}

#[test]
fn failures_are_told_apart() {
    let check = |stderr: &str, failure: Option<(FailureKind, &str)>| {
        let pod = "- { target: { apiVersion: v1, kind: Pod, name: web }, op: notExists }\n";
        check_failure(pod, stderr, failure);
    };
    check(
        "Error from server (Forbidden): pods \"web\" is forbidden: User \"ci\" cannot get resource \"pods\" in API group \"\" in the namespace \"shop\"\n",
        Some((
            FailureKind::Forbidden,
            r#"GET pods "web" -n shop -> 403 (user "ci")"#,
        )),
    );
    check(
        "error: You must be logged in to the server (Unauthorized)\n",
        Some((
            FailureKind::Unauthorized,
            r#"GET Pod.v1. "web" -n shop -> 401"#,
        )),
    );
    check(
        "E1121 06:26:39.389 memcache.go:265] couldn't get current server API group list\nThe connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n",
        Some((
            FailureKind::Unavailable,
            r#"GET Pod.v1. "web" -n shop -> The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?"#,
        )),
    );
    check(
        "Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later\n",
        Some((
            FailureKind::Unavailable,
            r#"GET Pod.v1. "web" -n shop -> Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later"#,
        )),
    );
    check(
        "Error from server: conversion webhook for example.com/v1, Kind=Widget failed: Post \"https://gone\": no \\ such\thost\n",
        Some((
            FailureKind::Discovery,
            r#"GET Pod.v1. "web" -n shop -> Error from server: conversion webhook for example.com/v1, Kind=Widget failed: Post "https://gone": no \ such host"#,
        )),
    );
    check(
        "",
        Some((FailureKind::Unavailable, r#"GET Pod.v1. "web" -n shop -> "#)),
    );
    check(
        "error: the server doesn't have a resource type \"Pod\"\n",
        None,
    );
    check(
        "Error from server (NotFound): the server could not find the requested resource\n",
        None,
    );
}

#[test]
fn a_name_is_not_taken_for_what_the_server_says() {
    let pods = "- { target: { apiVersion: v1, kind: Pod, name: \"web\" }, op: exists }\n";
    let forbidden = "Error from server (Forbidden): pods \"web\" is forbidden: User \"Error from server (NotFound): x\" cannot get resource \"pods\"\n";
    let request = r#"GET pods "web" -n shop -> 403 (user "Error from server (NotFound): x")"#;
    check_failure(pods, forbidden, Some((FailureKind::Forbidden, request)));
}

/// Texts with everything in them that means something to a shell, to YAML or to kubectl.
fn hostile() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        "web",
        "-",
        "--",
        "-o",
        "$(touch pwned)",
        "`touch pwned`",
        "'",
        "\"",
        "'; touch pwned; '",
        "\\",
        "\n",
        "\r",
        "\t",
        " ",
        "*",
        "?",
        "~",
        "#",
        "!",
        "&",
        "|",
        ";",
        ">",
        "<",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "$HOME",
        "${IFS}",
        "..",
        ".",
        "/",
        "%",
        ",",
        ":",
        "=",
        "é",
        "\u{2028}",
        "\u{202e}",
        "\u{1}",
        "\0",
        "on",
        "1e3",
        "on",
        "null",
        "{{",
        "}}",
        "system:x",
    ]);
    prop::collection::vec(parts, 0..6).prop_map(|parts| parts.concat())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![2 => hostile(), 1 => Just("web".to_owned())]
}

/// Group, version, kind, namespace and name: anything at all, but often possible in the parts that the name depends on.
fn object() -> impl Strategy<Value = [String; 4]> {
    let api =
        prop_oneof![3 => Just("apps/v1".to_owned()), 1 => Just("v1".to_owned()), 1 => hostile()];
    let kind = prop_oneof![3 => Just("Deployment".to_owned()), 1 => Just("Namespace".to_owned()), 1 => hostile()];
    let namespace = prop_oneof![3 => Just("shop".to_owned()), 1 => hostile()];
    (api, kind, namespace, name())
        .prop_map(|(api, kind, namespace, name)| [api, kind, namespace, name])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Nothing that a condition names is run, read as an option or as a second kind, or changes what else is asked.
    #[test]
    fn what_conditions_name_means_nothing_to_the_shell(objects in prop::collection::vec(object(), 1..6), crd in name()) {
        let mut set = ConditionSet::new();
        for (at, [api, kind, namespace, name]) in objects.iter().enumerate() {
            set.push(Condition::new(format!("{at}"), Expression::object_exists(api, kind, Some(namespace), name)));
        }
        set.push(Condition::new("crd", Expression::crd(&crd)));
        let script = set.requirements(&Context::new()).kubectl_script(&Snapshot::default());
        let fake = Fake::new();
        let printed = fake.run(&script);
        prop_assert_eq!(fake.files().iter().filter(|name| name.as_str() == "pwned").count(), 0);
        let known = ["answers", "arguments", "count", "errors", "kubectl", "reads.sh"];
        for file in fake.files() {
            prop_assert!(known.contains(&file.as_str()), "{}", file);
        }
        let snapshot = read(&printed);
        for call in fake.calls() {
            prop_assert!(matches!(call[0].as_str(), "get" | "api-resources"), "{:?}", call);
            if call[0] == "get" && call[1] != "--raw" {
                let end = call.iter().position(|argument| argument == "--").unwrap();
                let options = &call[..end];
                let allowed = |option: &String| {
                    ["get", "--ignore-not-found", "-o", "json"].contains(&option.as_str()) || option.starts_with("--namespace=")
                };
                prop_assert!(options.iter().all(allowed), "{:?}", call);
                prop_assert_eq!(call.len(), end + 3);
            }
        }
        // Each possible name is asked for as it is written, and covered as it is written.
        let asked: Vec<String> = fake.calls().iter().filter(|call| call.len() > 4).map(|call| call[call.len() - 1].clone()).collect();
        let possible = |name: &str| !name.is_empty() && !matches!(name, "." | "..") && !name.contains(|c: char| "/%".contains(c) || c.is_control());
        for [api, kind, namespace, name] in &objects {
            let known = api == "apps/v1" && kind == "Deployment" && namespace == "shop";
            if known {
                prop_assert_eq!(asked.contains(name), possible(name), "{:?}", name);
                prop_assert_eq!(snapshot.covers_name("apps", "Deployment", Some("shop"), name), possible(name), "{:?}", name);
            }
        }
        prop_assert_eq!(asked.contains(&crd), possible(&crd), "{:?}", crd);
    }
}
