//! The reads as a script that asks kubectl.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Requirements;
use super::possible::is_possible;
use super::read::Read;
use super::yaml_text::{list, quoted};
use crate::selector::LabelSelector;
use crate::snapshot::{AccessQuery, Namespaces, Scope, Snapshot};

/// The functions that the script is made of.
const FUNCTIONS: &str = include_str!("kubectl.sh");

/// What prints a Secret, or a list of them, without the values that nobody asked for.
const SECRETS: &str = include_str!("secrets.gotemplate");

impl Requirements {
    /// A POSIX shell script that does these [`reads`](Self::reads) with kubectl, and nothing else, and prints a snapshot of them: to be
    /// run by whoever has rights on a cluster, where the program that evaluates has none.
    ///
    /// The snapshot says how far it goes, when it was taken, and which reads failed and why (`SnapshotCoverage`, `SnapshotFailure`). It
    /// is meant for these conditions: of Secrets it has only the values that they compare with something, and `true` for each other
    /// one, which no comparison accepts. Yet what is compared is in it, so that it has to be kept as a Secret is.
    ///
    /// `snapshot` may hold the cluster's discovery documents or CRDs: what it says of a kind's scope need not be asked again. The same
    /// arguments give the same bytes. Nothing that a condition names is ever read as shell.
    ///
    /// ```
    /// use catalog_conditions::condition::{Condition, ConditionSet, Expression};
    /// use catalog_conditions::evaluate::Context;
    /// use catalog_conditions::snapshot::Snapshot;
    ///
    /// let mut set = ConditionSet::new();
    /// set.push(Condition::new("shop", Expression::object_exists("v1", "Namespace", None, "shop")));
    /// let script = set.requirements(&Context::new()).kubectl_script(&Snapshot::default());
    /// assert!(script.starts_with("#!/bin/sh\n"));
    /// assert!(script.ends_with("
    /// discovered 'what: discovery, group: \"\"' /api
    /// discovered 'what: discovery, group: \"\", version: \"v1\"' /api/v1
    /// objects 'group: \"\", kind: \"Namespace\", names: [\"shop\"]' 'group: \"\", kind: \"Namespace\", name: \"shop\"' 'GET Namespace.v1. \"shop\"' -o json -- Namespace.v1. shop
    /// finish
    /// "));
    /// ```
    #[must_use]
    pub fn kubectl_script(&self, snapshot: &Snapshot) -> String {
        let (possible, impossible): (Vec<&Read>, Vec<&Read>) =
            self.reads().partition(|read| is_possible(read));
        let mut script = FUNCTIONS.to_owned();
        for read in impossible {
            script.push_str(&format!(
                "# Not asked, since no cluster can have it: {read}\n"
            ));
        }
        if possible.iter().any(|read| is_of_secrets(read)) {
            script.push_str("\n# Of Secrets, the values that no condition compares with anything are left out: `true` stands for each of them.\n");
            let template = SECRETS.replace("ASKED", &self.secret_values.template());
            script.push_str(&format!("secrets={}\n", in_shell(template.trim_end())));
        }
        script.push('\n');
        script.extend(discoveries(&possible));
        for read in possible {
            script.extend(lines(read, snapshot));
        }
        script.push_str("finish\n");
        script
    }
}

/// The discovery documents, each once: the lists of groups, then what the groups serve.
fn discoveries(reads: &[&Read]) -> Vec<String> {
    let mut apis: BTreeSet<(&str, Option<&str>)> = BTreeSet::new();
    for read in reads {
        if let Read::Discovery { group, version, .. } = read {
            let version = version.as_deref();
            // The core group has one version.
            apis.insert((group, version.or(group.is_empty().then_some("v1"))));
        }
    }
    let is_core = |(group, _): &(&str, _)| group.is_empty();
    let mut lines = Vec::new();
    if apis.iter().any(is_core) {
        lines.push("discovered 'what: discovery, group: \"\"' /api\n".to_owned());
    }
    if !apis.iter().all(is_core) {
        lines.push("discovered 'what: discovery' /apis\n".to_owned());
    }
    for &(group, version) in &apis {
        let Some(version) = version else {
            lines.push(format!("discovered_group {group}\n"));
            continue;
        };
        if apis.contains(&(group, None)) {
            continue;
        }
        let root = if group.is_empty() { "/api" } else { "/apis" };
        let path = [root, group, version].map(|part| part.trim_matches('/'));
        let path: String = path
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| format!("/{part}"))
            .collect();
        let failed = format!(
            "what: discovery, group: {}, version: {}",
            quoted(group),
            quoted(version)
        );
        lines.push(format!("discovered {} {path}\n", in_shell(&failed)));
    }
    lines
}

/// The calls for one read, beside discovery.
fn lines(read: &Read, snapshot: &Snapshot) -> Vec<String> {
    match read {
        Read::ServerVersion => vec!["server_version\n".to_owned()],
        Read::Discovery { .. } => Vec::new(),
        Read::Access(query) => vec![format!("may_i {}\n", in_shell(&review(query)))],
        Read::Object {
            group,
            version,
            kind,
            namespace,
            name,
        } => {
            let objects = Objects {
                api: [group, version, kind],
                which: Which::Named(name),
            };
            let places = namespace.iter().map(|name| Place::In(name));
            objects.lines(snapshot.scope(group, kind), &places.collect::<Vec<_>>())
        }
        Read::List {
            group,
            version,
            kind,
            namespaces,
            selector,
        } => {
            let objects = Objects {
                api: [group, version, kind],
                which: Which::Selected(selector),
            };
            let places = match namespaces {
                Namespaces::All => vec![Place::Everywhere],
                Namespaces::Named(names) => names.iter().map(|name| Place::In(name)).collect(),
            };
            objects.lines(snapshot.scope(group, kind), &places)
        }
    }
}

