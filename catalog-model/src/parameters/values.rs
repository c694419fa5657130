//! What the layers come to.

use std::collections::BTreeSet;
use std::fmt;

use catalog_conditions::{Context, Diagnostic};
use serde_json::{Map, Value};

use super::layer::Layer;
use super::located::Located;
use super::merge::{Disagreements, Laying, Merged, MergedKind};
use super::origin::LayerOrigin;
use super::outline::Shape;
use super::pointer;
use super::provenance::{Effect, Provenance};
use super::release_parameters::ReleaseParameters;
use super::remarks;
use super::secrets::{self, Secrecy, Secrets, WITHHELD};
use super::walk::{At, Walk, Walks};

/// The values of a release's modules, merged from layers, each with the layer that set or deleted it. Made by
/// [`ReleaseParameters::merge`].
///
/// Maps merge; lists and everything else replace. Null in the defaults is a value; in a layer above them it deletes, and what it deleted
/// stays away unless a layer further up sets it again. This is the merge patch of RFC 7396, applied layer after layer.
///
/// Secret values are in [`reveal`](Self::reveal) alone: `Debug`, [`to_json`](Self::to_json) and [`leaves`](Self::leaves) withhold them.
///
/// # Where Helm differs
///
/// Helm lays several files of values and `--set` over each other first, keeping nulls, and the result over the defaults of the chart.
/// From that follow differences that are meant:
///
/// | case | Helm | here | why |
/// |---|---|---|---|
/// | one layer deletes a map, a higher one sets one key of it | the defaults' other keys come back | they stay deleted | who deleted them meant it, and cannot know who comes later |
/// | null where the defaults have nothing | stays in the values as null | nothing is there | a template that asks for the key should not see which layers there were |
/// | null in the defaults of a chart that a chart contains, or in what the outer chart sets in it | kept or dropped, depending on Helm's version | in defaults a value; above them it deletes | one rule for all |
/// | a scalar or a list over a map of the defaults, or the other way round | a warning; the higher one wins, or the lower one where charts are nested | the higher one wins, and the schema says whether it may | one rule for all |
/// | `module:` with nothing below | deletes what is there | nothing, and a warning | such a line is what remains of a map whose lines were commented out |
///
/// What `global` and `condition` mean to the charts inside a chart is Helm's own business: it happens to the merged values, when the
/// chart is rendered.
#[derive(Clone)]
pub struct LayeredValues<'p> {
    parameters: &'p ReleaseParameters,
    layers: Vec<Layer>,
    root: Merged,
    pub(super) secrets: Secrets,
}

/// A value that is no map, or a map without entries, and the layer that spoke last of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Leaf<'v> {
    /// Its JSON pointer, beginning with the module.
    pub pointer: String,
    /// The value; a text that says so in place of what is secret; `None` where it was deleted.
    pub value: Option<Value>,
    /// Who set or deleted it.
    pub provenance: Provenance<'v>,
}

impl<'p> LayeredValues<'p> {
    pub(super) fn merge(
        parameters: &'p ReleaseParameters,
        mut layers: Vec<Layer>,
    ) -> (Self, Vec<Diagnostic>) {
        layers.sort_by(|a, b| {
            let by_name = b.origin().asker().cmp(&a.origin().asker());
            a.origin().rank().cmp(&b.origin().rank()).then(by_name)
        });
        let mut diagnostics = Vec::new();
        let secrets = Secrets::of(parameters, &layers);
        let mut root = Merged::new();
        let mut disagreements = Disagreements::new();
        for (number, layer) in layers.iter().enumerate() {
            diagnostics.extend(remarks::scalars(layer, &secrets));
            let mut laying = Laying {
                layer: number,
                null_deletes: *layer.origin() != LayerOrigin::Defaults,
                equals: &equals(&layers, number),
                disagreements: &mut disagreements,
            };
            for (module, values) in layer.root.as_map().into_iter().flatten() {
                match remarks::module(parameters, layer, module, values) {
                    None => laying.over_entry(&mut root, module, values),
                    Some(diagnostic) => diagnostics.push(secrets.guard(diagnostic)),
                }
            }
        }
        let values = Self {
            parameters,
            layers,
            root,
            secrets,
        };
        diagnostics.extend(remarks::disagreements(&values, &disagreements));
        diagnostics.sort();
        let about = |d: Diagnostic| d.about(parameters.package(), Some(parameters.version()));
        (values, diagnostics.into_iter().map(about).collect())
    }

