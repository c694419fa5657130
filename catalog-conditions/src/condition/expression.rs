//! Questions joined by all, any and not.

use super::error::ExpressionError;
use super::field::Field;
use super::leaf::Leaf;
use super::range::Range;
use super::target::{ApiTarget, CrdTarget, Name, ObjectTarget, Places, Target, Which};
use super::test::Test;
use super::tree::{self, Tree};
use crate::path::{FieldPath, Segment};
use crate::selector::{LabelSelector, Relation, Requirement};
use crate::version::{KubeVersionRange, VersionRange};

/// A question to a cluster, or several joined by `all`, `any` and `not`.
///
/// ```
/// use catalog_conditions::condition::Expression;
///
/// let either = Expression::any(vec![
///     Expression::api_available("monitoring.coreos.com", None, "ServiceMonitor"),
///     Expression::not(Expression::crd("prometheuses.monitoring.coreos.com"))?,
/// ])?;
/// assert_eq!(either.leaf_count(), 2);
/// assert!(Expression::all(Vec::new()).is_err());
/// # Ok::<(), catalog_conditions::condition::ExpressionError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Expression(Tree<Leaf>);

impl Expression {
    /// How deep `all`, `any` and `not` may nest.
    pub const MAX_DEPTH: usize = tree::MAX_DEPTH;
    /// How many questions one expression may ask.
    pub const MAX_LEAVES: usize = tree::MAX_LEAVES;

    /// Satisfied if every part is.
    ///
    /// # Errors
    ///
    /// No part at all, or more than [`MAX_DEPTH`](Self::MAX_DEPTH) or [`MAX_LEAVES`](Self::MAX_LEAVES) allow.
    pub fn all(parts: Vec<Self>) -> Result<Self, ExpressionError> {
        Tree::all(trees(parts)).map(Self)
    }

    /// Satisfied if some part is.
    ///
    /// # Errors
    ///
    /// As for [`all`](Self::all).
    pub fn any(parts: Vec<Self>) -> Result<Self, ExpressionError> {
        Tree::any(trees(parts)).map(Self)
    }

    /// Satisfied if the part is not.
    ///
    /// # Errors
    ///
    /// Nesting deeper than [`MAX_DEPTH`](Self::MAX_DEPTH).
    #[expect(
        clippy::should_implement_trait,
        reason = "it can fail, and stands beside `all` and `any`"
    )]
    pub fn not(part: Self) -> Result<Self, ExpressionError> {
        Tree::not(part.0).map(Self)
    }

    /// Asks whether the cluster's version lies in a range.
    #[must_use]
    pub fn kubernetes_version(range: KubeVersionRange) -> Self {
        Self::leaf(Leaf::new(
            Target::KubeVersion,
            Test::Range(Range::Kube(range)),
        ))
    }

    /// Asks whether a KubeVela controller of a version in the range runs: the tag of the image of container `kubevela` in a Deployment
    /// labelled `controller.oam.dev/name: vela-core`, in whichever namespace.
    #[must_use]
    pub fn vela_version(range: VersionRange) -> Self {
        let label = Requirement::new("controller.oam.dev/name", Relation::In, ["vela-core"]);
        let keys =
            ["spec", "template", "spec", "containers"].map(|key| Segment::Key(key.to_owned()));
        let container = Segment::select("name", "kubevela");
        let segments = keys
            .into_iter()
            .chain([container, Segment::Key("image".to_owned())]);
        let target = ObjectTarget {
            group: "apps".to_owned(),
            version: "v1".to_owned(),
            kind: "Deployment".to_owned(),
            which: Which::Selected(LabelSelector::new(label.into_iter().collect())),
            places: Places::All,
            field: Some(Field::Path(FieldPath::of(segments))),
        };
        let mut leaf = Leaf::new(Target::Object(target), Test::Range(Range::Image(range)));
        leaf.each = Some(super::Each::Any);
        Self::leaf(leaf)
    }

    /// Asks whether the cluster serves a kind, in the version given or in any.
    #[must_use]
    pub fn api_available(group: &str, version: Option<&str>, kind: &str) -> Self {
        let target = ApiTarget {
            group: group.to_owned(),
            version: version.map(str::to_owned),
            kind: kind.to_owned(),
        };
        Self::leaf(Leaf::new(Target::Api(target), Test::Exists))
    }

    /// Asks whether a CRD is established.
    #[must_use]
    pub fn crd(name: &str) -> Self {
        let target = CrdTarget {
            name: name.to_owned(),
            served: None,
            stored: None,
        };
        Self::leaf(Leaf::new(Target::Crd(target), Test::Exists))
    }

    /// Asks whether a named object exists; `namespace` is `None` for a kind that lives in none, or for the namespace that the package goes to.
    #[must_use]
    pub fn object_exists(
        api_version: &str,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
    ) -> Self {
        let (group, version) = crate::api_version::split(api_version);
        let target = ObjectTarget {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            which: Which::Named(Name::Given(name.to_owned())),
            places: namespace.map_or(Places::Default, |namespace| {
                Places::These(vec![Name::Given(namespace.to_owned())])
            }),
            field: None,
        };
        Self::leaf(Leaf::new(Target::Object(target), Test::Exists))
    }

    /// How many questions it asks; each fact of a `satisfies` is one.
    #[must_use]
    pub fn leaf_count(&self) -> usize {
        self.0.question_count()
    }

    pub(crate) fn leaf(leaf: Leaf) -> Self {
        let questions = leaf.question.count();
        Self(Tree::leaf(leaf, questions))
    }

    pub(crate) fn tree(&self) -> &Tree<Leaf> {
        &self.0
    }

    /// The questions in the order written.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.0.leaves()
    }
}

impl From<Tree<Leaf>> for Expression {
    fn from(tree: Tree<Leaf>) -> Self {
        Self(tree)
    }
}

fn trees(parts: Vec<Expression>) -> Vec<Tree<Leaf>> {
    parts.into_iter().map(|part| part.0).collect()
}
