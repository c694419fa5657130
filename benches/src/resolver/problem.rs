//! Packages, versions and what they say of each other, in a form that no solver owns.

use std::collections::HashMap;

use super::ranks::Ranks;

/// A universe, and the ranges that its releases and questions use.
#[derive(Debug, Default)]
pub struct Problem {
    packages: Vec<Package>,
    ranges: Vec<Range>,
    by_text: HashMap<(usize, String), usize>,
    /// Whether every question asks for every package: then a conflict is a dependency on all other versions, which is
    /// how a user of a solver without conflicts states it.
    pub is_all_asked: bool,
    /// Whether releases may need each other in a cycle. Other solvers do not mind; ours is told that all packages are of one group.
    pub has_cycles: bool,
}

/// A package and its releases.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its versions, rising.
    pub versions: Vec<String>,
    /// What the release of each version says.
    pub releases: Vec<Release>,
}

/// What a release says, each with the number of a [`Range`].
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// What must be present.
    pub dependencies: Vec<usize>,
    /// What must be in range if it is present.
    pub optional: Vec<usize>,
    /// What must not be present.
    pub conflicts: Vec<usize>,
}

/// Some versions of a package.
#[derive(Debug)]
pub struct Range {
    /// The number of the package.
    pub package: usize,
    /// As an author writes it.
    pub text: String,
    /// The versions that it takes.
    pub ranks: Ranks,
}

/// What is asked of a problem.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Ranges in which a release must be present.
    pub items: Vec<usize>,
    /// What is installed: package and rank. All of it must be present, at this version or a higher one.
    pub installed: Vec<(usize, u32)>,
}

/// What a solver chose: package and rank, by package.
pub type Answer = Vec<(usize, u32)>;

impl Problem {
    /// One of which every question asks for every package.
    #[must_use]
    pub fn all_asked() -> Self {
        Self {
            is_all_asked: true,
            ..Self::default()
        }
    }

    /// The packages, by number.
    #[must_use]
    pub fn packages(&self) -> &[Package] {
        &self.packages
    }

    /// The ranges, by number.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// How many versions a package has.
    #[must_use]
    pub fn count(&self, package: usize) -> u32 {
        u32::try_from(self.packages[package].versions.len()).unwrap()
    }

    /// Adds a package whose versions are these, rising; its releases say nothing yet. Returns its number.
    pub fn add(&mut self, name: impl Into<String>, versions: Vec<String>) -> usize {
        self.packages.push(Package {
            name: name.into(),
            releases: vec![Release::default(); versions.len()],
            versions,
        });
        self.packages.len() - 1
    }

    /// Adds packages `p0`, `p1` and so on, each with so many versions: 0.1.0, 0.2.0, with ten to a major one.
    pub fn add_many(&mut self, packages: usize, versions: u32) {
        for package in 0..packages {
            self.add(
                format!("p{package}"),
                (0..versions).map(version_name).collect(),
            );
        }
    }

    /// What a release says, to add to it.
    pub fn release(&mut self, package: usize, rank: u32) -> &mut Release {
        &mut self.packages[package].releases[rank as usize]
    }

    /// The range of the ranks from `low` to `high`, with both. Of a package without versions, ranks may be named all the same.
    pub fn between(&mut self, package: usize, low: u32, high: u32) -> usize {
        let count = self.count(package);
        let version = |rank: u32| {
            let there = self.packages[package].versions.get(rank as usize);
            there.map_or_else(|| version_name(rank), String::clone)
        };
        let text = match (low == 0, high + 1 >= count && count > 0) {
            (true, true) => "*".to_owned(),
            _ if low == high => format!("={}", version(low)),
            (false, true) => format!(">={}", version(low)),
            (true, false) => format!("<={}", version(high)),
            (false, false) => format!(">={} <={}", version(low), version(high)),
        };
        let end = if count == 0 {
            high + 1
        } else {
            (high + 1).min(count)
        };
        self.range(package, text, |_| Ranks::run(low, end))
    }

    /// Any version.
    pub fn any(&mut self, package: usize) -> usize {
        self.between(package, 0, u32::MAX - 1)
    }

    /// The range of one version.
    pub fn exactly(&mut self, package: usize, rank: u32) -> usize {
        self.between(package, rank, rank)
    }

    /// The range with this text; `ranks` says what it takes, if it has not been asked for before.
    pub fn range(
        &mut self,
        package: usize,
        text: String,
        ranks: impl FnOnce(&Package) -> Ranks,
    ) -> usize {
        let next = self.ranges.len();
        let number = *self.by_text.entry((package, text.clone())).or_insert(next);
        if number == next {
            let ranks = ranks(&self.packages[package]);
            self.ranges.push(Range {
                package,
                text,
                ranks,
            });
        }
        number
    }
}

/// The version of a rank: 0.1.0, 0.2.0, with ten to a major one.
pub(super) fn version_name(rank: u32) -> String {
    format!("{}.{}.0", (rank + 1) / 10, (rank + 1) % 10)
}
