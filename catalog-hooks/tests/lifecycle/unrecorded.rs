//! What an operation did and the server lets nobody put on record: the way out is to uninstall it, and leaves nothing.

use std::sync::Arc;

use catalog_hooks::api::{ObjectRef, PatchKind, Request};
use catalog_hooks::journal::{LedgerEntry, OperationStatus};
use catalog_hooks::record::InstalledRecord;
use catalog_hooks::{Answer, Decision, Machine, Poll, StartErrorKind, Task};
use insta::assert_snapshot;
use serde_json::json;

use crate::beside::{OwnRun, Then};
use crate::package::{Version, config};
use crate::world::{HOME, Wish, World, install, is_next, refused, uninstall, upgrade};

fn db() -> World {
    World::new([
        Version::new("db", "1.0")
            .object(config("one", "1"))
            .chart("engine"),
        Version::new("db", "2.0")
            .object(config("two", "2"))
            .chart("motor"),
        Version::new("web", "1.0").object(config("page", "1")),
    ])
}

/// What keeps records from being written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Policy,
    Damaged,
}

impl World {
    /// Drives a run where no record of the package can be written, until it stops before what begins with these words, if anything does.
    fn drive_unrecorded(&self, run: &mut OwnRun, words: &str) -> bool {
        let patience = |next: &Poll| is_next(next, words);
        let is_refused = |machine: &mut Machine, next: &Poll| {
            let Poll::Do(effect) = next else { return false };
            let Task::Call(request) = &effect.task else {
                return false;
            };
            let is_record = matches!(&**request, Request::Create { object, .. } | Request::Replace(object)
                if object["type"] == "catalog.dev/installed");
            if is_record {
                let Answer::Called(Err(failure)) = refused(403, "Forbidden", "not allowed") else {
                    return false;
                };
                machine.answer(effect.id, Answer::Called(Err(failure)));
            }
            is_record
        };
        self.drive_beside(run, |machine, next| match () {
            () if patience(next) => Then::StopsBefore,
            () if is_refused(machine, next) => Then::IsAnswered,
            () => Then::GoesOn,
        })
    }

    fn damage(&self) {
        let request = Request::Patch {
            target: InstalledRecord::secret_ref(HOME, "db", "db"),
            patch: json!({"data": {"record": "e30="}}),
            kind: PatchKind::Merge,
        };
        self.cluster.get().meddle(&request).unwrap();
    }

    fn delete_record(&self) {
        let target = InstalledRecord::secret_ref(HOME, "db", "db");
        let request = Request::Delete {
            target,
            uid: None,
            resource_version: None,
        };
        self.cluster.get().meddle(&request).unwrap();
    }

    /// What journals alone know of: by package, its version and its objects.
    fn remains(&self) -> Vec<(String, String, Vec<LedgerEntry>)> {
        let journals = self.journals();
        let mut cluster = self.cluster.clone();
        let remains = journals
            .iter()
            .flat_map(|kept| kept.unrecorded(&mut cluster).unwrap());
        let remains = remains.map(|one| {
            let (package, version) = (one.package().to_owned(), one.version().to_owned());
            (package, version, one.ledger().to_vec())
        });
        remains.collect()
    }

    /// A run whose runner dies before this, and which cannot be put on record when it is given up.
    fn unrecorded(&mut self, wish: Wish, (words, cause): (&str, Cause)) -> OwnRun {
        let plan = Arc::new(self.plan(&[wish]));
        let mut run = self.begin_beside(&plan, "first");
        assert!(!self.drive_unrecorded(&mut run, words));
        if cause == Cause::Damaged {
            self.damage();
        }
        let known = (&plan, &run.secret);
        let mut run = self
            .resume_beside(known, "second", Decision::Abandon)
            .unwrap();
        assert!(self.drive_unrecorded(&mut run, "nothing of the kind"));
        assert_eq!(run.statuses(), [OperationStatus::Degraded], "{cause:?}");
        run
    }
}

fn whole(from: &str) -> Wish {
    uninstall("db", from).with(|options| options.delete_namespace = true)
}

