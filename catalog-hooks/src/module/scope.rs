//! Which kinds stand in a namespace.

use std::collections::BTreeMap;

use catalog_model::{Crd, Definition, Release, ResourceScope};
use serde_json::{Map, Value};

use crate::resource;

/// The scopes of the kinds that a package brings itself; all else is known, or taken for one that stands in a namespace.
pub(crate) struct Scopes {
    /// By group and kind.
    own: BTreeMap<(String, String), ResourceScope>,
}

impl Scopes {
    /// Those of the definitions of a release, and of a module's own objects.
    pub(crate) fn of<'a>(release: &'a Release, objects: impl Iterator<Item = &'a Value>) -> Self {
        let definitions = release.definitions().iter().map(Definition::object);
        let own = definitions.chain(objects).filter_map(|object| {
            let is_crd = object
                .get("kind")
                .is_some_and(|kind| kind == "CustomResourceDefinition");
            let crd = is_crd.then(|| Crd::new(object))?;
            let kind = (crd.group()?.to_owned(), crd.kind()?.to_owned());
            Some((kind, crd.scope()?))
        });
        Self { own: own.collect() }
    }

    pub(crate) fn is_cluster_scoped(&self, object: &Map<String, Value>) -> bool {
        let kind = object
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let key = (resource::group(object).to_owned(), kind.to_owned());
        match self.own.get(&key) {
            Some(scope) => *scope == ResourceScope::Cluster,
            None => resource::is_cluster_scoped(object),
        }
    }
}
