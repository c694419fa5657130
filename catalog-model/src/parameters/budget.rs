//! What the modules of a release may cost together.

use catalog_conditions::Diagnostic;
use thiserror::Error;

use super::limits::ParameterLimits;
use super::outline::Size;

/// What may still be spent on the modules of one release. Each limit that counts what is kept holds for all of them together, a few times.
pub(super) struct Budget {
    left: Cost,
    limits: Cost,
    /// What ran out first. Then nothing more is read.
    exhausted: Option<Exhausted>,
}

#[derive(Clone, Copy, Default)]
struct Cost {
    bytes: usize,
    values: usize,
    subschemas: usize,
    patterns: usize,
    path_bytes: usize,
}

/// The modules of a release are too much together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the modules of this release have more than the {most} {what} allowed to all of them together"
)]
pub(super) struct Exhausted {
    what: &'static str,
    most: usize,
}

impl Exhausted {
    pub(super) fn diagnostic(self) -> Diagnostic {
        Diagnostic::error("module.limit", self.to_string())
            .help("bring fewer or smaller modules, or raise the limit")
    }
}

impl Budget {
    pub(super) fn new(limits: &ParameterLimits) -> Self {
        let together = |limit: usize| limit.saturating_mul(limits.largest_modules);
        let limits = Cost {
            bytes: together(limits.document.file_bytes),
            values: together(limits.document.nodes),
            subschemas: together(limits.subschemas),
            patterns: together(limits.patterns),
            path_bytes: together(limits.path_bytes),
        };
        Self {
            left: limits,
            limits,
            exhausted: None,
        }
    }

    /// How many bytes may still be read.
    pub(super) fn bytes(&self) -> usize {
        self.left.bytes
    }

    pub(super) fn exhausted(&self) -> Option<Exhausted> {
        self.exhausted
    }

    pub(super) fn take_bytes(&mut self, bytes: usize) {
        let (most, left) = (self.limits.bytes, self.left.bytes);
        self.left.bytes = self.taken(left, bytes, ("bytes", most));
    }

    /// Values that a module brings.
    pub(super) fn take_values(&mut self, values: usize) {
        let (most, left) = (self.limits.values, self.left.values);
        self.left.values = self.taken(left, values, ("default values", most));
    }

    pub(super) fn take_schema(&mut self, size: Size) {
        let (most, left) = (self.limits, self.left);
        self.left.subschemas = self.taken(
            left.subschemas,
            size.subschemas,
            ("subschemas", most.subschemas),
        );
        self.left.patterns = self.taken(left.patterns, size.patterns, ("patterns", most.patterns));
        let of_paths = ("bytes of paths of subschemas", most.path_bytes);
        self.left.path_bytes = self.taken(left.path_bytes, size.path_bytes, of_paths);
    }

    fn taken(&mut self, left: usize, cost: usize, (what, most): (&'static str, usize)) -> usize {
        left.checked_sub(cost).unwrap_or_else(|| {
            self.exhausted.get_or_insert(Exhausted { what, most });
            0
        })
    }
}
