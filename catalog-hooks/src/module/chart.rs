//! The address of a chart, checked.

use catalog_model::ChartRemote;

/// The longest text that Flux takes for a chart.
const LONGEST_CHART: usize = 2048;

/// A chart that is nowhere.
pub(super) const NOWHERE: &str =
    "it has neither a usable `path` nor a `remote`: name the repository, the chart and its version";

/// Refuses what is no repository, no registry or no name of a chart.
pub(super) fn check(remote: &ChartRemote) -> Result<(), String> {
    check_name(&remote.name)?;
    let repo = remote.repo.as_str();
    if let Some(registry) = repo.strip_prefix("oci://") {
        let is_reference = |c: char| c.is_ascii_alphanumeric() || "._-/:".contains(c);
        if registry.chars().all(is_reference) && !registry.trim_matches('/').is_empty() {
            return Ok(());
        }
        return Err(format!(
            "`{repo}` is not the address of a registry: write `oci://HOST/PATH`"
        ));
    }
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| repo.starts_with(scheme));
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    if is_web && !repo.contains(is_odd) {
        return Ok(());
    }
    Err(format!(
        "`{repo}` is not the address of a Helm repository: it begins with `https://`, `http://` or `oci://`"
    ))
}

/// A chart's name becomes part of an address, and an argument.
fn check_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let is_odd = |part: &str| part.is_empty() || part == ".." || part.starts_with('-');
    if name.len() <= LONGEST_CHART && name.chars().all(fits) && !name.split('/').any(is_odd) {
        return Ok(());
    }
    let shown: String = name.chars().take(64).collect();
    Err(format!(
        "`{shown}` is not the name of a chart: use letters, digits, `.`, `_` and `-`"
    ))
}
