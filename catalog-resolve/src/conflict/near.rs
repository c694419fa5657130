//! Names that are nearly right.

/// The known name that an unknown one is most likely a slip for: at most one edit in three characters, letters and digits
/// compared in lower case. Ties go to the first. Names longer than 64 bytes get no answer.
pub(super) fn near<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let plain = |name: &str| -> String {
        name.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let wanted = plain(name);
    let most = wanted.chars().count() / 3;
    let candidates = known
        .into_iter()
        .filter(|k| name.len() <= LONGEST && k.len() <= LONGEST && *k != name);
    let ranked = candidates.map(|known| (strsim::osa_distance(&wanted, &plain(known)), known));
    let close = ranked.filter(|(distance, _)| *distance <= most);
    close
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
