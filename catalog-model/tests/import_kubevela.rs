//! KubeVela addons, one rule at a time.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::import::{Import, ImportOptions, kubevela};
use catalog_model::{LoadOptions, MemorySource, Severity, load};

fn import(files: &[(&str, &str)]) -> Import {
    import_with(files, &ImportOptions::default())
}

fn import_with(files: &[(&str, &str)], options: &ImportOptions) -> Import {
    let import = kubevela(&MemorySource::from_iter(files.iter().copied()), options).unwrap();
    if import.versions() > 0 {
        let loaded = load(import.files(), &LoadOptions::default()).unwrap();
        let errors = loaded
            .diagnostics()
            .iter()
            .filter(|found| found.severity() == Severity::Error);
        assert_eq!(
            errors.collect::<Vec<_>>(),
            Vec::<&catalog_model::Diagnostic>::new()
        );
    }
    import
}

/// The files made, with the text of those that the import writes itself.
fn files(import: &Import) -> String {
    let shown = |(path, bytes): (&str, &[u8])| {
        let own = path.ends_with("metadata.yaml") || path.ends_with("modules.yaml");
        match own {
            true => format!("== {path}\n{}", String::from_utf8_lossy(bytes)),
            false => format!("== {path} ({} bytes)\n", bytes.len()),
        }
    };
    import.files().files().map(shown).collect()
}

