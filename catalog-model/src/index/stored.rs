//! Columns as they are stored, and used when they are opened: nothing is parsed but what is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::capabilities::{Capabilities, CapabilityRow};
use super::column::{Lists, Rows};
use super::definitions::Definitions;
use super::labels::Labels;
use super::layer::{DependencyRow, Layer, PackageRow, VersionCell, VersionRow};
use super::strings::{Interner, Strings, Text};
use super::{Index, Shown};
use crate::capability::Capability;
use crate::catalog::{UnusableReason, UnusableRelease};
use crate::columns::{Reader, Writer};
use crate::load::LoadOptions;

impl Index {
    /// Writes what the index holds of these packages, but for the texts, which it gives.
    pub(crate) fn write_packages(&self, out: &mut Writer, names: &BTreeSet<&str>) -> String {
        Layer::of(self.summaries(names)).write(out)
    }

    /// Writes all, but for the texts, which it gives.
    pub(crate) fn write_all(&self, out: &mut Writer) -> String {
        match self.layers.as_slice() {
            [
                Shown {
                    layer,
                    hidden: None,
                },
            ] if layer.is_plain() => layer.write(out),
            _ => self.compacted().write(out),
        }
    }

    /// The index with what was stored later in the place of all packages of these names.
    pub(crate) fn with_stored(self, names: &BTreeSet<&str>, stored: StoredLayer) -> Self {
        if self.layers.is_empty() {
            return Self::of_layer(stored.layer, self.options);
        }
        self.with_layer(names, stored.layer)
    }

    /// An index of nothing.
    pub(crate) fn empty(options: LoadOptions) -> Self {
        Self {
            layers: Vec::new(),
            options,
        }
    }
}

/// Columns that were stored, of which the texts may not be there yet.
#[derive(Debug)]
pub(crate) struct StoredLayer {
    layer: Layer,
}

impl StoredLayer {
    /// `None` where the bytes are no columns.
    pub(crate) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let layer = Layer::read(from)?;
        Some(Self { layer })
    }

    /// The same with its texts.
    pub(crate) fn with_text(mut self, text: String) -> Self {
        self.layer.strings.set_text(text);
        self
    }
}

impl Layer {
    /// Whether nothing was found wrong later that is no column of its own.
    fn is_plain(&self) -> bool {
        let definitions = self.definitions.get();
        definitions.is_some_and(|definitions| definitions.usable() == self.versions.len())
    }

    /// All but the texts, which it gives.
    fn write(&self, out: &mut Writer) -> String {
        let mut more = Interner::of_strings(&self.strings);
        let capabilities = capability_rows(self.capabilities.all(&self.strings), &mut more);
        let definitions = self.definitions.get();
        let defined = definitions.map(|known| known.defined.all(&self.strings));
        let defined = capability_rows(defined.unwrap_or_default(), &mut more);
        let strings = more.finish();
        strings.write(out);
        self.write_packages(out);
        self.write_versions(out);
        self.labels.write(out);
        write_lists(out, &self.tags, |text| [text.number()]);
        write_lists(out, &self.dependencies, |one| {
            let optional = u32::from(one.optional);
            let (package, range) = (one.package.number(), one.range.number());
            [package, range, Text::optional(one.catalog), optional]
        });
        out.u32s(capabilities.into_iter());
        write_lists(out, &self.provides, |number| [*number]);
        write_lists(out, &self.requires, |number| [*number]);
        out.u32s(defined.into_iter());
        match definitions {
            Some(known) => write_lists(out, &known.providers, |number| [*number]),
            None => write_lists(out, &Lists::<u32>::default(), |number| [*number]),
        }
        out.u64(self.unusable.len() as u64);
        self.unusable
            .iter()
            .for_each(|one| write_unusable(out, one));
        strings.into_text()
    }

    fn write_packages(&self, out: &mut Writer) {
        let rows = || self.packages.iter();
        out.u32s(rows().map(|row| row.name.number()));
        out.u32s(rows().map(|row| row.versions_end));
        out.u32s(rows().map(|row| row.unusable_end));
    }

    fn write_versions(&self, out: &mut Writer) {
        let rows = || self.versions.iter();
        out.u32s(rows().map(|row| row.version.text.number()));
        out.u32s(rows().map(|row| row.package));
        out.u32s(rows().map(|row| row.folder.number()));
        out.u32s(rows().map(|row| Text::optional(row.description)));
        out.u32s(rows().map(|row| Text::optional(row.yanked)));
        out.u32s(rows().map(|row| Text::optional(row.deprecated)));
        out.bytes(&self.flags);
    }

