//! Rows of several layers in one order.

use std::iter::{FusedIterator, Peekable};

use super::column::{Rows as RowSet, row};
use super::definitions::Definitions;
use super::layer::Layer;
use super::{Index, Shown};

/// A package and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) layer: &'a Layer,
    /// The row of the package, or of a version, in the layer.
    pub(super) at: u32,
}

/// Rows of layers by the name of their package, given those of each layer in order. Each package has rows in one layer.
#[derive(Clone, Debug)]
pub(super) struct ByName<'a, I: Iterator<Item = u32>> {
    layers: Vec<Rows<'a, I>>,
}

#[derive(Clone, Debug)]
struct Rows<'a, I: Iterator<Item = u32>> {
    layer: &'a Layer,
    name: fn(&'a Layer, u32) -> &'a str,
    rows: Peekable<I>,
}

impl<'a, I: Iterator<Item = u32>> ByName<'a, I> {
    /// Rows of versions.
    pub(super) fn versions(layers: impl Iterator<Item = (&'a Layer, I)>) -> Self {
        Self::new(layers, |layer, at| {
            let package = layer.versions.get(at as usize).map(|row| row.package);
            package.map_or("", |package| layer.package_name(package))
        })
    }

    /// Rows of packages.
    pub(super) fn packages(layers: impl Iterator<Item = (&'a Layer, I)>) -> Self {
        Self::new(layers, Layer::package_name)
    }

    fn new(
        layers: impl Iterator<Item = (&'a Layer, I)>,
        name: fn(&'a Layer, u32) -> &'a str,
    ) -> Self {
        let layers = layers.map(|(layer, rows)| Rows {
            layer,
            name,
            rows: rows.peekable(),
        });
        Self {
            layers: layers.collect(),
        }
    }
}

impl<'a, I: Iterator<Item = u32>> Iterator for ByName<'a, I> {
    type Item = Place<'a>;

    fn next(&mut self) -> Option<Place<'a>> {
        if let [only] = self.layers.as_mut_slice() {
            let (layer, at) = (only.layer, only.rows.next()?);
            return Some(Place { layer, at });
        }
        let heads = self.layers.iter_mut().filter_map(|one| {
            let at = *one.rows.peek()?;
            Some(((one.name)(one.layer, at), one))
        });
        let (_, first) = heads.min_by_key(|(name, _)| *name)?;
        Some(Place {
            layer: first.layer,
            at: first.rows.next()?,
        })
    }
}

impl<I: Iterator<Item = u32>> FusedIterator for ByName<'_, I> {}

impl Shown {
    /// How many usable versions this layer shows.
    pub(super) fn usable(&self) -> usize {
        let definitions = self.layer.definitions.get();
        match &self.hidden {
            None => definitions.map_or(self.layer.versions.len(), Definitions::usable),
            Some(_) => self.usable_rows().len(),
        }
    }

    /// The usable versions that this layer shows.
    pub(super) fn usable_rows(&self) -> RowSet {
        let mut rows = RowSet::all(self.layer.versions.len());
        if let Some(definitions) = self.layer.definitions.get() {
            rows.subtract(definitions.broken());
        }
        if let Some(hidden) = &self.hidden {
            rows.subtract(&hidden.versions);
        }
        rows
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let hidden = self.hidden.as_ref();
        hidden.map_or(0, |hidden| {
            hidden.packages.heap_bytes() + hidden.versions.heap_bytes()
        })
    }

    /// The rows of the packages that this layer shows.
    pub(super) fn packages(&self) -> impl Iterator<Item = u32> + use<'_> {
        let hidden = self.hidden.as_ref();
        let shown =
            move |package: &u32| hidden.is_none_or(|hidden| !hidden.packages.contains(*package));
        (0..row(self.layer.packages.len())).filter(shown)
    }
}

impl Index {
    /// The packages by name.
    pub(super) fn places(&self) -> impl Iterator<Item = Place<'_>> {
        let layers = self.layers.iter();
        ByName::packages(layers.map(|shown| (&*shown.layer, shown.packages())))
    }
}
