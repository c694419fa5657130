//! A second solver that only enumerates: slow, simple, and written from the definition of an answer, not from the engine.

pub(crate) mod best;
pub(crate) mod random;
pub(crate) mod rules;
pub(crate) mod world;
