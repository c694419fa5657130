//! Input made to hurt: every file is answered with a diagnostic, in bounded time and memory, and the package beside it stays usable.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

/// Runs a program within 1 GiB of address space and asserts that it ends within a minute. Returns exit code and output.
fn bounded(name: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples");
    path.push(name);
    let start = Instant::now();
    let output = Command::new("sh")
        .arg("-c")
        .arg("ulimit -v 1048576; exec \"$@\"")
        .arg("sh")
        .arg(path)
        .args(arguments)
        .output()
        .unwrap();
    assert!(start.elapsed().as_secs() < 60, "{name} {arguments:?}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap_or(-1),
        text(output.stdout),
        text(output.stderr),
    )
}

fn alias_bomb() -> String {
    (b'b'..=b'z').fold("a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, letter| {
        let (this, before) = (char::from(letter), char::from(letter - 1));
        format!(
            "{text}{this}: &{this} [{}]\n",
            vec![format!("*{before}"); 9].join(",")
        )
    })
}

#[test]
fn files_of_a_catalog() {
    let head = "name: p\nversion: 1.0.0\n";
    for (case, file, bytes, code) in [
        ("bomb", "metadata.yaml", alias_bomb().into_bytes(), "yaml.limit.alias-expansion"),
        ("brackets", "metadata.yaml", "[".repeat(100_000).into_bytes(), "yaml.limit.depth"),
        ("dashes", "hooks/h.yaml", "- ".repeat(100_000).into_bytes(), "yaml.limit.depth"),
        ("large", "definitions/d.yaml", vec![b'#'; 100 << 20], "file.too-large"),
        ("utf8", "metadata.yaml", b"name: \xff\n".to_vec(), "file.not-utf8"),
        ("utf16", "metadata.yaml", "name: p".encode_utf16().flat_map(u16::to_le_bytes).collect(), "yaml"),
        ("nul", "metadata.yaml", b"name: p\0\nversion: 1.0.0\n".to_vec(), ""),
        ("conditions", "conditions/c.yaml", format!("conditions:\n{}", "- not: \n".repeat(200_000)).into_bytes(), ""),
        ("deep-condition", "conditions/c.yaml", format!("conditions: [{}", "{not: ".repeat(100_000)).into_bytes(), "yaml.limit.depth"),
        ("long-key", "metadata.yaml", format!("{head}{}: 1\n", "k".repeat(1 << 20)).into_bytes(), ""),
        ("long-path", "conditions/c.yaml", format!("conditions: [{{target: {{apiVersion: v1, kind: Node, name: n, fieldPath: {}}}, op: exists}}]", "a.".repeat(500_000)).into_bytes(), "conditions."),
        ("long-range", "metadata.yaml", format!("{head}dependencies: [{{name: q, version: '{}'}}]", "1 || ".repeat(200_000)).into_bytes(), "metadata.range"),
    ] {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(case);
        let _ = fs::remove_dir_all(&root);
        let path = root.join("p/1.0.0").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(root.join("p/1.0.0/metadata.yaml"), head).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::create_dir_all(root.join("q/1.0.0")).unwrap();
        fs::write(root.join("q/1.0.0/metadata.yaml"), "name: q\nversion: 1.0.0\n").unwrap();
        let (exit, output, errors) = bounded("validate", &[root.to_str().unwrap(), "--format", "json"]);
        assert_eq!((exit, errors.as_str()), (1, ""), "{case}");
        let report: Value = serde_json::from_str(&output).unwrap();
        assert_eq!(report["usable"], 1, "{case}: q stays usable");
        let codes: Vec<&str> = report["diagnostics"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap()).collect();
        assert!(codes.iter().any(|found| found.starts_with(code)), "{case}: {code} is not among {:?}", &codes[..codes.len().min(5)]);
        let (exit, output, errors) = bounded("diff", &["catalogs/observability", root.to_str().unwrap()]);
        // What cannot be used is new.
        assert_eq!((exit, errors.as_str()), (1, ""), "{case}: {output:.500}");
        fs::remove_dir_all(&root).unwrap();
    }
}

#[test]
fn requests_and_universes() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-universes");
    fs::create_dir_all(&folder).unwrap();
    let chain: Vec<String> = (0..10_000).map(|n| format!("\"p{n}\": {{\"1.0.0\": {{\"dependencies\": [{{\"name\": \"p{}\", \"version\": \"*\"}}]}}}}", n + 1)).collect();
    let versions: Vec<String> = (0..10_000)
        .map(|n| {
            format!(
                "\"{n}.0.0\": {{\"dependencies\": [{{\"name\": \"gone\", \"version\": \"*\"}}]}}"
            )
        })
        .collect();
    for (case, text, package, exit) in [
        ("chain", format!("{{{}, \"p10000\": {{\"1.0.0\": {{}}}}}}", chain.join(",")), "p0", 0),
        ("broken-chain", format!("{{{}}}", chain.join(",")), "p0", 1),
        ("versions", format!("{{\"p\": {{{}}}}}", versions.join(",")), "p", 1),
        ("cycle", r#"{"a": {"1.0.0": {"dependencies": [{"name": "b"}]}}, "b": {"1.0.0": {"dependencies": [{"name": "a"}]}}}"#.to_owned(), "a", 1),
        ("itself", r#"{"a": {"1.0.0": {"dependencies": [{"name": "a"}]}}}"#.to_owned(), "a", 1),
        ("brackets", "[".repeat(100_000), "a", 2),
        ("no-json", "a: b".to_owned(), "a", 2),
        ("wrong-shape", r#"{"a": 1}"#.to_owned(), "a", 2),
        ("bad-range", r#"{"a": {"1.0.0": {"dependencies": [{"name": "b", "version": "one or two"}]}}, "b": {"1.0.0": {}}}"#.to_owned(), "a", 1),
        ("empty", "{}".to_owned(), "a", 1),
    ] {
        let file = folder.join(format!("{case}.json"));
        fs::write(&file, text).unwrap();
        let (code, output, errors) = bounded("resolve", &[file.to_str().unwrap(), package]);
        assert_eq!(code, exit, "{case}: {output:.500} {errors:.500}");
        assert!(!(output + &errors).contains("panicked"), "{case}");
    }
}
