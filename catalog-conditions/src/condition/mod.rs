#![doc = include_str!("format.md")]

mod age;
mod bound;
mod comparison;
mod each;
mod error;
mod expression;
mod field;
mod item;
mod kube_comparison;
mod leaf;
mod length;
mod literal;
mod object_test;
mod on_unknown;
mod pattern;
mod range;
mod reading;
mod set;
mod status_condition;
mod target;
mod test;
mod tree;

pub(crate) use self::age::{Age, Side};
pub(crate) use self::bound::{Bound, FieldBound};
pub(crate) use self::comparison::Comparison;
pub(crate) use self::each::Each;
pub use self::error::ExpressionError;
pub use self::expression::Expression;
pub(crate) use self::field::{Field, NeedsEach};
pub use self::item::Condition;
pub(crate) use self::kube_comparison::{KubeComparison, notes as kube_notes};
pub(crate) use self::leaf::{Asked, Fact, Leaf, Question, WhenAbsent};
pub(crate) use self::length::{Length, length};
pub(crate) use self::literal::Literal;
pub(crate) use self::object_test::ObjectTest;
pub use self::on_unknown::OnUnknown;
pub(crate) use self::pattern::{Pattern, PatternError};
pub(crate) use self::range::Range;
pub(crate) use self::reading::Reading;
pub use self::set::ConditionSet;
pub(crate) use self::status_condition::{ConditionStatus, StatusCondition};
pub(crate) use self::target::{
    AccessTarget, ApiTarget, CrdTarget, Measure, Name, NodesTarget, ObjectTarget, Places, Target,
    Which,
};
pub(crate) use self::test::{Around, Doubt, Part as TextPart, Test, Verdict, Wanted};
pub(crate) use self::tree::{MAX_DEPTH, Part, Tree};
