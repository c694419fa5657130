//! A list, page by page.

use kube::Client;
use serde_json::Value;

use super::call::Call;
use super::exchange::ask;
use super::served::Resource;
use crate::api::{Failure, FailureClass, ListRequest};

/// Objects in one page.
const PAGE: &str = "250";

/// Bytes that all pages of a list may have together. In memory, values take several times as much.
const LIST_BYTES: usize = 128 << 20;

/// Pages of one list: more than the limit of bytes allows, so that empty pages end too.
const MOST_PAGES: usize = 10_000;

/// Reads all pages of a list. When the token for the next page has expired (410: the server has forgotten the state that the first page
/// was of), the list is read once more from its beginning.
pub(super) async fn list(
    client: &Client,
    resource: &Resource,
    wanted: &ListRequest,
) -> Result<Listed, Failure> {
    let call = first_page(resource, wanted)?;
    match pages(client, resource, &call).await {
        Err(failure) if failure.class() == FailureClass::Expired => {
            pages(client, resource, &call).await
        }
        listed => listed,
    }
}

/// Objects, and the state of the collection that they are of.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) items: Vec<Value>,
    pub(super) resource_version: String,
}

fn first_page(resource: &Resource, wanted: &ListRequest) -> Result<Call, Failure> {
    let joined = |pairs: &[(String, String)]| {
        let pairs = pairs.iter().map(|(key, value)| format!("{key}={value}"));
        pairs.collect::<Vec<_>>().join(",")
    };
    let path = resource.collection(wanted.namespace.as_deref())?;
    let mut call = Call::get(path).with("limit", PAGE);
    if !wanted.labels.is_empty() {
        call = call.with("labelSelector", &joined(&wanted.labels));
    }
    if !wanted.fields.is_empty() {
        call = call.with("fieldSelector", &joined(&wanted.fields));
    }
    Ok(call)
}

async fn pages(client: &Client, resource: &Resource, first: &Call) -> Result<Listed, Failure> {
    let mut listed = Listed::default();
    let mut budget = LIST_BYTES;
    let mut next = first.clone();
    for _ in 0..MOST_PAGES {
        let page = ask(client, &next, budget).await?;
        budget = budget.saturating_sub(page.bytes);
        let page = Page::of(page.value, resource)
            .ok_or_else(|| Failure::unanswered("what came is no list"))?;
        listed.items.extend(page.items);
        listed.resource_version = page.resource_version;
        match page.token {
            Some(token) => next = first.clone().with("continue", &token),
            None => return Ok(listed),
        }
    }
    Err(Failure::refused("the list does not end"))
}

struct Page {
    items: Vec<Value>,
    resource_version: String,
    /// Where the next page begins.
    token: Option<String>,
}

impl Page {
    fn of(mut list: Value, resource: &Resource) -> Option<Self> {
        let text = |pointer| {
            let text = list.pointer(pointer).and_then(Value::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let token = text("/metadata/continue");
        let resource_version = text("/metadata/resourceVersion").unwrap_or_default();
        let items = match list.get_mut("items")?.take() {
            Value::Array(items) => items,
            // Go writes an empty list so.
            Value::Null => Vec::new(),
            _ => return None,
        };
        Some(Self {
            items: items
                .into_iter()
                .map(|item| named(item, resource))
                .collect(),
            resource_version,
            token,
        })
    }
}

/// The items of a typed list do not repeat what the list says.
fn named(mut item: Value, resource: &Resource) -> Value {
    if let Value::Object(item) = &mut item {
        item.entry("apiVersion")
            .or_insert_with(|| resource.api_version.clone().into());
        item.entry("kind")
            .or_insert_with(|| resource.kind.clone().into());
    }
    item
}
