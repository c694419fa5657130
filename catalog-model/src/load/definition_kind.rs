//! Whether an object of `definitions/` is a definition, and whether it was meant to be one.
//!
//! What is misspelt is no definition: it provides nothing, and nobody finds what it was meant to provide.

use catalog_conditions::{Diagnostic, Fix, Severity};

use super::definitions::Reading;
use super::near_name;
use crate::definition::{CRD, CRDS, OAM, OamKind, ObjectIdentity};

/// The other kinds that KubeVela has, or had, in the group of its definitions.
const OTHERS_OF_OAM: [&str; 10] = [
    "Application",
    "ApplicationConfiguration",
    "ApplicationRevision",
    "Component",
    "DefinitionRevision",
    "HealthScope",
    "Policy",
    "ResourceTracker",
    "ScopeDefinition",
    "Workflow",
];

impl Reading<'_> {
    /// Notes an object that is no definition, and warns of one that is nearly one, or of a version that nobody serves.
    pub(super) fn check_kind(&mut self, identity: &ObjectIdentity) {
        if identity.is_crd() || OamKind::of(identity).is_some() {
            self.check_version(identity);
            return;
        }
        let near_kind = near_kind(identity);
        let diagnostic = match (near_kind, near_group(identity)) {
            (Some(kind), _) => {
                let message = format!("`{}` has no kind `{}`", identity.group, identity.kind);
                self.slip("kind", message, kind.to_owned())
            }
            (None, Some(group)) => {
                let of = match identity.group.as_str() {
                    "" => "the core group",
                    group => &format!("`{group}`"),
                };
                let message = format!("`{}` is a kind of `{group}`, not of {of}", identity.kind);
                self.slip("apiVersion", message, self.api_version_in(group))
            }
            (None, None) if !identity.is_definition() => {
                let message = format!(
                    "`{}` is no definition: it is applied like one",
                    identity.kind
                );
                self.reader
                    .diagnostic(Severity::Note, "kind", self.span(&["kind"]), message)
            }
            (None, None) => return,
        };
        self.diagnostics.push(diagnostic);
    }

    fn slip(&self, key: &str, message: String, meant: String) -> Diagnostic {
        let written = self.node.value(key);
        let fix = written.and_then(|node| self.reader.renamed(node, &meant));
        self.reader
            .warning("kind.unknown", self.span(&[key]), message)
            .did_you_mean(Some(&meant))
            .fix(fix.map(Fix::taking_effect))
    }
}

/// The kind that was probably meant, in a group whose kinds are known.
fn near_kind(identity: &ObjectIdentity) -> Option<&'static str> {
    match identity.group.as_str() {
        OAM if !OTHERS_OF_OAM.contains(&identity.kind.as_str()) => {
            near_name(&identity.kind, &OamKind::ALL.map(OamKind::as_str))
        }
        // It has no other.
        CRDS => Some(CRD),
        _ => None,
    }
}

/// The group that was probably meant, for a kind that is known. Others may have kinds of the same name, the core group has none.
fn near_group(identity: &ObjectIdentity) -> Option<&'static str> {
    let of_oam = || {
        OamKind::ALL
            .iter()
            .any(|kind| kind.as_str() == identity.kind)
    };
    let group = match identity.kind.as_str() {
        CRD => CRDS,
        _ if of_oam() => OAM,
        _ => return None,
    };
    let meant = identity.group.is_empty() || near_name(&identity.group, &[group]).is_some();
    meant.then_some(group)
}
