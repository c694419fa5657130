//! Whether an API server takes a CRD at all: what is wrong with the new one that was not wrong with the old.
//!
//! The rules are those of `validation.go` in `pkg/apis/apiextensions/validation` and of `pkg/apiserver/schema` of apiextensions-apiserver,
//! Kubernetes 1.36. What the old CRD had wrong in the same place is passed over, and where the server spares a CRD of which some part was
//! wrong already, so is what is wrong in the same way elsewhere.

mod authority;
mod column;
mod conversion;
mod cost_limit;
mod default;
mod definition;
mod estimate;
mod expression;
mod field_path;
mod format;
mod keyword;
mod list;
mod nested;
mod regexp;

pub(super) mod rules;
mod structural;
mod token;
mod typing;
mod validations;
mod value;
mod value_type;

use std::collections::{HashMap, HashSet};

use catalog_conditions::rule::Rule;
use serde_json::Value;

use super::audience::{Audience, Hit};
use super::comparison::Comparison;
use super::finding::Break;
use super::place::Place;
use super::remedy::remedy;
use super::schema::Keywords;
use super::stored::Affected;
use super::view::{VersionView, View};
use value::Judge;

/// Why a server refuses a CRD.
struct Refusal {
    rule: &'static Rule,
    version: Option<String>,
    base: Base,
    /// Where it stands below the base.
    path: String,
    field: Option<String>,
    reason: String,
    is_certain: bool,
    spared: Option<Spared>,
}

/// What a place is told from, as versions have other indices in another CRD.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Base {
    Crd,
    Version,
    Schema,
}

/// What the server lets pass in the new CRD wherever the old one had some of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Spared {
    MissingSchema,
    UnknownType,
    UnprunedDefault,
    SetOfMaps,
    OptionalMapKey,
    ReviewVersions,
    CaBundle,
}

/// The check of one CRD.
struct Acceptance<'a> {
    view: View<'a>,
    /// The name of the version that is looked at.
    version: Option<&'a str>,
    /// Whether its schema has rules in CEL.
    has_rules: bool,
    judge: Judge<'a>,
    found: Vec<Refusal>,
}

/// A schema, and what holds where it stands.
#[derive(Clone, Copy)]
struct Node<'p, 'a> {
    schema: &'a Keywords,
    place: Place<'p>,
    level: Level,
    /// Whether it is the `apiVersion`, `kind` or `metadata` of an object, or below it.
    is_of_object: bool,
    /// Why it may have no default.
    forbids_default: Option<&'static str>,
    /// Whether the server looks at defaults here: those below the values of a map are never filled in.
    looks_at_default: bool,
    /// Whether the server can tell which old value belongs to the one here.
    is_correlated: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Field,
    Item,
}

impl Comparison<'_> {
    /// Notes why the server refuses the new CRD, as far as the old one does not say the same.
    pub(super) fn acceptance(&mut self) {
        let refusals = Acceptance::of(self.new, Some(self.old));
        if refusals.is_empty() {
            return;
        }
        let known = Acceptance::of(self.old, None);
        let places: HashSet<_> = known.iter().map(Refusal::key).collect();
        let spared: HashSet<_> = known.iter().filter_map(|one| one.spared).collect();
        let (old, new) = (self.old.versions(), self.new.versions());
        let fresh = refusals.iter().filter(|one| {
            !places.contains(&one.key()) && one.spared.is_none_or(|kind| !spared.contains(&kind))
        });
        let fresh = fresh.map(|one| one.told((self.old, &old), (self.new, &new)));
        self.found.extend(fresh);
    }
}

impl<'a> Acceptance<'a> {
    /// Why a server refuses a CRD. With the old one it is asked too what costs more than before.
    fn of(view: View<'a>, old: Option<View<'a>>) -> Vec<Refusal> {
        // What servers took before 1.22 has rules of its own.
        if view.is_v1beta1() {
            return Vec::new();
        }
        let mut acceptance = Self {
            view,
            version: None,
            has_rules: false,
            judge: Judge::default(),
            found: Vec::new(),
        };
        acceptance.definition();
        let before = old.map(View::versions).unwrap_or_default();
        let before: HashMap<&str, &VersionView<'_>> =
            before.iter().map(|one| (one.name, one)).collect();
        for version in view.versions() {
            acceptance.version = Some(version.name);
            acceptance.has_rules = false;
            acceptance.version(&version);
            if old.is_some() && acceptance.has_rules {
                acceptance.costs(before.get(version.name).copied(), &version);
            }
        }
        acceptance.found
    }

