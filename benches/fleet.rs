//! 90 packages asked of 1,000 clusters: all gates, the causes, and the single changes that open most, each tried; against asking every
//! package of every cluster alone, with all words, and putting equal answers together.
//!
//! `cargo bench --bench fleet`. The gates are compared before anything is timed. The other way finds no changes.
#![allow(
    clippy::print_stdout,
    reason = "a benchmark reports and may fail loudly"
)]

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::time::Instant;

use catalog_benches::{cluster, package};
use catalog_conditions::fleet::{Fleet, Matrix, NamedCluster, NamedSet};
use catalog_conditions::{ConditionSet, Context, Gate, Snapshot, evaluate};

const CLUSTERS: u64 = 1_000;
const PACKAGES: u64 = 90;
const ROUNDS: usize = 5;

fn main() {
    let snapshots: Vec<Snapshot> = (0..CLUSTERS).map(cluster).collect();
    let packages: Vec<ConditionSet> = (0..PACKAGES).map(package).collect();
    let sets = named_sets(&packages);
    let clusters = named_clusters(&snapshots);
    let fleet = Fleet::new(&sets, &clusters);
    let conditions: usize = packages.iter().map(|set| set.conditions().len()).sum();
    let objects: usize = snapshots.iter().take(1).map(objects).sum();
    println!(
        "{PACKAGES} packages with {conditions} conditions, {CLUSTERS} clusters of {objects} objects and more"
    );

    let matrix = fleet.evaluate();
    let (gates, causes) = one_by_one(&packages, &snapshots);
    let ours = (0..clusters.len()).flat_map(|of| (0..sets.len()).map(move |set| (set, of)));
    let ours: Vec<Option<Gate>> = ours.map(|(set, of)| matrix.gate(set, of)).collect();
    assert_eq!(ours, gates.iter().copied().map(Some).collect::<Vec<_>>());
    println!("{}, equal gates one by one", said(&matrix));

    let (one, two) = (NonZeroUsize::MIN, NonZeroUsize::MIN.saturating_add(1));
    let on_one = least(|| drop(fleet.clone().with_threads(one).evaluate()));
    let on_two = least(|| drop(fleet.clone().with_threads(two).evaluate()));
    let alone = least(|| drop(one_by_one(&packages, &snapshots)));
    let cells = (PACKAGES * CLUSTERS) as f64;
    for (way, took) in [
        ("fleet, one thread", &on_one),
        ("fleet, two threads", &on_two),
        ("one by one", &alone),
    ] {
        let Took { wall, cpu } = took;
        println!(
            "{way:<20} {wall:.3} s, {cpu:.2} s of CPU, {:.0} cells a second",
            cells / wall
        );
    }
    println!(
        "one by one ({causes} groups, no changes) takes {:.1} times as long as the fleet on one thread",
        alone.wall / on_one.wall
    );
}

fn named_sets(packages: &[ConditionSet]) -> Vec<NamedSet<'_>> {
    let sets = packages.iter().enumerate();
    sets.map(|(at, set)| NamedSet::new(format!("package {at}"), set))
        .collect()
}

fn named_clusters(snapshots: &[Snapshot]) -> Vec<NamedCluster<'_>> {
    let clusters = snapshots.iter().enumerate();
    clusters
        .map(|(at, of)| NamedCluster::new(format!("cluster {at}"), of))
        .collect()
}

fn objects(snapshot: &Snapshot) -> usize {
    let kinds = [
        ("", "Node"),
        ("", "ConfigMap"),
        ("apps", "Deployment"),
        ("storage.k8s.io", "StorageClass"),
    ];
    let others: usize = kinds
        .iter()
        .map(|(group, kind)| snapshot.objects(group, kind).count())
        .sum();
    others + snapshot.crds().count()
}

/// What answers are put together by: object, question and reason.
type Group = (String, String, &'static str);

/// Every package of every cluster alone, and the answers that are not satisfied put together by what they are about.
fn one_by_one(packages: &[ConditionSet], snapshots: &[Snapshot]) -> (Vec<Gate>, usize) {
    let context = Context::new();
    let mut gates = Vec::new();
    let mut groups: BTreeMap<Group, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, snapshot) in snapshots.iter().enumerate() {
        for (number, package) in packages.iter().enumerate() {
            let report = evaluate(package, snapshot, &context);
            for condition in report
                .conditions()
                .iter()
                .filter(|condition| condition.gate() != Gate::Pass)
            {
                let leaves = condition.leaves().iter().map(|leaf| leaf.answer());
                let answers: Vec<_> = if condition.leaves().is_empty() {
                    vec![condition.answer()]
                } else {
                    leaves.collect()
                };
                for answer in answers {
                    let words = |text: Option<&str>| text.unwrap_or_default().to_owned();
                    let key = (
                        words(answer.object()),
                        words(answer.expected()),
                        answer.reason().as_str(),
                    );
                    groups.entry(key).or_default().push((number, at));
                }
            }
            gates.push(report.gate());
        }
    }
    (gates, groups.len())
}

fn said(matrix: &Matrix) -> String {
    let green = (0..matrix.clusters().len())
        .filter(|at| matrix.is_green(*at))
        .count();
    let best = matrix.best_change().map(|best| {
        format!(
            "{} (turns {} green, opens {})",
            best.change(),
            best.turns_green().len(),
            best.opens().len()
        )
    });
    format!(
        "{green} green, {} gates open, {} causes, {} changes left out; best: {}",
        matrix.open_gates(),
        matrix.causes().len(),
        matrix.untried(),
        best.unwrap_or_default()
    )
}

struct Took {
    wall: f64,
    cpu: f64,
}

/// The shortest of several runs: what else the machine does only adds.
fn least(work: impl Fn()) -> Took {
    let runs = (0..ROUNDS).map(|_| {
        let (cpu, start) = (cpu_seconds(), Instant::now());
        work();
        let wall = start.elapsed().as_secs_f64();
        Took {
            wall,
            cpu: cpu_seconds() - cpu,
        }
    });
    runs.min_by(|one, other| one.wall.total_cmp(&other.wall))
        .unwrap_or(Took {
            wall: f64::NAN,
            cpu: f64::NAN,
        })
}

/// The time that all threads of this process had, in steps of 10 ms; not a number where there is no /proc.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|text| text.parse().ok())
        .collect();
    match ticks.as_slice() {
        [user, system] => (user + system) / 100.0,
        _ => f64::NAN,
    }
}
