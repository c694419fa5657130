//! Asks, and asks again where that may help.

use std::sync::{Mutex, PoisonError};

use http::header::{CONTENT_LENGTH, DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName};
use http_body_util::{BodyExt as _, Limited};
use kube::Client;
use kube::client::Body;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use super::backoff::{backoff, retry_after};
use super::date::rfc3339;
use super::failure::{Cause, Failure, Refusal};
use super::options::ReadOptions;
use super::request::Request;

/// How much of a refusal is read, in bytes: its message may be cut, what it refuses is in its status.
const REFUSAL_BYTES: usize = 64 << 10;

/// Sends the requests of one snapshot, within its time.
pub(super) struct Exchange<'c> {
    client: &'c Client,
    options: &'c ReadOptions,
    deadline: Instant,
    earliest_date: Mutex<Option<String>>,
}

/// What the server sent, and how many bytes that took.
pub(super) struct Answer {
    pub(super) value: Value,
    pub(super) bytes: usize,
}

impl<'c> Exchange<'c> {
    pub(super) fn new(client: &'c Client, options: &'c ReadOptions) -> Self {
        let now = Instant::now();
        Self {
            client,
            options,
            // A time that no clock can hold is as good as a year.
            deadline: now
                .checked_add(options.total_timeout)
                .unwrap_or(now + std::time::Duration::from_secs(365 * 24 * 60 * 60)),
            earliest_date: Mutex::default(),
        }
    }

    pub(super) fn options(&self) -> &'c ReadOptions {
        self.options
    }

    /// The earliest time that the server gave in an answer: nothing that was read is older.
    pub(super) fn date(&self) -> Option<String> {
        self.earliest_date().clone()
    }

    /// Asks for a JSON document of at most so many bytes; tries again what may pass, until the tries or the time are used up.
    pub(super) async fn ask(&self, request: &Request, limit: usize) -> Result<Answer, Failure> {
        let mut tries = 0;
        loop {
            if self.time_left().is_zero() {
                return Err(Failure::not_asked("there was no time left"));
            }
            tries += 1;
            let cause = match self.attempt(request, limit).await {
                Ok(answer) => return Ok(answer),
                Err(cause) => cause,
            };
            let wait = backoff(tries, cause.retry_after());
            let again = cause.may_pass() && tries < self.options.attempts;
            if !again || wait >= self.time_left() {
                return Err(Failure::new(cause, tries));
            }
            sleep(wait).await;
        }
    }

    async fn attempt(&self, request: &Request, limit: usize) -> Result<Answer, Cause> {
        let time = self.options.timeout.min(self.time_left());
        timeout(time, self.exchange(request, limit))
            .await
            .unwrap_or(Err(Cause::Timeout(time)))
    }

    async fn exchange(&self, request: &Request, limit: usize) -> Result<Answer, Cause> {
        let response = self.client.send(request.to_http()?).await;
        let (head, body) = response
            .map_err(|error| Cause::of_client(&error))?
            .into_parts();
        if !head.status.is_success() {
            let said = body_bytes(body, REFUSAL_BYTES).await.unwrap_or_default();
            let wait = header(&head.headers, &RETRY_AFTER).and_then(retry_after);
            return Err(Cause::Refused(Refusal::new(head.status, &said, wait)));
        }
        if announced_length(&head.headers).is_some_and(|length| length > limit) {
            return Err(Cause::TooLarge(limit));
        }
        let bytes = body_bytes(body, limit).await?;
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| Cause::Unreadable(format!("the answer is not JSON: {error}")))?;
        if let Some(date) = header(&head.headers, &DATE).and_then(rfc3339) {
            let mut earliest = self.earliest_date();
            *earliest = earliest
                .take()
                .map_or(Some(date.clone()), |known| Some(known.min(date)));
        }
        Ok(Answer {
            value,
            bytes: bytes.len(),
        })
    }

    fn time_left(&self) -> std::time::Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    fn earliest_date(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.earliest_date
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    header(headers, &CONTENT_LENGTH)?.parse().ok()
}

async fn body_bytes(body: Body, limit: usize) -> Result<Vec<u8>, Cause> {
    let collected = Limited::new(body, limit).collect().await;
    let bytes = collected.map_err(|error| Cause::of_body(error.as_ref(), limit))?;
    Ok(bytes.to_bytes().into())
}
