//! The changes that might give a question the answer that is wanted. Whether they do, asking again tells.

use super::agenda::{Agenda, CRD, Question, STORAGE_CLASS, usual_crd_name};
use super::change::{Change, Identity, group_of};
use super::edit::{Edit, edits};
use crate::condition::{
    ApiTarget, Bound, Comparison, CrdTarget, Leaf, Name, ObjectTarget, Places, Range, Target, Test,
    Which,
};
use crate::evaluate::{Located, Truth, locate};
use crate::path::{FieldPath, Segment};
use crate::selector::LabelSelector;
use crate::snapshot::{Snapshot, Stored, is_terminating};
use crate::version::{KubeVersion, KubeVersionRange};

/// Of how many objects of a selection each is tried.
const TRIED: usize = 4;

/// A question in one cluster.
#[derive(Clone, Copy)]
pub(super) struct Candidates<'a> {
    pub(super) agenda: &'a Agenda<'a>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) wanted: Truth,
}

impl Candidates<'_> {
    pub(super) fn of(self, question: &Question<'_>) -> Vec<Change> {
        let is_wanted = self.wanted == Truth::Satisfied;
        let test = question.leaf.question.test();
        match (&question.leaf.target, test) {
            (Target::KubeVersion, Some(test)) if is_wanted => self.versions(test),
            (Target::Api(api), Some(Test::Exists)) if is_wanted => self.api(api),
            (Target::Crd(crd), Some(Test::Exists)) if is_wanted => self.crd(crd),
            (Target::DefaultStorageClass, Some(Test::Exists)) if is_wanted => self.default_class(),
            (Target::Object(target), _) => match &target.which {
                Which::Named(name) => self.named(question, target, name),
                Which::Selected(selector) => self.selected(question, target, selector),
            },
            _ => Vec::new(),
        }
    }

    /// Versions above the cluster's own that satisfy a test.
    fn versions(self, test: &Test) -> Vec<Change> {
        let own = self.snapshot.server_version();
        let Some(own) = own.and_then(|own| KubeVersion::parse(own).ok()) else {
            return Vec::new();
        };
        let above = least_versions(test).into_iter().filter(|one| *one > own);
        above
            .map(|one| format!("{}.{}.{}", one.major(), one.minor(), one.patch()))
            .map(Change::version)
            .collect()
    }

    fn api(self, api: &ApiTarget) -> Vec<Change> {
        let version = api.version.as_deref();
        let crd = usual_crd_name(&api.group, &api.kind);
        // What brings a CRD that is asked for as well does both.
        if self.agenda.crd(&crd).is_some() && self.is_absent(&Identity::of_crd(&crd)) {
            return self.new_crd(&crd);
        }
        vec![Change::serve(&api.group, version, &api.kind)]
    }

    fn crd(self, crd: &CrdTarget) -> Vec<Change> {
        let identity = Identity::of_crd(&crd.name);
        if self.is_absent(&identity) {
            return self.new_crd(&crd.name);
        }
        let Some(object) = identity.stored(self.snapshot) else {
            return Vec::new();
        };
        let kind = object
            .pointer("/spec/names/kind")
            .and_then(|kind| kind.as_str());
        let version = crd.served.iter().cloned().collect();
        vec![Change::crd(&crd.name, kind.map(str::to_owned), version)]
    }

    /// Creates a CRD with all that is asked of it.
    fn new_crd(self, name: &str) -> Vec<Change> {
        let facts = self.agenda.crd(name).cloned().unwrap_or_default();
        let mut versions: Vec<String> = facts.versions.into_iter().collect();
        if versions.is_empty() {
            versions.push("v1".to_owned());
        }
        if group_of(name).is_empty() {
            return Vec::new();
        }
        vec![Change::crd(name, facts.kind, versions)]
    }

    fn default_class(self) -> Vec<Change> {
        let (group, kind) = STORAGE_CLASS;
        let edit = || Edit {
            path: FieldPath::of(
                [
                    "metadata",
                    "annotations",
                    "storageclass.kubernetes.io/is-default-class",
                ]
                .map(|key| Segment::Key(key.to_owned())),
            ),
            value: Some("true".into()),
        };
        let identity = |name: &str| Identity {
            group: group.to_owned(),
            version: "v1".to_owned(),
            kind: kind.to_owned(),
            namespace: String::new(),
            name: name.to_owned(),
        };
        let stored = self.snapshot.stored_of_kind(group, kind);
        stored
            .take(TRIED)
            .map(|(_, name, _)| Change::edit(identity(name), edit()))
            .collect()
    }

    fn named(self, question: &Question<'_>, target: &ObjectTarget, name: &Name) -> Vec<Change> {
        let leaf = question.leaf;
        let own = question.context.namespace();
        let (located, namespace) = locate(target, name, self.snapshot, &question.context);
        let (Some(name), Some(namespace)) = (name.resolve(own), namespace) else {
            return Vec::new();
        };
        let identity = identity(target, namespace, name);
        let is_crd = (target.group.as_str(), target.kind.as_str()) == CRD;
        match located {
            Located::ObjectAbsent if self.wanted != Truth::Satisfied => Vec::new(),
            Located::ObjectAbsent if is_crd => self.new_crd(name),
            Located::ObjectAbsent if leaf.question.is(&Test::NotExists) => Vec::new(),
            // Whether it would have a namespace, nobody says.
            Located::ObjectAbsent
                if self.snapshot.scope(&target.group, &target.kind).is_none()
                    && target.places == Places::Default =>
            {
                Vec::new()
            }
            Located::ObjectAbsent => vec![Change::create(identity, self.edits(leaf, target))],
            // What a CRD serves and under which name is not told by one of its fields.
            Located::Object(object) if !is_terminating(object) && !is_crd => self
                .edits(leaf, target)
                .into_iter()
                .map(|edit| Change::edit(identity.clone(), edit))
                .collect(),
            _ => Vec::new(),
        }
    }

    fn selected(
        self,
        question: &Question<'_>,
        target: &ObjectTarget,
        selector: &LabelSelector,
    ) -> Vec<Change> {
        let edits = self.edits(question.leaf, target);
        let own = question.context.namespace();
        let is_crd = (target.group.as_str(), target.kind.as_str()) == CRD;
        if edits.is_empty() || is_crd {
            return Vec::new();
        }
        let looked_into = |namespace: &str| match &target.places {
            Places::All => true,
            Places::Default => namespace.is_empty() || own == Some(namespace),
            Places::These(names) => names
                .iter()
                .any(|name| name.resolve(own) == Some(namespace)),
        };
        let members = self.snapshot.stored_of_kind(&target.group, &target.kind);
        members
            .filter(|(namespace, ..)| looked_into(namespace))
            .filter(|(.., copies)| match copies.in_version(&target.version) {
                Stored::Object(object) => selector.matches(object) && !is_terminating(object),
                _ => false,
            })
            .flat_map(|(namespace, name, _)| {
                let identity = identity(target, namespace, name);
                let edits = edits.iter().cloned();
                edits.map(move |edit| Change::edit(identity.clone(), edit))
            })
            .filter(|change| change.suppose(self.snapshot).is_some())
            .take(TRIED)
            .collect()
    }

    fn edits(self, leaf: &Leaf, target: &ObjectTarget) -> Vec<Edit> {
        edits(target.field.as_ref(), &leaf.question, self.wanted)
    }

    /// Whether an object is known not to be there.
    fn is_absent(self, identity: &Identity) -> bool {
        let (group, kind, name) = (&identity.group, &identity.kind, &identity.name);
        let stored = self
            .snapshot
            .stored((group, kind, "", name), &identity.version);
        stored.is_none() && self.snapshot.covers_name(group, kind, None, name)
    }
}

