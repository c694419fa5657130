//! What is said of requests without an answer, beside what other solvers print of them: `EXPLANATIONS.md` of catalog-resolve is what they say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

#[path = "../../catalog-resolve/tests/gallery_rules/mod.rs"]
#[allow(dead_code, reason = "only the words are wanted here")]
mod gallery_rules;

use std::fs;
use std::path::{Path, PathBuf};

use catalog_benches::explained::{ask, by_pubgrub, by_resolvo, by_us, excerpt, intervals, read};
use catalog_benches::resolver::families::{chart_requests, charts};
use catalog_benches::resolver::{Ours, Problem};
use catalog_model::version::Version;
use catalog_resolve::{Mode, Outcome, resolve};

/// A request that has no answer.
struct Case {
    title: &'static str,
    /// What is better said by whom.
    remark: &'static str,
    releases: Releases,
    wanted: &'static str,
}

/// The releases that a request is made of.
enum Releases {
    /// These, of a test that has the same request.
    Written(&'static str, fn() -> String),
    /// The history of the chart repository.
    Charts,
}

const CASES: [Case; 5] = [
    Case {
        title: "Two charts of one repository",
        remark: "\
The longest of ours among the 3,700 requests of charts. That no mlflow takes a minio that the older thanos takes, and none a common that the newer
one takes, is left for the reader to see. pubgrub needs no more lines and says it: it unites what the versions of mlflow need of minio, and rules out
the older thanos and then the newer one. resolvo names every version of minio and common that anybody could take, hundreds of lines in which the
reason is not marked.",
        releases: Releases::Charts,
        wanted: "thanos 3.x.x, mlflow",
    },
    Case {
        title: "A chain of forty packages",
        remark: "\
The longest of ours in any test. It leaves out the steps between, which neither of the others does: who wants them has to ask for the facts
(`Explanation::facts`). It ends with what can be acted on, that there is a link-40, and which. resolvo ends there too, far to the right, and says that
nothing was found. pubgrub begins there, and does not say that it looked for link-40 in vain: that is what `collapse_no_versions` takes away.",
        releases: Releases::Written("explanations.rs", chain),
        wanted: "link-00",
    },
    Case {
        title: "Two ways, and neither leads there",
        remark: "\
Ours puts four facts into two lines, through which the reader has to find both ways. resolvo's tree shows the two ways as they are, each from p down
to base, and is the easiest to follow. pubgrub's third sentence says what they come to: that p, in whatever version, needs base 1 or 2. Ours does
not say that of p, only which base to ask for.",
        releases: Releases::Written("explanations.rs", two_ways),
        wanted: "p, base 3",
    },
    Case {
        title: "A diamond",
        remark: "\
Ours has no line about what would help, since nothing else could be asked for, and does not say that it looked. Who wants to change something has to
see that mesh and gateway disagree about crds, and that it is the same for every mesh. pubgrub says so in its first sentence, `mesh depends on crds
>=3.1.0, <3.3.0`, and resolvo's tree shows it, at the price of some depth.",
        releases: Releases::Written("gallery.rs", diamond),
        wanted: "platform",
    },
    Case {
        title: "Three who cannot agree, though any two could",
        remark: "\
Ours says in a line of its own what the three ranges come to, and not which versions two of them share. pubgrub is the only one to work that out,
in the shortest text, and says it as `proto Not ( >=2.0.0, <3.0.0 )`. resolvo lists the versions in each range, each in conflict with others that it does
not name.",
        releases: Releases::Written("gallery.rs", three),
        wanted: "front, back, batch",
    },
];

fn chain() -> String {
    let links = (0..40).map(|n| format!("link-{n:02} 1.0.0: needs link-{:02} ^1\n", n + 1));
    links.chain(["link-40 0.9.0".to_owned()]).collect()
}

fn two_ways() -> String {
    let releases = [
        "p 1.0.0: needs q <3",
        "p 2.0.0: needs q >=3",
        "p 2.1.0: needs q >=3",
        "q 2.0.0: needs base 1",
        "q 3.0.0: needs base 2",
        "base 1.0.0",
        "base 2.0.0",
        "base 3.0.0",
    ];
    releases.join("\n")
}

fn diamond() -> String {
    let releases = [
        "platform 2.0.0: needs mesh ^2; needs gateway ^5",
        "mesh 2.0.0: needs crds ~3.1",
        "mesh 2.1.0: needs crds ~3.1",
        "mesh 2.2.0: needs crds ~3.2",
        "gateway 5.0.0: needs crds ^4",
        "gateway 5.1.0: needs crds ^4",
        "crds 3.1.0",
        "crds 3.2.0",
        "crds 4.0.0",
    ];
    releases.join("\n")
}

fn three() -> String {
    let releases = [
        "front 1.0.0: needs proto 1 || 2",
        "back 1.0.0: needs proto 2 || 3",
        "batch 1.0.0: needs proto 1 || 3",
        "proto 1.0.0",
        "proto 2.0.0",
        "proto 3.0.0",
    ];
    releases.join("\n")
}

impl Case {
    /// What there is; nothing if its data is not here.
    fn problem(&self) -> Option<Problem> {
        match self.releases {
            Releases::Written(_, releases) => Some(read(&releases())),
            Releases::Charts => charts(true),
        }
    }

