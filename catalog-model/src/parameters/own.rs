//! What a release itself sets wrongly, whatever others set.

use std::collections::BTreeSet;

use serde_json::Value;

use super::layer::Layer;
use super::origin::LayerOrigin;
use super::pointer;
use super::release_parameters::ReleaseParameters;
use super::values::LayeredValues;
use super::violation::{Violation, ViolationKind};

impl ReleaseParameters {
    /// The values of `modules.yaml` that the schemas of the modules refuse, whatever layers above them set.
    ///
    /// What others may still make right by adding to it is not held against the release: keys that are missing, maps that fit no
    /// alternative or are too small, and what is wrong only while other values are what they are (below `then`, `else` and
    /// `dependentSchemas`, or for the sake of `unevaluatedProperties`). Nor are the defaults of the modules, which often are such that somebody must set something. For all that is wrong with what
    /// is to be installed, [`merge`](Self::merge) all layers and [`validate`](super::LayeredValues::validate) them.
    ///
    /// Cost: that of merging and validating the layers of the release; none if `modules.yaml` sets nothing.
    #[must_use]
    pub fn own_violations(&self) -> Vec<Violation> {
        let is_own = |origin: &LayerOrigin| *origin == LayerOrigin::Module;
        if !self.layers().iter().any(|layer| is_own(layer.origin())) {
            return Vec::new();
        }
        let modules: BTreeSet<&str> = (self.layers().iter())
            .filter(|layer| is_own(layer.origin()))
            .flat_map(Layer::modules)
            .collect();
        // Modules in which nothing is set cost nothing.
        let layers = self.layers().iter().filter(|layer| {
            let mut of_layer = layer.modules();
            of_layer.any(|module| modules.contains(module))
        });
        let (values, _) = LayeredValues::merge(self, layers.cloned().collect());
        let all = values.reveal();
        let is_final = |violation: &Violation| match violation.kind() {
            ViolationKind::NotChecked => true,
            _ if violation.is_conditional => false,
            kind => {
                violation.origin().is_some_and(is_own) && stays(kind, &all, violation.pointer())
            }
        };
        values.violations(&all, |module| modules.contains(module), is_final)
    }
}

/// Whether no layer above can make it right by adding something.
fn stays(kind: ViolationKind, all: &Value, pointer: &str) -> bool {
    let certain = [
        ViolationKind::UnknownKey,
        ViolationKind::Forbidden,
        ViolationKind::Type,
    ];
    if certain.contains(&kind) {
        return true;
    }
    let mut at = all;
    for step in pointer::steps(pointer).into_iter().flatten() {
        // Lists do not merge: what is inside one is complete.
        if at.is_array() {
            return true;
        }
        match at.get(step.as_str()) {
            Some(below) => at = below,
            None => return false,
        }
    }
    !at.is_object()
}
