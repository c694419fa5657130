//! The journals in the runner's namespace, and which of them a run is about.

use std::collections::BTreeSet;

use serde_json::Value;

use super::secret::{JOURNAL_TYPE, JournalSecret};
use super::unneeded::Achieved;
use super::{Journal, JournalError, JournalErrorKind, OperationJournal, OperationStatus, RunState};
use crate::api::{Failure, ListRequest, ObjectRef, Reply, Request};
use crate::edge::Cluster;
use crate::effect::{JournalVersion, StoredJournal};
use crate::machine::{StartError, may_take_place};
use crate::plan::{PinnedPlan, PlanLoadError};
use crate::pointer::At;
use crate::record::InstalledRecord;

/// The journals that are kept in a runner's namespace: one for the last run of each set of instances.
///
/// A run that came to rest keeps nobody waiting who wants something of other instances: which journal is in the way of a plan, and which one its run
/// takes the place of, is what [`place`](Self::place) says.
#[derive(Clone, Debug, Default)]
pub struct Journals {
    home: String,
    kept: Vec<KeptJournal>,
    unreadable: Vec<(String, JournalError)>,
    /// Those with which nobody can go on, whatever program it is, as they were when they were looked at.
    lost: Vec<(JournalSecret, JournalVersion)>,
}

/// One of the [`Journals`].
#[derive(Clone, Debug)]
pub struct KeptJournal {
    secret: JournalSecret,
    stored: StoredJournal,
    journal: Journal,
}

/// Where the journal of a run is to be kept.
#[derive(Clone, Debug)]
pub struct JournalPlace {
    /// The digest of the plan whose run it is for.
    plan: String,
    secret: JournalSecret,
    replaced: Option<StoredJournal>,
    obsolete: Vec<KeptJournal>,
}

impl Journals {
    /// Reads all journals in the namespace `home`. Cost: one list of Secrets.
    ///
    /// # Errors
    ///
    /// They cannot be listed.
    pub fn read(cluster: &mut dyn Cluster, home: &str) -> Result<Self, Failure> {
        let Reply::Objects(secrets) = cluster.call(&Request::List(Self::listed(home)))? else {
            return Err(Failure::unanswered("what came is no list"));
        };
        Ok(Self::of(home, &secrets))
    }

    /// How all journals in the namespace `home` are listed.
    pub(crate) fn listed(home: &str) -> ListRequest {
        ListRequest {
            api_version: "v1".to_owned(),
            kind: "Secret".to_owned(),
            namespace: Some(home.to_owned()),
            labels: Vec::new(),
            fields: vec![("type".to_owned(), JOURNAL_TYPE.to_owned())],
        }
    }

    /// The journals that these Secrets hold.
    pub(crate) fn of(home: &str, secrets: &[Value]) -> Self {
        let mut journals = Self {
            home: home.to_owned(),
            ..Self::default()
        };
        for secret in secrets {
            match KeptJournal::read(home, secret) {
                Ok(kept) => journals.kept.push(kept),
                Err(error) => journals.put_aside((name(secret), error), JournalVersion::of(secret)),
            }
        }
        journals
            .kept
            .sort_by(|one, other| one.name().cmp(other.name()));
        journals
    }

