//! Random worlds: small enough to enumerate, dense enough to go wrong in every way.

use super::world::{Dependency, HOME, Package, Release, WantedItem, World};

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

const VERSIONS: [&str; 8] = [
    "1.0.0",
    "v1.1",
    "1.2.0+2",
    "2.0.0-rc.1",
    "2.0.0",
    "2.1.0-beta.2",
    "3.0.0",
    "1.2.0+1",
];
const RANGES: [&str; 16] = [
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
const CAPABILITIES: [&str; 3] = ["ingress", "metrics", "storage"];
const CATALOGS: [&str; 2] = ["main", "extra"];

/// Which features a world has: each is left out often, so that the others meet more often.
struct Features {
    catalogs: bool,
    namespaces: bool,
    capabilities: bool,
    definitions: bool,
    groups: bool,
    prereleases: bool,
    exclusions: bool,
    /// Many demands: most such worlds have no answer.
    dense: bool,
}

pub(crate) fn world(seed: u64) -> World {
    let mut random = Random::new(seed);
    let r = &mut random;
    let features = Features {
        catalogs: r.once_in(3),
        namespaces: r.once_in(3),
        capabilities: !r.once_in(3),
        definitions: r.once_in(3),
        groups: r.once_in(2),
        prereleases: !r.once_in(3),
        exclusions: r.once_in(2),
        dense: r.once_in(3),
    };
    let count = 2 + r.below(4);
    let names: Vec<String> = "abcde".chars().take(count).map(String::from).collect();
    let mut world = World {
        packages: names
            .iter()
            .map(|name| package(r, name, &names, &features))
            .collect(),
        catalogs: if features.catalogs {
            CATALOGS.to_vec()
        } else {
            Vec::new()
        },
        ..World::default()
    };
    for _ in 0..1 + r.below(3) {
        world.items.push(WantedItem {
            package: if r.once_in(60) {
                "nowhere".into()
            } else {
                names[r.below(count)].clone()
            },
            range: if features.dense || r.once_in(3) {
                r.of(&RANGES)
            } else {
                "*"
            },
            catalog: (features.catalogs && r.once_in(6)).then(|| r.of(&["main", "extra", "none"])),
            namespace: (features.namespaces && r.once_in(2)).then(|| r.of(&[HOME, "other"])),
        });
    }
    if features.prereleases && r.once_in(3) {
        world.prereleases.push(names[r.below(count)].clone());
    }
    if features.exclusions {
        for _ in 0..r.below(4) {
            world
                .exclusions
                .push((names[r.below(count)].clone(), r.of(&VERSIONS).to_owned()));
        }
    }
    if features.capabilities && r.once_in(3) {
        world.cluster.push(r.of(&CAPABILITIES));
    }
    world
}

fn package(r: &mut Random, name: &str, names: &[String], features: &Features) -> Package {
    let mut releases: Vec<Release> = Vec::new();
    for _ in 0..1 + r.below(3) {
        let release = release(r, name, names, features);
        let is_known =
            |known: &Release| known.version == release.version && known.catalog == release.catalog;
        if !releases.iter().any(is_known) {
            releases.push(release);
        }
    }
    Package {
        name: name.to_owned(),
        is_namespaced: features.namespaces && r.once_in(2),
        namespace: r.of(&[HOME, "other"]),
        releases,
    }
}

fn release(r: &mut Random, name: &str, names: &[String], features: &Features) -> Release {
    let mut version = r.of(&VERSIONS);
    while !features.prereleases && version.contains('-') {
        version = r.of(&VERSIONS);
    }
    let mut release = Release {
        version,
        catalog: features
            .catalogs
            .then(|| r.of(&[None, Some("main"), Some("extra")]))
            .flatten(),
        group: (features.groups && !r.once_in(3)).then(|| r.of(&["mesh", "mesh", "mesh", "other"])),
        is_yanked: features.exclusions && r.once_in(6),
        is_deprecated: features.capabilities && r.once_in(5),
        ..Release::default()
    };
    for other in names.iter().filter(|other| *other != name) {
        // Mostly from one letter to a later one, so that not everything is a cycle; groups need cycles.
        let is_likely = features.dense || features.groups || other.as_str() > name;
        let often = if is_likely { 3 } else { 12 };
        if r.once_in(often) {
            release.dependencies.push(Dependency {
                package: if r.once_in(40) {
                    "nowhere".into()
                } else {
                    other.clone()
                },
                range: if features.dense || r.once_in(2) {
                    r.of(&RANGES)
                } else {
                    "*"
                },
                catalog: (features.catalogs && r.once_in(8))
                    .then(|| r.of(&["main", "extra", "none"])),
                is_optional: r.once_in(3),
            });
        } else if r.once_in(8) {
            release.conflicts.push((other.clone(), r.of(&RANGES)));
        }
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
        for capability in CAPABILITIES {
            match r.below(if features.dense { 5 } else { 8 }) {
                0 => release.requires.push(capability),
                1..=3 => release.provides.push(capability),
                _ => {}
            }
            if r.once_in(40) {
                release.requires.push(capability);
                release.requires.dedup();
            }
        }
    }
    if features.definitions && r.once_in(2) {
        release
            .definitions
            .push((r.of(&["crd/x", "crd/y"]), r.of(&["one", "two"])));
    }
    release
}
