//! The fake cluster: its state, its clock, and the one place where objects change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::agenda::{Agenda, Errand, PodStep};
use super::field;
use super::interference::SOMEBODY;
use super::journal::Journal;
use super::kind::Kind;
use super::legality;
use super::module::Modules;
use super::owners::Owners;
use super::script::{PodScript, Readiness, Scripts};
use super::store::{Key, Store};
use super::trace::{Event, Happening, Trace};
use crate::api::{Failure, ObjectRef, Reply, Request};
use crate::edge::{Clock, Cluster};
use crate::effect::Wait;
use crate::time::Timestamp;

/// How long a controller takes to see a change and act on it.
pub(super) const LATENCY: Duration = Duration::from_millis(20);

/// The names under which controllers act.
pub(super) const CONTROLLERS: [&str; 9] = [
    "definition-controller",
    "garbage-collector",
    "job-controller",
    "kubelet",
    "namespace-controller",
    "operator",
    "scheduler",
    "taint-manager",
    "ttl-controller",
];

/// An API server and its controllers, as a value; see the [module](super).
#[derive(Clone, Debug)]
pub struct FakeCluster {
    pub(super) now: Timestamp,
    pub(super) store: Store,
    pub(super) agenda: Agenda,
    pub(super) scripts: Scripts,
    pub(super) journal: Journal,
    pub(super) modules: Modules,
    pub(super) denied: Arc<Vec<(String, String)>>,
    pub(super) runs_jobs: bool,
    pub(super) server_version: Arc<str>,
    /// By the uid of a Job, how many pods it had.
    pub(super) pods_made: Arc<BTreeMap<String, usize>>,
    who: Arc<str>,
    trace: Trace,
    violations: Arc<Vec<String>>,
}

