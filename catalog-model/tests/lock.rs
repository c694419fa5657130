//! Locks as files: read, refused, written, and held against what is there now.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use catalog_model::{FileChange, Lock, LockEntry, SourceFile};

const LOKI: &str = "{package: loki, version: 3.5.7, namespace: loki}";

fn read(text: &str) -> (Option<Lock>, Vec<String>) {
    let file = SourceFile::new("catalog.lock", text);
    let (lock, diagnostics) = Lock::read(&file, &Lock::limits());
    let told = diagnostics.iter().map(|diagnostic| {
        let code = diagnostic.code();
        let has_help = !diagnostic.help_lines().is_empty();
        assert!(has_help || code == "lock.type" || code.starts_with("yaml."));
        let place = diagnostic.location().expect("each has a place").start();
        format!("{} {place}", diagnostic.code())
    });
    (lock, told.collect())
}

/// A lock of these releases, in YAML.
fn lock(releases: &str) -> String {
    format!("lockVersion: 1\nrequest: sha256:01\nreleases: [{releases}]\n")
}

#[test]
fn everything_a_lock_says_is_read() {
    let text = "\
lockVersion: 1
request: sha256:01
releases:
- package: loki
  version: 3.5.7
  namespace: observability
  catalog: main
  alsoIn: [mirror, community]
  digest: sha256:d046c1921aa74a191e321422b3da31fcb2ee16c989c5d5d42dfd7494e6d58331
  files:
    definitions/a b.yaml: sha256:0303030303030303030303030303030303030303030303030303030303030303
    metadata.yaml: sha256:0404040404040404040404040404040404040404040404040404040404040404
  requested: true
  neededBy: [tempo, grafana]
- {package: grafana, version: v12, namespace: grafana, requested: false}
";
    let (lock, told) = read(text);
    assert!(told.is_empty(), "{told:?}");
    let loki = LockEntry::new("loki", "3.5.7", "observability")
        .from_catalog("main")
        .also_in(["mirror", "community"])
        .with_digest("sha256:d046c1921aa74a191e321422b3da31fcb2ee16c989c5d5d42dfd7494e6d58331")
        .with_files([
            (
                "metadata.yaml",
                "sha256:0404040404040404040404040404040404040404040404040404040404040404",
            ),
            (
                "definitions/a b.yaml",
                "sha256:0303030303030303030303030303030303030303030303030303030303030303",
            ),
        ])
        .requested()
        .needed_by(["grafana", "tempo"]);
    let grafana = LockEntry::new("grafana", "v12", "grafana");
    let lock = lock.unwrap();
    assert_eq!(lock, Lock::new("sha256:01", [loki.clone(), grafana]));
    assert_eq!(lock.release("loki", "observability"), Some(&loki));
    assert_eq!(lock.release("loki", "loki"), None);
}

/// An entry of a file with one letter in it, and the digest that `sha256sum` gives for the list of that file.
#[cfg(feature = "digest")]
fn entry_with(digest: &str) -> String {
    let file = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    lock(&format!(
        "{{package: a, version: 1.0.0, namespace: a, digest: '{digest}', files: {{metadata.yaml: 'sha256:{file}'}}}}"
    ))
}

#[cfg(feature = "digest")]
#[test]
fn a_digest_that_is_not_that_of_the_files_is_refused() {
    let fits = "sha256:c9de1fae138368caab1dc1574711480843c45a7773e4dfc06ce0852daf637522";
    let (found, told) = read(&entry_with(fits));
    assert!(found.is_some() && told.is_empty(), "{told:?}");
    let other = fits.replace("c9de", "0000");
    let (found, told) = read(&entry_with(&other));
    assert_eq!(found, None);
    assert_eq!(told, ["lock.digest.other 3:63"]);
    // As everywhere, digits are lower case.
    let (found, told) = read(&entry_with(&format!("sha256:{}", "0F".repeat(32))));
    assert_eq!(found, None);
    assert_eq!(told, ["lock.digest 3:63"]);
    // What another program means by its own digests is for it to say.
    let (found, told) = read(&entry_with("blake3:1"));
    assert!(found.is_some() && told.is_empty(), "{told:?}");
}

