//! `lifecycle`, killed with SIGKILL after each line that it prints, and resumed: the cluster ends as if nobody had killed it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

/// A folder for the state of one fake cluster, which goes with the test.
struct State(PathBuf);

impl State {
    fn new(name: &str) -> Self {
        let folder = format!("catalog-lifecycle-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(folder);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The same cluster again.
    fn copied(&self, name: &str) -> Self {
        let other = Self::new(name);
        let calls = self.0.join("calls.jsonl");
        if calls.exists() {
            std::fs::copy(calls, other.0.join("calls.jsonl")).unwrap();
        }
        other
    }

    fn lifecycle(&self, arguments: &[&str]) -> Command {
        let mut path = std::env::current_exe().unwrap();
        path.pop();
        path.pop();
        let mut command = Command::new(path.join("examples/lifecycle"));
        command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg("catalogs/observability")
            .args(arguments)
            .args(["--cluster", "fake", "--like", "clusters/staging.yaml"])
            .args(["--state".as_ref(), self.0.as_path()]);
        command
    }

    /// Runs it to its end; or why it cannot begin.
    fn run(&self, arguments: &[&str]) -> Result<(), String> {
        let output = self.lifecycle(arguments).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => Ok(()),
            Some(2) => Err(stderr),
            _ => panic!("{arguments:?}: {output:?}"),
        }
    }

    /// Starts it, and kills it when it has printed so many lines. Whether it came so far.
    fn kill_after(&self, lines: usize, arguments: &[&str]) -> bool {
        let mut process = self
            .lifecycle(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(process.stdout.take().unwrap()).lines();
        let came_so_far = lines == 0 || printed.nth(lines - 1).is_some();
        process.kill().unwrap();
        process.wait().unwrap();
        came_so_far
    }

    /// Starts it, sends it so many signals to end when it has printed a line that begins so, and waits for its end.
    fn signalled(&self, line: &str, signals: &[&str], arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = self.lifecycle(&[arguments, &["--pace", "30"]].concat());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut printed = BufReader::new(process.stdout.take().unwrap());
        let mut text = String::new();
        while !text.lines().any(|one| one.starts_with(line)) {
            assert!(printed.read_line(&mut text).unwrap() > 0, "{text}");
        }
        for signal in signals {
            let id = process.id().to_string();
            let sent = Command::new("kill").args([signal, id.as_str()]).status();
            assert!(sent.unwrap().success());
            // The same signal twice, before the first is seen, is one.
            std::thread::sleep(Duration::from_millis(10));
        }
        printed.read_to_string(&mut text).unwrap();
        let output = process.wait_with_output().unwrap();
        (
            output.status.code(),
            text + &String::from_utf8_lossy(&output.stderr),
        )
    }

    /// What is in the cluster, but for what no two runs have in common, and for Jobs and pods, which go in their own time.
    fn objects(&self) -> BTreeMap<String, Value> {
        let text = std::fs::read_to_string(self.0.join("cluster.json")).unwrap();
        let list: Value = serde_json::from_str(&text).unwrap();
        let objects = list["items"].as_array().unwrap().iter();
        objects.filter_map(shown).collect()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An object under its kind, namespace and name. Of Secrets of ours, which hold uids and times, the type counts. Plans and
/// journals, which a runner that is killed at its very end leaves, and logs are passed over.
fn shown(object: &Value) -> Option<(String, Value)> {
    let kind = object["kind"].as_str().unwrap();
    if ["Job", "Pod", "Event"].contains(&kind) {
        return None;
    }
    let mut object = object.clone();
    let metadata = object["metadata"].as_object_mut().unwrap();
    let name = metadata["name"].as_str().unwrap().to_owned();
    for key in ["uid", "resourceVersion", "creationTimestamp", "generation"] {
        metadata.remove(key);
    }
    if let Some(uid) = metadata
        .get_mut("labels")
        .and_then(|labels| labels.get_mut("catalog.dev/release-uid"))
    {
        *uid = json!("the release");
    }
    let namespace = metadata.get("namespace").cloned().unwrap_or_default();
    let is_left = |name: &str| {
        ["catalog-plan-", "catalog-journal-"]
            .iter()
            .any(|one| name.starts_with(one))
    };
    if kind == "Secret" && (is_left(&name) || name.ends_with("-log")) {
        return None;
    }
    object["metadata"].as_object_mut().unwrap().remove("name");
    if kind == "Secret" {
        object = object["type"].clone();
    }
    object.as_object_mut().map(|fields| fields.remove("status"));
    Some((format!("{kind} {namespace} {name}"), object))
}

/// Kills the operation after each of its lines; each time on a copy of `before`.
fn check(name: &str, before: &State, arguments: &[&str]) {
    let whole = before.copied(&format!("{name}-whole"));
    let output = whole.lifecycle(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    // After an empty line it says how it ended.
    let lines = printed.lines().take_while(|line| !line.is_empty()).count();
    assert!(lines >= 8, "{printed}");
    let expected = whole.objects();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at > lines {
                        break;
                    }
                    let state = before.copied(&format!("{name}-{at}"));
                    let came_so_far = state.kill_after(at, arguments);
                    assert!(came_so_far, "{name}: it ended before line {at} of {lines}");
                    go_on(&state, arguments, &expected);
                    let difference = difference(&state.objects(), &expected);
                    assert_eq!(difference, "", "{name}, killed after line {at}");
                }
            });
        }
    });
}

