//! What is in one release.

use std::collections::{BTreeMap, BTreeSet};

use catalog_model::conditions::snapshot::is_cluster_scoped;
use catalog_model::{Action, Definition, Hook, Module, ModuleContent, Phase, Release, Span};
use serde_json::{Map, Value};

use super::Unexamined;
use super::effect::{Effect, ObjectRef, ObjectScope};
use super::files::{Files, Manifest};
use super::place::Place;
use super::{object, rbac};

/// The kinds that the CustomResourceDefinitions of a plan make, by group and name: whether they are outside namespaces.
pub(super) type MadeKinds = BTreeMap<(String, String), bool>;

/// The effects of a release, each with the places that say so, and what is not known of it.
#[derive(Clone, Default)]
pub(super) struct Contents {
    pub(super) effects: BTreeMap<Effect, BTreeSet<Origin>>,
    /// The text of each object, to tell whether it is otherwise in another release.
    pub(super) texts: BTreeMap<ObjectRef, String>,
    pub(super) unexamined: BTreeSet<Unexamined>,
    /// The kinds that its CustomResourceDefinitions make.
    pub(super) made: MadeKinds,
}

/// Where a release says something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    pub(super) text: String,
    pub(super) place: Option<Place>,
}

impl Origin {
    fn new(text: impl Into<String>, file: String, span: Span) -> Self {
        Self {
            text: text.into(),
            place: Some(Place::of_object(file, span)),
        }
    }

    /// The same, of an object that is a Secret or not.
    fn of(&self, object: &ObjectRef) -> Self {
        let mut origin = self.clone();
        if let Some(place) = &mut origin.place {
            place.is_secret = object.group.is_empty() && object.kind == "Secret";
        }
        origin
    }

    /// A part of the same object.
    fn part(&self, pointer: &str) -> Self {
        let mut part = self.clone();
        if let Some(place) = &mut part.place {
            place.pointer.push_str(pointer);
        }
        part
    }
}

impl Contents {
    /// What a release deploys, whatever its hooks do, and what its actions would: a user may start them as long as it is there.
    pub(super) fn deployed(release: &Release, files: &mut Files<'_>) -> Self {
        let mut contents = Self::default();
        for definition in release.definitions() {
            let file = format!("{}/{}", release.folder(), definition.file());
            let origin = Origin::new(definition.file(), file, definition.origin().span());
            contents.add_object(definition.object(), &origin);
        }
        for module in release.modules() {
            contents.add_module(release, module, files);
        }
        for action in release.actions() {
            contents.add_action(release, action);
        }
        contents
    }

    fn add_action(&mut self, release: &Release, action: &Action) {
        let name = action.name().to_owned();
        let file = format!("{}/{}", release.folder(), action.file());
        let origin = Origin::new(format!("action {name}"), file, action.origin().span());
        self.add_job((&name, action.job()), &origin.part("/job"));
        for (at, resource) in action.resources().iter().enumerate() {
            self.add_object(resource, &origin.part(&format!("/resources/{at}")));
        }
        self.add(Effect::Action { name }, &origin);
    }

    /// What the pods of a Job bring and reach.
    fn add_job(&mut self, (name, job): (&str, &Map<String, Value>), origin: &Origin) {
        let reference = ObjectRef {
            group: "batch".to_owned(),
            kind: "Job".to_owned(),
            namespace: None,
            name: name.to_owned(),
        };
        for (effect, pointer) in object::of_pods(&reference, &Value::Object(job.clone())) {
            self.add(effect, &origin.part(&pointer));
        }
    }

