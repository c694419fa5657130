//! Locks: what they hold, what moves away from them, and why.

#![cfg(feature = "lock")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod scenario;

use catalog_model::{Lock, SourceFile};
use catalog_resolve::{
    ChangeKind, ChangeReason, LockChanges, Outcome, Request, Resolution, Universe, lock_changes,
    resolve, resolve_locked,
};
use insta::assert_snapshot;
use scenario::{request, universe};

#[track_caller]
fn answer(universe: &Universe, request: &Request) -> Resolution {
    match resolve(universe, request) {
        Outcome::Resolved(resolution) => resolution,
        other => panic!("{other:?}"),
    }
}

/// Written and read again.
fn again(lock: &Lock) -> Lock {
    let file = SourceFile::new("catalog.lock", lock.to_yaml());
    let (read, diagnostics) = Lock::read(&file, &Lock::limits());
    assert!(diagnostics.is_empty(), "{diagnostics:#?}");
    read.unwrap()
}

/// A universe and a request.
type Case<'t> = (&'t str, &'t str);

/// What moves if the first is locked and the second is asked for then.
#[track_caller]
fn changes(before: Case<'_>, now: Case<'_>) -> LockChanges {
    let (universe_before, request_before) = (universe(before.0), request(before.1));
    let lock = again(&answer(&universe_before, &request_before).lock(&request_before));
    let (universe, request) = (universe(now.0), request(now.1));
    let resolution = answer(&universe, &request.clone().lock(&lock));
    let changes = lock_changes(&universe, &request, &resolution, &lock);
    let locked = resolve_locked(&universe, &request, &lock);
    assert_eq!(locked.is_ok(), changes.is_empty());
    if let Err(error) = locked {
        let refused = error.changes().expect("there is an answer");
        assert_eq!(refused.to_string(), changes.to_string());
    }
    assert_eq!(changes.is_other_request(), !request.is_answered_by(&lock));
    changes
}

/// The kinds and reasons that are there, beside the sentences.
fn kinds(changes: &LockChanges) -> Vec<(ChangeKind, ChangeReason)> {
    let changes = changes.changes().iter();
    changes
        .map(|change| (change.kind(), change.reason()))
        .collect()
}

const STACK: &str = "\
    app 1.0.0: needs loki\n app 2.0.0: needs loki >=2; requires storage\n\
    loki 2.0.0\n minio 5.0.0: provides storage\n";

