//! Universes and requests as short texts.
//!
//! A line is a release: `app 2.0.0: needs loki >=3; likes tempo ^2; conflicts legacy <2; requires ingress; provides metrics`.
//! More that can be said: `api group/version/Kind` for `requires` and `provides`, `ships object digest`, `group name`,
//! `yanked reason`, `deprecated`, `namespaced`, `lives namespace`, `from catalog`, `also catalog`, `digest text`, `replaces version`,
//! `skips range`.
//!
//! A request is `app >=1, lib (in ns), tool (from main)`; behind a `|` may come `prereleases of app`, `exclude app 1.0.0: reason`,
//! `cluster metrics`, `installed app 1.0.0 in ns pinned requested was 0.9.0`, `locked app 1.0.0`, `remove app`, `upgrade app`, `upgrade all`,
//! `autoremove`, `fewest changes`, each behind a `|` of its own. An item `app <2 (rollback)` may go back; `app <2 (declared)` is a
//! declaration.

use catalog_model::{Capability, InstalledRelease, Scope};
use catalog_resolve::{Item, LockedRelease, Mode, ReleaseSpec, Request, Universe};

pub(crate) fn universe(text: &str) -> Universe {
    let mut builder = Universe::builder();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(catalogs) = line.strip_prefix("catalogs ") {
            for catalog in catalogs.split_whitespace() {
                builder.catalog(catalog);
            }
            continue;
        }
        let (release, says) = line
            .split_once(": ")
            .unwrap_or((line.trim_end_matches(':'), ""));
        let (package, version) = release.split_once(' ').unwrap();
        let says = says
            .split(';')
            .map(str::trim)
            .filter(|said| !said.is_empty());
        builder.add(says.fold(ReleaseSpec::new(package, version), say));
    }
    builder.build()
}

fn say(spec: ReleaseSpec, said: &str) -> ReleaseSpec {
    let (verb, rest) = said.split_once(' ').unwrap_or((said, ""));
    let (name, more) = rest.split_once(' ').unwrap_or((rest, ""));
    let (range, catalog) = match more
        .split_once(" from ")
        .or_else(|| Some(("", more.strip_prefix("from ")?)))
    {
        Some((range, catalog)) => (range, Some(catalog)),
        None => (more, None),
    };
    match (verb, catalog) {
        ("needs", Some(catalog)) => spec.dependency_from(catalog, name, range),
        ("needs", None) => spec.dependency(name, range),
        ("likes", Some(catalog)) => spec.optional_dependency_from(catalog, name, range),
        ("likes", None) => spec.optional_dependency(name, range),
        ("conflicts", _) => spec.conflict(name, range),
        ("requires", _) => spec.requires(capability(rest)),
        ("provides", _) => spec.provides(capability(rest)),
        ("ships", _) => spec.definition(name, more),
        ("group", _) => spec.group(rest),
        ("yanked", _) => spec.yanked(rest),
        ("deprecated", _) => spec.deprecated(),
        ("namespaced", _) => spec.scope(Scope::Namespace),
        ("lives", _) => spec.namespace(rest),
        ("from", _) => spec.catalog(rest),
        ("also", _) => spec.also_in(rest),
        ("digest", _) => spec.digest(rest),
        ("replaces", _) => spec.replaces(rest),
        ("skips", _) => spec.skip_range(rest),
        _ => panic!("nothing can be said with {verb}"),
    }
}

fn capability(text: &str) -> Capability {
    match text.strip_prefix("api ") {
        Some(api) => Capability::parse_api(api).unwrap(),
        None => Capability::parse_name(text).unwrap(),
    }
}

pub(crate) fn request(text: &str) -> Request {
    let mut parts = text.split('|').map(str::trim);
    let items = parts
        .next()
        .unwrap()
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    let request = items.fold(Request::new(), |request, text| request.item(item(text)));
    parts.fold(request, |request, part| {
        if let Some(package) = part.strip_prefix("prereleases of ") {
            request.prereleases_of(package)
        } else if let Some(exclusion) = part.strip_prefix("exclude ") {
            let (release, reason) = exclusion.split_once(": ").unwrap();
            let (package, version) = release.split_once(' ').unwrap();
            request.exclude(package, version, reason)
        } else if let Some(name) = part.strip_prefix("cluster ") {
            request.cluster([capability(name)])
        } else if let Some(record) = part.strip_prefix("installed ") {
            request.installed(installed(record))
        } else {
            change(request, part)
        }
    })
}

fn change(request: Request, part: &str) -> Request {
    match part.split_once(' ').unwrap_or((part, "")) {
        ("locked", release) => {
            let (package, version) = release.split_once(' ').unwrap();
            request.locked(LockedRelease::new(package, version))
        }
        ("remove", package) => match package.split_once(" in ") {
            Some((package, namespace)) => request.remove_from(namespace, package),
            None => request.remove(package),
        },
        ("upgrade", "all") => request.upgrade_all(),
        ("upgrade", package) => request.upgrade(package),
        ("autoremove", "") => request.autoremove(),
        ("fewest", "changes") => request.mode(Mode::FewestChanges),
        _ => panic!("nothing can be asked with {part}"),
    }
}

fn installed(record: &str) -> InstalledRelease {
    let mut words = record.split_whitespace();
    let (package, version) = (words.next().unwrap(), words.next().unwrap());
    let mut rest: Vec<&str> = words.collect();
    let mut value_of = |word: &str| {
        let at = rest.iter().position(|other| *other == word)?;
        rest.drain(at..at + 2).nth(1)
    };
    let (namespace, was) = (value_of("in").unwrap_or(package), value_of("was"));
    let release = InstalledRelease::new(package, version, namespace).with_history(was);
    rest.into_iter().fold(release, |release, word| match word {
        "pinned" => release.pinned(),
        "requested" => release.requested(),
        _ => panic!("nothing can be installed with {word}"),
    })
}

fn item(text: &str) -> Item {
    let (text, place) = text.split_once(" (").unwrap_or((text, ""));
    let (package, range) = text.split_once(' ').unwrap_or((text, ""));
    let item = Item::new(package, range.parse().unwrap());
    match place.trim_end_matches(')').split_once(' ') {
        Some(("in", namespace)) => item.namespace(namespace),
        Some(("from", catalog)) => item.catalog(catalog),
        None if place == "rollback)" => item.rollback(),
        None if place == "declared)" => item.declaration(),
        _ => item,
    }
}
