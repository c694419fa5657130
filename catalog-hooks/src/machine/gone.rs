//! Waits for what was deleted to be gone.

use super::held::{held_by, held_objects};
use super::marks::uid;
use super::operation_desk::{Halt, OperationDesk};
use crate::api::ObjectRef;

/// Waits until an object is gone, or another one has its name, or the run is told to stop. If it does not go, who holds it is said.
pub(super) async fn wait_until_gone(
    cx: &OperationDesk,
    object: &ObjectRef,
    gone: String,
) -> Result<(), Halt> {
    let until = cx.desk().now().after(cx.desk().settings().gone_timeout);
    loop {
        let there = cx.read(object).await?;
        let Some(there) = there.filter(|there| uid(there).as_deref() == Some(&gone)) else {
            return Ok(());
        };
        let held = held_by(&there);
        let now = cx.desk().now();
        if now >= until {
            let objects = held_objects(cx, object).await;
            return Err(Halt::failed(format!(
                "{object} is deleted, and does not go: {held}{objects}"
            )));
        }
        let reason = format!("until {object} is gone: {held}");
        cx.look_again(until, vec![object.clone()], reason).await?;
    }
}
