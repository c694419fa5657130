//! Names of container images.

/// The parts of an image's name, as container runtimes read it.
///
/// ```
/// use catalog_resolve::ledger::ImageName;
///
/// let image = ImageName::parse("registry.example.com:5000/web/server:1.2@sha256:0a1b");
/// assert_eq!((image.registry(), image.repository()), ("registry.example.com:5000", "web/server"));
/// assert_eq!((image.tag(), image.digest()), (Some("1.2"), Some("sha256:0a1b")));
/// for nginx in ["nginx", "docker.io/nginx", "index.docker.io/library/nginx"] {
///     assert_eq!(ImageName::parse(nginx).to_string(), "docker.io/library/nginx");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageName {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// Where images come from that name no registry.
const DOCKER_HUB: &str = "docker.io";

impl ImageName {
    /// Takes a name apart. What is no valid name has parts all the same.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (text, None),
        };
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag.to_owned())),
            _ => (rest, None),
        };
        let is_registry = |first: &str| {
            let is_host = first.contains(['.', ':']) || first == "localhost";
            is_host || first.contains(|one: char| one.is_uppercase())
        };
        let (registry, repository) = match path.split_once('/') {
            Some((first, rest)) if is_registry(first) => (first, rest),
            _ => (DOCKER_HUB, path),
        };
        let registry = match registry {
            "index.docker.io" => DOCKER_HUB,
            other => other,
        };
        let repository = match registry == DOCKER_HUB && !repository.contains('/') {
            true => format!("library/{repository}"),
            false => repository.to_owned(),
        };
        Self {
            registry: registry.to_owned(),
            repository,
            tag,
            digest,
        }
    }

    /// The registry; `docker.io` where none is said.
    #[must_use]
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository in it, as `library/nginx`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, if one is said.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, if one is said: what is run is that, whatever the tag says.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }
}

impl std::fmt::Display for ImageName {
    /// The registry and the repository, whatever the text left out, with tag and digest.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}
