//! OLM bundles and file-based catalogs, one rule at a time.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod foreign;

use std::cell::{Cell, RefCell};
use std::io::Read;

use catalog_model::import::{Import, ImportOptions, Streams, olm, olm_streamed};
use catalog_model::{MemorySource, SourceError};

use self::foreign::{file, loaded, report};

fn import(files: &[(&str, &str)]) -> Import {
    let source = MemorySource::from_iter(files.iter().copied());
    olm(&source, &ImportOptions::default()).unwrap()
}

const ANNOTATIONS: &str = "\
annotations:
  operators.operatorframework.io.bundle.package.v1: op
  operators.operatorframework.io.bundle.channels.v1: stable, Fast Lane
  operators.operatorframework.io.bundle.channel.default.v1: stable
  operators.operatorframework.io.bundle.mediatype.v1: registry+v1
  hidden.example.com/x: a b
more: 1
";

const DEPENDENCIES: &str = "\
dependencies:
- {type: olm.package, value: {packageName: cert-manager, version: '>=1.12.0 <2.0.0', odd: 1}}
- {type: olm.gvk, value: {group: monitoring.coreos.com, version: v1, kind: ServiceMonitor}}
- {type: olm.gvk, value: {group: example.com, version: v1, kind: A}}
- type: olm.constraint
  value:
    failureMessage: needs things
    all:
      constraints:
      - package: {packageName: redis, versionRange: '>=1.0.0'}
      - gvk: {group: x.example.com, version: v1, kind: X}
      - any: {constraints: [{package: {packageName: pg, versionRange: <2.0.0}}, {package: {packageName: pg, versionRange: '>=3.0.0'}}]}
      - any: {constraints: [{package: {packageName: a, versionRange: '1'}}, {package: {packageName: b, versionRange: '1'}}]}
      - not: {constraints: [{package: {packageName: legacy, versionRange: <1.0.0}}, {gvk: {group: y, version: v1, kind: Y}}]}
      - cel: {rule: 'true'}
      - odd: 1
- {type: olm.hidden, value: 1}
- {type: olm.package, value: {packageName: op, version: '1'}}
- {type: olm.package}
";

const CSV: &str = "\
apiVersion: operators.coreos.com/v1alpha1
kind: ClusterServiceVersion
metadata:
  name: op.v1.2.0
  namespace: placeholder
  annotations:
    description: An operator
    categories: Database, Big Data
    capabilities: Basic Install
    certified: 'false'
    olm.skipRange: '>=1.0.0 <1.2.0'
    operatorframework.io/suggested-namespace: op-system
    containerImage: example.com/op:1.2.0
    alm-examples: '[]'
  labels: {operatorframework.io/arch.amd64: supported}
