//! Rules of importing KubeVela's addons.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("kubevela.empty", "there is no addon in the folder").because(
        "An addon is a folder with a `metadata.yaml` and, beside it, `template.yaml`, `template.cue`, `resources/` or `definitions/`. Nothing of that kind was found: the path is probably one of another folder.",
    ),
    Rule::note("kubevela.no-addon", "a folder is no addon and is skipped").because(
        "It has a `metadata.yaml` and nothing else of an addon, or it is a release of our own format already. It is noted so that an addon that lost its files is not missed.",
    ),
    Rule::error("kubevela.limit", "a folder holds more than is looked through").because(
        "An import walks through folders of somebody else, and stops at a depth, a number of folders and a number of files, so that it ends. What lies beyond is not imported.",
    ),
    Rule::error("kubevela.metadata", "an addon's `metadata.yaml` cannot be read as a map").because(
        "Name and version stand in it: without them nothing can be made of the addon.",
    ),
    Rule::note("kubevela.name", "an addon's name is changed, or cannot be").because(
        "Our names are DNS labels. Where the addon's can be made one, it is (a note); else the addon is not imported (an error). Dependencies on it are renamed alike.",
    ),
    Rule::warning("kubevela.version", "an addon's version is missing or none").because(
        "A version that has no order makes a release that can be listed and never installed (a warning). Without any, there is no folder to put it in (an error).",
    ),
    Rule::warning("kubevela.range", "a range of an addon cannot be read").because(
        "What the addon needs of the system or of others is then not known, and is left out of the package; the report lists it. Write it by hand.",
    ),
    Rule::warning("kubevela.type", "a field of an addon is of the wrong type").because(
        "The value cannot be carried over as it stands; the report says what became of it.",
    ),
    Rule::error("kubevela.addon.duplicate", "two addons have one name and version").because(
        "Both would become one folder. The first is imported; give one of the two another name or version to have both.",
    ),
    Rule::warning("kubevela.addon.name", "two addons of different versions have one name").because(
        "They become versions of one package. If they are different things that happen to share a name, rename one.",
    ),
    Rule::warning("kubevela.dependency", "a dependency of an addon is not imported").because(
        "It names no addon, or nothing that can be a package. The package is installed without it, and may not work until it is added by hand.",
    ),
    Rule::warning("kubevela.chart", "a component of an addon names no chart").because(
        "Without `url` and `chart` there is nothing that could become a module; the report lists the component.",
    ),
    Rule::warning("kubevela.terraform", "definitions of Terraform components became modules").because(
        "KubeVela only offers them to applications; as modules they run when the package is installed, and create what costs money. Import without Terraform modules if that is not meant.",
    ),
];
