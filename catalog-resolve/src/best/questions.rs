//! "Is an answer left with these instances in these sets?"

use crate::encode::{Encoder, InstanceKey};
use crate::engine::{ABSENT, Budget, Engine, Exhausted, Literal, Term, Value, ValueSet, Var};

/// Who says which answers are left, and keeps track of what they have been narrowed to.
pub(super) trait Questions<'a> {
    fn encoder(&self) -> &Encoder<'a>;

    /// The variable of an instance that the request says something of, made if it is new.
    fn place(&mut self, key: InstanceKey) -> Var;

    /// Keeps only the answers in which `kept` holds, if there is one in which `asked` holds, which is more; if not, all stay.
    fn narrow_to(&mut self, asked: &[Term], kept: &[Term]) -> Result<bool, Exhausted>;

    /// Keeps only the answers in which all these terms hold, if there are any; if not, all stay.
    fn narrow(&mut self, terms: &[Term]) -> Result<bool, Exhausted> {
        self.narrow_to(terms, terms)
    }

    /// Keeps only the answers with the best value that is left for an instance. None if no answer left has the instance.
    fn pick(&mut self, var: Var) -> Result<Option<Value>, Exhausted>;

    /// Calls for each instance that what was picked last for an instance cannot be without.
    fn for_each_needed(&self, at: (Var, Value), each: impl FnMut(Var));

    /// How many assumptions there are.
    fn assumed(&self) -> usize;

    /// Takes steps for work that is none of the search's.
    fn spend(&mut self, steps: u64) -> Result<(), Exhausted>;

    /// Whether the search goes on, for work that takes no steps.
    fn check(&self) -> Result<(), Exhausted>;
}

/// The search: all answers that are left, as the assumptions that keep them, and one of them.
pub(super) struct Search<'q, 'a> {
    pub(super) encoder: &'q mut Encoder<'a>,
    pub(super) engine: &'q mut Engine,
    assumptions: Vec<Literal>,
    model: Vec<Value>,
    budget: Budget,
}

impl<'q, 'a> Search<'q, 'a> {
    pub(super) fn new(encoder: &'q mut Encoder<'a>, engine: &'q mut Engine) -> Self {
        let request = encoder.request;
        Self {
            encoder,
            engine,
            assumptions: Vec::new(),
            model: Vec::new(),
            budget: Budget::new(request.steps, &request.cancellation),
        }
    }

    /// Whether there is any answer.
    pub(super) fn any(&mut self) -> Result<bool, Exhausted> {
        self.narrow(&[])
    }

    /// The steps taken so far.
    pub(super) fn spent(&self) -> u64 {
        self.budget.spent()
    }

    pub(super) fn into_assumptions(self) -> Vec<Literal> {
        self.assumptions
    }

    /// The value in the answer at hand.
    pub(super) fn value(&self, var: Var) -> Value {
        self.model.get(var.index()).copied().unwrap_or(ABSENT)
    }

    /// The same as [`narrow_to`](Questions::narrow_to), of variables that came after the answer at hand and that it says nothing of.
    pub(super) fn search(&mut self, asked: &[Term], kept: &[Term]) -> Result<bool, Exhausted> {
        let before = self.assumptions.len();
        self.assume(asked);
        let is_left = self
            .engine
            .solve(self.encoder, &self.assumptions, &mut self.budget)?;
        self.assumptions.truncate(before);
        if is_left {
            self.model = self.engine.model();
            self.assume(kept);
        }
        Ok(is_left)
    }

    fn assume(&mut self, terms: &[Term]) {
        let literals = terms.iter().map(|term| self.engine.literal(term));
        self.assumptions.extend(literals);
    }
}

impl<'a> Questions<'a> for Search<'_, 'a> {
    fn encoder(&self) -> &Encoder<'a> {
        self.encoder
    }

    fn place(&mut self, key: InstanceKey) -> Var {
        self.encoder.var(self.engine, key, None)
    }

    fn narrow_to(&mut self, asked: &[Term], kept: &[Term]) -> Result<bool, Exhausted> {
        let is_at_hand = asked
            .iter()
            .all(|(var, set)| set.contains(self.value(*var)));
        match is_at_hand && !self.model.is_empty() {
            true => {
                self.assume(kept);
                Ok(true)
            }
            false => self.search(asked, kept),
        }
    }

    fn pick(&mut self, var: Var) -> Result<Option<Value>, Exhausted> {
        let count = self.encoder.instance(var).count();
        let present = self.encoder.instance(var).present();
        if self.value(var) == ABSENT && !self.narrow(&[(var, present.clone())])? {
            return Ok(None);
        }
        loop {
            let value = self.value(var);
            let better = present.below(value);
            if !better.is_empty() && self.narrow(&[(var, better)])? {
                continue;
            }
            self.narrow(&[(var, ValueSet::of(count, [value]))])?;
            return Ok(Some(value));
        }
    }

    fn for_each_needed(&self, (var, value): (Var, Value), each: impl FnMut(Var)) {
        let needed = self.encoder.needed(var, value);
        let needed = needed.filter_map(|it| self.encoder.meant(var, it.package));
        needed.for_each(each);
    }

    fn assumed(&self) -> usize {
        self.assumptions.len()
    }

    fn spend(&mut self, steps: u64) -> Result<(), Exhausted> {
        self.budget.spend_many(steps)
    }

    fn check(&self) -> Result<(), Exhausted> {
        self.budget.check()
    }
}