#[test]
fn a_lock_says_why_everything_is_there() {
    let request = request("app, loki <3");
    let lock = answer(&universe(STACK), &request).lock(&request);
    assert_snapshot!(lock.to_yaml(), @"
    # What was resolved, to be resolved again. Programs write this file: change what is asked for instead.
    lockVersion: 1
    request: sha256:6d35c7aafd16b3999618de8747334913ae814831ae0146a358e4d2a71ce60284
    releases:
    - package: app
      version: 2.0.0
      namespace: app
      requested: true
    - package: loki
      version: 2.0.0
      namespace: loki
      requested: true
      neededBy:
      - app
    - package: minio
      version: 5.0.0
      namespace: minio
      neededBy:
      - app
    ");
}

#[test]
fn nothing_moves_because_something_newer_came() {
    let now = format!("{STACK} app 3.0.0: needs loki\n loki 3.0.0\n minio 6.0.0: provides storage");
    let changes = changes((STACK, "app"), (&now, "app"));
    assert_eq!(changes.to_string(), "");
    assert!(changes.is_empty() && !changes.is_other_request());
}

#[test]
fn what_is_asked_for_moves() {
    let now = format!("{STACK} app 3.0.0: needs loki >=3\n loki 3.0.0\n tempo 2.0.0");
    assert_snapshot!(changes((STACK, "app"), (&now, "app >=3, tempo")), @"
    upgraded app 2.0.0 to 3.0.0 in app: the request asks for app >=3
    upgraded loki 2.0.0 to 3.0.0 in loki: app 3.0.0 needs loki >=3
    removed minio 5.0.0 from minio: nothing needs it any more, as app is 3.0.0 now
    added tempo 2.0.0 in tempo: the request asks for it
    ");
    assert_snapshot!(changes((STACK, "app"), (&now, "app | upgrade app")), @"
    upgraded app 2.0.0 to 3.0.0 in app: the request asks for its best release
    upgraded loki 2.0.0 to 3.0.0 in loki: app 3.0.0 needs loki >=3
    removed minio 5.0.0 from minio: nothing needs it any more, as app is 3.0.0 now
    ");
    assert_snapshot!(changes((STACK, "app"), (&now, "app <2")), @"
    downgraded app 2.0.0 to 1.0.0 in app: the request asks for app <2
    removed minio 5.0.0 from minio: nothing needs it any more, as app is 1.0.0 now
    ");
    assert_snapshot!(changes((STACK, "app, loki"), (&now, "loki")), @"
    removed app 2.0.0 from app: the request does not ask for it any more
    removed minio 5.0.0 from minio: nothing needs it any more, as app goes
    ");
    assert_snapshot!(changes((STACK, "app, loki"), (&now, "loki | remove app | installed app 2.0.0")), @"
    removed app 2.0.0 from app: the request removes it
    removed minio 5.0.0 from minio: nothing needs it any more, as app goes
    ");
}

#[test]
fn a_provider_that_is_in_no_catalog_any_more_is_said_to_be_gone() {
    let app = "app 1.0.0: requires storage";
    let before = format!("{app}\n minio 5.0.0: provides storage");
    let gone = changes(
        (&before, "app"),
        (&format!("{app}\n rook 1.0.0: provides storage"), "app"),
    );
    assert_snapshot!(gone, @"
    removed minio 5.0.0 from minio: no catalog has 5.0.0 any more
    added rook 1.0.0 in rook: app needs it
    ");
    assert_eq!(gone.changes()[0].reason(), ChangeReason::Gone);
    let provided = changes((&before, "app"), (app, "app | cluster storage"));
    assert_snapshot!(provided, @"removed minio 5.0.0 from minio: no catalog has 5.0.0 any more");
}

#[test]
fn what_is_gone_or_excluded_moves() {
    let without = "app 2.0.0: needs loki\n loki 1.0.0\n loki 3.0.0";
    let before = format!("{without}\n loki 4.0.0");
    let both = changes((&before, "app"), (without, "app"));
    assert_snapshot!(both, @"downgraded loki 4.0.0 to 3.0.0 in loki: no catalog has 4.0.0 any more");
    assert_eq!(kinds(&both), [(ChangeKind::Downgraded, ChangeReason::Gone)]);
    assert_snapshot!(changes((&before, "app"), (&before, "app | exclude loki 4.0.0: policy: it leaks")), @"downgraded loki 4.0.0 to 3.0.0 in loki: it is excluded: policy: it leaks");
    let broken = format!("{without}\n loki 4.0.0: needs a ]");
    assert_snapshot!(changes((&before, "app"), (&broken, "app")), @"downgraded loki 4.0.0 to 3.0.0 in loki: 4.0.0 cannot be used any more, for what its files say");
}

#[test]
fn what_is_yanked_stays_locked() {
    let yanked = STACK.replace("loki 2.0.0", "loki 2.0.0: yanked it loses data") + "loki 3.0.0";
    assert!(changes((STACK, "app"), (&yanked, "app")).is_empty());
}

#[test]
fn catalogs_and_places_are_told() {
    let main = "catalogs main extra\n web 1.0.0: from main; namespaced\n web 1.0.0: from extra; namespaced";
    let extra = "catalogs main extra\n web 0.9.0: from main; namespaced\n web 1.0.0: from extra; namespaced";
    assert_snapshot!(changes((main, "web"), (extra, "web")), @"downgraded web 1.0.0 to 0.9.0 in default: the catalog main does not have 1.0.0 any more");
    assert_snapshot!(changes((main, "web"), (main, "web (from extra)")), @"took web 1.0.0 in default from the catalog extra, not from the catalog main: the request asks for web of the catalog extra");
    assert_snapshot!(changes((main, "web (in a), web (in b)"), (main, "web (in b), web (in c)")), @"
    removed web 1.0.0 from a: the request does not ask for it any more
    added web 1.0.0 in c: the request asks for it
    ");
    let wide = main.replace("; namespaced", "; lives x");
    assert_snapshot!(changes((main, "web (in a), web (in b)"), (&wide, "web")), @"
    removed web 1.0.0 from b: there is one web for the whole cluster now
    moved web 1.0.0 from a to x: the package lives in x now
    ");
    assert_snapshot!(changes(("web 1.0.0: lives a", "web"), ("web 1.0.0: lives b", "web")), @"moved web 1.0.0 from a to b: the package lives in b now");
    assert_snapshot!(changes(("web 1.0", "web"), ("web v1.0.0", "web")), @"replaced web 1.0 by v1.0.0 in web: its version is written v1.0.0 now");
}

#[test]
fn what_several_catalogs_had_is_locked_as_long_as_one_of_them_has_it() {
    let both = "catalogs main extra\n web 1.0.0: from main; also extra";
    let lock = answer(&universe(both), &request("web")).lock(&request("web"));
    assert_snapshot!(lock.to_yaml(), @"
    # What was resolved, to be resolved again. Programs write this file: change what is asked for instead.
    lockVersion: 1
    request: sha256:c53d147bcd4f09dcd1f9ff3b2213ecba3880b86097b79b8dfeb948a87c4a5bba
    releases:
    - package: web
      version: 1.0.0
      namespace: web
      catalog: main
      alsoIn:
      - extra
      requested: true
    ");
    let main = "catalogs main extra\n web 1.0.0: from main\n web 2.0.0: from main";
    let extra = "catalogs main extra\n web 1.0.0: from extra\n web 2.0.0: from main";
    let third = "catalogs new main extra\n web 1.0.0: from new; also extra";
    for now in [main, extra, third, both] {
        assert!(changes((both, "web"), (now, "web")).is_empty(), "{now}");
    }
    // The same release, by now of a catalog that comes first.
    assert!(changes((extra, "web (from extra)"), (third, "web (from extra)")).is_empty());
    assert!(
        changes((both, "web"), (both, "web (from extra)"))
            .changes()
            .is_empty()
    );
    assert_snapshot!(changes((both, "web"), (extra, "web (from main)")), @"upgraded web 1.0.0 to 2.0.0 in web: the request asks for web of the catalog main");
    let elsewhere = "catalogs main extra\n web 1.0.0: from third\n web 0.9.0: from main";
    assert_snapshot!(changes((both, "web"), (elsewhere, "web")), @"downgraded web 1.0.0 to 0.9.0 in web: the catalog main does not have 1.0.0 any more");
    let needed = "\n app 1.0.0: needs web * from extra";
    let both = both.to_owned() + needed;
    assert!(changes((&both, "app"), (&(extra.to_owned() + needed), "app")).is_empty());
    assert_snapshot!(changes((&both, "app"), (&(main.to_owned() + "\n web 0.9.0: from extra" + needed), "app")), @"downgraded web 1.0.0 to 0.9.0 in web: app 1.0.0 needs web of the catalog extra");
}

#[test]
fn a_conflict_is_told_with_its_facts() {
    let before = "app 1.0.0: needs lib\n lib 1.0.0\n lib 2.0.0\n tool 1.0.0";
    let now = "app 1.0.0: needs lib\n lib 1.0.0\n lib 2.0.0\n tool 1.0.0: conflicts lib >=2";
    let together = changes((before, "app"), (now, "app, tool"));
    assert_snapshot!(together, @"
    downgraded lib 2.0.0 to 1.0.0 in lib: tool 1.0.0 conflicts with lib >=2; the request asks for tool
    added tool 1.0.0 in tool: the request asks for it
    ");
    let lib = &together.changes()[0];
    assert_eq!(lib.facts().len(), 2, "{:#?}", lib.facts());
    assert_eq!(together.changes()[1].facts(), []);
    // Two locked releases do not go together any more: the first by name stays.
    let apart = "a 1.0.0\n a 2.0.0: conflicts b >=2\n b 1.0.0\n b 2.0.0";
    assert_snapshot!(changes(("a 2.0.0\n b 2.0.0", "a, b"), (apart, "a, b")), @"downgraded b 2.0.0 to 1.0.0 in b: a 2.0.0 conflicts with b >=2; a 2.0.0 is locked too");
}

#[test]
fn what_is_installed_above_the_lock_stays() {
    let both = "loki 2.0.0\n loki 3.0.0";
    assert_snapshot!(changes(("loki 2.0.0", "loki"), (both, "loki | installed loki 3.0.0")), @"upgraded loki 2.0.0 to 3.0.0 in loki: loki 3.0.0 is installed, and does not go back unasked");
    let spaced = "loki 2.0.0: namespaced\n loki 3.0.0: namespaced";
    assert_snapshot!(changes(("loki 2.0.0: namespaced", "loki"), (spaced, "loki | installed loki 3.0.0 in default")), @"upgraded loki 2.0.0 to 3.0.0 in default: loki 3.0.0 is installed, and does not go back unasked");
}

#[test]
fn what_nothing_needs_any_more_goes() {
    let now = "app 2.0.0: needs loki\n loki 2.0.0\n minio 5.0.0: provides storage\n";
    assert_snapshot!(changes((STACK, "app"), (now, "app")), @"removed minio 5.0.0 from minio: app does without it now");
    let now = "app 3.0.0: needs loki\n loki 2.0.0\n";
    assert_snapshot!(changes((STACK, "app"), (now, "app")), @"
    upgraded app 2.0.0 to 3.0.0 in app: no catalog has 2.0.0 any more
    removed minio 5.0.0 from minio: nothing needs it any more, as app is 3.0.0 now
    ");
    assert_snapshot!(changes((STACK, "app"), (STACK, "loki")), @"
    removed app 2.0.0 from app: the request does not ask for it any more
    removed minio 5.0.0 from minio: nothing needs it any more, as app goes
    ");
    let other = format!("{STACK} ceph 1.0.0: provides storage");
    assert_snapshot!(changes((STACK, "app"), (&other, "app | exclude minio 5.0.0: no licence")), @"
    added ceph 1.0.0 in ceph: app needs it
    removed minio 5.0.0 from minio: it is excluded: no licence
    ");
}

#[test]
fn what_only_was_installed_is_locked_as_it_is() {
    let installed = "loki | installed old latest in x | installed tempo 1.0.0";
    let all = "loki 1.0.0\n tempo 1.0.0\n tempo 2.0.0";
    assert_snapshot!(changes((all, "loki"), (all, installed)), @"
    added old latest in x: it is installed
    added tempo 1.0.0 in tempo: it is installed
    ");
    assert!(changes((all, installed), (all, installed)).is_empty());
    assert_snapshot!(changes((all, installed), (all, "loki")), @"
    removed old latest from x: nothing needs it
    removed tempo 1.0.0 from tempo: nothing needs it
    ");
}

#[test]
fn the_locked_mode_has_no_answer_where_there_is_none() {
    let (universe, asked) = (universe("app 1.0.0: needs lib"), request("app"));
    let lock = Lock::new("", []);
    let error = resolve_locked(&universe, &asked, &lock).unwrap_err();
    assert!(error.changes().is_none() && error.conflict().is_some());
    assert_eq!(
        error.to_string(),
        "there is no answer, locked or not: cannot install app"
    );
    let error = resolve_locked(&universe, &asked.budget(0), &lock).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no answer was found within 0 steps, nor shown not to exist"
    );
}

#[test]
fn hostile_texts_stay_in_their_line() {
    let (universe, request) = (universe("app 1.0.0"), request("app"));
    let entry = catalog_model::LockEntry::new("a\nb", "1\u{1b}[2J", "n\n").requested();
    let lock = Lock::new("x\ny", [entry]);
    let resolution = answer(&universe, &request);
    let changes = lock_changes(&universe, &request, &resolution, &lock);
    assert_snapshot!(changes, @r"
    removed a\nb 1\u{1b}[2J from n\n: the request does not ask for it any more
    added app 1.0.0 in app: the request asks for it
    ");
}

/// A hub that needs each of many packages, or a capability of each, at one version.
fn wheel(hub: &str, says: &dyn Fn(usize) -> String) -> String {
    let needs: String = (0..300).map(|n| format!("; {}", says(n))).collect();
    let packages = (0..300).map(|n| {
        let name = format!("p{n:03}");
        format!("{name} 1.0.0: provides {name}-old\n {name} 2.0.0: provides {name}-new\n")
    });
    format!(
        "hub {hub}: provides spokes{needs}\n{}",
        packages.collect::<String>()
    )
}

#[test]
fn finding_reasons_ends_and_says_so() {
    let version = |version: &'static str| move |n| format!("needs p{n:03} ={version}");
    let before = wheel("1.0.0", &version("1.0.0"));
    let begin = std::time::Instant::now();
    let many = changes(
        (&before, "hub"),
        (&wheel("2.0.0", &version("2.0.0")), "hub"),
    );
    let is_told = |many: &LockChanges, reason| {
        many.changes()
            .iter()
            .filter(|change| change.reason() == reason)
            .count()
    };
    let counts = [ChangeReason::Gone, ChangeReason::Needed].map(|reason| is_told(&many, reason));
    assert_eq!(counts, [1, 300]);
    let told = many.changes()[300].to_string();
    assert_eq!(
        told,
        "upgraded p299 1.0.0 to 2.0.0 in p299: hub 2.0.0 needs p299 2.0.0"
    );

    // What is said of packages by name needs no search. What only a search finds has a limit.
    let capability = |n| format!("requires p{n:03}-new");
    let many = changes((&before, "hub"), (&wheel("2.0.0", &capability), "hub"));
    let counts =
        [ChangeReason::Conflict, ChangeReason::Undetermined].map(|reason| is_told(&many, reason));
    assert_eq!(counts, [60, 240]);
    let (told, open) = (
        many.changes()[1].to_string(),
        many.changes()[300].to_string(),
    );
    assert_eq!(
        told,
        "upgraded p000 1.0.0 to 2.0.0 in p000: hub 2.0.0 needs the capability p000-new, which only p000 2.0.0 provides"
    );
    assert_eq!(
        open,
        "upgraded p299 1.0.0 to 2.0.0 in p299: the search for the reason was given up"
    );
    assert!(begin.elapsed().as_secs() < 30, "{:?}", begin.elapsed());
}
