//! Catalogs in repositories: reading all of one, and bringing one up to date.
//!
//! `cargo bench -p catalog-benches --bench sources -- [--packages N] [--rounds N] [--growth] [--only WORD]`. A catalog of 200 packages with ten versions
//! each is written into a bare repository by `git fast-import` and packed by `git repack`; a second commit changes one `metadata.yaml`.
//! Everything is timed by the clock, in turn with what it is compared with, and ratios are medians of neighbours:
//!
//! - reading all of it by one thread, with G: `git cat-file --batch --unordered` over the same blobs, its output read and dropped;
//! - the sync of one commit, with T: gix's diff of the trees of both commits, in this process, and with `git diff-tree -r`, to which the time is told
//!   that reading the new objects takes alone;
//! - a sync without a change, and one of a folder, with listing and asking the file system for the same files;
//! - the index on disk: opening it and answering one query, with SHA-256 over the same files, read too; finding out that nothing changed, in a
//!   repository that is opened for it; and the bytes that one commit adds.
//!
//! `--growth` adds the sync of one commit, and the index on disk, from 1,000 to 100,000 versions with small definitions, not repacked; how often T
//! the sync takes must stay the same. `--only` leaves out what WORD is not in the name of: `cold`, `commit`, `change`, `folder`, `cache`. Answers are
//! compared before anything is timed. Exits with 1 where a limit is passed, and says so and measures nothing where there is no program `git`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::fs;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use catalog_benches::{CatalogShape, Comparison, compare, generate_catalog, write_catalog};
use catalog_model::source::GitRepository;
use catalog_model::sync::cache::IndexCache;
use catalog_model::sync::{SyncWatch, Synced, sync};
use catalog_model::{FolderSource, LoadOptions, Source, load};
use gix::diff::tree::{Recorder, State};
use gix::objs::TreeRefIter;
use sha2::{Digest as _, Sha256};

fn main() -> ExitCode {
    if Command::new("git").arg("--version").output().is_err() {
        println!("nothing is measured: there is no program git on this system");
        return ExitCode::FAILURE;
    }
    let rounds = number("--rounds").unwrap_or(5);
    let mut table = Table::default();
    let shape = CatalogShape::new(number("--packages").unwrap_or(200), 42);
    let packed = Repository::new("packed", shape, true);
    if is_asked("cold") {
        cold(&packed, rounds, &mut table);
    }
    if is_asked("commit") {
        one_commit(&packed, "", rounds, &mut table);
    }
    if is_asked("change") {
        no_change(&packed, rounds, &mut table);
    }
    if is_asked("folder") {
        folder(shape, rounds, &mut table);
    }
    if is_asked("cache") {
        cache(&packed, "", rounds, &mut table);
    }
    if std::env::args().any(|argument| argument == "--growth") {
        growth(rounds, &mut table);
    }
    match table.passed {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}

/// Whether a part is to be measured.
fn is_asked(part: &str) -> bool {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--only");
    arguments.nth(1).is_none_or(|only| part.contains(&only))
}

fn number(name: &str) -> Option<usize> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1)?.parse().ok()
}

/// A bare repository with two commits, `main~1` and `main`, that differ in one file.
struct Repository {
    path: PathBuf,
}

