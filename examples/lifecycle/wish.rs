//! What the command line says of the operation.

use std::str::FromStr;

use catalog_examples::{Arguments, Failure};
use catalog_hooks::plan::OperationOptions;
use catalog_model::Catalog;
use catalog_model::version::{Prereleases, Version, VersionRange};
use serde_json::{Map, Value};

/// What is to be done with a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Install,
    Upgrade,
    Rollback,
    Uninstall,
    Action,
}

impl FromStr for Kind {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "install" => Ok(Self::Install),
            "upgrade" => Ok(Self::Upgrade),
            "rollback" => Ok(Self::Rollback),
            "uninstall" => Ok(Self::Uninstall),
            "action" => Ok(Self::Action),
            other => Err(Failure::new(format!(
                "`{other}` is no operation: install, upgrade, rollback, uninstall or action"
            ))),
        }
    }
}

/// The source of Flux in which it finds the catalog, below a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FluxSource<'a> {
    pub(crate) kind: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    pub(crate) folder: &'a str,
}

impl<'a> FluxSource<'a> {
    /// Reads `KIND/NAMESPACE/NAME[/FOLDER]`.
    ///
    /// # Errors
    ///
    /// It is none of this, or of a kind from which Flux takes no charts.
    fn read(text: &'a str) -> Result<Self, Failure> {
        let mut parts = text.splitn(4, '/');
        let mut next = || parts.next().unwrap_or_default();
        let [kind, namespace, name, folder] = [next(), next(), next(), next()];
        if !["GitRepository", "Bucket"].contains(&kind) || namespace.is_empty() || name.is_empty() {
            return Err(Failure::new(format!(
                "`--flux-source {text}` is no source of charts: write GitRepository/NAMESPACE/NAME or Bucket/NAMESPACE/NAME, and /FOLDER where the catalog lies in one"
            )));
        }
        Ok(Self {
            kind,
            namespace,
            name,
            folder,
        })
    }
}

/// What the command line says of the operation.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) path: &'a str,
    /// `PACKAGE` or `PACKAGE@VERSION`; of several, the first, or the one that is looked at.
    pub(crate) package: &'a str,
    /// All that are named.
    pub(crate) packages: &'a [String],
    pub(crate) kind: Kind,
    /// Whether it is said which operation it is, and not left at an install.
    pub(crate) is_named: bool,
    pub(crate) from: Option<&'a str>,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) home: &'a str,
    pub(crate) options: OperationOptions,
    /// Whether the package is looked at alone, whatever it needs or needs it.
    pub(crate) is_alone: bool,
    /// The action that is asked for.
    pub(crate) action: Option<&'a str>,
    /// Where Flux finds the catalog.
    pub(crate) flux: Option<FluxSource<'a>>,
    pub(crate) arguments: &'a Arguments,
}

