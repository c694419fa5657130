//! Several catalogs on one cluster: which catalog a release is taken from, and what is said of it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::conditions::snapshot::Snapshot;
use catalog_model::{Catalog, InstalledRelease, LoadOptions, MemorySource, Release, load};
use catalog_resolve::{
    Catalogs, ClusterView, Exclusion, Item, LockedRelease, Outcome, Request, resolve,
};

const CRD: &str = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec: {group: example.com, names: {kind: Widget, plural: widgets}, scope: Namespaced, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}
";

/// A catalog of `package/version` and what stands below name and version in `metadata.yaml`: there, `# asks for NAME` is a condition that a CRD
/// is there, and `CRD` at the end ships one.
fn catalog(releases: &[(&str, &str)]) -> Catalog {
    let mut source = MemorySource::new();
    for (release, rest) in releases {
        let (package, version) = release.split_once('/').unwrap();
        let (rest, definition) = match rest.strip_suffix("CRD") {
            Some(rest) => (rest, true),
            None => (*rest, false),
        };
        let text = format!("name: {package}\nversion: {version}\n{rest}\n");
        source.insert(format!("{release}/metadata.yaml"), text);
        if let Some(name) = rest
            .lines()
            .find_map(|line| line.strip_prefix("# asks for "))
        {
            let text =
                format!("conditions:\n- name: {name}\n  target: {{crd: {{name: {name}}}}}\n");
            source.insert(format!("{release}/conditions/c.yaml"), text);
        }
        if definition {
            source.insert(format!("{release}/definitions/widgets.yaml"), CRD);
        }
    }
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics());
    loaded.into_catalog()
}

fn cluster() -> Snapshot {
    Snapshot::builder()
        .server_version("v1.30.2")
        .complete()
        .build()
}

/// What a request leads to: each release as `package version of catalog`, with what it waits for, then the notes; or the explanation.
fn answer(view: &ClusterView, request: Request) -> String {
    let resolution = match resolve(view.universe(), &view.request(request)) {
        Outcome::Resolved(resolution) => resolution,
        Outcome::Conflict(conflict) => return conflict.explain().text(),
        other => panic!("{other:?}"),
    };
    let mut lines = Vec::new();
    for release in resolution.releases() {
        let first = release.catalog().unwrap_or("?");
        let catalogs = Vec::from_iter([first].into_iter().chain(release.also_in()));
        let (package, version) = (release.package(), release.version());
        let mut line = format!("{package} {version} of {}", catalogs.join(", "));
        for deferred in view.deferred_of(release) {
            line.push_str(&format!(", waits for {}", deferred.needs()));
        }
        lines.push(line);
    }
    let notes = resolution.notes();
    lines.extend(notes.iter().map(|note| format!("note: {note}")));
    lines.join("\n")
}

fn install(package: &str, range: &str) -> Request {
    Request::new().install(package, range).unwrap()
}