impl Repository {
    fn new(name: &str, shape: CatalogShape, repack: bool) -> Self {
        let path =
            std::env::temp_dir().join(format!("catalog-bench-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        git(
            &["init", "-q", "--bare", path.to_str().unwrap()],
            Path::new("."),
        );
        let mut import = Command::new("git")
            .args(["fast-import", "--quiet", "--force"])
            .current_dir(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        write_commits(shape, import.stdin.take().unwrap());
        assert!(import.wait().unwrap().success());
        if repack {
            git(&["repack", "-adfq"], &path);
        }
        Self { path }
    }

    fn open(&self) -> GitRepository {
        GitRepository::open(&self.path).unwrap()
    }
}

impl Drop for Repository {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn git(arguments: &[&str], folder: &Path) {
    let status = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .status();
    assert!(status.unwrap().success(), "git {arguments:?}");
}

fn write_commits(shape: CatalogShape, stdin: impl Write) {
    let mut out = BufWriter::new(stdin);
    let head = "commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 0\n";
    let mut write = |text: &str| out.write_all(text.as_bytes()).unwrap();
    write(head);
    let mut first = None;
    generate_catalog(shape, |path, text| {
        if first.is_none() && path.ends_with("/metadata.yaml") {
            first = Some((path.to_owned(), format!("{text}# changed\n")));
        }
        write(&format!(
            "M 100644 inline {path}\ndata {}\n{text}\n",
            text.len()
        ));
    });
    let (path, text) = first.unwrap();
    write(&format!(
        "\n{head}M 100644 inline {path}\ndata {}\n{text}\n",
        text.len()
    ));
}

fn cold(repository: &Repository, rounds: usize, table: &mut Table) {
    let open = repository.open();
    let source = open.source("main", None).unwrap();
    let blobs = blobs(&source);
    let list = repository.path.join("blobs");
    fs::write(&list, blobs.join("\n")).unwrap();
    let loaded = load(&source, &LoadOptions::default()).unwrap();
    assert!(!loaded.has_errors() && loaded.catalog().packages().count() > 0);
    let comparison = compare(
        rounds,
        || {
            // Opened anew: nothing is known of the repository.
            let source = repository.open().source("main", None).unwrap();
            load(&source, &LoadOptions::default()).unwrap();
        },
        || {
            let output = Command::new("git")
                .args(["cat-file", "--batch", "--unordered"])
                .current_dir(&repository.path)
                .stdin(fs::File::open(&list).unwrap())
                .output();
            assert!(output.unwrap().status.success());
        },
    );
    table.row("reading all, to G", &comparison, 6.0);
}

/// The ids of all files, as the source has them.
fn blobs(source: &dyn Source) -> Vec<String> {
    let (mut blobs, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(folder) = folders.pop() {
        for (entry, id) in source.list_with_ids(&folder).unwrap() {
            let path = match folder.as_str() {
                "" => entry.name,
                folder => format!("{folder}/{}", entry.name),
            };
            match entry.kind {
                catalog_model::source::EntryKind::Folder => folders.push(path),
                _ => blobs.push(id.unwrap().to_string().replace("git:", "")),
            }
        }
    }
    blobs
}

/// What of the version that changed is read again: `metadata.yaml`.
const FILES_READ: usize = 1;

/// Gives how often T it takes.
fn one_commit(repository: &Repository, of: &str, rounds: usize, table: &mut Table) -> f64 {
    let open = repository.open();
    let options = LoadOptions::default();
    let before = open.source("main~1", None).unwrap();
    let before = sync(&Synced::new(options), &before, SyncWatch::default())
        .unwrap()
        .0;
    // Made once, and brought up to date by each sync.
    let versions = before.index().len();
    let peer = gix::open(&repository.path).unwrap();
    let ours = || {
        let source = open.source("main", None).unwrap();
        let (after, changes) = sync(&before, &source, SyncWatch::default()).unwrap();
        assert_eq!(after.index().len(), versions);
        changes
    };
    // gix names the package, its version and the file; we the release.
    assert_eq!(
        (ours().iter().count(), ours().files_read(), tree_diff(&peer)),
        (1, FILES_READ, 3)
    );
    let with_trees = compare(
        rounds * 20,
        || drop(ours()),
        || assert!(tree_diff(&peer) > 0),
    );
    table.row(&format!("one commit{of}, to T"), &with_trees, 2.0);
    let with_program = compare(
        rounds * 4,
        || drop(ours()),
        || git_diff_tree(&repository.path),
    );
    table.row(
        &format!("one commit{of}, to git diff-tree"),
        &with_program,
        0.1,
    );
    // Whatever a sync does, it has to read these: the program, which is no faster at that, reads two of each.
    let read = what_is_new(&peer);
    let least = compare(
        rounds * 4,
        || {
            for id in &read {
                black_box(peer.find_object(*id).unwrap());
            }
        },
        || git_diff_tree(&repository.path),
    );
    let what = format!("reading the new objects{of} alone, to git diff-tree");
    println!("{what:<64} {:>8.3}", 1.0 / least.ratio);
    1.0 / with_trees.ratio
}

/// The commit, and the trees and the file that are in it and not in the one before.
fn what_is_new(repository: &gix::Repository) -> Vec<gix::ObjectId> {
    let commit = |revision: &str| repository.rev_parse_single(revision).unwrap().detach();
    let root = |commit: gix::ObjectId| {
        let commit = repository.find_object(commit).unwrap().into_commit();
        commit.tree_id().unwrap().detach()
    };
    let (before, after) = (commit("main~1"), commit("main"));
    let mut new = vec![after, root(after)];
    let mut folders = vec![(root(before), root(after))];
    while let Some((before, after)) = folders.pop() {
        let [before, after] = [before, after].map(|tree| repository.find_tree(tree).unwrap());
        for entry in after.iter() {
            let entry = entry.unwrap();
            let there = before.find_entry(&**entry.filename()).unwrap();
            if there.oid() != entry.oid() {
                new.push(entry.object_id());
                if entry.mode().is_tree() {
                    folders.push((there.object_id(), entry.object_id()));
                }
            }
        }
    }
    new
}

/// How many entries differ between the trees of both commits.
fn tree_diff(repository: &gix::Repository) -> usize {
    let tree = |revision: &str| {
        let commit = repository.rev_parse_single(revision).unwrap();
        let commit = commit.object().unwrap().into_commit();
        commit.tree().unwrap().detach().data
    };
    let (before, after) = (tree("main~1"), tree("main"));
    let hash = repository.object_hash();
    let (before, after) = (
        TreeRefIter::from_bytes(&before, hash),
        TreeRefIter::from_bytes(&after, hash),
    );
    let mut recorder = Recorder::default();
    gix::diff::tree(
        before,
        after,
        State::default(),
        &repository.objects,
        &mut recorder,
    )
    .unwrap();
    recorder.records.len()
}

fn git_diff_tree(path: &Path) {
    let output = Command::new("git")
        .args(["diff-tree", "-r", "main~1", "main"])
        .current_dir(path)
        .output();
    assert_eq!(
        output
            .unwrap()
            .stdout
            .iter()
            .filter(|byte| **byte == b'\n')
            .count(),
        1
    );
}

fn no_change(repository: &Repository, rounds: usize, table: &mut Table) {
    let source = repository.open().source("main", None).unwrap();
    let synced = sync(&Synced::default(), &source, SyncWatch::default())
        .unwrap()
        .0;
    let start = Instant::now();
    for _ in 0..rounds * 100 {
        assert!(
            sync(&synced, &source, SyncWatch::default())
                .unwrap()
                .1
                .is_empty()
        );
    }
    let each = start.elapsed().as_secs_f64() * 1e6 / (rounds * 100) as f64;
    table.value("no change, warm, microseconds", each, 50.0);
}

fn folder(shape: CatalogShape, rounds: usize, table: &mut Table) {
    let path = std::env::temp_dir().join(format!("catalog-bench-folder-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    write_catalog(shape, &path).unwrap();
    // What was written within one step of the file system's clock has no id.
    std::thread::sleep(Duration::from_millis(2100));
    let look = || FolderSource::open(&path).unwrap().fingerprint().unwrap();
    let synced = sync(&Synced::default(), &look(), SyncWatch::default())
        .unwrap()
        .0;
    let ours = || {
        assert_eq!(
            sync(&synced, &look(), SyncWatch::default())
                .unwrap()
                .1
                .files_read(),
            0
        )
    };
    let comparison = compare(rounds, ours, || assert!(walk(&path) > 0));
    table.row(
        "folder without a change, to listing and stat",
        &comparison,
        1.3,
    );
    fs::remove_dir_all(&path).unwrap();
}

/// Lists a folder and all below, and asks for each file how long it is.
fn walk(folder: &Path) -> u64 {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        bytes += match metadata.is_dir() {
            true => walk(&entry.path()),
            false => metadata.len(),
        };
    }
    bytes
}

/// The index on disk.
fn cache(repository: &Repository, of: &str, rounds: usize, table: &mut Table) {
    let folder = repository.path.join("cache");
    let _ = fs::remove_dir_all(&folder);
    let open = || IndexCache::in_folder(&folder, LoadOptions::default());
    let source = |revision: &str| repository.open().source(revision, None).unwrap();
    let store = |revision: &str| {
        let (mut cache, notes) = open();
        assert!(notes.is_empty());
        let index = cache.index().sync(&source(revision), SyncWatch::default());
        cache.store(&index.unwrap().0).unwrap().bytes
    };
    let whole = store("main~1");
    let added = store("main");
    let changed = changed_bytes(&source("main~1"), &source("main"));
    let of_limit = added as f64 / (20.0 * changed as f64 + 65_536.0);
    let what = format!("bytes of one commit{of} ({added}), to 20 × {changed} + 64 KB");
    table.value(&what, of_limit, 1.0);
    println!("{:<64} {whole} bytes hold all", "");

    let expected = sync(&Synced::default(), &source("main"), SyncWatch::default());
    let expected = expected.unwrap().0.index().len();
    let comparison = compare(
        rounds * 4,
        || {
            let (cache, _) = open();
            assert_eq!(cache.index().index().len(), expected);
            assert!(cache.index().index().newest().next().is_some());
        },
        || {
            let files = fs::read_dir(&folder).unwrap();
            for file in files {
                black_box(Sha256::digest(fs::read(file.unwrap().path()).unwrap()));
            }
        },
    );
    table.row(
        &format!("verified start from the cache{of}, to SHA-256"),
        &comparison,
        1.0,
    );

    let (cache, _) = open();
    let mut times: Vec<Duration> = (0..rounds * 10)
        .map(|_| {
            let start = Instant::now();
            let synced = cache.index().sync(&source("main"), SyncWatch::default());
            assert_eq!(synced.unwrap().1.files_read(), 0);
            start.elapsed()
        })
        .collect();
    times.sort();
    let median = times[times.len() / 2].as_secs_f64() * 1e6;
    table.value(
        &format!("no change in a new process{of}, microseconds"),
        median,
        1000.0,
    );
}

/// The bytes of the files that the second commit changes.
fn changed_bytes(before: &dyn Source, after: &dyn Source) -> usize {
    let before: std::collections::BTreeSet<String> = blobs(before).into_iter().collect();
    let (mut changed, mut folders) = (0, vec![String::new()]);
    while let Some(folder) = folders.pop() {
        for (entry, id) in after.list_with_ids(&folder).unwrap() {
            let path = match folder.as_str() {
                "" => entry.name,
                folder => format!("{folder}/{}", entry.name),
            };
            match entry.kind {
                catalog_model::source::EntryKind::Folder => folders.push(path),
                _ if before.contains(&id.unwrap().to_string().replace("git:", "")) => {}
                _ => changed += after.read(&path, usize::MAX).unwrap().len(),
            }
        }
    }
    changed
}

fn growth(rounds: usize, table: &mut Table) {
    let mut first = None;
    for packages in [100, 1_000, 10_000] {
        let shape = CatalogShape {
            definition_percent: 1,
            ..CatalogShape::new(packages, 42)
        };
        let repository = Repository::new("growth", shape, false);
        let of = format!(" of {} versions", packages * 10);
        if is_asked("commit") {
            let times = one_commit(&repository, &of, rounds, table);
            let first = *first.get_or_insert(times);
            table.value(
                &format!("how often T for one commit{of}, to that of 1,000"),
                times / first,
                1.2,
            );
        }
        if is_asked("cache") {
            cache(&repository, &of, rounds, table);
        }
    }
}

#[derive(Default)]
struct Table {
    passed: bool,
}

impl Table {
    /// How many times as long as theirs ours takes.
    fn row(&mut self, what: &str, comparison: &Comparison, limit: f64) {
        self.value(what, 1.0 / comparison.ratio, limit);
        println!(
            "{:<64} {:?} to {:?}",
            "", comparison.ours, comparison.theirs
        );
    }

    fn value(&mut self, what: &str, value: f64, limit: f64) {
        // What is no number is within no limit.
        let within = value <= limit;
        let verdict = if within { "" } else { "  OVER" };
        self.passed |= !within;
        println!("{what:<64} {value:>8.3} (at most {limit}){verdict}");
    }
}
