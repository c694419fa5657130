//! Rules of descriptors, and of registries that were stored.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("descriptor.type", "a value of a descriptor is of the wrong type")
        .because("A descriptor is a map with `name` and `address`, and where they are needed `namespace`, `priority` and `protocols`; a file holds one, or a list of them."),
    Rule::error("descriptor.unknown-key", "a key of a descriptor is not known")
        .because("What it says would be passed over, and the catalog read from another place or in another order than was meant."),
    Rule::error("descriptor.name.missing", "a descriptor does not say what its catalog is called")
        .because("Every answer names its catalog by this name, and so do dependencies with `catalog`."),
    Rule::error("descriptor.address.missing", "a descriptor does not say where its catalog is")
        .because("A catalog is a folder, an archive or a repository; `address` says which."),
    Rule::error("descriptor.name", "the name of a catalog, or its namespace, is no DNS label")
        .because("Both stand where Kubernetes has names: 1 to 63 of `a-z`, `0-9` and `-`, with a letter or a digit at both ends."),
    Rule::error("descriptor.address", "the address of a catalog cannot be read, or not with its protocol")
        .because("An address that is not understood is refused when it is registered, and not at some later sync. What the address says of revision and folder, `protocols` need not say again; if it does, both say the same."),
    Rule::error("descriptor.protocol.unknown", "the protocol of a catalog is not known")
        .because("`git`, `archive` and `folder` are. A protocol that nobody here speaks cannot lead to the catalog."),
    Rule::error("descriptor.protocol.several", "a descriptor has several protocols")
        .because("One address is read with one protocol, and nothing says with which of those that are given."),
    Rule::error("descriptor.twice", "a file describes a catalog twice")
        .because("A catalog is registered once under its name in its namespace. Which of the two is meant, nothing says."),
    Rule::error("registry.type", "a value of a stored registry is of the wrong type")
        .because("A service stores `registryVersion` and the list `catalogs` as it got them; what was changed since is not guessed at."),
    Rule::error("registry.unknown-key", "a key of a stored registry is not known")
        .because("A newer program may have written it and meant something by it, which would be lost when the state is written again."),
    Rule::error("registry.registryVersion.missing", "a stored registry does not say of which version its form is")
        .because("The form may change. What says nothing of it may have been written by another program."),
    Rule::error("registry.registryVersion.unknown", "a stored registry has a form that is not known")
        .because("A newer program wrote it. Reading it as if it were of a form that is known could lose what it says."),
    Rule::error("registry.catalogs.missing", "a stored registry has no list of catalogs")
        .because("An empty list is a registry of nothing; no list at all is a file of which a part is lost."),
    Rule::error("registry.twice", "a stored registry has a catalog twice")
        .because("A catalog is registered once under its name in its namespace; the first of the two is taken, and nothing says that it was meant."),
];
