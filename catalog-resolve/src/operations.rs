//! A plan as the operations that the lifecycle carries out.

use catalog_model::version::{Version, VersionError};
use catalog_model::{NameError, Operation, PackageName};
use thiserror::Error;

use crate::plan::{Action, Plan, Step};

/// Why a step is no operation of the lifecycle: its package's name is none in the catalog format, or an installed version cannot be read.
#[derive(Clone, Debug, Error)]
#[error("{} is no operation: {reason}", .step)]
pub struct OperationError {
    step: String,
    reason: Reason,
}

#[derive(Clone, Debug, Error)]
enum Reason {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Version(#[from] VersionError),
}

impl Plan {
    /// What is to be done, in the order of the plan's steps: an upgrade through other releases is one operation a hop, and what stays as it
    /// is needs none.
    ///
    /// # Errors
    ///
    /// A package whose name is none in the catalog format: a universe may hold any names, a catalog never does. An installed version that
    /// cannot be read, of a package that moves or goes.
    pub fn operations(&self) -> Result<Vec<Operation>, OperationError> {
        let steps = self.steps().iter().map(Step::operations);
        let operations: Vec<Vec<Operation>> = steps.collect::<Result<_, _>>()?;
        Ok(operations.into_iter().flatten().collect())
    }
}

impl Step {
    /// The operations that carry out this step.
    ///
    /// # Errors
    ///
    /// As for [`Plan::operations`].
    pub fn operations(&self) -> Result<Vec<Operation>, OperationError> {
        self.try_operations().map_err(|reason| OperationError {
            step: self.to_string(),
            reason,
        })
    }

    fn try_operations(&self) -> Result<Vec<Operation>, Reason> {
        let package = PackageName::parse(self.package())?;
        let installed = || Version::parse(self.from().unwrap_or_default());
        let namespace = self.namespace();
        Ok(match (self.action(), &self.release) {
            (Action::Install, Some(to)) => {
                vec![Operation::install(package, to.clone(), namespace)]
            }
            (Action::Upgrade, Some(to)) => {
                let hops = self.hops().iter().map(|hop| hop.version());
                let mut from = installed()?;
                let mut operations = Vec::new();
                for next in hops.chain([to]) {
                    let package = package.clone();
                    operations.push(Operation::upgrade(package, from, next.clone(), namespace));
                    from = next.clone();
                }
                operations
            }
            (Action::Rollback, Some(to)) => {
                vec![Operation::rollback(
                    package,
                    installed()?,
                    to.clone(),
                    namespace,
                )]
            }
            (Action::Uninstall, _) => vec![Operation::uninstall(package, installed()?, namespace)],
            (Action::Keep, _) | (_, None) => Vec::new(),
        })
    }
}
