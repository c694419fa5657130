//! Rules of importing Helm's charts.

use catalog_conditions::rule::Rule;

pub(super) static RULES: &[Rule] = &[
    Rule::error("helm.empty", "there is no chart in the folder").because(
        "A chart is a folder with a `Chart.yaml`, a packaged `.tgz`, or what an `index.yaml` lists. Nothing of that kind was found: the path is probably one of another folder.",
    ),
    Rule::error("helm.limit", "a folder holds more than is looked through").because(
        "An import walks through folders of somebody else, and stops at a depth, a number of folders and a number of files, so that it ends. What lies beyond is not imported.",
    ),
    Rule::error("helm.chart", "a chart has no `Chart.yaml` that can be read").because(
        "Name and version stand in it: without them nothing can be made of the chart.",
    ),
    Rule::error("helm.chart.duplicate", "two charts have one name and version").because(
        "Both would become one folder. The first is imported; give one of the two another version to have both.",
    ),
    Rule::error("helm.name", "a chart has no name, or none that a package can have").because(
        "Our names are DNS labels, and a chart whose name is none is not imported: Helm takes more than packages can be called.",
    ),
    Rule::warning("helm.version", "the version of a chart is none, or cannot be a folder").because(
        "A version that has no order makes a release that can be listed and never installed (a warning). Without any, there is no folder to put it in (an error).",
    ),
    Rule::error("helm.index", "an `index.yaml` is no index, or an entry of it no chart").because(
        "An index has `entries`, which are lists of maps. What is not is not imported.",
    ),
    Rule::warning("helm.index.name", "an entry of an index stands under another chart's name").because(
        "The entry's own name counts, as it does for Helm; the index was probably put together by hand, and one of the two is wrong.",
    ),
    Rule::warning("helm.index.urls", "an entry of an index does not say where the chart is").because(
        "Its addresses are relative to the repository, which an index does not name: say of which repository the index is, or the package has no module.",
    ),
    Rule::warning("helm.range", "a range of a chart cannot be read").because(
        "What is needed is then known without its versions; the report lists it. Write the range by hand.",
    ),
    Rule::warning("helm.type", "something of a chart is not what it should be").because(
        "The value cannot be carried over as it stands; the report says what became of it.",
    ),
    Rule::warning("helm.dependency", "a dependency of a chart is not imported").because(
        "Its name cannot be that of a package. The package is installed without it, and may not work until it is added by hand.",
    ),
];
