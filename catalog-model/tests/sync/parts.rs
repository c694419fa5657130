//! Parts of a version that did not change, beside one that did.

use catalog_model::sync::{SyncWatch, Synced, sync};
use catalog_model::{LoadOptions, MemorySource};

use super::law::check;

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: widgets.example.com}\nspec: {group: example.com, scope: Namespaced, names: {plural: widgets, kind: Widget}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n";
const FOLDER: &str = "a/1.0.0";
const JOB: &str = "pre-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:v1'}]}}}}\n";

fn condition(name: &str) -> String {
    format!(
        "conditions:\n- name: {name}\n  target: {{kubeVersion: {{}}}}\n  op: range\n  value: '>=1.28'\n"
    )
}

fn source(files: &[(&str, &str)]) -> MemorySource {
    let files = files.iter();
    files
        .map(|(name, text)| (format!("{FOLDER}/{name}"), *text))
        .collect()
}

/// Syncs one state after the other, each of which must come out as it would alone. Gives how many files were read for the last.
fn files_read(options: &LoadOptions, states: &[MemorySource]) -> usize {
    let mut synced = Synced::new(options.clone());
    let mut read = 0;
    for source in states {
        let (next, changes) = sync(&synced, source, SyncWatch::default()).unwrap();
        check(&next, source, options);
        (synced, read) = (next, changes.files_read());
    }
    read
}

#[test]
fn nothing_is_read_of_a_part_that_is_as_it_was() {
    let recent = condition("recent");
    let with = |metadata: &str| {
        let metadata = format!("name: a\nversion: 1.0.0\n{metadata}");
        source(&[
            ("metadata.yaml", &metadata),
            ("conditions/c.yaml", &recent),
            ("hooks/h.yaml", JOB),
            ("definitions/d.yaml", CRD),
            ("modules.yaml", "modules:\n- chart: {path: ./chart}\n"),
            ("chart/Chart.yaml", "name: a\nversion: 1.0.0\n"),
        ])
    };
    let states = [
        with(""),
        with("system: {kubernetes: '>=1.28'}\n"),
        with("system: {kubernetes: '>=1.30', vela: '>=1.9'}\n"),
        with("description: nothing is asked any more\n"),
    ];
    for states in states.windows(2) {
        assert_eq!(files_read(&LoadOptions::default(), states), 1);
    }
    files_read(&LoadOptions::default(), &states);
}

#[test]
fn a_condition_that_is_kept_clashes_with_what_the_metadata_asks_now() {
    let named = condition("system.kubernetes");
    let with = |metadata: &str| {
        let metadata = format!("name: a\nversion: 1.0.0\n{metadata}");
        source(&[("metadata.yaml", &metadata), ("conditions/c.yaml", &named)])
    };
    let states = [with(""), with("system: {kubernetes: '>=1.28'}\n"), with("")];
    files_read(&LoadOptions::default(), &states);
}

#[test]
fn files_that_are_kept_are_counted() {
    let (one, other) = (condition("one"), condition("other"));
    let with = |hooks: &[&str]| {
        let mut files = vec![
            ("metadata.yaml", "name: a\nversion: 1.0.0\n"),
            ("conditions/1.yaml", &*one),
            ("conditions/2.yaml", &*other),
            ("definitions/d.yaml", CRD),
        ];
        files.extend(hooks.iter().map(|name| (*name, JOB)));
        source(&files)
    };
    let hooks = ["hooks/1.yaml", "hooks/2.yaml", "hooks/3.yaml"];
    for limit in 0..8 {
        let mut options = LoadOptions::default();
        options.files_per_version = limit;
        for few in 0..=hooks.len() {
            let few = with(hooks.get(..few).unwrap());
            files_read(&options, &[few.clone(), with(&hooks), few]);
        }
    }
}
