//! Catalogs that are opened as their descriptors say.

use std::fs;
use std::path::Path;

use catalog_model::document::Limits;
use catalog_model::registry::{Descriptor, Registry};
use catalog_model::sync::SyncWatch;
use catalog_model::{LoadOptions, SourceFile};

#[test]
fn each_catalog_is_read_where_its_descriptor_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("registry-syncs");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("one/web/1.0.0")).unwrap();
    let file = folder.join("one/web/1.0.0/metadata.yaml");
    fs::write(&file, "name: web\nversion: 1.0.0\n").unwrap();
    let text = format!(
        "- {{name: one, address: {0}/one}}\n- {{name: two, address: {0}/two}}\n",
        folder.display()
    );
    let file = SourceFile::new("catalogs.yaml", text);
    let (descriptors, told) = Descriptor::read(&file, &Limits::default());
    assert!(told.is_empty());
    let mut registry = Registry::new(LoadOptions::default());
    for descriptor in descriptors {
        let key = descriptor.key().clone();
        registry.register(descriptor).unwrap();
        let task = registry.begin_sync(&key).unwrap();
        let outcome = task.open_and_run(SyncWatch::default());
        assert_eq!(outcome.changes().is_ok(), key.name() == "one");
        registry.record(outcome).unwrap();
    }
    let problems: Vec<_> = registry.catalogs().map(|one| one.problem()).collect();
    assert_eq!(problems[0], None);
    assert!(problems[1].unwrap().contains("two"), "{problems:?}");
    assert_eq!(registry.view(None).packages().len(), 1);
}
