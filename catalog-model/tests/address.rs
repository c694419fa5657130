//! Addresses of catalogs, and what is wrong with some.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use catalog_model::{AddressKind, CatalogAddress};

/// Kind, path, revision and folder.
fn parts(text: &str) -> (AddressKind, String, Option<String>, Option<String>) {
    let address = CatalogAddress::parse(text).unwrap();
    // What is printed reads as the same.
    assert_eq!(
        CatalogAddress::parse(&address.to_string()),
        Ok(address.clone()),
        "{address}"
    );
    let own = |text: Option<&str>| text.map(str::to_owned);
    (
        address.kind(),
        address.path().to_owned(),
        own(address.revision()),
        own(address.root()),
    )
}

#[test]
fn addresses_are_read() {
    use AddressKind::{Archive, Folder, Git, RemoteGit};
    for (text, kind, path, revision, root) in [
        (
            "examples/catalogs/ours",
            Folder,
            "examples/catalogs/ours",
            None,
            None,
        ),
        ("a:b", Folder, "a:b", None, None),
        ("c#", Folder, "c#", None, None),
        ("dir#main", Folder, "dir#main", None, None),
        ("x.tar", Archive, "x.tar", None, None),
        ("/a/x.tar.gz", Archive, "/a/x.tar.gz", None, None),
        ("X.TGZ#", Archive, "X.TGZ", None, Some("")),
        ("x.tgz#/a/./b/", Archive, "x.tgz", None, Some("a/b")),
        ("git+file:///r", Git, "/r", None, None),
        ("git+file://localhost/r.git", Git, "/r.git", None, None),
        ("git+file:///r#main", Git, "/r", Some("main"), None),
        (
            "git+file:///r#v1.0^{commit}",
            Git,
            "/r",
            Some("v1.0^{commit}"),
            None,
        ),
        (
            "git+file:///r#feature/x:catalogs/web",
            Git,
            "/r",
            Some("feature/x"),
            Some("catalogs/web"),
        ),
        ("git+file:///r#:catalogs", Git, "/r", None, Some("catalogs")),
        ("git+file:///r#HEAD~1:", Git, "/r", Some("HEAD~1"), Some("")),
        ("git+file:r", Git, "r", None, None),
        ("git+file:../a b#main", Git, "../a b", Some("main"), None),
        (
            "git+file:///with%20space%23hash%25",
            Git,
            "/with space#hash%",
            None,
            None,
        ),
        ("git+file:///r%C3%A9po", Git, "/répo", None, None),
        (
            "git+https://example.com:8443/a%20b.git#main:web",
            RemoteGit,
            "https://example.com:8443/a%20b.git",
            Some("main"),
            Some("web"),
        ),
        (
            "git+ssh://git@example.com/r.git",
            RemoteGit,
            "ssh://git@example.com/r.git",
            None,
            None,
        ),
        (
            "git+git://localhost/r#:",
            RemoteGit,
            "git://localhost/r",
            None,
            Some(""),
        ),
    ] {
        let own = |text: Option<&str>| text.map(str::to_owned);
        assert_eq!(
            parts(text),
            (kind, path.to_owned(), own(revision), own(root)),
            "{text}"
        );
    }
}

