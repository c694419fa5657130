//! Worlds as short texts: what a failing test prints, and what a case is written in.
//!
//! A line is a release, or one thing that is asked for or there:
//!
//! ```text
//! catalogs main extra
//! a 2.0.0; from main; namespaced; lives other; needs b >=1 from main; likes c *; conflicts d <2; requires metrics;
//! install a >=1; from main; in other; declaration; rollback
//! installed a 1.0.0; from main; in home; pinned; requested; history 0.9.0
//! ```
//!
//! (with `also extra` for another catalog and `holds one` for what is in it, of a release, of what is installed and of what is locked;
//! `provides metrics`, `ships crd/x one`, `group mesh`, `replaces 1.0.0`, `skip range <2`, `yanked`, `deprecated` of a release,
//! and `locked a 1.0.0`, `remove a`, `upgrade a`, `upgrade all`, `exclude a 1.0.0; even if installed`, `prereleases of a`,
//! `all prereleases`, `cluster metrics`, `autoremove`, `fewest changes`).

use std::fmt;

use super::world::{
    Dependency, Exclusion, HOME, Installed, Locked, Package, Release, Removal, WantedItem, World,
};

impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.catalogs.is_empty() {
            writeln!(f, "catalogs {}", self.catalogs.join(" "))?;
        }
        for package in &self.packages {
            for release in &package.releases {
                writeln!(f, "{}", release_line(package, release))?;
            }
        }
        let installed = self.installed.iter().map(installed_line);
        let locked = self.locked.iter().map(locked_line);
        let items = self.items.iter().map(item_line);
        let removals = self.removals.iter().map(removal_line);
        let upgrades = self.upgrades.iter().map(|name| format!("upgrade {name}"));
        let exclusions = self.exclusions.iter().map(exclusion_line);
        let asked = installed.chain(locked).chain(items).chain(removals);
        for line in asked.chain(upgrades).chain(exclusions) {
            writeln!(f, "{line}")?;
        }
        for package in &self.prereleases {
            writeln!(f, "prereleases of {package}")?;
        }
        for capability in &self.cluster {
            writeln!(f, "cluster {capability}")?;
        }
        for (is_on, line) in [
            (self.upgrades_all, "upgrade all"),
            (self.autoremoves, "autoremove"),
            (self.wants_fewest_changes, "fewest changes"),
            (self.all_prereleases, "all prereleases"),
        ] {
            if is_on {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

/// Parts that say something, joined.
struct Line(Vec<String>);

impl Line {
    fn new(head: String) -> Self {
        Self(vec![head])
    }

    fn word(mut self, is_said: bool, word: &str) -> Self {
        if is_said {
            self.0.push(word.to_owned());
        }
        self
    }

    fn each<T: fmt::Display>(mut self, verb: &str, all: impl IntoIterator<Item = T>) -> Self {
        self.0
            .extend(all.into_iter().map(|said| format!("{verb} {said}")));
        self
    }

    fn end(self) -> String {
        self.0.join("; ")
    }
}

fn release_line(package: &Package, release: &Release) -> String {
    let depends = |is_optional| {
        let all = release.dependencies.iter();
        let all = all.filter(move |d| d.is_optional == is_optional);
        all.map(|d| match d.catalog {
            Some(catalog) => format!("{} {} from {catalog}", d.package, d.range),
            None => format!("{} {}", d.package, d.range),
        })
    };
    let pairs = |(one, other): (&str, &str)| format!("{one} {other}");
    let conflicts = release.conflicts.iter().map(|(p, range)| pairs((p, range)));
    Line::new(format!("{} {}", package.name, release.version))
        .each("from", release.catalog)
        .each("also", &release.also_in)
        .each("holds", release.content)
        .word(package.is_namespaced, "namespaced")
        .each("lives", Some(package.namespace).filter(|n| *n != HOME))
        .each("needs", depends(false))
        .each("likes", depends(true))
        .each("conflicts", conflicts)
        .each("requires", &release.requires)
        .each("provides", &release.provides)
        .each("ships", release.definitions.iter().map(|d| pairs(*d)))
        .each("group", release.group)
        .each("replaces", &release.replaces)
        .each("skip range", release.skip_range)
        .word(release.is_yanked, "yanked")
        .word(release.is_deprecated, "deprecated")
        .end()
}

fn item_line(item: &WantedItem) -> String {
    Line::new(format!("install {} {}", item.package, item.range))
        .each("from", item.catalog)
        .each("in", item.namespace)
        .word(item.is_declaration, "declaration")
        .word(item.is_rollback, "rollback")
        .end()
}

fn removal_line(removal: &Removal) -> String {
    Line::new(format!("remove {}", removal.package))
        .each("in", removal.namespace)
        .end()
}

fn installed_line(record: &Installed) -> String {
    Line::new(format!("installed {} {}", record.package, record.version))
        .each("from", record.catalog)
        .each("also", &record.also_in)
        .each("holds", record.content)
        .each("in", Some(record.namespace))
        .word(record.is_pinned, "pinned")
        .word(record.is_requested, "requested")
        .each("history", &record.history)
        .end()
}

fn locked_line(record: &Locked) -> String {
    Line::new(format!("locked {} {}", record.package, record.version))
        .each("from", record.catalog)
        .each("also", &record.also_in)
        .each("holds", record.content)
        .each("in", record.namespace)
        .end()
}

fn exclusion_line(excluded: &Exclusion) -> String {
    Line::new(format!("exclude {} {}", excluded.package, excluded.version))
        .each("from", excluded.catalog)
        .word(excluded.is_even_if_installed, "even if installed")
        .end()
}

impl World {
    /// Reads what `Display` writes.
    pub(crate) fn parse(text: &'static str) -> Self {
        let mut world = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            world.read(line);
        }
        assert!(world.is_sound(), "{world}");
        world
    }

    fn read(&mut self, line: &'static str) {
        let mut parts = line.split(';').map(str::trim).filter(|p| !p.is_empty());
        let (verb, rest) = words(parts.next().unwrap());
        let said: Vec<_> = parts.map(words).collect();
        let of = |verb: &str| said.iter().find(|(v, _)| *v == verb).map(|(_, rest)| *rest);
        let each = |verb: &str| {
            let all = said.iter().filter(|(v, _)| *v == verb);
            all.map(|(_, rest)| *rest).collect()
        };
        let says = |verb: &str| said.iter().any(|(v, _)| *v == verb);
        let (name, version) = words(rest);
        let package = name.to_owned();
        match verb {
            "catalogs" => self.catalogs = rest.split_whitespace().collect(),
            "install" => self.items.push(WantedItem {
                package,
                range: if version.is_empty() { "*" } else { version },
                catalog: of("from"),
                namespace: of("in"),
                is_declaration: says("declaration"),
                is_rollback: says("rollback"),
            }),
            "remove" => self.removals.push(Removal {
                package,
                namespace: of("in"),
            }),
            "upgrade" if name == "all" => self.upgrades_all = true,
            "upgrade" => self.upgrades.push(package),
            "installed" => self.installed.push(Installed {
                package,
                version,
                catalog: of("from"),
                also_in: each("also"),
                content: of("holds"),
                namespace: of("in").unwrap_or(HOME),
                is_pinned: says("pinned"),
                is_requested: says("requested"),
                history: each("history"),
            }),
            "locked" => self.locked.push(Locked {
                package,
                version,
                catalog: of("from"),
                also_in: each("also"),
                content: of("holds"),
                namespace: of("in"),
            }),
            "exclude" => self.exclusions.push(Exclusion {
                package,
                version,
                catalog: of("from"),
                is_even_if_installed: says("even"),
            }),
            "prereleases" => self.prereleases.push(version.to_owned()),
            "all" => self.all_prereleases = true,
            "cluster" => self.cluster.push(name),
            "autoremove" => self.autoremoves = true,
            "fewest" => self.wants_fewest_changes = true,
            _ => self.read_release(verb, rest, &said),
        }
    }

    fn read_release(
        &mut self,
        name: &'static str,
        version: &'static str,
        said: &[(&'static str, &'static str)],
    ) {
        if self.package(name).is_none() {
            self.packages.push(Package {
                name: name.to_owned(),
                namespace: HOME,
                ..Package::default()
            });
        }
        let package = self.packages.iter_mut().find(|p| p.name == name).unwrap();
        let mut release = Release {
            version,
            ..Release::default()
        };
        for (verb, rest) in said {
            match *verb {
                "namespaced" => package.is_namespaced = true,
                "lives" => package.namespace = rest,
                _ => say(&mut release, verb, rest),
            }
        }
        package.releases.push(release);
    }
}

fn say(release: &mut Release, verb: &str, rest: &'static str) {
    let (name, more) = words(rest);
    match verb {
        "from" => release.catalog = Some(rest),
        "also" => release.also_in.push(rest),
        "holds" => release.content = Some(rest),
        "needs" | "likes" => {
            let (range, catalog) = match more.split_once(" from ") {
                Some((range, catalog)) => (range, Some(catalog)),
                None => (more, None),
            };
            release.dependencies.push(Dependency {
                package: name.to_owned(),
                range: if range.is_empty() { "*" } else { range },
                catalog,
                is_optional: verb == "likes",
            });
        }
        "conflicts" => release.conflicts.push((name.to_owned(), more)),
        "requires" => release.requires.push(rest),
        "provides" => release.provides.push(rest),
        "ships" => release.definitions.push((name, more)),
        "group" => release.group = Some(rest),
        "replaces" => release.replaces.push(rest),
        "skip" => release.skip_range = Some(more),
        "yanked" => release.is_yanked = true,
        "deprecated" => release.is_deprecated = true,
        _ => panic!("nothing can be said with {verb}"),
    }
}

/// The first word, and what follows it.
fn words(text: &'static str) -> (&'static str, &'static str) {
    text.split_once(' ').unwrap_or((text, ""))
}
