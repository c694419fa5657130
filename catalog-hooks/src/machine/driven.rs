//! Has drivers deploy and delete modules.

use super::operation_desk::{Halt, OperationDesk};
use super::patience::Patience;
use crate::effect::{Answer, ModuleCall, ModuleFailure, ModuleStatus, ModuleVerb, Task};
use crate::module::{RenderedContent, RenderedModule};

/// Why a driver leaves alone what has the name of a module.
pub(super) const OF_OTHERS: &str = "what has its name was not deployed by this runner";

/// Has a driver delete a module, and waits until it has.
pub(super) async fn delete_module(cx: &OperationDesk, module: &RenderedModule) -> Result<(), Halt> {
    cx.record(|operation| operation.note_asked_for(module, false));
    let mut status = ask_driver(cx, module, ModuleVerb::Delete).await?;
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let why = match status {
            ModuleStatus::Absent => {
                cx.record(|operation| operation.note_rid_of(module));
                return Ok(());
            }
            ModuleStatus::OfOthers => {
                cx.record(|operation| operation.note_rid_of(module));
                let line = format!("module `{}` stays: {OF_OTHERS}", module.name());
                if cx.look(|operation| !operation.kept.contains(&line)) {
                    cx.record(|operation| operation.kept.push(line));
                }
                return Ok(());
            }
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

/// Asks the driver of a module to deploy it. That it was asked is on record before.
pub(super) async fn deploy(cx: &OperationDesk, module: &RenderedModule) -> Result<(), Halt> {
    if cx.record(|operation| operation.note_asked_for(module, true)) {
        // A runner before has asked for it: what a driver does anew may not be the same, as a chart's own hooks would run again.
        let status = ask_driver(cx, module, ModuleVerb::Status).await?;
        if matches!(status, ModuleStatus::Ready | ModuleStatus::Progressing(_)) {
            return Ok(());
        }
    }
    match ask_driver(cx, module, ModuleVerb::Deploy).await? {
        ModuleStatus::Failed(why) => Err(Halt::failed(format!(
            "module `{}` failed: {why}",
            module.name()
        ))),
        ModuleStatus::OfOthers => Err(Halt::failed(format!(
            "module `{}` cannot be deployed: {OF_OTHERS}",
            module.name()
        ))),
        _ => Ok(()),
    }
}

/// Asks a driver, again and again while that may help.
pub(super) async fn ask_driver(
    cx: &OperationDesk,
    module: &RenderedModule,
    verb: ModuleVerb,
) -> Result<ModuleStatus, Halt> {
    let RenderedContent::Driver { driver, input } = module.content() else {
        return Ok(ModuleStatus::Ready);
    };
    let desk = cx.desk();
    let mut patience = Patience::new(desk);
    loop {
        if verb != ModuleVerb::Status {
            desk.flush().await;
        }
        let call = ModuleCall {
            verb,
            driver: driver.clone(),
            module: module.name().to_owned(),
            namespace: module.namespace().to_owned(),
            home: cx.plan().home().to_owned(),
            input: input.clone(),
        };
        let failure = match desk.ask(Task::Module(call)).await {
            Answer::Module(Ok(status)) => return Ok(status),
            Answer::Module(Err(failure)) => failure,
            _ => ModuleFailure {
                message: "the answer is of another kind than the question".to_owned(),
                may_pass: true,
            },
        };
        let what = format!("{verb} module `{}`: {}", module.name(), failure.message);
        let reason = format!("to try again: {what}");
        if !failure.may_pass || !patience.again(None, reason).await {
            return Err(Halt::failed(what));
        }
    }
}
