//! `valueTemplate`: the JSON that a value becomes.

use super::schema::Type;

/// Whether a template leaves the value as it is: none does, and neither does one that only names it, quoted where it is a text.
pub(super) fn is_plain(template: Option<&str>, kind: &Type) -> bool {
    let Some(template) = template else {
        return true;
    };
    let written: String = template.chars().filter(|c| !c.is_whitespace()).collect();
    match kind {
        Type::Boolean | Type::Number => written == "{{.}}",
        Type::Text | Type::Options(_) => written == "\"{{.}}\"",
    }
}

#[cfg(test)]
mod tests {
    use super::{Type, is_plain};

    #[test]
    fn plain_templates() {
        assert!(is_plain(None, &Type::Text));
        assert!(is_plain(Some("{{ . }}\n"), &Type::Number));
        assert!(is_plain(Some("\"{{ . }}\"\n"), &Type::Text));
        assert!(!is_plain(Some("{{ . }}"), &Type::Text));
        assert!(!is_plain(Some("\"https://{{ . }}\""), &Type::Text));
        assert!(!is_plain(Some("{{ if . }}1{{ end }}"), &Type::Boolean));
    }
}
