//! One operation with everything that it will send.

use catalog_model::conditions::ConditionSet;
use catalog_model::version::Version;
use catalog_model::{Diagnostic, InstalledRelease, Operation, OperationKind, Phase, Release};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::claims;
use super::content::Content;
use super::error::PlanError;
use super::found::{Found, all_hooks};
use super::pinned_release::PinnedRelease;
use super::release_texts::ReleaseTexts;
use super::steps::{Step, StepOptions, Track, steps};
use super::wire::{HookWire, OperationWire};
use crate::api::ObjectRef;
use crate::context::OperationContext;
use crate::hook_job::HookJob;
use crate::journal::{LedgerEntry, OperationJournal};
use crate::label;
use crate::module::{ModuleRenderer, RenderedModule};
use crate::record::{InstalledRecord, IrreversibleHook};
use crate::role::Role;

/// What an operation needs to be planned.
pub struct OperationInput<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// Its ids.
    pub context: &'a OperationContext,
    /// The release it begins at; of an upgrade it may be left out, and then the upgrade cannot be taken back.
    pub from: Option<&'a Release>,
    /// The release it ends at.
    pub to: Option<&'a Release>,
    /// What is on record of the instance, if it is installed, [with all its modules](InstalledRecord::with_modules). Of several operations of one plan on it, the same for each: what those before it
    /// leave, [`PinnedPlan::new`](super::PinnedPlan::new) works out.
    pub installed: Option<&'a InstalledRecord>,
    /// What will be on record of it; `None`: what the operation says, and what [`installed`](Self::installed) says of the rest.
    pub record: Option<InstalledRelease>,
    /// What is on record of the other installed instances: an object that one of them has too passes to it, and is not deleted.
    pub others: &'a [InstalledRecord],
    /// What deploys the modules.
    pub renderer: &'a dyn ModuleRenderer,
    /// The level of the plan: operations of one may run at a time.
    pub level: usize,
    /// What is different from the default.
    pub options: OperationOptions,
}

/// What of an operation is different from the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct OperationOptions {
    /// Deletes CustomResourceDefinitions and PersistentVolumeClaims too, and what is in them.
    pub delete_data: bool,
    /// Deletes the custom resources of the release first, while their controllers live.
    pub delete_custom_resources: bool,
    /// Deletes the namespace, if it was made for the package, with all that is in it. It stays as long as PersistentVolumeClaims are in it, unless
    /// [`delete_data`](Self::delete_data) is set, and always for what another runner or Helm has installed in it; what else goes with it is told.
    pub delete_namespace: bool,
    /// Runs no hooks.
    pub skip_hooks: bool,
    /// Goes back by itself when it fails.
    pub rollback_on_failure: bool,
    /// Takes over objects of releases that are on record in another runner's namespace, or on none because their journal is lost.
    #[serde(default)]
    pub take_ownership: bool,
    /// Takes over fields that other field managers have.
    #[serde(default)]
    pub force_conflicts: bool,
}

/// An object that another installed instance has too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Claim {
    pub(crate) object: ObjectRef,
    pub(crate) package: String,
    /// The namespace of that instance, by which its record is found; plans of earlier versions do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    pub(crate) release_uid: String,
    /// The object as the other one wrote it, if that is known and something else than this operation writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) manifest: Option<Value>,
    /// Whether the other one comes in the same run: it has the object from when it writes it.
    #[serde(default, skip_serializing_if = "crate::flag::is_false")]
    pub(crate) of_same_run: bool,
}

/// One operation with everything that it will send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct PlannedOperation {
    operation: Operation,
    context: OperationContext,
    level: usize,
    options: OperationOptions,
    target: Option<Content>,
    before: Option<Content>,
    hooks: Vec<HookJob>,
    texts: Option<ReleaseTexts>,
    claims: Vec<Claim>,
    previous: Vec<LedgerEntry>,
    record: Option<InstalledRecord>,
    installed: Option<InstalledRecord>,
    parameters: Option<Value>,
    /// Whether the caller said what will be on record. Nobody asks once it is in a plan.
    is_record_given: bool,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    operation: OperationWire,
    level: usize,
    options: OperationOptions,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Content>,
    hooks: Vec<HookWire>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<ReleaseTexts>,
    claims: Vec<Claim>,
    previous: Vec<LedgerEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    record: Option<InstalledRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    installed: Option<InstalledRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parameters: Option<Value>,
}

impl PlannedOperation {
    /// Plans an operation: renders its hooks, definitions and modules. The diagnostics say what of hooks is different from what their
    /// authors wrote.
    ///
    /// # Errors
    ///
    /// Hooks that cannot become Jobs, modules that nothing deploys or that are not in the record that names them, objects without a name.
    pub fn new(input: OperationInput<'_>) -> Result<(Self, Vec<Diagnostic>), PlanError> {
        Self::with_pinned(input, &[])
    }

