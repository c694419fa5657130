//! Reasons in words.

use catalog_model::conditions::show::one_line;
use catalog_model::version::Version;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::newer::WhyNotNewer;
use crate::conflict::{ConflictFact, Core, Lever, fact, levers, reasons, releases};
use crate::encode::Encoder;
use crate::engine::{Value, ValueSet, Var};
use crate::resolution::ResolvedRelease;

/// What is told of one instance.
pub(super) struct Telling<'r> {
    var: Var,
    release: &'r ResolvedRelease,
    told: Vec<(Option<Version>, WhyNotNewer)>,
}

impl<'r> Telling<'r> {
    pub(super) fn new(var: Var, release: &'r ResolvedRelease) -> Self {
        Self {
            var,
            release,
            told: Vec::new(),
        }
    }

    /// What is told, that of the newest releases first.
    pub(super) fn in_order(mut self) -> Vec<WhyNotNewer> {
        self.told.sort_by(|(a, _), (b, _)| b.cmp(a));
        self.told.into_iter().map(|(_, told)| told).collect()
    }

    /// Tells one reason against some releases.
    pub(super) fn tell(&mut self, encoder: &Encoder<'_>, mut core: Core<'_>, values: &ValueSet) {
        core.suppose(values);
        let subject = releases(encoder, self.var, values);
        let mut lines: Vec<String> = reasons(encoder, &core, self.var)
            .iter()
            .map(|line| one_line(line))
            .collect();
        let own = one_line(&subject.text);
        if let Some(first) = lines.first_mut()
            && let Some(rest) = first
                .strip_prefix(&own)
                .and_then(|rest| rest.strip_prefix(' '))
        {
            let it = if subject.is_plural { "they" } else { "it" };
            *first = format!("{it} {rest}");
        }
        let pulled: BTreeSet<Lever> = core.told().flat_map(|c| levers(encoder, c)).collect();
        let told = WhyNotNewer {
            facts: core.told().map(|c| fact(encoder, &core, c)).collect(),
            levers: pulled.into_iter().collect(),
            is_minimal: core.is_minimal,
            lines,
            ..self.nothing(encoder, values)
        };
        self.add(encoder, values, told);
    }

    /// Says that the reasons against some releases are not told.
    pub(super) fn leave(&mut self, encoder: &Encoder<'_>, values: &ValueSet) {
        if values.is_empty() {
            return;
        }
        let line = match self.told.is_empty() {
            true => "the reason was not found within the budget",
            false => "there are other reasons, which are not told",
        };
        let mut told = self.nothing(encoder, values);
        told.lines.push(line.to_owned());
        self.add(encoder, values, told);
    }

    /// Tells of newer versions that cannot be chosen because they, or what they say, cannot be read.
    pub(super) fn tell_unusable(&mut self, encoder: &Encoder<'_>, chosen: &Version) {
        let package = encoder.package(self.var);
        for text in &package.unusable {
            let Some(version) = Version::parse(text).ok().filter(|v| v > chosen) else {
                continue;
            };
            let told = WhyNotNewer {
                subject: format!("{} {text}", package.name),
                releases: vec![(None, text.clone())],
                facts: vec![ConflictFact::unusable(&package.name, text)],
                lines: vec!["it cannot be used (see the diagnostics)".to_owned()],
                is_minimal: true,
                ..self.nothing(encoder, &ValueSet::none(0))
            };
            self.told.push((Some(version), told));
        }
    }

    fn add(&mut self, encoder: &Encoder<'_>, values: &ValueSet, told: WhyNotNewer) {
        let version = |value: Value| encoder.release(self.var, value).map(|r| r.version.clone());
        let newest = values.iter().filter_map(version).max();
        self.told.push((newest, told));
    }

    /// Some releases, of which nothing is said.
    fn nothing(&self, encoder: &Encoder<'_>, values: &ValueSet) -> WhyNotNewer {
        let mut newest_first: Vec<Value> = values.iter().collect();
        newest_first.sort_by_key(|value| {
            let release = encoder.release(self.var, *value);
            (Reverse(release.map(|r| &r.version)), *value)
        });
        let named = newest_first.iter();
        let named = named.filter_map(|value| encoder.named(self.var, *value));
        WhyNotNewer {
            package: self.release.package().to_owned(),
            namespace: self.release.namespace().to_owned(),
            chosen: self.release.version().to_owned(),
            subject: releases(encoder, self.var, values).text,
            releases: named
                .map(|(catalog, version)| (catalog.map(str::to_owned), version.to_owned()))
                .collect(),
            facts: Vec::new(),
            lines: Vec::new(),
            levers: Vec::new(),
            is_minimal: false,
        }
    }
}