    /// The section of the page, as the solvers have it now; nothing if the data is not here.
    fn section(&self) -> Option<String> {
        let mut problem = self.problem()?;
        let question = ask(&mut problem, self.wanted);
        let told = [
            ("catalog-resolve", by_us(&problem, &question)),
            ("pubgrub", by_pubgrub(&problem, &question)),
            ("resolvo", by_resolvo(&problem, &question)),
        ];
        let told = told.map(|(who, text)| (who, text.expect("there is no answer")));
        if let Releases::Written(test, _) = self.releases {
            let (_, text) = &told[0];
            assert_is_shown(test, text);
        }
        let figures = told.iter().map(|(who, text)| figures(who, text));
        let figures: String = figures.collect();
        let shown = told.iter().map(|(who, text)| {
            let text = excerpt(text);
            format!("\nWhat {who} prints:\n\n```text\n{text}\n```\n")
        });
        let shown: String = shown.collect();
        Some(format!(
            "{}\n\n{}\n\n{}\n\n| | lines | characters | words of solvers |\n|---|---|---|---|\n{figures}{shown}",
            self.heading(),
            self.remark,
            self.releases(),
        ))
    }

    fn heading(&self) -> String {
        format!("\n## {}", self.title)
    }

    fn releases(&self) -> String {
        let wanted = self.wanted;
        match self.releases {
            Releases::Charts => format!(
                "Asked for: `{wanted}`. There are 155 charts with 32,998 versions, each of which needs all charts that it names."
            ),
            Releases::Written(_, releases) => {
                let releases = excerpt(&releases());
                format!("Asked for: `{wanted}`. There is\n\n```text\n{releases}\n```")
            }
        }
    }
}

/// The row of a text in the table of its case.
fn figures(who: &str, text: &str) -> String {
    let is_written = |line: &&str| !line.trim().is_empty();
    let lines = text.lines().filter(is_written).count();
    let is_advice = |line: &&str| line.starts_with("th") && line.contains(" would help");
    let facts = text.lines().take_while(|line| !is_advice(line));
    let advice = lines - facts.filter(is_written).count();
    let advice = match advice {
        0 => String::new(),
        some => format!(", {some} of them about what would help"),
    };
    let characters = text.trim_end().chars().count();
    let words = match words_of_solvers(text).as_slice() {
        [] => "none".to_owned(),
        some => some.join(", "),
    };
    format!("| {who} | {lines}{advice} | {characters} | {words} |\n")
}

/// The words of a text that no explanation in the gallery may have.
fn words_of_solvers(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let refused = gallery_rules::JARGON.iter();
    let found = refused.filter(|refused| lower.contains(**refused));
    let whole = found.map(|refused| {
        let mut words = lower.split(|c: char| !c.is_alphabetic());
        let word = words.find(|word| word.contains(refused.trim()));
        word.unwrap_or(refused).to_owned()
    });
    whole.collect()
}

/// The tests of catalog-resolve hold the same text to be what users read.
#[track_caller]
fn assert_is_shown(test: &str, text: &str) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog-resolve/tests");
    let source = fs::read_to_string(tests.join(test)).unwrap();
    let indented: Vec<String> = text.lines().map(|line| format!("    {line}\n")).collect();
    assert!(
        source.contains(&indented.concat()),
        "{test} has not:\n{text}"
    );
}

fn page_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalog-resolve/EXPLANATIONS.md")
}

const BEGINNING: &str = "# When there is no answer: three explanations side by side

