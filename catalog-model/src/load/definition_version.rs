//! Which versions the APIs of definitions have.

use super::definitions::Reading;
use crate::definition::{CRDS, OAM, ObjectIdentity};

/// The versions of a group whose kinds define something.
struct Versions {
    /// The one that is served today.
    served: &'static str,
    /// Those that were served once: what is written so may be of another form, and keeps its version.
    old: &'static [&'static str],
}

/// KubeVela's definitions are `v1beta1` since 1.0, which still took the `v1alpha2` of before; Kubernetes' are `v1` since 1.16, and `v1beta1` was
/// removed in 1.22.
fn versions(group: &str) -> Option<Versions> {
    match group {
        OAM => Some(Versions {
            served: "v1beta1",
            old: &["v1alpha2"],
        }),
        CRDS => Some(Versions {
            served: "v1",
            old: &["v1beta1"],
        }),
        _ => None,
    }
}

impl Reading<'_> {
    /// Warns of a definition in a version that nobody serves today.
    pub(super) fn check_version(&mut self, identity: &ObjectIdentity) {
        let group = identity.group.as_str();
        let (Some(versions), written) = (versions(group), self.written_version()) else {
            return;
        };
        // Of old CRDs more is to be said, and `crd` says it.
        let is_said = identity.is_crd() && versions.old.contains(&written);
        if written == versions.served || is_said {
            return;
        }
        let (kind, shown): (&str, String) = (&identity.kind, written.chars().take(64).collect());
        let message =
            format!("no server of today takes a `{kind}` of `{group}` in the version `{shown}`");
        let span = self.span(&["apiVersion"]);
        let diagnostic = self.reader.warning("apiVersion.unserved", span, message);
        let help = format!("write it as `{group}/{}`", versions.served);
        self.diagnostics.push(diagnostic.help(help));
    }

    /// The version that is written, in another group; one that the group never had is replaced by the one it has.
    pub(super) fn api_version_in(&self, group: &str) -> String {
        let written = self.written_version();
        let version = match versions(group) {
            Some(versions) if !versions.old.contains(&written) => versions.served,
            _ => written,
        };
        format!("{group}/{version}")
    }

    /// What stands behind the group.
    fn written_version(&self) -> &str {
        let written = self.node.value("apiVersion");
        let text = written.and_then(|node| Some(node.as_scalar()?.text()));
        let text = text.unwrap_or_default();
        text.split_once('/').map_or(text, |(_, version)| version)
    }
}
