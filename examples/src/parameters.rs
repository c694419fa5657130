//! What packages are to be installed with.

use std::collections::BTreeMap;

use catalog_conditions::evaluate::Context;
use catalog_model::Release;
use serde_json::Value;

use crate::arguments::Arguments;
use crate::input::parameters;
use crate::program::Failure;

/// The parameters of installations, by package.
#[derive(Default)]
pub struct Parameters {
    of_all: Option<Value>,
    of_one: BTreeMap<String, Value>,
}

impl Parameters {
    /// Reads the files that `--parameters [PACKAGE=]FILE` names, where there is such a package.
    ///
    /// # Errors
    ///
    /// One cannot be read, or is no map.
    pub fn read(is_package: impl Fn(&str) -> bool, arguments: &Arguments) -> Result<Self, Failure> {
        let mut read = Self::default();
        for argument in arguments.options("parameters") {
            match argument.split_once('=') {
                Some((package, path)) if is_package(package) => {
                    read.of_one.insert(package.to_owned(), parameters(path)?);
                }
                _ => read.of_all = Some(parameters(argument)?),
            }
        }
        Ok(read)
    }

    /// The parameters of a package: its own, or those of all.
    #[must_use]
    pub fn of(&self, package: &str) -> Option<&Value> {
        self.of_one.get(package).or(self.of_all.as_ref())
    }

    /// The context of a release's conditions, with its parameters.
    #[must_use]
    pub fn laid(&self, release: &Release, context: Context) -> Context {
        match self.of(release.package().as_str()) {
            Some(parameters) => context.with_parameters(parameters.clone()),
            None => context,
        }
    }
}