    /// What the hooks of some phases do: they run, and bring images and objects of their own.
    pub(super) fn of_hooks<'h>(hooks: impl Iterator<Item = (&'h Release, &'h Hook)>) -> Self {
        let mut contents = Self::default();
        for (release, hook) in hooks {
            let (phase, name) = (hook.phase(), hook.name().to_owned());
            let file = format!("{}/{}", release.folder(), hook.file());
            let origin = Origin::new(format!("hook {phase}/{name}"), file, hook.origin().span());
            contents.add(Effect::Hook { phase, name }, &origin);
            let jobs = [("/job", Some(hook.job())), ("/undo", hook.undo())];
            for (key, job) in jobs.into_iter().filter_map(|(key, job)| Some((key, job?))) {
                contents.add_job((hook.name(), job), &origin.part(key));
            }
            for (at, resource) in hook.resources().iter().enumerate() {
                contents.add_object(resource, &origin.part(&format!("/resources/{at}")));
            }
        }
        contents
    }

    /// What the hooks of a release do in some phases.
    pub(super) fn of_phases(release: &Release, phases: [Phase; 2]) -> Self {
        let hooks = phases.into_iter().flat_map(|phase| release.hooks(phase));
        Self::of_hooks(hooks.map(|hook| (release, hook)))
    }

    /// The effects that another has too.
    pub(super) fn common(&self, other: &Self) -> Self {
        let both = self.effects.iter();
        let both = both.filter(|(effect, _)| other.effects.contains_key(effect));
        Self {
            effects: both
                .map(|(effect, from)| (effect.clone(), from.clone()))
                .collect(),
            ..Self::default()
        }
    }

    /// Adds all that others have.
    pub(super) fn extend(&mut self, others: Self) {
        for (effect, origins) in others.effects {
            self.effects.entry(effect).or_default().extend(origins);
        }
        self.texts.extend(others.texts);
        self.made.extend(others.made);
        self.unexamined.extend(others.unexamined);
    }

    fn add(&mut self, effect: Effect, origin: &Origin) {
        let origins = self.effects.entry(effect).or_default();
        origins.insert(origin.clone());
    }

    fn miss(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.unexamined.insert(Unexamined::new(what, why));
    }

    fn add_object(&mut self, object: &Value, origin: &Origin) {
        let Some(reference) = object::reference(object) else {
            return self.miss(
                &origin.text,
                "a document in it has no `apiVersion` and `kind`",
            );
        };
        let origin = &origin.of(&reference);
        self.made
            .extend(object::crd(&reference, object).and_then(object::made_kind));
        for (effect, pointer) in object::effects(&reference, object) {
            self.add(effect, &origin.part(&pointer));
        }
        if let Some(name) = reference.namespace.clone() {
            self.add(
                Effect::Namespace { name },
                &origin.part("/metadata/namespace"),
            );
        }
        if reference.group == rbac::GROUP && rbac::gathers(object) {
            let why = "it gathers the rules of other roles, which only a cluster has";
            self.miss(reference.to_string(), why);
        }
        let text = self.texts.entry(reference.clone()).or_default();
        text.push_str(&object.to_string());
        self.add(
            Effect::Object {
                object: reference,
                scope: ObjectScope::Unknown,
            },
            origin,
        );
    }

    fn add_module(&mut self, release: &Release, module: &Module, files: &mut Files<'_>) {
        let file = format!("{}/modules.yaml", release.folder());
        let text = format!("module {}", module.name());
        let stands = Origin::new(text.clone(), file, module.origin().span());
        let origin = text;
        let (name, kind) = (module.name().to_owned(), module.content().kind().to_owned());
        self.add(Effect::Module { name, kind }, &stands);
        if let Some(name) = module.namespace().map(str::to_owned) {
            self.add(Effect::Namespace { name }, &stands.part("/namespace"));
        }
        match module.content() {
            ModuleContent::Manifests { path, remote } => {
                if let Some(path) = path {
                    self.add_files(release, path, &origin, files);
                }
                if let Some(remote) = remote {
                    self.miss(&origin, format!("its manifests are at {}", remote.url));
                }
            }
            ModuleContent::Chart { path, remote } => {
                if let Some(path) = path {
                    let crds = format!("{}/crds", path.trim_end_matches('/'));
                    if files.has_folder(release.folder(), &crds) {
                        self.add_files(release, &crds, &origin, files);
                    }
                    self.miss(
                        &origin,
                        format!("the templates of the chart {path} are not rendered"),
                    );
                }
                if let Some(remote) = remote {
                    let (name, repo) = (&remote.name, &remote.repo);
                    self.miss(&origin, format!("the chart {name} is at {repo}"));
                }
            }
            ModuleContent::Terraform { path, remote } => {
                let remote = remote.as_ref().map(|remote| &remote.source);
                let place = path.as_ref().or(remote).map_or("", String::as_str);
                self.miss(
                    &origin,
                    format!("what Terraform makes of {place} is not known"),
                );
            }
            other => self.miss(&origin, format!("what `{}` is is not known", other.kind())),
        }
    }

    fn add_files(&mut self, release: &Release, path: &str, origin: &str, files: &mut Files<'_>) {
        let manifests = files.read(release.folder(), path);
        for Manifest {
            file,
            whole,
            object,
            span,
        } in &manifests.objects
        {
            let name = file.rsplit('/').next().unwrap_or_default();
            if name.starts_with("kustomization.") {
                self.miss(file, "a kustomization can change whatever it names");
                continue;
            }
            let origin = Origin::new(format!("{origin}, {file}"), whole.clone(), *span);
            self.add_object(object, &origin);
        }
        self.unexamined.extend(manifests.unexamined);
    }

    /// The same with what is known of the kinds of objects.
    pub(super) fn scoped(&self, made: &MadeKinds) -> BTreeMap<Effect, BTreeSet<Origin>> {
        let effects = self.effects.iter().map(|(effect, origins)| {
            let effect = match effect {
                Effect::Object { object, .. } => Effect::Object {
                    scope: scope(object, made),
                    object: object.clone(),
                },
                other => other.clone(),
            };
            (effect, origins.clone())
        });
        effects.collect()
    }
}

fn scope(object: &ObjectRef, made: &MadeKinds) -> ObjectScope {
    let key = (object.group.clone(), object.kind.clone());
    let known = is_cluster_scoped(&object.group, &object.kind);
    match known.or_else(|| made.get(&key).copied()) {
        Some(true) => ObjectScope::Cluster,
        Some(false) => ObjectScope::Namespaced,
        None => ObjectScope::Unknown,
    }
}

/// The kinds that the CustomResourceDefinitions among the definitions of a release make.
pub(super) fn made_kinds(release: &Release) -> impl Iterator<Item = ((String, String), bool)> {
    let crds = release.definitions().iter().filter_map(Definition::crd);
    crds.filter_map(object::made_kind)
}
