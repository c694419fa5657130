//! One fake cluster for all that a run acts on, so that a test can reach into it while the run lasts.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use catalog_hooks::api::{Failure, Reply, Request};
use catalog_hooks::simulator::FakeCluster;
use catalog_hooks::{
    Clock, Cluster, JournalStore, JournalVersion, ModuleCall, ModuleDriver, ModuleFailure,
    ModuleStatus, StoredJournal, Timestamp, Wait,
};

/// A handle to the fake cluster.
#[derive(Clone)]
pub(crate) struct Shared(Rc<RefCell<FakeCluster>>);

impl Shared {
    pub(crate) fn new(cluster: FakeCluster) -> Self {
        Self(Rc::new(RefCell::new(cluster)))
    }

    /// The cluster itself, for as long as the result lives.
    pub(crate) fn get(&self) -> RefMut<'_, FakeCluster> {
        self.0.borrow_mut()
    }
}

impl Cluster for Shared {
    fn call(&mut self, request: &Request) -> Result<Reply, Failure> {
        Cluster::call(&mut *self.get(), request)
    }
}

impl JournalStore for Shared {
    fn load(&mut self) -> Result<Option<StoredJournal>, Failure> {
        self.get().load()
    }

    fn save(
        &mut self,
        text: &str,
        replaces: Option<&JournalVersion>,
    ) -> Result<JournalVersion, Failure> {
        self.get().save(text, replaces)
    }

    fn remove(&mut self, version: &JournalVersion) -> Result<(), Failure> {
        self.get().remove(version)
    }
}

impl ModuleDriver for Shared {
    fn call(&mut self, call: &ModuleCall) -> Result<ModuleStatus, ModuleFailure> {
        ModuleDriver::call(&mut *self.get(), call)
    }
}

impl Clock for Shared {
    fn now(&mut self) -> Timestamp {
        Clock::now(&mut *self.get())
    }

    fn wait(&mut self, wait: &Wait) {
        self.get().wait(wait);
    }
}
