//! Nothing is dropped silently: a key made up for every map of every kind of file is carried over or in the report.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod foreign;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use catalog_model::import::{Import, ImportOptions, glasskube, helm, olm};
use catalog_model::{MemorySource, Source, SourceError};
use serde_json::{Value, json};

const KEY: &str = "zz-made-up";

/// What the report says to be lost with all that is in it.
const WHOLE: [&str; 3] = ["/references/1", "/targets/1", "/links/1"];

type Importer = fn(&dyn Source, &ImportOptions) -> Result<Import, SourceError>;

fn documents(text: &str) -> Vec<Value> {
    text.split("---\n")
        .map(|document| serde_yaml::from_str(document).unwrap())
        .collect()
}

/// The maps in a value, by pointer.
fn maps(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.push(at.to_owned());
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                maps(value, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                maps(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn text(documents: &[Value]) -> String {
    let mut text = String::new();
    for document in documents {
        writeln!(text, "---\n{document}").unwrap();
    }
    text
}

fn import(importer: Importer, path: &str, text: &str, beside: &[(&str, &str)]) -> Import {
    let mut source = MemorySource::from_iter(beside.iter().copied());
    source.insert(path, text);
    importer(&source, &ImportOptions::default()).unwrap()
}

/// What the report names.
fn named(import: &Import) -> BTreeSet<&str> {
    let lost = import.not_carried_over().iter();
    lost.map(|lost| lost.what.as_str()).collect()
}

/// Whether the key is in something that was made, and not in a copy.
fn is_made(import: &Import) -> bool {
    import.files().files().any(|(path, bytes)| {
        !path.contains("/other/")
            && !path.contains("/charts/")
            && String::from_utf8_lossy(bytes).contains(KEY)
    })
}

fn check(importer: Importer, path: &str, fixture: &str, beside: &[(&str, &str)]) {
    let documents = documents(fixture);
    let base = import(importer, path, &text(&documents), beside);
    assert!(base.versions() > 0, "{path}: {}", foreign::report(&base));
    let mut silent = Vec::new();
    for index in 0..documents.len() {
        let mut pointers = Vec::new();
        maps(&documents[index], "", &mut pointers);
        for pointer in pointers {
            let mut changed = documents.clone();
            let map = changed[index].pointer_mut(&pointer).unwrap();
            map[KEY] = json!("made up");
            let import = import(importer, path, &text(&changed), beside);
            foreign::loaded(&import);
            let names = named(&import);
            let is_lost = |key: &str| names.contains(format!("`{key}`").as_str());
            let around = pointer
                .split('/')
                .any(|key| is_lost(&key.replace("~1", "/")));
            let said = import.not_carried_over().len() > base.not_carried_over().len();
            let is_whole = WHOLE.iter().any(|place| pointer.contains(place));
            if !(is_whole || is_lost(KEY) || around || said || is_made(&import)) {
                silent.push(format!("{index}{pointer}"));
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new(), "{path}");
}

#[test]
fn glasskube_packages() {
    let package = "
name: p
shortDescription: short
scope: Cluster
helm: {repositoryUrl: 'https://charts.example.com', chartName: p, chartVersion: 1.0.0, values: {a: {b: 1}}}
manifests: [{url: 'https://example.com/install.yaml'}]
dependencies: [{name: q, version: 1.x.x}]
components: [{name: r, installedName: x, values: {size: {value: x}}}]
references: [{label: Docs, url: 'https://docs.example.com'}, {label: Code, url: 'https://code.example.com'}]
valueDefinitions:
  flag:
    type: boolean
    metadata: {label: A flag}
    constraints: {required: true}
    targets: [{chartName: p, patch: {op: add, path: /flag}}, {resource: {kind: A}, patch: {op: add, path: /x}}]
";
    let versions = (
        "p/versions.yaml",
        "latestVersion: v1\nversions: [{version: v1}]\n",
    );
    check(glasskube, "p/v1/package.yaml", package, &[versions]);
    let beside = [("p/v1/package.yaml", "name: p\n")];
    check(glasskube, "p/versions.yaml", versions.1, &beside);
}

#[test]
fn helm_charts() {
    let chart = "
apiVersion: v2
name: c
version: 1.0.0
maintainers: [{name: A, email: a@example.com}]
annotations: {category: Database}
dependencies: [{name: redis, version: 17.x.x, repository: 'https://charts.example.com', condition: redis.enabled}]
";
    check(helm, "c/Chart.yaml", chart, &[]);
    let requirements = "dependencies: [{name: redis, version: 17.x.x, repository: 'https://charts.example.com'}]\n";
    check(
        helm,
        "c/requirements.yaml",
        requirements,
        &[("c/Chart.yaml", chart)],
    );
    let index = "
apiVersion: v1
entries:
  c: [{name: c, version: 1.0.0, urls: ['https://charts.example.com/c-1.0.0.tgz'], maintainers: [{name: A}]}]
";
    check(helm, "index.yaml", index, &[]);
}

const ANNOTATIONS: &str = "annotations: {operators.operatorframework.io.bundle.package.v1: op, operators.operatorframework.io.bundle.channels.v1: stable}\n";

const CSV: &str = "
apiVersion: operators.coreos.com/v1alpha1
kind: ClusterServiceVersion
metadata: {name: op.v1.2.0, annotations: {categories: Database}, labels: {a: b}}
spec:
  version: 1.2.0
  maintainers: [{name: A}]
  provider: {name: A}
  links: [{name: Home, url: https://example.com}, {name: Docs, url: https://docs.example.com}]
  icon: [{base64data: UE5H, mediatype: image/png}]
  installModes: [{type: AllNamespaces, supported: true}]
  relatedImages: [{name: op, image: example.com/op:1.2.0}]
  customresourcedefinitions:
    owned: [{name: as.example.com, version: v1, kind: A, displayName: A, description: x}]
    required: [{name: cs.example.org, version: v1, kind: C}]
  apiservicedefinitions: {owned: [{group: g.example.com, version: v1, kind: G, name: gs}]}
  install:
    strategy: deployment
    spec:
      deployments:
      - name: op
        label: {app: op}
        spec: {selector: {matchLabels: {app: op}}, template: {metadata: {labels: {app: op}}, spec: {containers: [{name: op, image: a}]}}}
      permissions: [{serviceAccountName: op, rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}]
";

#[test]
fn olm_bundles() {
    let annotations = ("b/metadata/annotations.yaml", ANNOTATIONS);
    check(olm, "b/manifests/csv.yaml", CSV, &[annotations]);
    let beside = [("b/manifests/csv.yaml", CSV)];
    check(olm, annotations.0, ANNOTATIONS, &beside);
    let dependencies = "
dependencies:
- {type: olm.package, value: {packageName: cert-manager, version: '>=1.12.0'}}
- {type: olm.gvk, value: {group: monitoring.coreos.com, version: v1, kind: ServiceMonitor}}
- type: olm.constraint
  value:
    all:
      constraints:
      - package: {packageName: redis, versionRange: '>=1.0.0'}
      - any: {constraints: [{package: {packageName: pg, versionRange: <2.0.0}}, {package: {packageName: pg, versionRange: '>=3.0.0'}}]}
      - not: {constraints: [{package: {packageName: legacy, versionRange: <1.0.0}}]}
";
    let beside = [annotations, ("b/manifests/csv.yaml", CSV)];
    check(olm, "b/metadata/dependencies.yaml", dependencies, &beside);
}

#[test]
fn olm_catalogs() {
    let catalog = "
schema: olm.package
name: op
defaultChannel: stable
icon: {base64data: UE5H, mediatype: image/png}
---
schema: olm.channel
name: stable
package: op
entries: [{name: op.v1.1.0, replaces: op.v1.0.0}]
---
schema: olm.bundle
name: op.v1.1.0
package: op
image: example.com/op
properties:
- {type: olm.package, value: {packageName: op, version: 1.1.0}}
- {type: olm.gvk, value: {group: example.com, version: v1, kind: A}}
- {type: olm.package.required, value: {packageName: cert-manager, versionRange: '>=1.12.2'}}
- {type: olm.csv.metadata, value: {keywords: [op], annotations: {categories: Database}, crdDescriptions: {owned: [{name: as.example.com, version: v1, kind: A}]}}}
relatedImages: [{name: x, image: example.com/op}]
---
schema: olm.deprecations
package: op
entries: [{reference: {schema: olm.bundle, name: op.v1.1.0}, message: use 1.2}]
";
    check(olm, "catalog.yaml", catalog, &[]);
}
