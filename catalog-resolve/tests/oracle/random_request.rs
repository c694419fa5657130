//! Random worlds: what is asked for, and what is there.

use catalog_model::version::Version;

use super::random::{
    CAPABILITIES, CATALOGS, Features, RANGES, Random, VERSIONS, spelled_otherwise,
};
use super::world::{
    Exclusion, HOME, Installed, Locked, Package, Release, Removal, WantedItem, World,
};

/// Which features the request of a world has.
struct Asking {
    installed: bool,
    /// Installed and locked versions that catalogs lack, or write otherwise.
    oddities: bool,
    pins: bool,
    locked: bool,
    removals: bool,
    upgrades: bool,
    declarations: bool,
    rollbacks: bool,
    autoremoves: bool,
}

impl Asking {
    fn some(r: &mut Random, features: &Features, has_state: bool) -> Self {
        let installed = has_state && !r.once_in(5);
        // Who provides is decided by what is locked, installed and named.
        let often = if features.providers { 2 } else { 3 };
        Self {
            installed,
            oddities: r.once_in(2),
            pins: r.once_in(4),
            locked: has_state && r.once_in(often),
            removals: has_state && r.once_in(5),
            upgrades: has_state && r.once_in(2),
            declarations: installed && r.once_in(3),
            rollbacks: installed && r.once_in(3),
            autoremoves: installed && r.once_in(often),
        }
    }
}

/// Asks for something, of all that may be asked for.
pub(super) fn ask(r: &mut Random, world: &mut World, features: &Features, has_state: bool) {
    let asking = Asking::some(r, features, has_state);
    if asking.installed {
        install(r, world, &asking);
    }
    if asking.locked {
        lock(r, world, &asking);
    }
    let names: Vec<String> = world.packages.iter().map(|p| p.name.clone()).collect();
    let any = |r: &mut Random| names[r.below(names.len())].clone();
    let items = match asking.installed {
        true => r.below(4),
        false => 1 + r.below(3),
    };
    for _ in 0..items {
        let package = match world.installed.len() {
            _ if r.once_in(40) => "nowhere".to_owned(),
            count if count > 0 && r.once_in(2) => world.installed[r.below(count)].package.clone(),
            _ => any(r),
        };
        let item = item(r, package, features, &asking);
        world.items.push(item);
    }
    if (asking.rollbacks || features.namespaces) && r.once_in(2) {
        ask_for_less(r, world);
    }
    if features.edges && asking.upgrades && r.once_in(2) {
        ask_for_more(r, world);
    }
    if features.prereleases && r.once_in(3) {
        world.prereleases.push(any(r));
        world.all_prereleases = r.once_in(4);
    }
    if features.exclusions {
        for _ in 0..r.below(4) {
            let package = any(r);
            world.exclusions.push(exclusion(r, package, features));
        }
    }
    if features.capabilities && r.once_in(3) {
        world.cluster.push(r.of(&CAPABILITIES));
    }
    if asking.removals {
        for _ in 0..1 + r.below(2) {
            let package = if r.once_in(12) {
                "nowhere".to_owned()
            } else {
                any(r)
            };
            let namespace = r.once_in(3).then(|| r.of(&[HOME, "other"]));
            world.removals.push(Removal { package, namespace });
        }
    }
    if asking.upgrades {
        world.upgrades_all = r.once_in(3);
        for _ in 0..r.below(3) {
            let package = match world.installed.len() {
                count if count > 0 && !r.once_in(3) => {
                    world.installed[r.below(count)].package.clone()
                }
                _ => any(r),
            };
            world.upgrades.push(package);
        }
    }
    world.autoremoves = asking.autoremoves;
    world.wants_fewest_changes = asking.installed && r.once_in(5);
}

fn item(r: &mut Random, package: String, features: &Features, asking: &Asking) -> WantedItem {
    let is_declaration = asking.declarations && r.once_in(2);
    let is_rollback = asking.rollbacks && r.once_in(2);
    let is_picky = features.dense || is_declaration || is_rollback || r.once_in(3);
    WantedItem {
        package,
        range: match is_picky {
            true if (is_declaration || is_rollback) && r.once_in(2) => {
                r.of(&["<2", "=1.0.0", "1.x", "<=1.1"])
            }
            true => r.of(&RANGES),
            false => "*",
        },
        catalog: (features.catalogs && r.once_in(6)).then(|| r.of(&["main", "extra", "none"])),
        namespace: match features.namespaces && r.once_in(2) {
            true if r.once_in(15) => Some("third"),
            true => Some(r.of(&[HOME, "other"])),
            false => None,
        },
        is_declaration,
        is_rollback,
    }
}

/// Asks for a lower release of something installed, mostly as a rollback to what was there before.
fn ask_for_less(r: &mut Random, world: &mut World) {
    if world.installed.is_empty() {
        return;
    }
    let count = world.installed.len();
    let record = &mut world.installed[r.below(count)];
    let package = world.packages.iter().find(|p| p.name == record.package);
    let Some(package) = package else { return };
    let version = release(r, package).version;
    record.history.push(version);
    if r.once_in(2) {
        record.version = by_version(package).last().unwrap().version;
    }
    world.items.push(WantedItem {
        package: package.name.clone(),
        range: exactly(version),
        namespace: package.is_namespaced.then_some(record.namespace),
        is_rollback: !r.once_in(if package.is_namespaced { 2 } else { 4 }),
        ..WantedItem::default()
    });
}

