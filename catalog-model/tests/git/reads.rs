//! A commit reads as its files do.

use catalog_model::source::{Entry, EntryKind, Source, SourceErrorKind};
use catalog_model::{DigestLimits, LoadOptions, MemorySource, ReleaseContent, load};

use super::store::{Item, Store};

const FILES: [(&str, &str); 5] = [
    (
        "grafana/11.0.0/metadata.yaml",
        "name: grafana\nversion: 11.0.0\n",
    ),
    ("grafana/11.0.0/modules.yaml", "modules: [broken]\n"),
    (
        "grafana/12.0.0/metadata.yaml",
        "name: grafana\nversion: 12.0.0\n",
    ),
    (
        "grafana-loki/3.0/metadata.yaml",
        "name: grafana-loki\nversion: '3.0'\n",
    ),
    ("README.md", "hello\n"),
];

fn names(source: &dyn Source, folder: &str) -> Vec<(String, EntryKind)> {
    let listed = source.list(folder).unwrap();
    listed
        .into_iter()
        .map(|entry| (entry.name, entry.kind))
        .collect()
}

#[test]
fn a_commit_is_the_catalog_of_its_files() {
    let store = Store::new("same");
    store.files(&FILES);
    let (git, memory) = (store.source(), MemorySource::from_iter(FILES));
    let (read, expected) = (
        load(&git, &LoadOptions::default()).unwrap(),
        load(&memory, &LoadOptions::default()).unwrap(),
    );
    assert!(expected.has_errors());
    assert_eq!(read.catalog(), expected.catalog());
    assert_eq!(read.diagnostics(), expected.diagnostics());
    for folder in ["grafana/11.0.0", "grafana-loki/3.0"] {
        let content = |source: &dyn Source| {
            ReleaseContent::of(source, folder, &DigestLimits::default()).unwrap()
        };
        assert_eq!(content(&git), content(&memory));
    }
}

