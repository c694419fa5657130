//! What the things are called that are kept for an instance.

use crate::{digest, label};

/// How much of a package's name stays readable.
pub(crate) const READABLE: usize = 20;

/// The name of something that is kept for the instance of a package in a namespace, as its Lease. `kind` says what it is, as a DNS-1123 label.
/// Journals, which are of several instances, are called [otherwise](crate::plan::PinnedPlan::journal_name).
///
/// A package in two namespaces is two instances, and each has its own. The name is `catalog-`, the kind, the beginning of the package's name and
/// a hash of all three in full, so that no two instances share one, however their names are cut.
///
/// ```
/// use catalog_hooks::instance_name;
///
/// assert_eq!(instance_name("lease", "ingress", "edge"), "catalog-lease-ingress-ej4d7lsu76wtdigs");
/// assert_ne!(instance_name("lease", "ingress", "edge"), instance_name("lease", "ingress", "default"));
/// ```
#[must_use]
pub fn instance_name(kind: &str, package: &str, namespace: &str) -> String {
    let hash = digest::short(&[kind, package, namespace]);
    let readable = label::dns_like(package, READABLE);
    format!("catalog-{kind}-{readable}-{hash}")
}
