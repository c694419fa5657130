//! What the coroutines of a machine share: the journal, the effects they ask for, the answers they wait for, and the time.
//!
//! The steps of an operation are written as `async` functions, because a protocol reads best from top to bottom. Nothing here runs them but
//! [`Machine::poll`](super::Machine::poll): there is no runtime, no thread and no clock. A step that asks for something is pending until the
//! answer is handed in, and one that waits is pending until it is told of a later time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::Poll as Turn;

use serde_json::Value;

use super::outcome::Stop;
use super::patience::Patience;
use super::settings::Settings;
use crate::api::{Failure, FailureClass, ListRequest, ObjectRef, Reply, Request};
use crate::effect::{Answer, Effect, JournalVersion, StoredJournal, Task, Wait};
use crate::journal::{Achieved, Journal, Journals, OperationStatus};
use crate::plan::PinnedPlan;
use crate::pointer::At;
use crate::record::InstalledRecord;
use crate::time::Timestamp;

/// A handle to what is shared.
#[derive(Clone)]
pub(super) struct Desk {
    state: Arc<Mutex<State>>,
    settings: Settings,
    /// Whether there is a journal that has to be stored before anything is written.
    journaled: bool,
    /// Whether a runner before may still have calls under way.
    resumed: bool,
    /// The operation whose desk it is.
    operation: Option<usize>,
}

pub(super) struct State {
    pub(super) now: Timestamp,
    /// When this runner was asked for the first time what to do.
    pub(super) began: Option<Timestamp>,
    /// The places of the operations that were done when it began.
    pub(super) done_before: BTreeSet<usize>,
    pub(super) outbox: VecDeque<Effect>,
    /// What was asked, with the answer as soon as there is one.
    pub(super) asked: BTreeMap<u64, Option<Answer>>,
    pub(super) waits: BTreeMap<u64, Wait>,
    pub(super) stop: Option<Stop>,
    /// Whether this runner was told to stop.
    pub(super) is_told: bool,
    pub(super) journal: Journal,
    /// Which writing of the journal is stored.
    pub(super) version: Option<JournalVersion>,
    /// Its text.
    pub(super) text: Option<Arc<str>>,
    /// How many changes the journal has had, how many of them are stored, and how many have to be before somebody goes on.
    pub(super) changes: u64,
    pub(super) stored: u64,
    pub(super) wanted: u64,
    /// What objects were like when they were last seen, of those that are gone since.
    last_seen: BTreeMap<ObjectRef, Value>,
    /// What is on record of all instances, once somebody has asked.
    pub(super) records: Option<Arc<[InstalledRecord]>>,
    pub(super) journals: Option<Arc<Journals>>,
    /// How often something happened that may let a coroutine go on.
    pub(super) ticks: u64,
    next: u64,
}

impl Desk {
    pub(super) fn new(journal: Journal, stored: Option<StoredJournal>, settings: Settings) -> Self {
        let (version, text) = stored
            .map(|stored| (stored.version, stored.text.into()))
            .unzip();
        let operations = journal.operations().iter().enumerate();
        let done = operations.filter(|(_, one)| one.status() == OperationStatus::Done);
        let state = State {
            now: Timestamp::default(),
            began: None,
            done_before: done.map(|(place, _)| place).collect(),
            outbox: VecDeque::new(),
            asked: BTreeMap::new(),
            waits: BTreeMap::new(),
            stop: None,
            is_told: false,
            journal,
            version,
            text,
            changes: 1,
            stored: 0,
            wanted: 0,
            last_seen: BTreeMap::new(),
            records: None,
            journals: None,
            ticks: 0,
            next: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            settings,
            journaled: true,
            resumed: false,
            operation: None,
        }
    }

    /// The same for one operation, whose effects carry its place.
    pub(super) fn of_operation(mut self, index: usize) -> Self {
        self.operation = Some(index);
        self
    }

