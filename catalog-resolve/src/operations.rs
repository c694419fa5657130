//! A plan as the operations that the lifecycle carries out.

use catalog_model::{NameError, Operation, PackageName};

use crate::plan::{Action, Plan, Step};

impl Plan {
    /// What is to be done, in the order of the plan's steps.
    ///
    /// # Errors
    ///
    /// A package whose name is none in the catalog format: a universe may hold any names, a catalog never does.
    pub fn operations(&self) -> Result<Vec<Operation>, NameError> {
        self.steps().iter().map(Step::operation).collect()
    }
}

impl Step {
    /// The operation that carries out this step.
    ///
    /// # Errors
    ///
    /// The package's name is none in the catalog format.
    pub fn operation(&self) -> Result<Operation, NameError> {
        let package = PackageName::parse(self.package())?;
        Ok(match self.action() {
            Action::Install => Operation::install(package, self.to().clone(), self.namespace()),
        })
    }
}