fn go_on(state: &State, arguments: &[&str], expected: &BTreeMap<String, Value>) {
    let Err(why) = state.run(&[arguments, &["--resume"]].concat()) else {
        return;
    };
    // It was killed before it had a journal, or when all was done: before its end it looks for plans that nobody needs any more.
    let is_over = why.contains("there is nothing to resume");
    assert!(is_over, "{why}");
    if state.objects() != *expected {
        state.run(arguments).unwrap();
    }
}

/// What only one of two clusters has.
fn difference(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>) -> String {
    let mut lines = String::new();
    for (sign, of, to) in [("+", one, other), ("-", other, one)] {
        for (key, value) in of
            .iter()
            .filter(|(key, value)| to.get(*key) != Some(*value))
        {
            let _ = writeln!(lines, "{sign} {key}: {value}");
        }
    }
    lines
}

#[test]
fn an_install() {
    check("install", &State::new("nothing"), &["cert-manager"]);
}

#[test]
fn an_upgrade_and_an_uninstall() {
    let installed = State::new("installed");
    installed.run(&["loki@3.4.2"]).unwrap();
    check("upgrade", &installed, &["loki", "--operation", "upgrade"]);
    let uninstall = [
        "loki",
        "--operation",
        "uninstall",
        "--delete-namespace",
        "--delete-data",
    ];
    check("uninstall", &installed, &uninstall);
}

#[test]
fn a_signal_cancels_and_a_second_one_leaves_all_as_it_is() {
    let job = "patch Job cert-manager/cert-manager-api-check";
    for signal in ["-TERM", "-INT"] {
        let state = State::new(&format!("cancelled{signal}"));
        let hangs = ["cert-manager", "--hangs", "api-check"];
        let (code, said) = state.signalled(job, &[signal], &hangs);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("cancelling: the hook that runs is"), "{said}");
        assert!(said.contains("run 1: was cancelled"), "{said}");
        assert!(said.contains("degraded"), "{said}");
        state.run(&["cert-manager", "--decide", "resume"]).unwrap();
    }
    let state = State::new("detached");
    let (code, said) = state.signalled(job, &["-TERM", "-INT"], &["cert-manager"]);
    assert_eq!(code, Some(1), "{said}");
    let next = "next: the same command with --resume goes on where it stopped";
    assert!(said.contains(next), "{said}");
    // If the first one was on record already, the run comes to rest, and somebody has to say how it goes on.
    let resumed = state.lifecycle(&["cert-manager", "--resume"]).output();
    match resumed.unwrap().status.code() {
        Some(0) => {}
        Some(1) => state.run(&["cert-manager", "--decide", "resume"]).unwrap(),
        other => panic!("{other:?}"),
    }
    let left = state.run(&["cert-manager", "--resume"]).unwrap_err();
    assert!(left.contains("nothing to resume"), "{left}");
}
