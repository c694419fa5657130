//! What pods reach of the machine they run on.

use serde_json::Value;

/// A way out of the container, by which a pod reaches its node. Kubernetes' "Pod Security Standards" forbid each under `baseline`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum HostAccess {
    /// The node's network.
    Network,
    /// The node's processes.
    Pid,
    /// The node's shared memory.
    Ipc,
    /// A port of the node.
    Port(String),
    /// A file or folder of the node.
    Path(String),
    /// A container that may do what the node may.
    Privileged(String),
    /// A container with a capability beside those that containers have.
    Capability {
        /// The container.
        container: String,
        /// The capability, as `NET_ADMIN`.
        capability: String,
    },
}

impl HostAccess {
    /// A stable name, as pods call it: `hostNetwork`, `hostPID`, `hostIPC`, `hostPort`, `hostPath`, `privileged`, `capability`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Network => "hostNetwork",
            Self::Pid => "hostPID",
            Self::Ipc => "hostIPC",
            Self::Port(_) => "hostPort",
            Self::Path(_) => "hostPath",
            Self::Privileged(_) => "privileged",
            Self::Capability { .. } => "capability",
        }
    }

    /// What is reached: the port, the path, the capability; the container that is privileged.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Network | Self::Pid | Self::Ipc => None,
            Self::Port(one) | Self::Path(one) | Self::Privileged(one) => Some(one),
            Self::Capability { capability, .. } => Some(capability),
        }
    }
}

/// What the pods reach that a map describes, each with where it says so below the map.
pub(super) fn of_pod(spec: &Value) -> Vec<(HostAccess, String)> {
    let mut found = Vec::new();
    let is = |value: &Value, pointer: &str| value.pointer(pointer) == Some(&Value::Bool(true));
    for (key, access) in [
        ("/hostNetwork", HostAccess::Network),
        ("/hostPID", HostAccess::Pid),
        ("/hostIPC", HostAccess::Ipc),
    ] {
        if is(spec, key) {
            found.push((access, key.to_owned()));
        }
    }
    for (at, volume) in list(spec, "/volumes") {
        if let Some(path) = volume.pointer("/hostPath/path").and_then(Value::as_str) {
            found.push((
                HostAccess::Path(path.to_owned()),
                format!("/volumes/{at}/hostPath"),
            ));
        }
    }
    for containers in ["/containers", "/initContainers", "/ephemeralContainers"] {
        for (at, container) in list(spec, containers) {
            let place = format!("{containers}/{at}");
            let inner = of_container(container).into_iter();
            found.extend(inner.map(|(access, below)| (access, format!("{place}{below}"))));
        }
    }
    found
}

fn of_container(container: &Value) -> Vec<(HostAccess, String)> {
    let name = container
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut found = Vec::new();
    let privileged = "/securityContext/privileged";
    if container.pointer(privileged) == Some(&Value::Bool(true)) {
        found.push((
            HostAccess::Privileged(name.to_owned()),
            privileged.to_owned(),
        ));
    }
    let add = "/securityContext/capabilities/add";
    for (at, capability) in list(container, add) {
        if let Some(capability) = capability.as_str() {
            let access = HostAccess::Capability {
                container: name.to_owned(),
                capability: capability.trim_start_matches("CAP_").to_owned(),
            };
            found.push((access, format!("{add}/{at}")));
        }
    }
    for (at, port) in list(container, "/ports") {
        let port = port
            .get("hostPort")
            .filter(|port| port.as_u64().is_some_and(|port| port > 0));
        if let Some(port) = port {
            found.push((
                HostAccess::Port(port.to_string()),
                format!("/ports/{at}/hostPort"),
            ));
        }
    }
    found
}

fn list<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = (usize, &'v Value)> {
    let items = value.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten().enumerate()
}
