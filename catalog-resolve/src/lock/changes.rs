//! All that is not as it was locked.

use std::collections::BTreeMap;
use std::fmt;

use catalog_model::{Lock, LockEntry};

use super::change::{ChangeKind, LockChange};
use super::reason::{Inquiry, Reason};
use crate::encode::InstanceKey;
use crate::request::Request;
use crate::resolution::Resolution;
use crate::situation::Situation;
use crate::universe::Universe;

/// What an answer has otherwise than a lock, each with the reason.
#[derive(Clone, Debug)]
pub struct LockChanges {
    changes: Vec<LockChange>,
    is_other_request: bool,
}

/// The place that a release takes: of a cluster-wide package there is one, wherever it lives.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Spot<'l> {
    Instance(InstanceKey),
    /// Of a package that nobody has even mentioned.
    Unknown(&'l str, &'l str),
}

/// What was locked at one place, and what is chosen there now.
#[derive(Default)]
struct Pair<'l> {
    before: Option<&'l LockEntry>,
    after: Option<&'l LockEntry>,
    /// Locked beside the first: there were several places then, and there is one now.
    crowded_out: Vec<&'l LockEntry>,
}

/// Compares an answer with a lock, and finds out why each release that moved did.
///
/// The answer should be that of the request [with the lock](Request::lock). Reasons are found by asking again for what was locked: two dozen
/// searches of a small budget each at most, after which a change says that its reason was not looked for. Nothing is searched for where
/// nothing moved.
///
/// ```
/// use catalog_resolve::{Outcome, Request, Universe, lock_changes, resolve};
///
/// let request = Request::new().install("grafana", "*")?;
/// let before = Universe::from_json(r#"{"grafana": {"11.0.0": {"dependencies": [{"name": "loki", "version": "*"}]}}, "loki": {"2.9.0": {}}}"#)?;
/// let Outcome::Resolved(resolution) = resolve(&before, &request) else { panic!("there is an answer") };
/// let lock = resolution.lock(&request);
///
/// let now = Universe::from_json(r#"{"grafana": {"11.0.0": {"dependencies": [{"name": "loki", "version": ">=3"}]}}, "loki": {"2.9.0": {}, "3.5.7": {}}}"#)?;
/// let Outcome::Resolved(resolution) = resolve(&now, &request.clone().lock(&lock)) else { panic!("there is an answer") };
/// let changes = lock_changes(&now, &request, &resolution, &lock);
/// assert_eq!(changes.to_string(), "upgraded loki 2.9.0 to 3.5.7 in loki: grafana 11.0.0 needs loki >=3; grafana 11.0.0 is locked too");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn lock_changes(
    universe: &Universe,
    request: &Request,
    resolution: &Resolution,
    lock: &Lock,
) -> LockChanges {
    let request = request.clone().lock(lock);
    let situation = Situation::new(universe, &request);
    let now = resolution.lock(&request);
    let mut inquiry = Inquiry::new(&situation, lock, &now, resolution.unproven().is_none());
    let mut changes = Vec::new();
    for (spot, pair) in pairs(&situation, lock, &now) {
        let key = match &spot {
            Spot::Instance(key) => Some(key),
            Spot::Unknown(..) => None,
        };
        changes.extend(pair.change(&mut inquiry, key));
        for entry in pair.crowded_out {
            let reason = Reason::one_instance(entry);
            changes.push(LockChange::new(
                ChangeKind::Removed,
                Some(entry),
                None,
                reason,
            ));
        }
    }
    changes.sort_by(|a, b| (a.package(), a.namespace()).cmp(&(b.package(), b.namespace())));
    LockChanges {
        changes,
        is_other_request: now.request() != lock.request(),
    }
}

/// What was locked and what is chosen, by place.
fn pairs<'l>(
    situation: &Situation<'_>,
    lock: &'l Lock,
    now: &'l Lock,
) -> BTreeMap<Spot<'l>, Pair<'l>> {
    let spot = |entry: &'l LockEntry| {
        let key = situation.key(entry.package(), Some(entry.namespace()));
        key.map_or_else(
            || Spot::Unknown(entry.package(), entry.namespace()),
            Spot::Instance,
        )
    };
    let mut pairs: BTreeMap<Spot<'l>, Pair<'l>> = BTreeMap::new();
    for entry in lock.releases() {
        let pair = pairs.entry(spot(entry)).or_default();
        match pair.before {
            None => pair.before = Some(entry),
            Some(_) => pair.crowded_out.push(entry),
        }
    }
    for entry in now.releases() {
        pairs.entry(spot(entry)).or_default().after = Some(entry);
    }
    pairs
}

impl Pair<'_> {
    fn change(&self, inquiry: &mut Inquiry<'_>, key: Option<&InstanceKey>) -> Option<LockChange> {
        let before = self.before.map(|before| inquiry.meant(before, key));
        let before = before.as_deref();
        let (kind, reason) = match (before, self.after) {
            (None, None) => return None,
            (None, Some(after)) => (ChangeKind::Added, Reason::added(after)),
            (Some(before), None) => (ChangeKind::Removed, inquiry.why_gone(before, key)),
            (Some(before), Some(after)) => {
                let kind = ChangeKind::between(before, after)?;
                (kind, inquiry.why_moved(before, after, kind, key))
            }
        };
        Some(LockChange::new(kind, before, self.after, reason))
    }
}

impl LockChanges {
    /// The changes, by package and namespace.
    #[must_use]
    pub fn changes(&self) -> &[LockChange] {
        &self.changes
    }

    /// Whether everything is as it was locked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether something else is asked for than what the lock answered: see [`Request::is_answered_by`].
    #[must_use]
    pub fn is_other_request(&self) -> bool {
        self.is_other_request
    }
}

impl fmt::Display for LockChanges {
    /// A line for each change, without a line break at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, change) in self.changes.iter().enumerate() {
            let before = if position > 0 { "\n" } else { "" };
            write!(f, "{before}{change}")?;
        }
        Ok(())
    }
}