spec:
  displayName: Op
  description: All of it
  version: 1.2.0
  replaces: op.v1.1.0
  skips: [op.v1.1.1, op]
  minKubeVersion: 1.25.0
  MinKubeVersion: 1.30.0
  keywords: [op]
  maintainers: [{name: A, email: a@example.com}]
  provider: {name: A}
  links: [{name: x, url: no address}, {name: Home, url: https://example.com}, {name: Docs, url: https://docs.example.com}]
  icon: [{base64data: UE5H, mediatype: image/png}]
  installModes: [{type: AllNamespaces, supported: true}]
  relatedImages: [{name: op, image: example.com/op:1.2.0}]
  nativeAPIs: [{group: apps, version: v1, kind: Deployment}]
  webhookdefinitions: [{generateName: vop.example.com}]
  customresourcedefinitions:
    owned:
    - {name: as.example.com, version: v1, kind: A, specDescriptors: []}
    - {name: bs.example.com, version: v1, kind: B}
    required: [{name: cs.example.org, version: v1, kind: C}]
  install:
    strategy: deployment
    spec:
      deployments:
      - name: op
        label: {app: op}
        spec: {replicas: 1, selector: {matchLabels: {app: op}}, template: {metadata: {labels: {app: op}}, spec: {serviceAccountName: op, containers: [{name: op, image: 'example.com/op:1.2.0'}]}}}
      permissions: [{serviceAccountName: op, rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}]
      clusterPermissions: [{serviceAccountName: op, rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}]
";

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.example.com}\n\
    spec: {group: example.com, names: {kind: A, plural: as}, scope: Cluster, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n";

#[test]
fn a_whole_bundle() {
    let import = import(&[
        ("operators/op/ci.yaml", "reviewers: []\n"),
        ("operators/op/1.2.0/Dockerfile", "FROM scratch\n"),
        ("operators/op/1.2.0/metadata/annotations.yaml", ANNOTATIONS),
        (
            "operators/op/1.2.0/metadata/dependencies.yaml",
            DEPENDENCIES,
        ),
        (
            "operators/op/1.2.0/manifests/op.clusterserviceversion.yaml",
            CSV,
        ),
        ("operators/op/1.2.0/manifests/as.yaml", CRD),
        (
            "operators/op/1.2.0/manifests/service.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: op}\n",
        ),
        (
            "operators/op/1.2.0/tests/config.yaml",
            "kind: Configuration\n",
        ),
    ]);
    let loaded = loaded(&import);
    let release = loaded.catalog().package("op").unwrap().newest().unwrap();
    assert_eq!(release.definitions().len(), 1);
    let paths: Vec<&str> = import.files().files().map(|(path, _)| path).collect();
    insta::assert_snapshot!(paths.join("\n"), @r#"
op/1.2.0/Dockerfile
op/1.2.0/definitions/as.yaml
op/1.2.0/icon.png
op/1.2.0/images.yaml
op/1.2.0/manifests/install.yaml
op/1.2.0/manifests/service.yaml
op/1.2.0/metadata.yaml
op/1.2.0/modules.yaml
op/1.2.0/other/clusterserviceversion.yaml
op/1.2.0/tests/config.yaml
"#);
    insta::assert_snapshot!(file(&import, "op/1.2.0/metadata.yaml"), @r#"
name: op
version: 1.2.0
description: |-
  An operator

  All of it
maintainer:
- A <a@example.com>
url: https://example.com
icon: icon.png
label:
  certified: "false"
  operatorframework.io/arch.amd64: supported
  tag.catalog/big-data: ""
  tag.catalog/database: ""
  tag.catalog/fast-lane: ""
  tag.catalog/op: ""
  tag.catalog/stable: ""
namespace: op-system
tags:
- stable
- Fast Lane
- Database
- Big Data
- op
dependencies:
- name: cert-manager
  version: ">=1.12.0 <2.0.0"
- name: redis
  version: ">=1.0.0"
- name: pg
  version: "<2.0.0 || >=3.0.0"
requires:
- api: example.org/v1/C
- api: monitoring.coreos.com/v1/ServiceMonitor
- api: x.example.com/v1/X
provides:
- api: example.com/v1/B
conflicts:
- name: legacy
  version: "<1.0.0"
system:
  kubernetes: ">=1.25.0"
replaces: 1.1.0
skips:
- 1.1.1
skipRange: ">=1.0.0 <1.2.0"
"#);
    insta::assert_snapshot!(file(&import, "op/1.2.0/modules.yaml"), @r#"
modules:
- manifests:
    path: ./manifests
  name: manifests
"#);
    insta::assert_snapshot!(file(&import, "op/1.2.0/images.yaml"), @r#"
images:
- image: example.com/op:1.2.0
  name: containerImage
- image: example.com/op:1.2.0
  name: op
"#);
    insta::assert_snapshot!(file(&import, "op/1.2.0/manifests/install.yaml"), @r#"
apiVersion: v1
kind: ServiceAccount
metadata:
  name: op
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: op-op
rules:
- apiGroups:
  - ""
  resources:
  - pods
  verbs:
  - get
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: op-op
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: op-op
subjects:
- kind: ServiceAccount
  name: op
  namespace: op-system
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: op-op
rules:
- apiGroups:
  - "*"
  resources:
  - "*"
  verbs:
  - "*"
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: op-op
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: op-op
subjects:
- kind: ServiceAccount
  name: op
  namespace: op-system
---
apiVersion: apps/v1
kind: Deployment
metadata:
  labels:
    app: op
  name: op
spec:
  replicas: 1
  selector:
    matchLabels:
      app: op
  template:
    metadata:
      annotations:
        olm.targetNamespaces: ""
      labels:
        app: op
    spec:
      containers:
      - image: example.com/op:1.2.0
        name: op
      serviceAccountName: op
"#);
    insta::assert_snapshot!(report(&import), @r#"
operators/op/1.2.0/metadata/dependencies.yaml:18:30: warning[bundle.type]: this dependency is on the package itself: it is not imported
operators/op/1.2.0/metadata/dependencies.yaml:19:3: warning[bundle.type]: this property has no type or no value: it is not imported
operators/op/1.2.0/Dockerfile: file: the format gives it no meaning; it is kept as it is in `Dockerfile`
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:9: `capabilities`: it is no label, and the format has no annotations
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:14: `alm-examples`: the format has no examples of resources
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:17: `displayName`: a package has one name
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:20: `replaces`: no bundle of the package has the name `op.v1.1.0`; it is kept as the version that the name says, which is not in the catalog
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:21: `skips`: no bundle of the package has the name `op.v1.1.1`; it is kept as the version that the name says, which is not in the catalog
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:21: `skips`: no bundle of the package has the name `op`, and upgrades lead from versions
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:23: `MinKubeVersion`: it is not a key that OLM reads
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:26: `provider`: the format has maintainers
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:27: `name`: a package has one address without a label
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:27: link `Docs`: a package has one address, and another comes first
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:27: link `x`: it is not an address such as `https://example.com/`
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:29: `installModes`: the manifests are those for all namespaces
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:31: `nativeAPIs`: every cluster has them, and no package provides them
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:32: webhook `vop.example.com`: OLM makes its certificate, which no manifest can
operators/op/1.2.0/manifests/op.clusterserviceversion.yaml:35: `specDescriptors`: it describes a resource for a console
operators/op/1.2.0/metadata/annotations.yaml:4: `operators.operatorframework.io.bundle.channel.default.v1`: channels are tags, none of which comes first
operators/op/1.2.0/metadata/annotations.yaml:5: `operators.operatorframework.io.bundle.mediatype.v1`: it says how the bundle is packed or tested
operators/op/1.2.0/metadata/annotations.yaml:6: `hidden.example.com/x`: it is no label, and the format has no annotations
operators/op/1.2.0/metadata/annotations.yaml:7: `more`: the format has no word for it
operators/op/1.2.0/metadata/dependencies.yaml:2: `odd`: a dependency has a name and a range only
operators/op/1.2.0/metadata/dependencies.yaml:7: `failureMessage`: explanations are made of the facts themselves
operators/op/1.2.0/metadata/dependencies.yaml:13: constraint `any`: one of several packages or APIs cannot be asked for
operators/op/1.2.0/metadata/dependencies.yaml:14: constraint `not`: only packages can be kept away
operators/op/1.2.0/metadata/dependencies.yaml:15: constraint `cel`: a rule in CEL cannot be said as a dependency
operators/op/1.2.0/metadata/dependencies.yaml:16: `odd`: the format has no word for it
operators/op/1.2.0/metadata/dependencies.yaml:17: property `olm.hidden`: the format has no word for it
operators/op/1.2.0/metadata/dependencies.yaml:18: dependency: it is on the package itself
operators/op/1.2.0/metadata/dependencies.yaml:19: property: it has no type or no value
operators/op/1.2.0/tests/config.yaml: file: the format gives it no meaning; it is kept as it is in `tests/config.yaml`
operators/op/ci.yaml: file: it belongs to no bundle and is no catalog
"#);
}

const CATALOG: &str = "\
---
schema: olm.bundle
name: op.v1.1.0
package: op
image: example.com/op@sha256:1
hidden: 1
properties:
- {type: olm.package, value: {packageName: op, version: 1.1.0}}
- {type: olm.gvk, value: {group: example.com, version: v1, kind: A}}
- {type: olm.gvk.required, value: {group: cert-manager.io, version: v1, kind: Certificate}}
- {type: olm.package.required, value: {packageName: cert-manager, versionRange: '>=1.12.2'}}
- {type: olm.odd, value: x}
- type: olm.csv.metadata
  value: {displayName: Op, keywords: [op], minKubeVersion: 1.25.0, annotations: {categories: Database}}
relatedImages:
- {name: '', image: example.com/op@sha256:1}
---
# Only a comment.
---
schema: olm.channel
name: fast
package: op
entries:
- {name: op.v1.1.0, replaces: op.v1.0.1, skipRange: '>=1.0.0 <1.1.0'}
---
schema: olm.channel
name: stable
package: op
entries:
- {name: op.v1.0.0, hidden: 1}
- {name: op.v1.1.0, replaces: op.v1.0.0, skips: [op.v1.0.2]}
---
schema: olm.package
name: op
defaultChannel: stable
description: Words
icon: {base64data: UE5H, mediatype: image/png}
---
schema: olm.deprecations
package: op
entries:
- {reference: {schema: olm.bundle, name: op.v1.1.0}, message: use 1.2}
- {reference: {schema: olm.channel, name: fast}, message: gone}
---
schema: olm.bundle
name: op.v1.0.0
package: op
properties:
- {type: olm.package, value: {packageName: op, version: 1.0.0}}
- {type: olm.bundle.object, value: {data: eyJhcGlWZXJzaW9uIjoidjEiLCJraW5kIjoiQ29uZmlnTWFwIiwibWV0YWRhdGEiOnsibmFtZSI6ImMifX0=}}
---
schema: olm.bundle
name: op.v0
package: op
properties: [
---
schema: olm.bundle
name: bad
package: op
";

#[test]
fn a_catalog() {
    let import = import(&[
        ("catalogs/op/catalog.yaml", CATALOG),
        ("catalogs/README.md", "x"),
    ]);
    assert_eq!((import.packages(), import.versions()), (1, 2));
    loaded(&import);
    insta::assert_snapshot!(file(&import, "op/1.1.0/metadata.yaml"), @r#"
name: op
version: 1.1.0
description: Words
icon: icon.png
label:
  tag.catalog/database: ""
  tag.catalog/fast: ""
  tag.catalog/op: ""
  tag.catalog/stable: ""
tags:
- op
- Database
- stable
- fast
dependencies:
- name: cert-manager
  version: ">=1.12.2"
requires:
- api: cert-manager.io/v1/Certificate
provides:
- api: example.com/v1/A
system:
  kubernetes: ">=1.25.0"
replaces: 1.0.0
skips:
- 1.0.2
- 1.0.1
skipRange: ">=1.0.0 <1.1.0"
deprecated: use 1.2
"#);
    insta::assert_snapshot!(file(&import, "op/1.1.0/modules.yaml"), @r#"
modules:
- bundle:
    image: example.com/op@sha256:1
  name: bundle
"#);
    insta::assert_snapshot!(file(&import, "op/1.0.0/manifests/object-1.yaml"), @r#"
apiVersion: v1
kind: ConfigMap
metadata:
  name: c
"#);
    insta::assert_snapshot!(report(&import), @r#"
catalogs/op/catalog.yaml:57:1: error[bundle.package]: this bundle has no property `olm.package`
catalogs/op/catalog.yaml:55:13: error[yaml.syntax]: this is not YAML: unclosed bracket '['
catalogs/op/catalog.yaml:43:3: warning[bundle.type]: this deprecation is of something that is no package and no bundle: it is not imported
catalogs/README.md: file: it belongs to no bundle and to no catalog
catalogs/op/catalog.yaml:6: `hidden`: the format has no word for it
catalogs/op/catalog.yaml:12: property `olm.odd`: the format has no word for it
catalogs/op/catalog.yaml:14: `displayName`: a package has one name
catalogs/op/catalog.yaml:24: `replaces`: no bundle of the package has the name `op.v1.0.1`; it is kept as the version that the name says, which is not in the catalog
catalogs/op/catalog.yaml:30: `hidden`: the format has no word for it
catalogs/op/catalog.yaml:31: `skips`: no bundle of the package has the name `op.v1.0.2`; it is kept as the version that the name says, which is not in the catalog
catalogs/op/catalog.yaml:35: `defaultChannel`: channels are tags, none of which comes first; its upgrades count first
catalogs/op/catalog.yaml:43: deprecation: it is of something that is no package and no bundle
catalogs/op/catalog.yaml:51: document: it cannot be read
catalogs/op/catalog.yaml:57: bundle `bad`: it could not be made into a release; the diagnostics say why
"#);
}

/// The same in JSON, with channels in another file than bundles.
#[test]
fn a_catalog_in_json() {
    let bundle = r#"{"schema":"olm.bundle","name":"op.v1.1.0","package":"op","properties":[{"type":"olm.package","value":{"packageName":"op","version":"1.1.0"}}]}"#;
    let channel = r#"{"schema": "olm.channel", "name": "a", "package": "op", "entries": [{"name": "op.v1.1.0", "replaces": "op.v1.0.0"}]}"#;
    let import = import(&[
        (
            "op/bundles.json",
            &format!("{bundle}\n{}", bundle.replace("1.1.0", "1.2.0")),
        ),
        ("op/channels.json", channel),
        ("op/other.json", "{\"schema\": \"x\"}"),
    ]);
    assert_eq!((import.packages(), import.versions()), (1, 2));
    loaded(&import);
    insta::assert_snapshot!(file(&import, "op/1.1.0/metadata.yaml"), @r#"
name: op
version: 1.1.0
label:
  tag.catalog/a: ""
tags:
- a
replaces: 1.0.0
"#);
    insta::assert_snapshot!(report(&import), @r#"
op/bundles.json:2: bundle `op.v1.2.0`: it is in no channel, and OLM installs from channels only; the release is there, and yanked
op/channels.json:1: `replaces`: no bundle of the package has the name `op.v1.0.0`; it is kept as the version that the name says, which is not in the catalog
op/other.json: file: it belongs to no bundle and is no catalog
"#);
}

/// A bundle that is there counts before what catalogs say of it.
#[test]
fn bundles_count_before_catalogs() {
    let import = import(&[
        ("b/metadata/annotations.yaml", ANNOTATIONS),
        ("b/manifests/csv.yaml", &CSV.replace("1.2.0", "1.1.0")),
        ("catalog.yaml", CATALOG),
    ]);
    let lost = import.not_carried_over();
    assert!(
        lost.iter()
            .any(|lost| lost.what == "bundle `op.v1.1.0`" && lost.line == Some(2)),
        "{lost:?}"
    );
    loaded(&import);
}

#[test]
fn what_is_broken_is_left_out() {
    let import = import(&[
        ("none/metadata/annotations.yaml", "annotations: {}\n"),
        ("no-csv/metadata/annotations.yaml", ANNOTATIONS),
        ("two/metadata/annotations.yaml", ANNOTATIONS),
        ("two/manifests/a.yaml", CSV),
        ("two/manifests/b.yaml", CSV),
        ("up/metadata/annotations.yaml", ANNOTATIONS),
        (
            "up/manifests/a.yaml",
            &CSV.replace("version: 1.2.0", "version: ../../x"),
        ),
        ("text/metadata/annotations.yaml", "text"),
    ]);
    assert_eq!(import.versions(), 0);
    insta::assert_snapshot!(report(&import), @r#"
no-csv:1:1: error[bundle.csv]: this bundle has no ClusterServiceVersion
none/metadata/annotations.yaml:1:14: error[bundle.package]: this has no `operators.operatorframework.io.bundle.package.v1` and names no package
text/metadata/annotations.yaml:1:1: error[bundle.package]: this has no `operators.operatorframework.io.bundle.package.v1` and names no package
two/manifests/b.yaml:1:1: error[bundle.csv]: this is a second ClusterServiceVersion, and a bundle has one
up/manifests/a.yaml:1:1: error[bundle.version]: the version `../../x` cannot be the name of a folder
no-csv: bundle: it could not be made into a release; the diagnostics say why
none: bundle: it could not be made into a release; the diagnostics say why
text: bundle: it could not be made into a release; the diagnostics say why
two: bundle: it could not be made into a release; the diagnostics say why
up: bundle: it could not be made into a release; the diagnostics say why
"#);
}

/// A catalog that is made while it is read: so many bundles, and nothing of them is ever there as a whole.
struct Generated {
    bundles: usize,
    put: Cell<usize>,
    largest: Cell<usize>,
    first: RefCell<String>,
}

impl Streams for Generated {
    fn open(&self, _: &str) -> Result<Box<dyn Read + '_>, SourceError> {
        Ok(Box::new(Made {
            at: 0,
            bundles: self.bundles,
            rest: Vec::new(),
        }))
    }

    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), SourceError> {
        self.put.set(self.put.get() + 1);
        self.largest.set(self.largest.get().max(bytes.len()));
        if path == "op/1.0.0/metadata.yaml" {
            *self.first.borrow_mut() = String::from_utf8(bytes).unwrap();
        }
        Ok(())
    }
}

struct Made {
    at: usize,
    bundles: usize,
    rest: Vec<u8>,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.rest.is_empty() && self.at <= self.bundles {
            let document = match self.at {
                at if at == self.bundles => "---\nschema: olm.channel\nname: stable\npackage: op\nentries:\n- {name: op.v1.0.0, replaces: op.v0.9.0}\n".to_owned(),
                at => format!("---\nschema: olm.bundle\nname: op.v1.{at}.0\npackage: op\nproperties:\n- {{type: olm.package, value: {{packageName: op, version: 1.{at}.0}}}}\n- type: olm.csv.metadata\n  value:\n    annotations:\n      alm-examples: {}\n", "x".repeat(20_000)),
            };
            self.rest = document.into_bytes();
            self.at += 1;
        }
        let taken = self.rest.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&self.rest[..taken]);
        self.rest.drain(..taken);
        Ok(taken)
    }
}

#[test]
fn a_stream_is_never_there_as_a_whole() {
    let streams = Generated {
        bundles: 300,
        put: Cell::new(0),
        largest: Cell::new(0),
        first: RefCell::default(),
    };
    let source = MemorySource::from_iter([("catalog.yaml", "")]);
    let import = olm_streamed(&source, &streams, &ImportOptions::default()).unwrap();
    assert_eq!((import.packages(), import.versions()), (1, 300));
    assert_eq!(import.files().files().count(), 0);
    assert!(
        streams.largest.get() < 1000,
        "what is long is not carried over"
    );
    assert!(
        streams.first.borrow().contains("replaces: 0.9.0"),
        "channels are known before bundles, wherever they stand"
    );
    let last = import
        .not_carried_over()
        .iter()
        .filter(|lost| lost.what == "`alm-examples`")
        .filter_map(|lost| lost.line)
        .max();
    assert_eq!(last, Some(300 * 10));
}

/// The codes of all that is said.
fn codes(files: &[(&str, &str)], options: &ImportOptions) -> Vec<String> {
    let source = MemorySource::from_iter(files.iter().copied());
    let import = olm(&source, options).unwrap();
    let found = import.diagnostics().iter();
    found.map(|found| found.code().to_owned()).collect()
}

#[test]
fn what_is_too_much_or_twice_or_cannot_be_read() {
    let mut few = ImportOptions::default();
    few.files_per_package = 1;
    let any = ImportOptions::default();
    assert_eq!(codes(&[("x", "")], &any), ["bundle.empty"]);
    let bundle = [
        ("a/metadata/annotations.yaml", ANNOTATIONS),
        ("a/manifests/csv.yaml", CSV),
    ];
    assert_eq!(codes(&bundle, &few), ["bundle.limit"]);
    let second = [
        ("b/metadata/annotations.yaml", ANNOTATIONS),
        ("b/manifests/csv.yaml", CSV),
    ];
    assert_eq!(
        codes(&[bundle, second].concat(), &any),
        ["bundle.duplicate"]
    );
    let csv = CSV.replace("minKubeVersion: 1.25.0", "minKubeVersion: 1 beta");
    assert_eq!(
        codes(&[bundle[0], ("a/manifests/csv.yaml", &csv)], &any),
        ["bundle.range"]
    );
}

/// A bundle is one version of one package. What more it says it is, is neither taken nor hidden.
#[test]
fn a_bundle_that_says_twice_what_it_is() {
    let import = import(&[(
        "op.yaml",
        "\
---
schema: olm.bundle
name: op.v1
package: op
properties:
- {type: olm.package, value: {packageName: op, version: 1.0.0}}
- {type: olm.package, value: {packageName: op, version: 1.0.0}}
- {type: olm.package, value: {packageName: op, version: 2.0.0}}
- {type: olm.package, value: {packageName: other, version: 1.0.0}}
- {type: olm.package, value: 1}
---
only words
---
schema: odd
",
    )]);
    assert_eq!((import.packages(), import.versions()), (1, 1));
    insta::assert_snapshot!(report(&import), @r"
    op.yaml:8: property `olm.package`: a bundle is one version of one package, and this is `op` 1.0.0
    op.yaml:9: property `olm.package`: a bundle is one version of one package, and this is `op` 1.0.0
    op.yaml:10: property `olm.package`: a bundle is one version of one package, and this is `op` 1.0.0
    op.yaml:12: document: it names no `schema`
    op.yaml:14: document: it is of a schema that is not known
    ");
}
