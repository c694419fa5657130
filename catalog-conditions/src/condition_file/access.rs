//! `canI:`.

use super::item::optional;
use super::target::{api_group, read_name, text};
use crate::condition::{AccessTarget, Name};
use crate::document::{Fields, Reader};

pub(super) fn read(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<AccessTarget> {
    let verb = fields
        .required(reader, "verb")
        .and_then(|node| reader.text(node, "verb"));
    // The core group is the empty text, so that nobody leaves a group out by mistake.
    let group = fields
        .required(reader, "group")
        .and_then(|node| api_group(reader, node));
    let resource = fields
        .required(reader, "resource")
        .and_then(|node| reader.text(node, "resource"));
    let subresource = text(reader, fields, "subresource");
    let name = optional_name(reader, fields, "name");
    let namespace = optional_name(reader, fields, "namespace");
    let resource = resource?;
    if resource.contains('/') || resource.contains(char::is_uppercase) {
        let span = fields.span();
        let message = format!(
            "`{}` is no resource: a resource is a plural in lower case",
            crate::show::plain(resource)
        );
        let diagnostic = reader.error("target.canI", span, message);
        reader.report(
            diagnostic.help("write `resource: pods`, and `subresource: exec` for a part of it"),
        );
        return None;
    }
    Some(AccessTarget {
        verb: verb?.to_owned(),
        group: group?.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.map(str::to_owned),
        name: name?,
        namespace: namespace?,
    })
}

/// A name, if there is one; `None` if it could not be read.
fn optional_name(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
) -> Option<Option<Name>> {
    match optional(reader, fields, key) {
        Some(node) => read_name(reader, node, key).map(Some),
        None => Some(None),
    }
}
