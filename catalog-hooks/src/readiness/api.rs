//! What extends the API: definitions of resources, and servers beside the API server.

use super::observed::{Observed, failed, progressing};
use crate::effect::ModuleStatus;

pub(super) fn definition(object: Observed<'_>) -> ModuleStatus {
    // Names that another definition has are not given up again, whatever is waited for.
    if let Some(refused) = object.refused("NamesAccepted") {
        return failed(refused.words());
    }
    if object.holding("Established").is_some() {
        return ModuleStatus::Ready;
    }
    let refused = object.refused("Established");
    match refused.filter(|refused| refused.reason() != "Installing") {
        Some(refused) => failed(refused.words()),
        None => progressing("it is not established yet"),
    }
}

/// Its server may be one of the pods that are just starting.
pub(super) fn service(object: Observed<'_>) -> ModuleStatus {
    match object.condition("Available") {
        Some(available) if available.is("True") => ModuleStatus::Ready,
        Some(available) => progressing(available.words()),
        None => progressing("nothing is known of its server yet"),
    }
}
