//! Helm repositories and charts, one rule at a time.
#![cfg(feature = "import")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod foreign;

use std::fmt::Write as _;
use std::io::Write as _;

use catalog_model::MemorySource;
use catalog_model::import::{Import, ImportOptions, helm};
use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use self::foreign::{file, loaded, report};

fn import(files: &[(&str, &str)]) -> Import {
    import_with(files, &ImportOptions::default())
}

fn import_with(files: &[(&str, &str)], options: &ImportOptions) -> Import {
    helm(&MemorySource::from_iter(files.iter().copied()), options).unwrap()
}

const WHOLE: &str = "\
apiVersion: v2
name: c
version: 1.10
appVersion: v1.2.3
description: a chart
home: https://example.com
icon: https://example.com/icon.svg
sources: [https://example.com/git]
keywords: [Data Base, on]
type: application
kubeVersion: '>=1.22.0-0 <2.0.0'
deprecated: true
hidden: 1
maintainers:
- {name: A B, email: a@example.com, url: 'https://example.com/a', phone: 1}
- {email: c@example.com}
- {}
annotations:
  category: Database
  artifacthub.io/license: Apache-2.0
  long: 'a text that is no label'
dependencies:
- {name: redis, version: 17.x.x, repository: 'https://charts.example.com', condition: redis.enabled}
- {name: redis, version: '~> 17.3', repository: 'https://charts.example.com', alias: cache, tags: [x]}
- {name: common, version: 2.X.X, repository: 'oci://example.com/charts', import-values: [a], odd: 1}
- {name: inner, version: 0.1.0}
- {name: beside, version: 0.1.0, repository: 'file://../beside'}
- {name: c, repository: 'https://charts.example.com'}
- {name: Bad, repository: 'https://charts.example.com'}
- {name: bad, version: '>=x', repository: 'https://charts.example.com'}
- text
";

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.example.com}\n\
    spec: {group: example.com, names: {kind: A, plural: as}, scope: Cluster, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n";

#[test]
fn a_whole_chart() {
    let import = import(&[
        ("repo/README.md", "stray"),
        ("repo/c/Chart.yaml", WHOLE),
        ("repo/c/values.yaml", "a: 1\n"),
        ("repo/c/values.schema.json", "{\"type\": \"object\"}"),
        ("repo/c/templates/deployment.yaml", "{{ .Values.a }}"),
        (
            "repo/c/charts/inner/Chart.yaml",
            "name: inner\nversion: 0.1.0\n",
        ),
        ("repo/c/charts/inner/crds/as.yaml", CRD),
    ]);
    let loaded = loaded(&import);
    let release = loaded.catalog().package("c").unwrap().newest().unwrap();
    assert_eq!(release.definitions().len(), 1);
    let paths: Vec<&str> = import.files().files().map(|(path, _)| path).collect();
    insta::assert_snapshot!(paths.join("\n"), @r#"
c/1.10/charts/c/Chart.yaml
c/1.10/charts/c/charts/inner/Chart.yaml
c/1.10/charts/c/charts/inner/crds/as.yaml
c/1.10/charts/c/templates/deployment.yaml
c/1.10/charts/c/values.schema.json
c/1.10/charts/c/values.yaml
c/1.10/definitions/charts-inner-crds-as.yaml
c/1.10/metadata.yaml
c/1.10/modules.yaml
"#);
    insta::assert_snapshot!(file(&import, "c/1.10/metadata.yaml"), @r#"
name: c
version: "1.10"
description: a chart
maintainer:
- A B <a@example.com> (https://example.com/a)
- "<c@example.com>"
license: Apache-2.0
url: https://example.com
icon: https://example.com/icon.svg
label:
  app.kubernetes.io/version: v1.2.3
  category: Database
  tag.catalog/data-base: ""
  tag.catalog/on: ""
tags:
- Data Base
- "on"
dependencies:
- name: redis
  version: "17.x.x, ~> 17.3"
  optional: true
- name: common
  version: 2.X.X
- name: bad
  version: ">=x"
system:
  kubernetes: ">=1.22.0-0 <2.0.0"
deprecated: its authors call this chart deprecated
"#);
    insta::assert_snapshot!(file(&import, "c/1.10/modules.yaml"), @r#"
modules:
- chart:
    path: ./charts/c
  name: c
"#);
    insta::assert_snapshot!(report(&import), @r#"
repo/c/Chart.yaml:28:3: warning[helm.type]: this dependency is the chart itself: it is not imported
repo/c/Chart.yaml:29:3: warning[helm.dependency]: `Bad` is not a package name: it must begin and end with a lower-case letter or a digit
repo/c/Chart.yaml:29:3: warning[helm.type]: this dependency has a name that is not that of a package: it is not imported
repo/c/Chart.yaml:31:3: warning[helm.type]: this dependency names no chart: it is not imported
repo/README.md: file: it belongs to no chart
repo/c/Chart.yaml:8: `sources`: a package has one address, which is `home`
repo/c/Chart.yaml:13: `hidden`: the format has no such key
repo/c/Chart.yaml:15: `phone`: a maintainer is a name, an address and a home page
repo/c/Chart.yaml:21: `long`: it is no label, and the format has no annotations
repo/c/Chart.yaml:23: `condition`: the dependency is optional; which value switches it is not said
repo/c/Chart.yaml:23: `repository`: packages are found by their names, in the catalogs that there are
repo/c/Chart.yaml:24: `alias`: it is about the templates of the chart that needs it
repo/c/Chart.yaml:24: `repository`: packages are found by their names, in the catalogs that there are
repo/c/Chart.yaml:24: `tags`: the dependency is optional; which value switches it is not said
repo/c/Chart.yaml:25: `import-values`: it is about the templates of the chart that needs it
repo/c/Chart.yaml:25: `odd`: the format has no such key
repo/c/Chart.yaml:25: `repository`: packages are found by their names, in the catalogs that there are
repo/c/Chart.yaml:26: dependency `inner`: it has no repository: the chart brings it in `charts/`, and it is no package
repo/c/Chart.yaml:27: dependency `beside`: it has no repository: the chart brings it in `charts/`, and it is no package
repo/c/Chart.yaml:28: dependency: it is the chart itself
repo/c/Chart.yaml:29: dependency: it has a name that is not that of a package
repo/c/Chart.yaml:30: `repository`: packages are found by their names, in the catalogs that there are
repo/c/Chart.yaml:31: dependency: it names no chart
"#);
}

#[test]
fn requirements_of_charts_of_helm_2() {
    let import = import(&[
        (
            "c/Chart.yaml",
            "apiVersion: v1\nname: c\nversion: 1.0.0\nengine: gotpl\n",
        ),
        (
            "c/requirements.yaml",
            "dependencies:\n- {name: d, version: ^1, repository: '@stable'}\nhidden: x\n",
        ),
    ]);
    loaded(&import);
    insta::assert_snapshot!(file(&import, "c/1.0.0/metadata.yaml"), @r#"
name: c
version: 1.0.0
dependencies:
- name: d
  version: "^1"
"#);
    insta::assert_snapshot!(report(&import), @r#"
c/Chart.yaml:4: `engine`: it means nothing since Helm 3
c/requirements.yaml:2: `repository`: packages are found by their names, in the catalogs that there are
c/requirements.yaml:3: `hidden`: the format has no such key
"#);
}

const INDEX: &str = "\
apiVersion: v1
entries:
  a:
  - apiVersion: v2
    name: a
    version: 4.2.2-6
    created: 2024-01-01
    digest: 0000
    removed: false
    urls:
    - https://charts.example.com/files/a-4.2.2-6.tgz
    dependencies:
    - name: b
      version: 12.x.x
      repository: https://charts.example.com
  - name: a
    version: v4.2.2-6
  - name: a
    version: 4.2.1
    urls: [a-4.2.1.tgz, b]
    hidden: 1
  - name: a
    version: [
  b:
  - name: c
    version: 1.0.0
    urls: [https://charts.example.com/b-1.0.0.tgz]
  - text
generated: now
odd: 1
";

#[test]
fn an_index() {
    let import = import(&[("index.yaml", INDEX)]);
    loaded(&import);
    assert_eq!((import.packages(), import.versions()), (2, 3));
    insta::assert_snapshot!(file(&import, "a/4.2.2-6/metadata.yaml"), @r#"
name: a
version: 4.2.2-6
dependencies:
- name: b
  version: 12.x.x
"#);
    insta::assert_snapshot!(file(&import, "a/4.2.2-6/modules.yaml"), @r#"
modules:
- chart:
    remote:
      repo: https://charts.example.com/files
      name: a
      version: 4.2.2-6
  name: a
"#);
    insta::assert_snapshot!(file(&import, "a/4.2.2-6/other/index.yaml"), @r#"
apiVersion: v2
name: a
version: 4.2.2-6
created: 2024-01-01
digest: 0000
removed: false
urls:
- https://charts.example.com/files/a-4.2.2-6.tgz
dependencies:
- name: b
  version: 12.x.x
  repository: https://charts.example.com
"#);
    insta::assert_snapshot!(report(&import), @r#"
index.yaml:1:1: error[helm.chart.duplicate]: another chart is `a` v4.2.2-6 too: that of index.yaml:4, which is the one that is imported
index.yaml:28:5: error[helm.index]: this is no map: it says nothing of a chart
index.yaml:16:5: warning[helm.index.urls]: this names no place where the chart is: say of which repository the index is
index.yaml:25:5: warning[helm.index.name]: this is `c`, and stands under `b`
index.yaml:23:14: error[yaml.syntax]: this is not YAML: unclosed bracket '['
index.yaml:20:5: warning[helm.index.urls]: this names no place where the chart is: say of which repository the index is
index.yaml:7: `created`: the format has no times
index.yaml:8: `digest`: a chart elsewhere has a version and no digest; it is kept as text in `other/index.yaml`
index.yaml:10: `urls`: a chart elsewhere has a repository, a name and a version; the addresses are kept as text in `other/index.yaml`
index.yaml:15: `repository`: packages are found by their names, in the catalogs that there are
index.yaml:16: chart: another chart has the same name and version
index.yaml:20: `urls`: a chart elsewhere has a repository, a name and a version; the addresses are kept as text in `other/index.yaml`
index.yaml:21: `hidden`: the format has no such key
index.yaml:27: `urls`: a chart elsewhere has a repository, a name and a version; the addresses are kept as text in `other/index.yaml`
index.yaml:28: version of `b`: it could not be made into a release; the diagnostics say why
index.yaml:29: `generated`: the format has no times
index.yaml:30: `odd`: the format has no such key
index.yaml:22: version of `a`: it cannot be read as YAML
"#);
}

#[test]
fn an_index_whose_repository_is_known() {
    let mut options = ImportOptions::default();
    options.helm_repository = Some("https://charts.example.com".to_owned());
    let import = import_with(
        &[
            (
                "index.yaml",
                "{\"entries\": {\"a\": [{\"name\": \"a\", \"version\": \"1.0.0\", \"urls\": [\"a-1.0.0.tgz\"]}]}}",
            ),
            ("charts/a/Chart.yaml", "name: a\nversion: 2.0.0\n"),
            (
                "more/index.yaml",
                "entries:\n  a:\n  - name: a\n    version: v2.0.0\n    urls: [x]\n",
            ),
        ],
        &options,
    );
    loaded(&import);
    insta::assert_snapshot!(file(&import, "a/1.0.0/modules.yaml"), @r#"
modules:
- chart:
    remote:
      repo: https://charts.example.com
      name: a
      version: 1.0.0
  name: a
"#);
    insta::assert_snapshot!(report(&import), @r#"more/index.yaml:3: version of `a`: the chart itself is there, and counts before what an index says of it"#);
}

/// A large index costs what its entries cost, one after the other.
#[test]
fn a_large_index() {
    let mut index = "apiVersion: v1\nentries:\n".to_owned();
    for chart in 0..20 {
        writeln!(index, "  chart-{chart}:").unwrap();
        for version in 0..100 {
            write!(index, "  - name: chart-{chart}\n    version: 1.{version}.0\n    description: {}\n    urls:\n    - https://example.com/x.tgz\n", "x".repeat(500)).unwrap();
        }
    }
    let import = import(&[("index.yaml", &index)]);
    assert_eq!((import.packages(), import.versions()), (20, 2000));
    assert!(import.diagnostics().is_empty());
    let last = import.not_carried_over().last().unwrap();
    assert_eq!(last.line, Some(index.lines().count() - 1));
    let mut options = ImportOptions::default();
    options.index_bytes = 1000;
    let refused = import_with(&[("index.yaml", &index)], &options);
    insta::assert_snapshot!(report(&refused), @r#"index.yaml:1:1: error[file.unreadable]: the file has 1197054 bytes, more than the 1000 allowed"#);
}

/// A packaged chart of entries, each a path, its kind and its text.
fn packaged(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, kind, text) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        // Names that the builder would refuse are what this is about.
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        if *kind == EntryType::Symlink {
            header.set_link_name("/etc/passwd").unwrap();
            header.set_size(0);
        }
        header.set_cksum();
        let text = if *kind == EntryType::Symlink {
            ""
        } else {
            text
        };
        builder.append(&header, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn import_packaged(archive: Vec<u8>) -> Import {
    let source = MemorySource::from_iter([("c-1.0.0.tgz", archive)]);
    helm(&source, &ImportOptions::default()).unwrap()
}

const CHART: (&str, EntryType, &str) = (
    "c/Chart.yaml",
    EntryType::Regular,
    "name: c\nversion: 1.0.0\nkubeVersion: ^1.25\n",
);

#[test]
fn a_packaged_chart() {
    let import = import_packaged(packaged(&[
        ("c", EntryType::Directory, ""),
        CHART,
        ("c/crds/as.yaml", EntryType::Regular, CRD),
        ("c/values.yaml", EntryType::Regular, "a: 1\n"),
    ]));
    let loaded = loaded(&import);
    let release = loaded.catalog().package("c").unwrap().newest().unwrap();
    assert_eq!(release.definitions().len(), 1);
    assert_eq!(release.metadata().system()["kubernetes"], "^1.25");
    assert_eq!(file(&import, "c/1.0.0/charts/c/values.yaml"), "a: 1\n");
    insta::assert_snapshot!(report(&import), @"");
}

#[test]
fn archives_that_mean_harm() {
    let large = "x".repeat(9 << 20);
    let hostile: [(&str, Vec<u8>); 9] = [
        (
            "up",
            packaged(&[CHART, ("c/../../x", EntryType::Regular, "x")]),
        ),
        (
            "absolute",
            packaged(&[CHART, ("/etc/passwd", EntryType::Regular, "x")]),
        ),
        (
            "link",
            packaged(&[CHART, ("c/link", EntryType::Symlink, "")]),
        ),
        ("twice", packaged(&[CHART, CHART])),
        (
            "folders",
            packaged(&[CHART, ("d/x", EntryType::Regular, "x")]),
        ),
        (
            "bomb",
            packaged(&[CHART, ("c/x", EntryType::Regular, &large)]),
        ),
        ("cut", packaged(&[CHART])[..40].to_vec()),
        ("text", b"text".to_vec()),
        ("empty", Vec::new()),
    ];
    let mut told = String::new();
    for (name, archive) in hostile {
        let import = import_packaged(archive);
        let paths: Vec<&str> = import.files().files().map(|(path, _)| path).collect();
        writeln!(told, "{name}: {}\n{}", paths.join(" "), report(&import)).unwrap();
    }
    insta::assert_snapshot!(told, @r#"
up: 
c-1.0.0.tgz:1:1: error[file.unreadable]: the name `c/../../x` in it has a part `..`, which may lead out of the archive
c-1.0.0.tgz: chart: it could not be made into a release; the diagnostics say why
absolute: 
c-1.0.0.tgz:1:1: error[file.unreadable]: the name `/etc/passwd` in it is an absolute path: pack the folder with paths below it
c-1.0.0.tgz: chart: it could not be made into a release; the diagnostics say why
link: c/1.0.0/charts/c/Chart.yaml c/1.0.0/metadata.yaml c/1.0.0/modules.yaml
c-1.0.0.tgz/c/link:1:1: warning[file.ignored]: this link leads out of the catalog, to nothing, or in a circle: it is not imported
c-1.0.0.tgz/c/link: file: this link leads out of the catalog, to nothing, or in a circle
twice: 
c-1.0.0.tgz:1:1: error[file.unreadable]: `c/Chart.yaml` stands in it twice, and programs differ in which they take
c-1.0.0.tgz: chart: it could not be made into a release; the diagnostics say why
folders: 
c-1.0.0.tgz:1:1: error[file.unreadable]: this is no packaged chart: a chart is one folder in its archive
c-1.0.0.tgz: chart: it could not be made into a release; the diagnostics say why
bomb: c/1.0.0/charts/c/Chart.yaml c/1.0.0/metadata.yaml c/1.0.0/modules.yaml
c-1.0.0.tgz/c/x:1:1: error[file.unreadable]: the file has 9437184 bytes, more than the 8388608 allowed
c-1.0.0.tgz/c/x: file: it could not be read
cut: 
c-1.0.0.tgz:1:1: error[file.unreadable]: the archive ends early: it is cut off
c-1.0.0.tgz: chart: it could not be made into a release; the diagnostics say why
text: 
c-1.0.0.tgz:1:1: error[file.unreadable]: this is no tar archive, or a damaged one: failed to read entire block
c-1.0.0.tgz: chart: it could not be made into a release; the diagnostics say why
empty: 
c-1.0.0.tgz:1:1: error[file.unreadable]: the archive ends early: it is cut off
c-1.0.0.tgz: chart: it could not be made into a release; the diagnostics say why
"#);
}

#[test]
fn names_in_an_archive_are_names_and_nothing_else() {
    let names = [
        ("templates/a b.yaml", true),
        ("templates/日本.yaml", true),
        ("templates/...", true),
        ("templates/- a: {b", true),
        ("templates/\u{1b}[2J.yaml", false),
        ("templates/a\nerror: b.yaml", false),
        ("templates/c:\\x.yaml", false),
        ("templates/..\\..\\x.yaml", false),
        ("crds/x\u{1b}]0;t\u{7}.yaml", false),
        ("crds/x\ny.yaml", false),
    ];
    for (name, is_imported) in names {
        let text = if name.starts_with("crds") {
            CRD
        } else {
            "a: 1\n"
        };
        let member = format!("c/{name}");
        let import = import_packaged(packaged(&[CHART, (&member, EntryType::Regular, text)]));
        let mut expected = vec!["c/1.0.0/charts/c/Chart.yaml".to_owned()];
        expected.extend(is_imported.then(|| format!("c/1.0.0/charts/c/{name}")));
        expected.extend(["metadata.yaml", "modules.yaml"].map(|file| format!("c/1.0.0/{file}")));
        let paths = import.files().files().map(|(path, _)| path.to_owned());
        assert_eq!(Vec::from_iter(paths), expected);
        // The one that is left out is told of in one line, with the archive that it is in.
        let told = Vec::from_iter(import.diagnostics().iter().map(ToString::to_string));
        let is_told = |line: &String| {
            line.starts_with("c-1.0.0.tgz/c/") && !line.contains(|c: char| c.is_control())
        };
        assert!(
            told.len() == usize::from(!is_imported) && told.iter().all(is_told),
            "{told:?}"
        );
        let lost = import
            .not_carried_over()
            .iter()
            .map(|lost| lost.file.clone());
        let in_archive = format!("c-1.0.0.tgz/{member}");
        assert_eq!(
            Vec::from_iter(lost),
            Vec::from_iter((!is_imported).then_some(in_archive))
        );
    }
}

/// A gigabyte of zeros packs into a megabyte.
#[test]
fn a_bomb_is_read_as_far_as_the_limit() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![0; 1 << 20];
    for _ in 0..100 {
        packed.write_all(&zeros).unwrap();
    }
    let import = import_packaged(packed.finish().unwrap());
    assert_eq!(import.versions(), 0);
}

/// The codes of all that is said.
fn codes(files: &[(&str, &str)], options: &ImportOptions) -> Vec<String> {
    let import = import_with(files, options);
    let found = import.diagnostics().iter();
    found.map(|found| found.code().to_owned()).collect()
}

#[test]
fn what_is_too_much_or_cannot_be_read() {
    let mut few = ImportOptions::default();
    few.files_per_package = 1;
    let any = ImportOptions::default();
    let chart = "name: c\nversion: 1.0.0\n";
    let one = |text| codes(&[("c/Chart.yaml", text)], &any);
    assert_eq!(codes(&[("c/x", "")], &any), ["helm.empty"]);
    let found = codes(&[("c/Chart.yaml", chart), ("c/values.yaml", "")], &few);
    assert_eq!(found, ["helm.limit"]);
    assert_eq!(one("text"), ["helm.chart"]);
    assert_eq!(one("name: A_b\nversion: 1.0.0\n"), ["helm.name"]);
    assert_eq!(one("name: c\nversion: latest\n"), ["helm.version"]);
    assert_eq!(
        one("name: c\nversion: 1.0.0\nkubeVersion: 1 beta\n"),
        ["helm.range"]
    );
}
