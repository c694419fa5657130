//! What a set of conditions reads of a cluster: named before anything is read.
//!
//! A reader that fetches exactly these reads, and says that it did, gives every condition an answer; nothing else is looked at. Such
//! readers are feature `kube`, and the script of [`Requirements::kubectl_script`]. What rights they need says [`Requirements::rbac`].
//!
//! ```
//! use catalog_conditions::condition::{Condition, ConditionSet, Expression};
//! use catalog_conditions::evaluate::Context;
//! use catalog_conditions::requirements::Read;
//!
//! let mut set = ConditionSet::new();
//! set.push(Condition::new("widgets are defined", Expression::crd("widgets.example.com")));
//! set.push(Condition::new("widgets are served", Expression::api_available("example.com", None, "Widget")));
//! set.push(Condition::new("shop exists", Expression::object_exists("v1", "Namespace", None, "shop")));
//!
//! let requirements = set.requirements(&Context::new());
//! let reads: Vec<String> = requirements.reads().map(Read::to_string).collect();
//! assert_eq!(reads, [
//!     "discover v1/Namespace",
//!     "discover example.com/Widget",
//!     "get Namespace/shop (v1)",
//!     "get CustomResourceDefinition/widgets.example.com (apiextensions.k8s.io/v1)",
//! ]);
//! assert_eq!(requirements.unresolved().count(), 0);
//! ```

mod collect;
mod fewest;
mod kubectl_script;
mod possible;
mod rbac;
mod rbac_yaml;
mod read;
mod rule;
mod secret_values;
mod yaml_text;

use std::collections::BTreeSet;

use self::collect::Collected;
use self::fewest::fewest;
use self::secret_values::SecretValues;
use crate::condition::ConditionSet;
use crate::evaluate::Context;

pub use self::rbac::Rbac;
pub use self::read::Read;
pub use self::rule::{Rule, Verb};

/// What has to be read of a cluster: the fewest reads that answer all that is asked.
///
/// One object is read once, however many conditions look at it, and not at all by name if a list without a selector brings it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    reads: BTreeSet<Read>,
    unresolved: BTreeSet<String>,
    secret_values: SecretValues,
}

impl Requirements {
    /// The reads, in order: those that need no rights first, then single objects, then lists.
    pub fn reads(&self) -> impl Iterator<Item = &Read> {
        self.reads.iter()
    }

    /// Whether nothing has to be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reads.is_empty()
    }

    /// The names of the conditions, in order, of which some read cannot be named: they ask about `$namespace`, or about a kind that
    /// lives in namespaces, and the context names none. Each is answered `NoNamespace`, whatever is read.
    pub fn unresolved(&self) -> impl Iterator<Item = &str> {
        self.unresolved.iter().map(String::as_str)
    }

    /// Adds what others read, such as the conditions of the next package. What both read is read once.
    ///
    /// ```
    /// use catalog_conditions::condition::{Condition, ConditionSet, Expression};
    /// use catalog_conditions::evaluate::Context;
    /// use catalog_conditions::requirements::Requirements;
    ///
    /// let mut set = ConditionSet::new();
    /// set.push(Condition::new("widgets", Expression::crd("widgets.example.com")));
    /// let mut all = Requirements::default();
    /// all.extend(set.requirements(&Context::new()));
    /// all.extend(set.requirements(&Context::new()));
    /// assert_eq!(all.reads().count(), 1);
    /// ```
    pub fn extend(&mut self, other: Self) {
        let reads = std::mem::take(&mut self.reads);
        self.reads = fewest(reads.into_iter().chain(other.reads));
        self.unresolved.extend(other.unresolved);
        self.secret_values.extend(other.secret_values);
    }
}

impl ConditionSet {
    /// What has to be read of a cluster to answer these conditions for a package that goes to the context's namespace.
    ///
    /// A condition whose definition could not be read asks nothing, and nor does one that the context's parameters rule out by its
    /// `when`; without parameters it may be asked, so that its reads are among these. Cost: linear in the conditions, but for sorting.
    ///
    /// See the [module](crate::requirements) for an example.
    #[must_use]
    pub fn requirements(&self, context: &Context) -> Requirements {
        let mut collected = Collected::new(context);
        for condition in self.conditions() {
            collected.condition(condition);
        }
        Requirements {
            reads: fewest(collected.reads),
            unresolved: collected.unresolved,
            secret_values: collected.secret_values,
        }
    }
}