#[test]
fn catalogs_that_there_are_not_are_told_of_once() {
    let mut entries = [
        "{package: a, version: 1.0.0, namespace: a, catalog: gone}",
        "{package: b, version: 1.0.0, namespace: a, catalog: gone}",
        "{package: c, version: 1.0.0, namespace: a, catalog: gone, alsoIn: [ours]}",
        "{package: d, version: 1.0.0, namespace: a, catalog: ours}",
        "{package: e, version: 1.0.0, namespace: a}",
        "{package: f, version: 1.0.0, namespace: a, catalog: far, alsoIn: [gone]}",
    ];
    let told = |entries: &[&str], catalogs: &[&str]| {
        let text = lock(&entries.join(",\n"));
        assert!(read(&text).1.is_empty());
        let file = SourceFile::new("catalog.lock", text.as_str());
        let (lock, diagnostics) = Lock::read_for(&file, &Lock::limits(), catalogs);
        assert_eq!(lock.map(|lock| lock.releases().len()), Some(6));
        let told = diagnostics.iter().map(ToString::to_string);
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        told(&entries, &["ours"]),
        [
            "catalog.lock:3:64: warning[lock.catalog.unknown]: there is no catalog `gone`",
            "catalog.lock:8:53: warning[lock.catalog.unknown]: there is no catalog `far`"
        ]
    );
    // Whichever comes first.
    for _ in 0..2 {
        assert_eq!(told(&entries, &["ours", "gone"]), [""; 0]);
        assert_eq!(told(&entries, &["ours"]).len(), 2);
        assert_eq!(told(&entries, &[]).len(), 3);
        entries.reverse();
    }
}

#[test]
fn a_lock_with_an_error_is_no_lock() {
    let twice = lock(&format!("{LOKI},\n{LOKI}"));
    let of = |entry: &str| lock(&format!("{{{entry}}}"));
    let cases = [
        ("", "lock.empty 1:1"),
        ("# nothing\n", "lock.empty 1:1"),
        ("[]\n", "lock.type 1:1"),
        (
            "lockVersion: 1\nrequest: a\nreleases: []",
            "lock.cut-off 3:1",
        ),
        ("lockVersion: 1\nrequest: a\n", "lock.releases.missing 1:1"),
        ("lockVersion: 1\nreleases: []\n", "lock.request.missing 1:1"),
        ("request: a\nreleases: []\n", "lock.lockVersion.missing 1:1"),
        (
            "lockVersion: 2\nrequires: []\n",
            "lock.lockVersion.unknown 1:14",
        ),
        (
            "lockVersion: '1'\nrequest: a\nreleases: []\n",
            "lock.type 1:14",
        ),
        (
            "lockVersion: 1\nrequest: a\nreleases: {}\n",
            "lock.type 3:11",
        ),
        (
            "lockVersion: 1\nrequest: a\nreleases: []\nmore: 1\n",
            "lock.unknown-key 4:1",
        ),
        (
            "lockVersion: 1\nrequest: a\nreleases: []\n---\na: 1\n",
            "lock.second-document 5:1",
        ),
        (
            "lockVersion: 1\nrequest: a\nreleases:\n<<<<<<< HEAD\n=======\n",
            "lock.merge 4:1",
        ),
        (&twice, "lock.twice 4:1"),
        (&lock("1"), "lock.type 3:12"),
        (
            &of("version: 1.0.0, namespace: a"),
            "lock.package.missing 3:12",
        ),
        (&of("package: a, namespace: a"), "lock.version.missing 3:12"),
        (
            &of("package: a, version: 1.0.0"),
            "lock.namespace.missing 3:12",
        ),
        (
            &of("package: a, version: [], namespace: a"),
            "lock.type 3:34",
        ),
        (
            &of("package: a, version: 1.0.0, namespace: a, pined: true"),
            "lock.unknown-key 3:55",
        ),
        (
            &of("package: a, version: 1.0.0, namespace: a, requested: yes"),
            "lock.type 3:66",
        ),
        (
            &of("package: a, version: 1.0.0, namespace: a, files: [a]"),
            "lock.type 3:62",
        ),
        (
            &of("package: a, version: 1.0.0, namespace: a, files: {a: []}"),
            "lock.type 3:66",
        ),
        (
            &of("package: a, version: 1.0.0, namespace: a, neededBy: b"),
            "lock.type 3:65",
        ),
        (
            &of("package: a, version: 1.0.0, namespace: a, digest: sha256:01"),
            "lock.digest 3:63",
        ),
        (
            &of("package: a, version: 1.0.0, namespace: a, files: {a: 'sha256:'}"),
            "lock.digest 3:66",
        ),
    ];
    for (text, told) in cases {
        assert_eq!(read(text), (None, vec![told.to_owned()]), "{text}");
    }
}

