//! What each question reads, before what is read twice is left out.

use std::collections::BTreeSet;

use super::read::Read;
use super::secret_values::SecretValues;
use crate::condition::{Condition, ConditionSet, Leaf, ObjectTarget, Places, Target, Which};
use crate::evaluate::{Context, access_query, evaluate};
use crate::report::{ConditionReport, Outcome};
use crate::selector::LabelSelector;
use crate::snapshot::{Namespaces, Scope, Snapshot, well_known_scope};

const CRD: (&str, &str, &str) = ("apiextensions.k8s.io", "v1", "CustomResourceDefinition");
const NODE: (&str, &str, &str) = ("", "v1", "Node");
const STORAGE_CLASS: (&str, &str, &str) = ("storage.k8s.io", "v1", "StorageClass");

/// The reads of the conditions seen so far.
pub(super) struct Collected<'c> {
    context: &'c Context,
    own: Option<&'c str>,
    pub(super) reads: Vec<Read>,
    pub(super) unresolved: BTreeSet<String>,
    pub(super) secret_values: SecretValues,
}

/// The context names no namespace, and the read needs it.
struct NoNamespace;

impl<'c> Collected<'c> {
    pub(super) fn new(context: &'c Context) -> Self {
        Self {
            context,
            own: context.namespace(),
            reads: Vec::new(),
            unresolved: BTreeSet::new(),
            secret_values: SecretValues::default(),
        }
    }

    pub(super) fn condition(&mut self, condition: &Condition) {
        let Some(expression) = condition.expression() else {
            return;
        };
        if self.is_ruled_out(condition) {
            return;
        }
        // Every question is looked at, whatever becomes of those before it.
        let answers: Vec<_> = expression.leaves().map(|leaf| self.leaf(leaf)).collect();
        if answers.iter().any(Result::is_err) {
            self.unresolved.insert(condition.name().to_owned());
        }
    }

    /// Whether the parameters of the context say that a condition is not asked. Where they do not say, it may be.
    fn is_ruled_out(&self, condition: &Condition) -> bool {
        condition.when().is_some() && {
            let mut alone = ConditionSet::new();
            // Nothing else has its name.
            let _ = alone.push(condition.clone());
            let report = evaluate(&alone, &Snapshot::default(), self.context);
            let mut outcomes = report.conditions().iter().map(ConditionReport::outcome);
            outcomes.all(|outcome| outcome == Outcome::NotApplicable)
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> Result<(), NoNamespace> {
        match &leaf.target {
            Target::KubeVersion => self.reads.push(Read::ServerVersion),
            Target::Api(api) => self.reads.push(Read::Discovery {
                group: api.group.clone(),
                version: api.version.clone(),
                kind: api.kind.clone(),
            }),
            Target::Crd(crd) => self.reads.push(object(CRD, None, &crd.name)),
            Target::DefaultStorageClass => {
                self.reads.push(list(
                    STORAGE_CLASS,
                    Namespaces::All,
                    LabelSelector::default(),
                ));
            }
            Target::Nodes(nodes) => {
                self.reads
                    .push(list(NODE, Namespaces::All, nodes.selector.clone()));
            }
            Target::Access(access) => {
                let query = access_query(access, self.own).ok_or(NoNamespace)?;
                self.reads.push(Read::Access(query));
            }
            Target::Object(target) => {
                if target.is_secret() {
                    self.secret_values
                        .asked(target.field.as_ref(), &leaf.question);
                }
                return self.object(target);
            }
        }
        Ok(())
    }

    fn object(&mut self, target: &ObjectTarget) -> Result<(), NoNamespace> {
        // Whether the kind is served decides between an object that is absent and a kind that is.
        self.reads.push(Read::Discovery {
            group: target.group.clone(),
            version: Some(target.version.clone()),
            kind: target.kind.clone(),
        });
        let of = (
            target.group.as_str(),
            target.version.as_str(),
            target.kind.as_str(),
        );
        let read = match &target.which {
            Which::Named(name) => {
                let name = name.resolve(self.own).ok_or(NoNamespace)?;
                object(of, self.namespace(target)?, name)
            }
            Which::Selected(selector) => list(of, self.namespaces(target)?, selector.clone()),
        };
        self.reads.push(read);
        Ok(())
    }

    /// The namespace of a named object: `None` for a kind without, or where nothing says which.
    fn namespace<'a>(&self, target: &'a ObjectTarget) -> Result<Option<&'a str>, NoNamespace>
    where
        'c: 'a,
    {
        match (
            &target.places,
            well_known_scope(&target.group, &target.kind),
        ) {
            (_, Some(Scope::Cluster)) => Ok(None),
            (Places::These(names), _) => {
                let name = names.first().and_then(|name| name.resolve(self.own));
                name.map(Some).ok_or(NoNamespace)
            }
            (Places::Default, Some(Scope::Namespaced)) => self.own.map(Some).ok_or(NoNamespace),
            (Places::Default, None) => Ok(self.own),
            // A file cannot say so of a named object.
            (Places::All, _) => Err(NoNamespace),
        }
    }

    fn namespaces(&self, target: &ObjectTarget) -> Result<Namespaces, NoNamespace> {
        let names = match (
            &target.places,
            well_known_scope(&target.group, &target.kind),
        ) {
            (Places::All, _) | (_, Some(Scope::Cluster)) => return Ok(Namespaces::All),
            (Places::These(names), _) => names.iter().map(|name| name.resolve(self.own)).collect(),
            (Places::Default, Some(Scope::Namespaced)) => self.own.map(|own| BTreeSet::from([own])),
            (Places::Default, None) => Some(self.own.into_iter().collect()),
        };
        let names: BTreeSet<&str> = names.ok_or(NoNamespace)?;
        Ok(Namespaces::Named(
            names.into_iter().map(str::to_owned).collect(),
        ))
    }
}

fn object(of: (&str, &str, &str), namespace: Option<&str>, name: &str) -> Read {
    let (group, version, kind) = of;
    Read::Object {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.to_owned(),
    }
}

fn list(of: (&str, &str, &str), namespaces: Namespaces, selector: LabelSelector) -> Read {
    let (group, version, kind) = of;
    Read::List {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        namespaces,
        selector,
    }
}
