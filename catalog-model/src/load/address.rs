//! Addresses.

/// Whether a text is an absolute address: a scheme, `:`, and something after it without white space (RFC 3986, section 3); of
/// `http` and `https` with a host, and a port that is one.
pub(super) fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"\\^`{|}".contains(c);
    let (below, named) = match rest.strip_prefix("//") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    scheme_fits
        && !below.is_empty()
        && below.chars().all(fits)
        && (!web || (named && has_host(below)))
}

fn has_host(text: &str) -> bool {
    let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match host.strip_prefix('[') {
        Some(literal) => match literal.split_once(']') {
            Some((host, port)) => (
                host,
                port.strip_prefix(':').or(port.is_empty().then_some("")),
            ),
            None => return false,
        },
        None => match host.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host, Some("")),
        },
    };
    // RFC 3986 allows an empty port.
    !host.is_empty() && port.is_some_and(|port| port.is_empty() || port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_is_whole() {
        for text in [
            "https://example.com",
            "https://example.com:8443/a?b=c#d",
            "http://user@[::1]:80/",
            "https://example.com:/",
            "oci://ghcr.io/a/b",
            "mailto:a@example.com",
            "git+ssh://git@example.com/a.git",
            "urn:isbn:0451450523",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "example.com",
            "/a/b",
            "https://",
            "https:///a",
            "https:example.com",
            "https://:80/",
            "https://example.com:port/",
            "https://example.com:99999/",
            "https://[::1/",
            "https://[::1]x/",
            "https://exa mple.com",
            "https://example.com/<name>",
            "1http://example.com",
            ":x",
            "x:",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
