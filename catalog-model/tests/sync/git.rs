//! Syncs of real repositories.

use catalog_model::sync::{SyncErrorKind, SyncWatch, Synced, sync};
use catalog_model::{LoadOptions, Source};

use super::history::History;
use super::law::check;
use super::store::{Item, Store};

#[test]
fn incremental_equals_full_in_a_repository() {
    let store = Store::new("sync-history");
    let mut history = History::new(2027);
    let commits = (0..60).map(|_| {
        let files = history.next();
        let files: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        store.files(&files).to_string()
    });
    let commits: Vec<String> = commits.collect();
    let repository = store.open();
    assert_eq!(repository.history(None, "main").unwrap(), commits);
    let options = LoadOptions::default();
    let mut synced = Synced::new(options.clone());
    let (mut read, mut all) = (0, 0);
    for commit in &commits {
        let source = repository.source(commit, Some("")).unwrap();
        let (next, changes) = sync(&synced, &source, SyncWatch::default()).unwrap();
        check(&next, &source, &options);
        read += changes.files_read();
        all += sync(&Synced::default(), &source, SyncWatch::default())
            .unwrap()
            .1
            .files_read();
        synced = next;
    }
    assert!(read * 3 < all, "{read} files of {all} were read");
}

#[test]
fn what_a_link_leads_to_is_looked_at_again() {
    let store = Store::new("sync-links");
    let metadata = |version: &str, more: &str| format!("name: a\nversion: {version}\n{more}");
    let commit = |shared: &str, chart: Option<&str>| {
        let (one, two) = (
            metadata("1.0.0", ""),
            metadata("2.0.0", "description: linked\n"),
        );
        let mut items = vec![
            ("a/1.0.0/metadata.yaml", Item::File(one.as_bytes())),
            (
                "a/1.0.0/modules.yaml",
                Item::File(b"modules:\n- chart: {path: ./deep/er/chart}\n"),
            ),
            ("a/1.0.0/deep/er", Item::Link("../../../shared/charts")),
            ("a/2.0.0/metadata.yaml", Item::File(two.as_bytes())),
            ("a/2.0.0/hooks", Item::Link("../../shared/hooks")),
            ("shared/hooks/h.yaml", Item::File(shared.as_bytes())),
            ("shared/charts/notes", Item::File(b"")),
        ];
        items.extend(chart.map(|text| {
            (
                "shared/charts/chart/Chart.yaml",
                Item::File(text.as_bytes()),
            )
        }));
        store.commit(&items);
        store.source()
    };
    let job = "pre-install:\n- job: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {containers: [{name: a, image: 'a:v1'}]}}}}\n";
    let options = LoadOptions::default();
    let mut synced = Synced::new(options.clone());
    for (shared, chart) in [
        (job, None),
        (&*job.replace("a:v1", "a:v2"), None),
        ("pre-instal: []\n", None),
        (job, None),
        (job, Some("name: chart\nversion: 1.0.0\n")),
    ] {
        let source = commit(shared, chart);
        let (next, changes) = sync(&synced, &source, SyncWatch::default()).unwrap();
        check(&next, &source, &options);
        // A chart behind a link that leads out of its version is as bad as none.
        assert_eq!(changes.is_empty(), chart.is_some(), "{changes:?}");
        synced = next;
    }
}

#[test]
fn a_damaged_repository_leaves_the_catalog_as_it_was() {
    let store = Store::new("sync-damaged");
    store.files(&[("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n")]);
    let before = sync(
        &Synced::new(LoadOptions::default()),
        &store.source(),
        SyncWatch::default(),
    )
    .unwrap()
    .0;
    let text = "name: a\nversion: 2.0.0\n";
    store.files(&[
        ("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("a/2.0.0/metadata.yaml", text),
    ]);
    let blob = store.object(gix::objs::Kind::Blob, text.as_bytes());
    let lost = store.loose(blob);
    let bytes = std::fs::read(&lost).unwrap();
    std::fs::remove_file(&lost).unwrap();
    let error = sync(&before, &store.source(), SyncWatch::default()).unwrap_err();
    assert_eq!(error.kind(), SyncErrorKind::Source);
    let expected = format!(
        "a/2.0.0/metadata.yaml: the repository `{}` is damaged, or does not have all its objects: object {blob}: ",
        store.path.display()
    );
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert_eq!(before.catalog().packages().count(), 1);
    std::fs::write(&lost, bytes).unwrap();
    let (after, changes) = sync(&before, &store.source(), SyncWatch::default()).unwrap();
    assert_eq!(
        (
            after.catalog().package("a").unwrap().releases().len(),
            changes.files_read()
        ),
        (2, 1)
    );
    assert!(store.source().content_id("").is_some());
}