/// Asks for the best release of something that is installed at its lowest.
fn ask_for_more(r: &mut Random, world: &mut World) {
    if world.installed.is_empty() {
        return;
    }
    let count = world.installed.len();
    let record = &mut world.installed[r.below(count)];
    let package = world.packages.iter().find(|p| p.name == record.package);
    let Some(package) = package else { return };
    let lowest = by_version(package)[0];
    (record.version, record.catalog) = (lowest.version, lowest.catalog);
    world.upgrades.push(package.name.clone());
}

/// The releases of a package, lowest first.
fn by_version(package: &Package) -> Vec<&Release> {
    let mut releases: Vec<_> = package.releases.iter().collect();
    releases.sort_by_key(|release| Version::parse(release.version).unwrap());
    releases
}

fn exactly(version: &str) -> &'static str {
    match version {
        "1.0.0" | "v1.0" => "=1.0.0",
        "v1.1" => "1.1",
        "1.2.0+1" => "=1.2.0+1",
        "1.2.0+2" => "=1.2.0+2",
        "2.0.0-rc.1" => "=2.0.0-rc.1",
        "2.0.0" => "2.0.x",
        _ => "<3",
    }
}

fn exclusion(r: &mut Random, package: String, features: &Features) -> Exclusion {
    let version = r.of(&VERSIONS);
    Exclusion {
        package,
        version: if r.once_in(5) {
            spelled_otherwise(version)
        } else {
            version
        },
        catalog: (features.catalogs && r.once_in(3)).then(|| r.of(&CATALOGS)),
        is_even_if_installed: r.once_in(3),
    }
}

fn install(r: &mut Random, world: &mut World, asking: &Asking) {
    let mut installed = Vec::new();
    let often = 1 + r.below(3);
    for package in &world.packages {
        for namespace in places(r, package) {
            if !r.once_in(often) {
                continue;
            }
            let (version, catalog) = version(r, package, asking);
            installed.push(Installed {
                package: package.name.clone(),
                version,
                catalog,
                namespace,
                is_pinned: asking.pins && r.once_in(4),
                is_requested: r.once_in(2),
                history: match asking.rollbacks {
                    true => (0..r.below(4)).map(|_| past_version(r, package)).collect(),
                    false => Vec::new(),
                },
                ..Installed::default()
            });
        }
    }
    if asking.oddities && r.once_in(5) {
        installed.push(Installed {
            package: "nowhere".into(),
            version: r.of(&["1.0.0", "latest", "2.0.0-rc.1"]),
            namespace: r.of(&[HOME, "other"]),
            is_pinned: asking.pins && r.once_in(4),
            is_requested: r.once_in(2),
            ..Installed::default()
        });
    }
    world.installed = installed;
}

fn past_version(r: &mut Random, package: &Package) -> &'static str {
    let version = match r.once_in(4) {
        true => r.of(&VERSIONS),
        false => release(r, package).version,
    };
    if r.once_in(5) {
        spelled_otherwise(version)
    } else {
        version
    }
}

fn lock(r: &mut Random, world: &mut World, asking: &Asking) {
    let mut locked = Vec::new();
    for package in &world.packages {
        for namespace in places(r, package) {
            if !r.once_in(2) {
                continue;
            }
            let mut installed = world.installed.iter();
            let there = installed.find(|record| {
                record.package == package.name
                    && (!package.is_namespaced || record.namespace == namespace)
            });
            let (version, catalog) = match there.filter(|_| r.once_in(3)) {
                Some(record) => (record.version, record.catalog),
                None => version(r, package, asking),
            };
            let is_said = package.is_namespaced && (namespace != HOME || r.once_in(2));
            locked.push(Locked {
                package: package.name.clone(),
                version,
                catalog,
                namespace: is_said.then_some(namespace),
                ..Locked::default()
            });
        }
    }
    world.locked = locked;
}

/// Where a package may be: one place for a cluster-wide one.
fn places(r: &mut Random, package: &Package) -> Vec<&'static str> {
    match package.is_namespaced {
        true if r.once_in(10) => vec![HOME, "other", "third"],
        true => vec![HOME, "other"],
        false if r.once_in(10) => vec!["third"],
        false => vec![r.of(&[HOME, "other"])],
    }
}

/// A release of a package, more often a lower one: what is installed is to have somewhere to go.
fn release<'p>(r: &mut Random, package: &'p Package) -> &'p Release {
    let releases = &package.releases;
    let (one, other) = (
        &releases[r.below(releases.len())],
        &releases[r.below(releases.len())],
    );
    let version = |release: &Release| Version::parse(release.version).unwrap();
    match version(one) < version(other) || r.once_in(3) {
        true => one,
        false => other,
    }
}

/// A version of a package and its catalog: mostly those of a release, as it is written.
fn version(
    r: &mut Random,
    package: &Package,
    asking: &Asking,
) -> (&'static str, Option<&'static str>) {
    let release = release(r, package);
    let catalogs = Vec::from_iter(release.catalogs());
    let catalog = r.of(&catalogs).filter(|_| !r.once_in(3));
    if !asking.oddities {
        return (release.version, catalog);
    }
    match r.below(12) {
        0 | 1 => (spelled_otherwise(release.version), catalog),
        2 => (r.of(&VERSIONS), catalog),
        3 => (r.of(&["latest", "1.1.5", "0.9", "4.0.0-pre"]), catalog),
        4 => (release.version, Some(r.of(&["main", "extra", "none"]))),
        _ => (release.version, catalog),
    }
}
