//! Free-text tags as labels, so that selectors find them.

/// The label `tag.catalog/<slug>` of a tag; `None` for a tag without any ASCII letter or digit.
pub(super) fn label(tag: &str) -> Option<String> {
    slug(tag).map(|slug| format!("tag.catalog/{slug}"))
}

/// What a tag becomes as the name of a label: lower case, `-` for what labels cannot hold, at most 63 characters.
fn slug(tag: &str) -> Option<String> {
    let mut slug = String::new();
    for c in tag.chars().map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let separators = |c: char| !c.is_ascii_alphanumeric();
    // Only ASCII is in it, so a character is a byte.
    slug = slug.trim_matches(separators).chars().take(63).collect();
    let slug = slug.trim_end_matches(separators);
    (!slug.is_empty()).then(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn slugs() {
        let check =
            |tag: &str, expected: Option<&str>| assert_eq!(slug(tag).as_deref(), expected, "{tag}");
        check("Let's Encrypt", Some("let-s-encrypt"));
        check("bitpoke/mysql-operator", Some("bitpoke-mysql-operator"));
        check("v0.6.2", Some("v0.6.2"));
        check("helm_chart", Some("helm_chart"));
        check("  (IaC)  ", Some("iac"));
        check("日本", None);
        check("", None);
        check(
            &format!("{}-b", "a".repeat(62)),
            Some("a".repeat(62).as_str()),
        );
    }
}