    /// The namespace that they are in.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home
    }

    /// The uids of the Jobs that runs hold which can go on.
    pub(crate) fn held_jobs(&self) -> BTreeSet<String> {
        let held = self.kept.iter().filter(|kept| kept.is_in_the_way());
        let operations = held.flat_map(|kept| kept.journal.operations());
        let attempts = operations.flat_map(OperationJournal::attempts);
        let held = attempts.filter(|attempt| !attempt.released);
        held.filter_map(|attempt| Some(attempt.uid()?.to_owned()))
            .collect()
    }

    /// Whether a run of an instance that can go on has taken its hands off an object: the record of the instance says so when that run rests.
    pub(crate) fn have_let_go(
        &self,
        (package, namespace): (&str, &str),
        object: &ObjectRef,
    ) -> bool {
        let open = self.kept.iter().filter(|kept| kept.is_in_the_way());
        let mut operations = open.flat_map(|kept| kept.journal.operations());
        operations.any(|one| {
            (one.package(), one.namespace()) == (package, namespace) && one.has_let_go(object)
        })
    }

    /// Whether a run that can go on has written an object and has not let it go.
    pub(crate) fn bring(&self, object: &ObjectRef) -> bool {
        let open = self.kept.iter().filter(|kept| kept.is_in_the_way());
        let mut operations = open.flat_map(|kept| kept.journal.operations());
        operations.any(|one| {
            let mut ledger = one.ledger().iter();
            ledger.any(|entry| entry.object.is_same_object(object)) && !one.has_let_go(object)
        })
    }

    /// Counts a journal among the unreadable ones, and, unless a newer program can read it, among those with which nobody can go on.
    fn put_aside(
        &mut self,
        (name, error): (String, JournalError),
        version: Option<JournalVersion>,
    ) {
        let lost = version.filter(|_| error.kind() != JournalErrorKind::OtherVersion);
        let secret = JournalSecret::new(&self.home, &name);
        self.lost.extend(lost.map(|version| (secret, version)));
        self.unreadable.push((name, error));
    }

    /// Counts the journal in the Secret of this name among the [unreadable](Self::unreadable) ones if the plan of its run is damaged or gone: nobody can go
    /// on with that. For [`Machine::release_all`](crate::Machine::release_all), which gives it up. Cost: one list of Secrets.
    ///
    /// # Errors
    ///
    /// The plan cannot be read now, or a newer version of this crate wrote it.
    pub fn put_aside_without_plan(
        &mut self,
        cluster: &mut dyn Cluster,
        name: &str,
    ) -> Result<(), PlanLoadError> {
        let Some(place) = self.kept.iter().position(|kept| kept.name() == name) else {
            return Ok(());
        };
        let error = self.kept.get(place).map(|kept| kept.lost_plan(cluster));
        if let Some(error) = error.transpose()?.flatten() {
            let kept = self.kept.remove(place);
            self.put_aside((name.to_owned(), error), Some(kept.stored.version));
        }
        Ok(())
    }

    /// That a newer program wrote none of them: it can go on with what this one cannot read.
    pub(crate) fn are_not_newer(&self) -> Result<(), StartError> {
        let mut unreadable = self.unreadable.iter();
        match unreadable.find(|(_, error)| error.kind() == JournalErrorKind::OtherVersion) {
            Some((name, error)) => Err(StartError::unreadable(name, error)),
            None => Ok(()),
        }
    }

    /// Those with which nobody can go on.
    pub(crate) fn lost(&self) -> &[(JournalSecret, JournalVersion)] {
        &self.lost
    }

    /// That each can be read.
    ///
    /// # Errors
    ///
    /// One cannot: it may be that of any run.
    pub fn are_readable(&self) -> Result<(), StartError> {
        match self.unreadable.first() {
            Some((name, error)) => Err(StartError::unreadable(name, error)),
            None => Ok(()),
        }
    }

    /// All that can be read, by name.
    pub fn iter(&self) -> impl Iterator<Item = &KeptJournal> {
        self.kept.iter()
    }

    /// The names of the Secrets that hold something else, each with what is wrong.
    #[must_use]
    pub fn unreadable(&self) -> &[(String, JournalError)] {
        &self.unreadable
    }

    /// Where the journal of a run of this plan is to be kept.
    ///
    /// That is in the place of a run of one of its instances that came to rest, if there is one, else under the plan's
    /// [own name](PinnedPlan::journal_name).
    ///
    /// The journals are as they were when they were [read](Self::read): a Lease is to keep all other runs of the namespace away from before that until
    /// the run has written its journal for the first time.
    ///
    /// # Errors
    ///
    /// A run of one of its instances is under way, was killed, or still holds Jobs; or it came to rest with an operation that the plan does not take
    /// the place of; or several did, of which it can take the place of one. Or a journal cannot be read: it may be that of any instance.
    pub fn place(&self, plan: &PinnedPlan) -> Result<JournalPlace, StartError> {
        self.are_readable()?;
        let operations = plan.operations().iter().map(|one| one.operation());
        let instances: BTreeSet<(&str, &str)> = operations
            .map(|one| (one.package().as_str(), one.namespace()))
            .collect();
        let is_concerned = |kept: &&KeptJournal| {
            let mut operations = kept.journal.operations().iter();
            operations.any(|one| instances.contains(&(one.package(), one.namespace())))
        };
        let concerned: Vec<&KeptJournal> = self.kept.iter().filter(is_concerned).collect();
        let in_the_way: Vec<&KeptJournal> = concerned
            .iter()
            .copied()
            .filter(|kept| kept.is_in_the_way())
            .collect();
        for kept in &in_the_way {
            may_take_place(&kept.journal, plan)?;
        }
        let name = self.free_name(plan, &concerned);
        let replaced = match in_the_way.as_slice() {
            [] => self.kept.iter().find(|kept| kept.name() == name),
            [one] => Some(*one),
            [one, other, ..] => {
                let runs = (one.journal.run(), other.journal.run());
                return Err(StartError::several_rest(runs));
            }
        };
        let secret = replaced.map_or_else(
            || JournalSecret::new(plan.home(), name),
            |kept| kept.secret.clone(),
        );
        let is_obsolete = |kept: &KeptJournal| kept.secret != secret && !kept.is_in_the_way();
        let obsolete = concerned.into_iter().filter(|kept| is_obsolete(kept));
        Ok(JournalPlace {
            plan: plan.digest().to_owned(),
            obsolete: obsolete.cloned().collect(),
            replaced: replaced.map(|kept| kept.stored.clone()),
            secret,
        })
    }

    /// The plan's own name for a journal, or, where a run of other instances has that because it took the place of one of this, the next.
    fn free_name(&self, plan: &PinnedPlan, concerned: &[&KeptJournal]) -> String {
        let own = plan.journal_name();
        let is_taken = |name: &String| {
            let mut others = self.kept.iter().filter(|kept| !kept.tells_nothing());
            let is_own = concerned.iter().any(|kept| kept.name() == name);
            !is_own && others.any(|kept| kept.name() == name)
        };
        let mut names = (2..).map(|number| format!("{own}-{number}"));
        match is_taken(&own) {
            true => names.find(|name| !is_taken(name)).unwrap_or(own),
            false => own,
        }
    }
}

