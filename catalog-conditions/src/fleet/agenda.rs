//! What is asked of each cluster: every question once, however many sets ask it.

use std::collections::{BTreeMap, BTreeSet};

use super::input::NamedSet;
use crate::condition::{Condition, Leaf, Name, ObjectTarget, Places, Target, Which};
use crate::evaluate::{Context, Judgment, Truth};
use crate::report::{Missing, Reason};

/// Group and kind of the objects that a question looks at; the cluster's version has an empty kind.
pub(super) type Subject = (String, String);

pub(super) const VERSION: (&str, &str) = ("", "");
pub(super) const CRD: (&str, &str) = ("apiextensions.k8s.io", "CustomResourceDefinition");
pub(super) const STORAGE_CLASS: (&str, &str) = ("storage.k8s.io", "StorageClass");
const NODE: (&str, &str) = ("", "Node");

/// All questions of all sets.
pub(super) struct Agenda<'c> {
    pub(super) questions: Vec<Question<'c>>,
    pub(super) sets: Vec<AskedSet<'c>>,
    by_subject: BTreeMap<Subject, Vec<usize>>,
    crds: BTreeMap<String, CrdFacts>,
}

/// A question, and where the package goes that asks it, if that matters.
pub(super) struct Question<'c> {
    pub(super) leaf: &'c Leaf,
    pub(super) context: Context,
    /// The same for two that differ in the context only.
    pub(super) alike: usize,
    /// The sets that ask it, each once, in order.
    pub(super) sets: Vec<usize>,
}

pub(super) struct AskedSet<'c> {
    pub(super) context: &'c Context,
    pub(super) conditions: Vec<AskedCondition<'c>>,
    /// How many questions it asks.
    pub(super) size: usize,
}

/// A condition, and which questions its leaves are, in the order written.
pub(super) struct AskedCondition<'c> {
    pub(super) condition: &'c Condition,
    pub(super) questions: Vec<usize>,
    pub(super) brought: Brought,
}

/// What something else brings, should the one question of a condition miss it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Brought {
    kind: bool,
    object: bool,
}

impl Brought {
    fn of(condition: &Condition, set: &NamedSet<'_>) -> Self {
        if set.brought.is_empty() {
            return Self::default();
        }
        let is_brought = |missing: &Missing| {
            let key = (condition.name().to_owned(), missing.clone());
            set.brought.contains(&key)
        };
        let is_kind = |missing: &Missing| matches!(missing, Missing::Api { .. });
        let brought = condition.can_miss().into_iter().filter(is_brought);
        let (kinds, objects): (Vec<_>, Vec<_>) = brought.partition(is_kind);
        Self {
            kind: !kinds.is_empty(),
            object: !objects.is_empty(),
        }
    }

    /// Whether what an answer misses is brought.
    pub(super) fn mends(self, judgment: Judgment) -> bool {
        match (judgment.truth, judgment.reason) {
            (Truth::NotSatisfied, Reason::KindAbsent) => self.kind,
            (Truth::NotSatisfied, Reason::ObjectAbsent) => self.object,
            _ => false,
        }
    }
}

/// What the questions together say about a CRD, for the change that brings it.
#[derive(Clone, Debug, Default)]
pub(super) struct CrdFacts {
    pub(super) kind: Option<String>,
    pub(super) versions: BTreeSet<String>,
}

impl<'c> Agenda<'c> {
    pub(super) fn new(sets: &'c [NamedSet<'c>]) -> Self {
        let mut known = Known::default();
        let mut questions = Vec::new();
        let asked = sets.iter().enumerate().map(|(at, set)| {
            let conditions: Vec<_> = set
                .conditions
                .conditions()
                .iter()
                .map(|condition| {
                    let tree = condition.expression().map(|expression| expression.tree());
                    let leaves = tree.into_iter().flat_map(|tree| tree.leaves());
                    let asked = leaves.map(|leaf| known.question(&mut questions, leaf, (at, set)));
                    AskedCondition {
                        condition,
                        questions: asked.collect(),
                        brought: Brought::of(condition, set),
                    }
                })
                .collect();
            let size = conditions.iter().map(|asked| asked.questions.len()).sum();
            AskedSet {
                context: &set.context,
                conditions,
                size,
            }
        });
        let sets = asked.collect();
        let by_subject = by_subject(&questions);
        let crds = crd_facts(&questions);
        Self {
            questions,
            sets,
            by_subject,
            crds,
        }
    }

    /// The questions that look at objects of a kind, or at whether it is served.
    pub(super) fn about(&self, (group, kind): (&str, &str)) -> &[usize] {
        let subject = (group.to_owned(), kind.to_owned());
        self.by_subject.get(&subject).map_or(&[], Vec::as_slice)
    }

    /// What is known of a CRD by name, if some question names it.
    pub(super) fn crd(&self, name: &str) -> Option<&CrdFacts> {
        self.crds.get(name)
    }
}

/// The questions that were met, by their text and namespace. Equal texts are compared, since a text may leave something out.
#[derive(Default)]
struct Known {
    by_text: BTreeMap<(String, Option<String>), Vec<usize>>,
    alike: BTreeMap<String, Vec<usize>>,
}

