//! One HTTP request to an API server.

use http::{Method, header};
use kube::client::Body;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::api::Failure;

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The longest name that is asked for, in bytes: Kubernetes has none above 253.
const LONGEST_NAME: usize = 253;

const JSON: &str = "application/json";

/// A request that can be sent more than once.
#[derive(Clone, Debug)]
pub(super) struct Call {
    method: Method,
    uri: String,
    content_type: &'static str,
    body: Option<Value>,
}

impl Call {
    pub(super) fn get(path: String) -> Self {
        Self {
            method: Method::GET,
            uri: path,
            content_type: JSON,
            body: None,
        }
    }

    pub(super) fn with_body(method: Method, path: String, body: Value) -> Self {
        Self {
            method,
            body: Some(body),
            ..Self::get(path)
        }
    }

    pub(super) fn patch(path: String, content_type: &'static str, patch: Value) -> Self {
        Self {
            content_type,
            ..Self::with_body(Method::PATCH, path, patch)
        }
    }

    /// The same with one parameter more.
    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
        self.uri
            .push(if self.uri.contains('?') { '&' } else { '?' });
        self.uri.push_str(key);
        self.uri.push('=');
        self.uri.extend(utf8_percent_encode(value, RESERVED));
        self
    }

    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    pub(super) fn to_http(&self) -> Result<http::Request<Body>, Failure> {
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(&self.uri)
            .header(header::ACCEPT, JSON);
        let body = self.body.as_ref().map(Value::to_string);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, self.content_type);
        }
        let body = body.unwrap_or_default().into_bytes();
        request
            .body(Body::from(body))
            .map_err(|_| Failure::refused("the request is longer than any that a server takes"))
    }
}

/// The path of an API version: `/api/v1` or `/apis/batch/v1`.
pub(super) fn api_path(api_version: &str) -> Result<String, Failure> {
    Ok(match api_version.split_once('/') {
        None => format!("/api/{}", segment(api_version)?),
        Some((group, version)) => format!("/apis/{}/{}", segment(group)?, segment(version)?),
    })
}

/// A name as one segment of a path. The empty name would turn a `get` into a `list`, and Kubernetes refuses the others too
/// (`IsValidPathSegmentName`): no object is called so.
pub(super) fn segment(name: &str) -> Result<String, Failure> {
    let can_be_name = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !matches!(name, "." | "..")
        && !name.contains(['/', '%']);
    if can_be_name {
        return Ok(utf8_percent_encode(name, RESERVED).to_string());
    }
    let shown: String = name.chars().take(64).collect();
    Err(Failure::refused(&format!(
        "nothing in a cluster can be called `{}`: use the name of an object",
        shown.escape_debug()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_place_in_a_path() {
        let cases = [
            ("web", Some("web")),
            ("a b?x#ü", Some("a%20b%3Fx%23%C3%BC")),
            ("system:node", Some("system%3Anode")),
            ("", None),
            (".", None),
            ("..", None),
            ("../secrets", None),
            ("%2e%2e", None),
        ];
        for (name, expected) in cases {
            assert_eq!(segment(name).ok().as_deref(), expected, "{name}");
        }
        assert!(segment(&"x".repeat(254)).is_err());
        assert_eq!(api_path("v1").unwrap(), "/api/v1");
        assert_eq!(api_path("batch/v1").unwrap(), "/apis/batch/v1");
        assert!(api_path("batch/v1/jobs").is_err());
    }

    #[test]
    fn parameters_are_encoded() {
        let call = Call::get("/api/v1/pods".to_owned())
            .with("labelSelector", "a=b,c")
            .with("limit", "5");
        assert_eq!(
            call.to_http().unwrap().uri(),
            "/api/v1/pods?labelSelector=a%3Db%2Cc&limit=5"
        );
    }
}