    /// The same; a release that `input` does not give, because no catalog has it any more, is taken from these if it is among them: its
    /// hooks and conditions as its author wrote them, its definitions and modules as they were sent. Of releases of
    /// [`others`](OperationInput::others) it is taken how they wrote the objects that they share with this one. A rollback needs those of the version
    /// on record and of versions [attempted](InstalledRecord::attempted) as far as they have modules and are higher than what it brings: their hooks run
    /// before it, too.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_pinned<'a>(
        mut input: OperationInput<'a>,
        pinned: &'a [PinnedRelease],
    ) -> Result<(Self, Vec<Diagnostic>), PlanError> {
        let operation = input.operation;
        if input
            .installed
            .is_some_and(|record| !record.has_all_modules())
        {
            return Err(PlanError::modules_elsewhere(operation));
        }
        let from = Found::of((operation, operation.from()), input.from, pinned);
        let to = Found::of((operation, operation.to()), input.to, pinned);
        (input.from, input.to) = (from.release, to.release);
        let (hooks, diagnostics) = all_hooks(&input, pinned)?;
        let (target, before) = (to.content(&input)?, from.content(&input)?);
        let previous = match (input.installed, &before) {
            (Some(record), _) => record.ledger().to_vec(),
            (None, Some(before)) => before.entries(),
            (None, None) => Vec::new(),
        };
        let is_record_given = input.record.is_some();
        let planned = Self {
            is_record_given: false,
            operation: operation.clone(),
            context: input.context.clone(),
            level: input.level,
            options: input.options,
            hooks,
            texts: input.to.map(ReleaseTexts::of),
            claims: claims::on_record(
                &input,
                pinned,
                (&previous, [target.as_ref(), before.as_ref()]),
            ),
            previous,
            record: InstalledRecord::planned(
                operation,
                input.context,
                (input.installed, input.record),
                target.as_ref(),
            ),
            target,
            before,
            installed: input.installed.cloned(),
            parameters: None,
        };
        let planned = Self {
            is_record_given,
            ..planned.pinned()?
        };
        Ok((planned, diagnostics))
    }

    /// The same with the parameters of the installation, defaults merged in, which its conditions with `when` depend on: they are pinned too, so
    /// that whoever resumes asks the same. They stand in the plan's Secrets as they are given.
    #[must_use]
    pub fn with_parameters(mut self, parameters: Value) -> Self {
        self.parameters = Some(parameters);
        self
    }

    /// What runs is what a resumed run reads again, to the last field.
    ///
    /// # Errors
    ///
    /// It would read something else: then a resumed run could not go on.
    pub(super) fn pinned(self) -> Result<Self, PlanError> {
        let of = |problem: &str| PlanError::unreadable(&self.operation, problem);
        let wire = serde_json::to_value(Wire::from(self.clone()))
            .map_err(|error| of(&error.to_string()))?;
        let read = serde_json::from_value::<Wire>(wire).map_err(|error| of(&error.to_string()))?;
        Self::try_from(read).map_err(of)
    }

    /// The same, in a plan: after another operation on the same instance, what that leaves on record is what this one begins with.
    pub(super) fn after(mut self, before: Option<&Self>) -> Self {
        let is_given = std::mem::take(&mut self.is_record_given);
        let Some(before) = before else { return self };
        let installed = InstalledRecord::expected_after(before);
        let ledger = installed.as_ref().map(InstalledRecord::ledger);
        self.previous = ledger.map(<[_]>::to_vec).unwrap_or_default();
        self.record = match self.record.take().filter(|_| is_given) {
            Some(record) => Some(record.following(&self.operation, installed.as_ref())),
            None => InstalledRecord::planned(
                &self.operation,
                &self.context,
                (installed.as_ref(), None),
                self.target.as_ref(),
            ),
        };
        self.installed = installed;
        let inherited = before.claims.iter().filter(|claim| {
            let mut own = self.claims.iter();
            let is_it = |one: &Claim| {
                one.release_uid == claim.release_uid && one.object.is_same_object(&claim.object)
            };
            !own.any(is_it)
        });
        let inherited: Vec<Claim> = inherited.cloned().collect();
        self.claims.extend(inherited);
        self
    }

    /// The same, with what other operations of its run claim.
    pub(super) fn with_claims(mut self, claims: Vec<Claim>) -> Self {
        self.claims.retain(|claim| !claim.of_same_run);
        self.claims.extend(claims);
        self
    }

    /// Nothing but an action's Job, on an instance that stays as it is.
    pub(super) fn of_action(
        (operation, context): (&Operation, &OperationContext),
        job: HookJob,
        installed: &InstalledRecord,
    ) -> Result<Self, PlanError> {
        Self {
            operation: operation.clone(),
            context: context.clone(),
            level: 0,
            options: OperationOptions::default(),
            texts: None,
            target: None,
            before: None,
            hooks: vec![job],
            claims: Vec::new(),
            previous: installed.ledger().to_vec(),
            record: None,
            installed: Some(installed.clone()),
            parameters: None,
            is_record_given: false,
        }
        .pinned()
    }

    /// The parameters of the installation, as far as they were given.
    #[must_use]
    pub fn parameters(&self) -> Option<&Value> {
        self.parameters.as_ref()
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &Operation {
        &self.operation
    }

    /// Its ids.
    #[must_use]
    pub fn context(&self) -> &OperationContext {
        &self.context
    }

    /// The level of the plan it is in.
    #[must_use]
    pub fn level(&self) -> usize {
        self.level
    }

    /// What of it is different from the default.
    #[must_use]
    pub fn options(&self) -> OperationOptions {
        self.options
    }

    /// What it brings; `None` for an uninstall.
    #[must_use]
    pub fn target(&self) -> Option<&Content> {
        self.target.as_ref()
    }

    /// What was there before, as far as it was given.
    #[must_use]
    pub fn before(&self) -> Option<&Content> {
        self.before.as_ref()
    }

    /// Its hooks, those of the way back too, each in its first attempt: by phase, and in the order in which they run.
    #[must_use]
    pub fn hooks(&self) -> &[HookJob] {
        &self.hooks
    }

    /// The hooks of a phase, in the order they run.
    pub fn hooks_of(&self, phase: Phase) -> impl Iterator<Item = &HookJob> {
        self.hooks
            .iter()
            .filter(move |job| job.phase() == Some(phase))
    }

    /// The action that it runs, if it runs one.
    pub(crate) fn action_job(&self) -> Option<&HookJob> {
        self.hooks.iter().find(|job| job.role() == Role::Action)
    }

    /// The conditions of the release that it brings, read anew from their pinned text; none for an uninstall.
    #[must_use]
    pub fn conditions(&self) -> ConditionSet {
        let texts = self.texts.as_ref();
        texts.map(ReleaseTexts::conditions).unwrap_or_default()
    }

    /// What the author of the release that it brings wrote.
    pub(super) fn texts(&self) -> Option<&ReleaseTexts> {
        self.texts.as_ref()
    }

    /// The steps of the operation in one direction.
    #[must_use]
    pub fn steps(&self, track: Track) -> Vec<Step> {
        let options = StepOptions {
            custom_resources: self.options.delete_custom_resources,
            namespace: self.options.delete_namespace,
            skip_hooks: self.options.skip_hooks,
            has_leftovers: self
                .installed
                .as_ref()
                .is_some_and(InstalledRecord::is_unfinished),
        };
        steps(self.operation.kind(), track, options)
    }

    /// What the release before had written.
    #[must_use]
    pub fn previous(&self) -> &[LedgerEntry] {
        &self.previous
    }

    /// Modules that drivers deployed for an operation before this one that was not finished, and that the release before does not have.
    pub(crate) fn surplus_modules(&self) -> &[RenderedModule] {
        let installed = self.installed.as_ref();
        installed
            .map(InstalledRecord::surplus_modules)
            .unwrap_or_default()
    }

    /// What is committed; `None` for an uninstall.
    #[must_use]
    pub fn record(&self) -> Option<&InstalledRecord> {
        self.record.as_ref()
    }

    /// What was on record of the instance before.
    #[must_use]
    pub fn installed(&self) -> Option<&InstalledRecord> {
        self.installed.as_ref()
    }

    /// Whether a label names its own release, or another one that is on record.
    pub(crate) fn knows(&self, uid: &str) -> bool {
        let mut claims = self.claims.iter().map(|claim| claim.release_uid.as_str());
        uid == label::value(self.context.release_uid())
            || claims.any(|known| uid == label::value(known))
    }

    /// Whether another instance had an object of this one too when the operation was planned. Its release is then to be among those that
    /// [`with_pinned`](Self::with_pinned) is given, so that what they share is again as it wrote it when this one lets go of it.
    #[must_use]
    pub fn shares_with(&self, other: &InstalledRecord) -> bool {
        let mut claims = self.claims.iter();
        claims.any(|claim| claim.release_uid == other.release_uid())
    }

    /// The other installed instances that had this object too when the operation was planned.
    pub(crate) fn claims_on(&self, object: &ObjectRef) -> impl Iterator<Item = &Claim> {
        self.claims
            .iter()
            .filter(|claim| claim.object.is_same_object(object))
    }

    /// Whether both are about one instance, of whatever releases.
    pub(crate) fn is_of_instance(&self, other: &Self) -> bool {
        self.instance() == other.instance()
    }

    /// The package and the namespace of the instance.
    pub(super) fn instance(&self) -> (&str, &str) {
        (
            self.operation.package().as_str(),
            self.operation.namespace(),
        )
    }

    /// Whether the release that it brings has an object, or is in the namespace that it is.
    pub(crate) fn has_in_the_end(&self, object: &ObjectRef) -> bool {
        let Some(target) = &self.target else {
            return false;
        };
        let is_namespace =
            |name: &str| ObjectRef::cluster("v1", "Namespace", name).is_same_object(object);
        target.manifest(object).is_some()
            || is_namespace(self.operation.namespace())
            || target.namespaces().into_iter().any(is_namespace)
    }

    /// Whether it writes an object, or sees to it that the namespace is there that it is. That of the instance is there since its install.
    pub(crate) fn brings(&self, object: &ObjectRef) -> bool {
        let own = ObjectRef::cluster("v1", "Namespace", self.operation.namespace());
        let is_install = self.operation.kind() == OperationKind::Install;
        self.has_in_the_end(object) && (is_install || !own.is_same_object(object))
    }

    /// Whether it brings another version in the place of one that is installed.
    pub(crate) fn is_between_versions(&self) -> bool {
        let kind = self.operation.kind();
        matches!(kind, OperationKind::Upgrade | OperationKind::Rollback)
    }

    /// Whether it brings the version that was on record already, and begins at another that was only attempted.
    pub(crate) fn brings_what_is_on_record(&self) -> bool {
        let installed = self.installed.as_ref().map(InstalledRecord::version);
        let to = self.operation.to().map(Version::as_str);
        self.is_between_versions() && installed.is_some() && installed == to
    }

    /// The irreversible hooks that may have had their effects by what is done so far, in the order they began.
    #[must_use]
    pub fn irreversible_hooks(&self, so_far: &OperationJournal) -> Vec<IrreversibleHook> {
        let mut hooks: Vec<IrreversibleHook> = Vec::new();
        for key in so_far.begun_hooks() {
            let mut jobs = self.hooks.iter();
            let job = jobs.find(|job| {
                job.occasion() == key.phase && job.hook() == key.hook && job.policy().irreversible
            });
            let hook = job.map(|job| {
                IrreversibleHook::new(job.version(), format!("{} {}", key.phase, key.hook))
            });
            hooks.extend(hook.filter(|hook| !hooks.contains(hook)));
        }
        hooks
    }

    /// The irreversible hooks of operations before this one that may have had their effects in what it begins with: to go back would be to go back behind
    /// them. None, where what was on record was whole: it has been brought to its end since.
    pub(crate) fn irreversible_before(&self) -> &[IrreversibleHook] {
        let installed = self.installed.as_ref();
        let partial = installed.filter(|record| !record.is_whole());
        partial
            .map(InstalledRecord::irreversible_hooks)
            .unwrap_or_default()
    }

    /// Whether it can be taken back once it has changed something.
    pub(crate) fn can_go_back(&self) -> bool {
        self.knows_way_back() && self.irreversible_before().is_empty()
    }

    /// Whether it is of a kind that can be taken back, and it is known what was there before.
    pub(crate) fn knows_way_back(&self) -> bool {
        match self.operation.kind() {
            OperationKind::Install => true,
            OperationKind::Upgrade => self.before.is_some(),
            _ => false,
        }
    }
}

