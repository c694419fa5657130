//! One fact in one sentence.

use std::collections::BTreeSet;

use catalog_model::Capability;
use catalog_model::version::{Version, VersionRange};

use super::core::{Core, CoreClause};
use super::fact::{Alternative, ConflictFact, FactKind};
use super::near::near;
use super::phrase::{self, Phrase, listed};
use crate::encode::{Asked, Encoder, Fact, Place};
use crate::engine::{ABSENT, ValueSet, Var};
use crate::universe::{CapabilityId, Dependency, Package, Relation, Release};

/// Members of a cycle that are named; how many more there are is said.
const LINKS: usize = 6;

/// A fact in words: of whom something is said, and what. Sentences with one subject can be joined.
pub(super) struct Sentence {
    /// Who asks; none for what the request says.
    pub(super) about: Option<Var>,
    pub(super) subject: Option<Phrase>,
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
pub(super) fn fact(encoder: &Encoder<'_>, core: &Core, clause: &CoreClause) -> ConflictFact {
    let sentence = sentence(encoder, core, clause);
    let mut packages: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    let about = sentence.about.iter().chain(&sentence.leads_to);
    let vars = about
        .copied()
        .chain(clause.terms.iter().map(|(var, _)| *var));
    let names = vars
        .map(|var| encoder.package(var).name.clone())
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
            .map(|(var, set)| alternative(encoder, *var, set))
            .collect(),
        is_needed: clause.is_needed,
    }
}

/// A package that a fact names and that may have no releases at all.
fn named(encoder: &Encoder<'_>, fact: &Fact) -> Option<String> {
    match fact {
        Fact::Item(position) => Some(encoder.request.items.get(*position)?.package.clone()),
        Fact::Dependency(asker, id) => match &encoder.package(*asker).relations[*id] {
            Relation::Dependency(d) => Some(encoder.universe.package(d.package).name.clone()),
            Relation::Conflict(_) | Relation::Requires(_) => None,
        },
        _ => None,
    }
}

fn alternative(encoder: &Encoder<'_>, var: Var, set: &ValueSet) -> Alternative {
    let releases = set.iter().filter_map(|value| encoder.release(var, value));
    let releases = releases.map(|release| {
        let catalog = encoder.universe.catalog(release.catalog).map(str::to_owned);
        (catalog, release.version.as_str().to_owned())
    });
    Alternative {
        package: encoder.package(var).name.clone(),
        namespace: match &encoder.instance(var).place {
            Place::Cluster => None,
            Place::Namespace(namespace) => Some(namespace.to_string()),
        },
        releases: releases.collect(),
        may_be_absent: set.contains(ABSENT),
    }
}

/// The sentence of a clause.
pub(super) fn sentence(encoder: &Encoder<'_>, core: &Core, clause: &CoreClause) -> Sentence {
    let subject = |var: Var| phrase::releases(encoder, var, &core.concerned(encoder, clause, var));
    let said = |var: Var, verb: (&'static str, &'static str), object: String, kind: FactKind| {
        let subject = subject(var);
        Sentence {
            about: Some(var),
            verb: subject.verb(verb.0, verb.1),
            subject: Some(subject),
            object,
            kind,
            leads_to: clause
                .terms
                .iter()
                .map(|(var, _)| *var)
                .filter(|other| *other != var)
                .collect(),
        }
    };
    match &clause.fact {
        Fact::Item(position) => item(encoder, clause, *position),
        Fact::ItemPrerelease(position) => {
            let range = encoder
                .request
                .items
                .get(*position)
                .map(|item| phrase::written(&item.range));
            let object = prerelease(&range.unwrap_or_default(), "the request");
            match clause.terms.first() {
                Some((var, _)) => said(*var, ("is", "are"), object, FactKind::Prerelease),
                None => item(encoder, clause, *position),
            }
        }
        Fact::Dependency(asker, id) => {
            let (object, kind) = match &encoder.package(*asker).relations[*id] {
                Relation::Dependency(dependency) => depends(encoder, clause, dependency),
                Relation::Conflict(_) | Relation::Requires(_) => {
                    (String::new(), FactKind::Dependency)
                }
            };
            let verb = match &encoder.package(*asker).relations[*id] {
                Relation::Dependency(d) if d.is_optional => ("only works with", "only work with"),
                _ => ("needs", "need"),
            };
            said(*asker, verb, object, kind)
        }
        Fact::DependencyPrerelease(asker, id) => {
            let target = clause
                .terms
                .iter()
                .map(|(var, _)| *var)
                .find(|var| var != asker);
            let range = match &encoder.package(*asker).relations[*id] {
                Relation::Dependency(dependency) => phrase::written(&dependency.range),
                Relation::Conflict(_) | Relation::Requires(_) => String::new(),
            };
            let object = prerelease(&range, &phrase::name(encoder, *asker));
            said(
                target.unwrap_or(*asker),
                ("is", "are"),
                object,
                FactKind::Prerelease,
            )
        }
        Fact::Conflict(asker, id, _) => {
            let object = match &encoder.package(*asker).relations[*id] {
                Relation::Conflict(c) => {
                    phrase::wanted(&encoder.universe.package(c.package).name, &c.range)
                }
                Relation::Dependency(_) | Relation::Requires(_) => String::new(),
            };
            said(
                *asker,
                ("conflicts with", "conflict with"),
                object,
                FactKind::Conflict,
            )
        }
        Fact::Requires(asker, id) => {
            let object = match &encoder.package(*asker).relations[*id] {
                Relation::Requires(capability) => {
                    let who = providers(encoder, clause, (*asker, *capability));
                    format!(
                        "{}, which {who}",
                        capability_words(encoder.universe.capability(*capability))
                    )
                }
                Relation::Dependency(_) | Relation::Conflict(_) => String::new(),
            };
            said(*asker, ("needs", "need"), object, FactKind::Capability)
        }
        Fact::Excluded(var, reason) => said(
            *var,
            ("is", "are"),
            format!("excluded: {reason}"),
            FactKind::Exclusion,
        ),
        Fact::Yanked(var, reason) => said(
            *var,
            ("is", "are"),
            format!("yanked: {reason}"),
            FactKind::Yanked,
        ),
        Fact::Definition(definition, one, other) => {
            let what = encoder.universe.definition(*definition);
            let object = format!("{what} with other content than {}", subject(*other).text);
            said(*one, ("ships", "ship"), object, FactKind::Definition)
        }
        Fact::Cycle(cycle) => waits(encoder, clause, cycle, &subject),
    }
}

