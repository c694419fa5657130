//! What two commits say otherwise.

use catalog_model::diff::{CatalogState, diff};
use catalog_model::{LoadOptions, load};

use super::store::{Item, Store};

#[test]
fn submodules_and_links_that_lead_nowhere_are_what_they_were() {
    let store = Store::new("diff-links");
    let commit = |motd: &'static str, nowhere: &'static str| {
        store.commit(&[
            ("motd", Item::File(motd.as_bytes())),
            (
                "web/1.0.0/metadata.yaml",
                Item::File(b"name: web\nversion: 1.0.0\n"),
            ),
            ("web/1.0.0/charts/vendored", Item::Submodule),
            ("web/1.0.0/files/above", Item::Link("..")),
            ("web/1.0.0/files/circle", Item::Link("circle")),
            ("web/1.0.0/files/motd", Item::Link("../../../motd")),
            ("web/1.0.0/files/nowhere", Item::Link(nowhere)),
            ("web/1.0.0/files/out", Item::Link("/etc/motd")),
        ])
    };
    let commits = [
        commit("hello", "none"),
        commit("good day", "none"),
        commit("good day", "neither"),
    ];
    let states = commits.map(|id| {
        let source = store.open().source(&id.to_string(), None).unwrap();
        let catalog = load(&source, &LoadOptions::default())
            .unwrap()
            .into_catalog();
        (source, catalog)
    });
    let changed = |before: usize, after: usize| {
        let [before, after] = [before, after].map(|at| {
            let (source, catalog) = &states[at];
            CatalogState::new(catalog).files(source)
        });
        let found = diff(before, after);
        let compared = found.releases().iter().filter_map(|one| one.comparison());
        let files = compared.flat_map(|compared| compared.files().iter().map(|file| file.path()));
        files.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(changed(0, 0), [""; 0]);
    assert_eq!(changed(0, 1), ["files/motd"]);
    assert!(changed(1, 2).contains(&"files/nowhere".to_owned()));
}
