//! Questions joined by all, any and not.

use super::error::{ExpressionError, Limit};
use super::leaf::Leaf;
use super::target::{ApiTarget, CrdTarget, Name, ObjectTarget, Places, Target, Which};
use super::test::{Range, Test};
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
pub struct Expression {
    part: Part,
    depth: usize,
    leaves: usize,
}

/// What an [`Expression`] is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Leaf(Box<Leaf>),
}

impl Expression {
    /// How deep `all`, `any` and `not` may nest.
    pub const MAX_DEPTH: usize = 32;
    /// How many questions one expression may ask.
    pub const MAX_LEAVES: usize = 1000;

    /// Satisfied if every part is.
    ///
    /// # Errors
    ///
    /// No part at all, or more than [`MAX_DEPTH`](Self::MAX_DEPTH) or [`MAX_LEAVES`](Self::MAX_LEAVES) allow.
    pub fn all(parts: Vec<Self>) -> Result<Self, ExpressionError> {
        Self::joined(parts, Part::All)
    }

    /// Satisfied if some part is.
    ///
    /// # Errors
    ///
    /// As for [`all`](Self::all).
    pub fn any(parts: Vec<Self>) -> Result<Self, ExpressionError> {
        Self::joined(parts, Part::Any)
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
        let (depth, leaves) = (part.depth + 1, part.leaves);
        if depth > Self::MAX_DEPTH {
            return Err(Limit::Depth.into());
        }
        Ok(Self {
            part: Part::Not(Box::new(part)),
            depth,
            leaves,
        })
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
            path: Some(FieldPath::of(segments)),
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
            path: None,
        };
        Self::leaf(Leaf::new(Target::Object(target), Test::Exists))
    }

    /// How many questions it asks.
    #[must_use]
    pub fn leaf_count(&self) -> usize {
        self.leaves
    }

    pub(crate) fn leaf(leaf: Leaf) -> Self {
        Self {
            part: Part::Leaf(Box::new(leaf)),
            depth: 0,
            leaves: 1,
        }
    }

    pub(crate) fn part(&self) -> &Part {
        &self.part
    }

    fn joined(parts: Vec<Self>, join: fn(Vec<Self>) -> Part) -> Result<Self, ExpressionError> {
        let depth = parts
            .iter()
            .map(|part| part.depth)
            .max()
            .ok_or(Limit::Empty)?
            + 1;
        let leaves = parts.iter().map(|part| part.leaves).sum();
        if depth > Self::MAX_DEPTH {
            return Err(Limit::Depth.into());
        }
        if leaves > Self::MAX_LEAVES {
            return Err(Limit::Leaves.into());
        }
        Ok(Self {
            part: join(parts),
            depth,
            leaves,
        })
    }
}