#[test]
fn a_lower_catalog_is_taken_where_the_first_has_no_answer_and_that_is_said() {
    let ours = catalog(&[
        ("loki/2.0.0", ""),
        ("loki/2.1.0", "system: {kubernetes: '>=1.31'}"),
        ("web/1.0.0", "dependencies:\n- {name: loki, version: '>=3'}"),
    ]);
    let community = catalog(&[("loki/2.1.0", ""), ("loki/3.0.0", ""), ("tempo/1.0.0", "")]);
    let catalogs = || Catalogs::from_iter([("ours", &ours), ("community", &community)]);
    let view = ClusterView::on(catalogs(), &cluster(), "default");
    let cases = [
        (install("loki", "*"), "loki 2.0.0 of ours"),
        (install("tempo", "*"), "tempo 1.0.0 of community"),
        // Its namesake in the other catalog is another release: what the cluster says of the one does not rule out the other.
        (
            install("loki", "2.1"),
            "loki 2.1.0 of community\nnote: loki 2.1.0 is of the catalog community, because no answer is left with a release of the catalog ours",
        ),
        (
            install("web", "*"),
            "loki 3.0.0 of community\nweb 1.0.0 of ours\nnote: loki 3.0.0 is of the catalog community, because no answer is left with a release of the catalog ours",
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(answer(&view, request), expected);
    }
    let view = ClusterView::without_cluster(catalogs());
    assert_eq!(answer(&view, install("loki", "*")), "loki 2.1.0 of ours");
    let other_way = Catalogs::from_iter([("community", &community), ("ours", &ours)]);
    let view = ClusterView::on(other_way, &cluster(), "default");
    assert_eq!(
        answer(&view, install("loki", "*")),
        "loki 3.0.0 of community"
    );
}

#[test]
fn a_condition_waits_for_a_release_of_another_catalog() {
    let ours = catalog(&[("web/1.0.0", "# asks for widgets.example.com")]);
    let empty = Catalog::default();
    let community = catalog(&[("widgets/1.0.0", "CRD")]);
    let with = |second: &Catalog| {
        let catalogs = Catalogs::from_iter([("ours", &ours), ("community", second)]);
        let view = ClusterView::on(catalogs, &cluster(), "default");
        answer(&view, install("web", "*"))
    };
    let both = with(&community);
    assert!(
        both.starts_with(
            "web 1.0.0 of ours, waits for CRD widgets.example.com\nwidgets 1.0.0 of community"
        ),
        "{both}"
    );
    assert!(with(&empty).contains("excluded"), "{}", with(&empty));
}

/// Two releases are one if their authors describe them alike.
fn described_alike((_, one): (&str, &Release), (_, other): (&str, &Release)) -> bool {
    one.metadata().description() == other.metadata().description()
}

#[test]
fn what_several_catalogs_have_is_one_release() {
    let old = "system: {kubernetes: '>=1.31'}\ndescription: old";
    let ours = catalog(&[
        ("loki/2.0.0", old),
        ("loki/2.1.0", "description: as released"),
        ("loki/3.0.0", "description: patched"),
        (
            "web/1.0.0",
            "dependencies:\n- {name: loki, version: '2.1', catalog: mirror}",
        ),
        (
            "web/2.0.0",
            "dependencies:\n- {name: loki, version: '3', catalog: mirror}",
        ),
    ]);
    let mirror = catalog(&[
        ("loki/2.0.0", old),
        ("loki/2.1.0", "description: as released"),
        ("loki/3.0.0", "description: as released"),
        ("loki/4.0.0", ""),
    ]);
    let third = catalog(&[
        ("loki/2.1.0", "description: as released"),
        ("loki/3.0.0", "description: as released"),
    ]);
    let catalogs = [("ours", &ours), ("mirror", &mirror), ("third", &third)];
    let catalogs = Catalogs::from_iter(catalogs).uniting(described_alike);
    let view = ClusterView::on(catalogs, &cluster(), "default");
    assert_eq!(view.universe().diagnostics(), []);
    assert_eq!(view.universe().release_count(), 7);
    let from = |catalog, range: &str| {
        let item = Item::new("loki", range.parse().unwrap());
        Request::new().item(item.catalog(catalog))
    };
    let united = "loki 2.1.0 of ours, mirror, third";
    for request in [
        install("loki", "2.1"),
        from("ours", "2.1"),
        from("mirror", "2.1"),
        from("third", "2.1"),
    ] {
        assert_eq!(answer(&view, request), united);
    }
    assert_eq!(answer(&view, install("loki", "*")), "loki 3.0.0 of ours");
    assert_eq!(
        answer(&view, from("third", "*")),
        "loki 3.0.0 of mirror, third"
    );
    assert_eq!(
        answer(&view, install("web", "<2")),
        format!("{united}\nweb 1.0.0 of ours")
    );
    // What differs is decided by the order of the catalogs, but for those who name one.
    let told = "note: loki 3.0.0 is of the catalog mirror, because no answer is left with a release of the catalog ours";
    assert_eq!(
        answer(&view, install("web", ">=2")),
        format!("loki 3.0.0 of mirror, third\nweb 2.0.0 of ours\n{told}")
    );
    // What the cluster says of a release, it says of it wherever it is from.
    for catalog in ["ours", "mirror"] {
        let refused = answer(&view, from(catalog, "2.0"));
        assert_eq!(refused.matches("is excluded").count(), 1, "{refused}");
    }
}

#[test]
fn a_preferred_catalog_is_one_that_has_no_answer() {
    let ours = catalog(&[("loki/2.9.0", "")]);
    let mirror = catalog(&[("loki/2.9.0", ""), ("loki/3.0.0", "")]);
    let catalogs = Catalogs::from_iter([("ours", &ours), ("mirror", &mirror)]);
    let view = ClusterView::without_cluster(catalogs.uniting(described_alike));
    let from_mirror = Item::new("loki", "*".parse().unwrap()).catalog("mirror");
    let installed = InstalledRelease::new("loki", "3.0.0", "loki").from_catalog("mirror");
    let cases = [
        (install("loki", "*"), "2.9.0", None),
        (install("loki", ">=3"), "3.0.0", Some("ours")),
        // What ours has is in an answer too, and only not the newest of mirror.
        (Request::new().item(from_mirror), "3.0.0", None),
        (install("loki", "*").installed(installed), "3.0.0", None),
    ];
    for (request, version, preferred) in cases {
        let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else {
            panic!("there is an answer")
        };
        let loki = &resolution.releases()[0];
        assert_eq!(
            (loki.version(), loki.preferred_catalog()),
            (version, preferred)
        );
    }
}

#[test]
fn what_is_excluded_of_a_catalog_is_called_by_another_that_has_it() {
    let ours = catalog(&[("loki/2.9.0", "")]);
    let mirror = catalog(&[("loki/2.9.0", ""), ("loki/2.8.0", "")]);
    let catalogs = Catalogs::from_iter([("ours", &ours), ("mirror", &mirror)]);
    let view = ClusterView::without_cluster(catalogs.uniting(described_alike));
    let told = "note: loki 2.9.0 is of the catalog mirror, because no answer is left with a release of the catalog ours";
    let distrusted = Exclusion::new("loki", "2.9.0", "nobody signed it").catalog("ours");
    let request = install("loki", "*").exclusion(distrusted);
    assert_eq!(
        answer(&view, request.clone()),
        format!("loki 2.9.0 of mirror, ours\n{told}")
    );
    #[cfg(feature = "lock")]
    {
        let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else {
            panic!("there is an answer")
        };
        let lock = resolution.lock(&request);
        assert_eq!(lock.releases()[0].catalog(), Some("mirror"));
        let locking = request.clone().lock(&lock);
        let Outcome::Resolved(again) = resolve(view.universe(), &locking) else {
            panic!("there is an answer")
        };
        let moved = catalog_resolve::lock_changes(view.universe(), &request, &again, &lock);
        assert!(moved.is_empty(), "{moved:?}");
    }
}

#[test]
fn what_a_release_waits_for_is_known_by_whichever_catalog_it_is_called() {
    let ours = catalog(&[
        ("web/1.0.0", "# asks for widgets.example.com"),
        ("widgets/1.0.0", "CRD"),
    ]);
    let catalogs = [("ours", &ours), ("mirror", &ours)];
    let catalogs = Catalogs::from_iter(catalogs).uniting(described_alike);
    let distrusted = Exclusion::new("web", "1.0.0", "nobody signed it").catalog("ours");
    let request = install("web", "*").exclusion(distrusted);
    let view = ClusterView::on(catalogs.clone(), &cluster(), "default");
    let told = answer(&view, request.clone());
    let expected = "web 1.0.0 of mirror, ours, waits for CRD widgets.example.com";
    assert!(told.starts_with(expected), "{told}");
    let view = ClusterView::without_cluster(catalogs);
    let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else {
        panic!("there is an answer")
    };
    let unasked = Vec::from_iter(view.not_evaluated(&resolution));
    assert_eq!(unasked, [("web", 1)]);
}

#[test]
fn what_is_installed_is_known_to_each_of_its_catalogs_when_the_first_is_gone() {
    let needs = "dependencies:\n- {name: loki, version: '2'}";
    let ours = catalog(&[("web/1.0.0", needs), ("loki/2.0.0", "")]);
    let emptied = catalog(&[("loki/2.0.0", "")]);
    let mirror = catalog(&[("web/1.0.0", needs)]);
    let view = |ours| {
        let catalogs = Catalogs::from_iter([("ours", ours), ("mirror", &mirror)]);
        ClusterView::on(catalogs.uniting(described_alike), &cluster(), "default")
    };
    let before = view(&ours);
    let request = before.request(install("web", "*"));
    let resolution = resolve(before.universe(), &request);
    let Outcome::Resolved(resolution) = resolution else {
        panic!("{resolution:?}")
    };
    let records = resolution.releases().iter().map(|release| {
        let (package, version) = (release.package(), release.version());
        let record = InstalledRelease::new(package, version, release.namespace());
        let record = record
            .from_catalog(release.catalog().unwrap())
            .also_in(release.also_in());
        if release.is_requested() {
            record.requested()
        } else {
            record
        }
    });
    let request = records.fold(Request::new().autoremove(), Request::installed);
    assert_eq!(
        answer(&view(&emptied), request),
        "loki 2.0.0 of ours\nweb 1.0.0 of mirror"
    );
}

#[test]
fn what_is_locked_or_installed_is_found_by_what_is_in_it() {
    let patched = catalog(&[("loki/2.0.0", "description: patched"), ("web/1.0.0", "")]);
    let released = catalog(&[
        ("loki/2.0.0", "description: as released"),
        ("web/1.0.0", ""),
        ("db/1.0.0", ""),
    ]);
    let other = catalog(&[("loki/2.0.0", "description: another")]);
    let catalogs = [("ours", &patched), ("mirror", &released), ("other", &other)];
    let asked = std::cell::RefCell::new(Vec::new());
    let catalogs = Catalogs::from_iter(catalogs)
        .uniting(described_alike)
        .with_digests(|catalog, release| {
            let asked_of = format!("{} of {catalog}", release.package());
            asked.borrow_mut().push(asked_of);
            release.metadata().description().map(str::to_owned)
        });
    let view = ClusterView::on(catalogs, &cluster(), "default");
    // What only one catalog has, and what is the same in all that have it, need no digest.
    assert_eq!(
        *asked.borrow(),
        ["loki of ours", "loki of mirror", "loki of other"]
    );
    let locked = || {
        let locked = LockedRelease::new("loki", "2.0.0").catalog("ours");
        locked.also_in("mirror")
    };
    let installed = || InstalledRelease::new("loki", "2.0.0", "loki").from_catalog("ours");
    let install = || install("loki", "*");
    let cases = [
        (install(), "ours"),
        (install().locked(locked()), "ours"),
        (install().locked(locked().digest("patched")), "ours"),
        (install().locked(locked().digest("as released")), "mirror"),
        (install().locked(locked().digest("no more")), "ours"),
        (install().installed(installed()), "ours"),
        (
            install().installed(installed().also_in(["mirror"]).with_digest("as released")),
            "mirror",
        ),
        // What is in it decides before the catalogs that it was in.
        (
            install().locked(
                LockedRelease::new("loki", "2.0.0")
                    .catalog("mirror")
                    .digest("another"),
            ),
            "other",
        ),
        (
            install().installed(installed().with_digest("another")),
            "other",
        ),
        // One that none of its catalogs has any more is in another catalog.
        (
            install().locked(
                LockedRelease::new("loki", "2.0.0")
                    .catalog("gone")
                    .digest("another"),
            ),
            "other",
        ),
    ];
    for (request, catalog) in cases {
        let expected = format!("loki 2.0.0 of {catalog}");
        assert!(answer(&view, request).starts_with(&expected), "{expected}");
    }
}

#[test]
fn of_a_version_that_two_catalogs_of_one_name_have_the_first_counts_alone() {
    let asking = "# asks for widgets.example.com";
    let first = catalog(&[("web/1.0.0", ""), ("widgets/1.0.0", "")]);
    let second = catalog(&[
        ("web/1.0.0", asking),
        ("web/0.9.0", asking),
        ("widgets/1.0.0", "CRD"),
        ("db/1.0.0", ""),
    ]);
    let catalogs = || Catalogs::from_iter([("a", &first), ("a", &second)]);
    let view = ClusterView::on(catalogs(), &cluster(), "default");
    // Neither does what is hidden wait for anything, nor does it bring anything.
    assert_eq!(answer(&view, install("web", "1")), "web 1.0.0 of a");
    assert_eq!(answer(&view, install("db", "*")), "db 1.0.0 of a");
    let refused = answer(&view, install("web", "<1"));
    assert!(refused.contains("web 0.9.0 is excluded"), "{refused}");
    let told = view.universe().diagnostics().iter();
    let told = Vec::from_iter(told.map(ToString::to_string));
    let twice = |package: &str| {
        told.iter()
            .any(|one| one.contains(&format!("`{package}` 1.0.0 is there more than once")))
    };
    assert!(
        told.len() == 2 && twice("web") && twice("widgets"),
        "{told:?}"
    );
    let view = ClusterView::without_cluster(catalogs());
    let request = install("web", "1");
    let Outcome::Resolved(resolution) = resolve(view.universe(), &request) else {
        panic!("there is an answer")
    };
    assert_eq!(view.not_evaluated(&resolution).count(), 0);
}

#[test]
fn what_a_catalog_of_the_same_name_hides_is_the_same_as_no_other() {
    let patched = catalog(&[("loki/1.0.0", "description: patched")]);
    let released = catalog(&[("loki/1.0.0", "description: as released")]);
    let more = catalog(&[
        ("loki/1.0.0", "description: as released"),
        ("loki/2.0.0", "description: as released"),
    ]);
    let from = |catalog, range: &str| {
        let item = Item::new("loki", range.parse().unwrap());
        Request::new().item(item.catalog(catalog))
    };
    let orders = [
        [("a", &patched), ("a", &more), ("b", &more)],
        [("a", &patched), ("b", &more), ("a", &more)],
    ];
    for order in orders {
        let catalogs = Catalogs::from_iter(order).uniting(described_alike);
        let view = ClusterView::on(catalogs, &cluster(), "default");
        assert_eq!(answer(&view, from("b", "1")), "loki 1.0.0 of b");
        assert_eq!(answer(&view, from("a", "1")), "loki 1.0.0 of a");
        assert_eq!(answer(&view, from("b", "2")), "loki 2.0.0 of a, b");
    }
    let all = [("a", &patched), ("a", &released), ("b", &patched)];
    let catalogs = Catalogs::from_iter(all).uniting(described_alike);
    let view = ClusterView::on(catalogs, &cluster(), "default");
    assert_eq!(answer(&view, from("b", "1")), "loki 1.0.0 of a, b");
}

#[test]
fn one_catalog_with_a_name_answers_as_without_one() {
    let only = catalog(&[
        ("loki/2.0.0", ""),
        ("loki/3.0.0", "system: {kubernetes: '>=1.31'}"),
        (
            "web/1.0.0",
            "# asks for widgets.example.com\ndependencies:\n- {name: loki, version: '*'}",
        ),
        ("widgets/1.0.0", "CRD"),
    ]);
    let named = Catalogs::from_iter([("only", &only)]);
    let named = ClusterView::on(named, &cluster(), "default");
    let unnamed = ClusterView::on(&only, &cluster(), "default");
    for request in [
        install("web", "*"),
        install("loki", ">=3"),
        install("loki", "*"),
    ] {
        let with_name = answer(&named, request.clone());
        assert_eq!(
            with_name.replace(" of only", " of ?"),
            answer(&unnamed, request)
        );
    }
}
