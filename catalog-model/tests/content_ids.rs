//! Equal ids promise equal content, and what has none is read.
#![cfg(feature = "digest")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::MemorySource;
use catalog_model::source::{ContentId, ContentScheme, Source};

fn memory(files: &[(&str, &str)]) -> MemorySource {
    files.iter().copied().collect()
}

fn id(source: &dyn Source, path: &str) -> Option<String> {
    source.content_id(path).map(|id| id.to_string())
}

#[test]
fn files_in_memory_have_the_digits_that_sha256sum_prints() {
    let source = memory(&[("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n")]);
    let file = id(&source, "a/1.0/metadata.yaml").unwrap();
    assert!(file.starts_with("sha256:939aaa49"), "{file}");
    assert_eq!(id(&source, "a/1.1"), None);
    assert_eq!(id(&source, "a/1"), None);
}

#[test]
fn folders_in_memory_are_told_apart_by_names_and_bytes_alone() {
    let base = memory(&[("a/x", "1"), ("a/y/z", "2"), ("b/x", "1"), ("b/y/z", "2")]);
    assert_eq!(base.content_id("a"), base.content_id("b"));
    for other in [
        memory(&[("a/x", "1")]),
        memory(&[("a/x", "1"), ("a/y/z", "3")]),
        memory(&[("a/x", "1"), ("a/y/zz", "2")]),
        memory(&[("a/x", "1"), ("a/y", "2")]),
        memory(&[("a/x1", ""), ("a/y/z", "2")]),
    ] {
        assert_ne!(base.content_id("a"), other.content_id("a"), "{other:?}");
    }
    // Neither is a folder the file that holds its listing.
    assert_ne!(base.content_id("a"), base.content_id("a/x"));
}

#[test]
fn a_listing_with_ids_is_the_listing_and_the_ids() {
    let source = memory(&[("a/x", "1"), ("a/y/z", "2")]);
    let listed = source.list_with_ids("a").unwrap();
    let names: Vec<&str> = listed
        .iter()
        .map(|(entry, _)| entry.name.as_str())
        .collect();
    assert_eq!(names, ["x", "y"]);
    for (entry, id) in &listed {
        assert_eq!(*id, source.content_id(&format!("a/{}", entry.name)));
        assert!(id.is_some());
    }
}

#[test]
fn ids_are_of_their_scheme_and_of_32_bytes_at_most() {
    let git = ContentId::new(ContentScheme::Git, &[0xab; 20]).unwrap();
    assert_eq!(git.to_string(), format!("git:{}", "ab".repeat(20)));
    assert_eq!(
        (git.as_bytes().len(), git.scheme()),
        (20, ContentScheme::Git)
    );
    assert_ne!(Some(git), ContentId::new(ContentScheme::Own, &[0xab; 20]));
    let mut longer = [0; 32];
    longer[..20].fill(0xab);
    assert_ne!(Some(git), ContentId::new(ContentScheme::Git, &longer));
    assert_eq!(ContentId::new(ContentScheme::Own, &[0; 33]), None);
}

#[cfg(all(feature = "fs", unix))]
mod folder {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::thread::sleep;
    use std::time::Duration;

    use catalog_model::source::{FingerprintedFolder, Source, SourceErrorKind};
    use catalog_model::{FolderSource, LoadOptions, load};

    /// A new folder that is deleted in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("content-ids");
            let path = folder.join(name);
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn look(&self) -> FingerprintedFolder {
            look(&self.0)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn look(path: &Path) -> FingerprintedFolder {
        FolderSource::open(path).unwrap().fingerprint().unwrap()
    }

    /// Until what was written may no longer change within one step of the file system's clock.
    fn settle() {
        sleep(Duration::from_millis(2100));
    }

    #[test]
    fn each_change_below_a_folder_changes_its_id_and_nothing_else_does() {
        let folder = Folder::new("changes");
        folder.write("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n");
        folder.write("b/1.0/metadata.yaml", "name: b\nversion: 1.0\n");
        assert_eq!(
            folder.look().content_id("a"),
            None,
            "it may change within this step"
        );
        settle();
        let before = folder.look();
        assert!(before.content_id("").is_some());
        assert_eq!(before.content_id(""), folder.look().content_id(""));

        // Of the same length: only the time tells.
        folder.write("a/1.0/metadata.yaml", "name: a\nversion: 1.1\n");
        settle();
        let after = folder.look();
        for changed in ["", "a", "a/1.0", "a/1.0/metadata.yaml"] {
            assert!(after.content_id(changed).is_some(), "{changed}");
            assert_ne!(
                before.content_id(changed),
                after.content_id(changed),
                "{changed}"
            );
        }
        assert_eq!(before.content_id("b"), after.content_id("b"));

        fs::rename(folder.0.join("b/1.0"), folder.0.join("b/1.1")).unwrap();
        settle();
        assert_ne!(after.content_id("b"), folder.look().content_id("b"));
    }

    #[test]
    fn what_changes_between_the_look_and_the_reading_is_not_taken() {
        let folder = Folder::new("during");
        folder.write("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n");
        let seen = folder.look();
        assert!(seen.read("a/1.0/metadata.yaml", 100).is_ok());
        folder.write("a/1.0/metadata.yaml", "name: a\nversion: 1.0\ndescr");
        let error = seen.read("a/1.0/metadata.yaml", 100).unwrap_err();
        assert_eq!(error.kind(), SourceErrorKind::Unavailable);
        assert!(error.path().ends_with("a/1.0/metadata.yaml"), "{error}");
        assert!(seen.list("a/1.0").is_ok());
        folder.write("a/1.0/modules.yaml", "modules: []\n");
        assert_eq!(
            seen.list("a/1.0").unwrap_err().kind(),
            SourceErrorKind::Unavailable
        );
    }

    #[test]
    fn links_have_no_id_and_lead_where_they_led() {
        let folder = Folder::new("links");
        folder.write("a/1.0/metadata.yaml", "name: a\nversion: 1.0\n");
        fs::create_dir(folder.0.join("a/1.1")).unwrap();
        std::os::unix::fs::symlink("../1.0/metadata.yaml", folder.0.join("a/1.1/metadata.yaml"))
            .unwrap();
        std::os::unix::fs::symlink("1.0", folder.0.join("a/2.0")).unwrap();
        settle();
        let seen = folder.look();
        assert_eq!(seen.content_id("a/1.1/metadata.yaml"), None);
        assert_eq!(seen.content_id("a/2.0"), None);
        assert_eq!(
            seen.content_id("a/2.0/metadata.yaml"),
            None,
            "its way passes a link"
        );
        assert!(seen.content_id("a/1.1").is_some());
        assert!(seen.is_link("a/1.1/metadata.yaml") && !seen.is_link("a/1.0/metadata.yaml"));
        let plain = load(
            &FolderSource::open(&folder.0).unwrap(),
            &LoadOptions::default(),
        )
        .unwrap();
        let looked = load(&seen, &LoadOptions::default()).unwrap();
        assert_eq!(looked.catalog(), plain.catalog());
        assert_eq!(looked.diagnostics(), plain.diagnostics());
        assert!(
            looked.has_errors(),
            "a link to another version is that version"
        );
    }
}
