//! Glasskube packages, one rule at a time.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod foreign;

use catalog_model::import::{Import, ImportOptions, glasskube};
use catalog_model::{MemorySource, Scope};

use self::foreign::{file, loaded, report};

fn import(files: &[(&str, &str)]) -> Import {
    let source = MemorySource::from_iter(files.iter().copied());
    glasskube(&source, &ImportOptions::default()).unwrap()
}

const VERSIONS: (&str, &str) = (
    "packages/p/versions.yaml",
    "latestVersion: v1.0.0+2\nversions:\n- version: v1.0.0+1\n- version: v1.0.0+2\n",
);

const WHOLE: &str = r#"
name: p
shortDescription: short
longDescription: long
iconUrl: https://example.com/icon.png
scope: Cluster
defaultNamespace: p-system
hidden: true
helm:
  repositoryUrl: https://charts.example.com
  chartName: p
  chartVersion: 1.10
  values: {a: {b: old}}
  verify: true
manifests:
- url: ./own.yaml
- url: https://example.com/packages/p/v1.0.0%2B2/other.yaml
  defaultNamespace: x
- url: https://example.com/install.yaml?x=1
- url: ../secret.yaml
- url: missing.yaml
dependencies:
- {name: q, version: 1.x.x}
- {name: q, version: '>=1.2'}
- {name: P}
- {name: p}
components:
- {name: r, installedName: p-r, values: {size: {value: x}}}
entrypoints: [{port: 80}]
references:
- {label: Docs, url: https://docs.example.com}
- {label: Code, url: https://code.example.com}
valueDefinitions:
  flag:
    type: boolean
    defaultValue: 'true'
    metadata: {label: A flag, description: what it is, hints: [x]}
    constraints: {required: true, odd: 1}
    targets:
    - {chartName: p, patch: {op: add, path: /flags/one}}
    - {chartName: p, patch: {op: add, path: /flags/-}}
    - {chartName: other, patch: {op: add, path: /flag}}
  choice:
    type: options
    options: [x, '']
    defaultValue: x
    targets: [{chartName: p, patch: {op: replace, path: /a/b}}]
  again:
    type: text
    targets: [{chartName: p, patch: {op: add, path: /a/b/c}}]
  number:
    type: number
    constraints: {min: 1, max: 5}
    targets: [{chartName: p, patch: {op: add, path: /n~1m}, valueTemplate: '{{ . }}', extra: 1}]
  made:
    type: text
    targets: [{chartName: p, patch: {op: add, path: /u}, valueTemplate: '"https://{{ . }}"'}]
  object:
    type: text
    targets: [{resource: {kind: ConfigMap}, patch: {op: add, path: /data/x}}]
  strange: {type: secret}
"#;

#[test]
fn a_whole_package() {
    let import = import(&[
        VERSIONS,
        ("packages/index.yaml", "packages: []\n"),
        ("packages/p/README.md", "stray"),
        ("packages/p/v0.1.0+1/package.yaml", "name: p\n"),
        ("packages/p/v1.0.0+1/package.yaml", "name: p\n"),
        ("packages/p/v1.0.0+2/package.yaml", WHOLE),
        ("packages/p/v1.0.0+2/own.yaml", "kind: A\n"),
        ("packages/p/v1.0.0+2/other.yaml", "kind: B\n"),
        ("packages/p/v1.0.0+2/.test/config.txt", "x"),
    ]);
    let loaded = loaded(&import);
    let package = loaded.catalog().package("p").unwrap();
    let versions: Vec<&str> = (package.releases().iter())
        .map(|release| release.version().as_str())
        .collect();
    assert_eq!(versions, ["v1.0.0+1", "v1.0.0+2"]);
    insta::assert_snapshot!(file(&import, "p/v1.0.0+2/metadata.yaml"), @r#"
name: p
version: v1.0.0+2
description: |-
  short

  long
url: https://docs.example.com
icon: https://example.com/icon.png
namespace: p-system
dependencies:
- name: q
  version: "1.x.x, >=1.2"
- name: r
"#);
    insta::assert_snapshot!(file(&import, "p/v1.0.0+2/modules.yaml"), @r#"
modules:
- chart:
    remote:
      repo: https://charts.example.com
      name: p
      version: "1.10"
  name: p
  values:
    a:
      b: old
- manifests:
    path: ./manifests/own
  name: own
- manifests:
    path: ./manifests/other
    remote:
      url: https://example.com/packages/p/v1.0.0%2B2/other.yaml
  name: other
- manifests:
    remote:
      url: https://example.com/install.yaml?x=1
  name: install
"#);
    insta::assert_snapshot!(file(&import, "p/v1.0.0+2/parameters/p/values.schema.json"), @r#"
{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "properties": {
    "a": {
      "properties": {
        "b": {
          "default": "x",
          "enum": [
            "x",
            "",
            "old"
          ]
        }
      },
      "type": "object"
    },
    "flags": {
      "properties": {
        "one": {
          "default": true,
          "description": "what it is",
          "title": "A flag",
          "type": "boolean"
        }
      },
      "required": [
        "one"
      ],
      "type": "object"
    },
    "n/m": {
      "maximum": 5,
      "minimum": 1,
      "type": "number"
    }
  },
  "required": [
    "flags"
  ],
  "type": "object"
}
"#);
    let paths: Vec<&str> = import.files().files().map(|(path, _)| path).collect();
    insta::assert_snapshot!(paths.join("\n"), @r#"
p/v1.0.0+1/metadata.yaml
p/v1.0.0+2/.test/config.txt
p/v1.0.0+2/manifests/other/other.yaml
p/v1.0.0+2/manifests/own/own.yaml
p/v1.0.0+2/metadata.yaml
p/v1.0.0+2/modules.yaml
p/v1.0.0+2/parameters/p/values.schema.json
"#);
    insta::assert_snapshot!(report(&import), @r#"
packages/p/v1.0.0+2/package.yaml:20:3: warning[glasskube.type]: this manifest is neither an address nor a file of the version's folder: it is not imported
packages/p/v1.0.0+2/package.yaml:21:3: warning[glasskube.type]: this manifest is neither an address nor a file of the version's folder: it is not imported
packages/p/v1.0.0+2/package.yaml:25:3: warning[glasskube.dependency]: `P` is not a package name: it must begin and end with a lower-case letter or a digit
packages/p/v1.0.0+2/package.yaml:25:3: warning[glasskube.type]: this dependency has a name that is not that of a package: it is not imported
packages/p/v1.0.0+2/package.yaml:26:3: warning[glasskube.type]: this dependency is the package itself: it is not imported
packages/p/v1.0.0+2/package.yaml:61:12: warning[glasskube.type]: `strange` is of no type that Glasskube knows: it is not imported
packages/index.yaml: file: it repeats what the packages say
packages/p/README.md: file: it belongs to no version
packages/p/v0.1.0+1: folder: `versions.yaml` does not list it
packages/p/v1.0.0+2/.test/config.txt: file: the format gives it no meaning; it is kept as it is in `.test/config.txt`
packages/p/v1.0.0+2/package.yaml:8: `hidden`: the format has no such key
packages/p/v1.0.0+2/package.yaml:14: `verify`: a chart module has `repo`, `name`, `version` and `values` only
packages/p/v1.0.0+2/package.yaml:18: `defaultNamespace`: a manifests module has `url` and `sha256` only
packages/p/v1.0.0+2/package.yaml:20: manifest: it is neither an address nor a file of the version's folder
packages/p/v1.0.0+2/package.yaml:21: manifest: it is neither an address nor a file of the version's folder
packages/p/v1.0.0+2/package.yaml:25: dependency: it has a name that is not that of a package
packages/p/v1.0.0+2/package.yaml:26: dependency: it is the package itself
packages/p/v1.0.0+2/package.yaml:28: `installedName`: instances are named by who installs them
packages/p/v1.0.0+2/package.yaml:28: `values`: it sets value definitions of that package, and dependencies set values of modules
packages/p/v1.0.0+2/package.yaml:29: `entrypoints`: the format opens no ports on the machine of a user
packages/p/v1.0.0+2/package.yaml:31: `label`: a package has one address without a label
packages/p/v1.0.0+2/package.yaml:32: reference `Code`: a package has one address, and another comes first
packages/p/v1.0.0+2/package.yaml:37: `hints`: a schema cannot say it
packages/p/v1.0.0+2/package.yaml:38: `odd`: a schema cannot say it
packages/p/v1.0.0+2/package.yaml:41: target of `flag`: its path is not a JSON pointer to a key of maps: an item of a list cannot be set alone
packages/p/v1.0.0+2/package.yaml:42: target of `flag`: it names a chart that the package does not have
packages/p/v1.0.0+2/package.yaml:48: `again`: none of its targets can be said, so that nothing can be set
packages/p/v1.0.0+2/package.yaml:50: target of `again`: another definition sets the same value, or a part of it
packages/p/v1.0.0+2/package.yaml:54: `extra`: a schema cannot say it
packages/p/v1.0.0+2/package.yaml:55: `made`: none of its targets can be said, so that nothing can be set
packages/p/v1.0.0+2/package.yaml:57: target of `made`: its template makes another text of the value, which no schema says
packages/p/v1.0.0+2/package.yaml:58: `object`: none of its targets can be said, so that nothing can be set
packages/p/v1.0.0+2/package.yaml:60: target of `object`: it patches an object, and schemas are about the values of modules
packages/p/v1.0.0+2/package.yaml:61: `strange`: it is of no type that Glasskube knows
"#);
}

/// A loader refuses versions whose scope is not the newest one's.
#[test]
fn one_scope_for_all_versions() {
    let import = import(&[
        VERSIONS,
        ("packages/p/v1.0.0+1/package.yaml", "defaultNamespace: x\n"),
        (
            "packages/p/v1.0.0+2/package.yaml",
            "scope: Namespaced\ndefaultNamespace: x\n",
        ),
    ]);
    let loaded = loaded(&import);
    let releases = loaded.catalog().package("p").unwrap().releases();
    assert_eq!(releases.len(), 2);
    for release in releases {
        assert_eq!(release.metadata().scope(), Scope::Namespace);
        assert_eq!(release.metadata().namespace(), None);
    }
    insta::assert_snapshot!(report(&import), @r#"
packages/p/v1.0.0+1/package.yaml: `scope`: all versions of a package have one scope, and the newest has another
packages/p/v1.0.0+2/package.yaml:2: `defaultNamespace`: a package of scope `namespace` goes where it is asked for
"#);
}

#[test]
fn what_is_broken_is_left_out_and_hides_nothing() {
    let import = import(&[
        (
            "packages/p/versions.yaml",
            "latestVersion: v3\nversions:\n- version: v1\n- version: v2\n- version: v3\n- {version: v4, yanked: true}\n- version: ../v5\n- version: v1\n- v6\n",
        ),
        ("packages/p/v1/package.yaml", "name: p\nname: q\n"),
        ("packages/p/v2/package.yaml", "- a list\n"),
        (
            "packages/p/v3/package.yaml",
            "name: q\nshortDescription: [x]\nhelm: {chartName: c}\n",
        ),
        ("packages/P_/versions.yaml", "versions: []\n"),
        ("packages/q/versions.yaml", "just text\n"),
        ("packages/r/versions.yaml", ""),
    ]);
    assert_eq!((import.packages(), import.versions()), (1, 1));
    loaded(&import);
    insta::assert_snapshot!(report(&import), @r#"
packages/P_:1:1: error[glasskube.name]: `P_` is not a package name: it must begin and end with a lower-case letter or a digit
packages/p/v1/package.yaml:2:1: error[yaml.duplicate-key]: the key `name` stands here again, first in line 1
packages/p/v2/package.yaml:1:1: error[glasskube.package]: this is no map: it says nothing of a package
packages/p/v3/package.yaml:1:7: warning[glasskube.type]: `name` is not the name of the package's folder, which counts: it is not imported
packages/p/v3/package.yaml:2:19: warning[glasskube.type]: `shortDescription` is not a text: it is not imported
packages/p/v3/package.yaml:3:7: warning[glasskube.type]: `helm` has no `repositoryUrl` or no `chartName`: it names no chart: it is not imported
packages/p/v4:1:1: error[file.unreadable]: there is no such folder
packages/p/v4:1:1: error[glasskube.package]: `versions.yaml` lists v4, and there is no `package.yaml` of it
packages/p/versions.yaml:7:3: warning[glasskube.type]: this version cannot be the name of a folder: it is not imported
packages/p/versions.yaml:8:3: warning[glasskube.type]: this version is listed twice: it is not imported
packages/p/versions.yaml:9:3: warning[glasskube.type]: this version is not a map: it is not imported
packages/q/versions.yaml:1:1: error[glasskube.versions]: this is no map: it lists no version
packages/r/versions.yaml:1:1: error[glasskube.versions]: this is no map: it lists no version
packages/P_: package: its name is not that of a package
packages/p/v1: version: it could not be made into a release; the diagnostics say why
packages/p/v2: version: it could not be made into a release; the diagnostics say why
packages/p/v3/package.yaml:1: `name`: it is not the name of the package's folder, which counts
packages/p/v3/package.yaml:2: `shortDescription`: it is not a text
packages/p/v3/package.yaml:3: `helm`: it has no `repositoryUrl` or no `chartName`: it names no chart
packages/p/v4: version: it could not be made into a release; the diagnostics say why
packages/p/versions.yaml:1: `latestVersion`: the newest version is the highest stable one that is not yanked, and this is another
packages/p/versions.yaml:6: `yanked`: the format has no such key
packages/p/versions.yaml:7: version: it cannot be the name of a folder
packages/p/versions.yaml:8: version: it is listed twice
packages/p/versions.yaml:9: version: it is not a map
packages/q: package: its `versions.yaml` could not be read; the diagnostics say why
packages/r: package: its `versions.yaml` could not be read; the diagnostics say why
"#);
}

#[test]
fn nothing_there_is_said() {
    insta::assert_snapshot!(report(&import(&[("a/b.txt", "x")])), @r#"
:1:1: error[glasskube.empty]: there is no package in this folder
a/b.txt: file: it belongs to no package
"#);
}

/// The codes of all that is said.
fn codes(files: &[(&str, &str)], options: &ImportOptions) -> Vec<String> {
    let source = MemorySource::from_iter(files.iter().copied());
    let import = glasskube(&source, options).unwrap();
    let found = import.diagnostics().iter();
    found.map(|found| found.code().to_owned()).collect()
}

#[test]
fn what_is_too_much_or_twice_or_cannot_be_read() {
    let mut few = ImportOptions::default();
    few.files_per_package = 1;
    let any = ImportOptions::default();
    let versions = (
        "p/versions.yaml",
        "latestVersion: v1\nversions: [{version: v1}]\n",
    );
    let package = ("p/v1/package.yaml", "name: p\n");
    let found = codes(&[versions, package, ("p/v1/more", "")], &few);
    assert_eq!(found, ["glasskube.limit"]);
    let latest = ("p/versions.yaml", "versions: [{version: latest}]\n");
    let found = codes(&[latest, ("p/latest/package.yaml", "name: p\n")], &any);
    assert_eq!(found, ["glasskube.version"]);
    let both = (
        "p/versions.yaml",
        "versions: [{version: v1}, {version: 1.0.0}]\n",
    );
    let found = codes(
        &[both, package, ("p/1.0.0/package.yaml", "name: p\n")],
        &any,
    );
    assert_eq!(found, ["glasskube.version.duplicate"]);
    let needs = (
        "p/v1/package.yaml",
        "name: p\ndependencies: [{name: q, version: '1 beta'}]\n",
    );
    assert_eq!(codes(&[versions, needs], &any), ["glasskube.range"]);
}
