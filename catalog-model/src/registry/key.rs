//! What a registry knows a catalog by.

use std::fmt;

use crate::name::label_problem;

/// A catalog's name, and the namespace whose requests alone see it; a catalog without one is global.
///
/// ```
/// use catalog_model::registry::CatalogKey;
/// assert_eq!(CatalogKey::global("community")?.to_string(), "community");
/// assert_eq!(CatalogKey::of("team-a", "ours")?.to_string(), "team-a/ours");
/// let error = CatalogKey::global("Community").unwrap_err();
/// assert_eq!(error, "the name `Community` will not do: it must begin and end with a lower-case letter or a digit");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CatalogKey {
    namespace: Option<String>,
    name: String,
}

impl CatalogKey {
    /// The key of a catalog that everybody sees.
    ///
    /// # Errors
    ///
    /// The name is no DNS-1123 label; the text says why.
    pub fn global(name: &str) -> Result<Self, String> {
        Ok(Self {
            namespace: None,
            name: label("name", name)?,
        })
    }

    /// The key of a catalog that requests of a namespace see.
    ///
    /// # Errors
    ///
    /// The namespace or the name is no DNS-1123 label; the text says why.
    pub fn of(namespace: &str, name: &str) -> Result<Self, String> {
        Ok(Self {
            namespace: Some(label("namespace", namespace)?),
            ..Self::global(name)?
        })
    }

    /// The namespace; `None`: all requests see it.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The name, which answers give.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether requests of a namespace (`None`: of nobody in particular) see the catalog.
    pub(super) fn is_seen_by(&self, namespace: Option<&str>) -> bool {
        self.namespace.is_none() || self.namespace.as_deref() == namespace
    }
}

fn label(what: &str, text: &str) -> Result<String, String> {
    let shown: String = text.chars().take(64).collect();
    match label_problem(text) {
        None => Ok(text.to_owned()),
        Some(problem) => Err(format!("the {what} `{shown}` will not do: {problem}")),
    }
}

impl fmt::Display for CatalogKey {
    /// `namespace/name`, or `name` of a global catalog.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}/{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}
