//! Descriptors in files.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_conditions::document::{self, Entry, Fields, Limits, Node, Reader};
use catalog_conditions::suggest::near;
use catalog_conditions::{Diagnostic, Severity, SourceFile, Span};

use super::descriptor::{Descriptor, Protocol, ProtocolOptions};
use super::key::CatalogKey;
use crate::address::{AddressKind, CatalogAddress};

impl Descriptor {
    /// Reads the descriptors of a file of YAML or JSON: one a document, or a list. What is wrong with one keeps no other from being read.
    ///
    /// ```
    /// use catalog_model::registry::Descriptor;
    /// use catalog_model::SourceFile;
    /// use catalog_model::document::Limits;
    ///
    /// let file = SourceFile::new("community.yaml", "\
    /// name: community
    /// address: /srv/community.git
    /// protocols: { git: { root_dir: catalogs/web, revision: main } }
    /// ");
    /// let (descriptors, diagnostics) = Descriptor::read(&file, &Limits::default());
    /// assert!(diagnostics.is_empty());
    /// assert_eq!(descriptors[0].address().to_string(), "git+file:///srv/community.git#main:catalogs/web");
    ///
    /// let file = SourceFile::new("community.yaml", "name: community\naddress: /srv/c\nprotocols: { svn: {} }\n");
    /// let (_, diagnostics) = Descriptor::read(&file, &Limits::default());
    /// assert_eq!(diagnostics[0].message(), "the protocol `svn` is not known: `archive`, `folder`, `git` are");
    /// ```
    #[must_use]
    pub fn read(file: &Arc<SourceFile>, limits: &Limits) -> (Vec<Self>, Vec<Diagnostic>) {
        let parsed = document::parse(file, limits);
        let mut reader = Reader::new(file, "descriptor", Severity::Error);
        let mut diagnostics = parsed.diagnostics;
        let mut found = Found::default();
        for document in &parsed.documents {
            match document.as_sequence() {
                Some(items) => items
                    .iter()
                    .for_each(|item| found.descriptor(&mut reader, item)),
                None => found.descriptor(&mut reader, document),
            }
        }
        diagnostics.extend(reader.into_diagnostics());
        (found.descriptors, diagnostics)
    }
}

/// Descriptors, and where each was found.
#[derive(Default)]
struct Found {
    descriptors: Vec<Descriptor>,
    places: BTreeMap<CatalogKey, Span>,
}

impl Found {
    fn descriptor(&mut self, reader: &mut Reader<'_>, node: &Node) {
        let Some(fields) = reader.fields(node, "a descriptor") else {
            return;
        };
        let Some(descriptor) = descriptor(reader, fields) else {
            return;
        };
        match self.places.get(&descriptor.key) {
            Some(first) => {
                let message = format!("the catalog `{}` is described twice", descriptor.key);
                let diagnostic = reader.error("twice", node.span(), message);
                let diagnostic = diagnostic.related(reader.file(), *first, "first here");
                reader.report(diagnostic.help("remove one of them, or give it another name"));
            }
            None => {
                self.places.insert(descriptor.key.clone(), node.span());
                self.descriptors.push(descriptor);
            }
        }
    }
}

/// A descriptor, if nothing that it says is an error: in part, it would be read from another place or in another order than was meant.
pub(super) fn descriptor(reader: &mut Reader<'_>, mut fields: Fields<'_>) -> Option<Descriptor> {
    let errors = reader.error_count();
    let read = known_keys(reader, &mut fields);
    reader.finish(fields);
    read.filter(|_| reader.error_count() == errors)
}

fn known_keys(reader: &mut Reader<'_>, fields: &mut Fields<'_>) -> Option<Descriptor> {
    let namespace = fields.take("namespace");
    let namespace = namespace.map(|node| (node, reader.text(node, "namespace")));
    let name = fields.required(reader, "name");
    let name = name.and_then(|node| Some((node, reader.text(node, "name")?)));
    let address = fields.required(reader, "address");
    let address = address.and_then(|node| Some((node, reader.text(node, "address")?)));
    let priority = fields.take("priority");
    let priority = priority.and_then(|node| reader.integer::<i32>(node, "priority"));
    let protocols = fields.take("protocols").map(|node| protocol(reader, node));
    let key = key(reader, namespace, name?)?;
    let protocol = protocols.unwrap_or_default();
    let address = self::address(reader, address?, protocol)?;
    Some(Descriptor {
        key,
        address,
        priority: priority.unwrap_or_default(),
    })
}

