//! Whether the operation that is asked for goes with what is there.

use catalog_examples::{Failure, release};
use catalog_hooks::record::InstalledRecord;
use catalog_model::version::Version;
use catalog_model::{Catalog, Operation, OperationKind, PackageName};

use crate::instance::{Instance, deletion, inhabitants};
use crate::planning::failed;
use crate::rest::Left;
use crate::wish::{Kind, Wish};

/// The operation that is asked for.
///
/// # Errors
///
/// It does not go with what is there, or the catalog has no such release.
pub(crate) fn operation(
    wish: &Wish<'_>,
    catalog: &Catalog,
    (instance, left): (&Instance, &Left<'_>),
) -> Result<Operation, Failure> {
    let name = PackageName::parse(wish.name()).map_err(failed)?;
    let there = There {
        wish,
        instance,
        left,
    };
    let to = || match instance.named_beside_attempted(wish)? {
        Some(on_record) => Ok(on_record),
        None => Ok::<_, Failure>(release(catalog, wish.package)?.version().clone()),
    };
    let namespace = instance.namespace.as_str();
    Ok(match wish.kind {
        Kind::Install => {
            let to = to()?;
            there.is_absent(&to)?;
            Operation::install(name, to, namespace)
        }
        Kind::Upgrade => {
            let to = to()?;
            let from = there.beginning(&to)?;
            there.is_upgrade(&from, &to)?;
            Operation::upgrade(name, from, to, namespace)
        }
        Kind::Rollback => {
            let to = there.before()?;
            let from = there.beginning(&to)?;
            there.is_rollback(&from, &to)?;
            Operation::rollback(name, from, to, namespace)
        }
        Kind::Uninstall => Operation::uninstall(name, there.version()?, namespace),
        // It has a plan of its own.
        Kind::Action => return Err(Failure::new("an action is not planned as other operations")),
    })
}

/// What is there of an instance.
struct There<'a> {
    wish: &'a Wish<'a>,
    instance: &'a Instance,
    left: &'a Left<'a>,
}

