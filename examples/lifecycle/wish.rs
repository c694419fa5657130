//! What the command line says of the operation.

use std::str::FromStr;

use catalog_examples::{Arguments, Failure};
use catalog_hooks::plan::OperationOptions;

/// What is to be done with a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Install,
    Upgrade,
    Rollback,
    Uninstall,
}

impl FromStr for Kind {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "install" => Ok(Self::Install),
            "upgrade" => Ok(Self::Upgrade),
            "rollback" => Ok(Self::Rollback),
            "uninstall" => Ok(Self::Uninstall),
            other => Err(Failure::new(format!(
                "`{other}` is no operation: install, upgrade, rollback or uninstall"
            ))),
        }
    }
}

/// What the command line says of the operation.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) path: &'a str,
    /// `PACKAGE` or `PACKAGE@VERSION`.
    pub(crate) package: &'a str,
    pub(crate) kind: Kind,
    pub(crate) from: Option<&'a str>,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) home: &'a str,
    pub(crate) options: OperationOptions,
}

impl<'a> Wish<'a> {
    pub(crate) fn read(arguments: &'a Arguments) -> Result<Self, Failure> {
        let (path, package) = arguments.two("CATALOG", "PACKAGE")?;
        let mut options = OperationOptions::default();
        options.delete_data = arguments.switch("delete-data");
        options.delete_custom_resources = arguments.switch("delete-custom-resources");
        options.delete_namespace = arguments.switch("delete-namespace");
        options.skip_hooks = arguments.switch("skip-hooks");
        options.rollback_on_failure = arguments.switch("rollback-on-failure");
        Ok(Self {
            path,
            package,
            kind: arguments.option("operation").unwrap_or("install").parse()?,
            from: arguments.option("from"),
            namespace: arguments.option("namespace"),
            home: arguments.option("home").unwrap_or("catalog-system"),
            options,
        })
    }

    /// The package's name.
    pub(crate) fn name(&self) -> &'a str {
        self.package.split('@').next().unwrap_or_default()
    }

    /// The version that is named, if one is.
    pub(crate) fn version(&self) -> Option<&'a str> {
        self.package.split_once('@').map(|(_, version)| version)
    }

    /// Whether it is about what is there, of which the catalog need not know any more.
    pub(crate) fn may_outlive_catalog(&self) -> bool {
        matches!(self.kind, Kind::Rollback | Kind::Uninstall)
    }
}
