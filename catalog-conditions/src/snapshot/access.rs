//! Answers of the API server to "may I".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What a `SelfSubjectAccessReview` asks: the `resourceAttributes` of its `spec`. Empty is what they do not say: the core group,
/// no subresource, all names, all namespaces (or none, for a kind that lives in none).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccessQuery {
    /// `get`, `list`, `create`, …
    pub verb: String,
    /// The API group.
    pub group: String,
    /// The resource by its plural name.
    pub resource: String,
    /// `status`, `scale`, …
    pub subresource: String,
    /// The object's name.
    pub name: String,
    /// The namespace.
    pub namespace: String,
}

/// What the API server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Who asks may do it.
    Allowed,
    /// Who asks may not.
    Denied,
    /// The API server could not tell (`evaluationError`), or two answers contradict each other.
    Undecided,
}

/// The access reviews of a snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct Reviews {
    answers: BTreeMap<AccessQuery, BTreeSet<Access>>,
}

impl Reviews {
    /// Keeps an answer; true if it contradicts another.
    pub(super) fn add(&mut self, query: AccessQuery, access: Access) -> bool {
        let answers = self.answers.entry(query).or_default();
        answers.insert(access) && answers.len() > 1
    }

    pub(super) fn answer(&self, query: &AccessQuery) -> Option<Access> {
        let answers = self.answers.get(query)?;
        match answers.len() {
            1 => answers.first().copied(),
            _ => Some(Access::Undecided),
        }
    }
}

/// Whether a document is an access review of the one who saved it, not an object.
pub(super) fn is_review(group: &str, kind: &str) -> bool {
    (group, kind) == ("authorization.k8s.io", "SelfSubjectAccessReview")
}

/// Reads a review with its answer; `Err` says why it answers nothing.
pub(super) fn read(review: &Value) -> Result<(AccessQuery, Access), &'static str> {
    let attributes = review
        .pointer("/spec/resourceAttributes")
        .ok_or("asks for no resource")?;
    let narrowed = |key: &str| attributes.get(key).is_some_and(|value| !value.is_null());
    if narrowed("fieldSelector") || narrowed("labelSelector") {
        return Err("asks for a selection of objects only");
    }
    let text = |key: &str| match attributes.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err("has an attribute that is no text"),
    };
    let query = AccessQuery {
        verb: text("verb")?,
        group: text("group")?,
        resource: text("resource")?,
        subresource: text("subresource")?,
        name: text("name")?,
        namespace: text("namespace")?,
    };
    Ok((query, answer(review).ok_or("has no answer yet")?))
}

/// The answer, by the rules of the API: neither allowed nor denied is not allowed, but an error on the way leaves it open.
fn answer(review: &Value) -> Option<Access> {
    let status = review.get("status")?;
    let says = |key: &str| status.get(key).and_then(Value::as_bool) == Some(true);
    let erred = status
        .get("evaluationError")
        .is_some_and(|error| !error.is_null() && error != "");
    status.get("allowed")?.as_bool()?;
    Some(match (says("allowed"), says("denied")) {
        (true, true) => Access::Undecided,
        (true, false) => Access::Allowed,
        (false, true) => Access::Denied,
        (false, false) if erred => Access::Undecided,
        (false, false) => Access::Denied,
    })
}