impl FakeCluster {
    /// A cluster with the namespaces `default` and `kube-system`, and nothing else.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let mut cluster = Self {
            now,
            store: Store::default(),
            agenda: Agenda::default(),
            scripts: Scripts::default(),
            journal: Journal::default(),
            modules: Modules::default(),
            denied: Arc::default(),
            runs_jobs: true,
            server_version: "v1.36.2".into(),
            pods_made: Arc::default(),
            who: "runner".into(),
            trace: Trace::default(),
            violations: Arc::default(),
        };
        for namespace in ["default", "kube-system"] {
            cluster.add_namespace(namespace);
        }
        cluster
    }

    /// Adds a namespace, with its default ServiceAccount.
    pub fn add_namespace(&mut self, name: &str) {
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        self.by(SOMEBODY, |cluster| {
            // One that is there already is as good.
            let _ = cluster.answer(&Request::Create {
                object,
                dry_run: false,
            });
            cluster.advance(Duration::from_secs(1));
        });
    }

    /// Serves a kind without a definition, as if it had been there before.
    pub fn serve(&mut self, api_version: &str, kind: &str, namespaced: bool) {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        self.store
            .serve(api_version, Kind::custom(group, kind, namespaced));
    }

    /// Says which version conditions are told that the server has, as in `gitVersion`; without, `v1.36.2`. It behaves as before.
    pub fn set_server_version(&mut self, version: &str) {
        self.server_version = version.into();
    }

    /// Says what the pods do of Jobs whose pod template has all these labels: the first pod as the first script says, the last script
    /// holding for all further ones. Of several that fit, the one said last holds. Without any, a pod succeeds after a second.
    pub fn script(&mut self, labels: &[(&str, &str)], pods: impl IntoIterator<Item = PodScript>) {
        self.scripts.add_pods(labels, pods.into_iter().collect());
    }

    /// Says how objects of a kind come to be ready, Kubernetes' own workloads and claims too. Without, no controller looks at them.
    pub fn readiness(&mut self, kind: &str, readiness: Readiness) {
        self.scripts.add_readiness(kind, readiness);
    }

    /// Refuses a verb of RBAC on a kind from now on, for all callers.
    pub fn deny(&mut self, verb: &str, kind: &str) {
        Arc::make_mut(&mut self.denied).push((verb.to_owned(), kind.to_owned()));
    }

    /// Takes back what [`deny`](Self::deny) said.
    pub fn allow_all(&mut self) {
        self.denied = Arc::default();
    }

    /// Whether the Job controller works; what it missed, it does when it works again.
    pub fn run_job_controller(&mut self, runs: bool) {
        self.runs_jobs = runs;
        let jobs: Vec<_> = self
            .store
            .of_kind("batch", "Job")
            .map(|(key, _)| Arc::clone(key))
            .collect();
        for job in jobs {
            self.soon(Errand::Job(job));
        }
    }

    /// Under which name the next calls appear in the trace.
    pub fn act_as(&mut self, who: &str) {
        self.who = who.into();
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Lets time go by, in which the controllers do what is theirs to do.
    pub fn advance(&mut self, by: Duration) {
        self.advance_to(self.now.after(by));
    }

    /// Lets time go by until `to`; a time that is past does nothing.
    pub fn advance_to(&mut self, to: Timestamp) {
        while let Some(at) = self.agenda.next().filter(|at| *at <= to) {
            self.now = self.now.max(at);
            while let Some(errand) = self.agenda.take(self.now) {
                self.run(errand);
            }
        }
        self.now = self.now.max(to);
    }

    /// When the controllers do something next; `None`: nothing will change by itself.
    #[must_use]
    pub fn next_change(&self) -> Option<Timestamp> {
        self.agenda.next()
    }

    /// All that happened, oldest first.
    #[must_use]
    pub fn trace(&self) -> &[Arc<Event>] {
        self.trace.events()
    }

    /// Steps of a Job's status that a real server would not have let through: there are none unless the simulator is wrong.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }

    /// An object as it is.
    #[must_use]
    pub fn object(&self, target: &ObjectRef) -> Option<Arc<Value>> {
        self.store.get(&Key::of(target)).cloned()
    }

    /// All objects as they are, by group, kind, namespace and name.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Value>> {
        self.store.iter().map(|(_, object)| object)
    }

    /// Does something under another name.
    pub(super) fn by<T>(&mut self, who: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.who, who.into());
        let result = act(self);
        self.who = before;
        result
    }

    pub(super) fn who(&self) -> Arc<str> {
        Arc::clone(&self.who)
    }

    pub(super) fn happened(&mut self, what: Happening) {
        let who = Arc::clone(&self.who);
        let at = self.now;
        self.trace.push(Event { at, who, what });
    }

    pub(super) fn soon(&mut self, errand: Errand) {
        self.later(LATENCY, errand);
    }

    pub(super) fn later(&mut self, by: Duration, errand: Errand) {
        self.agenda.add(self.now.after(by), errand);
    }

    /// Keeps an object in a new version, and tells the controllers.
    pub(super) fn put(
        &mut self,
        key: &Arc<Key>,
        mut object: Value,
        owners: Arc<Owners>,
    ) -> Arc<Value> {
        let version = self.store.next_version();
        field::set(&mut object, &["metadata", "resourceVersion"], version);
        let before = self.store.get(key).cloned();
        let object = Arc::new(object);
        self.check(before.as_ref(), &object);
        self.store
            .insert(Arc::clone(key), Arc::clone(&object), owners);
        self.changed(key, before, Some(Arc::clone(&object)));
        object
    }

    /// Changes the status, or what else a controller may change, of an object that is there.
    pub(super) fn amend(&mut self, key: &Arc<Key>, change: impl FnOnce(&mut Value)) {
        let Some(before) = self.store.get(key).cloned() else {
            return;
        };
        let mut object = Value::clone(&before);
        change(&mut object);
        self.amend_to(key, object);
    }

    /// The same, by an object in the place of the one that is there.
    pub(super) fn amend_to(&mut self, key: &Arc<Key>, object: Value) {
        let before = self.store.get(key);
        if before.is_some_and(|before| **before != object) {
            let owners = self.store.owners(key);
            self.put(key, object, owners);
        }
        self.remove_if_released(key);
    }

    /// Removes an object that is being deleted and that no finalizer keeps.
    pub(super) fn remove_if_released(&mut self, key: &Arc<Key>) {
        let Some(object) = self.store.get(key) else {
            return;
        };
        let is_deleting = field::has(object, "/metadata/deletionTimestamp");
        let is_kept = !field::list(object, "/metadata/finalizers").is_empty()
            || !field::list(object, "/spec/finalizers").is_empty()
            || field::count(object, "/metadata/deletionGracePeriodSeconds") > 0;
        if is_deleting && !is_kept {
            self.take_away(key);
        }
    }

    /// Removes an object at once.
    pub(super) fn take_away(&mut self, key: &Arc<Key>) {
        if let Some(before) = self.store.remove(key) {
            self.store.next_version();
            self.changed(key, Some(before), None);
        }
    }

    fn check(&mut self, before: Option<&Arc<Value>>, after: &Value) {
        let Some(before) = before.filter(|_| field::text(after, "/kind") == "Job") else {
            return;
        };
        let found = legality::violations(before, after);
        Arc::make_mut(&mut self.violations).extend(found);
    }

    fn changed(&mut self, key: &Arc<Key>, before: Option<Arc<Value>>, after: Option<Arc<Value>>) {
        let shown = after.as_ref().or(before.as_ref());
        if let Some(object) = shown.and_then(|object| ObjectRef::of(object)) {
            self.happened(Happening::Changed {
                object,
                before: before.clone(),
                after: after.clone(),
            });
        }
        self.tell(key, before.as_deref(), after.as_deref());
    }

    /// Tells the controllers of a change.
    fn tell(&mut self, key: &Arc<Key>, before: Option<&Value>, after: Option<&Value>) {
        match (key.group.as_str(), key.kind.as_str()) {
            ("batch", "Job") => self.soon(Errand::Job(Arc::clone(key))),
            ("", "Pod") => self.pod_changed(key, before, after),
            ("", "Namespace") => self.soon(Errand::Namespace(Arc::clone(key))),
            ("apiextensions.k8s.io", "CustomResourceDefinition") => {
                self.soon(Errand::Definition(Arc::clone(key)));
            }
            _ => self.custom_resource_changed(key, after),
        }
        match (before, after) {
            (None, Some(new)) if field::has(new, "/metadata/ownerReferences/0") => {
                self.soon(Errand::Owned(Arc::clone(key)));
            }
            (Some(old), None) => self.tell_owned(field::text(old, "/metadata/uid").to_owned()),
            _ => {}
        }
    }

    fn tell_owned(&mut self, owner: String) {
        let is_owned = |object: &Value| {
            field::list(object, "/metadata/ownerReferences")
                .iter()
                .any(|reference| field::text(reference, "/uid") == owner)
        };
        let owned: Vec<_> = self
            .store
            .iter()
            .filter(|(_, object)| is_owned(object))
            .map(|(key, _)| Arc::clone(key))
            .collect();
        for key in owned {
            self.soon(Errand::Owned(key));
        }
    }

    fn run(&mut self, errand: Errand) {
        match errand {
            Errand::Job(key) => self.by("job-controller", |cluster| cluster.sync_job(&key)),
            Errand::Expired(key) => self.by("ttl-controller", |cluster| cluster.expire(&key)),
            Errand::Pod(key, uid, step) => {
                let who = match step {
                    PodStep::Schedule | PodStep::Unplaced => "scheduler",
                    PodStep::Forsaken => "taint-manager",
                    _ => "kubelet",
                };
                self.by(who, |cluster| cluster.live(&key, &uid, step));
            }
            Errand::Namespace(key) => {
                self.by("namespace-controller", |cluster| {
                    cluster.sync_namespace(&key)
                });
            }
            Errand::Definition(key) => {
                self.by("definition-controller", |cluster| {
                    cluster.sync_definition(&key)
                });
            }
            Errand::CustomResource(key, uid, generation) => {
                self.by("operator", |cluster| {
                    cluster.sync_custom_resource(&key, (&uid, generation))
                });
            }
            Errand::Owned(key) => {
                self.by("garbage-collector", |cluster| cluster.collect(&key));
            }
        }
    }
}

impl Cluster for FakeCluster {
    fn call(&mut self, request: &Request) -> Result<Reply, Failure> {
        let answer = self.answer(request);
        if request.is_write() {
            self.happened(Happening::Asked {
                request: Arc::new(request.clone()),
                refused: answer.as_ref().err().cloned(),
            });
        }
        answer
    }
}

impl Clock for FakeCluster {
    fn now(&mut self) -> Timestamp {
        self.now
    }

    /// Goes on to the next change in the cluster, or to the time waited for if that is earlier; if neither is there, an hour.
    fn wait(&mut self, wait: &Wait) {
        let next = [self.agenda.next(), wait.until];
        let to = next.into_iter().flatten().min();
        self.advance_to(to.unwrap_or_else(|| self.now.after(Duration::from_secs(3600))));
    }
}
