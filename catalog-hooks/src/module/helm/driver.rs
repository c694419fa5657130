//! The driver that runs `helm`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use super::DRIVER;
use super::command::{Finished, run};
use super::failure::{failure, is_absent, lasting};
use super::input::HelmInput;
use super::status;
use crate::edge::ModuleDriver;
use crate::effect::{ModuleCall, ModuleFailure, ModuleStatus, ModuleVerb};
use crate::label;

/// How much longer than Helm's own timeout its process may live, unless it is said.
const GRACE: Duration = Duration::from_secs(30);

/// All states of releases, which `helm list` is to show. Helm 3 has a word for them all that Helm 4 does not have.
const STATES: [&str; 6] = [
    "--deployed",
    "--failed",
    "--pending",
    "--superseded",
    "--uninstalled",
    "--uninstalling",
];

/// Deploys charts by running the program `helm` (tried: 3.19 and 4.0), with the credentials that it finds itself.
///
/// - deploy: `helm upgrade --install --atomic=false --wait=false`. Neither waits for objects nor takes anything back; a chart's own hooks run,
///   within the timeout. Releases carry the label `app.kubernetes.io/managed-by=catalog-hooks`; one of the name without it is somebody else's,
///   and nothing is deployed over it.
/// - status: `helm status`, and the [`readiness`](crate::readiness()) of the objects that it shows. A release that was made from another
///   input counts as absent, so that it is deployed.
/// - delete: `helm uninstall`, unless the release of the name is somebody else's.
///
/// There is no shell. Values go in by standard input, where other users of the machine do not see them; no argument can become an option.
/// What Helm writes is read up to 32 MiB. Blocks as long as Helm runs.
#[derive(Clone, Debug)]
pub struct HelmDriver {
    program: PathBuf,
    catalog: Option<PathBuf>,
    kubeconfig: Option<PathBuf>,
    context: Option<String>,
    timeout: Duration,
    grace: Duration,
}

impl Default for HelmDriver {
    fn default() -> Self {
        Self::new()
    }
}

impl HelmDriver {
    /// The `helm` that the search path finds, 5 minutes for each of its calls.
    #[must_use]
    pub fn new() -> Self {
        Self {
            program: "helm".into(),
            catalog: None,
            kubeconfig: None,
            context: None,
            timeout: Duration::from_secs(300),
            grace: GRACE,
        }
    }

