//! How a program begins and ends.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use catalog_conditions::show::one_line;
use catalog_model::SourceError;

use crate::arguments::Arguments;
use crate::output::Output;

/// A program: what `--help` prints, and the options it knows.
pub struct Program {
    /// The text of `--help`, without a newline at its end.
    pub usage: &'static str,
    /// Options with a value, without the dashes.
    pub options: &'static [&'static str],
    /// Options without one.
    pub switches: &'static [&'static str],
}

/// What a program found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// All is well: exit code 0.
    Fine,
    /// Something is not, and the output says what: exit code 1.
    Finding,
}

/// Why there is no answer: exit code 2, and one line on standard error.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with its one line.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// The same with advice at the end.
    #[must_use]
    pub fn did_you_mean(self, near: Option<&str>) -> Self {
        match near {
            Some(near) => Self(format!("{}; did you mean `{near}`?", self.0)),
            None => self,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::new(error.to_string())
    }
}

impl Program {
    /// Reads the command line, runs `body` and turns what it says into an exit code.
    pub fn run(
        &self,
        body: impl FnOnce(&Arguments, &mut Output) -> Result<Answer, Failure>,
    ) -> ExitCode {
        let mut output = Output::stdout();
        let answer = match Arguments::parse(self, std::env::args_os().skip(1)) {
            Ok(Some(arguments)) => body(&arguments, &mut output),
            Ok(None) => {
                output.lines(self.usage);
                Ok(Answer::Fine)
            }
            Err(failure) => Err(failure),
        };
        // An answer that did not arrive is none.
        let written = output.finish();
        let failures = answer
            .as_ref()
            .err()
            .into_iter()
            .chain(written.as_ref().err());
        let mut exit = match answer {
            Ok(Answer::Finding) => ExitCode::from(1),
            _ => ExitCode::SUCCESS,
        };
        for failure in failures {
            exit = fail(failure);
        }
        exit
    }
}

/// A line on standard error that stops nothing.
pub fn note(line: impl fmt::Display) {
    say(&one_line(&line.to_string()));
}

fn fail(failure: &Failure) -> ExitCode {
    // A diagnostic says by itself that it is an error, with its code.
    let text = one_line(&failure.0);
    let label = if text.contains("error[") {
        ""
    } else {
        "error: "
    };
    say(&format!("{label}{text}"));
    ExitCode::from(2)
}

/// Where standard error cannot be written either, the exit code is all that is left to say.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
