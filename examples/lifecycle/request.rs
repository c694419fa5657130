//! From packages on a command line to an answer of the solver, on what the cluster is and has.

use std::collections::BTreeSet;
use std::sync::Arc;

use catalog_conditions::{Context, Requirements, Snapshot};
use catalog_examples::{Failure, Format, Output, Parameters, conflicting, note, package_and_range};
use catalog_hooks::record::InstalledRecord;
use catalog_model::document::Limits;
use catalog_model::version::Version;
use catalog_model::{Catalog, InstalledRelease, Severity, SourceFile};
use catalog_resolve::{
    ClusterView, Item, Outcome, Refusal, RepairKind, Request, Resolution, Uninstall, resolve,
    uninstall,
};
use serde_json::Value;

use crate::instance::Instance;
use crate::rest::Left;
use crate::versions::operation;
use crate::wish::{Kind, Wish};

/// What came of a request.
pub(crate) enum Answered {
    Resolved(Box<Resolution>),
    /// There is no answer, and why is shown already.
    Refused,
}

/// That nothing that stays needs what goes, by what is on record of it: of a release that the catalog does not have, nothing else says so.
///
/// # Errors
///
/// Something does.
pub(crate) fn spares(
    wish: &Wish<'_>,
    catalog: &Catalog,
    records: &[InstalledRecord],
) -> Result<(), Failure> {
    let going: Vec<&str> = wish.each().map(|one| one.name()).collect();
    let is_unknown = |record: &InstalledRecord| {
        let version = Version::parse(record.version()).ok();
        version.is_none_or(|version| catalog.release(record.package(), &version).is_none())
    };
    let mut staying = records.iter().filter(|record| {
        !going.contains(&record.package()) && !record.is_unfinished() && is_unknown(record)
    });
    let needers = |record: &InstalledRecord| -> Vec<String> {
        let needers = record.release().get("neededBy").and_then(Value::as_array);
        let needers = needers.into_iter().flatten().filter_map(Value::as_str);
        needers.map(str::to_owned).collect()
    };
    let needed: Vec<(&str, Vec<String>)> = records
        .iter()
        .filter(|record| going.contains(&record.package()))
        .map(|record| (record.package(), needers(record)))
        .collect();
    let found = staying.find_map(|record| {
        let is_it = |name: &String| name == record.package();
        let (package, _) = needed
            .iter()
            .find(|(_, needers)| needers.iter().any(is_it))?;
        Some((record, *package))
    });
    match found {
        None => Ok(()),
        Some((needer, package)) => Err(Failure::new(format!(
            "`{}` needs `{package}`, by what is on record, and {} does not have its version {}: give a catalog that has it, uninstall both, or give --no-dependencies",
            needer.package(),
            wish.path,
            needer.version()
        ))),
    }
}

/// What a request is made on.
pub(crate) struct Ground<'g, 'e> {
    pub(crate) catalog: &'g Catalog,
    pub(crate) records: &'g [InstalledRecord],
    /// The cluster, unless conditions are not to be asked.
    pub(crate) read: Option<&'e mut dyn FnMut(&Requirements) -> Snapshot>,
}

impl Ground<'_, '_> {
    /// Asks the solver for what the command line wants.
    ///
    /// # Errors
    ///
    /// A package or version that is not in the catalog, or does not go with what is installed; records that cannot be read.
    pub(crate) fn answer(
        mut self,
        wish: &Wish<'_>,
        (format, output): (Format, &mut Output),
    ) -> Result<Answered, Failure> {
        let request = self.request(wish)?;
        let view = self.view(wish)?;
        if wish.kind == Kind::Uninstall {
            return self.uninstall(wish, (&view, request), (format, output));
        }
        match resolve(view.universe(), &view.request(request)) {
            Outcome::Resolved(resolution) => Ok(Answered::Resolved(Box::new(resolution))),
            Outcome::Conflict(conflict) => {
                let explanation = conflict.explain();
                let repairs = conflict.repairs(&explanation);
                conflicting(&explanation, &repairs, format, output);
                let mut repairs = repairs.iter();
                let allows = repairs.any(|repair| repair.kind() == RepairKind::Exclusion);
                if allows && self.read.is_some() && format == Format::Text {
                    output.line("--skip-conditions allows what conditions do not hold for: none are asked then");
                }
                Ok(Answered::Refused)
            }
            _ => Err(Failure::new(
                "no answer was found in time, nor shown not to exist",
            )),
        }
    }

    fn uninstall(
        &self,
        wish: &Wish<'_>,
        (view, request): (&ClusterView, Request),
        (format, output): (Format, &mut Output),
    ) -> Result<Answered, Failure> {
        let refusal = match uninstall(view.universe(), &view.request(request)) {
            Uninstall::Planned(resolution) => {
                return Ok(Answered::Resolved(Box::new(resolution)));
            }
            Uninstall::Refused(refusal) => refusal,
            _ => return Err(Failure::new("what would be left was not found in time")),
        };
        let together = refusal.with_dependants().cloned();
        if let Some(resolution) = together.filter(|_| wish.arguments.switch("with-dependants")) {
            return Ok(Answered::Resolved(Box::new(resolution)));
        }
        refused(&refusal, format, output);
        Ok(Answered::Refused)
    }