    /// The release whose values they are.
    #[must_use]
    pub fn parameters(&self) -> &'p ReleaseParameters {
        self.parameters
    }

    /// The layers, weakest first.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// All values by module, **with those that are secret**: for whoever installs. Show [`to_json`](Self::to_json) to people.
    #[must_use]
    pub fn reveal(&self) -> Value {
        self.root
            .to_json()
            .unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// All values by module; in place of a secret stands `(sensitive)`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut walks = Walks::new(self.parameters);
        let modules = self.modules().filter_map(|(module, values)| {
            let walk = walks.module(module);
            let start = walk.start();
            Some((module.to_owned(), self.shown(walk, start, values)?))
        });
        Value::Object(modules.collect::<Map<_, _>>())
    }

    fn modules(&self) -> impl Iterator<Item = (&str, &Merged)> {
        let entries = match &self.root.kind {
            MergedKind::Map { entries, .. } => Some(entries),
            MergedKind::Leaf(_) | MergedKind::Gone => None,
        };
        let entries = entries.into_iter().flatten();
        entries.map(|(module, values)| (module.as_str(), values))
    }

    fn shown(&self, walk: &mut Walk<'_>, at: At, value: &Merged) -> Option<Value> {
        let MergedKind::Map { entries, .. } = &value.kind else {
            let origin = self.layers.get(value.by)?.origin();
            return Some(walk.withheld(at, origin, value.to_json()?));
        };
        if walk.secrecy(at, Shape::Map) == Secrecy::Secret {
            return Some(WITHHELD.into());
        }
        let entries = entries.iter().filter_map(|(key, entry)| {
            let below = walk.step(at, key);
            Some((key.clone(), self.shown(walk, below, entry)?))
        });
        Some(Value::Object(entries.collect::<Map<_, _>>()))
    }

    /// The context that the conditions of the release are asked in: `context`, with all these values as the parameters that `when`
    /// looks into, and quoting none of them in answers if any is secret.
    #[must_use]
    pub fn context(&self, context: Context) -> Context {
        let context = context.with_parameters(self.reveal());
        if self.has_secrets() {
            context.withholding_parameters()
        } else {
            context
        }
    }

    /// Whether the value at a JSON pointer, which begins with the module, is not shown: a schema says that it is secret, or none says
    /// what is, and it comes from the environment or the user.
    #[must_use]
    pub fn is_sensitive(&self, pointer: &str) -> bool {
        let layer = self.last(pointer).and_then(|(by, _)| self.layers.get(by));
        let origin = layer.map_or(&LayerOrigin::User, Layer::origin);
        let (Some(module), below) = secrets::split(pointer) else {
            return !pointer.is_empty();
        };
        let mut walk = Walk::through(self.parameters.schema(&module));
        let mut at = walk.start();
        let mut value = layer.and_then(|layer| layer.root.child(&module));
        let shape = |value: Option<&Located>| value.map_or(Shape::Nothing, Located::shape);
        for step in pointer::steps(below).into_iter().flatten() {
            if walk.secrecy(at, shape(value)).withholds(origin) {
                return true;
            }
            at = walk.step(at, &step);
            value = value.and_then(|value| value.child(&step));
        }
        walk.secrecy(at, shape(value)).withholds(origin)
    }

    /// Whether any value is secret: then answers that quote values should quote none of them.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        self.to_json() != self.reveal()
    }

    /// The layer that spoke last of the value at a JSON pointer, which begins with the module: the last that has something there, or
    /// something else than a map on the way there. `None` if no layer speaks of it.
    ///
    /// Cost: one map lookup for each step of the pointer.
    ///
    /// ```
    /// use catalog_model::parameters::{Effect, Layer, LayerOrigin, ParameterLimits, ReleaseParameters};
    /// use catalog_model::document::Limits;
    /// use catalog_model::{LoadOptions, MemorySource, load};
    /// use serde_json::json;
    ///
    /// let source = MemorySource::from_iter([
    ///     ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
    ///     ("web/1.0.0/modules.yaml", "modules:\n- chart: {path: ./chart}\n  values: {ingress: {host: example.com}}\n"),
    ///     ("web/1.0.0/chart/values.yaml", "ingress: {}\n"),
    /// ]);
    /// let loaded = load(&source, &LoadOptions::default())?;
    /// let release = loaded.catalog().package("web").and_then(|web| web.newest()).ok_or("it is there")?;
    /// let (parameters, _) = ReleaseParameters::read(&source, release, &ParameterLimits::default());
    /// let mine = Layer::from_json(LayerOrigin::User, &json!({"chart": {"ingress": null}}), &Limits::default())?;
    /// let (values, _) = parameters.merge([mine]);
    /// let provenance = values.provenance("/chart/ingress/host").ok_or("modules.yaml set it")?;
    /// assert_eq!((provenance.origin(), provenance.effect()), (&LayerOrigin::User, Effect::Deleted));
    /// assert!(values.provenance("/chart/image").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn provenance(&self, pointer: &str) -> Option<Provenance<'_>> {
        let (by, effect) = self.last(pointer)?;
        let layer = self.layers.get(by)?;
        Some(Provenance {
            layer,
            effect,
            span: layer.file().and(layer.nearest(pointer).place()),
        })
    }

    /// The number of the layer that spoke last of a pointer, and what it did.
    pub(super) fn last(&self, pointer: &str) -> Option<(usize, Effect)> {
        let mut steps = pointer::steps(pointer)?;
        let mut at = &self.root;
        let mut last_clearer = None;
        while let MergedKind::Map {
            entries,
            cleared_by,
        } = &at.kind
        {
            last_clearer = last_clearer.max(*cleared_by);
            let Some(step) = steps.next() else {
                return Some((at.by, Effect::Set));
            };
            match entries.get(&step) {
                Some(entry) => at = entry,
                None => return Some((last_clearer?, Effect::Deleted)),
            }
        }
        let is_there = match &at.kind {
            MergedKind::Leaf(value) => reaches(value, steps),
            MergedKind::Map { .. } | MergedKind::Gone => false,
        };
        let effect = if is_there {
            Effect::Set
        } else {
            Effect::Deleted
        };
        Some((at.by, effect))
    }

    /// All values that are set or deleted, by pointer. What is in a list belongs to the list.
    #[must_use]
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut leaves = Vec::new();
        let mut walks = Walks::new(self.parameters);
        for (module, values) in self.modules() {
            let walk = walks.module(module);
            let start = walk.start();
            self.collect(walk, start, values, pointer::push("", module), &mut leaves);
        }
        leaves
    }

    fn collect<'v>(
        &'v self,
        walk: &mut Walk<'_>,
        at: At,
        value: &Merged,
        pointer: String,
        leaves: &mut Vec<Leaf<'v>>,
    ) {
        if let MergedKind::Map { entries, .. } = &value.kind
            && !entries.is_empty()
            && walk.secrecy(at, Shape::Map) != Secrecy::Secret
        {
            for (key, entry) in entries {
                let below = walk.step(at, key);
                self.collect(walk, below, entry, pointer::push(&pointer, key), leaves);
            }
            return;
        }
        if let Some(provenance) = self.provenance(&pointer) {
            leaves.push(Leaf {
                value: self.shown(walk, at, value),
                pointer,
                provenance,
            });
        }
    }
}

/// Whether the steps lead to something in a value that is no map of its own.
fn reaches(value: &Value, steps: impl Iterator<Item = String>) -> bool {
    let mut at = value;
    for step in steps {
        let next = match at {
            Value::Array(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
            Value::Object(entries) => entries.get(&step),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return false,
        }
    }
    true
}

/// The layers below this one that have as much right as it has.
fn equals(layers: &[Layer], number: usize) -> BTreeSet<usize> {
    let rank = |layer: &Layer| layer.origin().rank();
    let Some(this) = layers
        .get(number)
        .filter(|layer| layer.origin().asker().is_some())
    else {
        return BTreeSet::new();
    };
    let below = layers.iter().enumerate().take(number);
    let equals = below.filter(|(_, layer)| {
        rank(layer) == rank(this) && layer.origin().asker() != this.origin().asker()
    });
    equals.map(|(number, _)| number).collect()
}

impl fmt::Debug for LayeredValues<'_> {
    /// What [`to_json`](Self::to_json) shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayeredValues")
            .field("layers", &self.layers)
            .field("values", &self.to_json())
            .finish()
    }
}
