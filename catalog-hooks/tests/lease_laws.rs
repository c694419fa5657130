//! Laws of Leases: several runners, clocks that began at different times, calls that are late, lost, or land after they were given up.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use catalog_hooks::api::{Failure, Reply, Request};
use catalog_hooks::lease::{LeaseEnd, LeaseKeeper, LeaseStep};
use catalog_hooks::{REQUEST_TIMEOUT, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What becomes of one call.
#[derive(Clone, Copy, Debug)]
struct Fate {
    /// Until the server does it, in ms; `None`: it never arrives.
    lands: Option<u64>,
    /// Until the answer is there, in ms; `None`: it never is.
    answered: Option<u64>,
}

const SMOOTH: Fate = Fate {
    lands: Some(5),
    answered: Some(5),
};

fn fates() -> impl Strategy<Value = Fate> {
    let late = || 0_u64..9_000;
    let odd = (
        proptest::option::weighted(0.8, late()),
        proptest::option::weighted(0.6, late()),
    );
    prop_oneof![
        2 => Just(SMOOTH),
        1 => odd.prop_map(|(lands, answered)| Fate { lands, answered }),
    ]
}

/// What happens beside the calls, at a time in ms.
#[derive(Clone, Copy, Debug)]
enum Incident {
    Crash(usize),
    Release(usize),
    /// Somebody labels the Lease.
    Touched,
    /// Somebody takes it by force.
    Seized,
}

fn incidents() -> impl Strategy<Value = Vec<(u64, Incident)>> {
    let incident = prop_oneof![
        (0_usize..3).prop_map(Incident::Crash),
        (0_usize..3).prop_map(Incident::Release),
        Just(Incident::Touched),
        Just(Incident::Touched),
    ];
    proptest::collection::vec((0_u64..200_000, incident), 0..6)
}

/// The server: one Lease at most, replaced by compare-and-swap.
#[derive(Default)]
struct Server {
    lease: Option<Value>,
    version: u64,
    uids: u64,
}

impl Server {
    fn put(&mut self, mut lease: Value) -> Result<Reply, Failure> {
        self.version += 1;
        lease["metadata"]["resourceVersion"] = self.version.to_string().into();
        self.lease = Some(lease.clone());
        Ok(Reply::Object(lease))
    }

    fn call(&mut self, request: &Request) -> Result<Reply, Failure> {
        let fail = |code, reason: &str| {
            Err(Failure::from_status(
                code,
                &json!({"kind": "Status", "reason": reason, "message": reason}),
            ))
        };
        match (request, &self.lease) {
            (Request::Read(_), Some(lease)) => Ok(Reply::Object(lease.clone())),
            (Request::Create { object, .. }, None) => {
                self.uids += 1;
                let mut lease = object.clone();
                lease["metadata"]["uid"] = self.uids.to_string().into();
                self.put(lease)
            }
            (Request::Create { .. }, Some(_)) => fail(409, "AlreadyExists"),
            (Request::Replace(new), Some(old)) => {
                let same = |key: &str| new["metadata"][key] == old["metadata"][key];
                match same("uid") && same("resourceVersion") {
                    true => self.put(new.clone()),
                    false => fail(409, "Conflict"),
                }
            }
            _ => fail(404, "NotFound"),
        }
    }
}

#[derive(Debug)]
enum Event {
    Step,
    Land {
        call: u64,
        request: Request,
        answered: Option<u64>,
    },
    Answer {
        call: u64,
        outcome: Result<Reply, Failure>,
    },
    Incident(Incident),
}

struct Runner {
    keeper: LeaseKeeper,
    clock_began: u64,
    alive: bool,
    call: Option<u64>,
}

#[derive(Default)]
struct Simulation {
    server: Server,
    runners: Vec<Runner>,
    fates: Vec<Fate>,
    calls: u64,
    /// By time and order: whom it concerns, and what happens.
    events: BTreeMap<(u64, u64), (usize, Event)>,
    events_made: u64,
}

impl Simulation {
    fn new(clocks: &[u64], fates: Vec<Fate>, incidents: &[(u64, Incident)]) -> Self {
        let mut simulation = Self {
            fates,
            ..Self::default()
        };
        for (index, clock_began) in clocks.iter().enumerate() {
            let keeper = LeaseKeeper::new("system", "ingress", format!("runner-{index}")).unwrap();
            simulation.runners.push(Runner {
                keeper,
                clock_began: *clock_began,
                alive: true,
                call: None,
            });
            simulation.at(0, index, Event::Step);
        }
        for (time, incident) in incidents {
            simulation.at(*time, 0, Event::Incident(*incident));
        }
        simulation
    }

    fn at(&mut self, time: u64, whom: usize, event: Event) {
        self.events_made += 1;
        self.events.insert((time, self.events_made), (whom, event));
    }

    /// Lets everything happen until a time, and never sees two who may write.
    fn run_until(&mut self, end: u64) {
        while let Some(entry) = self.events.first_entry() {
            if entry.key().0 > end {
                return;
            }
            let ((now, _), (whom, event)) = entry.remove_entry();
            self.happen(now, whom, event);
            let writers = self.writers(now);
            assert!(writers.len() <= 1, "{writers:?} may write at {now} ms");
        }
    }

    fn writers(&self, now: u64) -> Vec<usize> {
        let may_write = |runner: &Runner| {
            runner.alive
                && runner
                    .keeper
                    .may_write(Duration::from_millis(now + runner.clock_began))
        };
        (0..self.runners.len())
            .filter(|index| may_write(&self.runners[*index]))
            .collect()
    }

    fn happen(&mut self, now: u64, whom: usize, event: Event) {
        match event {
            Event::Incident(incident) => self.incident(incident),
            Event::Land {
                call,
                request,
                answered,
            } => {
                let outcome = self.server.call(&request);
                if let Some(delay) = answered {
                    self.at(now + delay, whom, Event::Answer { call, outcome });
                }
            }
            Event::Answer { call, outcome } => {
                let runner = &mut self.runners[whom];
                if runner.alive && runner.call == Some(call) {
                    runner.call = None;
                    runner
                        .keeper
                        .answered(outcome, Duration::from_millis(now + runner.clock_began));
                    self.step(now, whom);
                }
            }
            Event::Step => self.step(now, whom),
        }
    }

    fn step(&mut self, now: u64, whom: usize) {
        let runner = &mut self.runners[whom];
        if !runner.alive || runner.call.is_some() {
            return;
        }
        let clock_began = runner.clock_began;
        match runner.keeper.step(
            Duration::from_millis(now + clock_began),
            Timestamp::from_millis(0),
        ) {
            LeaseStep::Wait(until) => {
                let until = u64::try_from(until.as_millis()).unwrap() - clock_began;
                // Incidents may have something else done before.
                self.at(until.min(now + 1_000).max(now + 1), whom, Event::Step);
            }
            LeaseStep::Call(request) => {
                self.calls += 1;
                let (call, fate) = (self.calls, self.fates.pop().unwrap_or(SMOOTH));
                self.runners[whom].call = Some(call);
                if let Some(delay) = fate.lands {
                    self.at(
                        now + delay,
                        whom,
                        Event::Land {
                            call,
                            request,
                            answered: fate.answered,
                        },
                    );
                }
                let timeout = u64::try_from(REQUEST_TIMEOUT.as_millis()).unwrap();
                let outcome = Err(Failure::unanswered("none in time"));
                self.at(now + timeout, whom, Event::Answer { call, outcome });
            }
            LeaseStep::Over(_) => {}
            other => panic!("{other:?}"),
        }
    }

    fn incident(&mut self, incident: Incident) {
        match incident {
            Incident::Crash(whom) => self.runners[whom].alive = false,
            Incident::Release(whom) => self.runners[whom].keeper.release(),
            Incident::Touched => self.edit("/metadata", "touched"),
            Incident::Seized => self.edit("/spec", "holderIdentity"),
        }
    }

    fn edit(&mut self, parent: &str, key: &str) {
        if let Some(mut lease) = self.server.lease.clone() {
            lease.pointer_mut(parent).unwrap()[key] = "somebody".into();
            self.server.put(lease).unwrap();
        }
    }

    fn is_over(&mut self, whom: usize) -> bool {
        let runner = &mut self.runners[whom];
        let now = Duration::from_secs(100_000);
        matches!(
            runner.keeper.clone().step(now, Timestamp::from_millis(0)),
            LeaseStep::Over(_)
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn at_most_one_runner_writes_and_in_the_end_one_does(
        clocks in proptest::collection::vec(0_u64..1_000_000, 3),
        fates in proptest::collection::vec(fates(), 0..120),
        incidents in incidents(),
    ) {
        let mut simulation = Simulation::new(&clocks, fates, &incidents);
        simulation.run_until(1_200_000);
        simulation.fates.clear();
        simulation.run_until(1_400_000);
        let left = (0..3).filter(|whom| simulation.runners[*whom].alive && !simulation.is_over(*whom));
        let left = left.collect::<Vec<_>>().len();
        prop_assert_eq!(simulation.writers(1_400_000).len(), left.min(1));
    }
}

/// Time until a second runner may write, in ms, after something befell the first one at 60 s.
fn succession(incident: Incident) -> u64 {
    let mut simulation = Simulation::new(&[0, 500_000], Vec::new(), &[(60_000, incident)]);
    simulation.run_until(59_999);
    assert_eq!(simulation.writers(59_999), [0]);
    (60_000..200_000)
        .step_by(100)
        .find(|now| {
            simulation.run_until(*now);
            simulation.writers(*now) == [1]
        })
        .unwrap()
        - 60_000
}

#[test]
fn a_lease_that_is_given_back_is_taken_soon_and_one_of_the_dead_when_it_runs_out() {
    let given_back = succession(Incident::Release(0));
    assert!((100..=3_500).contains(&given_back), "{given_back}");
    let left_behind = succession(Incident::Crash(0));
    assert!((20_000..=33_000).contains(&left_behind), "{left_behind}");
}

#[test]
fn whoever_loses_the_lease_knows_to_whom() {
    let mut simulation = Simulation::new(&[0], Vec::new(), &[(60_000, Incident::Seized)]);
    simulation.run_until(75_000);
    let runner = &mut simulation.runners[0].keeper;
    let end = LeaseEnd::Lost(Some("somebody".to_owned()));
    let now = Duration::from_secs(75);
    assert_eq!(runner.step(now, Timestamp::default()), LeaseStep::Over(end));
    assert!(!runner.may_write(now));
}

#[test]
fn take_overs_are_counted_for_people() {
    let mut simulation = Simulation::new(&[0, 0], Vec::new(), &[(60_000, Incident::Release(0))]);
    simulation.run_until(100_000);
    let spec = &simulation.server.lease.as_ref().unwrap()["spec"];
    assert_eq!(
        (&spec["leaseTransitions"], &spec["holderIdentity"]),
        (&json!(1), &json!("runner-1"))
    );
}
