//! What a run will do, whole and unchanging: written down before its first step, so that a resumed run does the same.

mod action;
mod claims;
mod content;
mod error;
mod found;
mod hops;
mod journal_length;
mod load;
mod operation;
mod pinned_release;
mod release_texts;
mod steps;
mod store;
mod wire;

pub use self::action::ActionInput;
pub use self::content::Content;
pub use self::error::{PlanError, PlanErrorKind};
pub use self::load::{PlanLoadError, PlanLoadErrorKind};
pub(crate) use self::operation::Claim;
pub use self::operation::{OperationInput, OperationOptions, PlannedOperation};
pub use self::pinned_release::PinnedRelease;
pub(crate) use self::steps::first_phase;
pub use self::steps::{Side, Step, Track};
pub use self::store::{PLAN_PART_LIMIT, PLAN_TYPE};

use std::sync::Arc;

use catalog_model::version::Version;
use serde::{Deserialize, Serialize};

use crate::digest;
use crate::journal::JournalError;
use crate::module::RenderedModule;
use crate::record::RECORD_VERSION;

/// What a run will do: operations with their Jobs, definitions and modules as they will be sent, in order.
///
/// A plan is pinned when its run begins: it is written to immutable Secrets, and whoever resumes the run reads it there. No catalog is asked
/// any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PinnedPlan {
    version: u32,
    run: String,
    home: String,
    parallel: usize,
    unwind: bool,
    operations: Vec<PlannedOperation>,
    #[serde(skip)]
    digest: String,
    /// What all the rest is as text: whoever pins the plan, or resumes it, wants it again and again.
    #[serde(skip)]
    text: Arc<str>,
}

/// The version of the plan's own shape that this crate writes. It reads those before, too: they differ in the records in them, which say themselves of
/// which version they are. Whoever adds a field, to a plan or to what is in it, raises it, so that a program which does not know the field says so, and does
/// not take the plan for damaged.
const PLAN_VERSION: u32 = 3;

const _: () = assert!(
    RECORD_VERSION == 4,
    "a plan holds records: one whose records have another version has another one, too"
);

impl PinnedPlan {
    /// A plan for a run with an id of its own.
    ///
    /// `home` is the runner's namespace: plan, evidence and installed records are kept there, so it must be none that a package makes or deletes.
    ///
    /// # Errors
    ///
    /// There is no operation; a package in one namespace has two that are not one after the other, or that are planned for releases of two uids; or
    /// an operation's own namespace is `home`, and it may delete it.
    pub fn new(
        run: impl Into<String>,
        home: impl Into<String>,
        operations: Vec<PlannedOperation>,
    ) -> Result<Self, PlanError> {
        let home = home.into();
        let operations = hops::in_order(operations);
        error::check(&home, &operations)?;
        let claims = claims::of_same_run(&operations);
        let operations = operations.into_iter().zip(claims);
        let operations = operations
            .map(|(one, claims)| one.with_claims(claims))
            .collect();
        Ok(Self {
            version: PLAN_VERSION,
            run: run.into(),
            home,
            parallel: 1,
            unwind: false,
            operations,
            digest: String::new(),
            text: Arc::default(),
        }
        .with_digest())
    }

    /// A plan of no operations, for what is done without one.
    pub(crate) fn empty() -> Self {
        Self {
            version: PLAN_VERSION,
            run: String::new(),
            home: String::new(),
            parallel: 1,
            unwind: false,
            operations: Vec::new(),
            digest: String::new(),
            text: Arc::default(),
        }
        .with_digest()
    }

    /// The same, with up to so many operations of one level at a time.
    #[must_use]
    pub fn with_parallel(mut self, parallel: usize) -> Self {
        self.parallel = parallel.max(1);
        self.with_digest()
    }

    /// The same; when an operation fails, all that this run did is taken back, last first.
    #[must_use]
    pub fn unwinding(mut self) -> Self {
        self.unwind = true;
        self.with_digest()
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    ///
    /// It was written by a newer version of this crate, or is damaged.
    pub fn parse(text: &str) -> Result<Self, JournalError> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(JournalError::damaged)?;
        let version = value.get("version").and_then(serde_json::Value::as_u64);
        if let Some(version) = version.filter(|version| *version > u64::from(PLAN_VERSION)) {
            return Err(JournalError::other_version(version, PLAN_VERSION));
        }
        // As it was pinned it is known, whatever this version would write.
        let text = digest::canonical(&value);
        let plan: Self = serde_json::from_value(value).map_err(JournalError::damaged)?;
        Ok(plan.with_text(text))
    }

    /// The plan as JSON with sorted keys, on one line.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.text.to_string()
    }

    /// The id of the run.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.run
    }

    /// The runner's namespace.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home
    }

    /// How many operations of one level may run at a time.
    #[must_use]
    pub fn parallel(&self) -> usize {
        self.parallel
    }

    /// Whether all that the run did is taken back when an operation fails.
    #[must_use]
    pub fn unwinds(&self) -> bool {
        self.unwind
    }

    /// The operations, in order.
    #[must_use]
    pub fn operations(&self) -> &[PlannedOperation] {
        &self.operations
    }

    /// The release that an operation of this plan brings to an instance; `None`: none does, or another version of this crate wrote it.
    #[must_use]
    pub fn brings(
        &self,
        package: &str,
        namespace: &str,
        version: &Version,
    ) -> Option<PinnedRelease> {
        let is_it = |planned: &&PlannedOperation| {
            let operation = planned.operation();
            let to = operation.to();
            operation.package().as_str() == package
                && operation.namespace() == namespace
                && to.is_some_and(|to| to.same_precedence_and_build(version))
        };
        let mut operations = self.operations.iter().rev().filter(is_it);
        operations.find_map(PinnedRelease::of)
    }

    /// The modules that drivers deploy, of all that an operation of this plan on an instance is about.
    pub(crate) fn driven_modules(
        &self,
        instance: (&str, &str),
    ) -> impl Iterator<Item = &RenderedModule> {
        let own = self.operations.iter();
        let own = own.filter(move |one| one.instance() == instance);
        own.flat_map(|one| {
            let target = one.target().into_iter().flat_map(Content::driven_modules);
            let before = one.before().into_iter().flat_map(Content::driven_modules);
            target.chain(one.surplus_modules()).chain(before)
        })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// 32 hexadecimal digits of the SHA-256 of [`to_text`](Self::to_text).
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    fn with_digest(self) -> Self {
        let value = serde_json::to_value(&self).unwrap_or_default();
        self.with_text(digest::canonical(&value))
    }

    fn with_text(mut self, text: String) -> Self {
        self.text = text.into();
        self.digest = digest::of_canonical(&self.text);
        self
    }
}
