//! Claims on storage.

use super::observed::{Observed, failed, progressing};
use crate::effect::ModuleStatus;

pub(super) fn claim(object: Observed<'_>) -> ModuleStatus {
    match object.text("/status/phase") {
        "Bound" => ModuleStatus::Ready,
        "Lost" => failed("its volume is lost"),
        "Pending" => progressing("it is not bound to a volume yet"),
        _ => progressing("nothing is known of it yet"),
    }
}
