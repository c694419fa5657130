//! Programs, as tests run them.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part of it, and a test may fail loudly"
)]

use std::process::{Command, Output};

use serde_json::Value;

/// An example program; cargo builds them beside the tests.
pub fn program(name: &str) -> Command {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    assert!(
        path.exists(),
        "{} is not built: run `cargo test` without `--test`, or build the examples",
        path.display()
    );
    let mut command = Command::new(path);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

pub fn run(name: &str, arguments: &[&str]) -> Output {
    program(name).args(arguments).output().unwrap()
}

/// Standard output of a run that ends with a code.
#[track_caller]
pub fn answer(name: &str, arguments: &[&str], code: i32) -> String {
    let output = run(name, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{name} {arguments:?}: {error}"
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The same as JSON.
#[track_caller]
pub fn json(name: &str, arguments: &[&str], code: i32) -> Value {
    let arguments = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&answer(name, &arguments, code)).unwrap()
}

/// What is said to be wrong with a command line, or with what it names.
#[track_caller]
pub fn refusal(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    assert_eq!(output.status.code(), Some(2), "{name} {arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}
