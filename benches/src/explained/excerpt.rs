//! The beginning and the end of long texts.

/// Lines that are shown from the beginning, and from the end, of a text that has more.
const LINES: (usize, usize) = (16, 6);

/// Characters that are shown of a line that has more.
const CHARACTERS: usize = 320;

/// A text as a page can show it: how much is left out of it is said.
#[must_use]
pub fn excerpt(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().lines().map(shortened).collect();
    let (first, last) = LINES;
    match lines.len().checked_sub(first + last) {
        None | Some(0) => lines.join("\n"),
        Some(more) => {
            let (start, end) = (&lines[..first], &lines[first + more..]);
            let (start, end) = (start.join("\n"), end.join("\n"));
            format!("{start}\n… {more} more lines …\n{end}")
        }
    }
}

fn shortened(line: &str) -> String {
    match line.chars().count().checked_sub(CHARACTERS) {
        None | Some(0) => line.to_owned(),
        Some(more) => {
            let start: String = line.chars().take(CHARACTERS).collect();
            format!("{start} … {more} more characters")
        }
    }
}
