//! Which APIs the cluster serves, as far as the reads need to know.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{BoxFuture, join};
use futures_util::stream;
use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::Value;

use super::exchange::Exchange;
use super::failure::Failure;
use super::request::Request;
use crate::requirements::{Read, Requirements};
use crate::snapshot::{FailureKind, ReadFailure, SnapshotBuilder};

/// The groups asked about, and of each the versions; `None` for all of them.
type Groups<'r> = BTreeMap<&'r str, BTreeSet<Option<&'r str>>>;

/// What discovery brought.
#[derive(Default)]
pub(super) struct Discovered {
    documents: Vec<Value>,
    failures: Vec<Undiscovered>,
}

/// Something that discovery did not bring.
struct Undiscovered {
    what: What,
    failure: ReadFailure,
}

enum What {
    Core,
    NamedGroups,
    Version { group: String, version: String },
}

/// Asks for the documents that say whether the kinds are served: one for the core group and one for all others where the server has
/// aggregated discovery, else those of the groups asked about.
pub(super) async fn discover(exchange: &Exchange<'_>, requirements: &Requirements) -> Discovered {
    let groups = groups(requirements);
    let core = of_root(exchange, &groups, What::Core);
    let named = of_root(exchange, &groups, What::NamedGroups);
    let (mut discovered, named) = join(core, named).await;
    discovered.extend(named);
    discovered
}

fn groups(requirements: &Requirements) -> Groups<'_> {
    let mut groups = Groups::new();
    for read in requirements.reads() {
        if let Read::Discovery { group, version, .. } = read {
            groups.entry(group).or_default().insert(version.as_deref());
        }
    }
    groups
}

async fn of_root(exchange: &Exchange<'_>, groups: &Groups<'_>, root: What) -> Discovered {
    let mut discovered = Discovered::default();
    let is_core = matches!(root, What::Core);
    if !groups.keys().any(|group| group.is_empty() == is_core) {
        return discovered;
    }
    let request = Request::discovery(if is_core { "/api" } else { "/apis" });
    let document = match exchange.ask(&request, exchange.options().read_bytes).await {
        Ok(answer) => answer.value,
        Err(failure) => {
            discovered.fail(root, failure.of(&request));
            return discovered;
        }
    };
    match document.get("kind").and_then(Value::as_str) {
        Some("APIGroupDiscoveryList") => discovered.note_stale(&document, groups, &request),
        Some("APIGroupList" | "APIVersions") => {
            discovered.extend(of_versions(exchange, &document, groups).await);
        }
        _ => {
            let failure = Failure::unreadable("the answer is no discovery document");
            discovered.fail(root, failure.of(&request));
            return discovered;
        }
    }
    discovered.documents.push(document);
    discovered
}

/// Asks, version by version, what a server without aggregated discovery serves.
async fn of_versions(exchange: &Exchange<'_>, document: &Value, groups: &Groups<'_>) -> Discovered {
    let wanted = listed_versions(document)
        .into_iter()
        .filter(|(group, version)| is_wanted(groups, group, version));
    let mut asked: Vec<BoxFuture<'_, Discovered>> = Vec::new();
    for (group, version) in wanted {
        asked.push(of_version(exchange, group, version).boxed());
    }
    let mut answers = stream::iter(asked).buffered(exchange.options().concurrency.max(1));
    let mut discovered = Discovered::default();
    while let Some(answer) = answers.next().await {
        discovered.extend(answer);
    }
    discovered
}

async fn of_version(exchange: &Exchange<'_>, group: String, version: String) -> Discovered {
    let mut discovered = Discovered::default();
    let Some(request) = Request::resources(&group, &version) else {
        return discovered;
    };
    let answer = exchange.ask(&request, exchange.options().read_bytes).await;
    let answer = answer.and_then(|answer| {
        let is_list = answer.value.get("kind").and_then(Value::as_str) == Some("APIResourceList");
        let failure = || Failure::unreadable("the answer is no list of resources");
        is_list.then_some(answer.value).ok_or_else(failure)
    });
    match answer {
        Ok(document) => discovered.documents.push(document),
        Err(failure) => {
            discovered.fail(
                What::Version { group, version },
                failure.of_discovery(&request),
            );
        }
    }
    discovered
}

/// Group and version of all that `/api` or `/apis` lists in its older form.
fn listed_versions(document: &Value) -> Vec<(String, String)> {
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut versions = Vec::new();
    for group in list(document, "groups").unwrap_or_default() {
        let name = text(&group, "name").unwrap_or_default();
        for version in list(&group, "versions").unwrap_or_default() {
            versions.extend(text(&version, "version").map(|version| (name.clone(), version)));
        }
    }
    for version in list(document, "versions").unwrap_or_default() {
        versions.extend(
            version
                .as_str()
                .map(|version| (String::new(), version.to_owned())),
        );
    }
    versions
}

fn is_wanted(groups: &Groups<'_>, group: &str, version: &str) -> bool {
    groups
        .get(group)
        .is_some_and(|versions| versions.contains(&None) || versions.contains(&Some(version)))
}

impl Discovered {
    /// Adds the documents to a snapshot, and what is not known for want of others.
    pub(super) fn add_to(&mut self, mut builder: SnapshotBuilder) -> SnapshotBuilder {
        for document in self.documents.drain(..) {
            builder = builder.object(document);
        }
        for Undiscovered { what, failure } in &self.failures {
            let (group, version) = match what {
                What::Core => (Some(""), None),
                What::NamedGroups => (None, None),
                What::Version { group, version } => (Some(group.as_str()), Some(version.as_str())),
            };
            builder = builder.discovery_failed(group, version, failure.clone());
        }
        builder
    }

    /// Why it is not known what a version of a group, or for `None` the group, serves.
    pub(super) fn failure(&self, group: &str, version: Option<&str>) -> Option<&ReadFailure> {
        let concerns = |what: &What| match what {
            What::Core => group.is_empty(),
            What::NamedGroups => !group.is_empty(),
            What::Version {
                group: of,
                version: one,
            } => of == group && version.is_none_or(|version| version == one),
        };
        let mut failures = self.failures.iter();
        let found = failures.find(|undiscovered| concerns(&undiscovered.what));
        found.map(|undiscovered| &undiscovered.failure)
    }

    fn extend(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.failures.extend(other.failures);
    }

    fn fail(&mut self, what: What, failure: ReadFailure) {
        self.failures.push(Undiscovered { what, failure });
    }

    /// Notes which versions the server could not ask about: an aggregated API whose server does not answer.
    fn note_stale(&mut self, document: &Value, groups: &Groups<'_>, request: &Request) {
        let items = document.get("items").and_then(Value::as_array);
        for item in items.into_iter().flatten() {
            let group = item.pointer("/metadata/name").and_then(Value::as_str);
            let group = group.unwrap_or_default();
            let versions = item.get("versions").and_then(Value::as_array);
            for version in versions.into_iter().flatten() {
                let name = version.get("version").and_then(Value::as_str);
                let name = name.unwrap_or_default();
                let stale = version.get("freshness").and_then(Value::as_str) == Some("Stale");
                if stale && is_wanted(groups, group, name) {
                    self.fail_stale(group, name, request);
                }
            }
        }
    }

    fn fail_stale(&mut self, group: &str, version: &str, request: &Request) {
        let what = What::Version {
            group: group.to_owned(),
            version: version.to_owned(),
        };
        let line = format!(
            "{} -> {} is stale: the server of this API does not answer",
            request.line(),
            crate::show::plain(&crate::api_version::join(group, version)),
        );
        self.fail(what, ReadFailure::new(FailureKind::Discovery, line));
    }
}
