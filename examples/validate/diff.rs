//! What changes in a file, as `patch` and `git apply` read it.

use std::fmt::Write;
use std::ops::Range;

/// Unchanged lines around those that change.
const CONTEXT: usize = 3;

/// How many pairs of lines are compared, at most, to find where lines were added.
const PAIRS: usize = 1 << 24;

/// A line of a diff with its sign: `-`, `+`, or a blank for one that stays.
type Row<'t> = (char, &'t str);

/// The changes of one file as a unified diff. Cost: linear in the lines for each line that was added.
///
/// Lines end with a newline only: a lone carriage return is a part of its line for every program that reads diffs.
pub(crate) fn unified(path: &str, before: &str, after: &str) -> String {
    let name = name(path);
    let mut diff = format!("--- {name}\n+++ {name}\n");
    let lines = |text| str::split_inclusive(text, '\n').collect::<Vec<_>>();
    let rows = rows(&lines(before), &lines(after));
    let (mut seen, mut old, mut new) = (0, 1, 1);
    for hunk in hunks(&rows) {
        let skipped = hunk.start - seen;
        let shown = rows.get(hunk.clone()).unwrap_or_default();
        let count = |sign| shown.iter().filter(|(other, _)| *other != sign).count();
        let (olds, news) = (count('+'), count('-'));
        (old, new) = (old + skipped, new + skipped);
        let (from, to) = (range(old, olds), range(new, news));
        diff.push_str(&format!("@@ -{from} +{to} @@\n"));
        for (sign, line) in shown {
            diff.extend([*sign]);
            diff.push_str(line);
            if !line.ends_with('\n') {
                diff.push_str("\n\\ No newline at end of file\n");
            }
        }
        (seen, old, new) = (hunk.end, old + olds, new + news);
    }
    diff
}

/// Lines of a hunk, as its head names them: where there is none, the line before.
fn range(first: usize, count: usize) -> String {
    match count {
        0 => format!("{},0", first - 1),
        1 => first.to_string(),
        _ => format!("{first},{count}"),
    }
}

/// What is shown together: changes with what is around them.
fn hunks(rows: &[Row<'_>]) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    let changes = rows
        .iter()
        .enumerate()
        .filter(|(_, (sign, _))| *sign != ' ');
    for (at, _) in changes {
        let (start, end) = (at.saturating_sub(CONTEXT), rows.len().min(at + CONTEXT + 1));
        match hunks.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => hunks.push(start..end),
        }
    }
    hunks
}

/// All lines in order; of lines that changed beside each other the old ones first.
fn rows<'t>(before: &[&'t str], after: &[&'t str]) -> Vec<Row<'t>> {
    let (mut rows, mut new): (Vec<Row<'t>>, Vec<Row<'t>>) = (Vec::new(), Vec::new());
    for pair in pairs(before, after) {
        match pair {
            (Some(old), Some(line)) if old == line => {
                rows.append(&mut new);
                rows.push((' ', line));
            }
            (old, line) => {
                rows.extend(old.map(|line| ('-', line)));
                new.extend(line.map(|line| ('+', line)));
            }
        }
    }
    rows.append(&mut new);
    rows
}

/// Each old line with the new one in its place.
///
/// Fixes change lines and add some, and take none away. So this is no search for what two texts have in common, which takes the square of
/// what changed: each old line has its new one as many lines further down as were added above it.
fn pairs<'t>(before: &[&'t str], after: &[&'t str]) -> Vec<(Option<&'t str>, Option<&'t str>)> {
    let fits = |added: &usize| (added + 1).saturating_mul(before.len() + 1) <= PAIRS;
    let Some(added) = after.len().checked_sub(before.len()).filter(fits) else {
        let old = before.iter().map(|line| (Some(*line), None));
        return old
            .chain(after.iter().map(|line| (None, Some(*line))))
            .collect();
    };
    let is_added = additions(before, after, added);
    let mut old = before.iter().copied();
    let of_new = |(line, is_added): (&&'t str, bool)| match is_added {
        true => (None, Some(*line)),
        false => (old.next(), Some(*line)),
    };
    after.iter().zip(is_added).map(of_new).collect()
}

/// Which of the new lines were added, so that as few of the others as possible differ from the old ones.
fn additions(before: &[&str], after: &[&str], added: usize) -> Vec<bool> {
    // By how many old lines are passed, and then by how many lines were added to them: whether the last of the new ones was.
    let mut last = Vec::with_capacity((before.len() + 1) * (added + 1));
    let mut costs: Vec<usize> = vec![0; added + 1];
    last.extend((0..=added).map(|above| above > 0));
    for (passed, old) in before.iter().enumerate() {
        let mut left = usize::MAX;
        for (above, cost) in costs.iter_mut().enumerate() {
            let paired = *cost + usize::from(after.get(passed + above) != Some(old));
            last.push(left < paired);
            *cost = paired.min(left);
            left = *cost;
        }
    }
    let (mut passed, mut above) = (before.len(), added);
    let mut is_added: Vec<bool> = after
        .iter()
        .map(|_| {
            let one = last.get(passed * (added + 1) + above) == Some(&true);
            match one {
                true => above -= 1,
                false => passed = passed.saturating_sub(1),
            }
            one
        })
        .collect();
    is_added.reverse();
    is_added
}

/// A path as git writes it in the head of a diff, and git and GNU patch read it: in quotes, with escapes, where a byte of it is not
/// printable ASCII (a line break would begin another file's changes), and with a tab behind it where it would end at a blank.
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
