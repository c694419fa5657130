//! Access reviews: may whoever reads the cluster do something?

use serde_json::{Map, Value, json};

use super::exchange::Exchange;
use super::failure::Failure;
use super::request::Request;
use crate::requirements::{Read, Requirements};
use crate::show;
use crate::snapshot::{AccessQuery, ReadFailure, SnapshotBuilder};

/// What became of one review.
pub(super) struct Reviewed {
    answer: Result<Value, ReadFailure>,
}

/// The reviews that are required.
pub(super) fn queries(requirements: &Requirements) -> impl Iterator<Item = &AccessQuery> {
    requirements.reads().filter_map(|read| match read {
        Read::Access(query) => Some(query),
        _ => None,
    })
}

/// Asks one `SelfSubjectAccessReview`. It is created by a POST and kept nowhere.
pub(super) async fn review(exchange: &Exchange<'_>, query: &AccessQuery) -> Reviewed {
    let spec = json!({"resourceAttributes": attributes(query)});
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": spec,
    });
    let request = Request::access_review(&review, line(query));
    let answer = exchange.ask(&request, exchange.options().read_bytes).await;
    let answer = answer.and_then(|answer| {
        let status = answer.value.get("status").cloned().unwrap_or_default();
        let mut review = review;
        if let Value::Object(review) = &mut review
            && status.get("allowed").is_some_and(Value::is_boolean)
        {
            review.insert("status".to_owned(), status);
            return Ok(Value::Object(std::mem::take(review)));
        }
        Err(Failure::unreadable(
            "the answer does not say whether it is allowed",
        ))
    });
    Reviewed {
        answer: answer.map_err(|failure| failure.of(&request)),
    }
}

fn attributes(query: &AccessQuery) -> Map<String, Value> {
    let attributes = [
        ("verb", &query.verb),
        ("group", &query.group),
        ("resource", &query.resource),
        ("subresource", &query.subresource),
        ("name", &query.name),
        ("namespace", &query.namespace),
    ];
    let said = attributes.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(key, text)| (key.to_owned(), text.as_str().into()))
        .collect()
}

/// `POST selfsubjectaccessreviews.authorization.k8s.io (create deployments.apps in namespace "shop")`
fn line(query: &AccessQuery) -> String {
    let mut what = format!(
        "{} {}",
        show::plain(&query.verb),
        show::plain(&query.resource)
    );
    let mut add = |before: &str, text: String| {
        what.push_str(before);
        what.push_str(&text);
    };
    if !query.group.is_empty() {
        add(".", show::plain(&query.group));
    }
    if !query.subresource.is_empty() {
        add("/", show::plain(&query.subresource));
    }
    if !query.name.is_empty() {
        add(" ", show::text(&query.name));
    }
    if !query.namespace.is_empty() {
        add(" in namespace ", show::text(&query.namespace));
    }
    format!("POST selfsubjectaccessreviews.authorization.k8s.io ({what})")
}

impl Reviewed {
    pub(super) fn add_to(self, builder: SnapshotBuilder) -> SnapshotBuilder {
        match self.answer {
            Ok(review) => builder.object(review),
            Err(failure) => builder.access_failed(failure),
        }
    }
}
