//! Journals, plans and records that another version of the crate wrote.

use std::sync::Arc;

use catalog_hooks::journal::{JOURNAL_VERSION, Journal, JournalErrorKind, OperationStatus};
use catalog_hooks::plan::{PinnedPlan, Track};
use catalog_hooks::record::{Attempted, Extent, InstalledRecord};
use catalog_hooks::{Decision, JournalStore, Machine, Outcome, Settings};
use catalog_model::InstalledRelease;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::given_up::{Place, failed};
use crate::package::{Version, config};
use crate::world::{HOME, Run, World, changing, fails, install, rollback, upgrade};

/// The journal of a run, as the first version of the crate wrote it.
fn of_version_1(journal: &Journal) -> Value {
    let mut written = serde_json::to_value(journal).unwrap();
    written["version"] = 1.into();
    for operation in written["operations"].as_array_mut().unwrap() {
        let fields = operation.as_object_mut().unwrap();
        fields.remove("remembered");
        let modules = fields.get_mut("modules").and_then(Value::as_array_mut);
        for module in modules.into_iter().flatten() {
            module.as_object_mut().unwrap().remove("gone");
        }
        let path = fields.remove("path").unwrap_or_else(|| json!([]));
        let path = path.as_array().unwrap();
        let of = |track: &str| path.iter().find(|one| one["track"] == track).cloned();
        if let Some(last) = path.last() {
            fields.insert("track".to_owned(), last["track"].clone());
            fields.insert("step".to_owned(), last["step"].clone());
        }
        // It noted there where it turned back, and not where it was given up.
        if of("undo").or(of("back")).is_some() {
            fields.insert(
                "turnedAt".to_owned(),
                of("forward").unwrap()["step"].clone(),
            );
        }
        if of("giveUp").is_some() {
            fields.insert("givenUpAt".to_owned(), path[path.len() - 2].clone());
        }
    }
    written
}

/// Puts this in the place of the journal that is kept.
fn store(world: &mut World, journal: &Value) {
    let stored = world.cluster.load().unwrap().unwrap();
    let text = journal.to_string();
    world.cluster.save(&text, Some(&stored.version)).unwrap();
}

/// An upgrade that rests because its last hook failed.
fn resting() -> (World, Run) {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    let run = failed(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        Place::Hook("migrate"),
    );
    (world, run)
}

#[test]
fn a_journal_of_the_first_version_is_gone_on_with() {
    for (decision, version, attempted) in [
        (Decision::Resume, "2.0", false),
        (Decision::TakeBack, "1.0", false),
        (Decision::Abandon, "1.0", true),
    ] {
        let (mut world, run) = resting();
        store(&mut world, &of_version_1(&run.journal));
        world.resume(&run, decision);
        let record = world.record("db").unwrap();
        assert_eq!(record.version(), version, "{decision:?}");
        assert_eq!(!record.attempted().is_empty(), attempted, "{decision:?}");
        let stored = world.cluster.load().unwrap().unwrap();
        let journal: Value = serde_json::from_str(&stored.text).unwrap();
        assert_eq!(journal["version"], JOURNAL_VERSION);
    }
}

#[test]
fn what_was_read_in_any_version_is_written_as_it_was_read() {
    let (mut world, run) = resting();
    let back = world.resume(&run, Decision::TakeBack);
    for journal in [&run.journal, &back.journal] {
        let present = serde_json::to_value(journal).unwrap();
        let mut texts = vec![of_version_1(journal)];
        for version in 2..=JOURNAL_VERSION {
            let mut text = present.clone();
            text["version"] = version.into();
            texts.push(text);
        }
        for text in texts {
            let read = Journal::parse(&text.to_string()).unwrap();
            let written = read.to_text().unwrap();
            assert_eq!(Journal::parse(&written).as_ref(), Ok(&read), "{text}");
            // What a version before did not say is still not known.
            let is_known = serde_json::to_value(&read).unwrap().get("readIn").is_none();
            assert_eq!(is_known, text["version"].as_u64() > Some(2), "{text}");
        }
    }
}

#[test]
fn the_way_that_a_journal_of_the_first_version_names_is_known() {
    let (mut world, run) = resting();
    let back = world.resume(&run, Decision::TakeBack);
    let (mut other, run) = resting();
    let given_up = other.resume(&run, Decision::Abandon);
    for (journal, track, status) in [
        (&run.journal, Track::Forward, OperationStatus::Degraded),
        (&back.journal, Track::Back, OperationStatus::RolledBack),
        (&given_up.journal, Track::GiveUp, OperationStatus::Abandoned),
    ] {
        let read = Journal::parse(&of_version_1(journal).to_string()).unwrap();
        let one = &read.operations()[0];
        assert_eq!((one.track(), one.status()), (track, status));
        assert_eq!(one.step(), journal.operations()[0].step());
    }
}

