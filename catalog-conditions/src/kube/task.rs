//! What is read for each requirement, and what of it goes into the snapshot.

use serde_json::Value;

use super::discovery::Discovered;
use super::exchange::Exchange;
use super::failure::Failure;
use super::list::list;
use super::request::{Request, Resource};
use crate::api_version;
use crate::requirements::{Read, Requirements};
use crate::selector::LabelSelector;
use crate::snapshot::{
    FailureKind, Namespaces, ReadFailure, Scope, Served, Snapshot, SnapshotBuilder,
};

/// One object, or the objects of one list, that the snapshot shall know.
#[derive(Clone, Copy)]
pub(super) struct Task<'r> {
    kind: Kind<'r>,
    namespace: Option<&'r str>,
    which: Which<'r>,
    plural: Result<&'r str, &'r ReadFailure>,
}

#[derive(Clone, Copy)]
struct Kind<'r> {
    group: &'r str,
    version: &'r str,
    kind: &'r str,
}

#[derive(Clone, Copy)]
enum Which<'r> {
    Named(&'r str),
    Selected(&'r LabelSelector),
}

/// What became of a task.
pub(super) struct Done<'r> {
    task: Task<'r>,
    objects: Vec<Value>,
    failure: Option<ReadFailure>,
}

/// What is known of a kind before its objects are read.
#[derive(Clone, Copy)]
pub(super) struct Known<'r> {
    pub(super) apis: &'r Snapshot,
    pub(super) discovered: &'r Discovered,
}

/// The tasks of the reads that name objects. There is none for a kind that is not served, since discovery says all there is to say of
/// it, nor for a kind in namespaces where nobody says which.
pub(super) fn tasks<'r>(requirements: &'r Requirements, known: Known<'r>) -> Vec<Task<'r>> {
    let mut tasks = Vec::new();
    for read in requirements.reads() {
        match read {
            Read::Object {
                group,
                version,
                kind,
                namespace,
                name,
            } => {
                let kind = Kind {
                    group,
                    version,
                    kind,
                };
                let namespaces = namespace.as_deref().into_iter().collect();
                tasks.extend(known.tasks(kind, namespaces, Which::Named(name)));
            }
            Read::List {
                group,
                version,
                kind,
                namespaces,
                selector,
            } => {
                let kind = Kind {
                    group,
                    version,
                    kind,
                };
                let all = *namespaces == Namespaces::All;
                let namespaces = match namespaces {
                    Namespaces::All => Vec::new(),
                    Namespaces::Named(names) => names.iter().map(String::as_str).collect(),
                };
                let which = Which::Selected(selector);
                if all {
                    tasks.extend(known.task(kind, None, which));
                } else {
                    tasks.extend(known.tasks(kind, namespaces, which));
                }
            }
            _ => {}
        }
    }
    tasks
}

impl<'r> Known<'r> {
    /// One task for each namespace; one without, for a kind that lives in none.
    fn tasks(self, kind: Kind<'r>, namespaces: Vec<&'r str>, which: Which<'r>) -> Vec<Task<'r>> {
        let scope = self.apis.scope(kind.group, kind.kind);
        if scope == Some(Scope::Cluster) {
            return self.task(kind, None, which).into_iter().collect();
        }
        let tasks = namespaces.into_iter();
        tasks
            .filter_map(|namespace| self.task(kind, Some(namespace), which))
            .collect()
    }

    fn task(
        self,
        kind: Kind<'r>,
        namespace: Option<&'r str>,
        which: Which<'r>,
    ) -> Option<Task<'r>> {
        let task = |plural| Task {
            kind,
            namespace,
            which,
            plural,
        };
        // Nobody knows whether the kind lives in namespaces: what is not known of it is not known anywhere.
        let undiscovered = |failure| Task {
            namespace: None,
            ..task(Err(failure))
        };
        let served = self.apis.serves(kind.group, Some(kind.version), kind.kind);
        let failure = self.discovered.failure(kind.group, Some(kind.version));
        match (served, failure) {
            (Served::No, _) => None,
            // Who may not ask what is served may still read what every cluster serves.
            (Served::Unknown, Some(failure)) if failure.kind() != FailureKind::Forbidden => {
                Some(undiscovered(failure))
            }
            (_, failure) => match self.apis.resource(kind.group, kind.kind) {
                Some(plural) => Some(task(Ok(plural))),
                None => failure.map(undiscovered),
            },
        }
    }
}

