//! What one release brings and another does not.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fmt::Write as _;

use catalog_model::version::Version;
use catalog_model::{Catalog, LoadOptions, MemorySource, load};
use catalog_resolve::ledger::{ReleaseLedger, between};

fn read(files: &[(&str, &str)]) -> (MemorySource, Catalog) {
    let source: MemorySource = files.iter().copied().collect();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics());
    (source, loaded.into_catalog())
}

fn told(ledger: &ReleaseLedger) -> String {
    let mut text = String::new();
    for entry in ledger.entries() {
        let (change, effect) = (entry.change().as_str(), entry.effect());
        let _ = writeln!(text, "{change} {} {effect}", effect.kind());
    }
    for one in ledger.unexamined() {
        let _ = writeln!(text, "? {}: {}", one.what(), one.why());
    }
    text
}

const OLD: [(&str, &str); 4] = [
    ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
    (
        "p/1.0.0/modules.yaml",
        "modules: [{name: m, manifests: {path: ./m}}]\n",
    ),
    (
        "p/1.0.0/m/role.yaml",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: p}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n",
    ),
    (
        "p/1.0.0/m/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: p}\nspec: {template: {spec: {containers: [{name: p, image: 'p:1'}]}}}\n",
    ),
];

const NEW: [(&str, &str); 6] = [
    ("p/1.0.0/metadata.yaml", "name: p\nversion: 1.0.0\n"),
    (
        "p/1.0.0/modules.yaml",
        "modules:\n- {name: m, manifests: {path: ./m}}\n- {name: c, chart: {remote: {repo: 'https://example.com', name: c, version: 1.0.0}}}\n",
    ),
    (
        "p/1.0.0/m/role.yaml",
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: p}\nrules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]\n",
    ),
    (
        "p/1.0.0/m/deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: p}\nspec: {template: {spec: {containers: [{name: p, image: 'p:2'}]}}}\n",
    ),
    (
        "p/1.0.0/m/service.yaml",
        "apiVersion: v1\nkind: Service\nmetadata: {name: p}\n",
    ),
    (
        "p/1.0.0/hooks/all.yaml",
        "pre-upgrade:\n- {name: h, job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: h, image: 'h:1'}]}}}}}\n",
    ),
];

#[test]
fn one_version_in_two_states() {
    let ((old_files, old), (new_files, new)) = (read(&OLD), read(&NEW));
    let version = Version::parse("1.0.0").unwrap();
    let (before, after) = (
        old.release("p", &version).unwrap(),
        new.release("p", &version).unwrap(),
    );
    let there = between((Some(&old_files), before), (Some(&new_files), after));
    assert_eq!(
        told(&there),
        "\
added object Service/p
changed object Deployment.apps/p
changed object ClusterRole/p (cluster-wide)
dropped permission ClusterRole/p: get on pods
added permission ClusterRole/p: get on secrets  ! reads secrets
added image h:1
dropped image p:1
added image p:2
added hook pre-upgrade h
added module c (chart)
? module c: the chart c is at https://example.com
"
    );
    let back = between((Some(&new_files), after), (Some(&old_files), before));
    assert_eq!(
        told(&back),
        "\
dropped object Service/p
changed object Deployment.apps/p
changed object ClusterRole/p (cluster-wide)
added permission ClusterRole/p: get on pods
dropped permission ClusterRole/p: get on secrets  ! reads secrets
dropped image h:1
added image p:1
dropped image p:2
dropped hook pre-upgrade h
dropped module c (chart)
"
    );
    let same = between((Some(&new_files), after), (Some(&new_files), after));
    assert!(same.entries().is_empty() && same.unexamined().len() == 1);
}

#[test]
fn without_files_manifests_are_unexamined() {
    let ((_, old), (_, new)) = (read(&OLD), read(&NEW));
    let version = Version::parse("1.0.0").unwrap();
    let (before, after) = (
        old.release("p", &version).unwrap(),
        new.release("p", &version).unwrap(),
    );
    let ledger = between((None, before), (None, after));
    assert_eq!(
        told(&ledger),
        "\
added image h:1
added hook pre-upgrade h
added module c (chart)
? m: the files of the catalog are not at hand
? module c: the chart c is at https://example.com
"
    );
}