/// It did not say which modules drivers had deleted: what it had pruned is not on record as something that is left over.
#[test]
fn what_drivers_deleted_for_a_program_of_the_first_version_is_gone() {
    for (decision, version) in [
        (Decision::Resume, "2.0"),
        (Decision::Abandon, "1.0"),
        (Decision::TakeBack, "1.0"),
    ] {
        let mut world = World::new([
            Version::new("db", "1.0").chart("engine"),
            Version::new("db", "2.0").object(config("two", "2")).hook(
                "post-upgrade",
                "migrate",
                json!({}),
            ),
        ]);
        world.run(&[install("db", "1.0")]);
        let wish = upgrade("db", "1.0", "2.0");
        let run = failed(&mut world, wish, Place::Hook("migrate"));
        let written = of_version_1(&run.journal);
        assert_eq!(written["operations"][0]["modules"][0]["deploy"], false);
        store(&mut world, &written);
        world.resume(&run, decision);
        let record = world.record("db").unwrap();
        assert_eq!(record.version(), version);
        let record = serde_json::to_value(&record).unwrap();
        assert_eq!(record.get("surplusModules"), None, "{decision:?}");
    }
}

/// It turned back, and whoever gave it up then did not say so: how far it had come is not known.
#[test]
fn a_way_that_a_journal_of_the_first_version_does_not_name_is_not_guessed() {
    let (mut world, run) = resting();
    let mut journal = of_version_1(&run.journal);
    let operation = &mut journal["operations"][0];
    operation["turnedAt"] = operation["step"].clone();
    operation["track"] = "giveUp".into();
    operation["step"] = 0.into();
    operation["status"] = "running".into();
    journal.as_object_mut().unwrap().remove("ended");
    store(&mut world, &journal);
    let before = world.record("db").unwrap();
    let ended = world.resume(&run, None);
    assert!(
        ended
            .story()
            .contains("how far it had come then is not known"),
        "{}",
        ended.story()
    );
    assert_eq!(world.record("db").unwrap(), before);
}

