//! One fact in one sentence.

use std::collections::BTreeSet;

use catalog_model::version::VersionRange;

use super::core::{Core, CoreClause};
use super::fact::{Alternative, ConflictFact, FactKind};
use super::missing::{from, missing};
use super::phrase::{self, Phrase, listed};
use crate::encode::{Encoder, Fact, ObjectKey, Place};
use crate::engine::{ABSENT, ValueSet, Var};
use crate::request::Item;
use crate::universe::{CapabilityId, Dependency, PackageConflict};

/// Members of a cycle that are named; how many more there are is said.
const LINKS: usize = 6;

/// A fact in words: of whom something is said, and what. Sentences with one subject can be joined.
pub(crate) struct Sentence {
    /// Who asks; none for what the request says.
    pub(crate) about: Option<Var>,
    pub(crate) subject: Option<Phrase>,
    /// With its verb; several predicates with one verb can be joined.
    pub(super) verb: &'static str,
    pub(super) object: String,
    pub(super) kind: FactKind,
    /// Who comes next, in an explanation that goes from those who ask to those who are asked for.
    pub(super) leads_to: Vec<Var>,
}

impl Sentence {
    fn text(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{} {} {}", subject.text, self.verb, self.object),
            None => format!("{} {}", self.verb, self.object),
        }
    }
}

/// A fact as callers see it.
pub(crate) fn fact(
    encoder: &Encoder<'_>,
    core: &Core<'_>,
    clause: &CoreClause<'_>,
) -> ConflictFact {
    let sentence = sentence(encoder, core, clause);
    let mut packages: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    let about = sentence.about.iter().chain(&sentence.leads_to);
    let vars = about
        .copied()
        .chain(clause.terms.iter().map(|(var, _)| *var))
        .filter(|var| encoder.is_instance(*var));
    let names = vars
        .map(|var| encoder.package(var).name.to_string())
        .chain(named(encoder, &clause.fact));
    for name in names {
        if seen.insert(name.clone()) {
            packages.push(name);
        }
    }
    ConflictFact {
        kind: sentence.kind,
        text: sentence.text(),
        packages,
        alternatives: clause
            .terms
            .iter()
            .filter(|(var, _)| encoder.is_instance(*var))
            .map(|(var, set)| alternative(encoder, *var, set))
            .collect(),
        is_needed: clause.is_needed,
    }
}

/// A package that a fact names and that may have no releases at all.
fn named(encoder: &Encoder<'_>, fact: &Fact<'_>) -> Option<String> {
    match fact {
        Fact::Item(item, _) => Some(item.package.clone()),
        Fact::Dependency(_, dependency) => Some(
            encoder
                .universe
                .package(dependency.package)
                .name
                .to_string(),
        ),
        _ => None,
    }
}

fn alternative(encoder: &Encoder<'_>, var: Var, set: &ValueSet) -> Alternative {
    let releases = set.iter().filter_map(|value| encoder.named(var, value));
    let releases =
        releases.map(|(catalog, version)| (catalog.map(str::to_owned), version.to_owned()));
    Alternative {
        package: encoder.package(var).name.to_string(),
        namespace: match &encoder.instance(var).place {
            Place::Cluster => None,
            Place::Namespace(namespace) => Some(namespace.to_string()),
        },
        releases: releases.collect(),
        may_be_absent: set.contains(ABSENT),
    }
}

/// The sentence of a clause.
pub(super) fn sentence(
    encoder: &Encoder<'_>,
    core: &Core<'_>,
    clause: &CoreClause<'_>,
) -> Sentence {
    Speaker {
        encoder,
        core,
        clause,
    }
    .sentence()
}

/// What is needed to say something about one clause.
pub(super) struct Speaker<'s, 'a> {
    pub(super) encoder: &'s Encoder<'a>,
    pub(super) core: &'s Core<'a>,
    pub(super) clause: &'s CoreClause<'a>,
}

/// A verb, singular and plural.
pub(super) type Verb = (&'static str, &'static str);

pub(super) const IS: Verb = ("is", "are");
const NEEDS: Verb = ("needs", "need");

