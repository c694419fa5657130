//! `validate --fix`: what is written, what is left alone, and what the diff of a dry run says.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail loudly"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

/// Runs `validate c` in a folder and gives its exit code, standard output and standard error.
fn validate(root: &Path, options: &[&str]) -> (i32, String, String) {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push("examples/validate");
    let output = Command::new(path)
        .current_dir(root)
        .arg("c")
        .args(options)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

const WEB: &str = "c/web/1.10/metadata.yaml";

/// A folder with the files given, by path.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("validate-fix")
        .join(name);
    let _ = fs::remove_dir_all(&root);
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// The names of the files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Mends a metadata file of web 1.10 and compares its bytes; then mends it again.
#[track_caller]
fn check(name: &str, text: &str, expected: &str) {
    let root = folder(name, &[(WEB, text)]);
    let (exit, _, error) = validate(&root, &["--fix"]);
    assert_eq!(fs::read_to_string(root.join(WEB)).unwrap(), expected);
    assert_eq!((exit, error.as_str()), (0, ""));
    let first = fs::metadata(root.join(WEB)).unwrap().modified().unwrap();
    let (exit, out, error) = validate(&root, &["--fix"]);
    let last = "1 packages, 1 versions, 1 usable: 0 errors, 0 warnings, 0 notes, 0 fixed\n";
    assert_eq!((exit, out.as_str(), error.as_str()), (0, last, ""));
    let second = fs::metadata(root.join(WEB)).unwrap().modified().unwrap();
    assert_eq!(first, second, "a file with nothing to mend is not written");
    assert_eq!(names(root.join(WEB).parent().unwrap()), ["metadata.yaml"]);
}

#[test]
fn comments_layout_line_ends_and_characters_stay() {
    check(
        "comments",
        "# ours\n\nname:   web # the site\nversion: 1.10\n\n# as upstream\nlicence:  MIT\n",
        "# ours\n\nname:   web # the site\nversion: \"1.10\"\n\n# as upstream\nlicense:  MIT\n",
    );
    check(
        "crlf",
        "version: 1.10 # one\r\nlicence: MIT\r\n",
        "name: web\r\nversion: \"1.10\" # one\r\nlicense: MIT\r\n",
    );
    check(
        "characters",
        "\u{feff}# \u{fc}ber \u{1f600}\nname: web\nversion: '1.10'\ndescription: '\u{1f600} \u{fc}' # \u{fc}\nmaintaner: [\u{e4}]",
        "\u{feff}# \u{fc}ber \u{1f600}\nname: web\nversion: '1.10'\ndescription: '\u{1f600} \u{fc}' # \u{fc}\nmaintainer: [\u{e4}]",
    );
}

#[test]
fn what_was_mended_and_what_is_left_is_said() {
    let text = "name: web\nversion: 1.10\nlicence: MIT\nurl: not one\n";
    let root = folder("said", &[(WEB, text)]);
    let (exit, out, error) = validate(&root, &["--fix"]);
    assert_eq!((exit, error.as_str()), (1, ""), "the url is still wrong");
    assert!(
        out.starts_with(
            "c/web/1.10/metadata.yaml:2:10: fixed[metadata.version.unquoted]: write \"1.10\"\nc/web/1.10/metadata.yaml:3:1: fixed[metadata.unknown-key]: write `license`, which was ignored and counts now\n\nerror[metadata.url]: "
        ),
        "{out}"
    );
    assert!(
        out.ends_with("1 packages, 1 versions, 0 usable: 1 errors, 0 warnings, 0 notes, 2 fixed\n"),
        "{out}"
    );
    fs::write(root.join(WEB), text).unwrap();
    let (exit, out, _) = validate(&root, &["--fix", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(exit, 1);
    assert_eq!(
        report["fixed"][1],
        json!({"file": WEB, "line": 3, "column": 1, "code": "metadata.unknown-key", "title": "write `license`", "applicability": "takes-effect"})
    );
    assert_eq!(report["fixed"].as_array().unwrap().len(), 2);
    assert_eq!(report["notWritten"], json!([]));
    assert_eq!(report["diagnostics"][0]["code"], "metadata.url");
    assert_eq!(report.get("diff"), None);
}

#[test]
fn a_dry_run_is_a_diff_and_writes_nothing() {
    let text = "# a\n# b\n# c\nname: web\nversion: 1.10\nlicence: MIT";
    let root = folder("dry", &[(WEB, text)]);
    let (exit, out, error) = validate(&root, &["--fix", "--dry-run"]);
    let diff = "\
--- c/web/1.10/metadata.yaml
+++ c/web/1.10/metadata.yaml
@@ -2,5 +2,5 @@
 # b
 # c
 name: web
-version: 1.10
-licence: MIT
\\ No newline at end of file
+version: \"1.10\"
+license: MIT
\\ No newline at end of file
";
    assert_eq!(out, diff);
    let summary = "1 packages, 1 versions, 1 usable: 0 errors, 0 warnings, 0 notes, 2 to fix\n";
    assert_eq!((exit, error.as_str()), (0, summary));
    assert_eq!(fs::read_to_string(root.join(WEB)).unwrap(), text);
    let (_, out, error) = validate(&root, &["--fix", "--dry-run", "--format", "json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["diff"], error.as_str()), (&json!(diff), ""));
    assert_eq!(fs::read_to_string(root.join(WEB)).unwrap(), text);
    validate(&root, &["--fix"]);
    let (exit, out, _) = validate(&root, &["--fix", "--dry-run"]);
    assert_eq!((exit, out.as_str()), (0, ""), "nothing is left to mend");
}

/// As git does it: what a name holds neither breaks the diff nor reaches a terminal.
#[test]
fn the_diff_names_every_file_so_that_it_can_be_applied() {
    let names = [
        ("a b", "c/web/1.10/conditions/a b.yaml\t"),
        ("a\tb", "\"c/web/1.10/conditions/a\\tb.yaml\""),
        ("a\n+++ b", "\"c/web/1.10/conditions/a\\n+++ b.yaml\""),
        ("a\u{1b}[2J", "\"c/web/1.10/conditions/a\\033[2J.yaml\""),
        ("a\"\\b", "\"c/web/1.10/conditions/a\\\"\\\\b.yaml\""),
        ("\u{fc}", "\"c/web/1.10/conditions/\\303\\274.yaml\""),
        ("plain", "c/web/1.10/conditions/plain.yaml"),
    ];
    let path = |name| format!("c/web/1.10/conditions/{name}.yaml");
    let (text, mended) = ("conditions:\n- targt: {}\n", "conditions:\n- target: {}\n");
    for (applying, program) in [&["git", "apply", "-p0"][..], &["patch", "-p0"]]
        .iter()
        .enumerate()
    {
        let root = folder(
            &format!("names{applying}"),
            &[(WEB, "name: web\nversion: '1.10'\n")],
        );
        fs::create_dir(root.join("c/web/1.10/conditions")).unwrap();
        for (name, _) in names {
            fs::write(root.join(path(name)), text).unwrap();
        }
        let (_, out, _) = validate(&root, &["--fix", "--dry-run"]);
        for (_, head) in names {
            let head = format!("--- {head}\n+++ {head}\n@@ ");
            assert!(out.contains(&head), "{head}\n{out}");
        }
        assert!(!out.contains('\u{1b}'), "{out}");
        fs::write(root.join("diff"), &out).unwrap();
        let applied = Command::new(program[0])
            .args(&program[1..])
            // Within a work tree, git would leave what is not below its folder.
            .env("GIT_CEILING_DIRECTORIES", root.parent().unwrap())
            .current_dir(&root)
            .stdin(fs::File::open(root.join("diff")).unwrap())
            .output();
        let Ok(applied) = applied else {
            println!("skipped: there is no {}", program[0]);
            continue;
        };
        assert!(applied.status.success(), "{applied:?}");
        for (name, _) in names {
            assert_eq!(fs::read_to_string(root.join(path(name))).unwrap(), mended);
        }
    }
}

/// Lines are added and changed, in one piece and far from each other, at both ends and where lines repeat.
#[test]
fn the_diff_of_many_changes_can_be_applied_and_costs_no_square_of_them() {
    let mut text = String::from("url: https://e.com\nlabel:\n");
    for number in 0..20_000 {
        let stays = (3..10).contains(&(number % 1_000));
        let value = if stays { "x" } else { "1.10" };
        text.push_str(&format!("  k{number}: {value}\n"));
    }
    text.push_str("description: x\n\n\n\n\n\n\n\n# end\nlicence: MIT");
    let root = folder("many", &[(WEB, &text)]);
    let start = Instant::now();
    let (_, out, _) = validate(&root, &["--fix", "--dry-run"]);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    assert!(
        out.starts_with(&format!("--- {WEB}\n+++ {WEB}\n@@ -1,")),
        "{}",
        &out[..400]
    );
    assert!(out.contains("\n   k5: x\n@@ -10,"), "{}", &out[..400]);
    assert!(out.contains("\n   k9: x\n-  k10: 1.10\n"), "{out}");
    assert!(out.ends_with(
        "-licence: MIT\n\\ No newline at end of file\n+license: MIT\n\\ No newline at end of file\n"
    ));
    fs::write(root.join("diff"), &out).unwrap();
    let applied = Command::new("git")
        .args(["apply", "-p0", "diff"])
        .env("GIT_CEILING_DIRECTORIES", root.parent().unwrap())
        .current_dir(&root)
        .output();
    let Ok(applied) = applied else {
        println!("skipped: there is no git");
        return;
    };
    assert!(applied.status.success(), "{applied:?}");
    let patched = fs::read_to_string(root.join(WEB)).unwrap();
    fs::write(root.join(WEB), &text).unwrap();
    validate(&root, &["--fix"]);
    assert_eq!(fs::read_to_string(root.join(WEB)).unwrap(), patched);
}

#[test]
fn permissions_stay_and_what_is_read_only_is_left() {
    let text = "name: web\nversion: '1.10'\nlicence: MIT\n";
    let other = "c/db/1.0.0/metadata.yaml";
    let root = folder(
        "permissions",
        &[
            (WEB, text),
            (other, "name: db\nversion: 1.0.0\nlicence: MIT\n"),
        ],
    );
    let mode = |path: &str, mode| {
        fs::set_permissions(root.join(path), Permissions::from_mode(mode)).unwrap();
    };
    mode(WEB, 0o444);
    mode(other, 0o640);
    let (exit, out, error) = validate(&root, &["--fix", "--format", "json"]);
    assert_eq!(
        (exit, error.as_str()),
        (
            2,
            "c/web/1.10/metadata.yaml: it is read-only\nerror: 1 of the files to mend cannot be written\n"
        )
    );
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        report["notWritten"],
        json!([{"file": WEB, "why": "it is read-only"}])
    );
    assert_eq!(report["fixed"].as_array().unwrap().len(), 1);
    assert_eq!(
        report["diagnostics"][0]["file"], WEB,
        "what is not written is still wrong"
    );
    assert_eq!(fs::read_to_string(root.join(WEB)).unwrap(), text);
    assert_eq!(
        fs::read_to_string(root.join(other)).unwrap(),
        "name: db\nversion: 1.0.0\nlicense: MIT\n"
    );
    let kept = fs::metadata(root.join(other)).unwrap().permissions().mode();
    assert_eq!(kept & 0o777, 0o640);
    mode(WEB, 0o644);
}

/// Only root can give a file away; whoever else runs this shows that a file of his own stays his.
#[test]
fn owner_and_special_bits_stay() {
    let text = "name: web\nversion: '1.10'\nlicence: MIT\n";
    let root = folder("owner", &[(WEB, text)]);
    let path = root.join(WEB);
    let own = fs::metadata(&path).unwrap();
    let (user, group) = match chown(&path, Some(1000), Some(1001)) {
        Ok(()) => (1000, 1001),
        Err(_) => (own.uid(), own.gid()),
    };
    fs::set_permissions(&path, Permissions::from_mode(0o6750)).unwrap();
    let before = fs::metadata(&path).unwrap();
    let (exit, _, error) = validate(&root, &["--fix"]);
    assert_eq!((exit, error.as_str()), (0, ""));
    let after = fs::metadata(&path).unwrap();
    assert_ne!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!((after.uid(), after.gid()), (user, group));
    assert_eq!(after.mode(), before.mode(), "{:o}", after.mode());
}

#[test]
fn links_are_not_written_through() {
    let text = "name: web\nversion: '1.10'\nlicence: MIT\n";
    let root = folder(
        "links",
        &[
            (
                "c/shared/1.0.0/metadata.yaml",
                "name: shared\nversion: 1.0.0\n",
            ),
            ("c/shared/1.0.0/web.yaml", text),
            ("c/web/1.9/metadata.yaml", "name: web\nversion: '1.9'\n"),
            ("elsewhere/metadata.yaml", text),
        ],
    );
    fs::create_dir_all(root.join("c/web/1.10")).unwrap();
    symlink("../../shared/1.0.0/web.yaml", root.join(WEB)).unwrap();
    symlink("../../elsewhere", root.join("c/web/1.11")).unwrap();
    let (exit, _, error) = validate(&root, &["--fix"]);
    assert_eq!(exit, 2);
    assert!(
        error.starts_with(
            "c/web/1.10/metadata.yaml: it is reached by a link, and is mended only where it lies\n"
        ),
        "{error}"
    );
    for path in ["c/shared/1.0.0/web.yaml", "elsewhere/metadata.yaml"] {
        assert_eq!(fs::read_to_string(root.join(path)).unwrap(), text);
    }
    assert!(fs::symlink_metadata(root.join(WEB)).unwrap().is_symlink());
}

#[test]
fn wrong_usage() {
    let root = folder("usage", &[(WEB, "name: web\nversion: '1.10'\n")]);
    for (options, message) in [
        (
            &["--dry-run"][..],
            "error: --dry-run says how to --fix; see --help\n",
        ),
        (
            &["--fix", "--dry-run", "--format", "sarif"],
            "error: --dry-run prints text or json, not sarif\n",
        ),
    ] {
        let (exit, out, error) = validate(&root, options);
        assert_eq!((exit, out.as_str(), error.as_str()), (2, "", message));
    }
    let output = validate(&root.join("c/web/1.10"), &["--fix"]);
    assert_eq!(
        (output.0, output.2.as_str()),
        (2, "error: c: there is no such file or folder\n")
    );
}
