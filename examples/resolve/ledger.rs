//! What the steps of a plan add to a cluster.

use catalog_examples::{Failure, Offer, source};
use catalog_resolve::Resolution;
use catalog_resolve::ledger::{Ledger, OperationLedger};

/// One ledger an operation, from the catalog at `path` and the manifests in it.
pub(crate) fn operations(
    path: &str,
    offer: &Offer,
    resolution: &Resolution,
) -> Result<Vec<OperationLedger>, Failure> {
    let Offer::Catalog { view, catalog, .. } = offer else {
        return Err(Failure::new(
            "--ledger needs a catalog: a universe does not say what is in a release",
        ));
    };
    let source = source(path)?;
    let ledger = Ledger::new(catalog).files(&source).view(view);
    Ok(ledger.of(&resolution.plan()))
}
