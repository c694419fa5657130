//! Resolves package bundles of a Kubernetes catalog: a complete solver, explanations, plans.
#![allow(dead_code, unused)]
mod engine;
