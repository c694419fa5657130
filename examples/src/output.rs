//! Standard output that may be closed at any time, and that may not take what is written.

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use catalog_conditions::show;
use catalog_model::Diagnostic;
use catalog_model::render::Colour;
use serde_json::Value;

use crate::program::Failure;

/// Standard output. Once it is closed (`| head`), what is written is lost and nothing fails: whoever closed it has read enough. Any other
/// loss, such as that of a full disk, is a failure of the program when it ends.
pub struct Output {
    to: BufWriter<StdoutLock<'static>>,
    /// The first thing that went wrong. Nothing is written behind a gap.
    lost: Option<io::Error>,
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
            lost: None,
            is_terminal,
            colour,
        }
    }

    /// Writes one line. What no line of text should have from a catalog (line breaks and tabs, control characters, characters that turn the
    /// direction of writing) is written as an escape, so that no name or description can pass for another line.
    pub fn line(&mut self, text: impl AsRef<str>) {
        self.write(&show::one_line(text.as_ref()));
    }

    /// Lets whoever reads along see what has been written so far.
    pub fn show(&mut self) {
        self.attempt(Write::flush);
    }

    /// Writes a text of several lines, each of which the library has made; what else a terminal would act on is escaped as in
    /// [`line`](Self::line).
    pub fn lines(&mut self, text: impl AsRef<str>) {
        self.write(&show::lines(text.as_ref()));
    }

    /// Writes a text that another program reads, a patch or a script, as it is; on a terminal, as [`lines`](Self::lines) does.
    pub fn verbatim(&mut self, text: &str) {
        if self.is_terminal {
            self.lines(text);
        } else {
            self.write(text);
        }
    }

    /// Writes a value as JSON, indented. What [`lines`](Self::lines) escapes is escaped as JSON does.
    pub fn json(&mut self, value: &Value) {
        let text = format!("{value:#}");
        let mut json = String::with_capacity(text.len());
        for c in text.chars() {
            if c == '\n' || !show::is_hidden(c) {
                json.push(c);
            } else {
                // Such a character stands in a string: all else of JSON is ASCII, and line breaks of strings are escaped already.
                let _ = write!(json, "\\u{:04x}", u32::from(c));
            }
        }
        self.write(&json);
    }

    /// Writes diagnostics with the lines they point at, each followed by an empty line.
    pub fn diagnostics<'d>(&mut self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) {
        for diagnostic in diagnostics {
            // Rendering escapes what it shows, and may colour it.
            self.write(&diagnostic.render(self.colour));
            self.write("");
        }
    }

    /// Hands over what is written so far, and says whether anything was lost.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.attempt(Write::flush);
        match self.lost {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(format!(
                "standard output cannot be written: {error}"
            ))),
            _ => Ok(()),
        }
    }

    fn write(&mut self, text: &str) {
        self.attempt(|to| to.write_all(text.as_bytes()));
        self.attempt(|to| to.write_all(b"\n"));
    }

    fn attempt(
        &mut self,
        write: impl FnOnce(&mut BufWriter<StdoutLock<'static>>) -> io::Result<()>,
    ) {
        if self.lost.is_none() {
            self.lost = write(&mut self.to).err();
        }
    }
}

/// Diagnostics as a JSON list.
#[must_use]
pub fn diagnostics_json(diagnostics: &[Diagnostic]) -> Value {
    diagnostics.iter().map(Diagnostic::to_json).collect()
}
