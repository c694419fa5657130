//! Drives a machine on an API server.

use std::collections::BTreeMap;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll as Turn;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _, select_all};
use futures_util::stream::{FuturesUnordered, Stream, StreamExt as _};
use serde_json::Value;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use super::cluster::KubeCluster;
use super::journal::KubeJournal;
use super::lease::{KubeLease, wall};
use super::watch::{Change, ObjectWatch};
use crate::api::{Failure, ObjectRef, Reply};
use crate::edge::{Gate, ModuleDriver};
use crate::effect::{Answer, Effect, ModuleCall, ModuleFailure, ModuleStatus, Poll, Task, Wait};
use crate::lease::LeaseEnd;
use crate::machine::{Machine, Outcome, Stop};
use crate::time::Timestamp;

/// Watches that are open at a time. What more is waited for is looked at now and then, as without watches.
const MOST_WATCHES: usize = 32;

/// How long is waited at most before the Lease is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What a run acts on, where the cluster is an API server.
///
/// ```no_run
/// use catalog_hooks::journal::JournalSecret;
/// use catalog_hooks::kube::{KubeCluster, KubeJournal, KubeSurroundings};
/// use catalog_hooks::{Machine, NoConditions, Outcome};
/// use futures_util::stream;
///
/// # async fn run(cluster: KubeCluster, secret: JournalSecret, mut machine: Machine) -> Outcome {
/// let journal = KubeJournal::new(cluster.clone(), secret);
/// let surroundings = KubeSurroundings::new(cluster, journal, NoConditions);
/// let interrupts = stream::pending();
/// surroundings.drive(&mut machine, interrupts, |next| eprintln!("{next:?}")).await
/// # }
/// ```
pub struct KubeSurroundings<'l> {
    cluster: KubeCluster,
    journal: KubeJournal,
    modules: Option<Arc<Mutex<dyn ModuleDriver + Send>>>,
    gate: Arc<Mutex<dyn Gate + Send>>,
    lease: Option<&'l KubeLease>,
}

impl<'l> KubeSurroundings<'l> {
    /// A cluster, where the journal is kept, and who evaluates conditions, which is asked where it may block. Nobody deploys modules, and no Lease
    /// is asked for.
    #[must_use]
    pub fn new(
        cluster: KubeCluster,
        journal: KubeJournal,
        gate: impl Gate + Send + 'static,
    ) -> Self {
        Self {
            cluster,
            journal,
            modules: None,
            gate: Arc::new(Mutex::new(gate)),
            lease: None,
        }
    }

    /// The same with a driver of modules, which is called where it may block.
    #[must_use]
    pub fn with_modules(mut self, modules: impl ModuleDriver + Send + 'static) -> Self {
        self.modules = Some(Arc::new(Mutex::new(modules)));
        self
    }

    /// The same with a Lease that was [acquired](KubeLease::acquire). It is kept as long as the machine is driven, and the run stops when
    /// it is lost. Giving it back afterwards is the caller's.
    #[must_use]
    pub fn with_lease(mut self, lease: &'l KubeLease) -> Self {
        self.lease = Some(lease);
        self
    }

    /// Drives a machine until its run ends, and says how it did.
    ///
    /// Each item of `interrupts` tells the run to stop, as [`Machine::cancel`] says; [`futures_util::stream::pending`] never does. `show`
    /// is shown each effect before it is carried out, and each time that something is waited for. Dropping the future is what a crash
    /// is: the run can be resumed from its journal.
    pub async fn drive(
        &self,
        machine: &mut Machine,
        interrupts: impl Stream<Item = ()> + Unpin,
        mut show: impl FnMut(&Poll),
    ) -> Outcome {
        let mut drive = Drive::new(self.cluster.clone());
        let mut interrupts = interrupts.fuse();
        let mut lease = pin!(self.keep_lease());
        loop {
            if let Some(lease) = self.lease {
                let left = lease.lasts_for().unwrap_or_default();
                machine.lease_until(drive.now().after(left));
            }
            let next = machine.poll(drive.now());
            show(&next);
            let wait = match next {
                Poll::Do(effect) => {
                    drive.running.push(self.carry_out(effect).boxed());
                    continue;
                }
                Poll::Done => break,
                Poll::Wait(wait) => wait,
            };
            drive.watch(&wait);
            let event = drive.event(wait, &mut interrupts, lease.as_mut());
            match event.await {
                Event::Answered(id, answer) => {
                    drive.note(&answer);
                    machine.answer(id, answer);
                }
                Event::Observed(object, change) => drive.tell(machine, object, change),
                Event::Interrupted => machine.cancel(),
                Event::Due => {}
            }
        }
        let detached = Outcome::Stopped(Stop::Detached);
        machine.outcome().unwrap_or(detached)
    }

    /// Keeps the Lease, if there is one. Its end shows in how long it lasts.
    async fn keep_lease(&self) {
        if let Some(lease) = self.lease {
            let _end: LeaseEnd = lease.keep().await;
        }
        pending().await
    }

    /// Carries out one effect.
    async fn carry_out(&self, effect: Effect) -> (u64, Answer) {
        let answer = match effect.task {
            Task::SaveJournal { text, replaces } => {
                Answer::Saved(self.journal.save(&text, replaces.as_ref()).await)
            }
            Task::LoadJournal => Answer::Loaded(self.journal.load().await),
            Task::RemoveJournal(version) => Answer::Removed(self.journal.remove(&version).await),
            Task::Call(request) => Answer::Called(self.cluster.call(&request).await),
            Task::Conditions {
                operation,
                is_ahead,
            } => Answer::Gate(self.evaluate(operation, is_ahead).await),
            Task::Module(call) => Answer::Module(self.ask_driver(call).await),
        };
        (effect.id, answer)
    }