fn item(encoder: &Encoder<'_>, clause: &CoreClause, position: usize) -> Sentence {
    let target = clause.terms.first().map(|(var, _)| *var);
    let (object, kind) = match encoder.request.items.get(position) {
        None => (String::new(), FactKind::Request),
        Some(item) => {
            let wanted = phrase::wanted(&item.package, &item.range);
            let package = encoder
                .universe
                .find(&item.package)
                .map(|id| encoder.universe.package(id));
            let asked = encoder.asked_by_item(item);
            match missing(encoder, (&item.package, package), &asked, target.is_none()) {
                Some((why, kind)) => (format!("{wanted}{why}"), kind),
                None => (wanted + &from(encoder, &asked), FactKind::Request),
            }
        }
    };
    Sentence {
        about: None,
        subject: None,
        verb: "the request asks for",
        object,
        kind,
        leads_to: target.into_iter().collect(),
    }
}

fn depends(
    encoder: &Encoder<'_>,
    clause: &CoreClause,
    dependency: &Dependency,
) -> (String, FactKind) {
    let package = encoder.universe.package(dependency.package);
    let asked = encoder.asked(dependency);
    let wanted = phrase::wanted(&package.name, &dependency.range);
    let is_empty = clause.terms.len() < 2;
    match missing(encoder, (&package.name, Some(package)), &asked, is_empty) {
        Some((why, kind)) => (format!("{wanted}{why}"), kind),
        None => (wanted + &from(encoder, &asked), FactKind::Dependency),
    }
}

fn from(encoder: &Encoder<'_>, asked: &Asked<'_>) -> String {
    let name = match asked.catalog {
        Some(Ok(catalog)) => encoder.universe.catalog(catalog),
        Some(Err(name)) => Some(name),
        None => None,
    };
    name.map_or_else(String::new, |name| format!(" from the catalog {name}"))
}

/// Why nothing can be what is asked for, if nothing can.
fn missing(
    encoder: &Encoder<'_>,
    (name, package): (&str, Option<&Package>),
    asked: &Asked<'_>,
    is_empty: bool,
) -> Option<(String, FactKind)> {
    let universe = encoder.universe;
    let Some(package) = package.filter(|p| p.is_known()) else {
        let unusable = package.map(|p| p.unusable.as_slice()).unwrap_or_default();
        if !unusable.is_empty() {
            let why = format!(", of which no version can be read: {}", listed(unusable));
            return Some((why, FactKind::EmptyRange));
        }
        let hint = near(name, universe.package_names());
        let hint = hint.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        return Some((
            format!(", which is in no catalog{hint}"),
            FactKind::MissingPackage,
        ));
    };
    if !is_empty {
        return None;
    }
    if let Some(Err(catalog)) = asked.catalog {
        let hint = near(catalog, universe.catalogs());
        let hint = hint.map_or_else(String::new, |near| format!(" (did you mean {near}?)"));
        return Some((
            format!(" from the catalog {catalog}, which is not there{hint}"),
            FactKind::EmptyRange,
        ));
    }
    Some((
        format!(", but {}", around(package, asked)),
        FactKind::EmptyRange,
    ))
}

