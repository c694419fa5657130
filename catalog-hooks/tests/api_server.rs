//! The lifecycle on a real API server, with the real Job controller. Skipped, with a line that says so, unless `KUBEBUILDER_ASSETS` names
//! a folder with etcd, kube-apiserver and kube-controller-manager.

#![cfg(feature = "kube")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly, and says that it was skipped"
)]

#[path = "api_server/controlled_modules.rs"]
mod controlled_modules;
#[path = "api_server/controllers.rs"]
mod controllers;
#[path = "api_server/definitions.rs"]
mod definitions;
#[path = "api_server/failure_classes.rs"]
mod failure_classes;
#[path = "api_server/fault_runs.rs"]
mod fault_runs;
#[path = "api_server/faults.rs"]
mod faults;
#[path = "api_server/fleet.rs"]
mod fleet;
#[cfg(feature = "helm")]
#[path = "api_server/helm.rs"]
mod helm;
#[path = "api_server/hook.rs"]
mod hook;
#[path = "api_server/hook_ends.rs"]
mod hook_ends;
#[path = "api_server/hook_refused.rs"]
mod hook_refused;
#[path = "api_server/interrupts.rs"]
mod interrupts;
#[path = "api_server/job_rules.rs"]
mod job_rules;
#[path = "api_server/killed_process.rs"]
mod killed_process;
#[path = "api_server/kubelet.rs"]
mod kubelet;
#[path = "api_server/leases.rs"]
mod leases;
#[path = "api_server/node_returns.rs"]
mod node_returns;
#[path = "api_server/operations.rs"]
mod operations;
#[path = "api_server/packages.rs"]
mod packages;
#[cfg(feature = "simulator")]
#[path = "api_server/refused_alike.rs"]
mod refused_alike;
#[path = "api_server/runner.rs"]
mod runner;
#[path = "api_server/secret_journal.rs"]
mod secret_journal;
#[path = "api_server/server.rs"]
mod server;
#[path = "api_server/server_objects.rs"]
mod server_objects;
#[path = "api_server/server_rules.rs"]
mod server_rules;
#[path = "api_server/shop.rs"]
mod shop;
#[path = "api_server/state.rs"]
mod state;
#[path = "api_server/undo.rs"]
mod undo;
#[path = "api_server/watches.rs"]
mod watches;
#[path = "api_server/world.rs"]
mod world;
