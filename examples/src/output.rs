//! Standard output that may be closed at any time.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use catalog_model::Diagnostic;
use catalog_model::render::Colour;
use serde_json::Value;

/// Standard output. Once it is closed (`| head`), what is written is lost and nothing fails.
pub struct Output {
    to: BufWriter<StdoutLock<'static>>,
    colour: Colour,
}

impl Output {
    pub(crate) fn stdout() -> Self {
        let stdout = io::stdout().lock();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = if stdout.is_terminal() && !plain {
            Colour::Always
        } else {
            Colour::Never
        };
        Self {
            to: BufWriter::new(stdout),
            colour,
        }
    }

    /// Writes a line.
    pub fn line(&mut self, line: impl AsRef<str>) {
        // Whoever closed the pipe has read enough.
        let _ = self
            .to
            .write_all(line.as_ref().as_bytes())
            .and_then(|()| self.to.write_all(b"\n"));
    }

    /// Writes a value as JSON, indented.
    pub fn json(&mut self, value: &Value) {
        self.line(format!("{value:#}"));
    }

    /// Writes diagnostics with the lines they point at, each followed by an empty line.
    pub fn diagnostics<'d>(&mut self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) {
        for diagnostic in diagnostics {
            let text = diagnostic.render(self.colour);
            self.line(text);
            self.line("");
        }
    }
}

/// Diagnostics as a JSON list.
#[must_use]
pub fn diagnostics_json(diagnostics: &[Diagnostic]) -> Value {
    diagnostics.iter().map(Diagnostic::to_json).collect()
}
