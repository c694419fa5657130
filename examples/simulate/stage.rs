//! Where an operation is tried: a fake cluster, with what is there before it.

use catalog_conditions::{Requirements, Snapshot};
use catalog_examples::{Failure, Format, Output};
use catalog_hooks::Outcome;
use catalog_hooks::plan::PinnedPlan;
use catalog_hooks::simulator::{FakeCluster, Scenario};

use crate::cluster;
use crate::instance::{self, Instance};
use crate::like::Likeness;
use crate::names;
use crate::planner::{Edge, Planner};
use crate::planning::Shelf;
use crate::undisturbed;
use crate::wish::{FluxSource, Kind, Wish};

/// Charts in packages are taken to lie here: in a simulation nobody fetches them.
const FLUX: FluxSource<'_> = FluxSource {
    kind: "GitRepository",
    namespace: "flux-system",
    name: "catalog",
    folder: "",
};

/// A fake cluster, and the catalog that packages come from.
pub(crate) struct Stage {
    shelf: Shelf,
    cluster: FakeCluster,
    /// Whether conditions are asked of it.
    asks: bool,
}

impl Stage {
    /// An empty one, or one like a saved cluster.
    ///
    /// # Errors
    ///
    /// The catalog or the saved cluster cannot be read.
    pub(crate) fn new(wish: &Wish<'_>) -> Result<Self, Failure> {
        let shelf = Shelf::open(wish.path, false)?;
        let mut cluster = cluster::empty();
        cluster.add_namespace(wish.home);
        let like = wish.arguments.option("like");
        if let Some(like) = like {
            Likeness::read(like)?.bring_to(&mut cluster);
        }
        let asks = like.is_some() && !wish.arguments.switch("skip-conditions");
        Ok(Self {
            shelf,
            cluster,
            asks,
        })
    }

    /// The operation on what it begins with; `None`: what is asked for has no answer, and why is shown.
    ///
    /// # Errors
    ///
    /// It is not said what is there before, or that cannot be installed, or the operation cannot be planned.
    pub(crate) fn scenario(
        mut self,
        wish: &Wish<'_>,
        page: (Format, &mut Output),
    ) -> Result<Option<Scenario>, Failure> {
        let (format, output) = page;
        let before = before(wish)?;
        if let Some(package) = before.first() {
            let install = Wish {
                package,
                packages: &before,
                kind: Kind::Install,
                action: None,
                ..*wish
            };
            let Some(plan) = self.plan(&install, "before", (format, output))? else {
                return Ok(None);
            };
            let scenario = Scenario::new(self.cluster, plan);
            let mut run = scenario.run(&[]);
            if run.outcome != Some(Outcome::Done) {
                let why = undisturbed::in_words(&run);
                let names = before.join("`, `");
                return Err(Failure::new(format!(
                    "`{names}` cannot be there before: an install {why}"
                )));
            }
            // Its run is over, and the next begins anew.
            run.cluster.lose_journal();
            self.cluster = run.cluster;
        }
        let all =
            |option| -> Vec<String> { wish.arguments.options(option).map(str::to_owned).collect() };
        cluster::set_pods(&mut self.cluster, &all("fails"), &all("hangs"));
        let Some(plan) = self.plan(wish, "simulated", (format, output))? else {
            return Ok(None);
        };
        names::check(wish.arguments, &self.shelf.catalog, &plan)?;
        Ok(Some(Scenario::new(self.cluster, plan)))
    }

    fn plan(
        &mut self,
        wish: &Wish<'_>,
        run: &str,
        page: (Format, &mut Output),
    ) -> Result<Option<PinnedPlan>, Failure> {
        let wish = &Wish {
            flux: wish.flux.or(Some(FLUX)),
            ..*wish
        };
        let records = instance::records(&mut self.cluster, (wish, true), drop)?;
        let instance = Instance::among(wish, &self.shelf.catalog, records.clone())?;
        let planner = Planner {
            wish,
            shelf: &self.shelf,
            records: &records,
            instance: &instance,
        };
        let seen = self.cluster.clone();
        let mut read =
            move |requirements: &Requirements| -> Snapshot { seen.snapshot(requirements) };
        let edge = Edge {
            cluster: &mut self.cluster,
            read: match self.asks {
                true => Some(&mut read),
                false => None,
            },
        };
        planner.plan(run, (edge, &[]), page)
    }
}

/// What is there before the operation, as `PACKAGE@VERSION`.
fn before(wish: &Wish<'_>) -> Result<Vec<String>, Failure> {
    let given: Vec<&str> = wish.arguments.options("from").collect();
    match (wish.kind, given.as_slice()) {
        (Kind::Install, []) => return Ok(Vec::new()),
        (Kind::Install, _) => {
            return Err(Failure::new(
                "--from is not for an install: it begins with nothing",
            ));
        }
        (_, []) => {
            return Err(Failure::new(
                "--from VERSION is missing: what is there before; of several packages, --from PACKAGE@VERSION for each",
            ));
        }
        _ => {}
    }
    let with_name = |text: &&str| match (text.contains('@'), wish.is_of_several()) {
        (true, _) => Ok((*text).to_owned()),
        (false, false) => Ok(format!("{}@{text}", wish.name())),
        (false, true) => Err(Failure::new(format!(
            "`--from {text}`: say of which package, as PACKAGE@{text}"
        ))),
    };
    given.iter().map(with_name).collect()
}
