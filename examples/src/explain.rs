//! Explanations of answers, for people and for scripts.

use catalog_resolve::{Chain, Note, Repair, Request, Universe, WhyNotNewer, ways_to_newer};
use serde_json::{Map, Value, json};

/// Why newer releases were not chosen, with what would lead to one.
pub struct Newer {
    why: WhyNotNewer,
    ways: Vec<Repair>,
}

impl Newer {
    /// Looks for changes that would lead to a newer release.
    #[must_use]
    pub fn new(universe: &Universe, request: &Request, why: WhyNotNewer) -> Self {
        let ways = ways_to_newer(universe, request, &why);
        Self { why, ways }
    }

    /// One line.
    #[must_use]
    pub fn text(&self) -> String {
        self.why.explanation_with(&self.ways)
    }

    /// `{"releases": [{"version", "catalog"?}], "text", "facts": [{"kind", "text", "packages"}], "ways": [{"change", "version"}]}`
    #[must_use]
    pub fn json(&self) -> Value {
        let releases = self.why.releases().map(|(catalog, version)| {
            let mut object = Map::new();
            object.insert("version".to_owned(), version.into());
            object.extend(catalog.map(|catalog| ("catalog".to_owned(), catalog.into())));
            Value::Object(object)
        });
        let facts = self.why.facts().iter().map(|fact| json!({ "kind": fact.kind().as_str(), "text": fact.text(), "packages": fact.packages() }));
        let ways = self.ways.iter().map(|way| {
            let mut releases = way.resolution().releases().iter();
            let to = releases.find(|release| {
                release.package() == self.why.package()
                    && release.namespace() == self.why.namespace()
            });
            json!({ "change": way.change(), "version": to.map(|release| release.version()) })
        });
        json!({
            "releases": releases.collect::<Vec<_>>(), "text": self.why.to_string(), "facts": facts.collect::<Vec<_>>(), "ways": ways.collect::<Vec<_>>(),
        })
    }
}

/// `{"root", "text", "links": [{"package", "version", "namespace", "range"?, "capabilities"?}], "leftOut"}`
#[must_use]
pub fn chain_json(chain: &Chain) -> Value {
    let links = chain.links().iter().map(|link| {
        let mut object = Map::new();
        let texts = [
            ("package", Some(link.package())),
            ("version", Some(link.version())),
            ("namespace", Some(link.namespace())),
            ("range", link.range()),
        ];
        for (key, text) in texts {
            object.extend(text.map(|text| (key.to_owned(), text.into())));
        }
        if !link.capabilities().is_empty() {
            let capabilities = link.capabilities().iter().map(ToString::to_string);
            object.insert("capabilities".to_owned(), capabilities.collect());
        }
        Value::Object(object)
    });
    json!({ "root": chain.root().as_str(), "text": chain.to_string(), "links": links.collect::<Vec<_>>(), "leftOut": chain.left_out() })
}

/// `[{"kind", "text", "packages"}]`
#[must_use]
pub fn notes_json(notes: &[Note]) -> Value {
    let notes = notes.iter().map(|note| json!({ "kind": note.kind().as_str(), "text": note.text(), "packages": note.packages() }));
    notes.collect()
}