impl There<'_> {
    fn refuse<T>(&self, why: &str) -> Result<T, Failure> {
        Err(Failure::new(format!("`{}` {why}", self.wish.name())))
    }

    /// That nothing is installed; what an install left that is not over may be there.
    fn is_absent(&self, to: &Version) -> Result<(), Failure> {
        let Some(installed) = recorded(self.instance)? else {
            return Ok(());
        };
        let namespace = &self.instance.namespace;
        if let Some(open) = &self.left.open {
            return self.refuse(&format!(
                "{installed} is installed in `{namespace}`, and `{open}` came to rest: go on with that, with --resume and --decide"
            ));
        }
        if installed == *to {
            let attempted = self.instance.attempted()?;
            return match beginning(&attempted, to) {
                None => self.refuse(&format!("{to} is installed in `{namespace}` already")),
                Some(from) => self.refuse(&format!(
                    "{to} is on record in `{namespace}`, and so are parts of {}: to be whole at {to} give --operation {}",
                    listed(&attempted),
                    way(from, to)
                )),
            };
        }
        let other = way(&installed, to);
        self.refuse(&format!(
            "{installed} is installed in `{namespace}` already: for {to} give --operation {other}"
        ))
    }

    /// The version that an operation to this one begins at: the one on record, and to that itself one that was attempted and is not taken back.
    fn beginning(&self, to: &Version) -> Result<Version, Failure> {
        let on_record = self.whole()?;
        let goes_back = self.left.open.is_some() && self.left.goes_back;
        let attempted = self.instance.attempted()?;
        let from = beginning(&attempted, to).filter(|_| on_record == *to && !goes_back);
        Ok(from.unwrap_or(&on_record).clone())
    }

    fn is_upgrade(&self, from: &Version, to: &Version) -> Result<(), Failure> {
        if to > from {
            return Ok(());
        }
        self.is_another(from, to)?;
        let there = self.in_words(from);
        self.refuse(&format!(
            "{there}, and {to} is lower: give --operation rollback"
        ))
    }

    fn is_rollback(&self, from: &Version, to: &Version) -> Result<(), Failure> {
        if to < from {
            return Ok(());
        }
        self.is_another(from, to)?;
        let there = self.in_words(from);
        self.refuse(&format!(
            "{there}, and {to} is higher: give --operation upgrade"
        ))
    }

    /// What is there of a version that an operation would begin at.
    fn in_words(&self, from: &Version) -> String {
        let record = self.instance.installed.as_ref();
        let attempted = record.map(InstalledRecord::attempted).unwrap_or_default();
        match attempted.iter().any(|one| one.version() == from.as_str()) {
            true => format!("parts of {from} are installed"),
            false => format!("{from} is installed"),
        }
    }

    fn is_another(&self, from: &Version, to: &Version) -> Result<(), Failure> {
        let open = self.left.open.as_ref();
        match open.filter(|open| open.kind() != OperationKind::Action) {
            _ if from != to => Ok(()),
            None => self.refuse(&format!("{to} is what is installed already")),
            Some(open) if self.left.goes_back => self.refuse(&format!(
                "{to} is what was installed last, and `{open}` came to rest: take that back with --resume --decide take-back"
            )),
            Some(open) => self.refuse(&format!(
                "{to} is what was installed last, and `{open}` came to rest and cannot be taken back: give it up with --resume --decide abandon, \
                 and then give the same command again"
            )),
        }
    }

    /// The version that was installed last, to begin at.
    fn whole(&self) -> Result<Version, Failure> {
        match (&self.left.open, unfinished(self.instance)?) {
            (_, None) => self.begun(recorded(self.instance)?),
            (Some(open), Some(_)) => self.refuse(&format!(
                "is not installed whole: `{open}` came to rest; go on with it, with --resume and --decide, or give --operation install"
            )),
            (None, Some(version)) => self.refuse(&format!(
                "is not installed whole: an install or uninstall of {version} was given up; give --operation install, or uninstall what it left"
            )),
        }
    }

    /// The version to uninstall.
    fn version(&self) -> Result<Version, Failure> {
        let attempted = self.left.open.as_ref().and_then(Operation::to);
        let there = recorded(self.instance)?.or(unfinished(self.instance)?);
        let version = self.begun(there.or(attempted.cloned()))?;
        let named = self.wish.version();
        match named.filter(|named| Version::parse(named).ok().as_ref() != Some(&version)) {
            None => Ok(version),
            Some(named) => self.refuse(&format!(
                "{version} is installed in `{}`, and not {named}",
                self.instance.namespace
            )),
        }
    }

    /// The version that is there, which `--from` must not contradict.
    fn begun(&self, installed: Option<Version>) -> Result<Version, Failure> {
        let said = self.wish.from.map(Version::parse).transpose();
        match (installed, said.map_err(failed)?) {
            (Some(installed), Some(said)) if installed != said => self.refuse(&format!(
                "{installed} is on record in `{}`, and not {said}: leave out --from",
                self.instance.namespace
            )),
            (Some(version), _) | (None, Some(version)) => Ok(version),
            (None, None)
                if self.wish.kind == Kind::Uninstall && self.wish.options.delete_namespace =>
            {
                let namespace = self.instance.namespace.as_str();
                let others = inhabitants(
                    &self.instance.others,
                    namespace,
                    (self.wish.name(), namespace),
                );
                let deletion = deletion(namespace, &others);
                self.refuse(&format!(
                    "is not installed in `{namespace}`, so that nothing is known of a namespace that it had: {deletion}"
                ))
            }
            (None, None) => self.refuse(&format!(
                "is not installed in `{}`: install it, or say with --from what is there",
                self.instance.namespace
            )),
        }
    }

    /// The version to go back to: the one that is named, or the one before. Of the one on record and the one attempted last that is the lower one.
    fn before(&self) -> Result<Version, Failure> {
        let on_record = recorded(self.instance)?;
        if let (None, Some(on_record)) = (self.wish.version(), on_record) {
            if let Some(attempted) = self.instance.attempted()?.pop() {
                return Ok(attempted.min(on_record));
            }
            // Whoever means to undo that must not lose what was there before.
            let last = self.left.attempted.as_ref();
            if let Some(last) = last.filter(|last| **last > on_record) {
                return self.refuse(&format!(
                    "{on_record} is on record, and nothing of {last}, which was to come and did not: to go back further say to which version, as {}@VERSION",
                    self.wish.name()
                ));
            }
        }
        let installed = self.instance.installed.as_ref();
        let history = installed.and_then(|record| record.release().get("history")?.as_array());
        let last = history.and_then(|versions| versions.last()?.as_str());
        let text = self.wish.version().or(last).ok_or_else(|| {
            Failure::new(format!(
                "it is not on record what `{0}` was before: say which version to go back to, as {0}@VERSION",
                self.wish.name()
            ))
        })?;
        Version::parse(text).map_err(failed)
    }
}

/// Of the versions of which there are parts beside one on record, the one that an operation to that begins at: a rollback from the last one above it,
/// whose hooks before it give up the modules of all these, else an upgrade from the last one.
pub(crate) fn beginning<'v>(attempted: &'v [Version], to: &Version) -> Option<&'v Version> {
    let mut last_first = attempted.iter().rev();
    last_first.find(|one| *one > to).or(attempted.last())
}

/// Versions in a sentence.
pub(crate) fn listed(versions: &[Version]) -> String {
    let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
    versions.join(" and ")
}

/// The operation that leads from a version to another, as it is asked for.
pub(crate) fn way(from: &Version, to: &Version) -> &'static str {
    match to > from {
        true => "upgrade",
        false => "rollback",
    }
}

/// What is on record as installed.
fn recorded(instance: &Instance) -> Result<Option<Version>, Failure> {
    version_of(instance, false)
}

/// What an install was bringing that was not finished.
fn unfinished(instance: &Instance) -> Result<Option<Version>, Failure> {
    version_of(instance, true)
}

fn version_of(instance: &Instance, is_unfinished: bool) -> Result<Option<Version>, Failure> {
    let record = instance.installed.as_ref();
    let record = record.filter(|record| record.is_unfinished() == is_unfinished);
    let version = record.map(InstalledRecord::version);
    version.map(Version::parse).transpose().map_err(failed)
}
