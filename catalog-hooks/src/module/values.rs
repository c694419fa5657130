//! What is set in the modules of packages, above what the packages set themselves.

use std::collections::BTreeMap;
use std::fmt;

use catalog_model::{Module, Release};
use serde_json::{Map, Value};

/// The values that users set in modules, and whoever else stands above the package (see `catalog_model::parameters`, which merges their layers
/// and checks them).
///
/// ```
/// use catalog_hooks::module::ModuleValues;
/// use serde_json::json;
///
/// let replicas = json!({"controller": {"replicaCount": 3}});
/// let values = ModuleValues::new().set("ingress", "edge", "controller", replicas.as_object().cloned().unwrap_or_default());
/// assert_eq!(format!("{values:?}"), r#"{["ingress", "edge", "controller"]}"#);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct ModuleValues {
    /// By package, the namespace where it is installed, and module.
    set: BTreeMap<[String; 3], Map<String, Value>>,
}

impl ModuleValues {
    /// Nothing is set: modules get what their packages say.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is set in a module of a package that is installed in `namespace`, in place of what was.
    #[must_use]
    pub fn set(
        mut self,
        package: impl Into<String>,
        namespace: impl Into<String>,
        module: impl Into<String>,
        values: Map<String, Value>,
    ) -> Self {
        let place = [package.into(), namespace.into(), module.into()];
        self.set.insert(place, values);
        self
    }

    /// The package's values with those that are set laid over them: maps merge, all else replaces. A `null` stays one, which is how
    /// Helm and Terraform are told to forget a default of the chart or the module.
    pub(super) fn of(
        &self,
        release: &Release,
        module: &Module,
        namespace: &str,
    ) -> Map<String, Value> {
        let place = [release.package().as_str(), namespace, module.name()].map(str::to_owned);
        let mut values = module.values().clone();
        if let Some(set) = self.set.get(&place) {
            lay_over(&mut values, set);
        }
        values
    }
}

impl fmt::Debug for ModuleValues {
    /// Where something is set, and not what: it may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.set.keys()).finish()
    }
}

/// Goes as deep as both have maps, and so no deeper than the loader lets packages nest.
fn lay_over(below: &mut Map<String, Value>, above: &Map<String, Value>) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => lay_over(below, above),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}
