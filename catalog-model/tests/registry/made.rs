//! Registries that the tests make.

use std::sync::atomic::AtomicBool;

use catalog_model::registry::{CatalogKey, Descriptor, Registry, RegistryErrorKind};
use catalog_model::source::{Entry, SourceErrorKind};
use catalog_model::sync::SyncWatch;
use catalog_model::{CatalogAddress, LoadOptions, MemorySource, Source, SourceError};

/// `name` or `namespace/name`.
pub(super) fn key(text: &str) -> CatalogKey {
    match text.split_once('/') {
        Some((namespace, name)) => CatalogKey::of(namespace, name).unwrap(),
        None => CatalogKey::global(text).unwrap(),
    }
}

pub(super) fn descriptor(text: &str, priority: i32) -> Descriptor {
    let address = CatalogAddress::parse(&format!("/srv/{text}")).unwrap();
    Descriptor::new(key(text), address).with_priority(priority)
}

/// A catalog of releases, each `package@version`, or `package@version=what its files say`.
pub(super) fn source(releases: &[&str]) -> MemorySource {
    let mut source = MemorySource::new();
    for release in releases {
        let (release, text) = release.split_once('=').unwrap_or((release, "as released"));
        let (package, version) = release.split_once('@').unwrap();
        source.insert(
            format!("{package}/{version}/metadata.yaml"),
            format!("name: {package}\nversion: {version}\ndescription: {text}\n"),
        );
    }
    source
}

/// A registry with these catalogs: what `key` takes, priority, releases.
pub(super) fn registry(catalogs: &[(&str, i32, &[&str])]) -> Registry {
    let mut registry = Registry::new(LoadOptions::default());
    for (name, priority, releases) in catalogs {
        registry.register(descriptor(name, *priority)).unwrap();
        sync(&mut registry, name, source(releases)).unwrap();
    }
    registry
}

/// Syncs a catalog with a source at a commit that is named after its key.
pub(super) fn sync(
    registry: &mut Registry,
    name: &str,
    source: impl Source + Send + 'static,
) -> Result<(), RegistryErrorKind> {
    let task = registry.begin_sync(&key(name)).map_err(|e| e.kind())?;
    let commit = format!("commit-of-{name}");
    let outcome = task.run(Box::new(source), Some(&commit), SyncWatch::default());
    let recorded = registry.record(outcome).map_err(|e| e.kind())?;
    assert!(recorded.is_some());
    Ok(())
}

/// Lets a sync of a catalog fail.
pub(super) fn break_down(registry: &mut Registry, name: &str) {
    let task = registry.begin_sync(&key(name)).unwrap();
    let outcome = task.run(Box::new(Broken), None, SyncWatch::default());
    assert_eq!(registry.record(outcome).unwrap(), None);
}

/// A sync that is cancelled before it began.
pub(super) fn cancel(registry: &mut Registry, name: &str) {
    let cancelled = AtomicBool::new(true);
    let mut watch = SyncWatch::default();
    watch.cancel = Some(&cancelled);
    let task = registry.begin_sync(&key(name)).unwrap();
    let outcome = task.run(Box::new(source(&["other@9.0.0"])), None, watch);
    assert_eq!(registry.record(outcome).unwrap(), None);
}

/// A source that is away.
struct Broken;

impl Source for Broken {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        let message = "the disk is on fire";
        let kind = SourceErrorKind::Unavailable;
        Err(SourceError::new(kind, format!("/{folder}"), message))
    }

    fn read(&self, file: &str, _: usize) -> Result<Vec<u8>, SourceError> {
        self.list(file).map(|_| Vec::new())
    }
}

/// All that a view of a namespace answers, as texts.
pub(super) fn answers(registry: &Registry, namespace: Option<&str>) -> Vec<String> {
    let view = registry.view(namespace);
    let mut answers = Vec::new();
    for package in view.packages() {
        for offered in view.versions(package).unwrap() {
            let same: Vec<_> = offered.also_in().map(|one| one.name()).collect();
            let other: Vec<_> = offered.differing().map(|(one, _)| one.name()).collect();
            let location = offered.location().unwrap();
            answers.push(format!(
                "{offered}, as in {same:?}, unlike {other:?}: {}",
                location.to_json()
            ));
        }
        let newest = view.newest(package).unwrap();
        answers.push(format!("newest {newest:?}"));
    }
    answers
}