impl<'a> Wish<'a> {
    /// `from`: the version that the command line says is there.
    ///
    /// # Errors
    ///
    /// Something is missing, or does not go together.
    pub(crate) fn read(arguments: &'a Arguments, from: Option<&'a str>) -> Result<Self, Failure> {
        let (path, packages) = arguments.one_catalog("CATALOG")?;
        let package = packages
            .first()
            .ok_or_else(|| Failure::new("PACKAGE is missing; see --help"))?;
        let kind = kind(arguments)?;
        let is_named = ["operation", "action"]
            .iter()
            .any(|option| arguments.option(option).is_some());
        let resumes = arguments.switch("resume") || arguments.option("decide").is_some();
        if kind == Kind::Install && from.is_some() && (is_named || !resumes) {
            return Err(Failure::new(
                "--from is not for an install: it begins with nothing",
            ));
        }
        let alone = match kind {
            _ if packages.len() < 2 => None,
            Kind::Rollback => Some("a rollback"),
            Kind::Action => Some("an action"),
            _ if from.is_some() => Some("--from"),
            _ if arguments.switch("no-dependencies") => Some("--no-dependencies"),
            _ => None,
        };
        if let Some(alone) = alone {
            return Err(Failure::new(format!(
                "{alone} is for one package at a time"
            )));
        }
        let mut options = OperationOptions::default();
        options.delete_data = arguments.switch("delete-data");
        options.delete_custom_resources = arguments.switch("delete-custom-resources");
        options.delete_namespace = arguments.switch("delete-namespace");
        options.skip_hooks = arguments.switch("skip-hooks");
        options.rollback_on_failure = arguments.switch("rollback-on-failure");
        options.take_ownership = arguments.switch("take-ownership");
        options.force_conflicts = arguments.switch("force-conflicts");
        Ok(Self {
            path,
            package,
            packages,
            kind,
            is_named,
            from,
            namespace: arguments.option("namespace"),
            home: arguments.option("home").unwrap_or("catalog-system"),
            options,
            is_alone: arguments.switch("no-dependencies"),
            action: arguments.option("action"),
            flux: arguments
                .option("flux-source")
                .map(FluxSource::read)
                .transpose()?,
            arguments,
        })
    }

    /// The same for each package that is named.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        let packages = self.packages.iter();
        packages.map(move |package| Self { package, ..self })
    }

    /// Whether several packages are named.
    pub(crate) fn is_of_several(&self) -> bool {
        self.packages.len() > 1
    }

    /// The package's name.
    pub(crate) fn name(&self) -> &'a str {
        self.package.split('@').next().unwrap_or_default()
    }

    /// The version that is named, if one is.
    pub(crate) fn version(&self) -> Option<&'a str> {
        self.package.split_once('@').map(|(_, version)| version)
    }

    /// Whether what is named is no version of the package, but a range in which there are some.
    pub(crate) fn names_range(&self, catalog: &Catalog) -> bool {
        let (Some(text), Some(package)) = (self.version(), catalog.package(self.name())) else {
            return false;
        };
        let is_version = Version::parse(text)
            .is_ok_and(|version| catalog.release(self.name(), &version).is_some());
        let Some(range) = VersionRange::parse(text).ok().filter(|_| !is_version) else {
            return false;
        };
        let mut releases = package.releases().iter();
        releases.any(|release| range.matches(release.version(), Prereleases::Allowed))
    }

    /// The parameters of the action, by name.
    ///
    /// # Errors
    ///
    /// One is not written as `NAME=VALUE`, or is given twice.
    pub(crate) fn parameters(&self) -> Result<Value, Failure> {
        let mut all = Map::new();
        for text in self.arguments.options("set") {
            let (name, value) = text
                .split_once('=')
                .ok_or_else(|| Failure::new(format!("`--set {text}` is not NAME=VALUE")))?;
            let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
            if all.insert(name.to_owned(), value).is_some() {
                return Err(Failure::new(format!("`{name}` is set twice")));
            }
        }
        Ok(Value::Object(all))
    }

    /// Whether it is about what is there, of which the catalog need not know any more.
    pub(crate) fn may_outlive_catalog(&self) -> bool {
        matches!(self.kind, Kind::Rollback | Kind::Uninstall | Kind::Action)
    }
}

/// `--action` alone says it too.
fn kind(arguments: &Arguments) -> Result<Kind, Failure> {
    let kind = match (arguments.option("operation"), arguments.option("action")) {
        (None, Some(_)) => Kind::Action,
        (named, _) => named.unwrap_or("install").parse()?,
    };
    match (kind, arguments.option("action")) {
        (Kind::Action, None) => Err(Failure::new("--action NAME is missing")),
        (Kind::Action, Some(_)) => Ok(kind),
        (_, Some(_)) => Err(Failure::new("--action is for `--operation action`")),
        (_, None) if arguments.option("set").is_some() => {
            Err(Failure::new("--set is for the parameters of an action"))
        }
        (_, None) => Ok(kind),
    }
}
