//! Who needs a package of an answer.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use catalog_model::conditions::show::one_line;
use catalog_model::{Capability, Scope};

use crate::conflict::capability;
use crate::resolution::{Resolution, ResolvedRelease};
use crate::universe::{Package, Relation, Release, Universe};

/// Chains that are given.
const CHAINS: usize = 50;

/// Links that a chain has at either end; those between are counted.
const LINKS: usize = 10;

/// Who begins a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Root {
    /// The request asks for it.
    Requested,
    /// It is installed, and a user asked for that, or pinned it.
    Installed,
    /// It is installed, though no user asked for it, and nothing needs it that somebody wants.
    Unneeded,
}

/// One way in which a package is needed: from what is asked for, or is installed, to the package, each link needing the next.
///
/// Its text is one line: `app 1.0.0 (asked for) needs grafana 11.2.2 (>=11), which needs loki 2.9.6 (^2)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    root: Root,
    links: Vec<Link>,
    left_out: usize,
}

/// A release of a [`Chain`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    package: String,
    version: String,
    namespace: String,
    /// Whether there may be others in other namespaces.
    is_namespaced: bool,
    range: Option<String>,
    capabilities: Vec<Capability>,
}

impl Root {
    /// A stable name, as `requested`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Installed => "installed",
            Self::Unneeded => "unneeded",
        }
    }

    fn of(release: &ResolvedRelease) -> Option<Self> {
        if release.is_requested() {
            Some(Self::Requested)
        } else if release.installed().is_some() && release.is_wanted {
            Some(Self::Installed)
        } else if release.needed_by().len() == 0 {
            Some(Self::Unneeded)
        } else {
            None
        }
    }
}

impl Chain {
    /// Who begins it.
    #[must_use]
    pub fn root(&self) -> Root {
        self.root
    }

    /// The releases, the package itself being the last. It is the only one if it is asked for itself, or needed by nothing.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// How many releases between the tenth of the [links](Self::links) and the eleventh are left out: those of a chain of more than twenty
    /// that are in neither the first ten nor the last.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.left_out
    }
}

impl Link {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it is.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The range in which the link before depends on it, as its author wrote it; none if it only provides something.
    #[must_use]
    pub fn range(&self) -> Option<&str> {
        self.range.as_deref()
    }

    /// What the link before requires and this one provides.
    #[must_use]
    pub fn capabilities(&self) -> &[Capability] {
        &self.capabilities
    }
}

/// How each release is reached first, by position; none if it is not.
type Reached = Vec<Option<Reach>>;

/// From which release one is reached, none if it begins a chain, and how many links there are then.
#[derive(Clone, Copy)]
struct Reach {
    from: Option<usize>,
    links: usize,
}

fn reach(reached: &Reached, at: usize) -> Option<Reach> {
    reached.get(at).copied().flatten()
}

/// A chain that has not been walked yet. Ordered by length, then by the names of where it ends.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    links: usize,
    target: usize,
    /// Who needs the target; none for the target alone.
    by: Option<usize>,
}

impl Way {
    fn positions(&self, reached: &Reached) -> Vec<usize> {
        let mut positions = vec![self.target];
        let mut next = self.by;
        while let Some(at) = next {
            positions.push(at);
            next = reach(reached, at).and_then(|reach| reach.from);
        }
        positions.reverse();
        positions
    }
}

impl Resolution {
    /// Who needs a package: for each instance of it, and each release that needs that one, the shortest chain from what is asked for or
    /// installed. Short chains come first, then by name; of more than fifty the rest is left out, and
    /// [`needed_by`](ResolvedRelease::needed_by) names everybody who needs a release.
    ///
    /// `universe` is the one that was resolved over. Cost: linear in the releases and their needs, for each instance.
    ///
    /// ```
    /// use catalog_resolve::{Outcome, Request, Universe, resolve};
    ///
    /// let universe = Universe::from_json(r#"{
    ///     "app": {"1.0.0": {"dependencies": [{"name": "grafana", "version": ">=11"}], "requires": ["object-storage"]}},
    ///     "grafana": {"11.2.2": {"dependencies": [{"name": "loki", "version": "^2"}]}},
    ///     "loki": {"2.9.6": {"provides": ["object-storage"]}}
    /// }"#)?;
    /// let request = Request::new().install("app", "*")?;
    /// let Outcome::Resolved(resolution) = resolve(&universe, &request) else { panic!("there is an answer") };
    /// let chains: Vec<String> = resolution.why(&universe, "loki").iter().map(ToString::to_string).collect();
    /// assert_eq!(chains, [
    ///     "app 1.0.0 (asked for) needs loki 2.9.6 (the capability object-storage)",
    ///     "app 1.0.0 (asked for) needs grafana 11.2.2 (>=11), which needs loki 2.9.6 (^2)",
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn why(&self, universe: &Universe, package: &str) -> Vec<Chain> {
        let mut ways: Vec<Way> = Vec::new();
        for (at, release) in self.releases.iter().enumerate() {
            if release.package() == package {
                ways.extend(self.ways_to(at));
            }
        }
        ways.sort();
        ways.truncate(CHAINS);
        let mut reached: BTreeMap<usize, Reached> = BTreeMap::new();
        let chains = ways.iter().filter_map(|way| {
            let target = way.target;
            let nearest = reached
                .entry(target)
                .or_insert_with(|| self.nearest(target));
            self.chain(universe, &way.positions(nearest))
        });
        chains.collect()
    }

