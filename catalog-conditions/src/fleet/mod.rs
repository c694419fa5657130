//! Many sets of conditions, asked of many clusters at once: which gates are open where, what keeps the others shut, and which single
//! change opens most of them.
//!
//! ```
//! use catalog_conditions::condition::{Condition, ConditionSet, Expression};
//! use catalog_conditions::fleet::{Fleet, NamedCluster, NamedSet};
//! use catalog_conditions::version::KubeVersionRange;
//! use catalog_conditions::{Gate, Snapshot};
//!
//! let mut conditions = ConditionSet::new();
//! conditions.push(Condition::kubernetes_version(KubeVersionRange::parse(">=1.30")?));
//! let (old, new) = ("v1.29.4", "v1.33.1");
//! let snapshots = [old, old, new].map(|version| Snapshot::builder().server_version(version).build());
//!
//! let sets = [NamedSet::new("web 1.2.0", &conditions)];
//! let clusters: Vec<_> = ["a", "b", "c"].into_iter().zip(&snapshots).map(|(name, of)| NamedCluster::new(name, of)).collect();
//! let matrix = Fleet::new(&sets, &clusters).evaluate();
//!
//! assert_eq!(matrix.gate(0, 0), Some(Gate::Fail));
//! assert_eq!(matrix.causes().len(), 1, "two clusters, one cause");
//! let best = matrix.best_change().unwrap();
//! assert_eq!(best.change().to_string(), "raise Kubernetes to 1.30.0");
//! assert_eq!(best.turns_green(), [0, 1]);
//! # Ok::<(), catalog_conditions::version::RangeError>(())
//! ```
//!
//! A **cause** is one question with one reason: it stands once, with all the sets that ask it and all the clusters that it keeps shut.
//!
//! A **change** is claimed to open what it opened when everything that it touches was asked again, of the snapshot with that one change
//! laid over it. What else the change would do to a real cluster (an upgrade takes APIs away, an operator brings more than its CRDs) no
//! snapshot can tell.
//!
//! Everything is pure, and the same whatever the number of threads.

mod agenda;
mod answers;
mod blame;
mod candidates;
mod cause;
mod change;
mod display;
mod edit;
mod effect;
mod input;
mod json;
mod matrix;
mod trial;

pub use self::cause::{Asker, Cause};
pub use self::change::Change;
pub use self::effect::Effect;
pub use self::input::{Fleet, NamedCluster, NamedSet};
pub use self::matrix::Matrix;
pub use self::trial::ChangeEffect;