/// It did not say how far it had come: what it committed is not taken for an attempt.
#[test]
fn what_a_program_of_the_first_version_gave_up_stays_on_record_as_it_is() {
    let mut world = changing();
    world.run(&[install("db", "1.0")]);
    let run = failed(
        &mut world,
        upgrade("db", "1.0", "2.0"),
        Place::Call("list Job"),
    );
    assert!(
        run.journal.operations()[0].status().is_open(),
        "{}",
        run.story()
    );
    let before = world.record("db").unwrap();
    assert_eq!(before.version(), "2.0");
    let mut journal = of_version_1(&run.journal);
    let operation = &mut journal["operations"][0];
    operation["track"] = "giveUp".into();
    operation["step"] = 0.into();
    operation["status"] = "running".into();
    operation.as_object_mut().unwrap().remove("failure");
    journal.as_object_mut().unwrap().remove("ended");
    store(&mut world, &journal);
    let stored = world.cluster.load().unwrap().unwrap();
    let plan = Arc::new(run.plan.clone());
    let machine = Machine::resume(plan, stored, "new", None, Settings::default()).unwrap();
    let ended = world.drive(machine, |_, _, _| {});
    assert_eq!(world.record("db").unwrap(), before);
    assert_snapshot!(ended.story(), @"
    Partial
    upgrade db 1.0 -> 2.0 in db: Abandoned
      post-upgrade migrate run 1: succeeded
      an older program gave it up, and how far it had come then is not known: what is on record of it stays
    ");
}

/// It said of irreversible hooks with the version that was attempted.
#[test]
fn a_record_of_the_second_version_names_irreversible_hooks() {
    let written = json!({
        "version": 2,
        "release": {"package": "db", "version": "1.0", "namespace": "db"},
        "releaseUid": "db-1",
        "attempted": [
            {"version": "2.0", "plan": "p", "extent": "modules", "irreversible": ["post-upgrade migrate"]},
            {"version": "3.0", "plan": "q", "extent": "hooks"},
        ],
    });
    let record: InstalledRecord = serde_json::from_value(written).unwrap();
    let versions: Vec<&str> = record.attempted().iter().map(Attempted::version).collect();
    assert_eq!(versions, ["2.0", "3.0"]);
    let hooks = record.irreversible_hooks().iter();
    let hooks: Vec<String> = hooks.map(ToString::to_string).collect();
    assert_eq!(hooks, ["`post-upgrade migrate` of 2.0"]);
}

/// The record of an upgrade that was given up, as the first version wrote it.
fn record_of_version_1(world: &World) -> Value {
    let record = world.record("db").unwrap();
    let attempted = record.attempted()[0].clone();
    let mut written = serde_json::to_value(&record).unwrap();
    let modules = attempted.extent() == Extent::Modules;
    written.as_object_mut().unwrap().remove("version");
    written["attempted"] =
        json!({"version": attempted.version(), "plan": attempted.plan(), "modules": modules});
    written
}

#[test]
fn a_record_of_the_first_version_leads_back() {
    let (mut world, run) = resting();
    world.resume(&run, Decision::Abandon);
    let record: InstalledRecord = serde_json::from_value(record_of_version_1(&world)).unwrap();
    assert_eq!(Some(&record), world.record("db").as_ref());
    // Whoever wrote no list had nothing in it.
    let written = json!({"release": {"package": "db", "version": "1.0", "namespace": "db"}, "releaseUid": "db-1"});
    let record: InstalledRecord = serde_json::from_value(written).unwrap();
    assert_eq!(record.attempted(), Vec::<Attempted>::new());
}

/// A plan is known by the text that was pinned, also if it would be written otherwise now.
#[test]
fn a_plan_with_a_record_of_the_first_version_is_gone_on_with() {
    let (mut world, run) = resting();
    world.resume(&run, Decision::Abandon);
    let old = record_of_version_1(&world);
    let plan = world.plan(&[rollback("db", "2.0", "1.0")]);
    let mut written: Value = serde_json::from_str(&plan.to_text()).unwrap();
    written["version"] = 1.into();
    written["operations"][0]["installed"] = old;
    let plan = PinnedPlan::parse(&written.to_string()).unwrap();
    assert_eq!(plan, PinnedPlan::parse(&plan.to_text()).unwrap());
    assert_eq!(
        plan.digest(),
        PinnedPlan::parse(&plan.to_text()).unwrap().digest()
    );
    world.script("migrate", fails());
    let run = world.begin(plan.clone());
    assert_eq!(run.outcome, Outcome::Done, "{}", run.story());
    let mut cluster = world.cluster.clone();
    let pinned = PinnedPlan::load(&mut cluster, HOME, plan.digest());
    assert_eq!(pinned.unwrap(), Some(plan));
    assert_eq!(world.record("db").unwrap().version(), "1.0");
}

#[test]
fn what_a_newer_version_wrote_is_told_from_what_is_damaged() {
    let (world, run) = resting();
    let journal = serde_json::to_value(&run.journal).unwrap();
    let plan: Value = serde_json::from_str(&run.plan.to_text()).unwrap();
    let record = serde_json::to_value(world.record("db").unwrap()).unwrap();
    let of_record = |record: &Value| {
        let home = world.record("db").unwrap().to_secret(HOME);
        InstalledRecord::read(&with(home, record)).map(drop)
    };
    let read = |which: &str, value: &Value| match which {
        "journal" => Journal::parse(&value.to_string()).map(drop),
        "plan" => PinnedPlan::parse(&value.to_string()).map(drop),
        _ => of_record(value),
    };
    let mut said = String::new();
    for (which, value) in [("journal", journal), ("plan", plan), ("record", record)] {
        let present = value["version"].as_u64().unwrap();
        for version in [present, present + 1] {
            let mut value = value.clone();
            value["version"] = version.into();
            value["fromTheFuture"] = true.into();
            let error = read(which, &value).unwrap_err();
            let kind = match version == present {
                true => JournalErrorKind::Damaged,
                false => JournalErrorKind::OtherVersion,
            };
            assert_eq!(error.kind(), kind, "{which}");
            let line = error.to_string();
            said += &format!("{which}: {}\n", line.split(", expected").next().unwrap());
        }
    }
    assert_snapshot!(said, @"
    journal: it cannot be read: unknown field `fromTheFuture`
    journal: it has the version 6, and this program reads none above 5: use the program that wrote it
    plan: it cannot be read: unknown field `fromTheFuture`
    plan: it has the version 4, and this program reads none above 3: use the program that wrote it
    record: it cannot be read: unknown field `fromTheFuture`
    record: it has the version 5, and this program reads none above 4: use the program that wrote it
    ");
}

/// A Secret with this record in it.
fn with(mut secret: Value, record: &Value) -> Value {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(record.to_string());
    secret["data"]["record"] = text.into();
    secret
}

/// A label says the version of a record only where it is written there as it is.
#[test]
fn labels_say_a_version_only_if_it_is_one() {
    let long = format!("1.0.0-{}", "a".repeat(80));
    for (version, is_said) in [
        ("1.0.0", true),
        ("1.0.0-rc.1", true),
        ("1.0.0+k3s1", false),
        (&long, false),
    ] {
        let release = InstalledRelease::new("db", version, "data");
        let secret = InstalledRecord::new(&release, "1", Vec::new()).to_secret(HOME);
        let known = InstalledRecord::from_labels(&secret);
        let known = known.as_ref().map(InstalledRecord::version);
        assert_eq!(known, is_said.then_some(version), "{version}");
    }
}