/// Wherever a lock is cut off, it is refused, unless between two lines, where nothing shows it.
#[cfg(feature = "write")]
#[test]
fn a_lock_that_was_cut_off_is_refused() {
    let digest = format!("sha256:{}", "0f".repeat(32));
    // That of one file with the other.
    let whole = "sha256:3975e1f9c9369ce04b533f772723a8697bd7fa8c50463c9d6f100b4e29a64d7a";
    let entry = |name: &str| {
        let files = [("metadata.yaml", digest.as_str())];
        let entry = LockEntry::new(name, "1.0.0", name).with_digest(whole);
        entry.with_files(files).needed_by(["b"])
    };
    let whole = Lock::new(&digest, ["a", "b"].map(entry)).to_yaml();
    assert!(read(&whole).0.is_some());
    for end in 1..whole.len() {
        let cut = whole.get(..end).unwrap();
        if !cut.ends_with('\n') {
            assert_eq!(read(cut).0, None, "{cut}");
        }
        let ended = format!("{cut}\n");
        let is_within_digest = cut.lines().last().is_some_and(|line| {
            let hex = line.rsplit_once("sha256:").map(|(_, hex)| hex.len());
            hex.is_some_and(|count| count < 64)
        });
        if is_within_digest && end > 100 {
            assert_eq!(read(&ended).0, None, "{ended}");
        }
    }
}

#[test]
fn what_yaml_forbids_is_an_error_of_a_lock_too() {
    let cases = [
        "lockVersion: 1\nlockVersion: 1\nrequest: a\nreleases: []\n",
        "lockVersion: 1\nrequest: a\nreleases: [\n",
        &lock("{package: a, version: 1.0.0, namespace: a, files: {b: sha256:01, b: sha256:02}}"),
    ];
    for text in cases {
        let (lock, told) = read(text);
        assert_eq!(lock, None, "{text}");
        assert!(told[0].starts_with("yaml."), "{told:?}");
    }
}

#[test]
fn a_hostile_file_is_refused_soon() {
    let many = lock(&format!("{LOKI},").repeat(20_000));
    let (found, told) = read(&many);
    assert_eq!((found, told.len()), (None, 19_999));
    let wide: String = (0..50_000)
        .map(|n| format!("f{n}: sha256:{n:064}, "))
        .collect();
    let (found, told) = read(&lock(&format!(
        "{{package: a, version: 1.0.0, namespace: a, files: {{{wide}}}}}"
    )));
    assert!(told.is_empty());
    assert_eq!(found.unwrap().releases()[0].files().count(), 50_000);
    let unknown: String = (0..5_000).map(|n| format!("k{n}: 1, ")).collect();
    let (found, told) = read(&lock(&format!(
        "{{package: a, version: 1.0.0, namespace: a, {unknown}}}"
    )));
    assert_eq!((found, told.len()), (None, 5_000));
    let deep = lock(&("[".repeat(1_000) + &"]".repeat(1_000)));
    assert_eq!(read(&deep).0, None);
    let mut limits = Lock::limits();
    limits.file_bytes = 10;
    let file = SourceFile::new("catalog.lock", lock(LOKI));
    let (found, diagnostics) = Lock::read(&file, &limits);
    assert_eq!(
        (found, diagnostics[0].code()),
        (None, "yaml.limit.file-bytes")
    );
}

/// Loki with these files: the digest of the whole is that of their texts together.
fn with(files: &[(&str, &str)]) -> Lock {
    let whole: Vec<String> = files
        .iter()
        .map(|(path, text)| format!("{path}={text}"))
        .collect();
    let loki = LockEntry::new("loki", "3.5.7", "loki").with_digest(whole.join(","));
    Lock::new("", [loki.with_files(files.iter().copied())])
}

