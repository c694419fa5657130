//! Resolves package bundles of a Kubernetes catalog: a complete solver, explanations, plans.
