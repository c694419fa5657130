//! What can be done next, as it is typed: texts of the library say what to do, and here it is a command line that does that, where it was done.

use catalog_examples::Failure;
use catalog_hooks::plan::PlannedOperation;
use catalog_hooks::record::InstalledRecord;
use catalog_model::{Catalog, Operation, OperationKind};

use crate::instance::{deletion, inhabitants};
use crate::wish::Wish;

/// What command lines are made of.
pub(crate) struct Commands<'a> {
    wish: &'a Wish<'a>,
    catalog: &'a Catalog,
    /// What is on record now; an error: that is not known.
    records: Result<Vec<InstalledRecord>, Failure>,
}

impl<'a> Commands<'a> {
    pub(crate) fn new(
        wish: &'a Wish<'a>,
        catalog: &'a Catalog,
        records: Result<Vec<InstalledRecord>, Failure>,
    ) -> Self {
        Self {
            wish,
            catalog,
            records,
        }
    }

    /// What can be done next of an operation as it is asked for: a way to the version that an operation began at with that version, so that none leads past it.
    pub(crate) fn of(&self, operation: &Operation, next: &str) -> String {
        let (name, place) = (operation.package().as_str(), self.place(operation));
        let asked = self.asked(operation);
        let next = next.replace("begin again", &format!("begin again with {asked}"));
        let next = next.replace("plan it again", &format!("plan it again with {asked}"));
        let uninstall = format!("{name} --operation uninstall{place}");
        let next = [
            "uninstall what is there of it",
            "uninstall what is left of it",
        ]
        .into_iter()
        .fold(next, |next, words| {
            next.replace(words, &format!("{words} with {uninstall}"))
        });
        let Some(from) = operation.from() else {
            return next;
        };
        let to_it = |kind| format!("with {name}@{from} --operation {kind}{place}");
        let next = next.replace("with a rollback", &to_it("rollback"));
        next.replace("with an upgrade", &to_it("upgrade"))
    }

    /// An operation as it is asked for.
    fn asked(&self, operation: &Operation) -> String {
        let (package, to) = (operation.package(), operation.to().or(operation.from()));
        let version = to.map(|version| format!("@{version}")).unwrap_or_default();
        let asked = match operation.kind() {
            OperationKind::Upgrade => format!("{package}{version} --operation upgrade"),
            OperationKind::Rollback => format!("{package}{version} --operation rollback"),
            OperationKind::Uninstall => format!("{package} --operation uninstall"),
            OperationKind::Action => {
                let action = operation.action_name().unwrap_or_default();
                format!("{package} --action {action}")
            }
            _ => format!("{package}{version}"),
        };
        asked + &self.place(operation)
    }

    /// The options that say where an operation is, and that it is alone: without them the same command is about another instance, or about more.
    fn place(&self, operation: &Operation) -> String {
        let package = self.catalog.package(operation.package().as_str());
        let unnamed = package.map_or("default", |package| package.namespace("default"));
        let namespace = operation.namespace();
        let is_named = namespace != unnamed || self.wish.namespace == Some(namespace);
        let mut options = String::new();
        if is_named {
            options += &format!(" --namespace {namespace}");
        }
        if self.wish.arguments.option("home").is_some() {
            options += &format!(" --home {}", self.wish.home);
        }
        if self.wish.is_alone {
            options += " --no-dependencies";
        }
        options
    }

    /// A remark on an operation; of what stays because nobody asked for its deletion, with the command that deletes it.
    pub(crate) fn remark(&self, planned: &PlannedOperation, line: &str) -> String {
        let operation = planned.operation();
        let line = self.of(operation, line);
        let (what, why) = line.split_once(" stays: ").unwrap_or_default();
        let (Some((kind, place)), true) = (
            what.split_once(' '),
            why.ends_with("its deletion was not asked for"),
        ) else {
            return line;
        };
        let own = (operation.package().as_str(), operation.namespace());
        match (kind, place.split_once('/')) {
            ("Namespace", _) => match &self.records {
                Ok(records) => {
                    let deletion = deletion(place, &inhabitants(records, place, own));
                    format!("{line}; {deletion}")
                }
                Err(_) => line,
            },
            (_, Some((namespace, name))) => {
                let kind = kind.to_lowercase();
                format!("{line}; `kubectl delete {kind} {name} -n {namespace}` deletes it")
            }
            (_, None) => {
                let more = match kind {
                    "CustomResourceDefinition" => ", and all objects of its kind",
                    _ => "",
                };
                let kind = kind.to_lowercase();
                format!("{line}; `kubectl delete {kind} {place}` deletes it{more}")
            }
        }
    }
}
