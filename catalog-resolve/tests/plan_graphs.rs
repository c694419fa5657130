//! Plans as graphs: what comes after what, as data and as pictures, and what is otherwise in another plan.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    dead_code,
    reason = "a test may fail loudly, and needs only a part of the oracle"
)]

mod oracle;
mod picture;
mod scenario;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use catalog_model::InstalledRelease;
use catalog_resolve::{Action, Outcome, Plan, ReleaseSpec, Request, Step, Universe, resolve};
use oracle::random::world;
use picture::Picture;
use proptest::prelude::*;
use scenario::{request, universe};

fn plan(releases: &str, wanted: &str) -> Plan {
    planned(&universe(releases), &request(wanted)).expect("there is an answer")
}

fn planned(universe: &Universe, request: &Request) -> Option<Plan> {
    match resolve(universe, request) {
        Outcome::Resolved(resolution) => Some(resolution.plan()),
        _ => None,
    }
}

/// Every step comes after the others it is said to, on a higher level than all of them, and on the lowest such level; members of a cycle
/// are on one level, after what any of them comes after.
fn assert_is_ordered(plan: &Plan) {
    let steps = plan.steps();
    let cycle_of = |at: usize| plan.cycles().iter().find(|cycle| cycle.contains(&at));
    for (at, step) in steps.iter().enumerate() {
        assert!(step.after().is_sorted_by(|a, b| a < b), "{plan}");
        let together = cycle_of(at).map_or(vec![at], Clone::clone);
        let before = together.iter().flat_map(|member| steps[*member].after());
        let before: BTreeSet<usize> = before.copied().collect();
        assert!(
            together.iter().all(|member| !before.contains(member)),
            "{plan}"
        );
        let levels = before.iter().map(|before| steps[*before].level() + 1);
        assert_eq!(step.level(), levels.max().unwrap_or(0), "{step}\n{plan}");
        if step.action() == Action::Keep {
            assert!(step.after().is_empty() && cycle_of(at).is_none());
        }
    }
    for step in steps {
        let kept = step
            .after()
            .iter()
            .filter(|at| steps[**at].action() == Action::Keep);
        assert_eq!(kept.count(), 0, "nothing waits for what stays");
    }
    let places: Vec<_> = steps
        .iter()
        .map(|s| (s.level(), s.package(), s.namespace()))
        .collect();
    assert!(places.is_sorted(), "{plan}");
}

/// The pictures have a node for each moving step with its text, the arrows of the plan, and its levels.
fn assert_is_pictured(plan: &Plan) {
    let moving: Vec<usize> = (0..plan.steps().len())
        .filter(|at| plan.steps()[*at].action() != Action::Keep)
        .collect();
    let arrows: BTreeSet<(usize, usize)> = moving
        .iter()
        .flat_map(|to| plan.steps()[*to].after().iter().map(|from| (*from, *to)))
        .collect();
    let levels: BTreeSet<Vec<usize>> = (0..)
        .map(|level| {
            let on_level = moving
                .iter()
                .filter(|at| plan.steps()[**at].level() == level);
            on_level.copied().collect::<Vec<usize>>()
        })
        .take_while(|level| !level.is_empty())
        .collect();
    for picture in [
        Picture::of_dot(&plan.to_dot()),
        Picture::of_mermaid(&plan.to_mermaid()),
    ] {
        let nodes: Vec<usize> = picture.labels.keys().copied().collect();
        assert_eq!(nodes, moving, "{plan}");
        for (at, label) in &picture.labels {
            let step = plan.steps()[*at].to_string();
            assert!(label.starts_with(&step), "{label} is not {step}");
        }
        assert_eq!(picture.arrows, arrows, "{plan}");
        assert_eq!(picture.levels, levels, "{plan}");
        let lines: usize = plan.cycles().iter().map(|cycle| cycle.len() - 1).sum();
        assert_eq!(picture.lines.len(), lines, "{plan}");
    }
}

#[test]
fn a_step_says_which_steps_it_comes_after() {
    let releases = "suite 1.0.0: needs shop; needs crm\n shop 1.0.0: needs db\n crm 1.0.0\n db 1.0.0: lives data";
    let plan = plan(releases, "suite");
    let after: Vec<_> = plan
        .steps()
        .iter()
        .map(|s| (s.package(), s.after()))
        .collect();
    assert_eq!(
        after,
        [
            ("crm", &[][..]),
            ("db", &[]),
            ("shop", &[1]),
            ("suite", &[0, 2])
        ]
    );
}

