//! The command line.

use std::collections::BTreeMap;
use std::ffi::OsString;

use catalog_conditions::suggest::near;
use catalog_model::registry::CatalogKey;
use lexopt::{Arg, ValueExt};

use crate::program::{Failure, Program};

/// A command line, read.
#[derive(Debug, Default)]
pub struct Arguments {
    positional: Vec<String>,
    options: BTreeMap<String, Vec<String>>,
    /// Names and values of options, as they were given.
    given: Vec<(String, String)>,
}

/// A catalog as it was given: `SOURCE`, or `NAME=SOURCE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given<'a> {
    /// What answers call it; only one that stands alone has none.
    pub name: Option<&'a str>,
    /// Where it is.
    pub address: &'a str,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For scripts.
    Json,
}

/// A plan as a graph, for another program to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// For Graphviz.
    Dot,
    /// For Mermaid.
    Mermaid,
}

impl Arguments {
    /// Reads the arguments that follow the program's name; `None` asks for help.
    pub(crate) fn parse(
        program: &Program,
        arguments: impl Iterator<Item = OsString>,
    ) -> Result<Option<Self>, Failure> {
        let mut read = Self::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next().map_err(wrong)? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Value(value) => read.positional.push(value.string().map_err(wrong)?),
                Arg::Long(name) => {
                    let name = name.to_owned();
                    let value = if program.options.contains(&name.as_str()) {
                        parser.value().map_err(wrong)?.string().map_err(wrong)?
                    } else if program.switches.contains(&name.as_str()) {
                        String::new()
                    } else {
                        return Err(unknown(program, &name));
                    };
                    read.given.push((name.clone(), value.clone()));
                    read.options.entry(name).or_default().push(value);
                }
                Arg::Short(letter) => {
                    return Err(Failure::new(format!(
                        "there is no option `-{letter}`; see --help"
                    )));
                }
            }
        }
        Ok(Some(read))
    }

    /// No argument but options.
    ///
    /// # Errors
    ///
    /// There is one.
    pub fn none(&self) -> Result<(), Failure> {
        match self.positional.first() {
            None => Ok(()),
            Some(first) => Err(too_many(first)),
        }
    }

    /// Exactly one argument that is no option.
    ///
    /// # Errors
    ///
    /// There is none, or more.
    pub fn one(&self, what: &str) -> Result<&str, Failure> {
        match self.positional.as_slice() {
            [one] => Ok(one),
            [] => Err(Failure::new(format!("{what} is missing; see --help"))),
            [_, second, ..] => Err(too_many(second)),
        }
    }

    /// Exactly two arguments that are no options.
    ///
    /// # Errors
    ///
    /// There are fewer, or more.
    pub fn two(&self, first: &str, second: &str) -> Result<(&str, &str), Failure> {
        match self.positional.as_slice() {
            [one, two] => Ok((one, two)),
            [] => Err(Failure::new(format!("{first} is missing; see --help"))),
            [_] => Err(Failure::new(format!("{second} is missing; see --help"))),
            [_, _, third, ..] => Err(too_many(third)),
        }
    }

    /// The first argument that is no option, and the rest.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn first(&self, what: &str) -> Result<(&str, &[String]), Failure> {
        let (first, rest) = self
            .positional
            .split_first()
            .ok_or_else(|| Failure::new(format!("{what} is missing; see --help")))?;
        Ok((first, rest))
    }

    /// The catalogs that come first, and the other arguments that are no options: either one `SOURCE`, or all that are `NAME=SOURCE`, by falling
    /// priority. A folder that is called so is written as `./NAME=SOURCE`.
    ///
    /// # Errors
    ///
    /// There is none, or a name is there twice.
    pub fn catalogs(&self, what: &str) -> Result<(Vec<Given<'_>>, &[String]), Failure> {
        let named = self.positional.iter().map_while(|text| named(text));
        let named: Vec<Given<'_>> = named.collect();
        if named.is_empty() {
            let (address, rest) = self.first(what)?;
            return Ok((
                vec![Given {
                    name: None,
                    address,
                }],
                rest,
            ));
        }
        for (at, one) in named.iter().enumerate() {
            if named.iter().take(at).any(|other| other.name == one.name) {
                let name = one.name.unwrap_or_default();
                return Err(Failure::new(format!("there are two catalogs `{name}`")));
            }
        }
        let rest = self.positional.get(named.len()..).unwrap_or_default();
        Ok((named, rest))
    }

    /// The one catalog that comes first, for a program that takes no more, and the other arguments that are no options.
    ///
    /// # Errors
    ///
    /// As for [`catalogs`](Self::catalogs), or it has a name, as several have.
    pub fn one_catalog(&self, what: &str) -> Result<(&str, &[String]), Failure> {
        let (given, rest) = self.catalogs(what)?;
        match given.as_slice() {
            [
                Given {
                    name: None,
                    address,
                },
            ] => Ok((address, rest)),
            _ => Err(Failure::new(format!(
                "this program takes one {what}: give it alone, and without a name; a folder with `=` in its name is written as a path"
            ))),
        }
    }

    /// The same with exactly one other argument.
    ///
    /// # Errors
    ///
    /// As for [`catalogs`](Self::catalogs), or there is another number of arguments.
    pub fn catalogs_and_one(
        &self,
        what: &str,
        other: &str,
    ) -> Result<(Vec<Given<'_>>, &str), Failure> {
        let (given, rest) = self.catalogs(what)?;
        match rest {
            [one] => Ok((given, one)),
            [] => Err(Failure::new(format!("{other} is missing; see --help"))),
            [_, more, ..] => Err(too_many(more)),
        }
    }

    /// The same with no other argument.
    ///
    /// # Errors
    ///
    /// As for [`catalogs`](Self::catalogs), or there is another argument.
    pub fn catalogs_alone(&self, what: &str) -> Result<Vec<Given<'_>>, Failure> {
        let (given, rest) = self.catalogs(what)?;
        match rest.first() {
            None => Ok(given),
            Some(more) => Err(too_many(more)),
        }
    }

    /// The value of an option; the last one, if it is given several times.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name)?.last().map(String::as_str)
    }

    /// All values of an option.
    pub fn options(&self, name: &str) -> impl Iterator<Item = &str> {
        self.options
            .get(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// The names and values of several options in the order given, for those of which the last one counts.
    pub fn in_order(&self, names: &[&str]) -> impl Iterator<Item = (&str, &str)> {
        self.given
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a switch is given.
    #[must_use]
    pub fn switch(&self, name: &str) -> bool {
        self.options.contains_key(name)
    }

    /// `--format dot|mermaid`, for programs that have a plan to draw; none for any other value.
    #[must_use]
    pub fn picture(&self) -> Option<Picture> {
        match self.option("format") {
            Some("dot") => Some(Picture::Dot),
            Some("mermaid") => Some(Picture::Mermaid),
            _ => None,
        }
    }

    /// `--format text|json`.
    ///
    /// # Errors
    ///
    /// Another value.
    pub fn format(&self) -> Result<Format, Failure> {
        match self.option("format") {
            None | Some("text") => Ok(Format::Text),
            Some("json") => Ok(Format::Json),
            Some(other) => Err(Failure::new(format!(
                "`{other}` is no format: text or json"
            ))),
        }
    }
}

/// `NAME=SOURCE`, with what a catalog can be called before the `=`: neither a path nor `PACKAGE@RANGE` begins like that.
fn named(text: &str) -> Option<Given<'_>> {
    let (name, address) = text.split_once('=')?;
    CatalogKey::global(name).ok()?;
    let name = Some(name);
    Some(Given { name, address })
}

fn too_many(argument: &str) -> Failure {
    Failure::new(format!("`{argument}` is one argument too many; see --help"))
}

fn unknown(program: &Program, name: &str) -> Failure {
    let known = program
        .options
        .iter()
        .chain(program.switches)
        .copied()
        .chain(["help"]);
    let near = near(name, known).map(|near| format!("--{near}"));
    Failure::new(format!("there is no option `--{name}`")).did_you_mean(near.as_deref())
}

fn wrong(error: lexopt::Error) -> Failure {
    Failure::new(format!("{error}; see --help"))
}