/// Objects of one kind.
#[derive(Clone, Copy)]
struct Objects<'r> {
    api: [&'r str; 3],
    which: Which<'r>,
}

#[derive(Clone, Copy)]
enum Which<'r> {
    Named(&'r str),
    Selected(&'r LabelSelector),
}

#[derive(Clone, Copy)]
enum Place<'r> {
    /// The kind lives in no namespace.
    Cluster,
    /// All namespaces.
    Everywhere,
    In(&'r str),
}

impl Objects<'_> {
    /// One call a place; where nothing says whether the kind lives in namespaces, the cluster is asked first.
    fn lines(self, scope: Option<Scope>, places: &[Place<'_>]) -> Vec<String> {
        let [group, _, kind] = self.api;
        let namespaced = places.iter().map(|place| self.line(*place));
        let everywhere = matches!(places, [Place::Everywhere]);
        match scope {
            Some(Scope::Cluster) => vec![self.line(Place::Cluster)],
            Some(Scope::Namespaced) => namespaced.collect(),
            // A list of all namespaces is the same call for a kind that lives in none.
            None if everywhere => namespaced.collect(),
            None => {
                let mut lines = vec![format!(
                    "if in_no_namespace {} {kind}; then\n    {}",
                    in_shell(group),
                    self.line(Place::Cluster)
                )];
                if !places.is_empty() {
                    lines.push("else\n".to_owned());
                    lines.extend(namespaced.map(|line| format!("    {line}")));
                }
                lines.push("fi\n".to_owned());
                lines
            }
        }
    }

    fn line(self, place: Place<'_>) -> String {
        let mut line = String::from("objects");
        for text in [self.covers(place), self.place(place), self.request(place)] {
            line.push_str(&format!(" {}", in_shell(&text)));
        }
        let format = match self.api {
            ["", _, "Secret"] => "go-template=\"$secrets\"",
            _ => "json",
        };
        line.push_str(&format!(" -o {format}"));
        for argument in self.arguments(place) {
            line.push_str(&format!(" {}", in_shell(&argument)));
        }
        line.push('\n');
        line
    }

    fn arguments(self, place: Place<'_>) -> Vec<String> {
        let mut arguments = Vec::new();
        match place {
            Place::Cluster => {}
            Place::Everywhere => arguments.push("--all-namespaces".to_owned()),
            Place::In(namespace) => arguments.push(format!("--namespace={namespace}")),
        }
        if let Which::Selected(selector) = self.which
            && !selector.requirements().is_empty()
        {
            arguments.push(format!("--selector={selector}"));
        }
        arguments.extend(["--".to_owned(), self.resource()]);
        if let Which::Named(name) = self.which {
            arguments.push(name.to_owned());
        }
        arguments
    }

    /// The kind as kubectl takes it without knowing its plural.
    fn resource(self) -> String {
        let [group, version, kind] = self.api;
        format!("{kind}.{version}.{group}")
    }

    /// The entry of `SnapshotCoverage` that holds when the call has succeeded.
    fn covers(self, place: Place<'_>) -> String {
        let [group, _, kind] = self.api;
        let mut entry = format!("group: {}, kind: {}", quoted(group), quoted(kind));
        match place {
            Place::In(namespace) => {
                entry.push_str(&format!(", namespaces: {}", list([namespace])));
            }
            Place::Everywhere => entry.push_str(", namespaces: all"),
            Place::Cluster => {}
        }
        match self.which {
            Which::Named(name) => entry.push_str(&format!(", names: {}", list([name]))),
            Which::Selected(selector) if selector.requirements().is_empty() => {}
            Which::Selected(selector) => {
                entry.push_str(&format!(", selector: {}", quoted(&selector.to_string())));
            }
        }
        entry
    }

    /// Where, in an entry of `SnapshotFailure`, the call has failed.
    fn place(self, place: Place<'_>) -> String {
        let [group, _, kind] = self.api;
        let mut entry = format!("group: {}, kind: {}", quoted(group), quoted(kind));
        if let Place::In(namespace) = place {
            entry.push_str(&format!(", namespace: {}", quoted(namespace)));
        }
        if let Which::Named(name) = self.which {
            entry.push_str(&format!(", name: {}", quoted(name)));
        }
        entry
    }

    /// The call as a failure shows it, in printable ASCII.
    fn request(self, place: Place<'_>) -> String {
        let mut request = format!("GET {}", self.resource());
        match self.which {
            Which::Named(name) => request.push_str(&format!(" {}", quoted(name))),
            Which::Selected(selector) if selector.requirements().is_empty() => {}
            Which::Selected(selector) => request.push_str(&format!(" -l {selector}")),
        }
        if let Place::In(namespace) = place {
            request.push_str(&format!(" -n {namespace}"));
        }
        request
    }
}

fn is_of_secrets(read: &Read) -> bool {
    match read {
        Read::Object { group, kind, .. } | Read::List { group, kind, .. } => {
            group.is_empty() && kind == "Secret"
        }
        _ => false,
    }
}

/// A `SelfSubjectAccessReview` to create.
fn review(query: &AccessQuery) -> String {
    let attributes = [
        ("verb", &query.verb),
        ("group", &query.group),
        ("resource", &query.resource),
        ("subresource", &query.subresource),
        ("name", &query.name),
        ("namespace", &query.namespace),
    ];
    let attributes: Map<String, Value> = attributes
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(key, text)| ((*key).to_owned(), text.as_str().into()))
        .collect();
    // In JSON: what begins with a brace, some versions of kubectl do not try as YAML.
    json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    })
    .to_string()
}

/// A text as one word of a shell that means nothing but itself.
fn in_shell(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=,@".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}