impl Speaker<'_, '_> {
    fn sentence(&self) -> Sentence {
        match &self.clause.fact {
            Fact::Item(item, _) => self.item(item),
            Fact::ItemPrerelease(item) => self.hides(None, &item.range, "the request"),
            Fact::Dependency(asker, dependency) => self.depends(*asker, dependency),
            Fact::DependencyPrerelease(asker, dependency) => {
                let name = phrase::name(self.encoder, *asker);
                self.hides(Some(*asker), &dependency.range, &name)
            }
            Fact::Presence(asker, dependency) => {
                let needed = &self.encoder.universe.package(dependency.package).name;
                let object = format!("{needed}, in whatever version");
                self.say(Some(*asker), NEEDS, object, FactKind::Dependency)
            }
            Fact::Conflict(asker, conflict) => self.conflicts(*asker, conflict),
            Fact::Requires(asker, capability) => self.requires(*asker, *capability),
            Fact::Definition(one, other, object) => self.ships(*one, *other, object),
            Fact::Cycle(cycle) => self.waits(cycle),
            Fact::Excluded(var, reason) => {
                let object = format!("excluded: {reason}");
                self.say(Some(*var), IS, object, FactKind::Exclusion)
            }
            Fact::Yanked(var, reason) => {
                let object = format!("yanked: {reason}");
                self.say(Some(*var), IS, object, FactKind::Yanked)
            }
            Fact::OfInstalled(var, fact) => self.of_installed(*var, *fact),
            Fact::Decided(var, cause) => self.decided(*var, *cause),
            Fact::Preferred(var, preference) => self.preferred(*var, *preference),
            Fact::MostMoves(most) => self.moves(Some(*most)),
            Fact::Counting => self.moves(None),
            Fact::Unneeded(vars) => self.unneeded(vars),
            Fact::Supposed(var) => {
                let object = "what is looked at".to_owned();
                self.say(Some(*var), IS, object, FactKind::Decision)
            }
        }
    }

    /// Something about the releases of `about` that the clause concerns; of the request, if there are none.
    pub(super) fn say(
        &self,
        about: Option<Var>,
        verb: Verb,
        object: String,
        kind: FactKind,
    ) -> Sentence {
        let subject = about.map(|var| self.subject(var));
        let others = self.clause.terms.iter().map(|(var, _)| *var);
        Sentence {
            about,
            verb: subject
                .as_ref()
                .map_or(verb.0, |subject| subject.verb(verb.0, verb.1)),
            subject,
            object,
            kind,
            leads_to: others.filter(|var| Some(*var) != about).collect(),
        }
    }

    /// The releases that the clause is about.
    fn subject(&self, var: Var) -> Phrase {
        let concerned = self.core.concerned(self.encoder, self.clause, var);
        phrase::releases(self.encoder, var, &concerned)
    }

    /// Whom the clause has a term about, besides who asks.
    fn other(&self, asker: Option<Var>) -> Option<Var> {
        let vars = self.clause.terms.iter().map(|(var, _)| *var);
        vars.into_iter().find(|var| Some(*var) != asker)
    }

    /// A range does not take prereleases that it does not name.
    fn hides(&self, asker: Option<Var>, range: &VersionRange, whose: &str) -> Sentence {
        let range = phrase::written(range);
        let object = format!("a prerelease, which {range} of {whose} does not name");
        self.say(self.other(asker), IS, object, FactKind::Prerelease)
    }

    fn conflicts(&self, asker: Var, conflict: &PackageConflict) -> Sentence {
        let name = &self.encoder.universe.package(conflict.package).name;
        let object = phrase::wanted(name, &conflict.range);
        let verb = ("conflicts with", "conflict with");
        self.say(Some(asker), verb, object, FactKind::Conflict)
    }

    fn requires(&self, asker: Var, capability: CapabilityId) -> Sentence {
        let what = phrase::capability(self.encoder.universe.capability(capability));
        let object = format!("{what}, which {}", self.providers(asker, capability));
        self.say(Some(asker), NEEDS, object, FactKind::Capability)
    }

