//! Three-valued conditions on Kubernetes objects: field paths, operators, snapshots, gates.
