//! All that can be set in a release.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::Node;
use catalog_conditions::{Diagnostic, SourceFile, Span};

use super::layer::Layer;
use super::limits::ParameterLimits;
use super::module_reader::{ModuleParameters, ModuleReader};
use super::schema::ParameterSchema;
use super::secrets::Secrets;
use super::values::LayeredValues;
use super::written::{self, Written};
use crate::module::Module;
use crate::release::Release;
use crate::source::Source;

/// The modules of a release, each with the schema of its parameters, and the values that they and the package bring along.
///
/// ```
/// use catalog_model::document::Limits;
/// use catalog_model::parameters::{Layer, LayerOrigin, ParameterLimits, ReleaseParameters};
/// use catalog_model::{LoadOptions, MemorySource, SourceFile, load};
///
/// let source = MemorySource::from_iter([
///     ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
///     ("web/1.0.0/modules.yaml", "modules:\n- chart: {path: ./chart}\n  values: {replicas: 2, image: nginx}\n"),
///     ("web/1.0.0/chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
///     ("web/1.0.0/chart/values.yaml", "replicas: 1\nimage: httpd\n"),
/// ]);
/// let loaded = load(&source, &LoadOptions::default())?;
/// let release = loaded.catalog().package("web").and_then(|web| web.newest()).ok_or("it is there")?;
/// let (parameters, _) = ReleaseParameters::read(&source, release, &ParameterLimits::default());
///
/// let mine = SourceFile::new("mine.yaml", "chart:\n  replicas: 3\n");
/// let (mine, _) = Layer::parse(LayerOrigin::User, &mine, &Limits::default());
/// let (values, diagnostics) = parameters.merge(mine);
/// assert!(diagnostics.is_empty());
/// assert_eq!(values.provenance("/chart/replicas").ok_or("somebody set it")?.to_string(), "set by the user, mine.yaml:2:13");
/// assert_eq!(values.provenance("/chart/image").ok_or("somebody set it")?.to_string(), "set by `modules.yaml`, web/1.0.0/modules.yaml:3:32");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ReleaseParameters {
    package: String,
    version: String,
    limits: ParameterLimits,
    schemas: BTreeMap<String, Arc<ParameterSchema>>,
    layers: Vec<Layer>,
}

/// A version folder and the modules it brings.
pub(crate) struct Bringing<'a> {
    pub(crate) package: &'a str,
    pub(crate) version: &'a str,
    pub(crate) folder: &'a str,
    pub(crate) modules: &'a [Module],
    /// The file that names the modules, where it is at hand.
    pub(crate) document: Option<(&'a Arc<SourceFile>, &'a Node)>,
}

impl ReleaseParameters {
    /// Reads the parameters of every module of a release from `source`, the source that the release was loaded from.
    ///
    /// Never fails: what is wrong is a diagnostic, and a module whose files say nothing has a schema that allows everything.
    /// Cost: that of [`ParameterSchema::read`] for each folder that modules name, and of `modules.yaml` for the places of its values;
    /// all modules together cost no more than [`ParameterLimits::largest_modules`] allows. Modules of one folder share what is known of it.
    #[must_use]
    pub fn read(
        source: &dyn Source,
        release: &Release,
        limits: &ParameterLimits,
    ) -> (Self, Vec<Diagnostic>) {
        let (package, version) = (release.package().as_str(), release.version().as_str());
        let of = Bringing {
            package,
            version,
            folder: release.folder(),
            modules: release.modules(),
            document: None,
        };
        let (parameters, diagnostics) = Self::of(source, &of, limits);
        let about = |diagnostic: Diagnostic| diagnostic.about(package, Some(version));
        (parameters, diagnostics.into_iter().map(about).collect())
    }

    /// The same for what may turn out to be no release.
    pub(crate) fn of(
        source: &dyn Source,
        of: &Bringing<'_>,
        limits: &ParameterLimits,
    ) -> (Self, Vec<Diagnostic>) {
        let mut parameters = Self {
            package: of.package.to_owned(),
            version: of.version.to_owned(),
            limits: limits.clone(),
            schemas: BTreeMap::new(),
            layers: Vec::new(),
        };
        let written = match of.document {
            Some((file, root)) => Some(Written::of(file, root)),
            None => Written::read(source, of.folder, "modules", &limits.document),
        };
        let mut reader = ModuleReader::new(source, of.folder, limits);
        let mut exhausted = None;
        for module in of.modules {
            let read = reader.read(module).unwrap_or_else(|problem| {
                exhausted.get_or_insert((problem, module.origin().span()));
                ModuleParameters::unknown()
            });
            let name = module.name();
            parameters.layers.extend(read.defaults(name));
            parameters.schemas.insert(name.to_owned(), read.schema);
        }
        let mut diagnostics = reader.diagnostics;
        diagnostics.extend(exhausted.map(|(problem, span)| {
            let problem = problem.diagnostic();
            match &written {
                Some(written) => problem.at(written.file(), Span::new(span.start, span.start)),
                None => problem.at_path(source.display(of.folder)),
            }
        }));
        let layers = written::modules(written.as_ref(), of.modules);
        parameters.layers.extend(layers);
        (parameters, diagnostics)
    }

    /// Those of one thing that has a schema and sets nothing itself.
    pub(super) fn of_one(
        (package, version): (&str, &str),
        (name, schema): (&str, Arc<ParameterSchema>),
        limits: &ParameterLimits,
    ) -> Self {
        Self {
            package: package.to_owned(),
            version: version.to_owned(),
            limits: limits.clone(),
            schemas: BTreeMap::from([(name.to_owned(), schema)]),
            layers: Vec::new(),
        }
    }

    /// What was allowed when they were read.
    pub(super) fn limits(&self) -> &ParameterLimits {
        &self.limits
    }

    /// The package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What is secret in the file that names the modules.
    pub(crate) fn secrets(
        &self,
        (file, root): (&Arc<SourceFile>, &Node),
        modules: &[Module],
    ) -> Secrets {
        let (layers, stray) = written::meant(&Written::of(file, root), modules);
        Secrets::of(self, &layers).with(file, stray)
    }

    /// The modules and their schemas, by name.
    pub fn modules(&self) -> impl Iterator<Item = (&str, &ParameterSchema)> {
        self.schemas
            .iter()
            .map(|(name, schema)| (name.as_str(), schema.as_ref()))
    }

    /// The schema of a module.
    #[must_use]
    pub fn schema(&self, module: &str) -> Option<&ParameterSchema> {
        self.schemas.get(module).map(Arc::as_ref)
    }

    /// What the release itself brings: the defaults of its modules and the `values` of `modules.yaml`.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Lays what others set over what the release brings, by their [origins](super::LayerOrigin); of one origin, what is given later wins.
    ///
    /// Diagnostics: modules that are not there, values that are no map, scalars that do not mean what they seem to, and leaves that two
    /// packages set differently from the same distance. None shows what is secret. Cost: linear in the values of all layers.
    #[must_use]
    pub fn merge(
        &self,
        layers: impl IntoIterator<Item = Layer>,
    ) -> (LayeredValues<'_>, Vec<Diagnostic>) {
        LayeredValues::merge(self, self.layers.iter().cloned().chain(layers).collect())
    }
}
