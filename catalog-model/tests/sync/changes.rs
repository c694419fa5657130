//! What is said of a change.

use catalog_model::source::{ContentId, Entry, EntryKind, Source, SourceError};
use catalog_model::sync::{SyncWatch, Synced, sync};
use catalog_model::{LoadOptions, MemorySource};

const METADATA: &str = "name: a\nversion: 1.0.0\n";
const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: dashboards.example.com}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {plural: dashboards, kind: Dashboard}\n  versions:\n  - name: v1\n    served: true\n    storage: true\n    schema: {openAPIV3Schema: {type: object, properties: {a: {type: string}}}}\n";
const CONDITIONS: &str =
    "conditions:\n- name: recent\n  target: {kubeVersion: {}}\n  op: range\n  value: '>=1.28'\n";
const HOOKS: &str = "pre-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:v1'}]}}}}\n";
const MODULES: &str = "modules:\n- chart: {path: ./charts/a/}\n";

fn base() -> MemorySource {
    MemorySource::from_iter([
        ("a/1.0.0/metadata.yaml", METADATA),
        ("a/1.0.0/definitions/crd.yaml", CRD),
        ("a/1.0.0/conditions/c.yaml", CONDITIONS),
        ("a/1.0.0/hooks/h.yaml", HOOKS),
        ("a/1.0.0/modules.yaml", MODULES),
        ("a/1.0.0/charts/a/Chart.yaml", "name: a\nversion: 1.0.0\n"),
        ("b/1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n"),
    ])
}

/// The changes from the base to the base with other files; an empty text is no file.
fn changes(files: &[(&str, &str)]) -> Vec<String> {
    let before = sync(
        &Synced::new(LoadOptions::default()),
        &base(),
        SyncWatch::default(),
    )
    .unwrap()
    .0;
    let loaded = before.loaded();
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics());
    let kept = base();
    let changed = |path: &str| files.iter().any(|(other, _)| *other == path);
    let mut after: MemorySource = kept
        .files()
        .filter(|(path, _)| !changed(path))
        .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
        .collect();
    for (path, text) in files.iter().filter(|(_, text)| !text.is_empty()) {
        after.insert(*path, *text);
    }
    let changes = sync(&before, &after, SyncWatch::default()).unwrap().1;
    changes.iter().map(ToString::to_string).collect()
}

#[test]
fn each_part_is_named_that_says_something_else() {
    for (path, from, to, expected) in [
        (
            "metadata.yaml",
            METADATA,
            "name: a\nversion: 1.0.0\ndescription: x\n",
            "metadata",
        ),
        (
            "metadata.yaml",
            METADATA,
            "name: a\nversion: v1.0.0\n",
            "metadata",
        ),
        (
            "metadata.yaml",
            METADATA,
            "name: a\nversion: 1.0.0\ndependencies: [{name: b}]\n",
            "dependencies",
        ),
        (
            "metadata.yaml",
            METADATA,
            "name: a\nversion: 1.0.0\nconflicts: [{name: b}]\n",
            "dependencies",
        ),
        (
            "metadata.yaml",
            METADATA,
            "name: a\nversion: 1.0.0\nrequires: [{name: x}]\n",
            "dependencies",
        ),
        (
            "metadata.yaml",
            METADATA,
            "name: a\nversion: 1.0.0\nprovides: [{name: x}]\n",
            "metadata",
        ),
        (
            "metadata.yaml",
            METADATA,
            "name: a\nversion: 1.0.0\nsystem: {kubernetes: '>=1.30'}\n",
            "metadata, conditions",
        ),
        (
            "metadata.yaml",
            METADATA,
            "# mine\nname: a\nversion: 1.0.0\n",
            "files",
        ),
        (
            "definitions/crd.yaml",
            CRD,
            &CRD.replace("string", "integer"),
            "definitions",
        ),
        ("definitions/crd.yaml", CRD, "", "definitions"),
        (
            "conditions/c.yaml",
            CONDITIONS,
            &CONDITIONS.replace("1.28", "1.29"),
            "conditions",
        ),
        (
            "hooks/h.yaml",
            HOOKS,
            &HOOKS.replace("v1}", "v2}").replace("a:v1", "a:v2"),
            "hooks",
        ),
        (
            "modules.yaml",
            MODULES,
            "modules:\n- chart: {path: ./charts/a/}\n  values: {x: 1}\n",
            "modules",
        ),
        (
            "charts/a/Chart.yaml",
            "",
            "name: a\nversion: 1.0.1\n",
            "files",
        ),
        ("README.md", "", "hello\n", "files"),
    ] {
        assert_ne!(from, to);
        let said = changes(&[(&format!("a/1.0.0/{path}"), to)]);
        assert_eq!(
            said,
            [format!(
                "changed a@{}: {expected}",
                if to.contains("v1.0.0") {
                    "v1.0.0"
                } else {
                    "1.0.0"
                }
            )],
            "{to}"
        );
    }
}

