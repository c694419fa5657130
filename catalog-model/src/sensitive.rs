//! Which values may be secret: nobody says so of those that Pods, ConfigMaps, Secrets and modules are given.

use serde_json::Value;

/// Keys under which values are that may be secret, wherever they are.
const SENSITIVE: [&str; 8] = [
    "args",
    "binaryData",
    "command",
    "data",
    "env",
    "kubectl.kubernetes.io/last-applied-configuration",
    "stringData",
    "values",
];

/// Whether a value may be shown: neither does it stand under such a key, nor is one in it. Cost: linear in the value.
pub(crate) fn may_be_shown(pointer: &str, value: &Value) -> bool {
    let is_sensitive = |token: &str| SENSITIVE.contains(&token.replace("~1", "/").as_str());
    if pointer.split('/').any(is_sensitive) {
        return false;
    }
    // No recursion: how deep values are is up to who wrote them.
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                if fields.keys().any(|key| SENSITIVE.contains(&key.as_str())) {
                    return false;
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    true
}
