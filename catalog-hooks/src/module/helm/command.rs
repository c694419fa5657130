//! Running a program, with bounds on its time and on what it writes.

use std::ffi::OsString;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::failure::lasting;
use crate::effect::ModuleFailure;

/// A release of Helm holds at most 1 MiB packed; what is shown of it is that and its objects.
const MOST_OUTPUT: usize = 32 << 20;
/// What is kept of complaints.
const MOST_ERRORS: usize = 16 << 10;
/// How often the program is looked at.
const POLL: Duration = Duration::from_millis(20);
/// How long pipes may stay open after the program's end, where it left children behind.
const PIPES: Duration = Duration::from_secs(2);

/// A program that ended.
pub(super) struct Finished {
    pub(super) success: bool,
    pub(super) output: Vec<u8>,
    /// What it wrote to standard error, or the end of it.
    pub(super) errors: String,
}

/// Runs a program with these arguments, which get `input` on standard input.
pub(super) fn run(
    program: &Path,
    arguments: &[OsString],
    input: Vec<u8>,
    timeout: Duration,
) -> Result<Finished, ModuleFailure> {
    let mut command = Command::new(program);
    command.args(arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| not_started(program, &error))?;
    feed(&mut child, input);
    let output = collect(child.stdout.take(), MOST_OUTPUT);
    let errors = collect(child.stderr.take(), MOST_ERRORS);
    let status = wait(&mut child, timeout);
    // Either the program has ended, or nobody waits for it any more.
    let output = output.recv_timeout(PIPES).unwrap_or_default();
    let errors = errors.recv_timeout(PIPES).unwrap_or_default();
    let errors = String::from_utf8_lossy(&errors.bytes).into_owned();
    let Some(status) = status else {
        return Err(ModuleFailure {
            message: format!(
                "helm did not end within {} s, and was ended: {}",
                timeout.as_secs(),
                errors.trim()
            ),
            may_pass: true,
        });
    };
    if output.is_cut {
        return Err(lasting(format!(
            "helm writes more than {} MiB",
            MOST_OUTPUT >> 20
        )));
    }
    Ok(Finished {
        success: status.success(),
        output: output.bytes,
        errors,
    })
}

fn not_started(program: &Path, error: &std::io::Error) -> ModuleFailure {
    let program = program.display();
    lasting(match error.kind() {
        ErrorKind::NotFound => {
            format!("there is no program `{program}`: install Helm, or tell the driver where it is")
        }
        _ => format!("`{program}` cannot be run: {error}"),
    })
}

/// Writes in a thread of its own: the program may write before it has read all. One that does not read is its own affair.
fn feed(child: &mut Child, input: Vec<u8>) {
    if let Some(mut stdin) = child.stdin.take() {
        thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
    }
}

/// What a program wrote, up to a limit.
#[derive(Default)]
struct Collected {
    bytes: Vec<u8>,
    is_cut: bool,
}

/// Reads to the end, so that the program never waits for its reader, and keeps the first `limit` bytes.
fn collect(pipe: Option<impl Read + Send + 'static>, limit: usize) -> Receiver<Collected> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut collected = Collected::default();
        if let Some(mut pipe) = pipe {
            // A pipe that breaks has been read as far as it goes.
            let _ = pipe
                .by_ref()
                .take(limit as u64)
                .read_to_end(&mut collected.bytes);
            let rest = std::io::copy(&mut pipe, &mut std::io::sink());
            collected.is_cut = rest.is_ok_and(|rest| rest > 0);
        }
        let _ = sender.send(collected);
    });
    receiver
}

/// How the program ended; `None`: it was ended, having taken too long.
fn wait(child: &mut Child, timeout: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if start.elapsed() >= timeout {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(POLL);
    }
}