/// Each operation, stopped in each place, with each cause: an uninstall takes its place, and nothing is left.
#[test]
fn what_nobody_can_put_on_record_can_be_uninstalled() {
    let cases = [
        (
            None,
            install("db", "1.0"),
            Cause::Policy,
            "apply ConfigMap db/one",
        ),
        (
            None,
            install("db", "1.0"),
            Cause::Policy,
            "deploy module engine",
        ),
        (
            Some("1.0"),
            upgrade("db", "1.0", "2.0"),
            Cause::Policy,
            "deploy module motor",
        ),
        (
            Some("1.0"),
            upgrade("db", "1.0", "2.0"),
            Cause::Policy,
            "delete ConfigMap db/one",
        ),
        (
            Some("1.0"),
            upgrade("db", "1.0", "2.0"),
            Cause::Damaged,
            "delete ConfigMap db/one",
        ),
        (
            Some("1.0"),
            uninstall("db", "1.0"),
            Cause::Policy,
            "delete ConfigMap db/one",
        ),
        (
            Some("1.0"),
            uninstall("db", "1.0"),
            Cause::Damaged,
            "delete ConfigMap db/one",
        ),
    ];
    for (before, wish, cause, words) in cases {
        let mut world = db();
        if let Some(version) = before {
            world.run_beside(&[install("db", version)], "before");
        }
        let from = before.unwrap_or("1.0");
        world.unrecorded(wish.clone(), (words, cause));
        // Nothing else takes its place.
        let next = world.plan(&[install("db", "2.0")]);
        let error = world.journals().place(&next).err().unwrap();
        assert_eq!(error.kind(), StartErrorKind::Rests, "{words}");
        assert!(error.to_string().contains("or uninstall `db`"), "{error}");
        if cause == Cause::Damaged {
            // The next step that it names.
            world.delete_record();
        }
        // An uninstall that does not come to its end, and cannot be put on record either.
        let plan = Arc::new(world.plan(&[whole(from)]));
        let mut run = world.begin_beside(&plan, "third");
        world.drive_unrecorded(&mut run, "delete Namespace db");
        let known = (&plan, &run.secret);
        let mut run = world
            .resume_beside(known, "fourth", Decision::Abandon)
            .unwrap();
        world.drive_unrecorded(&mut run, "nothing of the kind");
        let run = world.run_beside(&[whole(from)], "fifth");
        assert_eq!(run.statuses(), [OperationStatus::Done], "{words} {cause:?}");
        assert_eq!(world.objects(), Vec::<String>::new(), "{words} {cause:?}");
        assert_eq!(world.records(), []);
        assert!(
            !world.kept().contains_key("catalog.dev/plan"),
            "{words} {cause:?}"
        );
    }
}

/// An uninstall that begins with what nobody has put on record and is not come to keeps it: who takes its place begins with the same.
#[test]
fn what_is_unrecorded_outlives_a_run_that_does_not_come_to_it() {
    for can_be_put in [false, true] {
        let mut world = db();
        world.run_beside(&[install("db", "1.0"), install("web", "1.0")], "before");
        let wish = upgrade("db", "1.0", "2.0");
        world.unrecorded(wish, ("delete ConfigMap db/one", Cause::Policy));
        let plan = Arc::new(world.plan(&[uninstall("web", "1.0"), whole("1.0").at_level(1)]));
        let mut run = world.begin_beside(&plan, "third");
        assert!(!world.drive_unrecorded(&mut run, "delete ConfigMap web/page"));
        let known = (&plan, &run.secret);
        let mut run = world.resume_beside(known, "fourth", None).unwrap();
        run.machine.cancel();
        match can_be_put {
            true => world.end_beside(&mut run),
            false => assert!(world.drive_unrecorded(&mut run, "nothing of the kind")),
        }
        assert_eq!(run.statuses()[1], OperationStatus::NotStarted);
        assert_eq!(world.remains().is_empty(), can_be_put);
        let run = world.run_beside(&[uninstall("web", "1.0"), whole("1.0")], "fifth");
        assert_eq!(run.statuses(), [OperationStatus::Done; 2]);
        let left = world.objects();
        assert!(!left.iter().any(|one| one.contains(" db")), "{left:?}");
    }
}

/// An uninstall that begins with what nobody has put on record is refused for the sake of another operation, or its runner dies then: who takes its place
/// begins with the same.
#[test]
fn what_is_unrecorded_outlives_a_run_that_is_refused() {
    for dies in [false, true] {
        let mut world = db();
        world.run_beside(&[install("db", "1.0"), install("web", "1.0")], "before");
        let wish = upgrade("db", "1.0", "2.0");
        world.unrecorded(wish, ("delete ConfigMap db/one", Cause::Policy));
        let before = world.remains();
        let plan = Arc::new(world.plan(&[whole("1.0"), uninstall("web", "1.0").at_level(1)]));
        // What is on record of the other one is not what it was when this was planned.
        world.run_beside(&[uninstall("web", "1.0")], "meanwhile");
        let mut run = world.begin_beside(&plan, "third");
        match dies {
            false => {
                assert!(world.drive_unrecorded(&mut run, "nothing of the kind"));
                let statuses = [OperationStatus::NotStarted, OperationStatus::Unchanged];
                assert_eq!(run.statuses(), statuses);
            }
            true => assert!(!world.drive_beside(&mut run, |_, next| {
                match is_next(next, "write the journal") {
                    true => Then::StopsAfter,
                    false => Then::GoesOn,
                }
            })),
        }
        if dies {
            let known = (&plan, &run.secret);
            let mut run = world
                .resume_beside(known, "fourth", Decision::Abandon)
                .unwrap();
            assert!(world.drive_unrecorded(&mut run, "nothing of the kind"));
        }
        assert_eq!(world.remains(), before, "{dies}");
        let run = world.run_beside(&[whole("1.0")], "fifth");
        assert_eq!(run.statuses(), [OperationStatus::Done]);
        // Nobody asked for its deletion.
        assert_eq!(world.objects(), ["Namespace web"], "{dies}");
        assert!(!world.kept().contains_key("catalog.dev/plan"), "{dies}");
    }
}

