//! `target:`.

use super::item::optional;
use super::{access, nodes, selector};
use crate::api_version;
use crate::condition::{ApiTarget, CrdTarget, Field, Name, ObjectTarget, Places, Target, Which};
use crate::document::{Fields, Node, Reader};
use crate::json_path::JsonPath;
use crate::path::FieldPath;
use crate::selector::{is_dns_label, is_subdomain};
use crate::snapshot::{Scope, well_known_scope};
use crate::source::Span;

const BUILT_IN: [&str; 6] = [
    "kubeVersion",
    "apiAvailable",
    "crd",
    "storageClass",
    "canI",
    "nodes",
];

/// The keys that make a target an object.
const OBJECT: [&str; 4] = ["apiVersion", "kind", "name", "selector"];

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Target> {
    let mut fields = reader.fields(node, "target")?;
    let mut built_in = Vec::new();
    for key in BUILT_IN {
        if let Some(node) = optional(reader, &mut fields, key) {
            built_in.push((key, node));
        }
    }
    if let [_, (second, node), ..] = built_in.as_slice() {
        let message = format!("`{second}` is a second target: a question has one");
        let diagnostic = reader.error("target", node.span(), message);
        reader.report(diagnostic.help("write two parts of an `all`"));
    }
    let target = match built_in.first() {
        Some(&(key, node)) => read_built_in(reader, key, node),
        None if OBJECT.iter().any(|key| node.value(key).is_some()) => object(reader, &mut fields),
        None => {
            // A built-in without a value is reported already.
            if !BUILT_IN.iter().any(|key| node.value(key).is_some()) {
                names_nothing(reader, &fields);
            }
            None
        }
    };
    reader.finish(fields);
    target
}

fn names_nothing(reader: &mut Reader<'_>, fields: &Fields<'_>) {
    let span = Span::new(fields.span().start, fields.span().start);
    let diagnostic = reader.error("target.empty", span, "the target names nothing to look at");
    let built_in = BUILT_IN.join("`, `");
    reader.report(diagnostic.help(format!(
        "name an object by `apiVersion`, `kind` and `name` or `selector`, or use one of `{built_in}`"
    )));
}

fn read_built_in(reader: &mut Reader<'_>, key: &'static str, node: &Node) -> Option<Target> {
    let mut fields = reader.fields(node, key)?;
    let target = match key {
        "kubeVersion" => Some(Target::KubeVersion),
        "apiAvailable" => api(reader, &mut fields),
        "crd" => crd(reader, &mut fields),
        "canI" => access::read(reader, &mut fields).map(Target::Access),
        "nodes" => nodes::read(reader, &mut fields).map(Target::Nodes),
        _ => storage_class(reader, &mut fields),
    };
    reader.finish(fields);
    target
}

