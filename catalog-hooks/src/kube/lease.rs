//! Keeps a Lease on an API server.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep_until};

use super::cluster::KubeCluster;
use crate::api::{Failure, FailureClass};
use crate::lease::{LeaseEnd, LeaseKeeper, LeaseStep};
use crate::time::Timestamp;

/// A [`LeaseKeeper`] that makes its calls on an API server.
///
/// ```no_run
/// use catalog_hooks::instance_name;
/// use catalog_hooks::kube::{KubeCluster, KubeLease};
/// use catalog_hooks::lease::LeaseKeeper;
///
/// # async fn run(cluster: KubeCluster, work: impl Future<Output = ()>) -> Result<(), Box<dyn std::error::Error>> {
/// let lease = KubeLease::new(cluster, LeaseKeeper::new("catalog-system", instance_name("lease", "ingress", "edge"), "runner-7f")?);
/// lease.acquire().await.map_err(|failure| failure.to_string())?;
/// tokio::select! {
///     end = lease.keep() => eprintln!("the Lease is gone: {end:?}"),
///     () = work => lease.release().await,
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct KubeLease {
    cluster: KubeCluster,
    keeper: Mutex<LeaseKeeper>,
    began: Instant,
}

impl KubeLease {
    /// For a Lease on this cluster. Nothing is asked yet.
    #[must_use]
    pub fn new(cluster: KubeCluster, keeper: LeaseKeeper) -> Self {
        Self {
            cluster,
            keeper: Mutex::new(keeper),
            began: Instant::now(),
        }
    }

    /// Waits until the Lease is held: for as long as others hold it, whom [`holder`](Self::holder) names.
    ///
    /// # Errors
    ///
    /// What keeps it from being held that waiting does not help: no rights, no such namespace. It may be tried again.
    pub async fn acquire(&self) -> Result<(), Failure> {
        while !self.may_write() {
            if self.advance().await.is_some() {
                let words = "the Lease was given back already: make another one";
                return Err(Failure::unanswered(words));
            }
            let trouble = self.keeper().trouble().cloned();
            if let Some(failure) = trouble.filter(|failure| !passes(failure)) {
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Keeps the Lease until it is lost, or given back by [`release`](Self::release). To be awaited beside the work that the Lease is for.
    pub async fn keep(&self) -> LeaseEnd {
        loop {
            if let Some(end) = self.advance().await {
                return end;
            }
        }
    }

    /// Gives the Lease back, so that nobody has to wait until it runs out. One try is made.
    pub async fn release(&self) {
        self.keeper().release();
        self.keep().await;
    }

    /// Deletes the Lease: for a release that is uninstalled. One try is made.
    pub async fn delete(&self) {
        self.keeper().delete();
        self.keep().await;
    }

    /// Whether the Lease is held, and for long enough that what is sent now arrives before it runs out.
    #[must_use]
    pub fn may_write(&self) -> bool {
        let now = self.now();
        self.keeper().may_write(now)
    }

    /// How long the Lease lasts if it is not renewed any more; `None`: it is not held.
    #[must_use]
    pub fn lasts_for(&self) -> Option<Duration> {
        let now = self.now();
        self.keeper().lasts_for(now)
    }

    /// Who holds the Lease, as it was last seen.
    #[must_use]
    pub fn holder(&self) -> Option<String> {
        self.keeper().holder().map(str::to_owned)
    }

    /// How long it takes at most until the Lease may be had, if whoever holds it is gone; `None`: nobody else holds it.
    #[must_use]
    pub fn expires_in(&self) -> Option<Duration> {
        let now = self.now();
        self.keeper().expires_in(now)
    }

    /// One step: a call, or a wait.
    async fn advance(&self) -> Option<LeaseEnd> {
        let step = self.keeper().step(self.now(), wall());
        match step {
            LeaseStep::Over(end) => return Some(end),
            LeaseStep::Wait(until) => {
                let end = self.began.checked_add(until);
                sleep_until(end.unwrap_or_else(|| Instant::now() + crate::REQUEST_TIMEOUT)).await;
            }
            LeaseStep::Call(request) => {
                let outcome = self.cluster.call(&request).await;
                let now = self.now();
                self.keeper().answered(outcome, now);
            }
        }
        None
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn keeper(&self) -> MutexGuard<'_, LeaseKeeper> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether waiting may help.
fn passes(failure: &Failure) -> bool {
    failure.may_pass()
        || matches!(
            failure.class(),
            FailureClass::Outdated | FailureClass::OtherUid | FailureClass::AlreadyExists
        )
}

/// The time of day, as the runner's clock has it.
pub(super) fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    Timestamp::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}