fn identity(target: &ObjectTarget, namespace: &str, name: &str) -> Identity {
    Identity {
        group: target.group.clone(),
        version: target.version.clone(),
        kind: target.kind.clone(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    }
}

/// The least versions that satisfy a test.
fn least_versions(test: &Test) -> Vec<KubeVersion> {
    let read = |text: Option<&str>| text.and_then(|text| KubeVersion::parse(text).ok());
    let literal = match test {
        Test::Range(Range::Kube(range)) => return range.least_versions().collect(),
        Test::Range(Range::KubeCompared(compared)) => {
            let range = compared.range().into_iter();
            return range.flat_map(KubeVersionRange::least_versions).collect();
        }
        Test::Compare(Comparison::Eq | Comparison::Ge, Bound::Literal(literal))
        | Test::Between(literal, _) => literal,
        Test::Among(literals) => {
            let texts = literals.iter().map(|literal| literal.value().as_str());
            return texts.filter_map(read).collect();
        }
        Test::Compare(Comparison::Gt, Bound::Literal(literal)) => {
            let version = read(literal.value().as_str());
            let next = version.and_then(|version| {
                let patch = version.patch().checked_add(1)?;
                Some(format!("{}.{}.{patch}", version.major(), version.minor()))
            });
            return read(next.as_deref()).into_iter().collect();
        }
        _ => return Vec::new(),
    };
    read(literal.value().as_str()).into_iter().collect()
}
