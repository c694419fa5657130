//! Modules, as a driver would bring them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::cluster::FakeCluster;
use super::script::Readiness;
use super::trace::Happening;
use crate::edge::ModuleDriver;
use crate::effect::{ModuleCall, ModuleFailure, ModuleStatus, ModuleVerb};
use crate::time::Timestamp;

/// By namespace and name, the modules that are there.
#[derive(Clone, Debug, Default)]
pub(super) struct Modules {
    there: Arc<BTreeMap<(String, String), Deployed>>,
    scripts: Arc<BTreeMap<String, Readiness>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Deployed {
    input: Value,
    since: Timestamp,
}

impl FakeCluster {
    /// Says how a module comes to be ready. Without, it is ready after two seconds.
    pub fn module_readiness(&mut self, module: &str, readiness: Readiness) {
        Arc::make_mut(&mut self.modules.scripts).insert(module.to_owned(), readiness);
    }

    /// The modules that are there, with the input that each was deployed with.
    pub fn modules(&self) -> impl Iterator<Item = (&str, &Value)> {
        let there = self.modules.there.iter();
        there.map(|((_, module), deployed)| (module.as_str(), &deployed.input))
    }

    fn status(&self, call: &ModuleCall) -> ModuleStatus {
        let Some(deployed) = self.modules.there.get(&key(call)) else {
            return ModuleStatus::Absent;
        };
        let soon = Readiness::After(Duration::from_secs(2));
        let readiness = self.modules.scripts.get(&call.module).unwrap_or(&soon);
        let age = self.now.since(deployed.since);
        let waiting = || ModuleStatus::Progressing("waiting for its workloads".to_owned());
        match readiness {
            Readiness::After(time) if age >= *time => ModuleStatus::Ready,
            Readiness::Fails(time, why) if age >= *time => ModuleStatus::Failed(why.clone()),
            _ => waiting(),
        }
    }
}

fn key(call: &ModuleCall) -> (String, String) {
    (call.namespace.clone(), call.module.clone())
}

impl ModuleDriver for FakeCluster {
    fn call(&mut self, call: &ModuleCall) -> Result<ModuleStatus, ModuleFailure> {
        let verb = match call.verb {
            ModuleVerb::Status => return Ok(self.status(call)),
            ModuleVerb::Deploy => "deploy",
            ModuleVerb::Delete => "delete",
        };
        let module = call.module.clone();
        self.happened(Happening::Module { verb, module });
        let there = Arc::make_mut(&mut self.modules.there);
        if call.verb == ModuleVerb::Delete {
            there.remove(&key(call));
        } else if there
            .get(&key(call))
            .is_none_or(|one| one.input != call.input)
        {
            let deployed = Deployed {
                input: call.input.clone(),
                since: self.now,
            };
            there.insert(key(call), deployed);
        }
        Ok(self.status(call))
    }
}