fn key(
    reader: &mut Reader<'_>,
    namespace: Option<(&Node, Option<&str>)>,
    (node, name): (&Node, &str),
) -> Option<CatalogKey> {
    let checked = CatalogKey::global(name).map_err(|message| (node.span(), message));
    let checked = checked.and_then(|key| match namespace {
        None => Ok(key),
        Some((node, text)) => {
            let key = CatalogKey::of(text.unwrap_or("unreadable"), name);
            key.map_err(|message| (node.span(), message))
        }
    });
    checked
        .map_err(|(span, message)| {
            let diagnostic = reader.error("name", span, message);
            reader.report(diagnostic);
        })
        .ok()
}

/// The one protocol that is given, with what it says.
fn protocol(reader: &mut Reader<'_>, node: &Node) -> Option<(Protocol, ProtocolOptions, Span)> {
    let Some(mapping) = node.as_mapping() else {
        reader.wrong_type(node, "protocols", "a map");
        return None;
    };
    let read = mapping.entries().iter();
    let read: Vec<_> = read
        .filter_map(|entry| one_protocol(reader, entry))
        .collect();
    if mapping.entries().len() > 1 && read.len() == mapping.entries().len() {
        let message = "there are several protocols, and one address is read with one of them";
        let diagnostic = reader.error("protocol.several", node.span(), message);
        reader.report(diagnostic.help("leave one of them"));
        return None;
    }
    read.into_iter().next()
}

fn one_protocol(
    reader: &mut Reader<'_>,
    entry: &Entry,
) -> Option<(Protocol, ProtocolOptions, Span)> {
    let name = reader.word(entry.key(), "a protocol")?;
    let known = Protocol::ALL.into_iter().find(|one| one.as_str() == name);
    let Some(protocol) = known else {
        let message = format!(
            "the protocol `{name}` is not known: {} are",
            Protocol::known()
        );
        let mut diagnostic = reader.error("protocol.unknown", entry.key().span(), message);
        if let Some(near) = near(name, Protocol::ALL.map(Protocol::as_str)) {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        reader.report(diagnostic);
        return None;
    };
    let mut options = ProtocolOptions::default();
    if !entry.value().is_null() {
        let mut fields = reader.fields(entry.value(), "a protocol")?;
        if protocol != Protocol::Folder {
            let root = fields.take("root_dir");
            options.root = root.and_then(|node| reader.text(node, "root_dir").map(str::to_owned));
        }
        if protocol == Protocol::Git {
            let revision = fields.take("revision");
            let revision = revision.and_then(|node| reader.text(node, "revision"));
            options.revision = revision.map(str::to_owned);
        }
        reader.finish(fields);
    }
    Some((protocol, options, entry.key().span()))
}

/// The address as the protocol reads it, with root and revision where it does not name them itself.
fn address(
    reader: &mut Reader<'_>,
    (node, text): (&Node, &str),
    protocol: Option<(Protocol, ProtocolOptions, Span)>,
) -> Option<CatalogAddress> {
    let (protocol, options, _) = match protocol {
        Some((protocol, options, span)) => (Some(protocol), options, span),
        None => (None, ProtocolOptions::default(), node.span()),
    };
    let read = match protocol {
        Some(protocol) => protocol.address(text),
        None => CatalogAddress::parse(text),
    };
    let placed = read.map_err(|error| error.to_string());
    let placed = placed.and_then(|address| completed(address, protocol, options));
    placed
        .map_err(|message| {
            let diagnostic = reader.error("address", node.span(), message);
            reader.report(diagnostic);
        })
        .ok()
}

fn completed(
    address: CatalogAddress,
    protocol: Option<Protocol>,
    options: ProtocolOptions,
) -> Result<CatalogAddress, String> {
    let mut address = address;
    match protocol {
        // A folder may be called as an archive is.
        Some(Protocol::Folder)
            if address.kind == AddressKind::Archive && address.root.is_none() =>
        {
            address.kind = AddressKind::Folder;
        }
        Some(Protocol::Archive) if address.kind == AddressKind::Folder => {
            address.kind = AddressKind::Archive;
        }
        Some(protocol) if Protocol::of(&address) != protocol => {
            return Err(format!(
                "the protocol `{}` does not read `{address}`",
                protocol.as_str()
            ));
        }
        _ => {}
    }
    for (word, said, known) in [
        ("root_dir", options.root, &mut address.root),
        ("revision", options.revision, &mut address.revision),
    ] {
        let Some(said) = said else { continue };
        let said = match word {
            "root_dir" => CatalogAddress::folder_in(&said).map_err(|error| error.to_string())?,
            _ => CatalogAddress::checked_revision(&said).map_err(|error| error.to_string())?,
        };
        match known {
            Some(known) if *known != said => {
                return Err(format!(
                    "the address names `{known}`, and `{word}` names `{said}`: leave one of them"
                ));
            }
            known => *known = Some(said),
        }
    }
    Ok(address)
}
