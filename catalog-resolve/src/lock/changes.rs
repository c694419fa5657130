//! All that is not as it was locked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use catalog_model::{Lock, LockEntry};

use super::change::{ChangeKind, LockChange};
use super::inquiry::Inquiry;
use super::order::askers_first;
use super::reason::Reason;
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

/// A place at which something else is chosen than was locked.
struct Move<'l> {
    key: Option<InstanceKey>,
    kind: ChangeKind,
    before: Option<Cow<'l, LockEntry>>,
    after: Option<&'l LockEntry>,
}

/// Compares an answer with a lock, and finds out why each release that moved did.
///
/// The answer should be that of the request [with the lock](Request::lock). Reasons are found by asking again for what was locked: five dozen
/// searches of a small budget each at most, after which a change says that its reason was not found. Nothing is searched for where
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
/// assert_eq!(changes.to_string(), "upgraded loki 2.9.0 to 3.5.7 in loki: grafana 11.0.0 needs loki >=3");
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
    let mut moves: Vec<Move<'_>> = Vec::new();
    let mut changes = Vec::new();
    for (spot, pair) in pairs(&situation, lock, &now) {
        let key = match spot {
            Spot::Instance(key) => Some(key),
            Spot::Unknown(..) => None,
        };
        moves.extend(pair.moved(&inquiry, key));
        let crowded_out = pair.crowded_out.into_iter().map(|entry| {
            let reason = Reason::one_instance(entry);
            LockChange::new(ChangeKind::Removed, Some(entry), None, reason)
        });
        changes.extend(crowded_out);
    }
    let chosen: Vec<Option<&LockEntry>> = moves.iter().map(|one| one.after).collect();
    inquiry.leave_open(chosen.iter().copied().flatten());
    for position in askers_first(&chosen) {
        changes.extend(moves.get(position).map(|one| one.change(&mut inquiry)));
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

impl<'l> Pair<'l> {
    /// What became of the place, if anything did.
    fn moved(&self, inquiry: &Inquiry<'_>, key: Option<InstanceKey>) -> Option<Move<'l>> {
        let before = self
            .before
            .map(|before| inquiry.meant(before, key.as_ref()));
        let kind = match (before.as_deref(), self.after) {
            (None, None) => return None,
            (None, Some(_)) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Removed,
            (Some(before), Some(after)) => ChangeKind::between(before, after)?,
        };
        Some(Move {
            key,
            kind,
            before,
            after: self.after,
        })
    }
}

impl<'l> Move<'l> {
    fn change(&self, inquiry: &mut Inquiry<'l>) -> LockChange {
        let before = self.before.as_deref();
        let reason = match (before, self.after) {
            (Some(before), Some(after)) => {
                inquiry.why_moved(before, after, self.kind, self.key.as_ref())
            }
            (Some(before), None) => inquiry.why_gone(before, self.key.as_ref()),
            (None, after) => after.map_or_else(Reason::unknown, Reason::added),
        };
        if let Some(after) = self.after {
            inquiry.explained(after);
        }
        LockChange::new(self.kind, before, self.after, reason)
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