    /// Notes what is wrong at a keyword of a schema.
    fn refuse(&mut self, node: &Node<'_, 'a>, below: &str, reason: String) -> &mut Refusal {
        let (_, path) = node.place.pointers();
        let refusal = Refusal {
            rule: &rules::SCHEMA,
            version: self.version.map(str::to_owned),
            base: Base::Schema,
            path: format!("{path}{below}"),
            field: node.place.field(),
            reason,
            is_certain: true,
            spared: None,
        };
        self.note(refusal)
    }

    /// Notes what is wrong above schemas, at a pointer below the version or, without one, below the CRD.
    fn refuse_part(&mut self, path: impl Into<String>, reason: String) -> &mut Refusal {
        let refusal = Refusal {
            rule: &rules::DEFINITION,
            version: self.version.map(str::to_owned),
            base: self.version.map_or(Base::Crd, |_| Base::Version),
            path: path.into(),
            field: None,
            reason,
            is_certain: true,
            spared: None,
        };
        self.note(refusal)
    }

    fn note(&mut self, refusal: Refusal) -> &mut Refusal {
        let at = self.found.len();
        self.found.push(refusal);
        #[expect(clippy::indexing_slicing, reason = "it was pushed just now")]
        &mut self.found[at]
    }
}

impl Refusal {
    fn key(&self) -> (&str, Option<&str>, Base, &str) {
        (
            self.rule.code(),
            self.version.as_deref(),
            self.base,
            &self.path,
        )
    }

    fn spared(&mut self, kind: Spared) {
        self.spared = Some(kind);
    }

    /// The pointer in a CRD, of its nearest part that is there.
    fn pointer(&self, (view, versions): (View<'_>, &[VersionView<'_>])) -> String {
        let mut versions = versions.iter();
        let version = versions.find(|one| Some(one.name) == self.version.as_deref());
        let base = match (self.base, version) {
            (Base::Crd, _) => "",
            (Base::Version, Some(version)) => &version.pointer,
            (Base::Schema, Some(version)) => &version.schema_pointer,
            (_, None) => return "/spec/versions".to_owned(),
        };
        let mut pointer = format!("{base}{}", self.path);
        while view.at(&pointer).is_none() {
            let Some((parent, _)) = pointer.rsplit_once('/') else {
                break;
            };
            pointer.truncate(parent.len());
        }
        pointer
    }

    fn told(
        &self,
        old: (View<'_>, &[VersionView<'_>]),
        new: (View<'_>, &[VersionView<'_>]),
    ) -> Break {
        Break {
            rule: self.rule,
            version: self.version.clone(),
            other_version: None,
            field: self.field.clone(),
            old_pointer: Some(self.pointer(old)),
            new_pointer: Some(self.pointer(new)),
            hits: Audience::from([Hit::Apply]),
            is_certain: self.is_certain,
            affected: Affected::Known(Vec::new()),
            reason: self.reason.clone(),
            remedy: remedy(self.rule),
        }
    }
}

impl<'a> Node<'_, 'a> {
    /// A keyword, if it says something.
    fn said(&self, keyword: &str) -> Option<&'a Value> {
        said(self.schema, keyword)
    }

    fn text(&self, keyword: &str) -> Option<&'a str> {
        text(self.schema, keyword)
    }

    fn is(&self, keyword: &str) -> bool {
        self.schema.get(keyword) == Some(&Value::Bool(true))
    }

    /// The field, as sentences have it.
    fn subject(&self) -> String {
        self.place
            .field()
            .map_or_else(|| "the object".to_owned(), |field| format!("`{field}`"))
    }
}

/// A keyword, if it says something.
fn said<'a>(schema: &'a Keywords, keyword: &str) -> Option<&'a Value> {
    schema.get(keyword).filter(|value| !value.is_null())
}

fn text<'a>(schema: &'a Keywords, keyword: &str) -> Option<&'a str> {
    said(schema, keyword)?
        .as_str()
        .filter(|text| !text.is_empty())
}

fn list<'a>(schema: &'a Keywords, keyword: &str) -> &'a [Value] {
    let list = said(schema, keyword).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

fn map<'a>(schema: &'a Keywords, keyword: &str) -> Option<&'a Keywords> {
    said(schema, keyword)?.as_object()
}
