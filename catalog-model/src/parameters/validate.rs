//! Holding merged values against the schemas of their modules.

use std::cell::RefCell;

use catalog_conditions::suggest::near;
use catalog_conditions::{Diagnostic, Span};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::{Map, Value};

use super::layer::Layer;
use super::outline::TooCostly;
use super::outline::is_conditional;
use super::pointer;
use super::provenance::Effect;
use super::schema::ParameterSchema;
use super::values::LayeredValues;
use super::violation::{Violation, ViolationKind};
use super::walk::Walks;
use super::wording::{Wording, shown, wording};

/// More that is wrong with the values of one module helps nobody.
const MOST: usize = 1000;

impl LayeredValues<'_> {
    /// Everything in the values that the schemas of the modules refuse, by module and pointer, at most 1,000 a module.
    ///
    /// Each says which layer set the value, and where. Cost: bounded by the limits that the schemas were read with, for each module and for
    /// all of them together; what would cost more is a violation of kind [`NotChecked`](ViolationKind::NotChecked).
    ///
    /// ```
    /// use catalog_model::document::Limits;
    /// use catalog_model::parameters::{Layer, LayerOrigin, ParameterLimits, ReleaseParameters};
    /// use catalog_model::{LoadOptions, MemorySource, SourceFile, load};
    ///
    /// let source = MemorySource::from_iter([
    ///     ("web/1.0.0/metadata.yaml", "name: web\nversion: 1.0.0\n"),
    ///     ("web/1.0.0/modules.yaml", "modules:\n- chart: {path: ./chart}\n"),
    ///     ("web/1.0.0/chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
    ///     ("web/1.0.0/chart/values.yaml", "replicas: 1\n"),
    ///     ("web/1.0.0/chart/values.schema.json", r#"{"properties": {"replicas": {"type": "integer"}}}"#),
    /// ]);
    /// let loaded = load(&source, &LoadOptions::default())?;
    /// let release = loaded.catalog().package("web").and_then(|web| web.newest()).ok_or("it is there")?;
    /// let (parameters, _) = ReleaseParameters::read(&source, release, &ParameterLimits::default());
    ///
    /// let mine = SourceFile::new("mine.yaml", "chart:\n  replicas: many\n");
    /// let (mine, _) = Layer::parse(LayerOrigin::User, &mine, &Limits::default());
    /// let (values, _) = parameters.merge(mine);
    /// assert_eq!(
    ///     values.validate()[0].to_string(),
    ///     "mine.yaml:2:13: error[parameters.value.type]: `/chart/replicas` must be a whole number, not the text `many` (set by the user)",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn validate(&self) -> Vec<Violation> {
        self.violations(&self.reveal(), |_| true, |_| true)
    }

    /// The violations that are wanted, of the modules that are, in `all` the values.
    pub(super) fn violations(
        &self,
        all: &Value,
        is_asked: impl Fn(&str) -> bool,
        is_wanted: impl Fn(&Violation) -> bool,
    ) -> Vec<Violation> {
        let nothing = Value::Object(Map::new());
        let limits = self.parameters().limits();
        let mut budget = limits
            .applications
            .saturating_mul(limits.largest_modules as u64);
        let walks = RefCell::new(Walks::new(self.parameters()));
        let mut violations = Vec::new();
        let modules = self.parameters().modules();
        for (module, schema) in modules.filter(|(module, _)| is_asked(module)) {
            let checking = Checking {
                values: self,
                module,
                schema,
                walks: &walks,
                is_wanted: &is_wanted,
            };
            let values = all.get(module).unwrap_or(&nothing);
            violations.extend(checking.check(values, &mut budget));
        }
        violations
    }
}

/// So many questions could be asked in the time in which one answer is put into words.
const ANSWER: u64 = 200;

/// One module that is being checked.
struct Checking<'v> {
    values: &'v LayeredValues<'v>,
    module: &'v str,
    schema: &'v ParameterSchema,
    walks: &'v RefCell<Walks<'v>>,
    is_wanted: &'v dyn Fn(&Violation) -> bool,
}

