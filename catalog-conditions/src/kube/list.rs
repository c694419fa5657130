//! A list, page by page.

use serde_json::Value;

use super::exchange::Exchange;
use super::failure::{Cause, Failure};
use super::request::Request;

/// Pages of one list. etcd holds no list of so many, even of single objects.
const MOST_PAGES: usize = 100_000;

/// What was read of a list, and what kept the rest from being read.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) items: Vec<Value>,
    pub(super) failure: Option<Failure>,
    pages: usize,
}

/// One page of a list.
struct Page {
    items: Vec<Value>,
    /// Where the next page begins.
    token: Option<String>,
}

/// Reads all pages of a list of this `apiVersion`. When the token for the next page has expired (410: the server has forgotten the state
/// that the first page was of), the list is read once more from its beginning.
pub(super) async fn list(exchange: &Exchange<'_>, request: &Request, api_version: &str) -> Listed {
    let first = pages(exchange, request, api_version).await;
    let expired = first.failure.as_ref().is_some_and(Failure::is_gone) && first.pages > 1;
    if expired {
        pages(exchange, request, api_version).await
    } else {
        first
    }
}

async fn pages(exchange: &Exchange<'_>, request: &Request, api_version: &str) -> Listed {
    let mut listed = Listed::default();
    let mut budget = exchange.options().read_bytes;
    let mut next = Some(request.clone());
    while let Some(wanted) = next.take() {
        listed.pages += 1;
        if listed.pages > MOST_PAGES {
            listed.failure = Some(Failure::new(Cause::Endless, 1));
            break;
        }
        match page(exchange, &wanted, api_version, &mut budget).await {
            Ok(page) => {
                listed.items.extend(page.items);
                next = page.token.map(|token| request.page(&token));
            }
            Err(failure) => listed.failure = Some(failure),
        }
    }
    listed
}

async fn page(
    exchange: &Exchange<'_>,
    request: &Request,
    api_version: &str,
    budget: &mut usize,
) -> Result<Page, Failure> {
    let answer = exchange.ask(request, *budget).await?;
    *budget = budget.saturating_sub(answer.bytes);
    Page::of(answer.value, api_version)
        .ok_or_else(|| Failure::unreadable(format!("the answer is no list of {api_version}")))
}

impl Page {
    /// The kind of a list is no help: a CRD names it as it likes (`listKind`).
    fn of(mut list: Value, api_version: &str) -> Option<Self> {
        if list.get("apiVersion")?.as_str()? != api_version {
            return None;
        }
        let token = list.pointer("/metadata/continue").and_then(Value::as_str);
        let token = token.filter(|token| !token.is_empty()).map(str::to_owned);
        let items = match list.get_mut("items")?.take() {
            Value::Array(items) => items,
            // Go writes an empty list so.
            Value::Null => Vec::new(),
            _ => return None,
        };
        Some(Self { items, token })
    }
}
