//! Digests of releases: made by hand, and by the `sha256sum` program where it is at hand.

#![cfg(feature = "digest")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may fail loudly"
)]

use catalog_model::{DigestLimits, MemorySource, ReleaseDigest};

/// Of the empty text, and of `abc`: FIPS 180-4's own examples.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn digest(files: &[(&str, &str)]) -> String {
    let files = files
        .iter()
        .map(|(path, text)| (format!("a/1.0/{path}"), *text));
    let source = MemorySource::from_iter(files);
    let digest = ReleaseDigest::of(&source, "a/1.0", &DigestLimits::default());
    digest.unwrap().to_string()
}

/// The digest of a folder whose one file holds these lines: its own content digest is the release digest of the lines.
fn of_lines(lines: &str) -> String {
    use sha2::Digest as _;
    let bytes = sha2::Sha256::digest(lines);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

#[test]
fn lines_are_those_of_sha256sum_by_path_bytes() {
    let found = digest(&[
        ("metadata.yaml", "abc"),
        ("hooks/a.yaml", ""),
        ("hooks-old", "abc"),
        ("Ärger", ""),
        ("back\\slash", "abc"),
        ("line\nbreak\r", ""),
    ]);
    let lines = format!(
        "\\{ABC}  back\\\\slash\n{ABC}  hooks-old\n{EMPTY}  hooks/a.yaml\n\\{EMPTY}  line\\nbreak\\r\n{ABC}  metadata.yaml\n{EMPTY}  Ärger\n"
    );
    assert_eq!(found, of_lines(&lines));
}

#[test]
fn any_file_counts_and_where_it_came_from_does_not() {
    let one = digest(&[("metadata.yaml", "abc")]);
    assert_ne!(one, digest(&[("metadata.yaml", "abd")]));
    assert_ne!(one, digest(&[("metadata.yaml", "abc"), (".hidden", "")]));
    assert_ne!(one, digest(&[("metadata.yml", "abc")]));
    let elsewhere = MemorySource::from_iter([("b/2/metadata.yaml", "abc")]);
    let limits = DigestLimits::default();
    assert_eq!(
        one,
        ReleaseDigest::of(&elsewhere, "b/2", &limits)
            .unwrap()
            .as_str()
    );
}

#[test]
fn limits_are_errors() {
    let source = MemorySource::from_iter([("a/1/x", "abc"), ("a/1/y", "abc")]);
    let mut limits = DigestLimits::default();
    limits.files = 1;
    let error = ReleaseDigest::of(&source, "a/1", &limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a/1: there are more than the 1 files allowed"
    );
    limits.files = 2;
    limits.file_bytes = 2;
    assert!(ReleaseDigest::of(&source, "a/1", &limits).is_err());
    limits.file_bytes = 3;
    assert!(ReleaseDigest::of(&source, "a/1", &limits).is_ok());
    assert!(ReleaseDigest::of(&source, "nowhere", &limits).is_err());
}

#[cfg(all(unix, feature = "fs"))]
mod on_disk {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::process::Command;

    use catalog_model::{DigestLimits, FolderSource, ReleaseDigest};

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("digest")
            .join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("a/1.0/charts/web/empty")).unwrap();
        for (path, text) in [
            ("metadata.yaml", "name: a\n"),
            ("charts/web/Chart.yaml", "name: web\n"),
            ("charts/web-2", "x"),
            ("with space", ""),
            ("back\\slash", "b"),
            ("-dash", "c"),
            ("--help", "d"),
            ("line\nbreak", "e"),
            ("carriage\rreturn", "f"),
        ] {
            fs::write(folder.join("a/1.0").join(path), text).unwrap();
        }
        folder
    }

    /// The digest of `a/1.0` as the documented command prints it, and as the library says it.
    fn check(folder: &Path) {
        let script = "find . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0r sha256sum -- | sha256sum";
        let output = Command::new("sh")
            .args(["-c", script])
            .current_dir(folder.join("a/1.0"))
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        if !output.status.success() || printed.is_empty() {
            eprintln!("skipped: no sha256sum at hand");
            return;
        }
        let source = FolderSource::open(folder).unwrap();
        let digest = ReleaseDigest::of(&source, "a/1.0", &DigestLimits::default()).unwrap();
        let digits = printed.split_whitespace().next().unwrap();
        assert_eq!(digest.as_str(), format!("sha256:{digits}"));
    }

    #[test]
    fn sha256sum_prints_the_same() {
        let filled = folder("same");
        check(&filled);
        let empty = filled.join("empty");
        fs::create_dir_all(empty.join("a/1.0/charts")).unwrap();
        check(&empty);
    }

    #[test]
    fn a_link_is_an_error_wherever_it_leads() {
        for (name, target) in [
            ("inside", "metadata.yaml"),
            ("out", "/"),
            ("nowhere", "gone"),
        ] {
            let folder = folder(name);
            symlink(target, folder.join("a/1.0/link")).unwrap();
            let source = FolderSource::open(&folder).unwrap();
            let error = ReleaseDigest::of(&source, "a/1.0", &DigestLimits::default()).unwrap_err();
            assert!(
                error.to_string().contains("this is a link"),
                "{name}: {error}"
            );
        }
    }
}
