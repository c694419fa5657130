//! Rules of importing Glasskube's packages.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("glasskube.empty", "there is no package in the folder").because(
        "A package is a folder with a `versions.yaml` and a folder for each version. Nothing of that kind was found: the path is probably one of another folder.",
    ),
    Rule::error("glasskube.limit", "a folder holds more than is looked through").because(
        "An import walks through folders of somebody else, and stops at a depth, a number of folders and a number of files, so that it ends. What lies beyond is not imported.",
    ),
    Rule::error("glasskube.name", "the folder of a package is not named like one").because(
        "Our names are DNS labels, and a package is called after its folder: this one is not imported.",
    ),
    Rule::error("glasskube.versions", "a `versions.yaml` cannot be read as a map").because(
        "It says which versions there are and which is the latest: without it the package has none.",
    ),
    Rule::error("glasskube.package", "a version has no `package.yaml` that can be read").because(
        "The file says what the version is: without it nothing can be made of it.",
    ),
    Rule::warning("glasskube.version", "the version of a package is none, or cannot be a folder").because(
        "A version that has no order makes a release that can be listed and never installed (a warning). It is as the folder is named, which `versions.yaml` says.",
    ),
    Rule::error("glasskube.version.duplicate", "two folders are one version").because(
        "`v1.0` and `1.0.0` are the same version. The first is imported; remove the other from `versions.yaml`.",
    ),
    Rule::warning("glasskube.range", "a range of a package cannot be read").because(
        "What is needed is then known without its versions; the report lists it. Write the range by hand.",
    ),
    Rule::warning("glasskube.type", "something of a package is not what it should be").because(
        "The value cannot be carried over as it stands; the report says what became of it.",
    ),
    Rule::warning("glasskube.dependency", "a dependency of a package is not imported").because(
        "Its name cannot be that of a package. The package is installed without it, and may not work until it is added by hand.",
    ),
];
