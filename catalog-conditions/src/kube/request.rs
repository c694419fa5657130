//! What is asked of an API server: its path, and the line that names it to people.

use std::fmt::Write as _;

use http::{Method, header};
use kube::client::Body;
use serde_json::Value;

use super::failure::Cause;
use crate::selector::LabelSelector;
use crate::show;

/// The longest name that is asked for, in bytes: Kubernetes has none above 253.
const LONGEST_NAME: usize = 253;

const JSON: &str = "application/json";

/// All groups, versions and kinds in one document, from servers that have it (Kubernetes 1.27 and newer); else the older list.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,\
application/json";

/// A request that can be sent more than once.
#[derive(Clone, Debug)]
pub(super) struct Request {
    method: Method,
    path: String,
    query: String,
    accept: &'static str,
    body: Vec<u8>,
    line: String,
}

/// A kind as the paths of an API server spell it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resource<'r> {
    pub(super) group: &'r str,
    pub(super) version: &'r str,
    pub(super) plural: &'r str,
}

impl Request {
    /// A document at a fixed path, such as `/version`.
    pub(super) fn document(path: &str) -> Self {
        Self::get(path.to_owned(), format!("GET {path}"))
    }

    /// `/api` or `/apis`, with all versions and kinds where the server has them in one document.
    pub(super) fn discovery(path: &str) -> Self {
        Self {
            accept: AGGREGATED,
            ..Self::document(path)
        }
    }

    /// The kinds of one version of a group, as older servers list them.
    pub(super) fn resources(group: &str, version: &str) -> Option<Self> {
        let path = api_path(group, version)?;
        let line = format!("GET {}", show::plain(&path));
        Some(Self::get(path, line))
    }

    /// An object by its name; `None` if no object can have this name.
    pub(super) fn object(
        resource: Resource<'_>,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<Self> {
        let path = format!("{}/{}", resource.path(namespace)?, segment(name)?);
        Some(Self::get(path, resource.line(namespace, Some(name))))
    }

    /// The objects of a kind that a selector matches, in pages of so many; `None` if no namespace can have this name.
    pub(super) fn list(
        resource: Resource<'_>,
        namespace: Option<&str>,
        selector: &LabelSelector,
        page_size: u32,
    ) -> Option<Self> {
        let path = resource.path(namespace)?;
        let mut request = Self::get(path, resource.line(namespace, None));
        request.add_query("limit", &page_size.max(1).to_string());
        if !selector.requirements().is_empty() {
            request.add_query("labelSelector", &selector.to_string());
        }
        Some(request)
    }

    /// The page of a list that a token names.
    pub(super) fn page(&self, token: &str) -> Self {
        let mut request = self.clone();
        request.add_query("continue", token);
        request
    }

    /// The question whether whoever asks may do something.
    pub(super) fn access_review(review: &Value, line: String) -> Self {
        Self {
            method: Method::POST,
            body: review.to_string().into_bytes(),
            ..Self::get(
                "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews".to_owned(),
                line,
            )
        }
    }

    fn get(path: String, line: String) -> Self {
        Self {
            method: Method::GET,
            path,
            query: String::new(),
            accept: JSON,
            body: Vec::new(),
            line,
        }
    }

    fn add_query(&mut self, key: &str, value: &str) {
        self.query
            .push(if self.query.is_empty() { '?' } else { '&' });
        self.query.push_str(key);
        self.query.push('=');
        self.query.push_str(&encode(value));
    }

    /// What was asked, for people: `GET configmaps "web" in namespace "shop"`.
    pub(super) fn line(&self) -> &str {
        &self.line
    }

    pub(super) fn to_http(&self) -> Result<http::Request<Body>, Cause> {
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .uri(format!("{}{}", self.path, self.query))
            .header(header::ACCEPT, self.accept);
        if self.method == Method::POST {
            request = request.header(header::CONTENT_TYPE, JSON);
        }
        request
            .body(Body::from(self.body.clone()))
            .map_err(|_| Cause::NotAsked("no path of an API server is this long"))
    }
}

