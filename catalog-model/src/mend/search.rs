//! Which of many fixes can be made, found by halves.

use std::collections::BTreeMap;

use catalog_conditions::Diagnostic;

use crate::source::SourceError;

/// How often a search may try: enough for some twenty fixes among hundreds that cannot be made.
const TRIALS: usize = 256;

/// Whether the fixes of some diagnostics can be made together.
pub(super) trait Trial {
    fn is_sound(&self, fixes: &[&Diagnostic]) -> Result<bool, SourceError>;
}

impl<F: Fn(&[&Diagnostic]) -> Result<bool, SourceError>> Trial for F {
    fn is_sound(&self, fixes: &[&Diagnostic]) -> Result<bool, SourceError> {
        self(fixes)
    }
}

/// A search for the fixes that can be made. Those that cannot are found in a number of trials that grows with them, and only with the
/// logarithm of all.
pub(super) struct Search<'t, T> {
    trial: &'t T,
    left: usize,
}

impl<'t, T: Trial> Search<'t, T> {
    pub(super) fn new(trial: &'t T) -> Self {
        Self { trial, left: 0 }
    }

    /// The fixes that can be made together, none of which can be added to. Where too many cannot be made, those of a rule are made all or
    /// not at all.
    pub(super) fn most<'d>(
        mut self,
        fixes: &[&'d Diagnostic],
    ) -> Result<Vec<&'d Diagnostic>, SourceError> {
        let each: Vec<Vec<&Diagnostic>> = fixes.iter().map(|fix| vec![*fix]).collect();
        let mut by_rule: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for fix in fixes {
            by_rule.entry(fix.code()).or_default().push(fix);
        }
        for groups in [each, by_rule.into_values().collect()] {
            self.left = TRIALS;
            let mut kept = Vec::new();
            if self.add(&mut kept, &groups)? {
                return Ok(kept);
            }
        }
        Ok(Vec::new())
    }

    /// Keeps those of the groups that can be made beside what is kept; false if that takes too many trials.
    fn add<'d>(
        &mut self,
        kept: &mut Vec<&'d Diagnostic>,
        groups: &[Vec<&'d Diagnostic>],
    ) -> Result<bool, SourceError> {
        if groups.is_empty() {
            return Ok(true);
        }
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(false);
        };
        self.left = left;
        let mut tried = kept.clone();
        tried.extend(groups.iter().flatten());
        if self.trial.is_sound(&tried)? {
            *kept = tried;
            return Ok(true);
        }
        let (first, second) = groups.split_at(groups.len() / 2);
        if first.is_empty() {
            return Ok(true);
        }
        // The last first: what stands in a file is mended before anything is added above it.
        Ok(self.add(kept, second)? && self.add(kept, first)?)
    }
}
