//! Repositories to fetch from, and who serves them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A folder of this name for a test, empty.
pub(super) fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("fetch")
        .join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Runs `git` in a folder, away from the settings of whoever runs the tests.
pub(super) fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com"])
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Whether there is the program; where there is none, the tests say so and pass.
pub(super) fn there_is_git() -> bool {
    let there = Command::new("git").arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: there is no program `git`, of which repositories could be fetched");
    }
    there
}

/// A repository with three commits of `catalog/a/N.0.0`, a tag with a message at the first, and a branch at the second.
pub(super) fn repository(folder: &Path, options: &[&str]) -> PathBuf {
    let path = folder.join("tree");
    fs::create_dir_all(&path).unwrap();
    git(&path, &[&["init", "-q"], options, &["."]].concat());
    for at in 1..=3 {
        commit(&path, at);
    }
    git(&path, &["tag", "-m", "first", "v1", "HEAD~2"]);
    git(&path, &["branch", "old/one", "HEAD~1"]);
    path
}

pub(super) fn commit(path: &Path, at: usize) {
    let version = path.join(format!("catalog/a/{at}.0.0"));
    fs::create_dir_all(&version).unwrap();
    let text = format!("name: a\nversion: {at}.0.0\n");
    fs::write(version.join("metadata.yaml"), text).unwrap();
    fs::write(version.join("notes.txt"), "line\n".repeat(at * 1000)).unwrap();
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", &format!("version {at}")]);
}

/// A port that nobody listens at.
pub(super) fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// `git daemon` for a folder; it ends with the test.
pub(super) struct Daemon {
    program: Child,
    pub(super) port: u16,
}

impl Daemon {
    /// `None` where git has no daemon, or it does not come up.
    pub(super) fn start(folder: &Path) -> Option<Self> {
        let port = port();
        let base = format!("--base-path={}", folder.display());
        // Itself, and not through `git`, which would leave it behind.
        let mut program =
            Command::new(Path::new(&git(folder, &["--exec-path"])).join("git-daemon"))
                .args([
                    "--export-all",
                    "--reuseaddr",
                    "--informative-errors",
                    "--verbose",
                ])
                .args(["--listen=127.0.0.1", &format!("--port={port}"), &base])
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .stdin(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .ok()?;
        // It says so when it is ready.
        let mut lines = BufReader::new(program.stderr.take()?).lines();
        let ready = lines
            .by_ref()
            .any(|line| line.is_ok_and(|line| line.contains("Ready")));
        std::thread::spawn(move || lines.count());
        let there = (0..100).any(|_| {
            let connected = ready && TcpStream::connect(("127.0.0.1", port)).is_ok();
            if !connected {
                std::thread::sleep(Duration::from_millis(10));
            }
            connected
        });
        let daemon = Self { program, port };
        if !there {
            eprintln!("skipped: there is no `git daemon`");
        }
        there.then_some(daemon)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
