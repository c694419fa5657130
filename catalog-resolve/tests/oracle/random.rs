//! Random worlds: small enough to enumerate, dense enough to go wrong in every way. Here: what there is to choose from.

use catalog_model::version::{Version, VersionRange};

use super::earlier;
use super::instances::at_least;
use super::random_request::ask;
use super::rules::Rules;
use super::world::{Dependency, HOME, Package, Release, World};

/// splitmix64: seeded, and the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x1234_5678)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// With two spellings of one version, and builds of another.
pub(super) const VERSIONS: [&str; 12] = [
    "1.0.0",
    "v1.1",
    "1.2.0+2",
    "2.0.0-rc.1",
    "2.0.0",
    "2.1.0-beta.2",
    "3.0.0",
    "1.2.0+1",
    "2.0.0",
    "3.0.0",
    "v1.1",
    "v1.0",
];
pub(super) const RANGES: [&str; 16] = [
    "*",
    "*",
    "*",
    ">=1.1",
    "<2",
    "^1",
    "=2.0.0",
    ">=2.0.0-rc.1",
    "2.x",
    ">=2",
    "!=1.1",
    "1.0.0 || 3",
    ">4",
    "=1.2.0",
    "<=1.1 || ^2.1.0-beta.1",
    "=2.0.0-rc.1",
];
const SKIP_RANGES: [&str; 5] = [
    "<2",
    "^1",
    ">=1.0.0 <1.2.0",
    "<=2.0.0-rc.1",
    "=1.2.0+1 || 1.1",
];
pub(super) const CAPABILITIES: [&str; 3] = ["ingress", "metrics", "storage"];
pub(super) const CATALOGS: [&str; 2] = ["main", "extra"];

/// Worlds of more choices are made smaller.
const MOST_CHOICES: usize = 20_000;

/// Which features the catalogs of a world have: each is left out often, so that the others meet more often.
pub(super) struct Features {
    pub(super) catalogs: bool,
    pub(super) namespaces: bool,
    pub(super) capabilities: bool,
    definitions: bool,
    groups: bool,
    pub(super) prereleases: bool,
    pub(super) exclusions: bool,
    pub(super) edges: bool,
    /// Many demands: most such worlds have no answer.
    pub(super) dense: bool,
    /// Few dependencies, many that give and require capabilities.
    pub(super) providers: bool,
}

impl Features {
    /// Few of those that keep an upgrade from being possible at all.
    pub(super) fn of_climb(r: &mut Random) -> Self {
        Self {
            prereleases: r.once_in(4),
            exclusions: r.once_in(4),
            edges: false,
            dense: r.once_in(3),
            providers: false,
            ..Self::some(r)
        }
    }

    pub(super) fn some(r: &mut Random) -> Self {
        let providers = r.once_in(4);
        Self {
            catalogs: r.once_in(3),
            namespaces: r.once_in(3),
            capabilities: providers || !r.once_in(3),
            definitions: r.once_in(3),
            groups: r.once_in(2),
            prereleases: !r.once_in(3),
            exclusions: r.once_in(2),
            edges: r.once_in(3),
            dense: !providers && r.once_in(4),
            providers,
        }
    }
}

/// A world with anything in it; one of three begins where another ended.
pub(crate) fn world(seed: u64) -> World {
    let r = &mut Random::new(seed);
    let mut world = match r.once_in(3) {
        true => earlier::world(r),
        false => anything(r, true),
    };
    make_enumerable(&mut world);
    world
}

/// A world in which nothing is installed or locked.
pub(crate) fn first_installation(seed: u64) -> World {
    let mut world = anything(&mut Random::new(seed), false);
    make_enumerable(&mut world);
    world
}

pub(super) fn anything(r: &mut Random, has_state: bool) -> World {
    let features = Features::some(r);
    let count = 2 + r.below(4);
    let names: Vec<String> = "abcde".chars().take(count).map(String::from).collect();
    let packages = names.iter().map(|name| package(r, name, &names, &features));
    let packages = packages.collect();
    let catalogs = match features.catalogs {
        // One that is not declared comes last.
        true if r.once_in(8) => vec!["main"],
        true => CATALOGS.to_vec(),
        false => Vec::new(),
    };
    let mut world = World {
        packages,
        catalogs,
        ..World::default()
    };
    ask(r, &mut world, &features, has_state);
    world
}

/// Leaves out releases, then packages, until there are few choices.
pub(super) fn make_enumerable(world: &mut World) {
    while Rules::new(world).size() > MOST_CHOICES {
        let largest = world.packages.iter_mut().max_by_key(|p| p.releases.len());
        match largest {
            Some(package) if package.releases.len() > 2 => _ = package.releases.pop(),
            _ => {
                let package = world.packages.pop().unwrap();
                world
                    .installed
                    .retain(|record| record.package != package.name);
                world.locked.retain(|record| record.package != package.name);
            }
        }
    }
}

fn package(r: &mut Random, name: &str, names: &[String], features: &Features) -> Package {
    let mut package = Package {
        name: name.to_owned(),
        is_namespaced: features.namespaces && r.once_in(2),
        namespace: r.of(&[HOME, "other"]),
        releases: Vec::new(),
    };
    for _ in 0..1 + r.below(if features.edges { 5 } else { 4 }) {
        let release = release(r, name, names, features);
        package.add(release);
    }
    if features.edges && r.once_in(2) {
        make_ladder(r, &mut package.releases);
    }
    package
}