    fn request(&self, wish: &Wish<'_>) -> Result<Request, Failure> {
        let home = wish.namespace.unwrap_or("default");
        // What an install left that was not finished is not installed, and can be uninstalled.
        let all = wish.kind == Kind::Uninstall;
        let counted = self.records.iter();
        let counted = counted.filter(|record| all || !record.is_unfinished());
        let elsewhere = self.elsewhere(wish)?;
        let installed = releases(counted)?.into_iter();
        let installed = installed.map(|release| {
            let place = (release.package().to_owned(), release.namespace().to_owned());
            match elsewhere.contains(&place) {
                true => release.pinned(),
                false => release,
            }
        });
        let mut request = installed.fold(Request::new().home(home), Request::installed);
        for one in wish.each() {
            request = self.with(&one, request)?;
        }
        match wish.arguments.switch("autoremove") {
            true => Ok(request.autoremove()),
            false => Ok(request),
        }
    }

    /// The instances of what is upgraded in one namespace that are in others, and stay as they are: the solver upgrades all of a package.
    fn elsewhere(&self, wish: &Wish<'_>) -> Result<BTreeSet<(String, String)>, Failure> {
        let mut elsewhere = BTreeSet::new();
        if wish.kind != Kind::Upgrade || wish.namespace.is_none() {
            return Ok(elsewhere);
        }
        for one in wish.each() {
            let meant = Instance::among(&one, self.catalog, self.records.to_vec())?;
            let all = self.records.iter();
            let all = all.filter(|record| record.package() == one.name());
            let others = all.filter(|record| record.namespace() != meant.namespace);
            elsewhere
                .extend(others.map(|one| (one.package().to_owned(), one.namespace().to_owned())));
        }
        Ok(elsewhere)
    }

    /// The request with one package more.
    fn with(&self, wish: &Wish<'_>, request: Request) -> Result<Request, Failure> {
        let instance = Instance::among(wish, self.catalog, self.records.to_vec())?;
        let (name, range) = package_and_range(wish.package)?;
        let item = Item::new(name, range).namespace(&instance.namespace);
        if wish.kind == Kind::Install && wish.is_of_several() && is_there(wish, &instance) {
            let version = instance.installed.as_ref().map(InstalledRecord::version);
            let (version, namespace) = (version.unwrap_or_default(), &instance.namespace);
            note(format!("`{name}` {version} is installed in `{namespace}`"));
            return Ok(request.item(item));
        }
        // Whether it goes with what is there. A range is the solver's to choose from, where there is nothing to contradict it.
        if instance.installed.is_some() || !wish.names_range(self.catalog) {
            operation(wish, self.catalog, (&instance, &Left::default()))?;
        }
        Ok(match wish.kind {
            Kind::Uninstall => request.remove_from(&instance.namespace, name),
            Kind::Upgrade if wish.version().is_none() => request.upgrade(name),
            Kind::Upgrade => request.upgrade(name).item(item),
            _ => request.item(item),
        })
    }

    fn view(&mut self, wish: &Wish<'_>) -> Result<ClusterView, Failure> {
        let Some(read) = self.read.as_mut().filter(|_| wish.kind != Kind::Uninstall) else {
            return Ok(ClusterView::without_cluster(self.catalog));
        };
        let home = wish.namespace.unwrap_or("default");
        let mut all = Requirements::default();
        for package in self.catalog.packages() {
            let context = Context::new().with_namespace(package.namespace(home));
            for release in package.releases() {
                all.extend(release.conditions().requirements(&context));
            }
        }
        let parameters =
            Parameters::read(|name| self.catalog.package(name).is_some(), wish.arguments)?;
        let snapshot = read(&all);
        Ok(ClusterView::on_with(
            self.catalog,
            &snapshot,
            home,
            &|release, context| parameters.laid(release, context),
        ))
    }
}

/// Whether what is installed is what is asked for.
fn is_there(wish: &Wish<'_>, instance: &Instance) -> bool {
    let record = instance.installed.as_ref();
    let Some(record) = record.filter(|record| !record.is_unfinished()) else {
        return false;
    };
    wish.version().is_none_or(|named| named == record.version())
}

/// The records as the solver reads them.
fn releases<'r>(
    records: impl Iterator<Item = &'r InstalledRecord>,
) -> Result<Vec<InstalledRelease>, Failure> {
    let list: Vec<&Value> = records.map(InstalledRecord::release).collect();
    let text = Value::from(list.into_iter().cloned().collect::<Vec<_>>()).to_string();
    let file: Arc<SourceFile> = SourceFile::new("the installed records", text);
    let (releases, diagnostics) = InstalledRelease::read(&file, &Limits::snapshot());
    let mut errors = diagnostics
        .iter()
        .filter(|one| one.severity() == Severity::Error);
    match errors.next() {
        Some(error) => Err(Failure::new(error.to_string())),
        None => Ok(releases),
    }
}

fn refused(refusal: &Refusal, format: Format, output: &mut Output) {
    match format {
        Format::Json => output.json(&refusal.to_json()),
        Format::Text => output.lines(refusal.to_string().trim_end()),
    }
}
