//! Fetching through a program that speaks for the other side.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::sync::{Mutex, PoisonError};

use gix::protocol::transport::Protocol;
use gix::protocol::transport::client::git::{ConnectMode, blocking_io::Connection};

use super::Failure;
use super::error::GitFetchErrorKind;
use super::receive::Receiver;
use super::watch::Counted;

/// Bytes of what a program says on standard error that are kept.
const TOLD: u64 = 4096;

/// A repository of this machine, through `git upload-pack`.
pub(super) fn git(path: &str, receiver: &Receiver<'_>) -> Result<String, Failure> {
    let mut command = Command::new("git");
    command.args(["upload-pack", "--", path]);
    run(command, ("git", "file://"), path, receiver)
}

/// One of another machine, through `ssh`, which asks nobody.
pub(super) fn ssh(
    login: &str,
    port: Option<u16>,
    path: &str,
    receiver: &Receiver<'_>,
) -> Result<String, Failure> {
    let mut command = Command::new("ssh");
    command.args(["-o", "BatchMode=yes", "-o", "SendEnv=GIT_PROTOCOL"]);
    if let Some(port) = port {
        command.args(["-p", &port.to_string()]);
    }
    command.args(["--", login, &format!("git-upload-pack {}", quoted(path))]);
    run(command, ("ssh", "ssh://"), path, receiver)
}

/// As a shell takes it for one word.
fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', "'\\''"))
}

fn run(
    mut command: Command,
    (program, protocol): (&str, &str),
    path: &str,
    receiver: &Receiver<'_>,
) -> Result<String, Failure> {
    command
        .env("GIT_PROTOCOL", "version=2")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| {
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!(
                "the program `{program}` is not installed, and `{protocol}` needs it; `https://` needs none"
            ),
            _ => format!("the program `{program}` cannot be run: {error}"),
        };
        Failure::new(GitFetchErrorKind::Program, message)
    })?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(input), Some(output), Some(errors)) = pipes else {
        let message = format!("the program `{program}` cannot be spoken to");
        return Err(Failure::new(GitFetchErrorKind::Program, message));
    };
    let child = Mutex::new(child);
    let watch = receiver.watch;
    let (alive, over) = mpsc::channel();
    let (received, told) = std::thread::scope(|scope| {
        scope.spawn(|| {
            let over = over;
            watch.guard(&over, || end(&child));
        });
        let told = scope.spawn(move || told(errors));
        let from = Counted {
            from: output,
            watch,
        };
        let nobody = None::<(&str, Option<u16>)>;
        let mode = ConnectMode::Process;
        let connection = Connection::new(from, input, Protocol::V2, path, nobody, mode, false);
        let connection = connection.custom_url(Some(receiver.url.into()));
        let received = receiver.receive(connection);
        drop(alive);
        if received.is_ok() {
            // All that was wanted is here, whatever else the program has to do.
            end(&child);
        }
        (received, told.join().unwrap_or_default())
    });
    end(&child);
    received.map_err(|failure| match told.trim() {
        "" => failure,
        told if failure.kind == GitFetchErrorKind::Remote => {
            Failure::new(failure.kind, format!("`{program}` says: {told}"))
        }
        _ => failure,
    })
}

/// Ends a program that may have ended, and leaves nothing of it.
fn end(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = child.kill();
    let _ = child.wait();
}

/// The beginning of what a program says; all is read, so that it does not wait for a reader.
fn told(mut errors: impl Read) -> String {
    let mut kept = Vec::new();
    let _ = errors.by_ref().take(TOLD).read_to_end(&mut kept);
    let _ = io::copy(&mut errors, &mut io::sink());
    let text = String::from_utf8_lossy(&kept);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("; ")
}
