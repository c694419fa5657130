//! Names in lists, with the place where the name alone does not say which is meant.

use std::collections::{BTreeMap, BTreeSet};

/// Which places each name has.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(BTreeMap<String, BTreeSet<String>>);

impl Places {
    /// Those of some instances, each a package and a namespace.
    pub(super) fn of<'n>(instances: impl IntoIterator<Item = (&'n str, &'n str)>) -> Self {
        let mut places = Self::default();
        for (package, namespace) in instances {
            let of_name = places.0.entry(package.to_owned()).or_default();
            of_name.insert(namespace.to_owned());
        }
        places
    }

    /// ` in x` if a name has other places too.
    pub(super) fn suffix(&self, package: &str, namespace: &str) -> String {
        match self.0.get(package) {
            Some(places) if places.len() > 1 => format!(" in {namespace}"),
            _ => String::new(),
        }
    }

    /// The name with that.
    pub(super) fn told(&self, package: &str, namespace: &str) -> String {
        format!("{package}{}", self.suffix(package, namespace))
    }

    /// The places of one name.
    pub(super) fn of_name(&self, package: &str) -> Vec<&str> {
        let places = self.0.get(package).into_iter().flatten();
        places.map(String::as_str).collect()
    }
}
