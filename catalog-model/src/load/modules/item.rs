//! One module.

use std::sync::Arc;

use catalog_conditions::document::{Node, Reader};

use super::content::{Unknown, content};
use super::kind::kind;
use super::name::{given_name, own_name};
use crate::load::folder::VersionFolder;
use crate::load::values::{finish, namespace, object};
use crate::module::{Module, ModuleContent};
use crate::origin::Origin;

/// The module that an item describes, as far as it can be used.
pub(super) fn module(
    reader: &mut Reader<'_>,
    item: &Node,
    file: &Arc<str>,
    folder: &VersionFolder<'_>,
) -> Option<Module> {
    let mut fields = reader.fields(item, "module")?;
    let errors = reader.error_count();
    let name = fields.take("name").and_then(|node| own_name(reader, node));
    let own_namespace = fields
        .take("namespace")
        .and_then(|node| namespace(reader, node));
    let values = fields
        .take("values")
        .and_then(|node| object(reader, node, "values"))
        .unwrap_or_default();
    let entry = kind(reader, item, item.as_mapping()?)?;
    fields.take_entry(entry);
    let beside = finish(reader, fields);
    let mut unknown = Unknown::default();
    let content = content(reader, (item, entry), &mut unknown, folder)?;
    let name = match name {
        Some(name) => Some(name),
        None => named(reader, item, &content, errors),
    };
    Some(Module {
        name: name?,
        namespace: own_namespace,
        values,
        content,
        unknown: beside,
        unknown_in_content: unknown.content,
        unknown_in_remote: unknown.remote,
        origin: Origin::new(file, item.span()),
    })
}

/// The name of a module without a good one of its own, which had `errors` before.
fn named(
    reader: &mut Reader<'_>,
    item: &Node,
    content: &ModuleContent,
    errors: usize,
) -> Option<String> {
    // A written name that is no good is reported, and is not to be replaced in silence.
    let written = item.value("name").is_some_and(|node| !node.is_null());
    let given = (!written).then(|| given_name(reader, item, content))?;
    // Whoever gave a name or path that is no good has heard of it already.
    if given.is_none() && reader.error_count() == errors {
        let diagnostic = reader.error(
            "name.missing",
            item.span(),
            "this module needs a `name`: there is no remote name and no path to take one from",
        );
        reader.report(diagnostic);
    }
    given
}
