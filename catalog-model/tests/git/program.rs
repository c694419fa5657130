//! Repositories as the program `git` makes them, in all its shapes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use catalog_model::source::{GitRepository, Source};
use catalog_model::{DigestLimits, LoadOptions, ReleaseContent, load};

use super::store::folder;

/// Runs `git` in a folder, away from the settings of whoever runs the tests.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args([
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.com",
            "-c",
            "init.defaultBranch=main",
        ])
        .args([
            "-c",
            "protocol.file.allow=always",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Whether there is the program; where there is none, the tests of this file say so and pass.
fn there_is_git() -> bool {
    let there = Command::new("git").arg("--version").output().is_ok();
    if !there {
        eprintln!(
            "skipped: there is no program `git`; repositories that the tests write themselves were read"
        );
    }
    there
}

/// A work tree with three commits.
fn work_tree(name: &str, options: &[&str]) -> PathBuf {
    let path = folder(name);
    git(&path, &[&["init", "-q"], options, &["."]].concat());
    for at in 1..=3 {
        let version = path.join(format!("catalog/a/{at}.0.0"));
        fs::create_dir_all(version.join("definitions")).unwrap();
        fs::write(
            version.join("metadata.yaml"),
            format!("name: a\nversion: {at}.0.0\n"),
        )
        .unwrap();
        fs::write(
            version.join("definitions/notes.txt"),
            "line\n".repeat(at * 1000),
        )
        .unwrap();
        git(&path, &["add", "."]);
        git(&path, &["commit", "-q", "-m", &format!("version {at}")]);
    }
    path
}

/// What is read at `HEAD` of a repository is what lies in the folder.
fn check(repository: &Path, folder: &Path) {
    let source = GitRepository::open(repository)
        .unwrap()
        .source("HEAD", None)
        .unwrap();
    let files = catalog_model::FolderSource::open(folder.join("catalog")).unwrap();
    let (read, expected) = (
        load(&source, &LoadOptions::default()).unwrap(),
        load(&files, &LoadOptions::default()).unwrap(),
    );
    assert_eq!(read.catalog(), expected.catalog());
    assert_eq!(read.diagnostics().len(), expected.diagnostics().len());
    assert_eq!(read.catalog().package("a").unwrap().releases().len(), 3);
    let content = |source: &dyn Source| {
        ReleaseContent::of(source, "a/3.0.0", &DigestLimits::default()).unwrap()
    };
    assert_eq!(content(&source), content(&files));
}

#[test]
fn repositories_are_read_in_all_their_shapes() {
    if !there_is_git() {
        return;
    }
    let work = work_tree("shapes", &[]);
    check(&work, &work);
    check(&work.join(".git"), &work);
    let around = folder("shapes-around");
    let from = format!("file://{}", work.display());
    git(&around, &["clone", "-q", "--bare", &from, "bare"]);
    git(&around, &["clone", "-q", "--depth", "1", &from, "shallow"]);
    git(&around, &["clone", "-q", "--shared", &from, "alternates"]);
    git(
        &work,
        &[
            "worktree",
            "add",
            "-q",
            around.join("linked").to_str().unwrap(),
            "HEAD",
        ],
    );
    for shape in ["bare", "shallow", "alternates", "linked"] {
        check(&around.join(shape), &work);
    }
    let shallow = GitRepository::open(around.join("shallow")).unwrap();
    assert_eq!(shallow.history(None, "HEAD").unwrap().len(), 1);
    let open = GitRepository::open(&work).unwrap();
    assert_eq!(open.history(None, "HEAD").unwrap().len(), 3);
    // While it is open, all objects move into one pack, with deltas.
    git(&work, &["gc", "-q", "--prune=now", "--aggressive"]);
    check(&work, &work);
    assert_eq!(
        open.source("HEAD", None).unwrap().list("a").unwrap().len(),
        3
    );
}

#[test]
fn tags_with_messages_lead_to_their_commits() {
    if !there_is_git() {
        return;
    }
    let work = work_tree("tags", &[]);
    git(&work, &["tag", "-m", "first", "v1", "HEAD~1"]);
    git(&work, &["tag", "-m", "of a tag", "v1-again", "v1"]);
    git(&work, &["tag", "tree", "HEAD^{tree}"]);
    git(&work, &["pack-refs", "--all"]);
    let repository = GitRepository::open(&work).unwrap();
    let expected = git(&work, &["rev-parse", "HEAD~1"]);
    for tag in ["v1", "v1-again", "refs/tags/v1"] {
        assert_eq!(repository.commit(tag).unwrap(), expected, "{tag}");
    }
    let told = repository.commit("tree").unwrap_err();
    assert_eq!(told.message(), "`tree` is no commit, and names none");
}

#[test]
fn repositories_of_sha_256_are_read() {
    if !there_is_git() {
        return;
    }
    let work = work_tree("sha256", &["--object-format=sha256"]);
    check(&work, &work);
    git(&work, &["gc", "-q"]);
    check(&work, &work);
    let source = GitRepository::open(&work)
        .unwrap()
        .source("HEAD", None)
        .unwrap();
    assert_eq!(source.commit().len(), 64);
    assert_eq!(source.content_id("a").unwrap().as_bytes().len(), 32);
}

#[test]
fn objects_that_a_partial_clone_left_out_are_told_of() {
    if !there_is_git() {
        return;
    }
    let work = work_tree("whole", &[]);
    git(&work, &["config", "uploadpack.allowFilter", "true"]);
    let around = folder("partial");
    let from = format!("file://{}", work.display());
    git(
        &around,
        &[
            "clone",
            "-q",
            "--bare",
            "--filter=blob:none",
            &from,
            "partial",
        ],
    );
    let source = GitRepository::open(around.join("partial"))
        .unwrap()
        .source("HEAD", None)
        .unwrap();
    let error = source.read("a/1.0.0/metadata.yaml", 100).unwrap_err();
    assert!(
        error.message().contains("does not have all its objects"),
        "{error}"
    );
}