    /// The shortest chain to a release itself, if it begins one, and by each of those who need it.
    fn ways_to(&self, target: usize) -> Vec<Way> {
        let reached = self.nearest(target);
        let begins = self.releases.get(target).and_then(Root::of);
        let itself = begins.map(|_| Way {
            links: 1,
            target,
            by: None,
        });
        let askers = self.releases.iter().enumerate();
        let askers = askers
            .filter(|(at, release)| *at != target && needs(release).any(|needed| needed == target));
        // Those who are installed, wanted by nobody, and need each other are reached from nowhere: there the chain begins with one.
        let by = askers.map(|(at, _)| Way {
            links: 1 + reach(&reached, at).map_or(1, |reach| reach.links),
            target,
            by: Some(at),
        });
        itself.into_iter().chain(by).collect()
    }

    /// How each release is reached first, by ways that do not lead through `target`.
    fn nearest(&self, target: usize) -> Reached {
        let roots = (0..self.releases.len())
            .filter(|at| *at != target && self.releases.get(*at).and_then(Root::of).is_some());
        let mut reached: Reached = vec![None; self.releases.len()];
        let mut queue: VecDeque<usize> = roots.collect();
        let mut mark = |at: usize, reach: Reach| {
            let slot = reached.get_mut(at).filter(|slot| slot.is_none());
            slot.map(|slot| *slot = Some(reach)).is_some()
        };
        for root in &queue {
            let (from, links) = (None, 1);
            mark(*root, Reach { from, links });
        }
        let mut links: VecDeque<usize> = queue.iter().map(|_| 1).collect();
        while let (Some(at), Some(length)) = (queue.pop_front(), links.pop_front()) {
            for next in self.releases.get(at).into_iter().flat_map(needs) {
                let (from, length) = (Some(at), length + 1);
                if next != target
                    && mark(
                        next,
                        Reach {
                            from,
                            links: length,
                        },
                    )
                {
                    queue.push_back(next);
                    links.push_back(length);
                }
            }
        }
        reached
    }

    fn chain(&self, universe: &Universe, positions: &[usize]) -> Option<Chain> {
        let releases: Vec<&ResolvedRelease> = positions
            .iter()
            .filter_map(|at| self.releases.get(*at))
            .collect();
        let first = releases.first()?;
        let left_out = releases.len().saturating_sub(2 * LINKS);
        let end = releases.len() - LINKS.min(releases.len());
        let before = std::iter::once(None).chain(releases.iter().copied().map(Some));
        let links = before.zip(&releases).enumerate();
        let links = links.filter(|(at, _)| left_out == 0 || *at < LINKS || *at >= end);
        Some(Chain {
            root: Root::of(first).unwrap_or(Root::Unneeded),
            links: links
                .map(|(_, (asker, release))| Link::new(universe, asker, release))
                .collect(),
            left_out,
        })
    }
}

/// Positions of what a release needs, by name or for what it provides; some twice.
fn needs(release: &ResolvedRelease) -> impl Iterator<Item = usize> {
    release
        .dependencies()
        .iter()
        .chain(release.providers())
        .copied()
}

impl Link {
    fn new(
        universe: &Universe,
        asker: Option<&ResolvedRelease>,
        release: &ResolvedRelease,
    ) -> Self {
        let package = universe.find(release.package());
        let asks = asker.and_then(|asker| find(universe, asker));
        let provided = find(universe, release).map(|(_, release)| release.provides.as_slice());
        let provided = provided.unwrap_or_default();
        let mut link = Self {
            package: release.package().to_owned(),
            version: release.version().to_owned(),
            namespace: release.namespace().to_owned(),
            is_namespaced: package.is_some_and(|id| universe.package(id).scope == Scope::Namespace),
            range: None,
            capabilities: Vec::new(),
        };
        let relations = asks.into_iter().flat_map(|(package, release)| {
            release.relations.iter().map(|id| &package.relations[*id])
        });
        for relation in relations {
            match relation {
                Relation::Dependency(d) if !d.is_optional && Some(d.package) == package => {
                    link.range
                        .get_or_insert_with(|| d.range.as_str().trim().to_owned());
                }
                Relation::Requires(capability) if provided.contains(capability) => {
                    let capability = universe.capability(*capability).clone();
                    link.capabilities.push(capability);
                }
                _ => {}
            }
        }
        link
    }
}

/// What the universe says of a release; nothing if no catalog has it.
fn find<'u>(
    universe: &'u Universe,
    release: &ResolvedRelease,
) -> Option<(&'u Package, &'u Release)> {
    let package = universe.package(universe.find(release.package())?);
    let releases = package.with_text(release.version());
    let mut releases = releases.map(|id| &package.releases[id]);
    let found = releases.find(|other| universe.is_in(other, release.catalog()))?;
    Some((package, found))
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested => "asked for",
            Self::Installed => "installed because a user wants it",
            Self::Unneeded => "installed, though no user wants it",
        })
    }
}

impl fmt::Display for Link {
    /// The release and what is asked of it, as `loki 2.9.6 (^2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", one_line(&self.package), one_line(&self.version))?;
        if self.is_namespaced {
            write!(f, " in {}", one_line(&self.namespace))?;
        }
        let range = self.range.as_deref();
        let range = range.filter(|range| !range.is_empty() && *range != "*");
        let mut asked: Vec<String> = range.map(one_line).into_iter().collect();
        let provided = self.capabilities.iter();
        asked.extend(provided.map(|provided| one_line(&capability(provided))));
        match asked.as_slice() {
            [] => Ok(()),
            _ => write!(f, " ({})", asked.join("; ")),
        }
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, link) in self.links.iter().enumerate() {
            match at {
                LINKS if self.left_out > 0 => {
                    let count = self.left_out;
                    write!(
                        f,
                        ", which needs {count} others in turn, the last of which needs {link}"
                    )?;
                }
                0 => write!(f, "{link} ({})", self.root)?,
                1 => write!(f, " needs {link}")?,
                _ => write!(f, ", which needs {link}")?,
            }
        }
        Ok(())
    }
}
