//! What pods and custom resources do.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::field;
use crate::pointer::At;

/// What becomes of a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    Succeeds,
    Fails(i32),
    Runs,
    Evicted,
    NodeLost,
}

/// What one pod of a Job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodScript {
    pub(super) refused: Option<String>,
    pub(super) scheduled: Option<Duration>,
    pub(super) pull: Duration,
    pub(super) course: Course,
    pub(super) runs_for: Duration,
    pub(super) stops_after: Duration,
    pub(super) log: Arc<str>,
}

/// How objects of a kind come to be ready.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Readiness {
    /// `Ready=True` so long after each change of its spec.
    After(Duration),
    /// `Ready=False` with this message, so long after each change of its spec, and it stays so.
    Fails(Duration, String),
    /// A controller sees it, and it never becomes ready.
    Never,
}

impl PodScript {
    fn new(course: Course, runs_for: Duration) -> Self {
        Self {
            refused: None,
            scheduled: Some(Duration::from_millis(30)),
            pull: Duration::from_millis(200),
            course,
            runs_for,
            stops_after: Duration::from_secs(1),
            log: "working\n".into(),
        }
    }

    /// It runs for so long, and succeeds.
    #[must_use]
    pub fn succeeds(after: Duration) -> Self {
        Self::new(Course::Succeeds, after)
    }

    /// It runs for so long, and fails with an exit code.
    #[must_use]
    pub fn fails(after: Duration, exit_code: i32) -> Self {
        Self::new(Course::Fails(exit_code), after)
    }

    /// It runs until it is deleted.
    #[must_use]
    pub fn runs() -> Self {
        Self::new(Course::Runs, Duration::ZERO)
    }

    /// It is evicted after so long: its condition `DisruptionTarget` is true, and it is deleted.
    #[must_use]
    pub fn evicted(after: Duration) -> Self {
        Self::new(Course::Evicted, after)
    }

    /// Its node becomes unreachable after so long: nobody learns what became of it, and it never goes.
    #[must_use]
    pub fn node_lost(after: Duration) -> Self {
        Self::new(Course::NodeLost, after)
    }

    /// It is never made: an admission rule refuses it in these words, which stand in an Event `FailedCreate`.
    #[must_use]
    pub fn refused(why: &str) -> Self {
        let mut script = Self::runs();
        script.refused = Some(why.to_owned());
        script
    }

    /// No node has room for it.
    #[must_use]
    pub fn unschedulable() -> Self {
        let mut script = Self::runs();
        script.scheduled = None;
        script
    }

    /// A node has room for it only after so long.
    #[must_use]
    pub fn scheduled_after(mut self, time: Duration) -> Self {
        self.scheduled = Some(time);
        self
    }

    /// Its image takes so long to pull.
    #[must_use]
    pub fn with_pull(mut self, time: Duration) -> Self {
        self.pull = time;
        self
    }

    /// It takes so long to stop when it is deleted; at most its grace period.
    #[must_use]
    pub fn stops_after(mut self, time: Duration) -> Self {
        self.stops_after = time;
        self
    }

    /// What it logs.
    #[must_use]
    pub fn with_log(mut self, log: &str) -> Self {
        self.log = log.into();
        self
    }
}

impl Default for PodScript {
    /// It succeeds after a second.
    fn default() -> Self {
        Self::succeeds(Duration::from_secs(1))
    }
}

#[derive(Clone, Debug)]
struct PodsOf {
    labels: Vec<(String, String)>,
    pods: Vec<PodScript>,
}

/// All that was said of what pods and custom resources do.
#[derive(Clone, Debug, Default)]
pub(super) struct Scripts {
    pods: Arc<Vec<PodsOf>>,
    readiness: Arc<Vec<(String, Readiness)>>,
}

impl Scripts {
    pub(super) fn add_pods(&mut self, labels: &[(&str, &str)], pods: Vec<PodScript>) {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let labels = labels.iter().map(owned).collect();
        Arc::make_mut(&mut self.pods).push(PodsOf { labels, pods });
    }

    pub(super) fn add_readiness(&mut self, kind: &str, readiness: Readiness) {
        Arc::make_mut(&mut self.readiness).push((kind.to_owned(), readiness));
    }

    /// What the n-th pod, from 0, does that has these labels.
    pub(super) fn pod(&self, labels: Option<&Value>, nth: usize) -> PodScript {
        let has = |(key, value): &(String, String)| {
            labels.is_some_and(|labels| labels.get(key).is_some_and(|found| found == value))
        };
        let said = self
            .pods
            .iter()
            .rev()
            .find(|one| one.labels.iter().all(has));
        let script = said.and_then(|one| one.pods.get(nth).or(one.pods.last()));
        script.cloned().unwrap_or_default()
    }

    /// What the pod does that this object is.
    pub(super) fn of_pod(&self, pod: &Value) -> PodScript {
        let nth = field::text(pod, "/metadata/annotations/simulator~1pod");
        self.pod(pod.at("/metadata/labels"), nth.parse().unwrap_or(0))
    }

    pub(super) fn of_kind(&self, kind: &str) -> Option<&Readiness> {
        let said = self.readiness.iter().rev().find(|(name, _)| name == kind);
        said.map(|(_, readiness)| readiness)
    }
}
