//! An index before its definitions are read and after, and the releases it loads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::index::{Entry, Index, IndexErrorKind, Query};
use catalog_model::rule::Level;
use catalog_model::version::Version;
use catalog_model::{Capability, LoadOptions, MemorySource, load};

fn shown<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.to_string()).collect()
}

#[test]
fn broken_definitions_take_a_version_out_of_use_once_they_are_read() {
    let source = MemorySource::from_iter([
        ("alpha/1.0.0/metadata.yaml", "name: alpha\nversion: 1.0.0\n"),
        ("alpha/1.1.0/metadata.yaml", "name: alpha\nversion: 1.1.0\n"),
        ("alpha/1.1.0/definitions/d.yaml", "kind: [\n"),
    ]);
    let options = LoadOptions::default();
    let index = Index::read(&source, &options).unwrap().into_index();
    assert_eq!(shown(index.newest()), ["alpha@1.1.0"]);
    let entry = index.newest().next().unwrap();
    let error = entry.load(&source).unwrap_err();
    assert_eq!(error.kind(), IndexErrorKind::Unusable);
    assert!(!error.diagnostics().is_empty());

    let query = Query::new().provides([Capability::parse_name("dashboards").unwrap()]);
    let error = index.select(&query).unwrap_err();
    assert_eq!(error.kind(), IndexErrorKind::DefinitionsUnread);

    let kept = index.select(&Query::new()).unwrap();
    let told = index.read_definitions(&source);
    assert!(told.happened_now());
    assert!(!told.diagnostics().is_empty());
    assert_eq!(shown(kept), ["alpha@1.1.0"]);
    assert_eq!(shown(index.newest()), ["alpha@1.0.0"]);
    assert_eq!(index.versions("alpha").unwrap().count(), 1);
    assert_eq!(index.len(), 1);
    assert_eq!(index.unusable("alpha").unwrap().len(), 1);
}

#[test]
fn definitions_are_read_once_and_as_the_rest_was() {
    let source = MemorySource::from_iter([
        (
            "a/1.0.0/metadata.yaml",
            "name: a\nversion: 1.0.0\ncolour: green\n",
        ),
        ("a/1.0.0/definitions/d.md", "nothing"),
        ("b/1.0.0/metadata.yaml", "name: b\nversion: 1.0.0\n"),
    ]);
    let mut options = LoadOptions::default();
    options.levels.set("file.ignored", Level::Allow).unwrap();
    options
        .levels
        .set("metadata.unknown-key", Level::Allow)
        .unwrap();
    let read = Index::read(&source, &options).unwrap();
    assert!(read.diagnostics().is_empty() && !read.has_errors());
    assert_eq!(read.suppressed()[0].code(), "metadata.unknown-key");
    let index = read.index();
    let told = index.read_definitions(&source);
    assert!(told.happened_now() && told.diagnostics().is_empty());
    assert_eq!(told.suppressed()[0].code(), "file.ignored");
    // The second time nothing is read, whatever the source.
    let again = index.read_definitions(&MemorySource::new());
    assert!(!again.happened_now());
    assert_eq!(again.suppressed(), told.suppressed());
    let entry = index.newest_version("a").unwrap().unwrap();
    let release = entry.load(&source).unwrap();
    assert!(release.diagnostics().is_empty());
    assert_eq!(release.suppressed().len(), 2);

    let of_catalog = Index::of(load(&source, &options).unwrap().catalog(), &options);
    assert!(of_catalog.definitions_are_read());
    assert!(!of_catalog.read_definitions(&source).happened_now());
}

#[test]
fn a_version_with_broken_definitions_does_not_set_the_scope() {
    let source = MemorySource::from_iter([
        ("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        (
            "a/2.0.0/metadata.yaml",
            "name: a\nversion: 2.0.0\nscope: namespace\n",
        ),
        ("a/2.0.0/definitions/d.yaml", "kind: [\n"),
    ]);
    let options = LoadOptions::default();
    let index = Index::read(&source, &options).unwrap().into_index();
    index.read_definitions(&source);
    assert_eq!(shown(index.newest()), ["a@1.0.0"]);
}

