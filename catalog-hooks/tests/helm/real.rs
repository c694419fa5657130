//! The real program, where there is one.

use std::process::Command;

use catalog_hooks::module::HelmDriver;
use catalog_hooks::{ModuleDriver, ModuleVerb};

use super::{call, input};

/// It takes every argument that it is given: what it complains of is the cluster, which is not there.
#[test]
fn the_real_helm_knows_all_options() {
    if Command::new("helm").arg("version").output().is_err() {
        println!("there is no `helm`: its options are not tried");
        return;
    }
    let mut driver = HelmDriver::new().with_kubeconfig("/nowhere/config");
    for verb in [ModuleVerb::Deploy, ModuleVerb::Status, ModuleVerb::Delete] {
        let failure = driver.call(&call(verb, input())).unwrap_err();
        assert!(!failure.message.contains("unknown"), "{failure:?}");
    }
}
