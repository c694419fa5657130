//! What several catalogs answer together: scenarios as data.

use catalog_model::index::Query;
use catalog_model::registry::{Registry, RegistryErrorKind};
use catalog_model::source::{ContentId, ContentScheme, Entry};
use catalog_model::version::Version;
use catalog_model::{DigestLimits, MemorySource, ReleaseLocation, Source, SourceError};

use super::made::{answers, break_down, cancel, descriptor, key, registry, source, sync};

/// The releases of a package as a namespace sees them, each with its catalog, those that have the same and those that differ.
#[track_caller]
fn check(registry: &Registry, namespace: Option<&str>, package: &str, expected: &[&str]) {
    let versions = registry.view(namespace).versions(package);
    let versions = versions.unwrap_or_default();
    let shown = versions.iter().map(|one| {
        let same: Vec<_> = one.also_in().map(|one| one.name()).collect();
        let other: Vec<_> = one.differing().map(|(one, _)| one.name()).collect();
        format!(
            "{} {} ={} !{}",
            one.release().version(),
            one.catalog().name(),
            same.join(","),
            other.join(",")
        )
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn one_release_in_several_catalogs_is_one_or_a_conflict() {
    let registry = registry(&[
        (
            "mirror",
            0,
            &["loki@1.0.0", "loki@2.0.0", "loki@3.0.0=patched"],
        ),
        ("ours", 10, &["loki@2.0.0", "loki@3.0.0"]),
        ("third", -5, &["loki@3.0.0=patched", "loki@4.0.0-rc.1"]),
    ]);
    check(
        &registry,
        None,
        "loki",
        &[
            "1.0.0 mirror = !",
            "2.0.0 ours =mirror !",
            "3.0.0 ours = !mirror,third",
            "4.0.0-rc.1 third = !",
        ],
    );
    let view = registry.view(None);
    let third = view
        .release_in("third", "loki", &Version::parse("3").unwrap())
        .unwrap();
    let places = [
        vec![third.catalog().name()],
        third.also_in().map(|one| one.name()).collect(),
        third.differing().map(|(one, _)| one.name()).collect(),
    ];
    assert_eq!(places, [vec!["third"], vec!["mirror"], vec!["ours"]]);
    let are_same = |one: &str, other: &str, version: &str| {
        let release = |name| {
            let version = Version::parse(version).unwrap();
            let catalog = view.catalog(name).unwrap().catalog().unwrap();
            catalog.release("loki", &version).unwrap()
        };
        view.are_same((one, release(one)), (other, release(other)))
    };
    assert!(are_same("ours", "mirror", "2.0.0") && are_same("third", "mirror", "3.0.0"));
    assert!(!are_same("ours", "mirror", "3.0.0"));
    let loki = third.release();
    assert!(!view.are_same(("third", loki), ("nowhere", loki)));
    let error = view
        .release_in("third", "loki", &Version::parse("2.0.0").unwrap())
        .unwrap_err();
    assert_eq!(error.to_string(), "the catalog `third` has no loki 2.0.0");
    let newest = view.newest("loki").unwrap().unwrap();
    assert_eq!(newest.to_string(), "loki@3.0.0 of ours");
    let conflicts: Vec<_> = view.conflicts().iter().map(ToString::to_string).collect();
    assert_eq!(conflicts, ["loki@3.0.0 of ours"]);
    let told = newest.conflict().unwrap();
    assert!(
        told.starts_with(
            "loki 3.0.0 of the catalog ours is not what it is in mirror (its digest is sha256:"
        ) && told.ends_with("): that of ours is taken"),
        "{told}"
    );
}

/// A source that gives each folder of a release this id, and has links.
struct Told {
    source: MemorySource,
    id: ContentId,
    links: &'static [&'static str],
}

impl Source for Told {
    fn list(&self, folder: &str) -> Result<Vec<Entry>, SourceError> {
        self.source.list(folder)
    }

    fn read(&self, file: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        self.source.read(file, limit)
    }

    fn is_link(&self, path: &str) -> bool {
        self.links.contains(&path)
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        path.contains('/').then_some(self.id)
    }
}

#[test]
fn ids_tell_that_releases_are_one_only_where_they_are_made_of_what_is_in_them() {
    const LINK: &[&str] = &["loki/1.0.0/metadata.yaml"];
    let cases: [(_, &'static [&str], _, _); 5] = [
        // What a service counts, and what a disk says, is of no use to another one.
        (
            ContentScheme::Own,
            &[],
            "patched",
            Some("its digest is sha256:"),
        ),
        (
            ContentScheme::Stat,
            &[],
            "patched",
            Some("its digest is sha256:"),
        ),
        (ContentScheme::Own, &[], "as released", None),
        (ContentScheme::Git, &[], "as released", None),
        // An id has where a link leads, and not what is there.
        (
            ContentScheme::Git,
            LINK,
            "as released",
            Some("it cannot be compared: "),
        ),
    ];
    for (scheme, links, text, expected) in cases {
        let mut registry = registry(&[("ours", 10, &[]), ("mirror", 0, &[])]);
        for (name, text) in [("ours", "as released"), ("mirror", text)] {
            let source = source(&[&format!("loki@1.0.0={text}")]);
            let id = ContentId::new(scheme, b"1").unwrap();
            sync(&mut registry, name, Told { source, id, links }).unwrap();
        }
        let view = registry.view(None);
        let newest = view.newest("loki").unwrap().unwrap();
        let why = newest.differing().next().map(|(_, why)| why);
        assert_eq!(why.is_some(), expected.is_some(), "{scheme:?} {why:?}");
        let is_told = why
            .zip(expected)
            .is_none_or(|(why, expected)| why.starts_with(expected));
        assert!(is_told, "{scheme:?} {why:?}");
    }
}

#[test]
fn a_namespace_sees_its_own_and_what_is_global() {
    let registry = registry(&[
        ("community", 0, &["loki@1.0.0"]),
        ("a/ours", 0, &["loki@2.0.0", "tempo@1.0.0"]),
        ("b/ours", 0, &["loki@3.0.0"]),
        ("b/community", 0, &["loki@9.0.0"]),
    ]);
    check(&registry, None, "loki", &["1.0.0 community = !"]);
    check(
        &registry,
        Some("a"),
        "loki",
        &["1.0.0 community = !", "2.0.0 ours = !"],
    );
    // Its own catalog hides the global one of the same name, from itself alone.
    check(
        &registry,
        Some("b"),
        "loki",
        &["3.0.0 ours = !", "9.0.0 community = !"],
    );
    check(&registry, Some("c"), "loki", &["1.0.0 community = !"]);
    let error = registry.view(Some("b")).versions("temp").unwrap_err();
    assert_eq!(
        (error.kind(), error.near()),
        (RegistryErrorKind::NotFound, None)
    );
    let error = registry.view(Some("a")).versions("temp").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no package `temp` in any catalog"
    );
    assert_eq!(error.near(), Some("tempo"));
    // Of equal priority, its own is asked first.
    let view = registry.view(Some("a"));
    let order: Vec<_> = view.catalogs().map(|one| one.name()).collect();
    assert_eq!(order, ["ours", "community"]);
}

#[test]
fn queries_find_what_fits_in_the_first_catalog() {
    let registry = registry(&[
        ("ours", 10, &["grafana@1.0.0=for us", "loki@2.0.0"]),
        (
            "community",
            0,
            &[
                "grafana@1.0.0=for all",
                "grafana@2.0.0=for all",
                "tempo@1.0.0",
            ],
        ),
    ]);
    let view = registry.view(None);
    let found = |query: &Query| -> Vec<String> {
        let found = view.select(query).unwrap();
        found.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        found(&Query::new()),
        [
            "grafana@1.0.0 of ours",
            "loki@2.0.0 of ours",
            "tempo@1.0.0 of community"
        ]
    );
    assert_eq!(
        found(&Query::new().text("for all")),
        ["grafana@2.0.0 of community"]
    );
    // 1.0.0 of community is hidden by the one that is asked first.
    assert_eq!(
        found(&Query::new().text("for all").every_version()),
        ["grafana@2.0.0 of community"]
    );
    assert_eq!(
        found(&Query::new().text("gra").every_version()),
        ["grafana@1.0.0 of ours", "grafana@2.0.0 of community"]
    );
    let entry = view.select(&Query::new()).unwrap()[1].entry().unwrap();
    assert_eq!(entry.to_string(), "loki@2.0.0");
}

#[test]
fn a_catalog_that_cannot_be_read_answers_as_it_did_and_says_why() {
    let mut registry = registry(&[
        ("a", 1, &["loki@1.0.0"]),
        ("b", 0, &["loki@1.0.0", "tempo@1.0.0"]),
    ]);
    let before = answers(&registry, None);
    for act in [break_down, cancel] {
        act(&mut registry, "a");
        assert_eq!(answers(&registry, None), before);
    }
    assert_eq!(
        registry.catalog(&key("a")).unwrap().problem(),
        Some("the sync was cancelled")
    );
    break_down(&mut registry, "a");
    let a = registry.catalog(&key("a")).unwrap();
    assert_eq!(a.problem(), Some("/: the disk is on fire"));
    assert_eq!(a.commit(), Some("commit-of-a"));
    assert_eq!(registry.catalog(&key("b")).unwrap().problem(), None);
    // One that never answered hides nobody either.
    registry.register(descriptor("c", 99)).unwrap();
    break_down(&mut registry, "c");
    assert_eq!(answers(&registry, None), before);
    let error = registry.view(None).versions("mimir").unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no package `mimir` in the catalogs that answer; `c` does not"
    );
    // And the first success ends it.
    sync(&mut registry, "a", source(&["loki@2.0.0"])).unwrap();
    assert_eq!(registry.catalog(&key("a")).unwrap().problem(), None);
    check(&registry, None, "loki", &["1.0.0 b = !", "2.0.0 a = !"]);
}

#[test]
fn a_location_leads_to_the_files_and_to_no_others() {
    let mut registry = registry(&[("a", 1, &["loki@1.0.0"]), ("b", 0, &["loki@1.0.0=other"])]);
    let version = Version::parse("1.0").unwrap();
    let location = registry
        .view(None)
        .release("loki", &version)
        .unwrap()
        .location()
        .unwrap();
    assert_eq!(
        [
            Some(location.catalog()),
            location.address(),
            location.commit(),
            Some(location.path())
        ],
        [
            Some("a"),
            Some("/srv/a"),
            Some("commit-of-a"),
            Some("loki/1.0.0")
        ]
    );
    assert!(location.digest().unwrap().starts_with("sha256:"));
    let limits = DigestLimits::default();
    let files = registry.view(None).fetch(&location, &limits).unwrap();
    let text = files.read("metadata.yaml", 1000).unwrap();
    assert_eq!(
        text,
        b"name: loki\nversion: 1.0.0\ndescription: as released\n"
    );

    let fetch = |registry: &Registry, location: &ReleaseLocation| {
        let error = registry.view(None).fetch(location, &limits).unwrap_err();
        (error.kind(), error.to_string())
    };
    // A changed byte is refused.
    sync(&mut registry, "a", source(&["loki@1.0.0=as releasee"])).unwrap();
    let (kind, told) = fetch(&registry, &location);
    assert_eq!(kind, RegistryErrorKind::Fetch);
    assert!(
        told.starts_with("catalog a: loki/1.0.0: this is not what was expected"),
        "{told}"
    );
    let (_, told) = fetch(&registry, &ReleaseLocation::new("a", "loki/1.0.0"));
    assert!(told.contains("has no digest"), "{told}");
    let (kind, told) = fetch(&registry, &ReleaseLocation::new("aa", "loki/1.0.0"));
    assert_eq!(
        (kind, told.as_str()),
        (RegistryErrorKind::NotFound, "there is no catalog `aa`")
    );
    registry.register(descriptor("c", 0)).unwrap();
    let (kind, _) = fetch(&registry, &ReleaseLocation::new("c", "loki/1.0.0"));
    assert_eq!(kind, RegistryErrorKind::NotSynced);
}

#[test]
fn what_cannot_be_registered_is_refused() {
    let mut registry = registry(&[("community", 0, &["loki@1.0.0"])]);
    let error = registry.register(descriptor("community", 7)).unwrap_err();
    assert_eq!(error.kind(), RegistryErrorKind::AlreadyExists);
    assert_eq!(
        error.to_string(),
        "the catalog `community` is registered already: update it, or remove it before it is registered anew"
    );
    let missing = [
        registry.update(descriptor("comunity", 0)).unwrap_err(),
        registry.remove(&key("comunity")).unwrap_err(),
        registry.begin_sync(&key("comunity")).unwrap_err(),
    ];
    for error in missing {
        assert_eq!(error.kind(), RegistryErrorKind::NotFound);
        assert_eq!(error.near(), Some("community"));
    }
    assert_eq!(
        registry
            .catalog(&key("community"))
            .unwrap()
            .descriptor()
            .priority(),
        0
    );
}

#[test]
fn a_sync_that_was_overtaken_is_not_kept() {
    let begin = |registry: &Registry| {
        let task = registry.begin_sync(&key("a")).unwrap();
        task.run(Box::new(source(&["loki@9.0.0"])), None, Default::default())
    };
    let overtaken: [fn(&mut Registry); 3] = [
        |registry| sync(registry, "a", source(&["loki@2.0.0"])).unwrap(),
        |registry| registry.update(descriptor("a", 5)).unwrap(),
        |registry| drop(registry.remove(&key("a")).unwrap()),
    ];
    for overtake in overtaken {
        let mut registry = registry(&[("a", 0, &["loki@1.0.0"])]);
        let outcome = begin(&registry);
        overtake(&mut registry);
        let before = answers(&registry, None);
        let error = registry.record(outcome).unwrap_err();
        assert_eq!(error.kind(), RegistryErrorKind::Stale);
        assert_eq!(answers(&registry, None), before);
    }
}