    fn ships(&self, one: Var, other: Var, (name, namespace): &ObjectKey) -> Sentence {
        let what = self.encoder.universe.object(*name, namespace.as_deref());
        let other = bare(&self.subject(other).text);
        let object = format!("{what} with other content than {other}");
        self.say(Some(one), ("ships", "ship"), object, FactKind::Definition)
    }

    fn item(&self, item: &Item) -> Sentence {
        let universe = self.encoder.universe;
        let package = universe.find(&item.package).map(|id| universe.package(id));
        let asked = self.encoder.asked_by_item(item);
        let is_empty = self.clause.terms.is_empty();
        let (tail, kind) = missing(universe, (&item.package, package), &asked, is_empty)
            .unwrap_or_else(|| (from(universe, &asked), FactKind::Request));
        let object = phrase::item(self.encoder, item) + &tail;
        self.say(None, ("the request asks for", ""), object, kind)
    }

    fn depends(&self, asker: Var, dependency: &Dependency) -> Sentence {
        let universe = self.encoder.universe;
        let package = universe.package(dependency.package);
        let asked = self.encoder.asked(dependency);
        let is_empty = self.clause.terms.len() < 2;
        let (tail, kind) = missing(universe, (&package.name, Some(package)), &asked, is_empty)
            .unwrap_or_else(|| (from(universe, &asked), FactKind::Dependency));
        let object = phrase::wanted(&package.name, &dependency.range) + &tail;
        let verb = if dependency.is_optional {
            ("only works with", "only work with")
        } else {
            NEEDS
        };
        self.say(Some(asker), verb, object, kind)
    }

    fn providers(&self, asker: Var, capability: CapabilityId) -> String {
        let others = self.clause.terms.iter().filter(|(var, _)| *var != asker);
        let phrases: Vec<Phrase> = others
            .map(|(var, set)| phrase::releases(self.encoder, *var, set))
            .collect();
        let texts: Vec<String> = phrases.iter().map(|p| bare(&p.text)).collect();
        match phrases.as_slice() {
            [] => match self.prerelease_providers(asker, capability).as_slice() {
                [] => "nothing provides".to_owned(),
                some => format!("only prereleases provide: {}", listed(some)),
            },
            [only] => {
                let verb = only.verb("provides", "provide");
                format!("only {} {verb}", bare(&only.text))
            }
            _ => format!("only {} provide", listed(&texts)),
        }
    }

    /// The releases that would provide a capability if prereleases were allowed.
    fn prerelease_providers(&self, asker: Var, capability: CapabilityId) -> Vec<String> {
        let encoder = self.encoder;
        let packages = encoder.universe.providers(capability).iter();
        let vars = packages.filter_map(|package| encoder.meant(asker, *package));
        let phrases = vars.filter_map(|var| {
            let package = encoder.package(var);
            let gives = |id| package.releases[id].provides.contains(&capability);
            let mut giving = encoder.instance(var).values_of(gives);
            giving.subtract(&encoder.providing(var, capability));
            (!giving.is_empty()).then(|| phrase::releases(encoder, var, &giving).text)
        });
        phrases.collect()
    }

    fn waits(&self, cycle: &[Var]) -> Sentence {
        // Going round begins with whoever came up first.
        let begin = (0..cycle.len())
            .min_by_key(|at| cycle.get(*at))
            .unwrap_or(0);
        let round = cycle.iter().cycle().skip(begin).take(cycle.len());
        let mut names = round.clone().map(|var| phrase::name(self.encoder, *var));
        let first = names.next();
        let links: Vec<String> = if cycle.len() > LINKS {
            let last = format!(
                "{} others in turn, the last of which needs it",
                cycle.len() - LINKS
            );
            names.take(LINKS - 1).chain([last]).collect()
        } else {
            names.chain(first).collect()
        };
        let object = format!(
            "{}: none of them can be installed first",
            links.join(", which needs ")
        );
        self.say(
            round.clone().next().copied(),
            NEEDS,
            object,
            FactKind::Cycle,
        )
    }
}

/// All releases of a package behind words that say "all of them" already.
fn bare(phrase: &str) -> String {
    phrase.strip_prefix("every ").unwrap_or(phrase).to_owned()
}