/// Makes most releases reachable from the next lower one alone.
fn make_ladder(r: &mut Random, releases: &mut [Release]) {
    let read = |release: &Release| Version::parse(release.version).unwrap();
    let versions: Vec<_> = releases
        .iter()
        .map(|release| (read(release), release.version))
        .collect();
    for release in releases {
        let this = read(release);
        let is_lower = |v: &Version| *v < this && !v.same_precedence_and_build(&this);
        let lower = versions.iter().filter(|(v, _)| is_lower(v));
        if let Some((_, text)) = lower.max()
            && !r.once_in(5)
        {
            release.replaces = vec![*text];
            release.skip_range = None;
        }
    }
}

impl Package {
    /// Adds a release, unless one of its catalogs has its version, or another one has the same.
    pub(super) fn add(&mut self, release: Release) {
        let is_it = |known: &Release| {
            known.version == release.version
                && (known.content() == release.content()
                    || known
                        .catalogs()
                        .any(|one| release.catalogs().any(|other| one == other)))
        };
        if !self.releases.iter().any(is_it) {
            self.releases.push(release);
        }
    }
}

pub(super) fn release(
    r: &mut Random,
    name: &str,
    names: &[String],
    features: &Features,
) -> Release {
    let mut version = r.of(&VERSIONS);
    while !features.prereleases && version.contains('-') {
        version = r.of(&VERSIONS);
    }
    let catalog = match features.catalogs {
        true => r.of(&[None, Some("main"), Some("extra")]),
        false => None,
    };
    let others = CATALOGS.iter().filter(|one| Some(**one) != catalog);
    let others = others.filter(|_| features.catalogs && r.once_in(3));
    let mut release = Release {
        version,
        catalog,
        also_in: others.copied().collect(),
        group: (features.groups && !r.once_in(3)).then(|| r.of(&["mesh", "mesh", "mesh", "other"])),
        is_yanked: features.exclusions && r.once_in(6),
        is_deprecated: features.capabilities && r.once_in(5),
        ..Release::default()
    };
    for other in names.iter().filter(|other| *other != name) {
        relate(r, &mut release, name, other, features);
    }
    // A package says one thing of another at most: more is a warning, which worlds have none of.
    let mut seen = Vec::new();
    release.dependencies.retain(|d| {
        let is_new = !seen.contains(&d.package);
        seen.push(d.package.clone());
        is_new
    });
    if features.namespaces && r.once_in(12) {
        release.conflicts.push((name.to_owned(), r.of(&RANGES)));
    }
    if features.capabilities {
        offer(r, &mut release, features);
    }
    if features.definitions && r.once_in(2) {
        let objects = ["crd/x", "crd/y", "own:config/x", "other:config/x"];
        let definition = (r.of(&objects), r.of(&["one", "two"]));
        release.definitions.push(definition);
    }
    if features.edges && r.once_in(2) {
        state_edges(r, &mut release);
    }
    release
}

/// Dependencies on and conflicts with another package.
fn relate(r: &mut Random, release: &mut Release, name: &str, other: &str, features: &Features) {
    // Mostly from one letter to a later one, so that not everything is a cycle; groups need cycles.
    let is_likely = features.dense || features.groups || other > name;
    let often = match is_likely {
        _ if features.providers => 8,
        true => 3,
        false => 12,
    };
    if r.once_in(often) {
        release.dependencies.push(Dependency {
            package: if r.once_in(25) {
                "nowhere".into()
            } else {
                other.to_owned()
            },
            range: if features.dense || r.once_in(2) {
                r.of(&RANGES)
            } else {
                "*"
            },
            catalog: (features.catalogs && r.once_in(4))
                .then(|| r.of(&["main", "main", "extra", "extra", "none"])),
            is_optional: r.once_in(3),
        });
    } else if r.once_in(8) {
        release.conflicts.push((other.to_owned(), r.of(&RANGES)));
    }
}

/// What it requires and provides.
fn offer(r: &mut Random, release: &mut Release, features: &Features) {
    for capability in CAPABILITIES {
        match r.below(if features.dense || features.providers {
            5
        } else {
            8
        }) {
            0 => release.requires.push(capability),
            1..=3 => release.provides.push(capability),
            _ => {}
        }
        if r.once_in(40) && !release.requires.contains(&capability) {
            release.requires.push(capability);
        }
    }
}

/// From which versions it is reached: lower ones only, as a version that is not lower is a mistake.
fn state_edges(r: &mut Random, release: &mut Release) {
    let this = Version::parse(release.version).unwrap();
    for _ in 0..r.below(4) {
        let text = if r.once_in(6) {
            spelled_otherwise(r.of(&VERSIONS))
        } else {
            r.of(&VERSIONS)
        };
        let other = Version::parse(text).unwrap();
        if other < this && !other.same_precedence_and_build(&this) {
            release.replaces.push(text);
        }
    }
    let range = r.of(&SKIP_RANGES);
    let set = VersionRange::parse(range).unwrap().set().clone();
    if r.once_in(3) && set.is_disjoint(&at_least(&this)) {
        release.skip_range = Some(range);
    }
}

/// The same version in another text.
pub(super) fn spelled_otherwise(version: &'static str) -> &'static str {
    match version {
        "1.0.0" => "v1",
        "v1.0" => "1",
        "v1.1" => "1.1.0",
        "1.2.0+1" => "v1.2+1",
        "1.2.0+2" => "1.2+02",
        "2.0.0-rc.1" => "v2.0.0-rc.1",
        "2.0.0" => "2",
        "2.1.0-beta.2" => "2.1-beta.2",
        "3.0.0" => "V3.0",
        other => other,
    }
}