#[test]
fn revisions_are_branches_tags_commits_and_what_git_makes_of_them() {
    let store = Store::new("revisions");
    let first = store.files(&[("a/1.0/metadata.yaml", "1")]).to_string();
    let second = store.files(&[("a/1.0/metadata.yaml", "2")]).to_string();
    std::fs::create_dir_all(store.path.join("refs/tags")).unwrap();
    std::fs::write(store.path.join("refs/tags/v1"), &first).unwrap();
    std::fs::write(store.path.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    let repository = store.open();
    for (revision, expected) in [
        ("main", &second),
        ("HEAD", &second),
        ("refs/heads/main", &second),
        ("HEAD~1", &first),
        ("v1", &first),
        (&first[..8], &first),
        (&second, &second),
    ] {
        assert_eq!(
            repository.commit(revision).unwrap(),
            *expected,
            "{revision}"
        );
        let source = repository.source(revision, None).unwrap();
        assert_eq!(source.commit(), *expected);
        let text = if *expected == first { b"1" } else { b"2" };
        assert_eq!(source.read("a/1.0/metadata.yaml", 10).unwrap(), text);
    }
    assert_eq!(
        repository.history(None, "main").unwrap(),
        [first.clone(), second.clone()]
    );
    assert_eq!(
        repository.history(Some("v1"), "main").unwrap(),
        [first.clone(), second.clone()]
    );
    assert_eq!(
        repository.history(Some("main"), "main").unwrap(),
        std::slice::from_ref(&second)
    );
    let told = repository.history(Some("main"), "v1").unwrap_err();
    assert_eq!(
        told.message(),
        "`main` is not among the first parents of `v1`"
    );

    let told = repository.source("mian", None).unwrap_err();
    assert_eq!(
        (told.kind(), told.message()),
        (
            SourceErrorKind::NotFound,
            "there is no branch, tag or commit `mian`; did you mean `main`?"
        )
    );
    for unknown in [
        "",
        "no such",
        "0000000000000000000000000000000000000000",
        "HEAD~2",
        "main:a",
        "main..v1",
        "^main",
    ] {
        assert!(repository.source(unknown, None).is_err(), "{unknown}");
    }
    // A commit that comes while the repository is open.
    let third = store.files(&[("a/1.0/metadata.yaml", "3")]).to_string();
    assert_eq!(repository.commit("main").unwrap(), third);
    assert_eq!(
        repository
            .source(&third, None)
            .unwrap()
            .read("a/1.0/metadata.yaml", 10)
            .unwrap(),
        b"3"
    );
}

#[test]
fn a_head_that_leads_nowhere_says_where() {
    let store = Store::new("headless");
    store.files(&[("a/1.0/metadata.yaml", "1")]);
    let head = |text: &str| {
        std::fs::write(store.path.join("HEAD"), text).unwrap();
        store.open().source("HEAD", None).unwrap_err()
    };
    let told = head("ref: refs/heads/gone\n");
    assert_eq!(
        (told.kind(), told.message()),
        (
            SourceErrorKind::NotFound,
            "`HEAD` leads to the branch `gone`, which is not there; the repository has `main`: name what is meant"
        )
    );
    let told = head("no reference\n");
    assert_eq!(told.kind(), SourceErrorKind::Unavailable, "{told}");
    let expected = "the repository is damaged, or does not have all its objects: ";
    assert!(told.message().starts_with(expected), "{told}");
    let lost = "1234567890123456789012345678901234567890";
    let told = head(&format!("{lost}\n"));
    assert_eq!(told.kind(), SourceErrorKind::Unavailable, "{told}");
    assert!(told.message().contains(lost), "{told}");
}

#[test]
fn a_shallow_repository_says_that_what_is_older_is_not_in_it() {
    let store = Store::new("shallow");
    let before = store.files(&[("a/1.0/metadata.yaml", "1")]).to_string();
    let oldest = store.files(&[("a/1.0/metadata.yaml", "2")]);
    std::fs::write(store.path.join("shallow"), format!("{oldest}\n")).unwrap();
    let repository = store.open();
    let shallow = "; the repository is shallow, so older commits are not in it: `git fetch --unshallow` brings them";
    for (revision, hint) in [
        ("main~1", shallow),
        ("main^2", shallow),
        ("1234567890123456789012345678901234567890", shallow),
        ("v1.0", shallow),
        ("mian", "; did you mean `main`?"),
        ("mian~1", "; did you mean `main`?"),
    ] {
        let told = repository.source(revision, None).unwrap_err();
        let expected = format!("there is no branch, tag or commit `{revision}`{hint}");
        assert_eq!(
            (told.kind(), told.message()),
            (SourceErrorKind::NotFound, expected.as_str())
        );
    }
    let told = repository.history(Some(&before), "main").unwrap_err();
    let expected = format!("`{before}` is not among the first parents of `main`{shallow}");
    assert_eq!(
        (told.kind(), told.message()),
        (SourceErrorKind::NotFound, expected.as_str())
    );
}

#[test]
fn an_empty_repository_says_that_it_is_empty() {
    let told = Store::new("empty").open().source("HEAD", None).unwrap_err();
    assert_eq!(
        told.message(),
        "`HEAD` leads to no commit: the repository is empty"
    );
    let told =
        catalog_model::source::GitRepository::open(super::store::folder("none")).unwrap_err();
    assert_eq!(told.kind(), SourceErrorKind::WrongKind);
    assert!(
        told.message()
            .starts_with("this is no git repository that can be read"),
        "{told}"
    );
    let told = catalog_model::source::GitRepository::open("/no/such/folder").unwrap_err();
    assert_eq!(told.to_string(), "/no/such/folder: there is no such folder");
}

#[test]
fn the_catalog_is_the_folder_asked_for_else_catalog_else_all() {
    let store = Store::new("roots");
    store.files(&[
        ("catalog/a/1.0/metadata.yaml", ""),
        ("deep/er/b/1.0/metadata.yaml", ""),
        ("file", ""),
    ]);
    let repository = store.open();
    let source = |root: Option<&str>| repository.source("main", root);
    assert_eq!(names(&source(None).unwrap(), "")[0].0, "a");
    assert_eq!(source(None).unwrap().display("a/1.0"), "catalog/a/1.0");
    assert_eq!(source(None).unwrap().root(), "catalog");
    assert_eq!(names(&source(Some("/deep/er/")).unwrap(), "")[0].0, "b");
    assert_eq!(names(&source(Some("")).unwrap(), "").len(), 3);
    for none in ["none", "file", "deep/none"] {
        let told = source(Some(none)).unwrap_err();
        assert_eq!(
            told.message(),
            format!("there is no folder `{none}` at `main`")
        );
    }
}

#[test]
fn links_lead_inside_the_catalog_and_never_out_of_it() {
    let store = Store::new("links");
    store.commit(&[
        ("outside", Item::File(b"secret")),
        ("catalog/a/1.0/metadata.yaml", Item::File(b"name: a\n")),
        ("catalog/a/1.1", Item::Link("1.0")),
        (
            "catalog/a/2.0/metadata.yaml",
            Item::Link("../1.0/metadata.yaml"),
        ),
        ("catalog/a/above", Item::Link("..")),
        ("catalog/a/circle", Item::Link("circle")),
        ("catalog/a/etc", Item::Link("/etc/passwd")),
        ("catalog/a/out", Item::Link("../../outside")),
    ]);
    let source = store.source();
    let kinds: Vec<EntryKind> = names(&source, "a")
        .into_iter()
        .map(|(_, kind)| kind)
        .collect();
    let expected = [
        EntryKind::Folder,
        EntryKind::Folder,
        EntryKind::Folder,
        EntryKind::Link,
        EntryKind::Link,
        EntryKind::Link,
        EntryKind::Link,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(
        source.read("a/1.1/metadata.yaml", 100).unwrap(),
        b"name: a\n"
    );
    assert_eq!(
        source.read("a/2.0/metadata.yaml", 100).unwrap(),
        b"name: a\n"
    );
    assert!(
        source.is_link("a/1.1")
            && source.is_link("a/2.0/metadata.yaml")
            && !source.is_link("a/1.0")
    );
    assert!(
        source.is_inside("a/2.0/metadata.yaml", "a/1.0")
            && !source.is_inside("a/2.0/metadata.yaml", "a/2.0")
    );
    for out in ["a/out", "a/etc", "a/circle"] {
        assert!(source.read(out, 100).is_err(), "{out}");
        assert!(!source.is_inside(out, ""), "{out}");
    }
    // What a link leads to is in no id.
    for path in [
        "a/1.1",
        "a/1.1/metadata.yaml",
        "a/2.0/metadata.yaml",
        "a/out",
        "none",
    ] {
        assert_eq!(source.content_id(path), None, "{path}");
    }
    let through = source.list_with_ids("a/1.1").unwrap();
    assert_eq!(through[0].1, None);
    for folder in ["", "a", "a/1.1", "a/1.0/", "a//1.0", "./a", "a/../a"] {
        let mut shown = Vec::new();
        let each = source.each_with_id(folder, &mut |name, kind, id| {
            let name = name.to_owned();
            shown.push((Entry { name, kind }, id));
        });
        assert_eq!((each.is_ok(), shown.is_empty()), (true, false), "{folder}");
        assert_eq!(shown, source.list_with_ids(folder).unwrap(), "{folder}");
    }
    for none in ["none", "a/none", "a/1.0/metadata.yaml", "a/out"] {
        assert!(
            source.each_with_id(none, &mut |_, _, _| {}).is_err(),
            "{none}"
        );
        assert!(source.list_with_ids(none).is_err(), "{none}");
    }
}

#[test]
fn ids_are_those_of_git() {
    let store = Store::new("ids");
    let commit = store.files(&FILES);
    let source = store.source();
    let file = source.content_id("README.md").unwrap();
    // `printf 'hello\n' | git hash-object --stdin`
    assert_eq!(
        file.to_string(),
        "git:ce013625030ba8dba906f756967f9e9ca394464a"
    );
    for folder in ["", "grafana", "grafana/11.0.0"] {
        for (entry, id) in source.list_with_ids(folder).unwrap() {
            let path = format!("{folder}/{}", entry.name);
            assert_eq!(
                source.content_id(path.trim_start_matches('/')),
                id,
                "{path}"
            );
            assert!(id.is_some());
        }
    }
    let before = source.content_id("grafana");
    let mut files = FILES;
    files[3].1 = "changed";
    assert_ne!(store.files(&files), commit);
    let after = store.source();
    assert_eq!(after.content_id("grafana"), before);
    assert_ne!(
        after.content_id("grafana-loki"),
        source.content_id("grafana-loki")
    );
    assert_ne!(after.content_id(""), source.content_id(""));
}

#[test]
fn threads_share_one_source() {
    let store = Store::new("threads");
    let texts: Vec<(String, String)> = (0..40)
        .map(|at| {
            (
                format!("p{at}/1.0/metadata.yaml"),
                format!("name: p{at}\nversion: '1.0'\n"),
            )
        })
        .collect();
    let files: Vec<(&str, &str)> = texts
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    store.files(&files);
    let source = store.source();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (source, files) = (&source, &files);
            scope.spawn(move || {
                for (path, text) in files.iter().cycle().skip(thread * 7).take(files.len()) {
                    assert_eq!(source.read(path, 1000).unwrap(), text.as_bytes());
                }
            });
        }
    });
    let mut options = LoadOptions::default();
    options.parallel = true;
    assert_eq!(
        load(&source, &options)
            .unwrap()
            .catalog()
            .packages()
            .count(),
        40
    );
}