#[test]
fn in_the_languages_of_graphviz_and_mermaid() {
    let releases = "a 1.0.0: needs b; group g\n b 1.0.0: needs a; needs c; group g\n c 1.0.0\n d 1.0.0: needs a\n e 1.0.0";
    let plan = plan(releases, "d | installed e 1.0.0");
    insta::assert_snapshot!(plan.to_dot(), @r#"
    digraph plan {
      rankdir=LR;
      node [shape=box];
      label="1 package stays as it is";
      s0 [label="install c 1.0.0 in c"];
      s2 [label="install a 1.0.0 in a"];
      s3 [label="install b 1.0.0 in b"];
      s4 [label="install d 1.0.0 in d"];
      { rank=same; s0; }
      { rank=same; s2; s3; }
      { rank=same; s4; }
      s0 -> s3;
      s2 -> s4;
      s2 -> s3 [dir=none, style=dashed, constraint=false];
    }
    "#);
    insta::assert_snapshot!(plan.to_mermaid(), @r#"
    flowchart LR
      subgraph level1["1"]
        s0["install c 1.0.0 in c"]
      end
      subgraph level2["2"]
        s2["install a 1.0.0 in a"]
        s3["install b 1.0.0 in b"]
      end
      subgraph level3["3"]
        s4["install d 1.0.0 in d"]
      end
      s0 --> s3
      s2 --> s4
      s2 -.- s3
      %% 1 package stays as it is
    "#);
    assert_is_pictured(&plan);
}

#[test]
fn names_are_no_syntax() {
    let names = [
        "a\"]; s0 -> s1; x[\"",
        "b\\\"",
        "c\\",
        "d\n}\nsubgraph x",
        "e&quot;",
        "f#34;",
        "`g`",
        "h<br/><script>",
        "i\u{202e}\u{1b}[32m",
        "end",
        "j%%{init: {}}%%",
        "k --> l",
        "{m}|n",
        "é ü 名",
        "o\\n",
        "$$p$$",
        "",
    ];
    let mut builder = Universe::builder();
    for pair in names.windows(2) {
        builder.add(ReleaseSpec::new(pair[0], "1.0.0").dependency(pair[1], "*"));
    }
    builder.add(ReleaseSpec::new(names[names.len() - 1], "1.0.0"));
    let request = Request::new().install(names[0], "*").unwrap();
    let plan = planned(&builder.build(), &request).unwrap();
    assert_eq!(plan.steps().len(), names.len());
    assert_is_pictured(&plan);
    for text in [plan.to_dot(), plan.to_mermaid(), plan.to_string()] {
        let hidden = text
            .chars()
            .find(|c| *c != '\n' && catalog_model::conditions::show::is_hidden(*c));
        assert_eq!(hidden, None, "{text}");
    }
    assert_eq!(plan.to_dot().lines().count(), 3 + 3 * names.len());
}

#[test]
fn what_is_otherwise_in_another_plan() {
    let releases = "app 1.0.0: needs db\n app 2.0.0: needs cache\n db 1.0.0\n db 2.0.0\n cache 1.0.0\n tool 1.0.0: namespaced";
    let check =
        |one: &str, other: &str| plan(releases, one).diff(&plan(releases, other)).to_string();
    insta::assert_snapshot!(check("app <2", "app <2, tool (in x)"), @"+ install tool 1.0.0 in x");
    insta::assert_snapshot!(check("app <2", "app"), @r"
    - install db 2.0.0 in db
    + install cache 1.0.0 in cache
    ~ install app 1.0.0 in app -> install app 2.0.0 in app (to)
    ");
    insta::assert_snapshot!(check("app <2 | installed db 1.0.0", "app <2 | installed db 1.0.0 | upgrade db"), @r"
    ~ keep db 1.0.0 in db -> upgrade db from 1.0.0 to 2.0.0 in db (action, to)
      install app 1.0.0 in app at 2 instead of 1
    ");
    insta::assert_snapshot!(check("tool (in x)", "tool (in y)"), @"~ install tool 1.0.0 in x -> install tool 1.0.0 in y (namespace)");
    insta::assert_snapshot!(check("tool (in x), tool (in z)", "tool (in y)"), @r"
    - install tool 1.0.0 in x
    - install tool 1.0.0 in z
    + install tool 1.0.0 in y
    ");
    insta::assert_snapshot!(check("db <2 | installed db 1.0.0", "| installed db 1.0.0 | remove db"), @"~ keep db 1.0.0 in db -> uninstall db 1.0.0 in db (action, to)");
}

#[test]
fn a_difference_as_json() {
    let releases = "app 1.0.0: needs db\n app 2.0.0\n db 1.0.0";
    let diff = plan(releases, "app <2").diff(&plan(releases, "app"));
    let json = diff.to_json();
    assert_eq!(json["gone"][0]["package"], "db");
    assert_eq!(json["changed"][0]["aspects"], serde_json::json!(["to"]));
    assert_eq!(json["changed"][0]["after"]["to"], "2.0.0");
    assert_eq!(json["reordered"][0]["before"]["level"], 1);
    assert_eq!(json["added"], serde_json::json!([]));
}

#[test]
fn what_hops_lack_is_told() {
    let releases = "db 1.0.0\n db 2.0.0: replaces 1.0.0; needs migrator ^2; requires storage; conflicts legacy\n db 3.0.0: replaces 2.0.0\n legacy 1.0.0\n migrator 1.0.0";
    let plan = plan(
        releases,
        "| installed db 1.0.0 | installed legacy 1.0.0 | installed migrator 1.0.0 | upgrade db",
    );
    insta::assert_snapshot!(plan, @r"
    1  upgrade db from 1.0.0 by 2.0.0 to 3.0.0 in db
       warning: on the way, db 2.0.0 needs migrator ^2, and migrator 1.0.0 is there
       warning: on the way, db 2.0.0 needs the capability storage, which nothing provides then
       warning: on the way, db 2.0.0 cannot be beside legacy, and legacy 1.0.0 is there
       2 packages stay as they are
    ");
    let step = plan.to_json()["steps"][0].clone();
    assert_eq!(step["hops"], serde_json::json!(["2.0.0"]));
    assert_eq!(step["unmet"][1]["kind"], "requirement");
    assert_eq!(
        step["unmet"][0],
        serde_json::json!({
            "hop": "2.0.0", "kind": "dependency", "package": "migrator", "text": "db 2.0.0 needs migrator ^2, and migrator 1.0.0 is there",
        })
    );
    let dot = plan.to_dot();
    assert!(dot.contains("(3 needs unmet on the way)"), "{dot}");
}

#[test]
fn the_order_sees_to_what_hops_need() {
    // The hop needs the lib that comes, and the cache that goes.
    let releases = "db 1.0.0\n db 2.0.0: replaces 1.0.0; needs lib >=2; needs cache\n db 3.0.0: replaces 2.0.0\n lib 1.0.0\n lib 2.0.0\n cache 1.0.0";
    let installed = "| installed db 1.0.0 | installed lib 1.0.0 | installed cache 1.0.0";
    let with = |changes: &str| plan(releases, &format!("{installed} {changes}"));
    insta::assert_snapshot!(with("| upgrade all | remove cache"), @r"
    1  upgrade lib from 1.0.0 to 2.0.0 in lib
    2  upgrade db from 1.0.0 by 2.0.0 to 3.0.0 in db
    3  uninstall cache 1.0.0 in cache
    ");
    insta::assert_snapshot!(with("| upgrade db | remove lib"), @r"
    1  upgrade db from 1.0.0 by 2.0.0 to 3.0.0 in db
       warning: on the way, db 2.0.0 needs lib >=2, and lib 1.0.0 goes
    1  uninstall lib 1.0.0 in lib
       1 package stays as it is
    ");
    // What the hop needs comes, but only after where the hop leads to.
    let circle = "db 1.0.0\n db 2.0.0: replaces 1.0.0; needs ui\n db 3.0.0: replaces 2.0.0\n ui 1.0.0: needs db >=3";
    insta::assert_snapshot!(plan(circle, "ui | installed db 1.0.0 | upgrade db"), @r"
    1  upgrade db from 1.0.0 by 2.0.0 to 3.0.0 in db
       warning: on the way, db 2.0.0 needs ui, and ui 1.0.0 comes, not surely before
    2  install ui 1.0.0 in ui
    ");
}

#[test]
fn a_way_that_lacks_nothing_is_taken_before_a_higher_one() {
    let releases = "db 1.0.0\n db 2.0.0: replaces 1.0.0\n db 2.5.0: replaces 1.0.0; needs ghost\n db 3.0.0: skips >=2 <3";
    let upgraded = "| installed db 1.0.0 | upgrade db";
    insta::assert_snapshot!(plan(releases, upgraded), @" 1  upgrade db from 1.0.0 by 2.0.0 to 3.0.0 in db");
    // But not a longer one.
    let longer = "db 1.0.0\n db 2.0.0: replaces 1.0.0\n db 2.5.0: replaces 1.0.0; needs ghost\n db 2.7.0: replaces 2.0.0\n db 3.0.0: skips >=2.5 <3";
    insta::assert_snapshot!(plan(longer, upgraded), @r"
    1  upgrade db from 1.0.0 by 2.5.0 to 3.0.0 in db
       warning: on the way, db 2.5.0 needs ghost, and ghost is not there
    ");
}

fn scale() -> usize {
    if cfg!(debug_assertions) { 1 } else { 10 }
}

/// The plan of an answer to a request for everything, with its pictures, its JSON and its difference from itself: 10,000 steps take 0.13 to
/// 0.34 seconds on an idle machine, and may take more on a busy one.
fn assert_is_fast(universe: &Universe, count: usize, request: Request) {
    let Outcome::Resolved(resolution) = resolve(universe, &request) else {
        panic!("there is an answer");
    };
    let begin = Instant::now();
    let plan = resolution.plan();
    assert_eq!(plan.steps().len(), count);
    let sizes = [plan.to_dot(), plan.to_mermaid(), plan.to_json().to_string()].map(|t| t.len());
    assert!(plan.diff(&plan).is_empty());
    let taken = begin.elapsed();
    println!("{count} steps: {taken:?}, {sizes:?} bytes");
    assert!(taken < Duration::from_secs(10), "{taken:?}");
}

#[test]
fn ten_thousand_steps_take_little_time() {
    let count = 1_000 * scale();
    let all = |universe: &Universe| {
        let mut request = Request::new();
        for name in universe.package_names() {
            request = request.install(name, "*").unwrap();
        }
        request
    };
    let built = |spec: &dyn Fn(usize) -> ReleaseSpec| {
        let mut builder = Universe::builder();
        (0..count).for_each(|at| {
            builder.add(spec(at));
        });
        builder.build()
    };
    let name = |at: usize| format!("p-{:06}", at % count);
    let new = |at: usize| ReleaseSpec::new(name(at), "1.0.0");
    let last = |at: usize| at + 1 == count;
    let chain = built(&|at| match last(at) {
        true => new(at),
        false => new(at).dependency(name(at + 1), "*"),
    });
    assert_is_fast(&chain, count, all(&chain));
    let star = built(&|at| match at {
        0 => new(at),
        at => new(at).dependency(name(0), "*"),
    });
    assert_is_fast(&star, count, all(&star));
    // Whoever likes whom, in circles that cannot be obeyed: forwards, backwards, and across.
    for steps in [
        vec![1],
        vec![count - 1],
        vec![1, 7, count - 3, count / 2, 41],
    ] {
        let likes = built(&|at| {
            steps.iter().fold(new(at), |spec, step| {
                spec.optional_dependency(name(at + step), "*")
            })
        });
        assert_is_fast(&likes, count, all(&likes));
    }
    // A ring that is done together, and as many that come after it.
    let half = count / 2;
    let ring = built(&|at| match at < half {
        true => new(at).group("ring").dependency(name((at + 1) % half), "*"),
        false => new(at).dependency(name(at - half), "*"),
    });
    assert_is_fast(&ring, count, all(&ring));
}

#[test]
fn a_long_ladder_whose_hops_lack_something() {
    let count = 100 * scale();
    let mut builder = Universe::builder();
    for at in 0..count {
        let spec = ReleaseSpec::new("db", format!("1.{at}.0")).dependency("ghost", "*");
        builder.add(match at {
            0 => spec,
            at => spec.replaces(format!("1.{}.0", at - 1)),
        });
    }
    builder.add(ReleaseSpec::new("db", "2.0.0").replaces(format!("1.{}.0", count - 1)));
    let universe = builder.build();
    let installed = InstalledRelease::new("db", "1.0.0", "db");
    let begin = Instant::now();
    let request = Request::new().installed(installed).upgrade("db");
    let plan = planned(&universe, &request).unwrap();
    println!("{count} hops: {:?}", begin.elapsed());
    assert_eq!(plan.steps()[0].unmet().count(), count - 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn everything_comes_after_what_it_needs(seed in any::<u64>()) {
        let world = world(seed);
        if let Some(plan) = planned(&world.universe(), &world.request()) {
            assert_is_ordered(&plan);
            assert_is_pictured(&plan);
            let again = planned(&world.universe(), &world.request()).unwrap();
            prop_assert_eq!(plan.to_json(), again.to_json());
            prop_assert!(plan.diff(&plan).is_empty());
            prop_assert_eq!(plan.diff(&plan).to_string(), "");
        }
    }

    #[test]
    fn a_difference_leads_from_one_plan_to_the_other(one in any::<u64>(), other in any::<u64>()) {
        let of = |seed| { let world = world(seed); planned(&world.universe(), &world.request()) };
        if let (Some(one), Some(other)) = (of(one), of(other)) {
            let (there, back) = (one.diff(&other), other.diff(&one));
            prop_assert_eq!(there.added(), back.gone());
            prop_assert_eq!(there.gone(), back.added());
            prop_assert_eq!(there.changed().len(), back.changed().len());
            prop_assert_eq!(there.is_empty(), one.steps() == other.steps());
            let counted = there.gone().len() + other.steps().len() - there.added().len();
            prop_assert_eq!(counted, one.steps().len());
            for step in other.steps() {
                let is_said = there.added().contains(step)
                    || there.changed().iter().chain(there.reordered()).any(|change| change.after() == step);
                let same = |same: &Step| (same.package(), same.to(), same.action(), same.level())
                    == (step.package(), step.to(), step.action(), step.level());
                let is_there = one.steps().iter().any(same);
                prop_assert!(is_said || is_there);
            }
        }
    }
}
