//! The file: a list of modules, each of another name.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::Span;
use catalog_conditions::document::{Node, Reader};

use super::item::module;
use crate::load::folder::VersionFolder;
use crate::load::values::finish;
use crate::module::Module;
use crate::unknown::UnknownFields;

/// A read `modules.yaml`.
#[derive(Default)]
pub(in crate::load) struct ModulesFile {
    pub(in crate::load) modules: Vec<Module>,
    pub(in crate::load) unknown: UnknownFields,
}

/// The modules of the file `name` in a version folder.
pub(in crate::load) fn read(
    reader: &mut Reader<'_>,
    node: &Node,
    name: &str,
    folder: &VersionFolder<'_>,
) -> ModulesFile {
    let Some(mut fields) = reader.fields(node, "modules.yaml") else {
        return ModulesFile::default();
    };
    let items = fields
        .required(reader, "modules")
        .and_then(|node| reader.items(node, "modules"))
        .unwrap_or_default();
    let unknown = finish(reader, fields);
    let file: Arc<str> = name.into();
    let modules = items
        .iter()
        .filter_map(|item| module(reader, item, &file, folder));
    let modules: Vec<Module> = modules.collect();
    refuse_same_names(reader, &modules);
    ModulesFile { modules, unknown }
}

fn refuse_same_names(reader: &mut Reader<'_>, modules: &[Module]) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for module in modules {
        let here = module.origin.span();
        let Some(&first) = seen.get(module.name.as_str()) else {
            seen.insert(&module.name, here);
            continue;
        };
        let message = format!(
            "two modules are named `{}`, the first in line {}",
            module.name,
            reader.line(first)
        );
        let diagnostic = reader.error("name.duplicate", here, message).related(
            reader.file(),
            first,
            "first defined here",
        );
        reader.report(diagnostic.help("give one of them another `name:`"));
    }
}