#[test]
fn what_is_wrong_is_shown_in_its_place() {
    for (text, wrong, message) in [
        ("", "", "an empty text names no catalog"),
        ("a\0b", "a\0b", "it has a byte NUL, which no path has"),
        (
            "https://example.com/r",
            "https",
            "the protocol `https` is not known: git+file, git+https, git+ssh, git+git, git+http are; write `git+https://…` for a repository of git",
        ),
        (
            "ssh://git@example.com/r",
            "ssh",
            "the protocol `ssh` is not known: git+file, git+https, git+ssh, git+git, git+http are; write `git+ssh://…` for a repository of git",
        ),
        (
            "git+svn://example.com/r",
            "git+svn",
            "the protocol `git+svn` is not known: git+file, git+https, git+ssh, git+git, git+http are; did you mean `git+ssh`?",
        ),
        (
            "git+https:example.com/r",
            "example.com/r",
            "write `git+https://host/path`",
        ),
        (
            "git+https://example.com#main",
            "//example.com",
            "there is no host or no path: write `git+https://host/path`",
        ),
        (
            "git+https://me:secret@example.com/r",
            "me:secret@example.com",
            "user and password do not belong into an address, which is shown and stored",
        ),
        (
            "git+ssh://git@example.com/a b",
            "//git@example.com/a b",
            "a URL has no spaces: write `%20`",
        ),
        (
            "git+fil:///r",
            "git+fil",
            "the protocol `git+fil` is not known: git+file, git+https, git+ssh, git+git, git+http are; did you mean `git+file`?",
        ),
        (
            "git+file://example.com/r#main",
            "example.com",
            "the host `example.com` is not this machine: write `git+file:///path`, with three `/`",
        ),
        (
            "git+file://./r",
            ".",
            "`.` stands where a host does: write `git+file:./…` for a path from here",
        ),
        (
            "git+file:",
            "",
            "there is no path: write `git+file:///path/to/repository`",
        ),
        (
            "git+file://localhost#main",
            "//localhost",
            "there is no path: write `git+file:///path/to/repository`",
        ),
        (
            "git+file:///r#",
            "",
            "nothing stands behind `#`: write `#branch`, `#branch:folder` or no `#`",
        ),
        (
            "git+file:///r#a b",
            "a b",
            "this is no branch, tag or commit",
        ),
        (
            "git+file:///r#--upload-pack=x:d",
            "--upload-pack=x",
            "this is no branch, tag or commit",
        ),
        (
            "git+file:///r#main:../x",
            "../x",
            "a folder with `..` leads out: write it from the root",
        ),
        (
            "x.tar#a/../..",
            "a/../..",
            "a folder with `..` leads out: write it from the root",
        ),
        (
            "git+file:///é%2",
            "%",
            "behind `%` stand two hexadecimal digits: write `%25` for the sign itself",
        ),
        (
            "git+file:///%+1",
            "%",
            "behind `%` stand two hexadecimal digits: write `%25` for the sign itself",
        ),
        (
            "git+file:///%00",
            "%",
            "behind `%` stand two hexadecimal digits: write `%25` for the sign itself",
        ),
        (
            "git+file:///%é1",
            "%",
            "behind `%` stand two hexadecimal digits: write `%25` for the sign itself",
        ),
        ("git+file:///%ff", "/%ff", "this path is not UTF-8"),
    ] {
        let error = CatalogAddress::parse(text).unwrap_err();
        assert_eq!(error.message(), message, "{text}");
        assert_eq!(
            text.get(error.span().start..error.span().end),
            Some(wrong),
            "{text}"
        );
        assert_eq!(error.to_string(), format!("`{text}`: {message}"));
    }
}

#[cfg(feature = "fs")]
mod open {
    use catalog_model::{CatalogAddress, LoadOptions, load};

    fn open(text: &str) -> Result<usize, String> {
        let source = CatalogAddress::parse(text)
            .unwrap()
            .open()
            .map_err(|error| error.to_string())?;
        let loaded = load(&source, &LoadOptions::default()).map_err(|error| error.to_string())?;
        Ok(loaded.catalog().packages().count())
    }

    const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/catalogs");

    #[test]
    fn an_address_leads_to_what_it_says() {
        assert!(open(&format!("{EXAMPLES}/observability")).unwrap() > 1);
        assert!(open("/no/such.tar").is_err());
        assert!(open("git+file:///no/such").is_err());
    }

    #[test]
    fn a_folder_may_be_called_as_an_archive_is() {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("address/folder.tar");
        std::fs::create_dir_all(folder.join("a/1.0")).unwrap();
        std::fs::write(
            folder.join("a/1.0/metadata.yaml"),
            "name: a\nversion: '1.0'\n",
        )
        .unwrap();
        assert_eq!(open(folder.to_str().unwrap()), Ok(1));
    }

    #[cfg(not(feature = "git"))]
    #[test]
    fn without_the_feature_it_is_named() {
        let told = open("git+file:///r").unwrap_err();
        assert_eq!(
            told,
            "git+file:///r: catalog-model is built without its feature `git`"
        );
    }
}