/// Something wrong, before it is said where.
struct Found {
    wording: Wording,
    /// Where it is wrong, beginning with the module.
    pointer: String,
    /// What layers are asked about: the missing value itself, of which the map is reported.
    subject: String,
}

impl Checking<'_> {
    /// What is wrong with the module's values, and wanted; what that costs is taken off the budget of all modules.
    fn check(&self, values: &Value, budget: &mut u64) -> Vec<Violation> {
        let validator = match self.schema.validator_within(values, budget) {
            Ok(None) => return Vec::new(),
            Ok(Some(validator)) => validator,
            Err(problem) => return vec![self.not_checked(problem)],
        };
        let errors = validator.iter_errors(values);
        let found = errors.flat_map(|error| {
            let is_conditional = is_conditional(error.evaluation_path().as_str());
            let found = self.found(&error, values).into_iter();
            found.map(move |found| (found, is_conditional))
        });
        let mut violations = Vec::new();
        for (found, is_conditional) in found {
            match budget.checked_sub(ANSWER) {
                Some(left) => *budget = left,
                None => {
                    violations.push(self.not_checked(TooCostly::Together));
                    break;
                }
            }
            violations.extend(Some(self.violation(found, is_conditional)).filter(self.is_wanted));
            if violations.len() == MOST {
                break;
            }
        }
        // The validator's own order is that of its keywords, which may change with its version.
        violations.sort_by(|a, b| (&a.pointer, &a.diagnostic).cmp(&(&b.pointer, &b.diagnostic)));
        violations
    }

    fn not_checked(&self, problem: TooCostly) -> Violation {
        let pointer = pointer::push("", self.module);
        let message = format!(
            "the values of `{}` were not checked: {problem}",
            shown(self.module)
        );
        let diagnostic = Diagnostic::error(ViolationKind::NotChecked.code(), message)
            .help("make the values smaller, or raise the limit");
        let layer = self.values.last(&pointer);
        let layer = layer.and_then(|(number, _)| self.values.layers().get(number));
        let place = layer.and_then(|layer| {
            let located = layer.root.child(self.module)?;
            let span = located.key.or(located.place())?;
            Some((layer.file()?, Span::new(span.start, span.start)))
        });
        let diagnostic = match place {
            Some((file, start)) => diagnostic.at(file, start),
            None => diagnostic,
        };
        Violation {
            module: self.module.to_owned(),
            pointer,
            kind: ViolationKind::NotChecked,
            origin: None,
            is_conditional: false,
            diagnostic: self.about(self.values.secrets.guard(diagnostic)),
        }
    }

    /// Keys that are unknown or missing count one each.
    fn found(&self, error: &ValidationError<'_>, values: &Value) -> Vec<Found> {
        let module = pointer::push("", self.module);
        let here = format!("{module}{}", error.instance_path().as_str());
        match error.kind() {
            Kind::AdditionalProperties { unexpected }
            | Kind::UnevaluatedProperties { unexpected } => {
                let known = self.known_keys(error);
                let unknown = unexpected.iter().take(MOST);
                unknown.map(|key| unknown_key(&here, key, &known)).collect()
            }
            Kind::FalseSchema if !Self::keys_of_closed_map(error, values).is_empty() => {
                let keys = Self::keys_of_closed_map(error, values);
                keys.iter()
                    .take(MOST)
                    .map(|key| unknown_key(&here, key, &[]))
                    .collect()
            }
            Kind::Required { property } => {
                vec![self.missing(here, property.as_str().unwrap_or_default())]
            }
            _ => {
                let is_secret = |below: &str| {
                    let mut walks = self.walks.borrow_mut();
                    walks.module(self.module).is_secret(values, below)
                };
                vec![Found {
                    wording: wording(error, &is_secret),
                    subject: here.clone(),
                    pointer: here,
                }]
            }
        }
    }

    /// The keys of a map that may have none at all: of these the validator says once, at the map, that the first is not allowed.
    fn keys_of_closed_map(error: &ValidationError<'_>, values: &Value) -> Vec<String> {
        let path = error.schema_path().as_str();
        let is_closed = path.ends_with("/additionalProperties")
            && !path.ends_with("/properties/additionalProperties");
        let map = values.pointer(error.instance_path().as_str());
        let map = map.and_then(Value::as_object).filter(|_| is_closed);
        map.into_iter().flat_map(Map::keys).cloned().collect()
    }

    fn missing(&self, map: String, key: &str) -> Found {
        let subject = pointer::push(&map, key);
        let deleted = self.values.provenance(&subject);
        let deleted = deleted.filter(|by| by.effect() == Effect::Deleted);
        let help = match deleted {
            Some(by) => format!("{} deletes it: leave that out, or set it in a layer above", by.origin()),
            None => "set it in any layer: the `values` of `modules.yaml` or of a dependency, the environment, or the user's".to_owned(),
        };
        Found {
            wording: Wording {
                kind: ViolationKind::Missing,
                said: format!("lacks `{}`, which must be set", shown(key)),
                help: vec![help],
            },
            pointer: map,
            subject,
        }
    }

    /// The keys that the schema names beside the keyword that refused one.
    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<&str> {
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let properties = self.schema.json().pointer(&format!("{parent}/properties"));
        let properties = properties.and_then(Value::as_object);
        properties
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect()
    }

    fn violation(&self, found: Found, is_conditional: bool) -> Violation {
        let Found {
            wording,
            pointer,
            subject,
        } = found;
        let by = self.values.last(&subject).or_else(|| {
            // Nobody speaks of what is missing: whoever spoke last of the map is the one to look at.
            self.values.last(&pointer)
        });
        let layer = by.and_then(|(number, _)| self.values.layers().get(number));
        let did = match by {
            Some((_, Effect::Set)) => "set",
            _ => "deleted",
        };
        let by = match layer {
            Some(layer) if wording.kind != ViolationKind::Missing => {
                format!(" ({did} by {})", layer.origin())
            }
            _ => String::new(),
        };
        let message = format!("`{}` {}{by}", shown(&pointer), wording.said);
        let diagnostic = Diagnostic::error(wording.kind.code(), message);
        let diagnostic = wording.help.into_iter().fold(diagnostic, Diagnostic::help);
        let diagnostic = match layer {
            Some(layer) => place(diagnostic, layer, &subject, wording.kind),
            None => diagnostic,
        };
        Violation {
            module: self.module.to_owned(),
            pointer,
            kind: wording.kind,
            origin: layer.map(|layer| layer.origin().clone()),
            is_conditional,
            diagnostic: self.about(self.values.secrets.guard(diagnostic)),
        }
    }

    fn about(&self, diagnostic: Diagnostic) -> Diagnostic {
        let parameters = self.values.parameters();
        diagnostic.about(parameters.package(), Some(parameters.version()))
    }
}

