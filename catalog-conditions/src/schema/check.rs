//! Conditions against the schemas of CRDs: paths that no object of a kind has, values that a field never holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::crd::Schema;
use super::question::Check;
use crate::condition::{Condition, ConditionSet, Expression, ObjectTarget, Target};
use crate::diagnostic::{Diagnostic, Severity};
use crate::snapshot::Snapshot;

impl ConditionSet {
    /// Checks what is asked of custom resources against the CRDs that define them: those of a cluster ([`Snapshot::crds`]), or those
    /// that a package brings. Anything that is no CRD is passed over, and so is a kind or version that none of them defines.
    ///
    /// Returns, sorted and each once:
    ///
    /// | code | severity | about |
    /// |---|---|---|
    /// | `conditions.path.schema` | error | a path that no object of the kind has |
    /// | `conditions.value.type` | error | a value, or an operator, of a type that the field never has |
    /// | `conditions.value.enum` | warning | a string that is not among those that the schema lists |
    /// | `conditions.path.list-map` | warning | an index into a list whose order means nothing |
    ///
    /// [`evaluate`](crate::evaluate()) asks the CRDs of its snapshot by itself, and answers nothing that they refuse; here the places in the
    /// file are told as well, and what is only doubtful.
    ///
    /// If several CRDs define one kind, each is asked: what one of them refuses cannot be relied on. Each diagnostic points at its
    /// condition. Cost: that of [`Schema::check`] for each path and CRD.
    ///
    /// [`Snapshot::crds`]: crate::snapshot::Snapshot::crds
    ///
    /// ```
    /// use catalog_conditions::{ConditionSet, SourceFile, document::Limits};
    /// use serde_json::json;
    ///
    /// let file = SourceFile::new("needs.yaml", "\
    /// conditions:
    /// - target: { apiVersion: example.com/v1, kind: Widget, name: main, namespace: shop, fieldPath: spec.replica }
    ///   op: notExists
    /// ");
    /// let (conditions, _) = ConditionSet::parse(&file, &Limits::default());
    /// let crd = json!({
    ///     "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    ///     "spec": {"group": "example.com", "names": {"kind": "Widget"}, "versions": [{"name": "v1", "schema": {"openAPIV3Schema": {
    ///         "type": "object", "properties": {"spec": {"type": "object", "properties": {"replicas": {"type": "integer"}}}},
    ///     }}}]},
    /// });
    /// let diagnostics = conditions.check_schemas([&crd]);
    /// assert_eq!(
    ///     diagnostics[0].to_string(),
    ///     "needs.yaml:2:3: error[conditions.path.schema]: `spec.replica` is no path of Widget (example.com/v1): `spec` has no field `replica`"
    /// );
    /// assert_eq!(diagnostics[0].help_lines(), ["did you mean `replicas`?"]);
    /// ```
    #[must_use]
    pub fn check_schemas<'c>(&self, crds: impl IntoIterator<Item = &'c Value>) -> Vec<Diagnostic> {
        let crds = Crds::of(crds);
        let conditions = self.conditions().iter();
        sorted(conditions.flat_map(|condition| crds.check(condition)))
    }
}

/// What the CRDs of a snapshot refuse to have of what a condition asks for: under `notExists`, a path that no object can have would be
/// satisfied for ever.
///
/// Cost: a lookup for each question; where a CRD defines the kind, a walk of each path through its schema.
pub(crate) fn refused(condition: &Condition, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let targets = condition
        .expression()
        .into_iter()
        .flat_map(Expression::leaves)
        .filter_map(|leaf| match &leaf.target {
            Target::Object(target) => Some((target.group.as_str(), target.kind.as_str())),
            _ => None,
        });
    // A thousand questions may be about one kind, whose CRD is asked once for each of them.
    let kinds: BTreeSet<(&str, &str)> = targets.collect();
    let crds: Vec<&Value> = kinds
        .into_iter()
        .filter_map(|(group, kind)| snapshot.crd_of(group, kind))
        .collect();
    if crds.is_empty() {
        return Vec::new();
    }
    let mut found = sorted(Crds::of(crds).check(condition));
    found.retain(|diagnostic| diagnostic.severity() == Severity::Error);
    found
}

fn sorted(diagnostics: impl IntoIterator<Item = Diagnostic>) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = diagnostics.into_iter().collect();
    diagnostics.sort();
    diagnostics.dedup();
    diagnostics
}

fn at(condition: &Condition, diagnostic: Diagnostic) -> Diagnostic {
    match condition.location() {
        Some(location) => diagnostic.at(location.file(), location.span()),
        None => diagnostic,
    }
}

/// CRDs by the group and kind that they define.
struct Crds<'c>(BTreeMap<(&'c str, &'c str), Vec<&'c Value>>);

impl<'c> Crds<'c> {
    /// What the schemas say of one condition.
    fn check(&self, condition: &Condition) -> Vec<Diagnostic> {
        let leaves = condition.expression().map(Expression::leaves);
        let mut found = Vec::new();
        for leaf in leaves.into_iter().flatten() {
            let Target::Object(target) = &leaf.target else {
                continue;
            };
            for schema in self.schemas(target) {
                let mut check = Check::new(schema, target);
                check.leaf(target, leaf);
                found.extend(check.found.into_iter().map(|one| at(condition, one)));
            }
        }
        found
    }

    fn of(crds: impl IntoIterator<Item = &'c Value>) -> Self {
        let mut by_kind: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for crd in crds {
            let text = |pointer: &str| crd.pointer(pointer).and_then(Value::as_str);
            if let (Some("CustomResourceDefinition"), Some(group), Some(kind)) =
                (text("/kind"), text("/spec/group"), text("/spec/names/kind"))
            {
                by_kind.entry((group, kind)).or_default().push(crd);
            }
        }
        Self(by_kind)
    }

    fn schemas<'a>(&'a self, target: &'a ObjectTarget) -> impl Iterator<Item = Schema<'c>> + 'a {
        let crds = self.0.get(&(target.group.as_str(), target.kind.as_str()));
        let crds = crds.into_iter().flatten();
        crds.filter_map(|crd| Schema::of_crd(crd, &target.version))
    }
}
