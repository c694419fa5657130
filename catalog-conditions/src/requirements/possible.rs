//! What Kubernetes accepts as names. What it does not accept is in no cluster, and must not get into a request.

use super::read::Read;
use crate::snapshot::Namespaces;

/// Whether a cluster can have what is read.
pub(super) fn is_possible(read: &Read) -> bool {
    match read {
        Read::ServerVersion | Read::Access(_) => true,
        Read::Discovery {
            group,
            version,
            kind,
        } => is_api(group, version.as_deref(), kind),
        Read::Object {
            group,
            version,
            kind,
            namespace,
            name,
        } => {
            is_api(group, Some(version), kind)
                && namespace.as_deref().is_none_or(is_label)
                && is_name(name)
        }
        Read::List {
            group,
            version,
            kind,
            namespaces,
            ..
        } => {
            let possible = match namespaces {
                Namespaces::All => true,
                Namespaces::Named(names) => names.iter().all(|name| is_label(name)),
            };
            is_api(group, Some(version), kind) && possible
        }
    }
}

fn is_api(group: &str, version: Option<&str>, kind: &str) -> bool {
    let is_group = group.is_empty() || (group.len() <= 253 && group.split('.').all(is_label));
    is_group && version.is_none_or(is_label) && is_label(&kind.to_ascii_lowercase())
}

/// A DNS label, as namespaces, versions and (but for their capitals) kinds are.
fn is_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_end = |c: char| c != '-';
    text.len() <= 63
        && text.bytes().all(inner)
        && text.starts_with(is_end)
        && text.ends_with(is_end)
}

/// A segment of a URL's path. Some kinds allow no more than that, such as those of RBAC.
fn is_name(text: &str) -> bool {
    let excluded = |c: char| matches!(c, '/' | '%') || c.is_control();
    !matches!(text, "" | "." | "..") && text.len() <= 253 && !text.contains(excluded)
}
