//! Texts that have a secret in them by their form.

use super::key::names_secret;

/// How issuers begin the tokens that they give out.
const TOKEN_BEGINS: [&str; 16] = [
    "AIza",
    "AKIA",
    "ASIA",
    "gho_",
    "ghp_",
    "ghr_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
    "hvs.",
    "rk_live_",
    "sk_live_",
    "xapp-",
    "xoxb-",
    "xoxp-",
];

/// How many bytes tokens have at least, after such a beginning.
const SHORTEST_TOKEN: usize = 16;

/// Values that say of which type something is, in CUE and elsewhere.
const TYPES: [&str; 9] = [
    "bool", "boolean", "bytes", "false", "int", "null", "number", "string", "true",
];

/// How many bytes before a `=` or `:` may be a key.
const LONGEST_KEY: usize = 80;

/// Whether a text has a secret in it by its form.
pub(super) fn is_secret(text: &str) -> bool {
    let is_given = |(key, after): (&str, &str)| {
        names_secret(key) && {
            let value = value_in(after);
            !value.is_empty() && !TYPES.contains(&value)
        }
    };
    text.contains("PRIVATE KEY-----")
        || has_user(text)
        || text
            .split(|one: char| one.is_whitespace() || one == '"')
            .any(is_web_token)
        || has_issued_token(text)
        || gives_by_words(text)
        || assignments(text).any(is_given)
}

/// Whether a text has a URL with a user in it, or a data source name.
fn has_user(text: &str) -> bool {
    let is_end =
        |one: char| one.is_whitespace() || matches!(one, '/' | '?' | '#' | '"' | '\'' | '`');
    let has_user = |rest: &str| {
        let authority = rest.split(is_end).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        !matches!(user, "" | "git")
    };
    let names_source = ["@tcp(", "@unix("]
        .into_iter()
        .filter_map(|at| text.split_once(at));
    text.split("://").skip(1).any(has_user)
        || names_source
            .into_iter()
            .any(|(before, _)| before.contains(':'))
}

fn is_web_token(word: &str) -> bool {
    word.starts_with("eyJ") && word.matches('.').count() == 2
}

/// Whether a text has a token in it that is known by how it begins.
fn has_issued_token(text: &str) -> bool {
    let is_of_token = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.');
    text.split(|one| !is_of_token(one)).any(|word| {
        let mut rests = TOKEN_BEGINS
            .iter()
            .filter_map(|begin| word.strip_prefix(begin));
        rests.any(|rest| rest.len() >= SHORTEST_TOKEN)
    })
}

/// Whether a text says of the word behind another that it is a secret: behind an option that is called so, or behind `Bearer` where that is all.
fn gives_by_words(text: &str) -> bool {
    let is_option = |word: &str| {
        let name = word.trim_start_matches(is_quote).strip_prefix("--");
        let is_of_name = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
        name.is_some_and(|name| {
            name.len() <= LONGEST_KEY && name.chars().all(is_of_name) && names_secret(name)
        })
    };
    let words = || text.split_whitespace();
    let mut pairs = words().zip(words().skip(1));
    let is_bearer = |word: &str| word.eq_ignore_ascii_case("bearer");
    words().next().is_some_and(is_bearer) && words().take(3).count() == 2
        || pairs.any(|(word, next)| is_option(word) && !next.starts_with('-'))
}

/// What a text says of keys: `key=value`, `key: value`, `"key": "value"`, and in CUE `key: *"value" | string`. Each key is given with all that follows
/// its sign: what of that is the value, [`value_in`] says of those keys that matter. No key is part of another, so all of them together are linear.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(['=', ':'])
        .filter_map(move |(at, sign)| {
            let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
            // A comparison, or the tag of an image.
            let is_none = match sign {
                "=" => after.starts_with('='),
                _ => !after.starts_with(is_around_value),
            };
            if is_none {
                return None;
            }
            let before = before
                .trim_end_matches([' ', '?', '!'])
                .trim_end_matches(is_quote);
            let is_key =
                |one: &char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-' | '.' | '/');
            let length = before
                .chars()
                .rev()
                .take(LONGEST_KEY)
                .take_while(is_key)
                .count();
            let key = before.get(before.len() - length..)?;
            (!key.is_empty()).then_some((key, after))
        })
}

/// The value at the beginning of what follows a `=` or `:`.
pub(super) fn value_in(after: &str) -> &str {
    let value = after.split(['\n', ',', ';', '&', '}']).next();
    value.unwrap_or_default().trim_matches(is_around_value)
}

fn is_around_value(one: char) -> bool {
    one.is_whitespace() || is_quote(one) || one == '*'
}

fn is_quote(one: char) -> bool {
    matches!(one, '"' | '\'' | '`')
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn texts_with_many_assignments_are_read_in_time() {
        let begun = std::time::Instant::now();
        for (text, is_shown) in [
            ("a=".repeat(50_000), true),
            ("secretName=".repeat(50_000), true),
            ("password= ".repeat(50_000) + ";", false),
            ("password=;".repeat(50_000), true),
        ] {
            assert_eq!(!is_secret(&text), is_shown);
        }
        assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    }
}
