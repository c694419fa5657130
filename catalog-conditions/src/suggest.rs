//! "Did you mean": the known name nearest to one that is not known.

/// The one of `known` that `name` is probably a misspelling of.
///
/// Compared are lower-case letters and digits, so that `pre_install` is `pre-install` at once; beyond that, at most one edit in
/// three characters, and three in all. Ties go to the first. Names longer than 64 bytes get no answer.
///
/// ```
/// use catalog_conditions::suggest::near;
/// assert_eq!(near("dependancies", ["description", "dependencies"]), Some("dependencies"));
/// assert_eq!(near("pre_install", ["pre-install", "post-install"]), Some("pre-install"));
/// assert_eq!(near("colour", ["name", "version"]), None);
/// assert_eq!(near("spark-kubernetes-operator", ["flink-kubernetes-operator"]), None, "another package, not a slip");
/// ```
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 64 {
        return None;
    }
    let folded = fold(name);
    // A long name has room for many edits, but nobody mistypes a third of it.
    let most = (folded.chars().count() / 3).min(3);
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= 64 && *candidate != name)
        .map(|candidate| (strsim::osa_distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