impl Known {
    fn question<'c>(
        &mut self,
        questions: &mut Vec<Question<'c>>,
        leaf: &'c Leaf,
        (at, set): (usize, &NamedSet<'_>),
    ) -> usize {
        let namespace = Some(leaf)
            .filter(|leaf| depends_on_namespace(leaf))
            .and(set.context.namespace());
        let text = format!("{leaf:?}");
        let is_it = |questions: &[Question<'_>], one: usize| {
            questions.get(one).is_some_and(|known| known.leaf == leaf)
        };
        let key = (text, namespace.map(str::to_owned));
        let same = self.by_text.get(&key).into_iter().flatten();
        let mut same = same.filter(|one| is_it(questions, **one));
        if let Some(&known) = same.next() {
            if let Some(question) = questions.get_mut(known)
                && question.sets.last() != Some(&at)
            {
                question.sets.push(at);
            }
            return known;
        }
        let new = questions.len();
        let alike = self.alike.entry(key.0.clone()).or_default();
        let first = alike.iter().copied().find(|one| is_it(questions, *one));
        if first.is_none() {
            alike.push(new);
        }
        let context = namespace.map_or_else(Context::new, |own| Context::new().with_namespace(own));
        questions.push(Question {
            leaf,
            context,
            alike: first.unwrap_or(new),
            sets: vec![at],
        });
        self.by_text.entry(key).or_default().push(new);
        new
    }
}

fn depends_on_namespace(leaf: &Leaf) -> bool {
    let own = |name: &Name| *name == Name::OwnNamespace;
    match &leaf.target {
        Target::Object(target) => {
            let named = matches!(&target.which, Which::Named(name) if own(name));
            named
                || match &target.places {
                    Places::Default => true,
                    Places::These(names) => names.iter().any(own),
                    Places::All => false,
                }
        }
        Target::Access(access) => {
            access.name.as_ref().is_some_and(own) || access.namespace.as_ref().is_some_and(own)
        }
        Target::KubeVersion
        | Target::Api(_)
        | Target::Crd(_)
        | Target::DefaultStorageClass
        | Target::Nodes(_) => false,
    }
}

fn by_subject(questions: &[Question<'_>]) -> BTreeMap<Subject, Vec<usize>> {
    let mut by_subject: BTreeMap<Subject, Vec<usize>> = BTreeMap::new();
    for (at, question) in questions.iter().enumerate() {
        let (group, kind) = match &question.leaf.target {
            Target::Object(target) => (target.group.as_str(), target.kind.as_str()),
            Target::Api(api) => (api.group.as_str(), api.kind.as_str()),
            Target::KubeVersion => VERSION,
            Target::Crd(_) => CRD,
            Target::DefaultStorageClass => STORAGE_CLASS,
            Target::Nodes(_) => NODE,
            // What may be done is no object's matter.
            Target::Access(_) => continue,
        };
        let subject = (group.to_owned(), kind.to_owned());
        by_subject.entry(subject).or_default().push(at);
    }
    by_subject
}

/// What the questions say of each CRD that one of them names: its versions, and the kind that other questions ask for in its group
/// and whose plural is the CRD's.
fn crd_facts(questions: &[Question<'_>]) -> BTreeMap<String, CrdFacts> {
    let mut crds: BTreeMap<String, CrdFacts> = BTreeMap::new();
    for question in questions {
        match &question.leaf.target {
            Target::Crd(crd) => {
                let versions = [&crd.served, &crd.stored].into_iter().flatten().cloned();
                let facts = crds.entry(crd.name.clone()).or_default();
                facts.versions.extend(versions);
            }
            Target::Object(target) => {
                crds.extend(crd_name(target).map(|name| (name, CrdFacts::default())));
            }
            _ => {}
        }
    }
    for question in questions {
        let (group, version, kind) = match &question.leaf.target {
            Target::Api(api) => (&api.group, api.version.as_ref(), &api.kind),
            Target::Object(target) => (&target.group, Some(&target.version), &target.kind),
            _ => continue,
        };
        if let Some(facts) = crds.get_mut(&usual_crd_name(group, kind)) {
            facts.kind.get_or_insert_with(|| kind.clone());
            facts.versions.extend(version.cloned());
        }
    }
    crds
}

fn crd_name(target: &ObjectTarget) -> Option<String> {
    match &target.which {
        Which::Named(Name::Given(name)) if (target.group.as_str(), target.kind.as_str()) == CRD => {
            Some(name.clone())
        }
        _ => None,
    }
}

/// The name of the CRD that brings a kind, if its plural is the usual one.
pub(super) fn usual_crd_name(group: &str, kind: &str) -> String {
    let one = kind.to_ascii_lowercase();
    let many = match one.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if one.ends_with(['s', 'x']) || one.ends_with("ch") || one.ends_with("sh") => {
            format!("{one}es")
        }
        _ => format!("{one}s"),
    };
    format!("{many}.{group}")
}
