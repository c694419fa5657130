//! What changes in a file, as `patch` and `git apply` read it.

use std::fmt::Write;

use similar::TextDiff;

/// The changes of one file as a unified diff. Lines end with a newline only: a lone carriage return is a part of its line for every
/// program that reads diffs.
pub(crate) fn unified(path: &str, before: &str, after: &str) -> String {
    let name = name(path);
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(after));
    let mut config = TextDiff::configure();
    config
        .newline_terminated(true)
        .diff_slices(&before, &after)
        .unified_diff()
        .header(&name, &name)
        .to_string()
}

/// A path as git writes it in the head of a diff, and git and GNU patch read it: in quotes, with escapes, where a byte of it is not printable ASCII
/// (a line break would begin another file's changes), and with a tab behind it where it would end at a blank.
fn name(path: &str) -> String {
    let mut quoted = String::new();
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b'\t' => quoted.push_str("\\t"),
            b'\n' => quoted.push_str("\\n"),
            b'\r' => quoted.push_str("\\r"),
            b' '..=b'~' => quoted.push(char::from(byte)),
            _ => {
                let _ = write!(quoted, "\\{byte:03o}");
            }
        }
    }
    match quoted == path {
        true if path.contains(' ') => format!("{path}\t"),
        true => quoted,
        false => format!("\"{quoted}\""),
    }
}
