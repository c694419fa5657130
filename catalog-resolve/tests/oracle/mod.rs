//! A second solver that only enumerates: slow, simple, and written from the definition of an answer, not from the engine.

pub mod best;
pub mod random;
pub mod rules;
pub mod world;
