//! `each:`.

use super::item::optional;
use crate::condition::Each;
use crate::document::{Fields, Node, Reader};

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Option<Each> {
    if node.as_mapping().is_some() {
        return counted(reader, node);
    }
    match reader.word(node, "each")? {
        "all" => Some(Each::All),
        "any" => Some(Each::Any),
        "none" => Some(Each::None),
        other => {
            let message = format!("`each` cannot be `{}`", crate::show::plain(other));
            let diagnostic = reader.error("each", node.span(), message);
            let otherwise =
                "write `all`, `any`, `none`, `{atLeast: n}`, `{atMost: n}` or `{exactly: n}`";
            reader.report(reader.meant(diagnostic, node, &["all", "any", "none"], otherwise));
            None
        }
    }
}

fn counted(reader: &mut Reader<'_>, node: &Node) -> Option<Each> {
    let mut fields = reader.fields(node, "each")?;
    // A number that could not be read is reported already.
    let written = ["atLeast", "atMost", "exactly"]
        .iter()
        .any(|key| node.value(key).is_some());
    let at_least = number(reader, &mut fields, "atLeast");
    let at_most = number(reader, &mut fields, "atMost");
    let exactly = number(reader, &mut fields, "exactly");
    reader.finish(fields);
    let (rule, message) = match (at_least, at_most, exactly) {
        (Some(0), None, None) => ("each", "at least 0 is always so, and asks nothing"),
        (Some(count), None, None) => return Some(Each::AtLeast(count)),
        (None, Some(count), None) => return Some(Each::AtMost(count)),
        (None, None, Some(count)) => return Some(Each::Exactly(count)),
        (None, None, None) if written => return None,
        _ => (
            "each",
            "`each` has exactly one of `atLeast`, `atMost` and `exactly`",
        ),
    };
    let diagnostic = reader.error(rule, node.span(), message);
    reader.report(diagnostic.help("for a span, write two parts of an `all`"));
    None
}

fn number(reader: &mut Reader<'_>, fields: &mut Fields<'_>, key: &'static str) -> Option<u64> {
    let node = optional(reader, fields, key)?;
    reader.integer(node, key)
}
