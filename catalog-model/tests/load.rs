//! What loading makes of files: each case is a catalog in memory and the lines of diagnostics it must give.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::version::Version;
use catalog_model::{
    Capability, LoadOptions, Loaded, MemorySource, Phase, Scope, UnusableReason, load,
};

const HEAD: &str = "name: p\nversion: 1.0.0\n";
const JOB: &str = "{apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}";

fn loaded(files: &[(&str, &str)]) -> Loaded {
    let source: MemorySource = files.iter().map(|(path, text)| (*path, *text)).collect();
    load(&source, &LoadOptions::default()).unwrap()
}

/// Loads files of `p/1.0.0/` (other paths as given) and compares all diagnostics, help lines indented below theirs.
fn check(files: &[(&str, &str)], expected: &[&str]) -> Loaded {
    let files: Vec<(String, &str)> = files
        .iter()
        .map(|(path, text)| {
            (
                match path.strip_prefix('/') {
                    Some(path) => path.to_owned(),
                    None => format!("p/1.0.0/{path}"),
                },
                *text,
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    let loaded = loaded(&files);
    let lines: Vec<String> = loaded
        .diagnostics()
        .iter()
        .flat_map(|d| {
            std::iter::once(d.to_string())
                .chain(d.help_lines().iter().map(|line| format!("  help: {line}")))
        })
        .collect();
    assert_eq!(lines, expected, "{files:#?}");
    loaded
}

/// A metadata file with the lines given below name and version.
fn metadata(lines: &str, expected: &[&str]) -> Loaded {
    check(&[("metadata.yaml", &format!("{HEAD}{lines}"))], expected)
}

#[test]
fn versions_keep_their_source_text() {
    for (text, number) in [
        ("1.0", Some("1")),
        ("1.10", Some("1.1")),
        ("1", Some("1")),
        ("v1.0", None),
        ("1.14.2+1", None),
    ] {
        let file = format!("name: p\nversion: {text}\n");
        let told = number.map(|number| [
            format!("p/{text}/metadata.yaml:2:10: note[metadata.version.unquoted]: unquoted, `{text}` is the value {number} to other readers of YAML"),
            format!("  help: quote it: \"{text}\""),
        ]);
        let told: Vec<&str> = told.iter().flatten().map(String::as_str).collect();
        let loaded = check(&[(&format!("/p/{text}/metadata.yaml"), &file)], &told);
        assert_eq!(
            loaded.catalog().package("p").unwrap().releases()[0]
                .version()
                .as_str(),
            text
        );
    }
    assert!(Version::parse("1.10").unwrap() > Version::parse("1.9").unwrap());
}

#[test]
fn unreadable_versions_are_listed_and_not_usable() {
    for text in ["latest", "v1beta2-1.3.8-3.1.1", "1e3", "0x10", "1_0"] {
        let file = format!("name: p\nversion: {text}\n");
        let loaded = loaded(&[
            (&format!("p/{text}/metadata.yaml"), &file),
            ("p/1.0.0/metadata.yaml", HEAD),
        ]);
        let package = loaded.catalog().package("p").unwrap();
        assert_eq!(
            package.releases().len(),
            1,
            "{text}: the rest of the package stays usable"
        );
        assert_eq!(package.unusable()[0].version(), text);
        assert_eq!(
            package.unusable()[0].reason(),
            &UnusableReason::UnreadableVersion
        );
        assert_eq!(
            loaded.diagnostics()[0].code(),
            "metadata.version.unreadable"
        );
        assert!(!loaded.has_errors());
    }
}

#[test]
fn a_date_is_a_version_of_one_part_and_build() {
    // `2024-01-01` reads leniently as 2024 with the prerelease `01-01`; SemVer allows no leading zero in a number, and this is none.
    let loaded = loaded(&[(
        "p/2024-01-01/metadata.yaml",
        "name: p\nversion: 2024-01-01\n",
    )]);
    assert_eq!(
        loaded.catalog().package("p").unwrap().releases()[0]
            .version()
            .as_str(),
        "2024-01-01"
    );
}

#[test]
fn names_and_versions_are_those_of_their_folders() {
    check(
        &[("metadata.yaml", "name: q\nversion: 1.0.1\n")],
        &[
            "p/1.0.0/metadata.yaml:1:7: error[metadata.name.folder]: the name `q` is not that of the package folder, `p`",
            "  help: write `name: p`, or rename the folder",
            "p/1.0.0/metadata.yaml:2:10: error[metadata.version.folder]: the version `1.0.1` is not that of the version folder, `1.0.0`",
            "  help: write `version: 1.0.0`, or rename the folder",
        ],
    );
    check(
        &[("metadata.yaml", "nmae: p\n")],
        &[
            "p/1.0.0/metadata.yaml:1:1: error[metadata.name.missing]: `name` is missing",
            "  help: did you mean it by `nmae`?",
            "p/1.0.0/metadata.yaml:1:1: error[metadata.version.missing]: `version` is missing",
            "  help: add `version:`",
            "p/1.0.0/metadata.yaml:1:1: warning[metadata.unknown-key]: `nmae` is not a key of this map",
            "  help: did you mean `name`?",
        ],
    );
}

#[test]
fn empty_files_and_files_of_comments() {
    for text in ["", "# nothing here\n", "---\n", "\u{feff}"] {
        check(
            &[("metadata.yaml", text)],
            &["p/1.0.0/metadata.yaml:1:1: error[metadata.empty]: `metadata.yaml` is empty"],
        );
    }
}

#[test]
fn several_documents() {
    check(
        &[("metadata.yaml", "name: p\nversion: 1.0.0\n---\nname: p\n")],
        &[
            "p/1.0.0/metadata.yaml:4:1: error[yaml.second-document]: this file may hold one document only",
            "  help: move it to a file of its own",
        ],
    );
    check(
        &[(
            "metadata.yaml",
            "---\nname: p\nversion: 1.0.0\n---\n# the end\n...\n",
        )],
        &[],
    );
}

#[test]
fn byte_order_mark_and_carriage_returns() {
    let loaded = check(
        &[(
            "metadata.yaml",
            "\u{feff}name: p\r\nversion: 1.0.0\r\ndescription: |\r\n  one\r\n  two\r\n",
        )],
        &[],
    );
    let description = loaded.catalog().package("p").unwrap().releases()[0]
        .metadata()
        .description()
        .unwrap()
        .to_owned();
    assert_eq!(description, "one\ntwo\n");
    check(
        &[(
            "metadata.yaml",
            "\u{feff}name: p\r\nversion: 1.0.0\r\nlisense: MIT\r\n",
        )],
        &[
            "p/1.0.0/metadata.yaml:3:1: warning[metadata.unknown-key]: `lisense` is not a key of this map",
            "  help: did you mean `license`?",
        ],
    );
}

#[test]
fn tabs_do_not_indent() {
    check(
        &[("metadata.yaml", "name: p\nversion: 1.0.0\nlabel:\n\ta: b\n")],
        &[
            "p/1.0.0/metadata.yaml:4:2: error[yaml.syntax]: this is not YAML: tabs disallowed within this context (block indentation)",
            "  help: indent with spaces",
        ],
    );
}

#[test]
fn anchors_and_merges() {
    let loaded = metadata(
        "tags: &t [a, b]\nlabel:\n  <<: &l {x: a}\n  <<: {x: z, w: v}\nmaintainer: *t\n",
        &[],
    );
    let metadata = loaded.catalog().package("p").unwrap().releases()[0]
        .metadata()
        .clone();
    assert_eq!(metadata.maintainers(), ["a", "b"]);
    assert_eq!(
        metadata
            .labels()
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect::<Vec<_>>(),
        ["w=v", "x=a"]
    );
}

#[test]
fn duplicate_keys_and_aliases_of_fields() {
    metadata(
        "tags: [a]\ntags: [b]\nlabel: {a: b}\nlabels: {a: c}\n",
        &[
            "p/1.0.0/metadata.yaml:4:1: error[yaml.duplicate-key]: the key `tags` stands here again, first in line 3",
            "  help: keep one of the two: which of them counts depends on the reader",
            "p/1.0.0/metadata.yaml:6:1: error[metadata.alias]: `labels` is another name of `label`: both are here, first in line 5",
            "  help: keep `label` only",
        ],
    );
}

#[test]
fn labels_are_texts_in_kubernetes_syntax() {
    let loaded = metadata(
        "label: {tier: 1.10, on: yes}\n",
        &[
            "p/1.0.0/metadata.yaml:3:15: warning[metadata.label.unquoted]: the values of labels are texts: `1.10` is read as one",
            "  help: quote it: \"1.10\"",
            "p/1.0.0/metadata.yaml:3:21: warning[yaml.ambiguous]: `on` is a text here, and something else to other readers of YAML",
            "  help: quote it: \"on\"",
            "p/1.0.0/metadata.yaml:3:25: warning[metadata.label.unquoted]: the values of labels are texts: `yes` is read as one",
            "  help: quote it: \"yes\"",
        ],
    );
    let labels = loaded.catalog().package("p").unwrap().releases()[0]
        .metadata()
        .labels()
        .clone();
    assert_eq!(
        (labels["tier"].as_str(), labels["on"].as_str()),
        ("1.10", "yes")
    );
    metadata(
        "label: {\"a b\": \"c d\"}\n",
        &[
            "p/1.0.0/metadata.yaml:3:9: error[metadata.label]: `a b` is not the key of a label: it may hold only letters, digits, `-`, `_` and `.`",
            "p/1.0.0/metadata.yaml:3:16: error[metadata.label]: `c d` is not the value of a label: it may hold only letters, digits, `-`, `_` and `.`",
            "  help: free text belongs into `tags:`",
        ],
    );
}

#[test]
fn dependencies_say_what_they_mean() {
    metadata(
        "dependencies:\n- name: p\n- {name: q, version: \"not a range\"}\n- name: q\n- {nam: r}\n- Grafana\n- {name: s, optional: yes}\n",
        &[
            "p/1.0.0/metadata.yaml:4:9: error[metadata.dependency.self]: a package cannot depend on itself",
            "  help: remove this dependency",
            "p/1.0.0/metadata.yaml:5:22: error[metadata.range]: `not a range` is not a version range: `n` stands where a number is needed; a version begins with up to three numbers, as in `1.2.3-rc.1` (at byte 0)",
            "p/1.0.0/metadata.yaml:6:9: error[metadata.dependency.duplicate]: the dependency `q` stands here again, first in line 5",
            "  help: put both ranges into one entry: `>=1.2, <2`",
            "p/1.0.0/metadata.yaml:7:3: error[metadata.name.missing]: `name` is missing",
            "  help: did you mean it by `nam`?",
            "p/1.0.0/metadata.yaml:7:4: warning[metadata.unknown-key]: `nam` is not a key of this map",
            "  help: did you mean `name`?",
            "p/1.0.0/metadata.yaml:8:3: error[metadata.type]: `dependency` must be a map, not `Grafana`",
            "p/1.0.0/metadata.yaml:9:23: error[metadata.type]: `optional` must be true or false, not `yes`",
        ],
    );
}

#[test]
fn relations_are_read() {
    let loaded = metadata(
        "scope: namespace\ndependencies:\n- {name: q, version: '>=1', optional: true, values: {server: {port: 0644}}}\nrequires:\n- api: monitoring.coreos.com/v1/ServiceMonitor\n- definition: core.oam.dev/TraitDefinition/scaler\n- name: ingress\nprovides: [{name: x}]\nconflicts: [{name: legacy, version: '<2'}]\nreplaces: 0.9.0\nskips: [0.9.1]\nskipRange: '>=0.7, <0.9'\nyanked: no good\n",
        &[
            "p/1.0.0/metadata.yaml:5:69: warning[yaml.ambiguous]: `0644` is 420 to kubectl and Helm, and 644 to YAML 1.2",
            "  help: quote it if it is a text (\"0644\"), else write 420",
        ],
    );
    let release = &loaded.catalog().package("p").unwrap().releases()[0];
    let metadata = release.metadata();
    assert_eq!(metadata.scope(), Scope::Namespace);
    assert!(metadata.dependencies()[0].is_optional());
    assert_eq!(metadata.dependencies()[0].values()["server"]["port"], 420);
    assert_eq!(
        metadata
            .requires()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [
            "monitoring.coreos.com/v1/ServiceMonitor",
            "core.oam.dev/TraitDefinition/scaler",
            "ingress"
        ]
    );
    assert_eq!(
        release.provides().into_iter().collect::<Vec<_>>(),
        [Capability::Name("x".into())]
    );
    assert_eq!(metadata.replaces().unwrap().as_str(), "0.9.0");
    assert_eq!(metadata.yanked(), Some("no good"));
    assert!(
        loaded.catalog().package("p").unwrap().newest().is_none(),
        "the only release is yanked"
    );
}

#[test]
fn system_entries_become_conditions() {
    let loaded = metadata(
        "system: {kubernetes: '>=1.28', vella: '>=1.5'}\n",
        &[
            "p/1.0.0/metadata.yaml:3:32: error[metadata.system]: `vella` is not a system whose version can be asked for",
            "  help: did you mean `vela`?",
        ],
    );
    assert!(loaded.catalog().package("p").unwrap().releases().is_empty());
    let loaded = metadata(
        "system: {kubernetes: '>=1.28', vela: '>=v1.5.0-beta.1'}\n",
        &[],
    );
    assert_eq!(
        loaded.catalog().package("p").unwrap().releases()[0]
            .conditions()
            .conditions()
            .len(),
        2
    );
}

#[test]
fn two_folders_of_one_version() {
    let loaded = check(
        &[
            ("/p/1.0/metadata.yaml", "name: p\nversion: '1.0'\n"),
            ("/p/v1.0.0/metadata.yaml", "name: p\nversion: v1.0.0\n"),
            ("/p/1.1/metadata.yaml", "name: p\nversion: '1.1'\n"),
        ],
        &[
            "p/1.0:1:1: error[version.duplicate]: `p/1.0` is the same version as `p/v1.0.0`",
            "  help: keep one of the folders",
            "p/v1.0.0:1:1: error[version.duplicate]: `p/v1.0.0` is the same version as `p/1.0`",
            "  help: keep one of the folders",
        ],
    );
    assert_eq!(loaded.catalog().package("p").unwrap().releases().len(), 1);
}

#[test]
fn folders_that_are_no_packages() {
    check(
        &[
            ("metadata.yaml", HEAD),
            ("/docs/images/a.png", "x"),
            ("/p/notes/a.txt", "x"),
            ("/p/2.0.0/readme.md", "x"),
            ("/README.md", "x"),
            ("/.git/config", "x"),
        ],
        &[
            "docs:1:1: note[package.empty]: this folder has no version and is no package",
            "p/2.0.0:1:1: error[metadata.missing]: this version has no `metadata.yaml`",
            "  help: add one with `name:` and `version:`",
            "p/notes:1:1: note[version.skipped]: this folder has no `metadata.yaml`, and its name is no version: it is skipped",
        ],
    );
    check(
        &[("/addon/metadata.yaml", "name: addon\n")],
        &[
            ":1:1: error[catalog.empty]: there is no package in this folder",
            "  help: a catalog holds a folder for each package, and in it one for each version, with a `metadata.yaml`",
            "addon:1:1: error[package.no-version-folder]: `metadata.yaml` stands in the package folder, and belongs into a folder of its version",
            "  help: move the files to a folder such as `1.0.0/`; a KubeVela addon must be imported first",
        ],
    );
    check(
        &[
            (
                "/Bad_Name/1.0.0/metadata.yaml",
                "name: Bad_Name\nversion: 1.0.0\n",
            ),
            ("metadata.yaml", HEAD),
        ],
        &[
            "Bad_Name:1:1: error[package.name]: `Bad_Name` is not a package name: it must begin and end with a lower-case letter or a digit",
            "  help: did you mean `bad-name`?",
        ],
    );
}

#[test]
fn a_catalog_folder_below_the_root() {
    let loaded = loaded(&[("catalog/p/1.0.0/metadata.yaml", HEAD), ("docs/x.md", "x")]);
    assert!(loaded.diagnostics().is_empty());
    assert_eq!(loaded.catalog().packages().count(), 1);
}

#[test]
fn stray_files_and_near_names() {
    check(
        &[
            ("metadata.yaml", HEAD),
            ("definitions/a.json", "{}"),
            ("definitions/deep/a.yaml", "a: b"),
            ("condition/a.yaml", "a: b"),
            ("module.yaml", "modules: []"),
            ("hooks/h.yml", "pre-install: []"),
        ],
        &[
            "p/1.0.0/condition:1:1: warning[file.near]: `condition` is not part of the format and is not read",
            "  help: did you mean `conditions`?",
            "p/1.0.0/definitions/a.json:1:1: warning[file.ignored]: only `.yaml` and `.yml` files in here are read",
            "  help: put YAML files straight into `definitions/`",
            "p/1.0.0/definitions/deep:1:1: warning[file.ignored]: folders in here are not read",
            "  help: put YAML files straight into `definitions/`",
            "p/1.0.0/module.yaml:1:1: warning[file.near]: `module.yaml` is not part of the format and is not read",
            "  help: did you mean `modules.yaml`?",
        ],
    );
}

#[test]
fn definitions_are_objects_with_identities() {
    let crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec:\n  group: example.com\n  names: {kind: Widget, plural: widgets}\n  scope: Namespaced\n  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}, {name: v1beta1, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}]\n";
    let trait_definition = "apiVersion: core.oam.dev/v1beta1\nkind: TraitDefinition\nmetadata: {name: scaler, namespace: vela-system}\n";
    let loaded = check(
        &[
            ("metadata.yaml", HEAD),
            (
                "definitions/a.yaml",
                &format!("{crd}---\n{trait_definition}"),
            ),
        ],
        &[],
    );
    let release = &loaded.catalog().package("p").unwrap().releases()[0];
    assert_eq!(
        release
            .provides()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [
            "example.com/v1/Widget",
            "apiextensions.k8s.io/CustomResourceDefinition/widgets.example.com",
            "core.oam.dev/TraitDefinition/scaler"
        ]
    );
    check(
        &[
            ("metadata.yaml", HEAD),
            ("definitions/a.yaml", trait_definition),
            (
                "definitions/b.yaml",
                &trait_definition.replace("v1beta1", "v1alpha2"),
            ),
        ],
        &[
            "p/1.0.0/definitions/b.yaml:1:1: error[definition.duplicate]: `TraitDefinition.core.oam.dev/vela-system/scaler` is defined here again, first in p/1.0.0/definitions/a.yaml:1",
            "  help: keep one of the two",
            "p/1.0.0/definitions/b.yaml:1:13: warning[definition.apiVersion.unserved]: no server of today takes a `TraitDefinition` of `core.oam.dev` in the version `v1alpha2`",
            "  help: write it as `core.oam.dev/v1beta1`",
        ],
    );
    check(
        &[
            ("metadata.yaml", HEAD),
            (
                "definitions/a.yaml",
                "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {kind: Secret}\n",
            ),
        ],
        &[
            "p/1.0.0/definitions/a.yaml:4:26: note[definition.kind]: `ConfigMap` is no definition: it is applied like one",
            "p/1.0.0/definitions/a.yaml:5:3: error[definition.apiVersion.missing]: this is no Kubernetes object: `apiVersion` is missing",
            "p/1.0.0/definitions/a.yaml:5:3: error[definition.metadata.name.missing]: this object has no `metadata.name`",
        ],
    );
}

#[test]
fn hooks_run_in_order() {
    let hooks = format!(
        "pre-install:\n- {{name: late, weight: 5, job: {JOB}}}\n- {{name: first, after: [late], weight: -9, job: {JOB}}}\n- job: {JOB}\n"
    );
    let more = format!(
        "pre-install: [{{job: {JOB}}}]\npost-install: [{{job: {JOB}, timeout: 90s, retries: 2, onFailure: rollback}}]\nactions: [{{name: backup, job: {JOB}}}]\n"
    );
    let loaded = check(
        &[
            ("metadata.yaml", HEAD),
            ("hooks/a.yaml", &hooks),
            ("hooks/b.yaml", &more),
        ],
        &[],
    );
    let release = &loaded.catalog().package("p").unwrap().releases()[0];
    assert_eq!(
        release
            .hooks(Phase::PreInstall)
            .map(|hook| hook.name())
            .collect::<Vec<_>>(),
        ["a-3", "b-1", "late", "first"]
    );
    let post = release.hooks(Phase::PostInstall).next().unwrap();
    assert_eq!(
        (post.policy().timeout.as_secs(), post.policy().retries),
        (90, Some(2))
    );
    assert_eq!(release.actions()[0].name(), "backup");
}

#[test]
fn hooks_that_cannot_run() {
    let file = format!(
        "pre_install: []\npre-install:\n- {{name: a, after: [b], job: {JOB}}}\n- {{name: b, after: [a], job: {JOB}}}\n- {{name: b, semantics: at-most-once, retries: 1, timeout: 10, job: {JOB}}}\n- {{job: {{kind: Pod}}}}\n- {{jb: 1, onFailure: ignore}}\npost-install: [{{name: c, after: [c], job: {JOB}}}]\n"
    );
    let loaded = loaded(&[
        ("p/1.0.0/metadata.yaml", HEAD),
        ("p/1.0.0/hooks/h.yaml", &file),
    ]);
    let codes: Vec<&str> = loaded.diagnostics().iter().map(|d| d.code()).collect();
    for code in [
        "hooks.phase",
        "hooks.after",
        "hooks.name.duplicate",
        "hooks.semantics",
        "hooks.duration",
        "hooks.job",
        "hooks.unknown-key",
        "hooks.choice",
        "hooks.job.missing",
    ] {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
}

#[test]
fn numbers_and_times_beyond_their_bounds_are_told_of_as_such() {
    let file = format!(
        "pre-install:\n- {{weight: 99999999999, timeout: 300000000h, retries: -1, job: {JOB}}}\n"
    );
    let loaded = loaded(&[
        ("p/1.0.0/metadata.yaml", HEAD),
        ("p/1.0.0/hooks/h.yaml", &file),
    ]);
    let said: Vec<&str> = loaded.diagnostics().iter().map(|d| d.message()).collect();
    assert_eq!(
        said,
        [
            "`weight` must be a whole number from -2147483648 to 2147483647, not `99999999999`",
            "`300000000h` is too long: a duration is at most `2562047h47m16.854775807s`, 292 years",
            "`retries` must be a whole number from 0 to 4294967295, not `-1`",
        ]
    );
}

#[test]
fn modules_have_one_kind_and_a_place() {
    let modules = "modules:\n- chart: {path: ./charts/x/, remote: {repo: 'https://e.com', name: x, version: 1.10}}\n- terraform: {remote: {source: a/b/aws}}\n- manifests: {path: ../../etc}\n- manifests: {path: ./gone/}\n- helmfile: {a: 1}\n- {chart: {}, name: e}\n- {name: f}\n- {chart: {remote: {repo: r, name: x, version: '1'}}}\n";
    let loaded = check(
        &[
            ("metadata.yaml", HEAD),
            ("modules.yaml", modules),
            ("charts/x/Chart.yaml", "name: x\n"),
        ],
        &[
            "p/1.0.0/modules.yaml:2:80: note[modules.version.unquoted]: unquoted, `1.10` is the value 1.1 to other readers of YAML",
            "  help: quote it: \"1.10\"",
            "p/1.0.0/modules.yaml:3:23: warning[modules.remote.unpinned]: without `version`, what is installed is not reproducible",
            "  help: add `version:`",
            "p/1.0.0/modules.yaml:4:21: error[modules.path]: `../../etc` leads out of the version folder",
            "  help: write a path inside the version folder, as `./charts/name/`",
            "p/1.0.0/modules.yaml:5:21: error[modules.path.missing]: there is nothing at `./gone/` in this version folder",
            "  help: add the files, or say where they are with `remote`",
            "p/1.0.0/modules.yaml:6:3: note[modules.kind.opaque]: `helmfile` is a kind of module that is passed on as it is",
            "p/1.0.0/modules.yaml:7:11: error[modules.content]: this chart module has neither `path` nor `remote`",
            "  help: say where its content is: `path: ./…` inside this version folder, or `remote: {…}`",
            "p/1.0.0/modules.yaml:8:3: error[modules.kind]: this module says nothing of what it is",
            "  help: write one of `chart:`, `terraform:` and `manifests:`, and beside it only `name`, `namespace` and `values`",
            "p/1.0.0/modules.yaml:9:3: error[modules.name.duplicate]: two modules are named `x`, the first in line 2",
            "  help: give one of them another `name:`",
        ],
    );
    assert!(loaded.catalog().package("p").unwrap().releases().is_empty());
}

#[test]
fn numbers_that_are_no_numbers() {
    let modules = "modules:\n- name: m\n  manifests: {remote: {url: u, sha256: abc}}\n  values: {a: .nan, b: !Ref x, c: 12345678901234567890123, d: 12:30}\n";
    check(
        &[("metadata.yaml", HEAD), ("modules.yaml", modules)],
        &[
            "p/1.0.0/modules.yaml:3:40: error[modules.sha256]: a SHA-256 digest has 64 hexadecimal digits",
            "  help: `sha256sum FILE` prints it",
            "p/1.0.0/modules.yaml:4:15: error[yaml.not-finite]: `.nan` is no number that JSON and the API server know",
            "  help: quote it if it is a text: \".nan\"",
            "p/1.0.0/modules.yaml:4:29: warning[yaml.tag]: the tag `!Ref` means nothing to Kubernetes' tools",
            "  help: remove the tag",
        ],
    );
}

#[test]
fn strict_makes_unknown_keys_errors() {
    let source =
        MemorySource::from_iter([("p/1.0.0/metadata.yaml", format!("{HEAD}colour: red\n"))]);
    let mut options = LoadOptions::default();
    assert!(!load(&source, &options).unwrap().has_errors());
    options.strict = true;
    assert!(load(&source, &options).unwrap().has_errors());
}

#[test]
fn limits_are_diagnostics() {
    let mut options = LoadOptions::default();
    options.limits.file_bytes = 100;
    options.files_per_version = 2;
    let mut source = MemorySource::from_iter([
        (
            "p/1.0.0/metadata.yaml",
            format!("{HEAD}# {}\n", "x".repeat(100)),
        ),
        (
            "q/1.0.0/metadata.yaml",
            "name: q\nversion: 1.0.0\n".to_owned(),
        ),
    ]);
    for index in 0..3 {
        source.insert(format!("q/1.0.0/definitions/{index}.yaml"), "a: b\n");
    }
    let loaded = load(&source, &options).unwrap();
    let codes: Vec<&str> = loaded.diagnostics().iter().map(|d| d.code()).collect();
    assert_eq!(
        codes,
        ["version.limit.files", "file.too-large"]
            .iter()
            .rev()
            .copied()
            .collect::<Vec<_>>()
    );
}

#[test]
fn what_is_not_read_where_conditions_stand_opens_no_gate() {
    let loaded = check(
        &[("metadata.yaml", HEAD), ("conditions", "conditions: []")],
        &[
            "p/1.0.0/conditions:1:1: error[file.not-a-folder]: `conditions` must be a folder inside the catalog, and this is none",
        ],
    );
    assert!(loaded.catalog().package("p").unwrap().releases().is_empty());
    check(
        &[
            ("metadata.yaml", HEAD),
            ("conditions.yaml", "conditions: []"),
        ],
        &[
            "p/1.0.0/conditions.yaml:1:1: error[file.misplaced]: `conditions.yaml` is not read: files of this kind stand in a folder",
            "  help: move it to `conditions/`",
        ],
    );
}

#[test]
fn a_package_lives_where_its_newest_release_says() {
    let loaded = loaded(&[
        (
            "p/1.0.0/metadata.yaml",
            "name: p\nversion: 1.0.0\nnamespace: old\n",
        ),
        (
            "p/2.0.0/metadata.yaml",
            "name: p\nversion: 2.0.0\nnamespace: new\n",
        ),
        (
            "p/3.0.0-rc.1/metadata.yaml",
            "name: p\nversion: 3.0.0-rc.1\nnamespace: newest\n",
        ),
        (
            "q/1.0.0/metadata.yaml",
            "name: q\nversion: 1.0.0\nscope: namespace\n",
        ),
    ]);
    let namespace = |name: &str| {
        loaded
            .catalog()
            .package(name)
            .unwrap()
            .namespace("home")
            .to_owned()
    };
    assert_eq!(
        (namespace("p"), namespace("q")),
        ("new".to_owned(), "home".to_owned())
    );
}