    /// `None` where the bytes are no layer.
    pub(super) fn read(from: &mut Reader<'_>) -> Option<Self> {
        let strings = Strings::read(from)?;
        let packages = read_packages(from, &strings)?;
        let versions = read_versions(from, &strings, packages.len())?;
        let flags = from.bytes()?.to_vec();
        let labels = Labels::read(from, &strings, versions.len())?;
        let tags = read_lists(from, |[text]| strings.text(*text))?;
        let dependencies = read_lists(from, |[package, range, catalog, optional]| {
            Some(DependencyRow {
                package: strings.text(*package)?,
                range: strings.text(*range)?,
                catalog: strings.optional(*catalog)?,
                optional: *optional != 0,
            })
        })?;
        let capabilities = read_capabilities(from, &strings)?;
        let provides = read_lists(from, |[number]| Some(*number))?;
        let requires = read_lists(from, |[number]| Some(*number))?;
        let defined = read_capabilities(from, &strings)?;
        let providers = read_lists(from, |[number]| Some(*number))?;
        let unusable = read_all_unusable(from)?;
        let fit = packages.last().is_none_or(|last| {
            last.versions_end as usize == versions.len()
                && last.unusable_end as usize == unusable.len()
        });
        let is_read = fit && flags.len() == versions.len();
        let definitions = Definitions::stored(versions.len(), defined, providers);
        is_read.then(|| Self {
            strings,
            packages,
            versions,
            flags,
            labels,
            tags,
            dependencies,
            capabilities,
            provides,
            requires,
            unusable,
            definitions: OnceLock::from(definitions),
        })
    }
}

fn read_packages(from: &mut Reader<'_>, strings: &Strings) -> Option<Vec<PackageRow>> {
    let (names, versions, unusable) = (from.u32s()?, from.u32s()?, from.u32s()?);
    let fit = names.len() == versions.len() && names.len() == unusable.len();
    // Whoever goes through the versions of a package trusts where they end.
    if !fit || !versions.is_sorted() || !unusable.is_sorted() {
        return None;
    }
    let rows = names.into_iter().zip(versions).zip(unusable);
    let rows = rows.map(|((name, versions_end), unusable_end)| {
        Some(PackageRow {
            name: strings.text(name)?,
            versions_end,
            unusable_end,
        })
    });
    rows.collect()
}

fn read_versions(
    from: &mut Reader<'_>,
    strings: &Strings,
    packages: usize,
) -> Option<Vec<VersionRow>> {
    let (texts, package, folder) = (from.u32s()?, from.u32s()?, from.u32s()?);
    let (description, yanked, deprecated) = (from.u32s()?, from.u32s()?, from.u32s()?);
    let length = texts.len();
    let columns = [&package, &folder, &description, &yanked, &deprecated];
    if columns.iter().any(|column| column.len() != length) {
        return None;
    }
    let said = texts.into_iter().zip(package).zip(folder);
    let optional = description.into_iter().zip(yanked).zip(deprecated);
    let rows = said.zip(optional).map(
        |(((text, package), folder), ((description, yanked), deprecated))| {
            Some(VersionRow {
                version: VersionCell::stored(strings.text(text)?),
                package: Some(package).filter(|at| (*at as usize) < packages)?,
                folder: strings.text(folder)?,
                description: strings.optional(description)?,
                yanked: strings.optional(yanked)?,
                deprecated: strings.optional(deprecated)?,
            })
        },
    );
    rows.collect()
}

/// The numbers of each item of lists, behind where the lists end.
pub(super) fn write_lists<T, const N: usize>(
    out: &mut Writer,
    lists: &Lists<T>,
    numbers: impl Fn(&T) -> [u32; N],
) {
    out.u32s(lists.ends().iter().copied());
    let items = lists.items().iter().flat_map(numbers);
    out.u64((lists.items().len() * N) as u64);
    items.for_each(|number| out.u32(number));
}

pub(super) fn read_lists<T, const N: usize>(
    from: &mut Reader<'_>,
    item: impl Fn(&[u32; N]) -> Option<T>,
) -> Option<Lists<T>> {
    let (ends, numbers) = (from.u32s()?, from.u32s()?);
    let (items, _) = numbers.as_chunks::<N>();
    let items: Option<Vec<T>> = items.iter().map(item).collect();
    Some(Lists::stored(ends, items?))
}

/// Numbers by which rows of sets are found, and the sets.
pub(super) fn write_sets(out: &mut Writer, sets: &BTreeMap<u32, Rows>) {
    out.u32s(sets.keys().copied());
    for rows in sets.values() {
        out.u64s(rows.words().iter().copied());
    }
}

