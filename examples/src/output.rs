//! Standard output that may be closed at any time.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use catalog_model::Diagnostic;
use catalog_model::render::Colour;
use serde_json::Value;

/// Standard output. Once it is closed (`| head`), what is written is lost and nothing fails.
pub struct Output {
    to: BufWriter<StdoutLock<'static>>,
    is_terminal: bool,
    colour: Colour,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        let stdout = io::stdout().lock();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_terminal = stdout.is_terminal();
        let colour = if is_terminal && !plain {
            Colour::Always
        } else {
            Colour::Never
        };
        Self {
            to: BufWriter::new(stdout),
            is_terminal,
            colour,
        }
    }

    /// Writes a text and ends its last line. What no terminal should get from a catalog (control characters but line breaks and tabs,
    /// characters that turn the direction of writing) is written as an escape.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.write(&shown(text.as_ref()));
    }

    /// Writes a text that another program reads, a patch or a script, as it is; on a terminal, as [`line`](Self::line) does.
    pub fn verbatim(&mut self, text: &str) {
        if self.is_terminal {
            self.line(text);
        } else {
            self.write(text);
        }
    }

    /// Writes a value as JSON, indented. What [`line`](Self::line) escapes is escaped as JSON does.
    pub fn json(&mut self, value: &Value) {
        let text = format!("{value:#}");
        // Such a character stands in a string: all else of JSON is ASCII, and line breaks of strings are escaped already.
        self.write(&escaped(&text, |json, c| {
            let _ = write!(json, "\\u{:04x}", u32::from(c));
        }));
    }

    /// Writes diagnostics with the lines they point at, each followed by an empty line.
    pub fn diagnostics<'d>(&mut self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) {
        for diagnostic in diagnostics {
            // Rendering escapes what it shows, and may colour it.
            self.write(&diagnostic.render(self.colour));
            self.write("");
        }
    }

    fn write(&mut self, text: &str) {
        // Whoever closed the pipe has read enough.
        let _ = self
            .to
            .write_all(text.as_bytes())
            .and_then(|()| self.to.write_all(b"\n"));
    }
}

/// A text of a catalog within one line: line breaks and tabs are escaped too, so that it cannot pass for a line of the program.
#[must_use]
pub fn one_line(text: &str) -> String {
    shown(text).replace('\n', "\\n").replace('\t', "\\t")
}

/// A text with escapes in place of what is hidden.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, |shown, c| shown.extend(c.escape_unicode()))
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            escape(&mut shown, c);
        } else {
            shown.push(c);
        }
    }
    shown.into()
}

/// Whether a terminal would act on a character instead of showing it: C0 and C1 but line breaks and tabs, what breaks lines beside them,
/// and what Unicode has for the direction of writing.
fn is_hidden(c: char) -> bool {
    let breaks = matches!(c, '\u{2028}' | '\u{2029}');
    let directs = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && !matches!(c, '\n' | '\t')) || breaks || directs
}

/// Diagnostics as a JSON list.
#[must_use]
pub fn diagnostics_json(diagnostics: &[Diagnostic]) -> Value {
    diagnostics.iter().map(Diagnostic::to_json).collect()
}
