//! People who look after packages.

use catalog_conditions::document::Node;

use super::reading::{Reading, string};

/// A person of a list; `None`, reported, if it has no name and no address.
pub(super) fn person(reading: &mut Reading<'_>, item: &Node) -> Option<String> {
    let keys = reading.entries_of(item, "maintainer");
    if keys.is_empty() {
        return None;
    }
    for entry in keys {
        if !matches!(entry.name(), Some("name" | "email" | "url")) {
            reading.lost(entry, "a maintainer is a name, an address and a home page");
        }
    }
    let name = string(item, "name").map(str::to_owned);
    let email = string(item, "email").map(|email| format!("<{email}>"));
    let url = string(item, "url").map(|url| format!("({url})"));
    let parts: Vec<String> = [name, email, url].into_iter().flatten().collect();
    if parts.is_empty() {
        reading.lose(item.span(), "maintainer", "has no name");
    }
    Some(parts.join(" ")).filter(|text| !text.is_empty())
}
