//! One read of objects, and what of it goes into the snapshot.

use serde_json::Value;

use super::exchange::Exchange;
use super::failure::Failure;
use super::list::list;
use super::request::{Request, Resource};
use crate::api_version;
use crate::selector::LabelSelector;
use crate::snapshot::{FailureKind, Namespaces, ReadFailure, SnapshotBuilder};

/// One object, or the objects of one list, that the snapshot shall know.
#[derive(Clone, Copy)]
pub(super) struct Task<'r> {
    pub(super) kind: Kind<'r>,
    /// `None`: in all of them, or in none for a kind that lives in none.
    pub(super) namespace: Option<&'r str>,
    pub(super) which: Which<'r>,
    /// How the kind is requested, or why nobody knows.
    pub(super) plural: Result<&'r str, &'r ReadFailure>,
}

#[derive(Clone, Copy)]
pub(super) struct Kind<'r> {
    pub(super) group: &'r str,
    pub(super) version: &'r str,
    pub(super) kind: &'r str,
}

#[derive(Clone, Copy)]
pub(super) enum Which<'r> {
    Named(&'r str),
    Selected(&'r LabelSelector),
}

/// What became of a task.
pub(super) struct Done<'r> {
    task: Task<'r>,
    objects: Vec<Value>,
    failure: Option<ReadFailure>,
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