impl Resource<'_> {
    fn path(self, namespace: Option<&str>) -> Option<String> {
        let mut path = api_path(self.group, self.version)?;
        if let Some(namespace) = namespace {
            path.push_str("/namespaces/");
            path.push_str(&segment(namespace)?);
        }
        path.push('/');
        path.push_str(&segment(self.plural)?);
        Some(path)
    }

    /// What is read, for people.
    pub(super) fn line(self, namespace: Option<&str>, name: Option<&str>) -> String {
        let mut line = format!("GET {}", show::plain(self.plural));
        if !self.group.is_empty() {
            let _ = write!(line, ".{}", show::plain(self.group));
        }
        if let Some(name) = name {
            let _ = write!(line, " {}", show::text(name));
        }
        if let Some(namespace) = namespace {
            let _ = write!(line, " in namespace {}", show::text(namespace));
        }
        line
    }
}

fn api_path(group: &str, version: &str) -> Option<String> {
    let version = segment(version)?;
    Some(match group {
        "" => format!("/api/{version}"),
        group => format!("/apis/{}/{version}", segment(group)?),
    })
}

/// A name as one segment of a path. The empty name would turn a `get` into a `list`, and Kubernetes refuses the others too
/// (`IsValidPathSegmentName`): no object is called so.
fn segment(name: &str) -> Option<String> {
    let can_be_name = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && !matches!(name, "." | "..")
        && !name.contains(['/', '%']);
    can_be_name.then(|| encode(name))
}

/// Percent-encoding of all but what RFC 3986 calls unreserved.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDGETS: Resource<'_> = Resource {
        group: "example.com",
        version: "v1",
        plural: "widgets",
    };

    fn path(request: Option<Request>) -> Option<String> {
        request.map(|request| format!("{}{}", request.path, request.query))
    }

    #[test]
    fn spells_paths_so_that_no_name_leaves_its_place() {
        let cases = [
            (
                "web",
                Some("/apis/example.com/v1/namespaces/shop/widgets/web"),
            ),
            (
                "a b?x#ü",
                Some("/apis/example.com/v1/namespaces/shop/widgets/a%20b%3Fx%23%C3%BC"),
            ),
            (
                "system:node",
                Some("/apis/example.com/v1/namespaces/shop/widgets/system%3Anode"),
            ),
            ("", None),
            (".", None),
            ("..", None),
            ("../secrets", None),
            ("%2e%2e", None),
        ];
        for (name, expected) in cases {
            let request = Request::object(WIDGETS, Some("shop"), name);
            assert_eq!(path(request).as_deref(), expected, "{name}");
            assert_eq!(
                Request::object(WIDGETS, Some(name), "web").is_some(),
                expected.is_some(),
                "{name} as a namespace"
            );
        }
        assert!(Request::object(WIDGETS, None, &"x".repeat(254)).is_none());
    }

    #[test]
    fn asks_for_pages() {
        let selector: LabelSelector = "app in (a,b),!old".parse().unwrap();
        let list = Request::list(WIDGETS, None, &selector, 100).unwrap();
        let first =
            "/apis/example.com/v1/widgets?limit=100&labelSelector=app%20in%20%28a%2Cb%29%2C%21old";
        assert_eq!(path(Some(list.clone())).unwrap(), first);
        assert_eq!(
            path(Some(list.page("a=b/c"))).unwrap(),
            format!("{first}&continue=a%3Db%2Fc")
        );
    }

    #[test]
    fn names_requests_in_one_line() {
        let core = Resource {
            group: "",
            version: "v1",
            plural: "configmaps",
        };
        let line = |resource, namespace, name| {
            Request::object(resource, namespace, name).map(|request| request.line)
        };
        assert_eq!(
            line(WIDGETS, None, "web").unwrap(),
            "GET widgets.example.com \"web\""
        );
        assert_eq!(
            line(core, Some("shop"), "a\nb").unwrap(),
            "GET configmaps \"a\\nb\" in namespace \"shop\""
        );
    }
}