impl From<PlannedOperation> for Wire {
    fn from(planned: PlannedOperation) -> Self {
        Self {
            operation: OperationWire::of(&planned.operation, &planned.context),
            level: planned.level,
            options: planned.options,
            hooks: planned.hooks.iter().map(HookWire::of).collect(),
            target: planned.target,
            before: planned.before,
            release: planned.texts,
            claims: planned.claims,
            previous: planned.previous,
            record: planned.record,
            installed: planned.installed,
            parameters: planned.parameters,
        }
    }
}

impl TryFrom<Wire> for PlannedOperation {
    type Error = &'static str;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let (operation, context) = wire
            .operation
            .operation()
            .ok_or("an operation cannot be read")?;
        let hooks = wire
            .hooks
            .into_iter()
            .map(|hook| hook.job(&operation, &context));
        let hooks: Option<Vec<HookJob>> = hooks.collect();
        Ok(Self {
            hooks: hooks.ok_or("a hook cannot be read")?,
            operation,
            context,
            level: wire.level,
            options: wire.options,
            target: wire.target,
            before: wire.before,
            texts: wire.release,
            claims: wire.claims,
            previous: wire.previous,
            record: wire.record,
            installed: wire.installed,
            parameters: wire.parameters,
            is_record_given: false,
        })
    }
}