impl<'r> Task<'r> {
    /// Reads what the task is about.
    pub(super) async fn run(self, exchange: &Exchange<'_>) -> Done<'r> {
        let done = |objects, failure| Done {
            task: self,
            objects,
            failure,
        };
        let resource = match self.plural {
            Ok(plural) => self.kind.resource(plural),
            Err(failure) => return done(Vec::new(), Some(failure.clone())),
        };
        let Some(request) = self.request(resource, exchange) else {
            return done(Vec::new(), Some(self.impossible(resource)));
        };
        let (objects, failure) = self.read(exchange, &request).await;
        done(objects, failure.map(|failure| failure.of(&request)))
    }

    fn request(self, resource: Resource<'_>, exchange: &Exchange<'_>) -> Option<Request> {
        match self.which {
            Which::Named(name) => Request::object(resource, self.namespace, name),
            Which::Selected(selector) => {
                let page_size = exchange.options().page_size;
                Request::list(resource, self.namespace, selector, page_size)
            }
        }
    }

    /// A name that no object or namespace can have is not asked for: the path would be another's.
    fn impossible(self, resource: Resource<'_>) -> ReadFailure {
        let name = match self.which {
            Which::Named(name) => Some(name),
            Which::Selected(_) => None,
        };
        let line = resource.line(self.namespace, name);
        let failure = Failure::not_asked("nothing in a cluster can have this name");
        ReadFailure::new(FailureKind::Unavailable, format!("{line} -> {failure}"))
    }

    async fn read(
        self,
        exchange: &Exchange<'_>,
        request: &Request,
    ) -> (Vec<Value>, Option<Failure>) {
        let (mut objects, mut failure) = match self.which {
            Which::Named(name) => {
                match exchange.ask(request, exchange.options().read_bytes).await {
                    Ok(answer) => (vec![answer.value], None),
                    Err(failure) if failure.is_absence_of(name) => (Vec::new(), None),
                    Err(failure) => (Vec::new(), Some(failure)),
                }
            }
            Which::Selected(_) => {
                let listed = list(exchange, request, &self.kind.api_version()).await;
                let items = listed
                    .items
                    .into_iter()
                    .map(|item| self.kind.complete(item));
                (items.collect(), listed.failure)
            }
        };
        if !objects.iter().all(|object| self.asks_for(object)) {
            objects.clear();
            failure = Some(Failure::unreadable("the answer is of something else"));
        }
        (objects, failure)
    }

    /// Whether an object is one that was asked for. What stands between us and the API server may answer with anything.
    fn asks_for(self, object: &Value) -> bool {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let named = match self.which {
            Which::Named(name) => text("/metadata/name") == Some(name),
            Which::Selected(_) => text("/metadata/name").is_some_and(|name| !name.is_empty()),
        };
        let placed = |namespace| text("/metadata/namespace") == Some(namespace);
        named
            && text("/apiVersion") == Some(self.kind.api_version().as_str())
            && text("/kind") == Some(self.kind.kind)
            && self.namespace.is_none_or(placed)
    }
}

impl<'r> Kind<'r> {
    fn resource(self, plural: &'r str) -> Resource<'r> {
        let Self { group, version, .. } = self;
        Resource {
            group,
            version,
            plural,
        }
    }

    fn api_version(self) -> String {
        api_version::join(self.group, self.version)
    }

    /// The items of a typed list do not repeat what the list says.
    fn complete(self, mut item: Value) -> Value {
        if let Value::Object(item) = &mut item {
            item.entry("apiVersion")
                .or_insert_with(|| self.api_version().into());
            item.entry("kind").or_insert_with(|| self.kind.into());
        }
        item
    }
}

impl Done<'_> {
    /// Adds what was read to a snapshot, and says what the snapshot knows by it.
    pub(super) fn add_to(self, mut builder: SnapshotBuilder) -> SnapshotBuilder {
        for object in self.objects {
            builder = builder.api_object(object);
        }
        let Task {
            kind: Kind { group, kind, .. },
            namespace,
            which,
            ..
        } = self.task;
        let namespaces = || match namespace {
            Some(namespace) => Namespaces::Named([namespace.to_owned()].into()),
            None => Namespaces::All,
        };
        match (self.failure, which) {
            (Some(failure), Which::Named(name)) => {
                builder.read_failed(group, kind, namespace, Some(name), failure)
            }
            (Some(failure), Which::Selected(_)) => {
                builder.read_failed(group, kind, namespace, None, failure)
            }
            (None, Which::Named(name)) => {
                builder.covers_names(group, kind, namespace, [name.to_owned()])
            }
            (None, Which::Selected(selector)) if selector.requirements().is_empty() => {
                builder.covers(group, kind, namespaces())
            }
            (None, Which::Selected(selector)) => {
                builder.covers_selection(group, kind, namespaces(), selector.clone())
            }
        }
    }
}
