//! Keys that are called as secrets.

/// What is in the names of secrets, without regard to case and punctuation.
const SECRETS: [&str; 22] = [
    "accesskey",
    "accountkey",
    "apikey",
    "authkey",
    "authorization",
    "bearer",
    "connectionstring",
    "cookie",
    "credential",
    "encryptionkey",
    "kubeconfig",
    "masterkey",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "sharedkey",
    "signingkey",
    "sshkey",
    "token",
];

/// The same, as words of their own.
const SECRET_WORDS: [&str; 4] = ["auth", "dsn", "jwt", "pw"];

/// How words end that name secrets, as `dbpass`.
const SECRET_ENDS: [&str; 2] = ["pass", "pwd"];

/// Words that end so and name none.
const OTHER_WORDS: [&str; 2] = ["bypass", "compass"];

/// Last words of keys that say how something is called or where it is.
const NAMES: [&str; 16] = [
    "enabled",
    "endpoint",
    "file",
    "host",
    "kind",
    "name",
    "names",
    "namespace",
    "path",
    "port",
    "ref",
    "reference",
    "refs",
    "type",
    "uri",
    "url",
];

/// Whether a key is called as a secret, and not as the name or the place of one.
pub(super) fn names_secret(key: &str) -> bool {
    is_called_secret(key) && !is_name(key)
}

/// Whether a key is called as a secret.
pub(super) fn is_called_secret(key: &str) -> bool {
    let letters: String = key
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|one| one.to_ascii_lowercase())
        .collect();
    SECRETS.iter().any(|secret| letters.contains(secret))
        || words(key).any(|word| is_secret_word(&word))
}

fn is_secret_word(word: &str) -> bool {
    let ends = SECRET_ENDS.iter().any(|end| word.ends_with(end));
    SECRET_WORDS.contains(&word) || ends && !OTHER_WORDS.contains(&word)
}

/// Whether a key says how something is called, or where it is.
pub(super) fn is_name(key: &str) -> bool {
    words(key)
        .last()
        .is_some_and(|last| NAMES.contains(&last.as_str()))
}

/// The words of a key, in lower case: those of `apiToken`, `API_TOKEN` and `api-token` are the same.
fn words(key: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for one in key.chars() {
        let begins = !one.is_ascii_alphanumeric() || was_lower && one.is_ascii_uppercase();
        was_lower = one.is_ascii_lowercase() || one.is_ascii_digit();
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| one.is_ascii_alphanumeric()) {
            word.push(one.to_ascii_lowercase());
        }
    }
    words.into_iter().filter(|word| !word.is_empty())
}