    /// Another program.
    #[must_use]
    pub fn with_program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = program.into();
        self
    }

    /// The folder of the catalog, for charts that packages carry.
    #[must_use]
    pub fn with_catalog(mut self, folder: impl Into<PathBuf>) -> Self {
        self.catalog = Some(folder.into());
        self
    }

    /// The file that says where the cluster is, instead of the one that Helm finds.
    #[must_use]
    pub fn with_kubeconfig(mut self, file: impl Into<PathBuf>) -> Self {
        self.kubeconfig = Some(file.into());
        self
    }

    /// The context of that file, instead of its current one.
    #[must_use]
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// How long Helm may wait for the hooks of a chart, and for each request; whole seconds, at least one. Its process is ended
    /// 30 s later, or [`with_grace`](Self::with_grace).
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.max(Duration::from_secs(1));
        self
    }

    /// How long after its timeout the process may go on.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    fn deploy(&self, place: &Place<'_>) -> Result<ModuleStatus, ModuleFailure> {
        if self.owner(place)? == Some(Owner::Other) {
            let (release, namespace) = (&place.input.release, place.namespace);
            return Err(lasting(format!(
                "there is a release `{release}` in namespace `{namespace}` that this runner has not deployed: uninstall it, or install the package elsewhere"
            )));
        }
        let chart = place
            .input
            .chart(self.catalog.as_deref())
            .map_err(lasting)?;
        let values =
            serde_json::to_vec(&place.input.values).map_err(|error| lasting(error.to_string()))?;
        let mut arguments = place.arguments(&[
            "upgrade",
            "--install",
            "--atomic=false",
            "--wait=false",
            "--values=-",
        ]);
        arguments.push(format!("--timeout={}s", self.timeout.as_secs()).into());
        arguments.push(format!("--description={}", place.input.mark()).into());
        arguments.push(format!("--labels={}", place.marks()).into());
        arguments.extend(chart.flags.into_iter().map(OsString::from));
        arguments.extend([
            "--".into(),
            place.input.release.clone().into(),
            chart.chart.into(),
        ]);
        let finished = self.helm(arguments, values).map_err(not_again)?;
        if finished.success {
            self.status(place)
        } else {
            Err(failure("upgrade", &finished))
        }
    }

    fn status(&self, place: &Place<'_>) -> Result<ModuleStatus, ModuleFailure> {
        let arguments = |flags: &[&str]| {
            let mut arguments = place.arguments(flags);
            arguments.extend(["--".into(), OsString::from(&place.input.release)]);
            arguments
        };
        let mut finished = self.helm(
            arguments(&["status", "--output=json", "--show-resources"]),
            Vec::new(),
        )?;
        // Newer ones show the objects always, and may do so without the flag.
        if !finished.success && finished.errors.contains("unknown flag: --show-resources") {
            finished = self.helm(arguments(&["status", "--output=json"]), Vec::new())?;
        }
        if finished.success {
            return status::read(&finished.output, &place.input).map_err(lasting);
        }
        if is_absent(&finished) {
            return Ok(ModuleStatus::Absent);
        }
        Err(failure("status", &finished))
    }

    /// Whose the release is; `None`: there is none.
    fn owner(&self, place: &Place<'_>) -> Result<Option<Owner>, ModuleFailure> {
        if !self.has_listed(place, None)? {
            return Ok(None);
        }
        let ours = format!("--selector={}", place.marks());
        Ok(Some(match self.has_listed(place, Some(ours))? {
            true => Owner::Runner,
            false => Owner::Other,
        }))
    }

    /// Whether `helm list` shows the release, whatever its state.
    fn has_listed(
        &self,
        place: &Place<'_>,
        selector: Option<String>,
    ) -> Result<bool, ModuleFailure> {
        let mut arguments = place.arguments(&["list", "--output=json"]);
        arguments.extend(STATES.map(OsString::from));
        arguments.push(format!("--filter=^{}$", place.input.release).into());
        arguments.extend(selector.map(OsString::from));
        let finished = self.helm(arguments, Vec::new())?;
        if !finished.success {
            return Err(failure("list", &finished));
        }
        let listed: Vec<Value> = serde_json::from_slice(&finished.output)
            .map_err(|error| lasting(format!("what `helm list` shows is no list: {error}")))?;
        Ok(!listed.is_empty())
    }

    fn delete(&self, place: &Place<'_>) -> Result<ModuleStatus, ModuleFailure> {
        match self.owner(place)? {
            None => return Ok(ModuleStatus::Absent),
            Some(Owner::Other) => return Ok(ModuleStatus::OfOthers),
            Some(Owner::Runner) => {}
        }
        let mut arguments = place.arguments(&["uninstall"]);
        arguments.push(format!("--timeout={}s", self.timeout.as_secs()).into());
        arguments.extend(["--".into(), OsString::from(&place.input.release)]);
        let finished = self.helm(arguments, Vec::new()).map_err(not_again)?;
        if finished.success || is_absent(&finished) {
            return Ok(ModuleStatus::Absent);
        }
        Err(failure("uninstall", &finished))
    }

    fn helm(
        &self,
        mut arguments: Vec<OsString>,
        input: Vec<u8>,
    ) -> Result<Finished, ModuleFailure> {
        // Options may stand anywhere before `--`; the first place behind the verb is such a one.
        let at = usize::from(!arguments.is_empty());
        let option = |name: &str, value: OsString| {
            let mut option = OsString::from(name);
            option.push(value);
            option
        };
        if let Some(file) = &self.kubeconfig {
            arguments.insert(at, option("--kubeconfig=", file.into()));
        }
        if let Some(context) = &self.context {
            arguments.insert(at, option("--kube-context=", context.into()));
        }
        run(
            &self.program,
            &arguments,
            input,
            self.timeout.saturating_add(self.grace),
        )
    }
}

/// A Helm that was ended in the middle of a change has left the release in it: the next one would only find it busy.
fn not_again(failure: ModuleFailure) -> ModuleFailure {
    lasting(failure.message)
}

/// Who deployed a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Runner,
    Other,
}

/// A release and where it is.
struct Place<'c> {
    namespace: &'c str,
    home: &'c str,
    input: HelmInput,
}

impl Place<'_> {
    fn arguments(&self, words: &[&str]) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
        arguments.push(format!("--namespace={}", self.namespace).into());
        arguments
    }

    /// The labels of what is deployed from this home.
    fn marks(&self) -> String {
        format!(
            "{}={},{}={}",
            label::MANAGED_BY,
            label::MANAGER,
            label::HOME,
            self.home
        )
    }
}

impl ModuleDriver for HelmDriver {
    fn call(&mut self, call: &ModuleCall) -> Result<ModuleStatus, ModuleFailure> {
        if call.driver != DRIVER {
            return Err(lasting(format!(
                "the driver `{}` is another than `{DRIVER}`: give the runner one that knows it",
                call.driver
            )));
        }
        if !label::is_dns_label(&call.namespace) {
            return Err(lasting(format!(
                "`{}` is not the name of a namespace",
                call.namespace
            )));
        }
        if !label::is_dns_label(&call.home) {
            return Err(lasting(format!(
                "`{}` is not the name of a namespace",
                call.home
            )));
        }
        let input = HelmInput::read(&call.input).map_err(lasting)?;
        let place = Place {
            namespace: &call.namespace,
            home: &call.home,
            input,
        };
        match call.verb {
            ModuleVerb::Deploy => self.deploy(&place),
            ModuleVerb::Status => self.status(&place),
            ModuleVerb::Delete => self.delete(&place),
        }
    }
}