#[test]
fn the_files_that_changed_are_named() {
    let before = with(&[("a", "1"), ("b", "1"), ("c", "1")]);
    assert_eq!(before.verify(&before), Ok(()));
    let now = with(&[("a", "1"), ("b", "2"), ("d\n", "1")]);
    let error = before.verify(&now).unwrap_err();
    let files: Vec<_> = error.releases()[0].files().collect();
    assert_eq!(
        files,
        [
            ("b", FileChange::Changed),
            ("c", FileChange::Removed),
            ("d\n", FileChange::Added)
        ]
    );
    assert_eq!(
        error.to_string(),
        r"loki 3.5.7 is not what was locked: `b` changed, `c` is gone, `d\n` was added; restore what was there, or take `digest` and `files` of loki out of the lock to accept what is there now"
    );
    let many: Vec<(String, &str)> = (0..9).map(|n| (n.to_string(), "2")).collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    let error = with(&[("0", "1")]).verify(&with(&many)).unwrap_err();
    let told = error.releases()[0].to_string();
    assert_eq!(
        told,
        "loki 3.5.7 is not what was locked: `0` changed, `1` was added, `2` was added, and 6 more files"
    );
}

#[test]
fn digests_without_files_are_compared_too() {
    let loki = |digest: &str| LockEntry::new("loki", "3.5.7", "loki").with_digest(digest);
    let error = Lock::new("", [loki("1")])
        .verify(&Lock::new("", [loki("2")]))
        .unwrap_err();
    let told = error.releases()[0].to_string();
    assert_eq!(
        told,
        "loki 3.5.7 is not what was locked: its digest is another one"
    );
}

#[test]
fn another_release_is_no_change_of_this_one() {
    let loki = |digest: &str| LockEntry::new("loki", "3.5.7", "loki").with_digest(digest);
    let before = Lock::new("", [loki("1").from_catalog("main")]);
    let others = [
        LockEntry::new("loki", "3.6.0", "loki")
            .with_digest("2")
            .from_catalog("main"),
        loki("2").from_catalog("other"),
        LockEntry::new("loki", "3.5.7", "elsewhere")
            .with_digest("2")
            .from_catalog("main"),
    ];
    for other in others {
        assert_eq!(before.verify(&Lock::new("", [other])), Ok(()));
    }
    // What names no catalog may be of any.
    let named = Lock::new("", [loki("2").from_catalog("other")]);
    assert!(Lock::new("", [loki("1")]).verify(&named).is_err());
}

#[test]
fn a_digest_that_is_not_known_now_is_told_and_kept() {
    let known = LockEntry::new("loki", "3.5.7", "loki")
        .with_digest("1")
        .with_files([("a", "2")]);
    let before = Lock::new("", [known.clone()]);
    let now = Lock::new("", [LockEntry::new("loki", "3.5.7", "loki").requested()]);
    assert_eq!(before.verify(&now), Ok(()));
    assert_eq!(before.unverified(&now).collect::<Vec<_>>(), [&known]);
    assert_eq!(
        now.with_digests_of(&before),
        Lock::new("", [known.requested()])
    );
}

#[test]
fn several_instances_of_a_release_are_told_once() {
    let loki =
        |digest: &str, place: &str| LockEntry::new("loki", "3.5.7", place).with_digest(digest);
    let locked = |digest: &str| Lock::new("", ["a", "b", "c"].map(|place| loki(digest, place)));
    let error = locked("1").verify(&locked("2")).unwrap_err();
    assert_eq!(error.releases().len(), 1);
    // It was in two catalogs, of which the first does not have it any more.
    let places = ["a", "b"];
    let both = places.map(|place| loki("1", place).from_catalog("main").also_in(["extra"]));
    let extra = places.map(|place| loki("2", place).from_catalog("extra"));
    let error = Lock::new("", both)
        .verify(&Lock::new("", extra))
        .unwrap_err();
    assert_eq!(error.releases().len(), 1, "{error}");
    // What several catalogs have of a version may be several releases.
    let each = |digest: &str| {
        [
            loki(digest, "a").from_catalog("main"),
            loki(digest, "b").from_catalog("extra"),
        ]
    };
    let error = Lock::new("", each("1"))
        .verify(&Lock::new("", each("2")))
        .unwrap_err();
    assert_eq!(error.releases().len(), 2, "{error}");
}