pub(super) fn read_sets(from: &mut Reader<'_>, rows: usize) -> Option<BTreeMap<u32, Rows>> {
    let keys = from.u32s()?.into_iter();
    keys.map(|key| Some((key, Rows::stored(rows, from.u64s()?)?)))
        .collect()
}

/// Four numbers each: kind and texts.
fn capability_rows(capabilities: &[Capability], strings: &mut Interner) -> Vec<u32> {
    let mut rows = Vec::with_capacity(capabilities.len() * 4);
    for capability in capabilities {
        let (kind, texts) = match capability {
            Capability::Api {
                group,
                version,
                kind,
            } => (0, [Some(group), Some(version), Some(kind)]),
            Capability::Definition { group, kind, name } => {
                (1, [Some(group), Some(kind), Some(name)])
            }
            Capability::Name(name) => (2, [Some(name), None, None]),
        };
        rows.push(kind);
        rows.extend(texts.map(|text| Text::optional(text.map(|text| strings.text(text)))));
    }
    rows
}

fn read_capabilities(from: &mut Reader<'_>, strings: &Strings) -> Option<Capabilities> {
    let numbers = from.u32s()?;
    let (rows, _) = numbers.as_chunks();
    let rows = rows.iter().map(|[kind, first, second, third]| {
        Some(CapabilityRow {
            kind: *kind,
            texts: [
                strings.optional(*first)?,
                strings.optional(*second)?,
                strings.optional(*third)?,
            ],
        })
    });
    Some(Capabilities::stored(rows.collect::<Option<_>>()?))
}

fn write_unusable(out: &mut Writer, unusable: &UnusableRelease) {
    out.text(&unusable.version);
    out.text(&unusable.folder);
    match &unusable.reason {
        UnusableReason::UnreadableVersion => out.u8(0),
        UnusableReason::Broken(message) => {
            out.u8(1);
            out.text(message);
        }
    }
}

fn read_all_unusable(from: &mut Reader<'_>) -> Option<Vec<UnusableRelease>> {
    let mut unusable = Vec::new();
    for _ in 0..from.u64()? {
        unusable.push(UnusableRelease {
            version: from.text()?,
            folder: from.text()?,
            reason: match from.u8()? {
                0 => UnusableReason::UnreadableVersion,
                _ => UnusableReason::Broken(from.text()?),
            },
        });
    }
    Some(unusable)
}

impl Strings {
    fn write(&self, out: &mut Writer) {
        let ends = self.ends();
        out.u64s(ends.iter().map(|end| *end as u64));
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let ends = from.u64s()?.into_iter().map(usize::try_from);
        Some(Self::stored(ends.collect::<Result<_, _>>().ok()?))
    }
}

impl Labels {
    fn write(&self, out: &mut Writer) {
        let numbers = |label: &(Text, Text)| [label.0.number(), label.1.number()];
        let distinct: Vec<u32> = self.distinct.iter().flat_map(numbers).collect();
        out.u32s(distinct.into_iter());
        write_lists(out, &self.of_version, |number| [*number]);
        write_lists(out, &self.versions, |number| [*number]);
        write_sets(out, &self.dense);
        write_sets(out, &self.dense_keys);
    }

    fn read(from: &mut Reader<'_>, strings: &Strings, versions: usize) -> Option<Self> {
        let distinct = from.u32s()?;
        let (distinct, _) = distinct.as_chunks();
        let label = |[key, value]: &[u32; 2]| Some((strings.text(*key)?, strings.text(*value)?));
        Some(Self {
            distinct: distinct.iter().map(label).collect::<Option<_>>()?,
            of_version: read_lists(from, |[number]| Some(*number))?,
            versions: read_lists(from, |[number]| Some(*number))?,
            dense: read_sets(from, versions)?,
            dense_keys: read_sets(from, versions)?,
        })
    }
}

impl VersionCell {
    fn stored(text: Text) -> Self {
        Self {
            text,
            read: OnceLock::new(),
        }
    }
}

impl Rows {
    fn stored(rows: usize, words: Vec<u64>) -> Option<Self> {
        // A bit behind the last row would be a row that is none.
        let last = words.last().copied().unwrap_or_default();
        let beyond = if rows.is_multiple_of(64) {
            0
        } else {
            last >> (rows % 64)
        };
        let fits = words.len() == rows.div_ceil(64) && beyond == 0;
        fits.then(|| Self::of_words(words))
    }
}