fn unknown_key(map: &str, key: &str, known: &[&str]) -> Found {
    let pointer = pointer::push(map, key);
    let help = match near(key, known.iter().copied().take(COMPARED)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "remove it: no key is allowed here".to_owned(),
        None => {
            let more = known.len().saturating_sub(LISTED);
            let mut listed: Vec<String> = known.iter().take(LISTED).map(|key| shown(key)).collect();
            if more > 0 {
                listed.push(format!("{more} more"));
            }
            format!("known keys: {}", listed.join(", "))
        }
    };
    Found {
        wording: Wording {
            kind: ViolationKind::UnknownKey,
            said: "is no key that the schema knows".to_owned(),
            help: vec![help],
        },
        subject: pointer.clone(),
        pointer,
    }
}

/// With so many known keys an unknown one is compared: where both are many, each with each would take minutes.
const COMPARED: usize = 500;

/// How many keys a help lists.
const LISTED: usize = 8;

/// Points at the value, or at the key of what is a matter of its key or is too long to be pointed at.
fn place(diagnostic: Diagnostic, layer: &Layer, pointer: &str, kind: ViolationKind) -> Diagnostic {
    let located = layer.nearest(pointer);
    let is_map = located.as_map().is_some();
    let prefers_key = is_map || matches!(kind, ViolationKind::UnknownKey | ViolationKind::Missing);
    let span = located.key.filter(|_| prefers_key).or(located.place());
    match (layer.file(), span) {
        (Some(file), Some(span)) => diagnostic.at(file, span),
        _ => diagnostic,
    }
}
