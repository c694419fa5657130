//! The version in an image reference.

/// The tag of an image reference, which by custom is its version: `v1` of `registry:5000/team/app:v1@sha256:…`.
///
/// None if there is no tag: a colon before the last `/` belongs to a registry's port, one behind `@` to a digest. Whether
/// the tag can be read as a version is not asked.
///
/// ```
/// use catalog_conditions::version::image_version;
///
/// assert_eq!(image_version("registry:5000/team/app:v1.2"), Some("v1.2"));
/// assert_eq!(image_version("registry:5000/team/app"), None);
/// ```
#[must_use]
pub fn image_version(reference: &str) -> Option<&str> {
    let name = reference
        .split_once('@')
        .map_or(reference, |(name, _digest)| name);
    let last = name.rsplit('/').next()?;
    let (_repository, tag) = last.split_once(':')?;
    Some(tag).filter(|tag| !tag.is_empty())
}
