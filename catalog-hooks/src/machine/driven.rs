//! How a module goes that a driver deployed.

use super::apply::ask_driver;
use super::operation_desk::{Halt, OperationDesk};
use crate::effect::{ModuleStatus, ModuleVerb};
use crate::journal::ModuleJournal;
use crate::module::RenderedModule;

/// Has a driver delete a module, and waits until it has.
pub(super) async fn delete_module(cx: &OperationDesk, module: &RenderedModule) -> Result<(), Halt> {
    let asked = ModuleJournal {
        module: module.name().to_owned(),
        namespace: module.namespace().to_owned(),
        deploy: false,
        track: cx.look(|operation| operation.track()),
    };
    if cx.look(|operation| !operation.modules.contains(&asked)) {
        cx.record(|operation| operation.modules.push(asked));
    }
    let mut status = ask_driver(cx, module, ModuleVerb::Delete).await?;
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let why = match status {
            ModuleStatus::Absent => return Ok(()),
            ModuleStatus::Failed(why) => {
                return Err(Halt::failed(format!(
                    "module `{}` cannot be deleted: {why}",
                    module.name()
                )));
            }
            ModuleStatus::Progressing(why) => why,
            ModuleStatus::Ready => "it is still there".to_owned(),
        };
        let now = cx.desk().now();
        if now >= until {
            return Err(Halt::failed(format!(
                "module `{}` does not go: {why}",
                module.name()
            )));
        }
        let reason = format!("until module `{}` is gone: {why}", module.name());
        cx.look_again(until, Vec::new(), reason).await?;
        status = ask_driver(cx, module, ModuleVerb::Status).await?;
    }
}