#[test]
fn a_version_of_another_scope_is_refused_once_that_is_known() {
    let source = MemorySource::from_iter([
        ("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        (
            "a/2.0.0/metadata.yaml",
            "name: a\nversion: 2.0.0\nscope: namespace\n",
        ),
    ]);
    let options = LoadOptions::default();
    let read = Index::read(&source, &options).unwrap();
    assert!(read.diagnostics().is_empty());
    let index = read.index();
    let old = index
        .release("a", &Version::parse("1.0.0").unwrap())
        .unwrap();
    assert!(old.load(&source).is_ok());
    assert_eq!(
        index.read_definitions(&source).diagnostics()[0].code(),
        "package.scope"
    );
    let error = old.load(&source).unwrap_err();
    assert_eq!(error.kind(), IndexErrorKind::Unusable);
    assert_eq!(error.diagnostics()[0].code(), "package.scope");
}

#[test]
fn the_files_of_a_version_are_counted_together() {
    let source = MemorySource::from_iter([
        ("a/1.0.0/metadata.yaml", "name: a\nversion: 1.0.0\n"),
        ("a/1.0.0/hooks/a.md", ""),
        ("a/1.0.0/hooks/b.md", ""),
        ("a/1.0.0/definitions/a.md", ""),
    ]);
    for (limit, usable) in [(2, 0), (3, 1)] {
        let mut options = LoadOptions::default();
        options.files_per_version = limit;
        let index = Index::read(&source, &options).unwrap().into_index();
        index.read_definitions(&source);
        assert_eq!(index.len(), usable, "{limit}");
        let loaded = load(&source, &options).unwrap();
        let errors = loaded.diagnostics().iter();
        let errors = errors
            .filter(|one| one.code() == "version.limit.files")
            .count();
        assert_eq!(errors, 1 - usable, "{limit}");
    }
}

/// A service that reads its catalog again has entries of both indexes for a while.
#[test]
fn an_entry_is_judged_by_its_own_index() {
    let web = ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n");
    let old = MemorySource::from_iter([web]);
    let new = MemorySource::from_iter([
        ("aaa/1.0.0/metadata.yaml", "name: aaa\nversion: 1.0.0\n"),
        ("aaa/1.0.0/definitions/x.yaml", "kind: X\n"),
        web,
    ]);
    let options = LoadOptions::default();
    let before = Index::read(&old, &options).unwrap().into_index();
    let after = Index::read(&new, &options).unwrap().into_index();
    after.read_definitions(&new);
    for index in [&before, &after] {
        let entry = index.newest_version("web").unwrap().unwrap();
        let loaded = entry.load(&new).unwrap();
        assert_eq!(loaded.release().package().as_str(), "web");
    }
}

/// What an index says is usable, it loads: with the limits that it was made with, of a catalog or of its source.
#[test]
fn releases_are_loaded_with_the_options_of_the_index() {
    let metadata = format!("name: web\nversion: 1.0.0\n# {}\n", "x".repeat(200));
    let source = MemorySource::from_iter([("web/1.0.0/metadata.yaml", metadata.as_str())]);
    let mut options = LoadOptions::default();
    options.strict = true;
    options.limits.file_bytes = 8 * metadata.len();
    let loaded = load(&source, &options).unwrap();
    for index in [
        Index::of(loaded.catalog(), &options),
        Index::read(&source, &options).unwrap().into_index(),
    ] {
        let entry = index.newest_version("web").unwrap().unwrap();
        assert!(entry.load(&source).is_ok());
        let unknown = format!("{metadata}colour: green\n");
        let changed = MemorySource::from_iter([("web/1.0.0/metadata.yaml", unknown.as_str())]);
        let error = entry.load(&changed).unwrap_err();
        assert_eq!(error.diagnostics()[0].code(), "metadata.unknown-key");
        let large = metadata.repeat(9);
        let changed = MemorySource::from_iter([("web/1.0.0/metadata.yaml", large.as_str())]);
        let error = entry.load(&changed).unwrap_err();
        assert_eq!(error.diagnostics()[0].code(), "file.too-large");
    }
}
