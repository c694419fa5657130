//! One question.

use super::each::Each;
use super::field::Field;
use super::target::Target;
use super::test::Test;
use super::tree::Tree;

/// A target, and what is asked of each value that it gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) target: Target,
    pub(crate) question: Question,
    pub(crate) each: Option<Each>,
    pub(crate) allow_empty: bool,
}

/// What is asked of one value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Question {
    /// One operator.
    Test(Asked),
    /// `satisfies`: several facts about one object, or about one element of it.
    Satisfies(Tree<Fact>),
}

/// An operator, and what absence means to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) test: Test,
    pub(crate) when_absent: Option<WhenAbsent>,
}

/// One operator on one field: a part of `satisfies`, whose field is in the object, or of `when`, whose field is in the parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fact {
    /// `None` for an operator that looks at the object as a whole (`condition`).
    pub(crate) field: Option<Field>,
    pub(crate) asked: Asked,
    pub(crate) each: Option<Each>,
    pub(crate) allow_empty: bool,
}

/// The answer where the object or the field is absent, or the field null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenAbsent {
    Satisfied,
    NotSatisfied,
    Unknown,
}

impl Leaf {
    pub(crate) fn new(target: Target, test: Test) -> Self {
        Self {
            target,
            question: Question::from(test),
            each: None,
            allow_empty: false,
        }
    }
}

impl Question {
    /// The one operator, unless there are several facts.
    pub(crate) fn test(&self) -> Option<&Test> {
        match self {
            Self::Test(asked) => Some(&asked.test),
            Self::Satisfies(_) => None,
        }
    }

    pub(crate) fn is(&self, test: &Test) -> bool {
        self.test() == Some(test)
    }

    /// How many operators it has.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Test(_) => 1,
            Self::Satisfies(facts) => facts.question_count(),
        }
    }
}

impl From<Test> for Question {
    fn from(test: Test) -> Self {
        Self::Test(Asked {
            test,
            when_absent: None,
        })
    }
}