    /// The same without a journal to store: for what can be done again from the beginning.
    pub(super) fn without_journal(mut self) -> Self {
        self.journaled = false;
        self
    }

    /// The same after a runner that may still have calls under way.
    pub(super) fn resumed(mut self) -> Self {
        self.resumed = true;
        self
    }

    pub(super) fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// The state. Nobody holds it across an `await`, and nothing panics while it is held. Whoever has it and asks for it again would wait for ever: only one
    /// coroutine goes at a time, so that nobody else can have it.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let is_held = || matches!(self.state.try_lock(), Err(TryLockError::WouldBlock));
        debug_assert!(!is_held(), "whoever asks for the state has it");
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn now(&self) -> Timestamp {
        self.state().now
    }

    /// Reads something from the journal.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Journal) -> T) -> T {
        look(&self.state().journal)
    }

    /// Changes the journal. The change is stored before the next call that writes, and before the next wait.
    pub(super) fn record<T>(&self, change: impl FnOnce(&mut Journal) -> T) -> T {
        let mut state = self.state();
        state.changes += 1;
        state.ticks += 1;
        change(&mut state.journal)
    }

    /// What this runner has brought to its end, for good.
    pub(super) fn achieved(&self, plan: &PinnedPlan) -> Achieved {
        let state = self.state();
        let began = state.began.unwrap_or(state.now);
        Achieved::of((plan, &state.journal), &state.done_before, began)
    }

    /// Whether nothing more is to begin.
    pub(super) fn stops(&self) -> bool {
        self.look(Journal::stops)
    }

    /// Asks for something outside, and waits for the answer.
    pub(super) async fn ask(&self, task: Task) -> Answer {
        let id = {
            let mut state = self.state();
            let id = state.number();
            let operation = self.operation;
            state.outbox.push_back(Effect {
                id,
                task,
                operation,
            });
            state.asked.insert(id, None);
            id
        };
        poll_fn(|_| {
            let mut state = self.state();
            let answer = state.asked.get_mut(&id).and_then(Option::take);
            answer.map_or(Turn::Pending, |answer| {
                state.asked.remove(&id);
                Turn::Ready(answer)
            })
        })
        .await
    }

    /// Waits until all changes of the journal are stored.
    pub(super) async fn flush(&self) {
        if !self.journaled {
            return;
        }
        let mark = {
            let mut state = self.state();
            let mark = state.changes;
            if state.wanted < mark {
                state.wanted = mark;
                state.ticks += 1;
            }
            mark
        };
        poll_fn(|_| {
            if self.state().stored >= mark {
                Turn::Ready(())
            } else {
                Turn::Pending
            }
        })
        .await;
    }

    /// Makes one call, after the journal is stored if it is one that writes.
    pub(super) async fn call_once(
        &self,
        request: impl Into<Arc<Request>>,
    ) -> Result<Reply, Failure> {
        let request = request.into();
        if request.is_write() {
            self.flush().await;
        }
        match self.ask(Task::Call(request)).await {
            Answer::Called(answer) => answer,
            _ => Err(Failure::unanswered(
                "the answer is of another kind than the question",
            )),
        }
    }

    /// Makes a call, again and again while its failure may pass. If no answer comes for too long, the run stops where it is; if the server
    /// keeps answering that it cannot, that is the failure.
    pub(super) async fn call(&self, request: Request) -> Result<Reply, Failure> {
        let mut patience = Patience::new(self);
        let request = Arc::new(request);
        loop {
            match self.call_once(Arc::clone(&request)).await {
                Err(failure) if failure.may_pass() || is_of_no_server(&request, &failure) => {
                    patience.wait(&failure, &request).await?;
                }
                answer => return answer,
            }
        }
    }

    /// The object, or `None` if there is none of the name, or no such kind.
    pub(super) async fn read(&self, object: &ObjectRef) -> Result<Option<Value>, Failure> {
        let may_lack = !is_everywhere(object.api_version());
        match self.call(Request::Read(object.clone())).await {
            Ok(Reply::Object(object)) => Ok(Some(object)),
            Ok(_) => Err(Failure::unanswered("the server gave no object")),
            Err(failure) => match failure.class() {
                FailureClass::NotFound => Ok(None),
                FailureClass::NoSuchKind if may_lack => Ok(None),
                _ => Err(failure),
            },
        }
    }

    /// The objects; none if the server has no such kind.
    pub(super) async fn list(&self, list: ListRequest) -> Result<Vec<Value>, Failure> {
        let may_lack = !is_everywhere(&list.api_version);
        match self.list_served(list).await {
            Err(failure) if may_lack && failure.class() == FailureClass::NoSuchKind => {
                Ok(Vec::new())
            }
            listed => listed,
        }
    }

    /// The objects of a kind that the server certainly has: that it has none such is a failure.
    pub(super) async fn list_served(&self, list: ListRequest) -> Result<Vec<Value>, Failure> {
        match self.call(Request::List(list)).await {
            Ok(Reply::Objects(objects)) => Ok(objects),
            Ok(_) => Err(Failure::unanswered("the server gave no list")),
            Err(failure) => Err(failure),
        }
    }

    /// Waits until a time, a change of one of the objects, or the run is told to stop. The journal is stored first.
    pub(super) async fn wait(&self, until: Timestamp, watching: Vec<ObjectRef>, reason: String) {
        self.flush().await;
        self.sleep(until, watching, reason).await;
    }

    /// Waits without storing the journal.
    pub(super) async fn sleep(&self, until: Timestamp, watching: Vec<ObjectRef>, reason: String) {
        let (id, stopped) = {
            let mut state = self.state();
            let id = state.number();
            let wait = Wait {
                until: Some(until),
                watching,
                reasons: vec![reason],
            };
            state.waits.insert(id, wait);
            (id, state.journal.stops())
        };
        poll_fn(|_| {
            let mut state = self.state();
            let told = state.journal.stops() != stopped;
            // Whoever is told of a change takes the wait away.
            let woken = !state.waits.contains_key(&id);
            if woken || told || state.now >= until {
                state.waits.remove(&id);
                return Turn::Ready(());
            }
            Turn::Pending
        })
        .await;
    }

    /// What an object was like when it was last seen, if that was told when it went.
    pub(super) fn last_seen(&self, object: &ObjectRef, uid: &str) -> Option<Value> {
        let state = self.state();
        let seen = state.last_seen.get(object)?;
        let is_it = seen.at("/metadata/uid").is_some_and(|seen| seen == uid);
        is_it.then(|| seen.clone())
    }

    /// Ends the run where it is: nothing is written any more.
    pub(super) async fn stop(&self, stop: Stop) -> ! {
        {
            let mut state = self.state();
            state.stop.get_or_insert(stop);
            state.ticks += 1;
        }
        std::future::pending().await
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.ticks += 1;
        self.next
    }

    /// Lets whoever waits for the object go on.
    pub(super) fn observed(&mut self, object: ObjectRef, gone: Option<Value>) {
        self.waits
            .retain(|_, wait| !wait.watching.contains(&object));
        self.ticks += 1;
        if let Some(last) = gone {
            self.last_seen.insert(object, last);
        }
    }
}

/// The versions of APIs that are looked into and that every server has.
const EVERYWHERE: [&str; 3] = ["v1", "apps/v1", "batch/v1"];

fn is_everywhere(api_version: &str) -> bool {
    EVERYWHERE.contains(&api_version)
}

/// Whether what was looked for is said to be of no kind, of one that every server has: so says what stands before a server, or one that has just
/// started, and not that there is none.
fn is_of_no_server(request: &Request, failure: &Failure) -> bool {
    let api_version = match request {
        Request::Read(object) => object.api_version(),
        Request::List(list) => &list.api_version,
        _ => return false,
    };
    failure.class() == FailureClass::NoSuchKind && is_everywhere(api_version)
}
