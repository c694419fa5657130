//! Plans as JSON.

use serde_json::{Map, Value, json};

use super::{Plan, Step};

impl Plan {
    /// The plan as JSON: the same bytes for the same plan.
    ///
    /// `steps` are in the order of [`steps`](Self::steps), each with `package`, `action` (as [`Action::as_str`](super::Action::as_str)),
    /// `namespace`, `level` (counted from 0) and `after` (positions in `steps`); where there is one, `from` and `to` (versions) and
    /// `catalog`; `hops` (versions) where there are some, and `unmet` where they lack something: `{"hop", "kind", "package"?, "text"}`;
    /// `breaks` and `avoided` where an upgrade breaks something, or goes another way so that it does not: `{"from", "to", "reason"}`.
    /// `cycles` are [groups of positions](Self::cycles), `orphans` names of packages.
    ///
    /// ```
    /// use catalog_resolve::{Outcome, Request, Universe, resolve};
    /// use serde_json::json;
    ///
    /// let universe = Universe::from_json(r#"{"app": {"1.0.0": {"dependencies": [{"name": "db"}]}}, "db": {"2.1.0": {}}}"#)?;
    /// let Outcome::Resolved(resolution) = resolve(&universe, &Request::new().install("app", "*")?) else { panic!() };
    /// assert_eq!(resolution.plan().to_json(), json!({
    ///     "steps": [
    ///         {"package": "db", "action": "install", "to": "2.1.0", "namespace": "db", "level": 0, "after": []},
    ///         {"package": "app", "action": "install", "to": "1.0.0", "namespace": "app", "level": 1, "after": [0]},
    ///     ],
    ///     "cycles": [], "orphans": [],
    /// }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Value {
        let steps: Vec<Value> = self.steps().iter().map(Step::to_json).collect();
        json!({ "steps": steps, "cycles": self.cycles(), "orphans": self.orphans() })
    }
}

impl Step {
    /// The step as it stands in [`Plan::to_json`].
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("package".to_owned(), self.package().into());
        object.insert("action".to_owned(), self.action().as_str().into());
        let texts = [
            ("from", self.from()),
            ("to", self.to()),
            ("catalog", self.catalog()),
        ];
        for (key, text) in texts {
            object.extend(text.map(|text| (key.to_owned(), text.into())));
        }
        if !self.hops().is_empty() {
            let hops = self.hops().iter().map(|hop| hop.version().as_str());
            object.insert("hops".to_owned(), hops.collect());
        }
        let unmet = self.unmet_json();
        if !unmet.is_empty() {
            object.insert("unmet".to_owned(), unmet.into());
        }
        for (key, breaks) in [("breaks", self.breaks()), ("avoided", self.avoided())] {
            let told = breaks
                .iter()
                .map(|one| json!({ "from": one.from(), "to": one.to(), "reason": one.reason() }));
            let told: Vec<Value> = told.collect();
            if !told.is_empty() {
                object.insert(key.to_owned(), told.into());
            }
        }
        object.insert("namespace".to_owned(), self.namespace().into());
        object.insert("level".to_owned(), self.level().into());
        object.insert("after".to_owned(), self.after().into());
        Value::Object(object)
    }

    fn unmet_json(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for hop in self.hops() {
            for need in hop.unmet() {
                let mut object = Map::new();
                object.insert("hop".to_owned(), hop.version().as_str().into());
                object.insert("kind".to_owned(), need.kind().as_str().into());
                let package = need.package();
                object.extend(package.map(|package| ("package".to_owned(), package.into())));
                object.insert("text".to_owned(), need.text().into());
                all.push(Value::Object(object));
            }
        }
        all
    }
}
