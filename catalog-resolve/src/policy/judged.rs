//! Verdicts on the definitions of a release, as diagnostics.

use catalog_model::conditions::show::one_line;
use catalog_model::crd_safety::{self, Affected};
use catalog_model::rule::Rule;
use catalog_model::verdict::{DefinitionVerdict, Incompatibility, Verdict};
use catalog_model::{Definition, Diagnostic, Source};

use super::item::JudgedRelease;
use crate::ledger::{Place, PlacesIn};

static DOWNGRADE: Rule = Rule::error(
    "verdict.downgrade",
    "the cluster has the definition of a newer release",
)
.because(
    "The mark of a release on the object names a newer version. What that one added would go.",
);
static UNOWNED: Rule = Rule::error("verdict.unowned", "the cluster has the definition, and nobody's marks are on it")
    .because("Somebody made it by hand, or with a tool that leaves no mark. An apply takes it over: whoever made it may take it back.");
static OWNED: Rule = Rule::error("verdict.owned-by-other", "the cluster has the definition, and it is somebody else's")
    .because("Marks on the object say that a Helm release, an application of KubeVela or another package has it. Both would write it in turn.");
static UNKNOWN: Rule = Rule::error("verdict.unknown", "what the cluster has of the definition is not known")
    .because("The read of it failed, or the snapshot does not hold such objects. Save the cluster with what is missing.");
static PARAMETER: Rule = Rule::error(
    "oam.parameter",
    "a parameter of an OAM definition worked and no longer does",
)
.because("Applications that set it, or do not set it, were accepted and are not any more.");
static IMMUTABLE: Rule = Rule::error(
    "object.immutable",
    "a field changes that nobody may change",
)
.because("The server refuses the whole apply. Only another object, of a new name or made anew, can have another value there.");
static CONFLICT: Rule = Rule::error(
    "object.conflict",
    "somebody else owns a field with another value",
)
.because("The server refuses the whole apply, unless it is forced: whoever owns the field, a person or a controller, set it and may set it back.");

/// The rules that diagnostics of verdicts name, those of CRDs included.
pub fn verdict_rules() -> impl Iterator<Item = &'static Rule> {
    let own = [
        &DOWNGRADE, &UNOWNED, &OWNED, &UNKNOWN, &PARAMETER, &IMMUTABLE, &CONFLICT,
    ];
    own.into_iter().chain(crd_safety::rules())
}

impl JudgedRelease<'_> {
    /// What deserves a look, as errors: each break, and each definition whose verdict is worse than an upgrade. Cost: reads and parses the files
    /// of those.
    #[must_use]
    pub fn diagnostics(&self, source: &dyn Source) -> Vec<Diagnostic> {
        let mut places = PlacesIn::new(source);
        let definitions = self.release.definitions().iter();
        let judged = definitions.zip(self.verdict.definitions());
        let told = judged.flat_map(|(definition, verdict)| {
            let found = verdict.breaks().iter().map(|found| broken(verdict, found));
            let found = found.chain(bad(verdict).map(|diagnostic| (diagnostic, "")));
            let placed = found.map(|(diagnostic, pointer)| {
                self.placed(diagnostic, (definition, pointer), &mut places)
            });
            placed.collect::<Vec<_>>()
        });
        told.collect()
    }

    fn placed(
        &self,
        diagnostic: Diagnostic,
        (definition, pointer): (&Definition, &str),
        places: &mut PlacesIn<'_>,
    ) -> Diagnostic {
        let release = self.release;
        let file = format!("{}/{}", release.folder(), definition.file());
        let place = Place::of_object(file, definition.origin().span()).part(pointer);
        let diagnostic =
            diagnostic.about(release.package().as_str(), Some(release.version().as_str()));
        let place = match is_secret(definition) {
            true => place.of_secret(),
            false => place,
        };
        places.placed(diagnostic, &place)
    }
}

fn is_secret(definition: &Definition) -> bool {
    let identity = definition.identity();
    identity.group().is_empty() && identity.kind() == "Secret"
}

/// A break, and where in the definition it stands.
fn broken<'v>(verdict: &DefinitionVerdict, found: &'v Incompatibility) -> (Diagnostic, &'v str) {
    let (object, name) = (verdict.object(), verdict.object().name());
    match found {
        Incompatibility::Crd(found) => {
            let version = found
                .version()
                .map(|version| format!(" {version}"))
                .unwrap_or_default();
            let message = format!(
                "{name}{version}: {} (hits {})",
                found.reason(),
                found.hits()
            );
            let diagnostic = Diagnostic::error(found.code(), message).help(found.remedy());
            let diagnostic = match affected(found.affected()) {
                Some(text) => diagnostic.help(text),
                None => diagnostic,
            };
            (diagnostic, found.new_pointer().unwrap_or_default())
        }
        Incompatibility::Immutable(found) => {
            let pointer = one_line(found.pointer());
            let message =
                format!("{object}: {pointer} may not be changed: the server refuses the apply");
            let diagnostic = Diagnostic::error(IMMUTABLE.code(), message).help(found.remedy());
            (diagnostic, found.pointer())
        }
        Incompatibility::Conflict(found) => {
            let message = format!("{object}: {}", found.reason());
            let diagnostic = Diagnostic::error(CONFLICT.code(), message).help(found.remedy());
            (diagnostic, found.pointer())
        }
        other => {
            let diagnostic = Diagnostic::error(PARAMETER.code(), format!("{name}: {other}"));
            (diagnostic, "/spec/schematic/kube/parameters")
        }
    }
}

/// Which stored objects a break hits, the first of them by name; none where that is not known, or there are none.
fn affected(affected: &Affected) -> Option<String> {
    const TOLD: usize = 5;
    let Affected::Known(names) = affected else {
        return None;
    };
    let told: Vec<_> = names.iter().take(TOLD).map(|name| one_line(name)).collect();
    let objects = match names.len() {
        0 => return None,
        1 => "1 stored object".to_owned(),
        count => format!("{count} stored objects"),
    };
    let more = match names.len() - told.len() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(format!("it hits {objects}: {}{more}", told.join(", ")))
}

/// A verdict that is worse than an upgrade; breaks are told one by one.
fn bad(verdict: &DefinitionVerdict) -> Option<Diagnostic> {
    let rule = match verdict.verdict() {
        Verdict::Downgrade(_) => &DOWNGRADE,
        Verdict::Unowned => &UNOWNED,
        Verdict::OwnedByOther(_) => &OWNED,
        Verdict::Unknown(_) => &UNKNOWN,
        _ => return None,
    };
    let message = format!("{}: {}", verdict.object(), verdict.verdict());
    Some(Diagnostic::error(rule.code(), message))
}
