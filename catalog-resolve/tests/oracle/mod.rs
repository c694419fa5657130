//! A second solver that only enumerates: slow, simple, and written from the definition of an answer, not from the engine.
//!
//! [`world`] is what both are given, [`instances`] what there is to choose from, [`rules`] what an answer is (with [`moves`],
//! [`demands`] and [`waits`]), [`best`] which of them is the best; [`plans`] what leads to it, by way of [`hops`].

pub(crate) mod answer;
pub(crate) mod best;
pub(crate) mod build;
pub(crate) mod climb;
pub(crate) mod demands;
pub(crate) mod earlier;
pub(crate) mod hops;
pub(crate) mod instances;
pub(crate) mod moves;
pub(crate) mod plans;
pub(crate) mod providers;
pub(crate) mod random;
pub(crate) mod random_request;
pub(crate) mod rules;
pub(crate) mod shrink;
pub(crate) mod text;
pub(crate) mod waits;
pub(crate) mod world;