fn metadata(import: &Import) -> String {
    let mut all = import.files().files();
    let (_, bytes) = all
        .find(|(path, _)| path.ends_with("/metadata.yaml"))
        .unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn report(import: &Import) -> String {
    let mut lines: Vec<String> = import
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    lines.extend(import.not_carried_over().iter().map(|lost| {
        let line = lost.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}: {}: {}", lost.file, lost.what, lost.why)
    }));
    lines.join("\n")
}

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.example.com}\n\
    spec: {group: example.com, names: {kind: A, plural: as}, scope: Cluster, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n";

#[test]
fn a_whole_addon() {
    let template = "\
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: whatever
  namespace: elsewhere
spec:
  workflow: {steps: []}
  components:
  - name: chart
    type: helm
    properties:
      repoType: helm
      url: https://charts.example.com
      chart: thing
      version: 1.10
      targetNamespace: things
      releaseName: other
      upgradeCRD: true
      values: {mode: '0644', on: true}
  - name: oci
    type: helm
    properties: {repoType: oci, url: 'oci://example.com', chart: second, version: 2.0.0}
  - name: from-git
    type: helm
    properties: {repoType: git, url: https://example.com/a.git, chart: ./chart}
  - name: objects
    type: k8s-objects
    traits: [{type: scaler}]
    properties:
      objects:
      - {apiVersion: v1, kind: Namespace, metadata: {name: things}}
      - apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: bs.example.com}
        spec: {group: example.com, names: {kind: B, plural: bs}, scope: Cluster, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}
  - name: raw
    type: raw
    properties: {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
  - name: web
    type: webservice
    properties: {image: nginx}
";
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n- {{apiVersion: v1, kind: Secret, metadata: {{name: s}}}}\n---\n{CRD}"
    );
    let import = import(&[
        ("addons/README.md", "outside of every addon"),
        (
            "addons/thing/metadata.yaml",
            "name: thing\nversion: v1.0.0\ninvisible: true\ntags: [A b, '1.0']\nsystem: {vela: '>=1.5', kubernetes: '>=1.20', other: x}\n",
        ),
        ("addons/thing/template.yaml", template),
        (
            "addons/thing/definitions/trait.yaml",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: t}\n",
        ),
        (
            "addons/thing/definitions/deep/er.yaml",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: u}\n",
        ),
        ("addons/thing/definitions/notes.md", "notes"),
        ("addons/thing/definitions/w.cue", "w: {}"),
        (
            "addons/thing/resources/rbac/role.yml",
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n",
        ),
        ("addons/thing/resources/mixed.yaml", &list),
        ("addons/thing/resources/values.yaml", "just: values\n"),
        ("addons/thing/resources/parameter.cue", "parameter: {}"),
        ("addons/thing/schemas/ui.yaml", "- a\n"),
        (
            "addons/thing/manifests/own.txt",
            "a name that the import uses itself",
        ),
        ("addons/thing/README.md", "# Thing"),
    ]);
    insta::assert_snapshot!(files(&import), @r#"
== thing/v1.0.0/README.md (7 bytes)
== thing/v1.0.0/cue/definitions/w.cue (5 bytes)
== thing/v1.0.0/cue/resources/parameter.cue (13 bytes)
== thing/v1.0.0/definitions/deep-er.yaml (75 bytes)
== thing/v1.0.0/definitions/mixed.yaml (296 bytes)
== thing/v1.0.0/definitions/objects.yaml (296 bytes)
== thing/v1.0.0/definitions/trait.yaml (75 bytes)
== thing/v1.0.0/manifests/mixed.yaml (48 bytes)
== thing/v1.0.0/manifests/objects.yaml (56 bytes)
== thing/v1.0.0/manifests/raw.yaml (51 bytes)
== thing/v1.0.0/manifests/rbac-role.yml (56 bytes)
== thing/v1.0.0/metadata.yaml
name: thing
version: v1.0.0
label:
  tag.catalog/1.0: ""
  tag.catalog/a-b: ""
tags:
- A b
- "1.0"
system:
  kubernetes: ">=1.20"
  vela: ">=1.5"
== thing/v1.0.0/modules.yaml
modules:
- manifests:
    path: ./manifests
  name: manifests
  namespace: vela-system
- chart:
    remote:
      repo: https://charts.example.com
      name: thing
      version: "1.10"
  name: chart
  namespace: things
  values:
    mode: "0644"
    "true": true
- chart:
    remote:
      repo: oci://example.com
      name: second
      version: 2.0.0
  name: oci
  namespace: vela-system
== thing/v1.0.0/other/definitions/notes.md (5 bytes)
== thing/v1.0.0/other/manifests/own.txt (34 bytes)
== thing/v1.0.0/resources/values.yaml (13 bytes)
== thing/v1.0.0/schemas/ui.yaml (4 bytes)
== thing/v1.0.0/template.yaml (1273 bytes)
"#);
    insta::assert_snapshot!(report(&import), @r#"
addons/thing/README.md: readme: the format gives it no meaning; it is kept as it is in `README.md`
addons/thing/definitions/notes.md: file of `definitions/`: the format gives it no meaning; it is kept as it is in `other/definitions/notes.md`
addons/thing/definitions/w.cue: CUE: CUE is not evaluated; it is kept as text in `cue/definitions/w.cue`
addons/thing/manifests/own.txt: file of `manifests/`: the format gives it no meaning; it is kept as it is in `other/manifests/own.txt`
addons/thing/metadata.yaml:3: `invisible`: the format hides no package from lists
addons/thing/metadata.yaml:5: `other`: only the versions of `vela` and `kubernetes` can be asked for
addons/thing/resources/parameter.cue: CUE: CUE is not evaluated; it is kept as text in `cue/resources/parameter.cue`
addons/thing/resources/values.yaml: file of `resources/`: the format gives it no meaning; it is kept as it is in `resources/values.yaml`
addons/thing/resources/values.yaml:1: document: this is no Kubernetes object: it has no `apiVersion`, `kind` or `metadata.name`
addons/thing/schemas/ui.yaml: file of `schemas/`: the format gives it no meaning; it is kept as it is in `schemas/ui.yaml`
addons/thing/template.yaml:1: Application: its components are carried over; the Application around them is KubeVela's, and kept as text in `template.yaml`
addons/thing/template.yaml:5: `namespace`: KubeVela overwrites it with `vela-system`
addons/thing/template.yaml:7: `workflow`: definitions are installed first, then modules in their order; other orders need hooks
addons/thing/template.yaml:17: `releaseName`: a module's release is named after the module
addons/thing/template.yaml:18: `upgradeCRD`: a chart module has `repo`, `name`, `version`, `values` and `namespace` only
addons/thing/template.yaml:25: component `from-git` of type `helm`: its chart is in a git repository or a bucket, and modules name charts of Helm repositories
addons/thing/template.yaml:28: `traits`: of a component only its properties are carried over
addons/thing/template.yaml:39: component `web` of type `webservice`: it needs KubeVela to be rendered; `helm`, `k8s-objects` and `raw` do not
"#);
}

#[test]
fn keys_that_stand_twice() {
    let import = import(&[
        (
            "a/metadata.yaml",
            "dependencies:\n- name: one\n- name: two\n  version: '>=1'\nname: a\nversion: 1.0.0\nicon: i\n\
                             dependencies:\n- name: two\n  version: <2\n- name: three\nicon: j\n",
        ),
        ("a/readme.md", ""),
    ]);
    insta::assert_snapshot!(metadata(&import), @r#"
name: a
version: 1.0.0
icon: i
dependencies:
- name: one
- name: two
  version: ">=1, <2"
- name: three
"#);
    insta::assert_snapshot!(report(&import), @r#"
a/metadata.yaml:8:1: warning[yaml.duplicate-key]: `dependencies` stands in line 1 and again in line 8: both lists are imported
a/metadata.yaml:12:1: warning[yaml.duplicate-key]: the key `icon` stands here again, first in line 7; the first counts
a/metadata.yaml:12: `icon`: the key stands in line 7 already, and that counts
a/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
"#);
}

#[test]
fn dependencies_that_cannot_be_carried_over() {
    let import = import(&[
        (
            "a/metadata.yaml",
            "name: a\nversion: 1.0.0\ndependencies:\n- name: a\n- name: Bad_Name\n- name: b\n  version: latest\n\
                             - c\n- name: d\n  version: 1.x || 2.x\n- name: d\n  version: '>1'\n- name: e\n  optional: true\n\
                             - version: 1\n- name: [f]\n- name: g\n  version: ~1.2\n- name: g\n  version: ~1.2\n-\n",
        ),
        ("a/readme.md", ""),
    ]);
    insta::assert_snapshot!(metadata(&import), @r#"
name: a
version: 1.0.0
dependencies:
- name: b
- name: c
- name: d
  version: "1.x || 2.x"
- name: e
- name: g
  version: "~1.2"
"#);
    insta::assert_snapshot!(report(&import), @r#"
a/metadata.yaml:4:3: warning[kubevela.dependency]: this dependency is on the addon itself: it is not imported
a/metadata.yaml:5:3: warning[kubevela.dependency]: `Bad_Name` is not a package name: it must begin and end with a lower-case letter or a digit
a/metadata.yaml:7:12: warning[kubevela.range]: `latest` is not a version range: `l` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
a/metadata.yaml:11:3: warning[kubevela.dependency]: this dependency has a range that cannot be joined to those that the same package has before: it is not imported
a/metadata.yaml:15:3: warning[kubevela.dependency]: this dependency names no addon: it is not imported
a/metadata.yaml:16:3: warning[kubevela.dependency]: this dependency names no addon: it is not imported
a/metadata.yaml:16:9: warning[kubevela.type]: `name` is not a text: it is not imported
a/metadata.yaml:21:2: warning[kubevela.dependency]: this dependency names no addon: it is not imported
a/metadata.yaml:4: dependency: it is on the addon itself
a/metadata.yaml:5: dependency: its name is not that of a package
a/metadata.yaml:7: `version`: it cannot be read as a range of versions
a/metadata.yaml:11: dependency: it has a range that cannot be joined to those that the same package has before
a/metadata.yaml:14: `optional`: a KubeVela dependency has `name` and `version` only
a/metadata.yaml:15: dependency: it names no addon
a/metadata.yaml:16: `name`: it is not a text
a/metadata.yaml:16: dependency: it names no addon
a/metadata.yaml:21: dependency: it names no addon
a/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
"#);
}

#[test]
fn values_of_the_wrong_type() {
    let import = import(&[
        (
            "a/metadata.yaml",
            "name: a\nversion: 1.0.0\ndescription: [x]\nurl: example.com\nicon: ''\ntags: {a: b}\nsystem: [x]\n\
                             deployTo: yes\nneedNamespace: [Bad, first, second]\nlabel: {tier: x, '-': y}\n\
                             dependencies: none\n",
        ),
        ("a/readme.md", ""),
        (
            "b/metadata.yaml",
            "name: b\nversion: 1.0.0\nsystem: {vela: latest, kubernetes: [1]}\ndeployTo: {controlPlane: 3, moon: true}\n",
        ),
        ("b/readme.md", ""),
    ]);
    insta::assert_snapshot!(files(&import), @r#"
== a/1.0.0/metadata.yaml
name: a
version: 1.0.0
label:
  tier: x
namespace: first
== a/1.0.0/readme.md (0 bytes)
== b/1.0.0/metadata.yaml
name: b
version: 1.0.0
== b/1.0.0/readme.md (0 bytes)
"#);
    insta::assert_snapshot!(report(&import), @r#"
a/metadata.yaml:3:14: warning[kubevela.type]: `description` is not a text: it is not imported
a/metadata.yaml:4:6: warning[kubevela.type]: `url` is not an address such as `https://example.com/`: it is not imported
a/metadata.yaml:6:7: warning[kubevela.type]: `tags` is not a text: it is not imported
a/metadata.yaml:7:9: warning[kubevela.type]: `system` is not a map of `vela` and `kubernetes`: it is not imported
a/metadata.yaml:8:11: warning[kubevela.type]: `deployTo` is not a map of clusters to booleans: it is not imported
a/metadata.yaml:11:15: warning[kubevela.dependency]: `dependencies` is not a list: it is not imported
b/metadata.yaml:3:16: warning[kubevela.range]: `latest` is not a version range: `l` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
b/metadata.yaml:3:36: warning[kubevela.type]: `kubernetes` is not a text: it is not imported
b/metadata.yaml:4:26: warning[kubevela.type]: `controlPlane` is neither true nor false: it is not imported
a/metadata.yaml:3: `description`: it is not a text
a/metadata.yaml:4: `url`: it is not an address such as `https://example.com/`
a/metadata.yaml:6: `tags`: it is not a text
a/metadata.yaml:7: `system`: it is not a map of `vela` and `kubernetes`
a/metadata.yaml:8: `deployTo`: it is not a map of clusters to booleans
a/metadata.yaml:9: namespace `Bad`: it is not the name of a namespace
a/metadata.yaml:9: namespace `second`: a package has one namespace, and another comes first
a/metadata.yaml:10: `-`: it is not a label as Kubernetes has them
a/metadata.yaml:11: dependency: it is not a list
a/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
b/metadata.yaml:3: `kubernetes`: it is not a text
b/metadata.yaml:3: `vela`: it cannot be read as a range of versions
b/metadata.yaml:4: `controlPlane`: it is neither true nor false
b/metadata.yaml:4: `moon`: KubeVela knows the control plane and runtime clusters only
b/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
"#);
}

#[test]
fn where_an_addon_goes() {
    let check = |deploy_to: &str, expected: &str| {
        let text = format!("name: a\nversion: 1.0.0\n{deploy_to}\n");
        let import = import(&[("a/metadata.yaml", &text), ("a/readme.md", "")]);
        let written = metadata(&import);
        assert_eq!(
            written.trim_start_matches("name: a\nversion: 1.0.0\n"),
            expected,
            "{deploy_to}"
        );
    };
    check("", "");
    check("deployTo:", "");
    check(
        "deployTo: {controlPlane: true, runtimeCluster: false}",
        "plane: control\n",
    );
    check(
        "deployTo: {control_plane: true, runtime_cluster: false}",
        "plane: control\n",
    );
    check("deployTo: {control_plane: true}", "plane: control\n");
    check("deployTo: {control_plane: true, runtimeCluster: true}", "");
    check("deployTo: {runtimeCluster: true}", "");
    check(
        "deployTo: {controlPlane: on, runtimeCluster: off}",
        "plane: control\n",
    );
    check("needNamespace: [x, y]", "namespace: x\n");
    check("needNamespace: x", "namespace: x\n");
}

#[test]
fn names_and_versions() {
    let import = import(&[
        ("a/metadata.yaml", "name: Cert_Manager\nversion: 1.0.0\n"),
        ("a/readme.md", ""),
        ("b/metadata.yaml", "name: ../../etc\nversion: 1.0.0\n"),
        ("b/readme.md", ""),
        ("c/metadata.yaml", "name: c\nversion: ../../etc\n"),
        ("c/readme.md", ""),
        ("d/metadata.yaml", "name: d\n"),
        ("d/readme.md", ""),
        ("e/metadata.yaml", "version: latest\n"),
        ("e/readme.md", ""),
        ("f/metadata.yaml", "name: f\nversion: 1.10\n"),
        ("f/readme.md", ""),
        ("g/metadata.yaml", "name: g\nversion: \"1\\n2\"\n"),
        ("g/readme.md", ""),
    ]);
    insta::assert_snapshot!(files(&import), @r#"
== e/latest/metadata.yaml
name: e
version: latest
== e/latest/readme.md (0 bytes)
== f/1.10/metadata.yaml
name: f
version: "1.10"
== f/1.10/readme.md (0 bytes)
"#);
    insta::assert_snapshot!(report(&import), @r#"
a/metadata.yaml:1:7: error[kubevela.name]: `Cert_Manager` is not a package name: it must begin and end with a lower-case letter or a digit
b/metadata.yaml:1:7: error[kubevela.name]: `../../etc` is not a package name: it must begin and end with a lower-case letter or a digit
c/metadata.yaml:2:10: error[kubevela.version]: the version `../../etc` cannot be the name of a folder
d/metadata.yaml:1:1: error[kubevela.version]: this addon has no `version`, and a release needs one
e/metadata.yaml:1:1: note[kubevela.name]: this addon has no `name`: that of its folder is taken, `e`
e/metadata.yaml:1:10: warning[kubevela.version]: `latest` is not a version: `l` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)
g/metadata.yaml:2:10: error[kubevela.version]: the version `1\n2` cannot be the name of a folder
a: addon: it could not be made into a release; the diagnostics say why
b: addon: it could not be made into a release; the diagnostics say why
c: addon: it could not be made into a release; the diagnostics say why
d: addon: it could not be made into a release; the diagnostics say why
e/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
f/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
g: addon: it could not be made into a release; the diagnostics say why
"#);
    assert_eq!((import.packages(), import.versions()), (2, 2));
}

#[test]
fn addons_of_one_name() {
    let import = import(&[
        ("addons/a/metadata.yaml", "name: a\nversion: v1.0\n"),
        ("addons/a/readme.md", "one"),
        ("addons/a-old/metadata.yaml", "name: a\nversion: 0.9.0\n"),
        ("addons/a-old/readme.md", "two"),
        (
            "experimental/addons/a/metadata.yaml",
            "name: a\nversion: 1.0.0\n",
        ),
        ("experimental/addons/a/readme.md", "three"),
    ]);
    insta::assert_snapshot!(files(&import), @r#"
== a/0.9.0/metadata.yaml
name: a
version: 0.9.0
== a/0.9.0/readme.md (3 bytes)
== a/v1.0/metadata.yaml
name: a
version: v1.0
== a/v1.0/readme.md (3 bytes)
"#);
    insta::assert_snapshot!(report(&import), @r#"
addons/a-old:1:1: warning[kubevela.addon.name]: another addon is named `a` too: `addons/a`, of version v1.0; both become versions of one package
experimental/addons/a:1:1: error[kubevela.addon.duplicate]: another addon is `a` 1.0.0 too: `addons/a`, which is the one that is imported
addons/a-old/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
addons/a/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
experimental/addons/a: addon: another addon has the same name and version
"#);
    assert_eq!((import.packages(), import.versions()), (1, 2));
}

#[test]
fn broken_files_hide_nothing() {
    let import = import(&[
        ("a/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("a/template.yaml", "spec: {{ .Values.spec }}\n"),
        (
            "a/resources/chart.yaml",
            "kind: {{ .Values.kind }}\nname: x\n",
        ),
        (
            "a/resources/good.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n",
        ),
        ("a/resources/again.yaml", CRD),
        ("a/definitions/a.yaml", CRD),
        (
            "a/definitions/old.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: os.example.com}\nspec: {group: example.com, scope: Cluster, version: v1, names: {kind: O, plural: os}}\n",
        ),
        (
            "a/definitions/twice.yaml",
            "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nkind: X\nmetadata: {name: t}\n",
        ),
        ("a/definitions/comments.yaml", "# nothing\n"),
        ("b/metadata.yaml", "name: b\n  version: 1.0.0\n"),
        ("b/readme.md", ""),
        ("c/metadata.yaml", "- c\n"),
        ("c/readme.md", ""),
    ]);
    insta::assert_snapshot!(files(&import), @r#"
== a/1.0.0/definitions/a.yaml (269 bytes)
== a/1.0.0/manifests/good.yaml (54 bytes)
== a/1.0.0/metadata.yaml
name: a
version: 1.0.0
== a/1.0.0/modules.yaml
modules:
- manifests:
    path: ./manifests
  name: manifests
  namespace: vela-system
== a/1.0.0/other/definitions/comments.yaml (10 bytes)
== a/1.0.0/other/definitions/twice.yaml (83 bytes)
== a/1.0.0/other/resources/chart.yaml (33 bytes)
== a/1.0.0/other/template.yaml (25 bytes)
== a/1.0.0/set-aside/definitions/old.yaml (186 bytes)
"#);
    insta::assert_snapshot!(report(&import), @r#"
a/definitions/old.yaml:1:1: error[definition.crd]: this CustomResourceDefinition serves no version: one of `spec.versions` needs `served: true`
a/definitions/twice.yaml:3:1: error[yaml.duplicate-key]: the key `kind` stands here again, first in line 2
a/resources/chart.yaml:1:8: error[yaml.key]: a key must be a text, not a map
a/template.yaml:1:8: error[yaml.key]: a key must be a text, not a map
b/metadata.yaml:2:10: error[yaml.syntax]: this is not YAML: mapping values are not allowed in this context
c/metadata.yaml:1:1: error[kubevela.metadata]: this is no map: there is no addon to be read
a/definitions/comments.yaml: file of `definitions/`: the format gives it no meaning; it is kept as it is in `other/definitions/comments.yaml`
a/definitions/old.yaml: file: it cannot be a part of a release; it is kept as text in `set-aside/definitions/old.yaml`
a/definitions/twice.yaml: YAML: it cannot be read as YAML; it is kept as text in `other/definitions/twice.yaml`
a/resources/again.yaml:1: `CustomResourceDefinition.apiextensions.k8s.io/as.example.com`: the same object is defined in a/definitions/a.yaml:1, which is the one that is imported
a/resources/chart.yaml: YAML: it is a template, and no YAML before it is rendered; it is kept as text in `other/resources/chart.yaml`
a/template.yaml: YAML: it is a template, and no YAML before it is rendered; it is kept as text in `other/template.yaml`
b: addon: it could not be made into a release; the diagnostics say why
c: addon: it could not be made into a release; the diagnostics say why
"#);
}

#[test]
fn bytes_that_are_no_text() {
    let source = MemorySource::from_iter([
        ("a/metadata.yaml", b"name: a\nversion: 1.0.0\n".to_vec()),
        ("a/resources/x.yaml", b"a: \xff\n".to_vec()),
        ("a/readme.md", b"\xff".to_vec()),
        ("b/metadata.yaml", b"name: \xff\n".to_vec()),
        ("b/readme.md", Vec::new()),
    ]);
    let import = kubevela(&source, &ImportOptions::default()).unwrap();
    insta::assert_snapshot!(report(&import), @r#"
a/resources/x.yaml:1:4: error[file.not-utf8]: byte 0xff is not UTF-8
b/metadata.yaml:1:7: error[file.not-utf8]: byte 0xff is not UTF-8
a/readme.md: readme: the format gives it no meaning; it is kept as it is in `readme.md`
a/resources/x.yaml: YAML: it cannot be read as YAML; it is kept as text in `other/resources/x.yaml`
b: addon: it could not be made into a release; the diagnostics say why
"#);
    let kept: Vec<_> = import.files().files().map(|(path, _)| path).collect();
    assert_eq!(
        kept,
        [
            "a/1.0.0/metadata.yaml",
            "a/1.0.0/other/resources/x.yaml",
            "a/1.0.0/readme.md"
        ]
    );
}

#[test]
fn terraform_definitions() {
    let definition = |name: &str, terraform: &str| {
        format!(
            "apiVersion: core.oam.dev/v1beta1\nkind: ComponentDefinition\nmetadata: {{name: {name}}}\nspec: {{schematic: {{terraform: {terraform}}}}}\n"
        )
    };
    let all = [
        definition(
            "rds",
            "{type: remote, configuration: 'https://example.com/rds.git', path: alibaba/rds, providerRef: {name: default}}",
        ),
        definition("oss", "{configuration: 'variable \"name\" {}'}"),
        definition("odd", "{type: other, configuration: x}"),
        definition("none", "{type: remote}"),
    ];
    let text = all.join("---\n");
    let addon = [
        ("a/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("a/definitions/all.yaml", text.as_str()),
    ];
    let with = import(&addon);
    insta::assert_snapshot!(files(&with), @r#"
== a/1.0.0/definitions/all.yaml (660 bytes)
== a/1.0.0/metadata.yaml
name: a
version: 1.0.0
== a/1.0.0/modules.yaml
modules:
- terraform:
    remote:
      source: git::https://example.com/rds.git//alibaba/rds
  name: rds
- terraform:
    path: ./tf_modules/oss
  name: oss
== a/1.0.0/tf_modules/oss/main.tf (18 bytes)
"#);
    insta::assert_snapshot!(report(&with), @r#"
a:1:1: warning[kubevela.terraform]: 2 Terraform definitions became modules too, which run when the package is installed; KubeVela only offers them
a/definitions/all.yaml:14: Terraform module of `odd`: only configurations of type `hcl` and `remote` are modules
a/definitions/all.yaml:19: Terraform module of `none`: the definition has no `configuration`
"#);
    let mut options = ImportOptions::default();
    options.terraform_modules = false;
    let without = import_with(&addon, &options);
    insta::assert_snapshot!(files(&without), @r#"
== a/1.0.0/definitions/all.yaml (660 bytes)
== a/1.0.0/metadata.yaml
name: a
version: 1.0.0
"#);
    assert_eq!(
        without.not_carried_over().len(),
        4,
        "each definition says why it is no module"
    );
}

#[test]
fn a_component_that_names_no_chart_is_no_module() {
    let import = import(&[
        ("a/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        (
            "a/template.yaml",
            "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {name: a}\nspec:\n  components:\n  - {name: web, type: helm, properties: {repoType: helm, url: 'https://example.com'}}\n",
        ),
    ]);
    let said = report(&import);
    let expected = "warning[kubevela.chart]: the component `web` has no `url` or no `chart`";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn folders_that_are_no_addons() {
    let import = import(&[
        ("ours/1.0.0/metadata.yaml", "name: ours\nversion: 1.0.0\n"),
        ("ours/1.0.0/definitions/a.yaml", CRD),
        ("ours/1.0.0/modules.yaml", "modules: []\n"),
        ("lone/metadata.yaml", "name: lone\nversion: 1.0.0\n"),
        (
            ".hidden/addon/metadata.yaml",
            "name: hidden\nversion: 1.0.0\n",
        ),
        (".hidden/addon/readme.md", ""),
    ]);
    assert_eq!(import.versions(), 0);
    insta::assert_snapshot!(report(&import), @r#"
:1:1: error[kubevela.empty]: there is no addon in this folder
lone:1:1: note[kubevela.no-addon]: this folder has a `metadata.yaml` and nothing else of an addon: it is skipped
ours/1.0.0:1:1: note[kubevela.no-addon]: this folder is a release of our own format and no addon: it is skipped
"#);
    assert_eq!(self::import(&[]).diagnostics()[0].code(), "kubevela.empty");
}

#[test]
fn the_root_itself_can_be_an_addon() {
    let import = import(&[
        ("metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("resources/x.cue", "x: 1"),
    ]);
    insta::assert_snapshot!(files(&import), @r#"
== a/1.0.0/cue/resources/x.cue (4 bytes)
== a/1.0.0/metadata.yaml
name: a
version: 1.0.0
"#);
}

#[test]
fn of_two_metadata_files_the_other_is_kept() {
    let import = import(&[
        ("a/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("a/metadata.yml", "name: b\nversion: 2.0.0\n"),
        ("a/template.cue", ""),
    ]);
    insta::assert_snapshot!(files(&import), @r#"
== a/1.0.0/cue/template.cue (0 bytes)
== a/1.0.0/metadata.yaml
name: a
version: 1.0.0
== a/1.0.0/other/metadata.yml (23 bytes)
"#);
    assert_eq!(import.not_carried_over()[0].file, "a/metadata.yml");
}

#[test]
fn limits() {
    let addon = [
        ("a/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("a/readme.md", "a text that is longer than others"),
        ("a/x/y", ""),
    ];
    let mut options = ImportOptions::default();
    options.files_per_package = 2;
    insta::assert_snapshot!(report(&import_with(&addon, &options)), @r#"
a:1:1: error[kubevela.limit]: this addon has more than the 2 files allowed
a: addon: it could not be made into a release; the diagnostics say why
"#);
    let mut options = ImportOptions::default();
    options.limits.file_bytes = 30;
    insta::assert_snapshot!(report(&import_with(&addon, &options)), @r#"
a/readme.md:1:1: error[file.unreadable]: the file has 33 bytes, more than the 30 allowed
a/readme.md: file: it could not be read
a/x/y: file of `x/`: the format gives it no meaning; it is kept as it is in `x/y`
"#);
    let deep = format!("{}/metadata.yaml", vec!["d"; 40].join("/"));
    insta::assert_snapshot!(report(&import(&[(deep.as_str(), "")])), @r#"
:1:1: error[kubevela.empty]: there is no addon in this folder
d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d:1:1: error[kubevela.limit]: folders nest deeper than 32: addons in here are not looked for
"#);
}

#[test]
fn report_as_json() {
    let import = import(&[
        (
            "a/metadata.yaml",
            "name: a\nversion: 1.0.0\ninvisible: true\n",
        ),
        ("a/template.cue", ""),
    ]);
    let json: Vec<String> = import
        .not_carried_over()
        .iter()
        .map(|lost| lost.to_json().to_string())
        .collect();
    insta::assert_snapshot!(json.join("\n"), @r#"
{"file":"a/metadata.yaml","line":3,"what":"`invisible`","why":"the format hides no package from lists"}
{"file":"a/template.cue","what":"CUE","why":"CUE is not evaluated; it is kept as text in `cue/template.cue`"}
"#);
}
