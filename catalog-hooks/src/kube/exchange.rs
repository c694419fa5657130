//! Sends a request, and reads its answer within bounds.

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

use super::call::Call;
use crate::REQUEST_TIMEOUT;
use crate::api::Failure;

/// An answer with one object, in bytes. etcd holds none above 1.5 MiB; as JSON it can be longer.
pub(super) const OBJECT_BYTES: usize = 8 << 20;

/// How much of a refusal is read, in bytes: its message may be cut, what it refuses is in its status.
const REFUSAL_BYTES: usize = 64 << 10;

/// Sends a request whose answer is one JSON document of at most so many bytes, within [`REQUEST_TIMEOUT`].
pub(super) async fn ask(client: &Client, call: &Call, limit: usize) -> Result<Document, Failure> {
    in_time(async {
        let body = open(client, call).await?;
        let bytes = collect(body, limit).await.map_err(|error| {
            // What was changed stays so, however long the answer is: only a read can be given up for it.
            match error.is::<LengthLimitError>() && call.is_read() {
                true => Failure::refused(&format!("the answer is longer than {limit} bytes")),
                false => Failure::unanswered(innermost(error.as_ref())),
            }
        })?;
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| Failure::unanswered(format!("the answer is not JSON: {error}")))?;
        Ok(Document {
            value,
            bytes: bytes.len(),
        })
    })
    .await
}

/// A document, and how long its text was.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) value: Value,
    pub(super) bytes: usize,
}

/// What `call` brings, or that it took longer than [`REQUEST_TIMEOUT`].
pub(super) async fn in_time<T>(
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout(REQUEST_TIMEOUT, call).await.unwrap_or_else(|_| {
        let seconds = REQUEST_TIMEOUT.as_secs();
        Err(Failure::unanswered(format!("none within {seconds} s")))
    })
}

/// Sends a request, and gives the body of its answer to be read. An answer that is no success is a failure. No time limit is set here.
pub(super) async fn open(client: &Client, call: &Call) -> Result<Body, Failure> {
    let answer = client.send(call.to_http()?).await;
    let (head, body) = answer.map_err(|error| of_client(&error))?.into_parts();
    if head.status.is_success() {
        return Ok(body);
    }
    // A refusal that is too long to be read whole still has its status.
    let said = collect(body, REFUSAL_BYTES).await.unwrap_or_default();
    Err(of_answer(head.status, &said, retry_after(&head.headers)))
}

fn of_answer(status: StatusCode, said: &[u8], wait: Option<Duration>) -> Failure {
    let body = serde_json::from_slice(said)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(said).into_owned()));
    let failure = Failure::from_status(status.as_u16(), &body);
    match wait {
        Some(wait) => failure.with_retry_after(wait),
        None => failure,
    }
}

/// From what a client could not do. The innermost error says most: `Connection refused (os error 111)`.
fn of_client(error: &kube::Error) -> Failure {
    match error {
        kube::Error::Auth(_) => {
            let message = format!("no credentials: {}", innermost(error));
            let status = json!({"kind": "Status", "reason": "Unauthorized", "message": message});
            Failure::from_status(StatusCode::UNAUTHORIZED.as_u16(), &status)
        }
        _ => Failure::unanswered(innermost(error)),
    }
}

/// The text of the error at the bottom. Bounded, because an error could name itself as its source.
pub(super) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources
        .take(16)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The seconds that a `Retry-After` header names. Its other form, a date, is not written by API servers, and counts for nothing.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

type BodyError = Box<dyn std::error::Error + Send + Sync>;

async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, BodyError> {
    let collected = Limited::new(body, limit).collect().await?;
    Ok(collected.to_bytes().into())
}
