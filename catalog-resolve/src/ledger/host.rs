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
    /// Processes of a Windows node that are in no container.
    HostProcess,
    /// A container that sees all of `/proc`.
    ProcMount(String),
    /// Pods or containers without this profile that confines others: `seccomp` or `AppArmor`.
    Unconfined(&'static str),
    /// A label of SELinux, its type, user or role, that confines less than those of containers, as `spc_t`.
    SeLinux(String),
    /// A host that the node connects to, itself perhaps, to probe a container or when it starts or stops.
    ProbeHost(String),
    /// A setting of the node's kernel that is not of the pod alone.
    Sysctl(String),
    /// A container with a capability beside those that containers have.
    Capability {
        /// The container.
        container: String,
        /// The capability, as `NET_ADMIN`.
        capability: String,
    },
}

impl HostAccess {
    /// A stable name, as pods call it: `hostNetwork`, `hostPID`, `hostIPC`, `hostPort`, `hostPath`, `privileged`,
    /// `hostProcess`, `procMount`, `unconfined`, `seLinuxOptions`, `probeHost`, `sysctl`, `capability`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Network => "hostNetwork",
            Self::Pid => "hostPID",
            Self::Ipc => "hostIPC",
            Self::Port(_) => "hostPort",
            Self::Path(_) => "hostPath",
            Self::Privileged(_) => "privileged",
            Self::HostProcess => "hostProcess",
            Self::ProcMount(_) => "procMount",
            Self::Unconfined(_) => "unconfined",
            Self::SeLinux(_) => "seLinuxOptions",
            Self::ProbeHost(_) => "probeHost",
            Self::Sysctl(_) => "sysctl",
            Self::Capability { .. } => "capability",
        }
    }

    /// What is reached: the port, the path, the capability, the setting; the container that is privileged; the profile that is missing; the label; the host.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Network | Self::Pid | Self::Ipc | Self::HostProcess => None,
            Self::Port(one)
            | Self::Path(one)
            | Self::Privileged(one)
            | Self::ProcMount(one)
            | Self::SeLinux(one)
            | Self::ProbeHost(one)
            | Self::Sysctl(one) => Some(one),
            Self::Unconfined(profile) => Some(profile),
            Self::Capability { capability, .. } => Some(capability),
        }
    }
}

/// The capabilities that the profile `baseline` lets containers add: runtimes give them to containers anyway.
const USUAL_CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// The settings that the profile `baseline` lets pods set: each pod has its own.
const SAFE_SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// The types of SELinux that the profile `baseline` lets pods ask for; it lets them ask for no user and no role.
const CONFINED_TYPES: [&str; 4] = [
    "container_engine_t",
    "container_init_t",
    "container_kvm_t",
    "container_t",
];

/// Where a container names what the node asks or tells: `httpGet` and `tcpSocket` below each may name a host.
const PROBES: [&str; 5] = [
    "/lifecycle/postStart",
    "/lifecycle/preStop",
    "/livenessProbe",
    "/readinessProbe",
    "/startupProbe",
];

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
    found.extend(unconfined(spec));
    for (at, sysctl) in list(spec, "/securityContext/sysctls") {
        let name = sysctl.get("name").and_then(Value::as_str);
        if let Some(name) = name.filter(|name| !SAFE_SYSCTLS.contains(name)) {
            let access = HostAccess::Sysctl(name.to_owned());
            found.push((access, format!("/securityContext/sysctls/{at}")));
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
    let proc_mount = "/securityContext/procMount";
    let is_unmasked = |mount: &Value| mount.as_str().is_some_and(|mount| mount != "Default");
    if container.pointer(proc_mount).is_some_and(is_unmasked) {
        found.push((
            HostAccess::ProcMount(name.to_owned()),
            proc_mount.to_owned(),
        ));
    }
    found.extend(unconfined(container));
    let add = "/securityContext/capabilities/add";
    for (at, capability) in list(container, add) {
        let capability = capability
            .as_str()
            .map(|one| one.trim_start_matches("CAP_"));
        if let Some(capability) = capability.filter(|one| !USUAL_CAPABILITIES.contains(one)) {
            let access = HostAccess::Capability {
                container: name.to_owned(),
                capability: capability.to_owned(),
            };
            found.push((access, format!("{add}/{at}")));
        }
    }
    for probe in PROBES {
        for way in ["httpGet", "tcpSocket"] {
            let pointer = format!("{probe}/{way}/host");
            if let Some(host) = given(container, &pointer) {
                found.push((HostAccess::ProbeHost(host.to_owned()), pointer));
            }
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

/// What a pod's or a container's security context takes away of what confines others.
fn unconfined(spec: &Value) -> Vec<(HostAccess, String)> {
    let mut found = Vec::new();
    let host_process = "/securityContext/windowsOptions/hostProcess";
    if spec.pointer(host_process) == Some(&Value::Bool(true)) {
        found.push((HostAccess::HostProcess, host_process.to_owned()));
    }
    for (key, profile) in [
        ("seccompProfile", "seccomp"),
        ("appArmorProfile", "AppArmor"),
    ] {
        let pointer = format!("/securityContext/{key}/type");
        if spec.pointer(&pointer).and_then(Value::as_str) == Some("Unconfined") {
            found.push((HostAccess::Unconfined(profile), pointer));
        }
    }
    for key in ["type", "user", "role"] {
        let pointer = format!("/securityContext/seLinuxOptions/{key}");
        let is_confined = |label: &str| key == "type" && CONFINED_TYPES.contains(&label);
        if let Some(label) = given(spec, &pointer).filter(|label| !is_confined(label)) {
            found.push((HostAccess::SeLinux(label.to_owned()), pointer));
        }
    }
    found
}

/// A text that is not empty.
fn given<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.filter(|text| !text.is_empty())
}

/// What a PersistentVolume gives to whoever claims it.
pub(super) fn of_volume(volume: &Value) -> Vec<(HostAccess, String)> {
    let paths = ["/spec/hostPath/path", "/spec/local/path"].into_iter();
    let paths = paths.filter_map(|pointer| {
        let path = volume.pointer(pointer)?.as_str()?;
        Some((HostAccess::Path(path.to_owned()), pointer.to_owned()))
    });
    paths.collect()
}

fn list<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = (usize, &'v Value)> {
    let items = value.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten().enumerate()
}