    async fn evaluate(&self, operation: usize, is_ahead: bool) -> Result<Vec<String>, Failure> {
        let gate = Arc::clone(&self.gate);
        let asked = spawn_blocking(move || {
            let mut gate = gate.lock().unwrap_or_else(PoisonError::into_inner);
            match is_ahead {
                true => gate.evaluate_ahead(operation),
                false => gate.evaluate(operation),
            }
        });
        let broken = |error| Failure::unanswered(format!("evaluating the conditions: {error}"));
        asked.await.unwrap_or_else(|error| Err(broken(error)))
    }

    async fn ask_driver(&self, call: ModuleCall) -> Result<ModuleStatus, ModuleFailure> {
        let failure = |message| ModuleFailure {
            message,
            may_pass: false,
        };
        let driver = call.driver.clone();
        let Some(modules) = self.modules.clone() else {
            let message = format!("nobody is there to be the driver `{driver}`");
            return Err(failure(message));
        };
        let asked = spawn_blocking(move || {
            let mut modules = modules.lock().unwrap_or_else(PoisonError::into_inner);
            modules.call(&call)
        });
        let broken = |error| failure(format!("the driver `{driver}` broke down: {error}"));
        asked.await.unwrap_or_else(|error| Err(broken(error)))
    }
}

/// What ends a wait.
enum Event {
    Answered(u64, Answer),
    Observed(ObjectRef, Change),
    Interrupted,
    Due,
}

/// What is under way.
struct Drive<'s> {
    cluster: KubeCluster,
    running: FuturesUnordered<BoxFuture<'s, (u64, Answer)>>,
    watches: Vec<ObjectWatch>,
    /// The versions of objects that the machine has seen.
    seen: BTreeMap<ObjectRef, String>,
    /// When it began, by both clocks: one that is set while the run lasts neither stops it nor hurries it.
    began: (Timestamp, Instant),
}

impl Drive<'_> {
    fn new(cluster: KubeCluster) -> Self {
        Self {
            cluster,
            running: FuturesUnordered::new(),
            watches: Vec::new(),
            seen: BTreeMap::new(),
            began: (wall(), Instant::now()),
        }
    }

    /// The time of the run.
    fn now(&self) -> Timestamp {
        let (began, since) = self.began;
        began.after(since.elapsed())
    }

    /// Keeps the watches of what is waited for still, and opens those of what is new, from the version that the machine has seen.
    fn watch(&mut self, wait: &Wait) {
        let watches = &mut self.watches;
        watches.retain(|watch| wait.watching.contains(watch.object()));
        for object in &wait.watching {
            let is_open = watches.iter().any(|watch| watch.object() == object);
            if !is_open && watches.len() < MOST_WATCHES {
                let seen = self.seen.get(object).cloned();
                watches.push(self.cluster.watch(object.clone(), seen));
            }
        }
    }

    /// Waits for an answer, a change, an interrupt, or the time.
    async fn event(
        &mut self,
        wait: Wait,
        interrupts: &mut (impl Stream<Item = ()> + Unpin),
        mut lease: std::pin::Pin<&mut impl Future<Output = ()>>,
    ) -> Event {
        let now = self.now();
        let (running, watches) = (&mut self.running, &mut self.watches);
        let mut due = pin!(sleep_until(due(&wait, now)));
        let mut observed = pin!(async move {
            match watches.is_empty() {
                true => pending().await,
                false => observe(watches).await,
            }
        });
        poll_fn(|context| {
            if let Turn::Ready(Some((id, answer))) = running.poll_next_unpin(context) {
                return Turn::Ready(Event::Answered(id, answer));
            }
            if let Turn::Ready(Some(())) = interrupts.poll_next_unpin(context) {
                return Turn::Ready(Event::Interrupted);
            }
            if let Turn::Ready((object, change)) = observed.as_mut().poll(context) {
                return Turn::Ready(Event::Observed(object, change));
            }
            let _pending = lease.as_mut().poll(context);
            due.as_mut().poll(context).map(|()| Event::Due)
        })
        .await
    }

    /// Remembers the versions of what the server showed.
    fn note(&mut self, answer: &Answer) {
        match answer {
            Answer::Called(Ok(Reply::Object(object))) => self.note_object(object),
            Answer::Called(Ok(Reply::Objects(objects))) => {
                objects.iter().for_each(|object| self.note_object(object));
            }
            _ => {}
        }
    }

    fn note_object(&mut self, object: &Value) {
        let version = object.pointer("/metadata/resourceVersion");
        let version = version.and_then(Value::as_str).map(str::to_owned);
        if let (Some(target), Some(version)) = (ObjectRef::of(object), version) {
            self.seen.insert(target, version);
        }
    }

    /// Tells the machine of a change, unless it has seen the object so.
    fn tell(&mut self, machine: &mut Machine, object: ObjectRef, change: Change) {
        match change {
            Change::Deleted(last) => machine.deleted(last),
            Change::Gone => machine.changed(object),
            Change::Changed(now) => {
                let version = now.pointer("/metadata/resourceVersion");
                let version = version.and_then(Value::as_str);
                if self.seen.get(&object).map(String::as_str) != version {
                    machine.changed(object);
                }
            }
        }
    }
}

async fn observe(watches: &mut [ObjectWatch]) -> (ObjectRef, Change) {
    let changes = watches.iter_mut().map(|watch| watch.observed().boxed());
    select_all(changes).await.0
}

fn due(wait: &Wait, now: Timestamp) -> Instant {
    let left = wait.until.map_or(LOOK, |until| until.since(now));
    Instant::now() + left.min(LOOK)
}