fn api(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Target> {
    let group = fields
        .required(reader, "group")
        .and_then(|node| api_group(reader, node));
    let version = version(reader, fields, "version");
    let kind = fields
        .required(reader, "kind")
        .and_then(|node| identifier(reader, node, "kind"));
    Some(Target::Api(ApiTarget {
        group: group?.to_owned(),
        version: version.map(str::to_owned),
        kind: kind?.to_owned(),
    }))
}

fn crd(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Target> {
    let node = fields.required(reader, "name");
    let name = node.and_then(|node| reader.text(node, "name"));
    let served = version(reader, fields, "served");
    let stored = version(reader, fields, "stored");
    let name = name?;
    if let (Some(node), false) = (node, name.contains('.')) {
        let diagnostic = reader.error(
            "target.crd",
            node.span(),
            format!("`{}` is no name of a CRD", crate::show::plain(name)),
        );
        reader.report(
            diagnostic.help("a CRD is named by the plural and the group: `widgets.example.com`"),
        );
    }
    Some(Target::Crd(CrdTarget {
        name: name.to_owned(),
        served: served.map(str::to_owned),
        stored: stored.map(str::to_owned),
    }))
}

fn storage_class(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Target> {
    let node = fields.required(reader, "default")?;
    if reader.boolean(node, "default")? {
        return Some(Target::DefaultStorageClass);
    }
    let diagnostic = reader.error(
        "target.storageClass",
        node.span(),
        "only `default: true` can be asked for",
    );
    reader.report(
        diagnostic.help("to ask for its absence, write `default: true` and `op: notExists`"),
    );
    None
}

fn object(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Target> {
    let api_version = fields
        .required(reader, "apiVersion")
        .and_then(|node| read_api_version(reader, node));
    let kind = fields
        .required(reader, "kind")
        .and_then(|node| identifier(reader, node, "kind"));
    let which = which(reader, fields);
    let places = places(reader, fields, api_version.zip(kind));
    if let (Some(Which::Named(_)), Some(Places::All | Places::These(_)), Some(node)) =
        (&which, &places, fields.take_present("namespaces"))
    {
        let diagnostic = reader.error(
            "target.namespaces",
            node.span(),
            "a named object is in one namespace",
        );
        reader.report(diagnostic.help("write `namespace`, or select objects with `selector`"));
    }
    let field = field(reader, fields);
    let (group, version) = api_version::split(api_version?);
    Some(Target::Object(ObjectTarget {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind?.to_owned(),
        which: which?,
        places: places?,
        field: match field {
            Some(field) => Some(field?),
            None => None,
        },
    }))
}

fn read_api_version<'n>(reader: &mut Reader<'_>, node: &'n Node) -> Option<&'n str> {
    let text = reader.text(node, "apiVersion")?;
    if api_version::is_api_version(text) {
        return Some(text);
    }
    let diagnostic = reader.error(
        "target.apiVersion",
        node.span(),
        format!("`{}` is no apiVersion", crate::show::plain(text)),
    );
    reader.report(
        diagnostic.help("write `v1` for the core group, else `group/version` such as `apps/v1`"),
    );
    None
}

fn which(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Which> {
    let span = fields.span();
    // Written without a value, either is reported already.
    let written = fields
        .take_present("name")
        .or_else(|| fields.take_present("selector"))
        .is_some();
    let name = optional(reader, fields, "name");
    // Null is an error, since it would select everything as `{}` does.
    let selector = optional(reader, fields, "selector");
    match (name, selector) {
        (Some(node), None) => read_name(reader, node, "name").map(Which::Named),
        (None, Some(node)) => selector::read(reader, node).map(Which::Selected),
        (Some(_), Some(node)) => {
            let diagnostic = reader.error(
                "target.selector",
                node.span(),
                "`selector` has no place beside `name`",
            );
            reader.report(diagnostic.help("keep one of the two"));
            None
        }
        (None, None) if written => None,
        (None, None) => {
            let place = Span::new(span.start, span.start);
            let diagnostic =
                reader.error("target.name", place, "the target does not say which object");
            reader.report(
                diagnostic.help("add `name`, or `selector` (`selector: {}` for all of them)"),
            );
            None
        }
    }
}

fn places(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    kind: Option<(&str, &str)>,
) -> Option<Places> {
    let namespace = optional(reader, fields, "namespace");
    let namespaces = optional(reader, fields, "namespaces");
    let scope = kind
        .and_then(|(api_version, kind)| well_known_scope(api_version::split(api_version).0, kind));
    if let (Some(node), Some(Scope::Cluster)) = (namespace.or(namespaces), scope) {
        let (_, kind) = kind.unwrap_or_default();
        let diagnostic = reader.warning(
            "target.namespace",
            node.span(),
            format!("a {kind} lives in no namespace: this has no effect"),
        );
        reader.report(diagnostic.help("remove it"));
    }
    match (namespace, namespaces) {
        (None, None) => Some(Places::Default),
        (Some(node), None) => Some(Places::These(vec![read_namespace(
            reader,
            node,
            "namespace",
        )?])),
        (None, Some(node))
            if node
                .as_scalar()
                .is_some_and(|scalar| scalar.text() == "all") =>
        {
            Some(Places::All)
        }
        (None, Some(node)) => {
            let Some(items) = node.as_sequence().filter(|items| !items.is_empty()) else {
                reader.wrong_type(node, "namespaces", "`all` or a list of one name or more");
                return None;
            };
            let names: Vec<Option<Name>> = items
                .iter()
                .map(|item| read_namespace(reader, item, "namespaces"))
                .collect();
            names
                .into_iter()
                .collect::<Option<Vec<Name>>>()
                .map(Places::These)
        }
        (Some(_), Some(node)) => {
            let diagnostic = reader.error(
                "target.namespace",
                node.span(),
                "`namespaces` has no place beside `namespace`",
            );
            reader.report(diagnostic.help("keep one of the two"));
            None
        }
    }
}

/// `fieldPath` or `jsonPath`, if either is there; inside, `None` if it could not be read.
pub(super) fn field(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Option<Field>> {
    let path = optional(reader, fields, "fieldPath");
    let query = optional(reader, fields, "jsonPath");
    match (path, query) {
        (None, None) => None,
        (Some(node), None) => Some(field_path(reader, node).map(Field::Path)),
        (None, Some(node)) => Some(json_path(reader, node).map(Field::Json)),
        (Some(_), Some(node)) => {
            let message = "`jsonPath` has no place beside `fieldPath`";
            let diagnostic = reader.error("path", node.span(), message);
            reader.report(diagnostic.help("keep one of the two"));
            Some(None)
        }
    }
}

fn json_path(reader: &mut Reader<'_>, node: &Node) -> Option<JsonPath> {
    let text = reader.text(node, "jsonPath")?;
    JsonPath::parse(text)
        .map_err(|error| {
            let span = match error.offset() {
                Some(offset) => place(reader, node, offset),
                None => node.span(),
            };
            let diagnostic = reader.error("path", span, error.to_string());
            reader.report(diagnostic);
        })
        .ok()
}

pub(super) fn field_path(reader: &mut Reader<'_>, node: &Node) -> Option<FieldPath> {
    let text = reader.text(node, "fieldPath")?;
    FieldPath::parse(text)
        .map_err(|error| {
            let diagnostic = reader.error(
                "path",
                place(reader, node, error.offset()),
                error.to_string(),
            );
            reader.report(diagnostic);
        })
        .ok()
}

/// The byte of a scalar's text in the file, where it is written as it reads; else the scalar.
fn place(reader: &Reader<'_>, node: &Node, offset: usize) -> Span {
    let span = node.span();
    let written = reader.file().slice(span);
    let text = node
        .as_scalar()
        .map(crate::document::Scalar::text)
        .unwrap_or_default();
    let quotes = match written.strip_prefix(['"', '\'']) {
        Some(inner) if inner.starts_with(text) => 1,
        None if written == text => 0,
        _ => return span,
    };
    let at = (span.start + quotes + offset).min(span.end);
    Span::new(at, at)
}

pub(super) fn read_name(reader: &mut Reader<'_>, node: &Node, key: &str) -> Option<Name> {
    match identifier(reader, node, key)? {
        "$namespace" => Some(Name::OwnNamespace),
        name => Some(Name::Given(name.to_owned())),
    }
}

/// A namespace: a DNS label, as no other can exist, or `$namespace`.
fn read_namespace(reader: &mut Reader<'_>, node: &Node, key: &str) -> Option<Name> {
    let name = read_name(reader, node, key)?;
    if let Name::Given(given) = &name
        && !(is_dns_label(given) && given.len() <= 63)
    {
        reader.wrong_type(
            node,
            key,
            "a namespace: at most 63 lower-case letters, digits and `-`",
        );
        return None;
    }
    Some(name)
}

/// The name of an API group; empty for the core group.
pub(super) fn api_group<'n>(reader: &mut Reader<'_>, node: &'n Node) -> Option<&'n str> {
    let text = reader.text(node, "group")?;
    if text.is_empty() || is_subdomain(text) {
        return Some(text);
    }
    reader.wrong_type(
        node,
        "group",
        "the name of an API group, without version and in lower case, such as `apps`, or \"\" for the core group",
    );
    None
}

/// A version of an API, such as `v1beta1`.
fn version<'n>(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'n>,
    key: &'static str,
) -> Option<&'n str> {
    let node = optional(reader, fields, key)?;
    let text = reader.text(node, key)?;
    if is_dns_label(text) {
        return Some(text);
    }
    reader.wrong_type(
        node,
        key,
        "a version of an API in lower case, such as `v1beta1`",
    );
    None
}

pub(super) fn text<'n>(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'n>,
    key: &'static str,
) -> Option<&'n str> {
    let node = optional(reader, fields, key)?;
    identifier(reader, node, key)
}

/// A name as the API server allows in a URL: nothing empty, no `/`, no white space.
fn identifier<'n>(reader: &mut Reader<'_>, node: &'n Node, key: &str) -> Option<&'n str> {
    let text = reader.text(node, key)?;
    let fits = !text.is_empty()
        && text.len() <= 253
        && !text.contains(|c: char| matches!(c, '/' | '%') || c.is_whitespace() || c.is_control())
        && (!text.contains('$') || text == "$namespace");
    if !fits {
        reader.wrong_type(
            node,
            key,
            "a name without `/`, `%`, `$` and white space (or `$namespace`)",
        );
        return None;
    }
    Some(text)
}
