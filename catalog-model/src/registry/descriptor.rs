//! Which catalog is meant, and how it is read.

use serde_json::{Map, Value, json};

use super::key::CatalogKey;
use crate::address::{AddressError, AddressKind, CatalogAddress};

/// A catalog as a service registers it: what it is called, who sees it, where it is and which protocol leads there.
///
/// ```yaml
/// namespace: team-a            # optional: without it, everybody sees the catalog
/// name: community
/// address: /srv/community.git
/// priority: 10                 # optional, 0: where two catalogs have a package, the higher one is asked first
/// protocols:                   # optional where the address says it by itself, as `git+file:///srv/community.git#main` does
///   git: { root_dir: catalog/, revision: main }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    pub(super) key: CatalogKey,
    pub(super) address: CatalogAddress,
    pub(super) priority: i32,
}

/// How a catalog is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Protocol {
    Archive,
    Folder,
    Git,
}

/// What is known of how it is read.
#[derive(Clone, Debug, Default)]
pub(super) struct ProtocolOptions {
    pub(super) root: Option<String>,
    pub(super) revision: Option<String>,
}

impl Descriptor {
    /// A catalog at an address, of priority 0.
    #[must_use]
    pub fn new(key: CatalogKey, address: CatalogAddress) -> Self {
        Self {
            key,
            address,
            priority: 0,
        }
    }

    /// The same with a priority: the higher it is, the earlier the catalog is asked. Of equal ones, those of the request's namespace are asked
    /// before global ones, and then they are in the order of their names.
    #[must_use]
    pub fn with_priority(self, priority: i32) -> Self {
        Self { priority, ..self }
    }

    /// Name and namespace.
    #[must_use]
    pub fn key(&self) -> &CatalogKey {
        &self.key
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &CatalogAddress {
        &self.address
    }

    /// How early it is asked: the higher, the earlier.
    #[must_use]
    pub fn priority(&self) -> i32 {
        self.priority
    }

    /// The same as JSON, which [`read`](Self::read) takes back. What the address says of revision and root stands in `protocols`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        if let Some(namespace) = self.key.namespace() {
            object.insert("namespace".to_owned(), namespace.into());
        }
        object.insert("name".to_owned(), self.key.name().into());
        object.insert("address".to_owned(), self.address.to_string().into());
        if self.priority != 0 {
            object.insert("priority".to_owned(), self.priority.into());
        }
        let protocol = Protocol::of(&self.address).as_str();
        object.insert("protocols".to_owned(), json!({ protocol: {} }));
        Value::Object(object)
    }
}

impl Protocol {
    pub(super) const ALL: [Self; 3] = [Self::Archive, Self::Folder, Self::Git];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Folder => "folder",
            Self::Git => "git",
        }
    }

    /// All that are known, for messages.
    pub(super) fn known() -> String {
        let names = Self::ALL.map(|one| format!("`{}`", one.as_str()));
        names.join(", ")
    }

    /// What an address is read with.
    pub(super) fn of(address: &CatalogAddress) -> Self {
        match address.kind() {
            AddressKind::Archive => Self::Archive,
            AddressKind::Folder => Self::Folder,
            _ => Self::Git,
        }
    }

    /// The address as this protocol reads the text.
    pub(super) fn address(self, text: &str) -> Result<CatalogAddress, AddressError> {
        if self != Self::Git || text.starts_with("git+") {
            return CatalogAddress::parse(text);
        }
        match text.contains("://") {
            true => CatalogAddress::parse(&format!("git+{text}")),
            // A path, in which nothing means anything else.
            false => CatalogAddress::parse(&format!(
                "git+file:{}",
                text.replace('%', "%25").replace('#', "%23")
            )),
        }
    }
}
