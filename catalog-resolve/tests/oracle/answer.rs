//! Best answers as texts.

use super::best::best;
use super::rules::Rules;
use super::world::World;

/// The best answer as text, `package version`, with `@namespace` and `from catalog` where there is one.
pub(crate) fn answer(world: &World) -> String {
    let rules = Rules::new(world);
    let Some(best) = best(&rules) else {
        return "none".to_owned();
    };
    let releases = best.iter().map(|(i, release)| {
        let instance = &rules.instances.all[*i];
        let catalog = rules.instances.catalog_of(*i, *release);
        let release = rules.instances.release(*i, *release);
        let namespace = instance
            .namespace
            .map_or(String::new(), |n| format!("@{n}"));
        let catalog = catalog.map_or(String::new(), |c| format!(" from {c}"));
        format!(
            "{}{namespace} {}{catalog}",
            instance.package, release.version
        )
    });
    releases.collect::<Vec<_>>().join(", ")
}
