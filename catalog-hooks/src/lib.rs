//! Lifecycle hooks of Kubernetes catalog packages as ordered, normalised Jobs.
