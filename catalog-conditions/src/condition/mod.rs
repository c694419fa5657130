//! What a condition asks: targets, tests, composition. Read from a file by [`ConditionSet::parse`], or made in code.

mod each;
mod error;
mod expression;
mod item;
mod leaf;
mod literal;
mod on_unknown;
mod reading;
mod set;
mod target;
mod test;

pub(crate) use self::each::Each;
pub use self::error::ExpressionError;
pub use self::expression::Expression;
pub(crate) use self::expression::Part;
pub use self::item::Condition;
pub(crate) use self::leaf::{Leaf, WhenAbsent};
pub(crate) use self::literal::Literal;
pub use self::on_unknown::OnUnknown;
pub(crate) use self::reading::Reading;
pub use self::set::ConditionSet;
pub(crate) use self::target::{ApiTarget, CrdTarget, Name, ObjectTarget, Places, Target, Which};
pub(crate) use self::test::{Comparison, Range, Test, Verdict};