/// Which versions there are instead of those asked for.
fn around(package: &Package, asked: &Asked<'_>) -> String {
    let range = asked.range.set();
    let is_meant =
        |text: &&String| Version::parse(text).is_ok_and(|version| range.contains(&version));
    if let Some(text) = package.unusable.iter().find(is_meant) {
        return format!(
            "{} {text} cannot be used (see the diagnostics)",
            package.name
        );
    }
    if range.is_empty() {
        return "no version is in that range".to_owned();
    }
    let is_there = |release: &&Release| match asked.catalog {
        Some(catalog) => catalog == Ok(release.catalog),
        None => true,
    };
    let mut versions: Vec<_> = package
        .releases
        .iter()
        .filter(is_there)
        .map(|r| &r.version)
        .collect();
    versions.sort_unstable();
    versions.dedup();
    // Two on either side of where the range begins.
    let is_below = |version: &&Version| {
        let up_to = VersionRange::parse(&format!("<={version}"));
        up_to.is_ok_and(|up_to| up_to.set().is_disjoint(range))
    };
    let begin = versions.partition_point(is_below);
    let nearby = versions.iter().skip(begin.saturating_sub(2)).take(4);
    let nearby: Vec<String> = nearby.map(ToString::to_string).collect();
    match nearby.as_slice() {
        [] => "that catalog does not have it".to_owned(),
        [only] if versions.len() == 1 => format!("there is only {only}"),
        some if some.len() == versions.len() => format!("there are only {}", listed(some)),
        some => format!("the versions nearest to it are {}", listed(some)),
    }
}

fn prerelease(range: &str, asker: &str) -> String {
    format!("a prerelease, which {range} of {asker} does not name")
}

fn capability_words(capability: &Capability) -> String {
    match capability {
        Capability::Api { .. } => format!("the API {capability}"),
        Capability::Definition { .. } => format!("the definition {capability}"),
        _ => format!("the capability {capability}"),
    }
}

fn providers(
    encoder: &Encoder<'_>,
    clause: &CoreClause,
    (asker, capability): (Var, CapabilityId),
) -> String {
    let others = clause.terms.iter().filter(|(var, _)| *var != asker);
    let phrases: Vec<Phrase> = others
        .map(|(var, set)| phrase::releases(encoder, *var, set))
        .collect();
    let texts: Vec<String> = phrases.iter().map(|p| p.text.clone()).collect();
    match phrases.as_slice() {
        [] => match prerelease_providers(encoder, asker, capability).as_slice() {
            [] => "nothing provides".to_owned(),
            some => format!("only prereleases provide: {}", listed(some)),
        },
        [only] => format!("only {} {}", only.text, only.verb("provides", "provide")),
        _ => format!("only {} provide", listed(&texts)),
    }
}

/// The releases that would provide a capability if prereleases were allowed.
fn prerelease_providers(
    encoder: &Encoder<'_>,
    asker: Var,
    capability: CapabilityId,
) -> Vec<String> {
    let packages = encoder.universe.providers(capability).iter();
    let vars = packages.filter_map(|package| encoder.find(&encoder.meant_by(asker, *package)));
    let phrases = vars.filter(|var| *var != asker).map(|var| {
        let package = encoder.package(var);
        let giving = encoder
            .instance(var)
            .values_of(|id| package.releases[id].provides.contains(&capability));
        phrase::releases(encoder, var, &giving).text
    });
    phrases.collect()
}

fn waits(
    encoder: &Encoder<'_>,
    clause: &CoreClause,
    cycle: &[Var],
    subject: &impl Fn(Var) -> Phrase,
) -> Sentence {
    // Going round begins with whoever came up first.
    let begin = (0..cycle.len())
        .min_by_key(|at| cycle.get(*at))
        .unwrap_or(0);
    let cycle: Vec<Var> = cycle
        .iter()
        .cycle()
        .skip(begin)
        .take(cycle.len())
        .copied()
        .collect();
    let first = cycle.first().copied();
    let spelt_out = cycle.len().min(LINKS).saturating_sub(1);
    let mut links: Vec<String> = cycle
        .iter()
        .skip(1)
        .take(spelt_out)
        .map(|var| phrase::name(encoder, *var))
        .collect();
    if cycle.len() > LINKS {
        links.push(format!(
            "{} others in turn, the last of which needs it",
            cycle.len() - LINKS
        ));
    } else {
        links.extend(first.map(|var| phrase::name(encoder, var)));
    }
    let object = format!(
        "{}: none of them can be installed first",
        links.join(", which needs ")
    );
    Sentence {
        about: first,
        verb: "needs",
        subject: first.map(subject),
        object,
        kind: FactKind::Cycle,
        leads_to: clause.terms.iter().map(|(var, _)| *var).collect(),
    }
}
