//! What the steps of a plan add to a cluster.

use catalog_examples::{Failure, Given, Offer, source};
use catalog_resolve::Resolution;
use catalog_resolve::ledger::{Ledger, OperationLedger};

/// One ledger an operation, from the one catalog and the manifests in it.
pub(crate) fn operations(
    given: &[Given<'_>],
    offer: &Offer,
    resolution: &Resolution,
) -> Result<Vec<OperationLedger>, Failure> {
    let Offer::Catalogs { view, choice, .. } = offer else {
        return Err(Failure::new(
            "--ledger needs a catalog: a universe does not say what is in a release",
        ));
    };
    let ([only], Some(catalog)) = (given, choice.only()) else {
        return Err(Failure::new(
            "--ledger looks into one catalog: give it alone, and without a name",
        ));
    };
    let source = source(only.address)?;
    let ledger = Ledger::new(catalog).files(&source).view(view);
    Ok(ledger.of(&resolution.plan()))
}