#[test]
fn releases_come_go_and_break() {
    assert_eq!(changes(&[]), Vec::<String>::new());
    assert_eq!(
        changes(&[
            ("a/2.0.0/metadata.yaml", "name: a\nversion: 2.0.0\n"),
            ("c/1.0.0/metadata.yaml", "name: c\nversion: 1.0.0\n")
        ]),
        ["added a@2.0.0", "added c@1.0.0"]
    );
    assert_eq!(
        changes(&[("b/1.0.0/metadata.yaml", "")]),
        ["removed b@1.0.0"]
    );
    assert_eq!(
        changes(&[("a/1.0.0/metadata.yaml", "name: [")]),
        ["broken a@1.0.0"]
    );
    // Two folders of one version: nobody can say which is meant.
    assert_eq!(
        changes(&[("b/v1.0/metadata.yaml", "name: b\nversion: v1.0\n")]),
        ["broken b@1.0.0"]
    );
    // What was never usable is no matter of changes.
    assert_eq!(
        changes(&[("c/1.0.0/metadata.yaml", "name: [")]),
        Vec::<String>::new()
    );
    // Of scope, the newest release decides.
    assert_eq!(
        changes(&[(
            "b/2.0.0/metadata.yaml",
            "name: b\nversion: 2.0.0\nscope: namespace\n"
        )]),
        ["broken b@1.0.0", "added b@2.0.0"]
    );
    // A folder that moves is one version still.
    assert_eq!(
        changes(&[
            ("b/1.0.0/metadata.yaml", ""),
            ("b/v1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n")
        ]),
        ["changed b@1.0.0: metadata"]
    );
}

/// A source that lists a link of one name so many times, as one does that makes names which are no UTF-8 readable.
struct Repeating(MemorySource, usize);

impl Source for Repeating {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let mut listed = self.0.list(folder)?;
        let times = if folder.is_empty() { self.1 } else { 0 };
        listed.extend((0..times).map(|_| Entry {
            name: "\u{fffd}".to_owned(),
            kind: EntryKind::Other,
        }));
        Ok(listed)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.0.read(file, limit)
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.0
            .content_id(path)
            .filter(|_| !path.is_empty() && path != "\u{fffd}")
    }
}

#[test]
fn what_is_gone_is_told_beside_a_name_that_comes_twice() {
    let both = base();
    let one = base();
    let one = one.files().filter(|(path, _)| !path.starts_with("b/"));
    let one: MemorySource = one
        .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
        .collect();
    let first = Synced::new(LoadOptions::default());
    let (before, _) = sync(&first, &Repeating(both, 1), SyncWatch::default()).unwrap();
    assert_eq!(before.index().packages().count(), 2);
    let (after, changes) = sync(&before, &Repeating(one, 2), SyncWatch::default()).unwrap();
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["removed b@1.0.0"]);
    assert_eq!(after.index().packages().count(), 1);
}