fn name(secret: &Value) -> String {
    let name = secret.at("/metadata/name").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

impl KeptJournal {
    /// The journal in a Secret that was listed in the namespace `home`.
    pub(crate) fn read(home: &str, object: &Value) -> Result<Self, JournalError> {
        let secret = JournalSecret::new(home, name(object));
        let stored = secret.stored(object).map_err(JournalError::damaged)?;
        let journal = Journal::parse(&stored.text)?;
        Ok(Self {
            secret,
            stored,
            journal,
        })
    }

    /// The Secret that holds it.
    #[must_use]
    pub fn secret(&self) -> &JournalSecret {
        &self.secret
    }

    /// The Secret's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.secret.name()
    }

    /// As it was read, for [`Machine::resume`](crate::Machine::resume).
    #[must_use]
    pub fn stored(&self) -> &StoredJournal {
        &self.stored
    }

    /// What it says.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What there is of instances and could not be put on record: this journal and its plan alone know of it. In the place of what is on record, an uninstall
    /// is planned from it; nothing else can be begun. Cost: one list of Secrets, if there is such a thing.
    ///
    /// # Errors
    ///
    /// The plan cannot be read, or is gone.
    pub fn unrecorded(
        &self,
        cluster: &mut dyn Cluster,
    ) -> Result<Vec<InstalledRecord>, PlanLoadError> {
        let journal = &self.journal;
        let operations = journal.operations().iter().filter(|one| one.unrecorded);
        let instances: BTreeSet<(&str, &str)> = operations
            .map(|one| (one.package(), one.namespace()))
            .collect();
        if instances.is_empty() {
            return Ok(Vec::new());
        }
        let home = self.secret.namespace();
        let plan = PinnedPlan::load(cluster, home, journal.plan())?;
        let plan = plan.ok_or_else(|| PlanLoadError::gone(journal.plan(), home))?;
        let known = instances.into_iter();
        Ok(known
            .filter_map(|instance| journal.unrecorded(&plan, instance))
            .collect())
    }

    /// Why its plan is lost, if it is.
    ///
    /// # Errors
    ///
    /// That cannot be told now, or a newer program wrote the plan.
    fn lost_plan(&self, cluster: &mut dyn Cluster) -> Result<Option<JournalError>, PlanLoadError> {
        let (digest, home) = (self.journal.plan(), self.secret.namespace());
        let lost = match PinnedPlan::load(cluster, home, digest) {
            Ok(Some(_)) => return Ok(None),
            Ok(None) => PlanLoadError::gone(digest, home),
            Err(error) => error,
        };
        lost.damage().cloned().map(Some).ok_or(lost)
    }

    /// How far its run is.
    #[must_use]
    pub fn state(&self) -> RunState {
        self.journal.state()
    }

    /// Whether its run is [over](RunState::Over).
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state() == RunState::Over
    }

    /// Whether its run [is under way](RunState::UnderWay) or [rests](RunState::Rests): then it is in the way of others of its instances.
    #[must_use]
    pub fn is_in_the_way(&self) -> bool {
        self.state() <= RunState::Rests
    }

    /// Whether it is over, and tells of nothing that was given up.
    pub(crate) fn tells_nothing(&self) -> bool {
        self.journal.ended().is_some() && self.journal.tells_nothing_at_end()
    }

    /// Whether nobody asks any more what it says when a runner has achieved this: records say what was done. What was given up is told, and what a run waits for
    /// can be gone on with, until something else is done with its instance after that.
    pub(super) fn is_forgettable(&self, achieved: &Achieved) -> bool {
        use OperationStatus::{Abandoned, NotStarted};
        let waits = self.state() == RunState::Waits;
        let operations = self.journal.operations().iter();
        let mut left = operations.filter(|one| match one.status() {
            Abandoned => true,
            NotStarted => waits,
            _ => false,
        });
        let ended = self.journal.ended();
        !self.is_in_the_way() && left.all(|one| achieved.replaces(one, ended))
    }

    /// The plans that it needs as long as it is there and something is to be told of it, and those that it may put on record again when it goes on; `None`: an
    /// older program wrote it, and it does not say which these are.
    pub(crate) fn plans_needed(&self) -> Option<Vec<String>> {
        let mut plans = vec![self.journal.plan().to_owned()];
        if !self.is_over() {
            plans.extend(self.journal.plans_known()?.iter().cloned());
        }
        Some(plans)
    }
}

impl JournalPlace {
    /// The Secret.
    #[must_use]
    pub fn secret(&self) -> &JournalSecret {
        &self.secret
    }

    /// The journal that is there, in the place of which the run's is written. [`Machine::begin_at`](crate::Machine::begin_at) looks at it.
    #[must_use]
    pub fn replaced(&self) -> Option<&StoredJournal> {
        self.replaced.as_ref()
    }

    /// That it is the place for this plan.
    pub(crate) fn is_for(&self, plan: &PinnedPlan) -> Result<(), JournalError> {
        match self.plan == plan.digest() {
            true => Ok(()),
            false => Err(JournalError::other_plan(&self.plan, plan.digest())),
        }
    }

    /// The journals of runs that are in nobody's way and are about some of the same instances: what they say goes on in the new one.
    pub(crate) fn obsolete(&self) -> impl Iterator<Item = &Journal> {
        self.obsolete.iter().map(KeptJournal::journal)
    }
}
