//! Descriptors: what is read, and what is refused with which words.

use catalog_model::document::Limits;
use catalog_model::registry::Descriptor;
use catalog_model::{AddressKind, SourceFile};

fn read(text: &str) -> (Vec<Descriptor>, Vec<String>) {
    let file = SourceFile::new("catalogs.yaml", text);
    let (descriptors, diagnostics) = Descriptor::read(&file, &Limits::default());
    let told = diagnostics.iter().map(|one| {
        let place = one.location().unwrap().start();
        format!("{} {place} {}", one.code(), one.message())
    });
    (descriptors, told.collect())
}

#[test]
fn what_a_descriptor_says_is_read() {
    // The text, and key, address, priority and kind that it means.
    let cases = [
        (
            "{namespace: a, name: c, address: /srv/c.git, protocols: {git: {root_dir: catalog/}}}",
            ("a/c", "git+file:///srv/c.git#:catalog", 0, AddressKind::Git),
        ),
        (
            "{name: c, address: /srv/50%#.git, priority: -3, protocols: {git: {revision: v1}}}",
            ("c", "git+file:///srv/50%25%23.git#v1", -3, AddressKind::Git),
        ),
        (
            "{name: c, address: 'file:///srv/c.git', protocols: {git: }}",
            ("c", "git+file:///srv/c.git", 0, AddressKind::Git),
        ),
        (
            "{name: c, address: 'git+file:///srv/c.git#main:web'}",
            ("c", "git+file:///srv/c.git#main:web", 0, AddressKind::Git),
        ),
        (
            "{name: c, address: 'git+file:///srv/c.git#main', protocols: {git: {root_dir: web, revision: main}}}",
            ("c", "git+file:///srv/c.git#main:web", 0, AddressKind::Git),
        ),
        (
            "{name: c, address: c.tgz, protocols: {archive: {root_dir: web}}}",
            ("c", "c.tgz#web", 0, AddressKind::Archive),
        ),
        (
            "{\"name\": \"c\", \"address\": \"c.tgz\", \"protocols\": {\"folder\": {}}}",
            ("c", "c.tgz", 0, AddressKind::Folder),
        ),
        (
            "{name: c, address: 'https://example.com/c.git', protocols: {git: {root_dir: catalog/}}}",
            (
                "c",
                "git+https://example.com/c.git#:catalog",
                0,
                AddressKind::RemoteGit,
            ),
        ),
        ("{name: c, address: c}", ("c", "c", 0, AddressKind::Folder)),
    ];
    for (text, (key, address, priority, kind)) in cases {
        let (descriptors, told) = read(text);
        assert!(told.is_empty(), "{text}: {told:?}");
        let one = &descriptors[0];
        assert_eq!(one.key().to_string(), key, "{text}");
        assert_eq!(one.address().to_string(), address, "{text}");
        assert_eq!((one.priority(), one.address().kind()), (priority, kind));
        // What is written is read as the same.
        let (again, told) = read(&one.to_json().to_string());
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(&again[0], one);
    }
}

#[test]
fn what_cannot_be_meant_is_refused_at_its_place() {
    let cases = [
        ("[]", ""),
        (
            "web",
            "descriptor.type 1:1 `a descriptor` must be a map, not `web`",
        ),
        (
            "{name: c, address: c, adress: d}",
            "descriptor.unknown-key 1:23 `adress` is not a key of this map",
        ),
        (
            "{address: c}",
            "descriptor.name.missing 1:1 `name` is missing",
        ),
        (
            "{name: c}",
            "descriptor.address.missing 1:1 `address` is missing",
        ),
        (
            "{name: C, address: c}",
            "descriptor.name 1:8 the name `C` will not do: it must begin and end with a lower-case letter or a digit",
        ),
        (
            "{namespace: a_b, name: c, address: c}",
            "descriptor.name 1:13 the namespace `a_b` will not do: it may hold only lower-case letters, digits and `-`",
        ),
        (
            "{name: c, address: 'svn://host/c'}",
            "descriptor.address 1:20 `svn://host/c`: the protocol `svn` is not known",
        ),
        (
            "{name: c, address: c, protocols: {hg: {}}}",
            "descriptor.protocol.unknown 1:35 the protocol `hg` is not known: `archive`, `folder`, `git` are",
        ),
        (
            "{name: c, address: c, protocols: {git: {}, folder: {}}}",
            "descriptor.protocol.several 1:34 there are several protocols, and one address is read with one of them",
        ),
        (
            "{name: c, address: 'git+file:///c#main', protocols: {git: {revision: next}}}",
            "descriptor.address 1:20 the address names `main`, and `revision` names `next`: leave one of them",
        ),
        (
            "{name: c, address: c, protocols: {git: {root_dir: ../d}}}",
            "descriptor.address 1:20 `../d`: a folder with `..` leads out: write it from the root",
        ),
        (
            "{name: c, address: c, protocols: {git: {revision: '-x'}}}",
            "descriptor.address 1:20 `-x`: this is no branch, tag or commit",
        ),
        (
            "{name: c, address: 'git+file:///c', protocols: {folder: {}}}",
            "descriptor.address 1:20 the protocol `folder` does not read `git+file:///c`",
        ),
        (
            "{name: c, address: c, protocols: {folder: {root_dir: d}}}",
            "descriptor.unknown-key 1:44 `root_dir` is not a key of this map",
        ),
        (
            "{name: c, address: c, priority: high}",
            "descriptor.type 1:33 `priority` must be a whole number, not `high`",
        ),
    ];
    let mut wrong = Vec::new();
    for (text, expected) in cases {
        let (descriptors, told) = read(text);
        assert!(descriptors.is_empty(), "{text}");
        let told = told.first().map_or("", String::as_str);
        if !told.starts_with(expected) || told.is_empty() != expected.is_empty() {
            wrong.push(format!("{text}: {told}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_wrong_with_one_keeps_no_other_out() {
    let (descriptors, told) = read(
        "- {name: a, address: a}\n- {name: B, address: b}\n- {name: a, address: c}\n- {namespace: x, name: a, address: d}\n---\nname: e\naddress: e\n",
    );
    let keys: Vec<_> = descriptors
        .iter()
        .map(|one| one.key().to_string())
        .collect();
    assert_eq!(keys, ["a", "x/a", "e"]);
    let codes: Vec<_> = told
        .iter()
        .filter_map(|one| one.split(' ').next())
        .collect();
    assert_eq!(codes, ["descriptor.name", "descriptor.twice"]);
}
