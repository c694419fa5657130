//! A real cluster, through the client of `kube`.

use std::pin::pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use catalog_conditions::kube::{ReadOptions, read_snapshot};
use catalog_examples::{Answer, Failure, note};
use catalog_hooks::api::{Failure as Refusal, Reply, Request};
use catalog_hooks::kube::{KubeCluster, KubeJournal, KubeLease, KubeSurroundings};
use catalog_hooks::lease::LeaseKeeper;
use catalog_hooks::{Cluster, Machine, Outcome, instance_name};
use futures_util::stream;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};

use crate::How;
use crate::desk::{Begun, Desk, tidy};
use crate::interrupts::Interrupts;
use crate::planner::Edge;
use crate::planning::failed;
use crate::report::Reporter;
use crate::wish::Wish;

/// Carries the operation out on the cluster that a kubeconfig names; `-`: the one that kubectl would use.
pub(crate) fn on_server(
    kubeconfig: &str,
    wish: &Wish<'_>,
    how: &How,
    mut reporter: Reporter<'_>,
) -> Result<Answer, Failure> {
    let runtime = Runtime::new().map_err(failed)?;
    let client = runtime.block_on(client(kubeconfig))?;
    let name = run_name();
    let cluster = KubeCluster::new(client.clone());
    let mut calls = Blocking(&runtime, cluster.clone());
    // Before anything is waited for: whether there is something to do.
    let desk = Desk::new(wish, how, &mut calls)?;
    let lease_name = instance_name("lease", "all", wish.home);
    let keeper = LeaseKeeper::new(wish.home, &lease_name, name.as_str()).map_err(failed)?;
    let keeper = match how.lease {
        Some(duration) => keeper.with_duration(duration),
        None => keeper,
    };
    let lease = KubeLease::new(cluster.clone(), keeper);
    runtime
        .block_on(acquire(&lease, &lease_name))
        .map_err(|refusal| Failure::new(format!("the Lease cannot be had: {refusal}")))?;
    // What was read before may have changed until the Lease was had.
    let desk = desk.with_what_is_there(&mut calls);
    let ended = desk.and_then(|desk| {
        let mut read =
            |requirements: &_| runtime.block_on(read_snapshot(&client, requirements, &reading()));
        let edge = Edge {
            cluster: &mut calls,
            read: (!how.skip_conditions).then_some(&mut read),
        };
        let begun = desk.begin(edge, &name, &mut reporter)?;
        let Some(Begun {
            mut machine,
            journal,
        }) = begun
        else {
            return Ok(Answer::Finding);
        };
        let journal = KubeJournal::new(cluster.clone(), journal);
        reporter.begin(&machine);
        let handle = runtime.handle().clone();
        let gate = how.gate(&machine, move |requirements| {
            handle.block_on(read_snapshot(&client, requirements, &reading()))
        });
        let surroundings = KubeSurroundings::new(cluster, journal, gate).with_lease(&lease);
        let outcome = runtime.block_on(drive(&surroundings, &mut machine, &mut reporter))?;
        tidy(&machine, &mut calls, || lease.may_write());
        Ok(reporter.end(&machine, &outcome, &desk.commands(&mut calls)))
    });
    runtime.block_on(lease.release());
    ended
}

/// Acquires the Lease, and says what is waited for if that takes more than a second.
async fn acquire(lease: &KubeLease, name: &str) -> Result<(), Refusal> {
    let mut acquiring = pin!(lease.acquire());
    let is_quick = timeout(Duration::from_secs(1), &mut acquiring).await;
    if let Ok(acquired) = is_quick {
        return acquired;
    }
    let holder = lease.holder().unwrap_or_else(|| "another run".to_owned());
    let left = lease.expires_in().unwrap_or_default().as_secs() + 1;
    note(format!(
        "waiting for the Lease `{name}`, which `{holder}` holds: until that ends, or, if it was killed, {left} s at most, when its Lease has run out"
    ));
    acquiring.await
}

/// How long reading for conditions may take: the machine asks again when no answer came.
fn reading() -> ReadOptions {
    let mut options = ReadOptions::default();
    options.total_timeout = Duration::from_secs(30);
    options
}

/// Drives a machine. The first signal cancels the run; the second leaves it to be resumed.
async fn drive(
    surroundings: &KubeSurroundings<'_>,
    machine: &mut Machine,
    reporter: &mut Reporter<'_>,
) -> Result<Outcome, Failure> {
    let interrupts = stream::unfold(Interrupts::listen()?, |interrupts| async {
        while !interrupts.take() {
            sleep(LISTENING).await;
        }
        Some(((), interrupts))
    });
    let interrupts = Box::pin(interrupts);
    Ok(surroundings
        .drive(machine, interrupts, |next| reporter.show(next))
        .await)
}

/// How often it is looked whether there was a signal.
const LISTENING: Duration = Duration::from_millis(50);

async fn client(kubeconfig: &str) -> Result<Client, Failure> {
    let config = if kubeconfig == "-" {
        Config::infer().await.map_err(failed)?
    } else {
        let file = Kubeconfig::read_from(kubeconfig)
            .map_err(|error| Failure::new(format!("{kubeconfig}: {error}")))?;
        Config::from_custom_kubeconfig(file, &KubeConfigOptions::default())
            .await
            .map_err(|error| Failure::new(format!("{kubeconfig}: {error}")))?
    };
    Client::try_from(config).map_err(failed)
}

/// A name that no other run has.
fn run_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.as_ref().map_or(0, Duration::as_millis);
    format!("run-{millis}-{}", std::process::id())
}

/// Calls that block, for what is read before a run begins.
struct Blocking<'r>(&'r Runtime, KubeCluster);

impl Cluster for Blocking<'_> {
    fn call(&mut self, request: &Request) -> Result<Reply, Refusal> {
        self.0.block_on(self.1.call(request))
    }
}