What catalog-resolve, [pubgrub](https://crates.io/crates/pubgrub) 0.4 and [resolvo](https://crates.io/crates/resolvo) 0.12 print of requests that
have no answer. The cases were chosen for being the worst of ours: the longest explanations that our tests and 3,700 random requests of charts
have, and some short ones that leave much to the reader. They need nothing but dependencies and ranges, so that all three can be asked.

All are given the same releases, and ranges that take the same versions. pubgrub speaks through its `DefaultStringReporter`, after
`collapse_no_versions`, and with sets of versions shortened by `Ranges::simplify`; resolvo through `display_user_friendly`, with the
versions of one line behind one name. Both give their derivation or graph to programs that want to put it into words of their own, and some do; the
words here are theirs. Words of solvers are those that our gallery of explanations refuses (`tests/gallery_rules`). The tables count whole texts;
what is left out of a long one here is said.

Ours lists facts, each of which counts, and leaves it to the reader to see that they cannot hold together. pubgrub's text is a proof, in which each
sentence ends in what follows from those before. resolvo's is a tree, in which each requirement stands under who has it. What would help only
ours says.

`cargo test -p catalog-benches --test explanations` holds this page to what the three print, and `UPDATE_EXPLANATIONS=1` before it writes the
page anew. The charts are published data that is not in this repository: where they are not found, their section is not looked at.
";

/// Whoever changes what is said runs this test with `UPDATE_EXPLANATIONS=1`, looks at what the page says of it, and commits the page. A section
/// whose data is not here stays as it is.
#[test]
fn the_page_is_what_the_solvers_say() {
    let written = fs::read_to_string(page_path()).unwrap_or_default();
    let mut page = BEGINNING.to_owned();
    for case in &CASES {
        match case.section() {
            Some(section) => page.push_str(&section),
            None => {
                println!("skipped: {}, the charts are not there", case.title);
                page.push_str(section_of(&written, &case.heading()));
            }
        }
    }
    if std::env::var_os("UPDATE_EXPLANATIONS").is_some() {
        fs::write(page_path(), &page).unwrap();
    }
    assert!(
        fs::read_to_string(page_path()).unwrap_or_default() == page,
        "EXPLANATIONS.md is not what the solvers say: run `UPDATE_EXPLANATIONS=1 cargo test -p catalog-benches --test explanations`"
    );
}

/// A section of the page, from its heading to the next one.
fn section_of<'p>(page: &'p str, heading: &str) -> &'p str {
    let start = page.find(&format!("{heading}\n")).expect("a section");
    let rest = &page.as_bytes()[start..];
    let end = page
        .match_indices("\n## ")
        .map(|(at, _)| at)
        .find(|at| *at > start);
    let end = end.map_or(rest.len(), |end| end - start);
    std::str::from_utf8(&rest[..end]).unwrap()
}

/// What pubgrub is told that a range takes is what the others are told.
#[test]
fn intervals_take_what_ranges_take() {
    let mut compared = 0;
    for case in &CASES {
        let Some(mut problem) = case.problem() else {
            println!("skipped: the charts are not there");
            continue;
        };
        ask(&mut problem, case.wanted);
        for range in problem.ranges() {
            let intervals = intervals(&range.text);
            let versions = &problem.packages()[range.package].versions;
            for (rank, text) in (0..).zip(versions) {
                let version = Version::parse(text).unwrap();
                let takes = intervals.contains(&version);
                assert_eq!(takes, range.ranks.contains(rank), "{} {text}", range.text);
                compared += 1;
            }
        }
    }
    assert!(compared > 60, "{compared}");
}

/// Of many requests of charts, none is told at greater length than can be read.
#[test]
fn explanations_of_charts_are_short() {
    let Some(mut problem) = charts(true) else {
        println!("skipped: the charts are not there");
        return;
    };
    let sizes = [(1_500, 2), (1_500, 3), (700, 6)];
    let mut questions = Vec::new();
    for (requests, size) in sizes {
        questions.extend(chart_requests(&mut problem, requests, size));
    }
    let ours = Ours::new(&problem, &questions, Mode::Newest);
    let (universe, requests) = ours.parts();
    let (mut unsolvable, mut longest, mut most) = (0, String::new(), 0);
    for request in requests {
        let Outcome::Conflict(conflict) = resolve(universe, request) else {
            continue;
        };
        let conflict = conflict.explain();
        let text = conflict.text();
        assert!(
            conflict.is_minimal() && conflict.facts().len() <= 12 && text.lines().count() <= 10,
            "{text}"
        );
        unsolvable += 1;
        most = most.max(conflict.facts().len());
        if text.len() > longest.len() {
            longest = text;
        }
    }
    println!(
        "{unsolvable} of {} have no answer, {most} facts at most, the longest text:\n{longest}",
        requests.len()
    );
    assert!(unsolvable > 1_000);
}
