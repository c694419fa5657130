//! "Did you mean": the known name nearest to one that is not known.

/// The one of `known` that `name` is probably a misspelling of.
///
/// Compared are lower-case letters and digits, so that `pre_install` is `pre-install` at once; beyond that, at most one edit in
/// three characters, and three in all; but a name of two may lack one of three. Ties go to the first. Names longer than 64 bytes get no
/// answer.
///
/// ```
/// use catalog_conditions::suggest::near;
/// assert_eq!(near("dependancies", ["description", "dependencies"]), Some("dependencies"));
/// assert_eq!(near("pre_install", ["pre-install", "post-install"]), Some("pre-install"));
/// assert_eq!(near("ul", ["name", "url"]), Some("url"));
/// assert_eq!(near("colour", ["name", "version"]), None);
/// assert_eq!(near("spark-kubernetes-operator", ["flink-kubernetes-operator"]), None, "another package, not a slip");
/// ```
pub fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    distances(name, known)
        .into_iter()
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The [near](near()) name, if no other is as near: what a program may write in place of `name`.
///
/// ```
/// use catalog_conditions::suggest::nearest;
/// assert_eq!(nearest("lables", ["label", "labels"]), Some("labels"));
/// assert_eq!(nearest("pre-instal", ["pre-install", "post-install"]), Some("pre-install"));
/// assert_eq!(nearest("skap", ["skip", "skop"]), None, "either may be meant");
/// ```
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = distances(name, known);
    let least = near.iter().map(|(distance, _)| *distance).min()?;
    let mut nearest = near.iter().filter(|(distance, _)| *distance == least);
    match (nearest.next(), nearest.next()) {
        (Some((_, name)), None) => Some(name),
        _ => None,
    }
}

/// The names that can be meant, nearest first, at most `most` of them.
///
/// ```
/// use catalog_conditions::suggest::near_names;
/// assert_eq!(near_names("grafanna", ["loki", "grafana2", "grafana"], 3), ["grafana", "grafana2"]);
/// ```
pub fn near_names<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    let mut near = distances(name, known);
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(most).map(|(_, name)| name).collect()
}

/// The names that can be meant, each with how many edits lie between.
fn distances<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<(usize, &'a str)> {
    if name.len() > 64 {
        return Vec::new();
    }
    let folded = fold(name);
    let known = known
        .into_iter()
        .filter(|candidate| candidate.len() <= 64 && *candidate != name);
    known
        .filter_map(|candidate| Some((distance(&folded, &fold(candidate))?, candidate)))
        .collect()
}

/// How many edits lie between two folded names, if so few that the second can be meant.
fn distance(name: &str, known: &str) -> Option<usize> {
    let length = name.chars().count();
    let lacks_one = length == 2 && known.chars().count() == 3;
    // A long name has room for many edits, but nobody mistypes a third of it.
    let most = if lacks_one { 1 } else { (length / 3).min(3) };
    let distance = strsim::osa_distance(name, known);
    (distance <= most).then_some(distance)
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
