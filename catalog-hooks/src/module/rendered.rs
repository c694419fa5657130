//! What a renderer made of a module.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A module as it is pinned with a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RenderedModule {
    name: String,
    namespace: String,
    content: RenderedContent,
}

/// How a module is deployed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum RenderedContent {
    /// As objects that the lifecycle applies itself, keeps in its ledger, waits for, prunes and deletes.
    Objects(Vec<Value>),
    /// By a driver that is asked when its turn comes.
    Driver {
        /// The driver's name.
        driver: String,
        /// All that it needs to know.
        input: Value,
    },
}

impl RenderedModule {
    /// A module of objects, each with `apiVersion`, `kind` and a name.
    pub fn objects(
        name: impl Into<String>,
        namespace: impl Into<String>,
        objects: Vec<Value>,
    ) -> Self {
        Self {
            name: name.into(),
            namespace: namespace.into(),
            content: RenderedContent::Objects(objects),
        }
    }

    /// A module for a driver.
    pub fn driver(
        name: impl Into<String>,
        namespace: impl Into<String>,
        driver: impl Into<String>,
        input: Value,
    ) -> Self {
        Self {
            name: name.into(),
            namespace: namespace.into(),
            content: RenderedContent::Driver {
                driver: driver.into(),
                input,
            },
        }
    }

    /// The module's name: its identity across versions.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it goes.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The driver that deploys it; `None`: it consists of objects.
    #[must_use]
    pub fn driver_name(&self) -> Option<&str> {
        match &self.content {
            RenderedContent::Driver { driver, .. } => Some(driver),
            RenderedContent::Objects(_) => None,
        }
    }

    /// Whether both are the same one for whoever deploys them: a module that moves to another namespace is another one there.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.namespace, self.driver_name())
            == (&other.name, &other.namespace, other.driver_name())
    }

    /// The objects that are applied for it; none, if a driver deploys it.
    pub(crate) fn applied(&self) -> &[Value] {
        match &self.content {
            RenderedContent::Objects(objects) => objects,
            RenderedContent::Driver { .. } => &[],
        }
    }

    /// How it is deployed.
    #[must_use]
    pub fn content(&self) -> &RenderedContent {
        &self.content
    }
}
