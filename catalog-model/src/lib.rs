//! Package catalogs for Kubernetes: the format, its validation and its diagnostics.