/// Such a run that was refused goes on, whatever is decided, with putting on record what is on none; then it is over.
#[test]
fn what_is_unrecorded_is_put_on_record_when_a_run_goes_on_that_was_refused() {
    for decision in [None, Some(Decision::Resume), Some(Decision::Abandon)] {
        let mut world = db();
        world.run_beside(&[install("db", "1.0"), install("web", "1.0")], "before");
        let wish = upgrade("db", "1.0", "2.0");
        world.unrecorded(wish, ("delete ConfigMap db/one", Cause::Policy));
        // What is on record of the other one is not what it was when this was planned.
        let plan = Arc::new(world.plan(&[uninstall("web", "1.0"), whole("1.0")]));
        world.run_beside(&[uninstall("web", "1.0")], "meanwhile");
        let mut run = world.begin_beside(&plan, "third");
        assert!(world.drive_unrecorded(&mut run, "nothing of the kind"));
        assert!(world.is_open(&run), "{decision:?}");
        let known = (&plan, &run.secret);
        let mut run = world.resume_beside(known, "fourth", decision).unwrap();
        world.end_beside(&mut run);
        assert_eq!(world.remains(), [], "{decision:?}");
        assert!(!world.is_open(&run), "{decision:?}");
        let attempted = world.record("db").unwrap();
        assert_eq!(attempted.attempted().len(), 1, "{decision:?}");
    }
}

/// The plan of a run is gone that nobody could put on record: what another one left can be uninstalled all the same.
#[test]
fn what_is_unrecorded_is_known_beside_a_run_whose_plan_is_gone() {
    let mut world = db();
    let (of_db, of_web) = ("deploy module engine", "apply ConfigMap web/page");
    world.unrecorded(install("db", "1.0"), (of_db, Cause::Policy));
    let broken = world.unrecorded(install("web", "1.0"), (of_web, Cause::Policy));
    for secret in broken.machine.plan().to_secrets() {
        let target = ObjectRef::of(&secret).unwrap();
        let request = Request::delete(target, None);
        world.cluster.get().meddle(&request).unwrap();
    }
    let journals = world.journals();
    let mut cluster = world.cluster.clone();
    let known = journals
        .iter()
        .map(|kept| kept.unrecorded(&mut cluster).is_ok());
    assert_eq!(known.collect::<Vec<_>>(), [true, false]);
    let run = world.run_beside(&[whole("1.0")], "third");
    assert_eq!(run.statuses(), [OperationStatus::Done]);
    let left = world.objects();
    assert!(!left.iter().any(|one| one.contains(" db")), "{left:?}");
}

/// A record that nobody can read is deleted, and what it was about is taken over.
#[test]
fn what_a_damaged_record_was_about_is_taken_over() {
    let mut world = db();
    world.run_beside(&[install("db", "1.0")], "before");
    let plan = Arc::new(world.plan(&[whole("1.0")]));
    world.damage();
    let mut run = world.begin_beside(&plan, "first");
    world.end_beside(&mut run);
    assert_eq!(run.statuses(), [OperationStatus::Unchanged]);
    let journal = run.machine.journal();
    let note = journal.operations()[0].failure().unwrap();
    assert_snapshot!(format!("{}\n{}", note.message, note.next), @"
    Secret catalog-system/catalog-installed-db-q7vxxfnzzz2xwdkx cannot be used: it cannot be read: missing field `release`; put back what it was, or delete that Secret: nothing of the instance is deleted with it, what a journal knows of it can be uninstalled then, and else an install with `take_ownership` takes it over; what attempted versions left, which hooks cannot be taken back and what a rollback would need is lost
    do that, and begin again
    ");
    world.delete_record();
    let again = install("db", "1.0").with(|options| options.take_ownership = true);
    let run = world.run_beside(&[again], "second");
    assert_eq!(run.statuses(), [OperationStatus::Done]);
    assert_eq!(world.uninstalled(&["db"]), Vec::<String>::new());
}
