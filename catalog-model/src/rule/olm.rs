//! Rules of importing OLM's bundles and catalogs.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("bundle.empty", "there is no bundle and no catalog in the folder").because(
        "A bundle is a folder with `metadata/annotations.yaml`, a catalog a file of documents with a `schema`. Nothing of that kind was found: the path is probably one of another folder.",
    ),
    Rule::error("bundle.limit", "a folder or document holds more than is looked at").because(
        "An import walks through folders of somebody else, and stops at a depth, a number of folders and files and the bytes of one document, so that it ends. What lies beyond is not imported.",
    ),
    Rule::error("bundle.package", "a bundle names no package, or none that can be one").because(
        "The package stands in `metadata/annotations.yaml`, or in the property `olm.package`. Without one, nothing can be made of the bundle; where two places name different ones, that is a warning.",
    ),
    Rule::error("bundle.csv", "a bundle has no ClusterServiceVersion, or two").because(
        "It says what the bundle installs and of which version it is: one bundle has one.",
    ),
    Rule::warning("bundle.version", "the version of a bundle is none, or cannot be a folder").because(
        "A version that has no order makes a release that can be listed and never installed (a warning). Without any, there is no folder to put it in (an error).",
    ),
    Rule::error("bundle.duplicate", "two bundles are one version of a package").because(
        "Both would become one folder. The first is imported; give one of the two another version to have both.",
    ),
    Rule::warning("bundle.range", "a range of a bundle cannot be read").because(
        "What is needed is then known without its versions; the report lists it. Write the range by hand.",
    ),
    Rule::warning("bundle.type", "something of a bundle is not what it should be").because(
        "The value cannot be carried over as it stands; the report says what became of it.",
    ),
];
