//! The matrix for scripts.

use serde_json::{Value, json};

use super::cause::{Asker, Cause};
use super::matrix::Matrix;
use super::trial::ChangeEffect;

impl Matrix {
    /// The matrix as JSON, in the order of the sets and clusters that were asked:
    ///
    /// - `gate`: the worst; `sets`: their names; `untried`, as [here](Self::untried);
    /// - `clusters`: each `name`, `green`, and `gates`, one a set;
    /// - `causes`: each `effect`, `code`, where known `object`, `field`, `expected`, `help`; `unwanted` if it holds and must not;
    ///   `unknown`; `askers` (`set`, `condition`, `position`?), `clusters` (places), `found` (`cluster`, `actual`) of the first three;
    /// - `changes`: each with the keys of [`Change::to_json`](super::Change::to_json), `turnsGreen` (places of clusters), `opens`
    ///   (`set`, `cluster`), `shuts` (a number); the first is the best.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let clusters: Vec<Value> = self
            .clusters()
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let gates = (0..self.sets().len()).filter_map(|set| self.gate(set, at));
                let gates: Vec<&str> = gates.map(|gate| gate.as_str()).collect();
                json!({"name": name, "green": self.is_green(at), "gates": gates})
            })
            .collect();
        json!({
            "gate": self.worst().as_str(),
            "sets": self.sets(),
            "clusters": clusters,
            "causes": self.causes().iter().map(cause).collect::<Vec<_>>(),
            "changes": self.changes().iter().map(change).collect::<Vec<_>>(),
            "untried": self.untried(),
        })
    }
}

fn cause(cause: &Cause) -> Value {
    let answer = cause.answer();
    let found = cause.found().iter();
    let found = found.map(|(cluster, actual)| json!({"cluster": cluster, "actual": actual}));
    let mut json = json!({
        "effect": cause.effect().as_str(),
        "code": cause.code(),
        "unknown": cause.is_unknown(),
        "unwanted": cause.is_unwanted(),
        "askers": cause.askers().iter().map(asker).collect::<Vec<_>>(),
        "clusters": cause.clusters(),
        "found": found.collect::<Vec<_>>(),
    });
    let help = answer.help().join("\n");
    let parts = [
        ("object", answer.object()),
        ("field", answer.field()),
        ("expected", answer.expected()),
        ("help", Some(help.as_str()).filter(|help| !help.is_empty())),
    ];
    for (key, value) in parts {
        put_if_some(&mut json, key, value);
    }
    json
}

fn asker(asker: &Asker) -> Value {
    let mut json = json!({"set": asker.set(), "condition": asker.condition()});
    let position = Some(asker.position()).filter(|position| !position.is_empty());
    put_if_some(&mut json, "position", position);
    json
}

fn change(effect: &ChangeEffect) -> Value {
    let mut json = effect.change().to_json();
    let opens = effect.opens().iter();
    let opens = opens.map(|(set, cluster)| json!({"set": set, "cluster": cluster}));
    put(&mut json, "turnsGreen", effect.turns_green());
    put(&mut json, "opens", opens.collect::<Value>());
    put(&mut json, "shuts", effect.shuts());
    json
}

/// Puts a value into a JSON object.
pub(super) fn put(json: &mut Value, key: &str, value: impl Into<Value>) {
    if let Value::Object(object) = json {
        object.insert(key.to_owned(), value.into());
    }
}

pub(super) fn put_if_some(json: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        put(json, key, value);
    }
}
