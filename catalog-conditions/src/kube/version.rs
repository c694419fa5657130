//! The version that the cluster calls itself.

use serde_json::Value;

use super::exchange::Exchange;
use super::failure::Failure;
use super::request::Request;
use crate::requirements::{Read, Requirements};
use crate::snapshot::{ReadFailure, SnapshotBuilder};

/// What `/version` says, if it was required.
pub(super) enum ServerVersion {
    NotRequired,
    Known(String),
    Failed(ReadFailure),
}

/// Reads `gitVersion`, if some condition asks for it.
pub(super) async fn read(exchange: &Exchange<'_>, requirements: &Requirements) -> ServerVersion {
    if !requirements
        .reads()
        .any(|read| *read == Read::ServerVersion)
    {
        return ServerVersion::NotRequired;
    }
    let request = Request::document("/version");
    let answer = exchange.ask(&request, exchange.options().read_bytes).await;
    let version = answer.and_then(|answer| {
        let version = answer.value.get("gitVersion").and_then(Value::as_str);
        let version = version.map(str::to_owned);
        version.ok_or_else(|| Failure::unreadable("the answer has no gitVersion"))
    });
    match version {
        Ok(version) => ServerVersion::Known(version),
        Err(failure) => ServerVersion::Failed(failure.of(&request)),
    }
}

impl ServerVersion {
    pub(super) fn add_to(self, builder: SnapshotBuilder) -> SnapshotBuilder {
        match self {
            Self::NotRequired => builder,
            Self::Known(version) => builder.server_version(&version),
            Self::Failed(failure) => builder.version_failed(failure),
        }
    }
}
