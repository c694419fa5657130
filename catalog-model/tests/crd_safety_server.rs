//! The table of changes on a real API server: what it answers to each is what the library says. And changes at random, of which the library may say
//! too much, but nothing too little. Skipped, with a line that says so, unless `KUBEBUILDER_ASSETS` names a folder with etcd and kube-apiserver.
//!
//! Of each change the server is asked: does it take the new CRD; what does a stored object read like in each version that was served; can
//! another field of it be changed; can its manifest be created anew, with strict field validation and without.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test may fail loudly, and says that it was skipped"
)]

#[path = "../../catalog-conditions/tests/api_server/mod.rs"]
mod api_server;
#[path = "crd_safety/generated.rs"]
mod generated;
#[path = "crd_safety/mod.rs"]
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog_model::crd_safety::{Hit, Stored, compare_stored};
use http::Request;
use kube::Client;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use self::api_server::ADMIN;
use self::table::{Change, changes, merge};

/// So many changes are tried at once.
const AT_ONCE: usize = 6;

const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// What the server says to a request.
type Answer = Result<Value, (u16, String)>;

/// One change on the server.
struct Trial {
    client: Client,
    change: Change,
    group: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_answers_as_the_table_says() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let client = server.client(ADMIN).await;
    let wanted = std::env::var("CRD_SAFETY_ONLY").unwrap_or_default();
    let trials = changes()
        .into_iter()
        .enumerate()
        .filter_map(|(at, change)| {
            (change.is_for_server() && change.name.contains(&wanted)).then(|| Trial {
                client: client.clone(),
                group: format!("t{at}.example.com"),
                change,
            })
        });
    let told = all(trials.map(|trial| async move { trial.check().await })).await;
    let tried = told.len();
    let wrong: Vec<String> = told
        .into_iter()
        .filter_map(|told| told.unwrap_or_else(Some))
        .collect();
    println!("{tried} changes were tried on the server");
    assert!(
        wrong.is_empty(),
        "{} of {tried}\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(tried >= 200 || !wanted.is_empty(), "{tried}");
}

/// More by hand: `CRD_SAFETY_RUNS=2000`, and others with `CRD_SAFETY_SEED`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_at_random_hit_nobody_whom_the_library_does_not_name() {
    let Some(server) = api_server::shared() else {
        return;
    };
    let number = |name: &str, default: u64| {
        let said = std::env::var(name).ok();
        said.map_or(default, |said| said.parse().expect(name))
    };
    let (first, runs) = (number("CRD_SAFETY_SEED", 0), number("CRD_SAFETY_RUNS", 60));
    let client = server.client(ADMIN).await;
    let trials = (first..first + runs).map(|seed| Trial {
        client: client.clone(),
        group: format!("r{seed}.example.com"),
        change: Change::of_row("random", &generated::case(seed), false),
    });
    let told = all(trials.map(|trial| async move { trial.check_sound().await })).await;
    let mut counts = BTreeMap::new();
    let mut wrong = Vec::new();
    for one in told {
        let one = one.unwrap_or_else(Sound::Wrong);
        *counts.entry(one.name()).or_insert(0_u64) += 1;
        if let Sound::Wrong(why) = one {
            wrong.push(why);
        }
    }
    println!("{runs} changes at random: {counts:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let cautious = counts.get("cautious").copied().unwrap_or_default();
    assert!(cautious * 20 <= runs, "{counts:?}");
    assert!(
        counts.get("agreed").copied().unwrap_or_default() * 3 >= runs,
        "{counts:?}"
    );
}

/// Waits for what each trial comes to, some at once; errors are panics.
async fn all<T: Send + 'static>(
    trials: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<Result<T, String>> {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = Vec::new();
    for trial in trials {
        let slots = Arc::clone(&slots);
        running.push(tokio::spawn(async move {
            let _slot = slots.acquire().await.unwrap();
            trial.await
        }));
    }
    let mut told = Vec::new();
    for one in running {
        told.push(one.await.map_err(|error| error.to_string()));
    }
    told
}

/// What came of a change at random.
enum Sound {
    /// The server takes no such CRD, or not the object.
    Unasked,
    /// The library called it safe, or named whom it hits.
    Agreed,
    /// The server takes what the library is not certain of.
    Cautious,
    Wrong(String),
}

impl Sound {
    fn name(&self) -> &'static str {
        match self {
            Self::Unasked => "unasked",
            Self::Agreed => "agreed",
            Self::Cautious => "cautious",
            Self::Wrong(_) => "wrong",
        }
    }
}

/// What the server's answers come to.
#[derive(Default)]
struct Seen {
    hits: BTreeSet<Hit>,
    why: Vec<String>,
}

impl Seen {
    fn hit(&mut self, hit: Hit, why: impl Into<String>) {
        self.hits.insert(hit);
        self.why.push(format!("{hit}: {}", why.into()));
    }
}

impl Trial {
    /// What the server says otherwise than the library.
    async fn check(&self) -> Option<String> {
        let (old, new) = self.change.crds(&self.group);
        let mut seen = Seen::default();
        let stored_versions = self.run(&old, &new, &mut seen).await;
        let stored_versions =
            stored_versions.unwrap_or_else(|why| panic!("{}: {why}", self.change.name));
        let breaks = compare_stored(
            &old,
            &new,
            Stored::unknown().with_versions(&stored_versions),
        );
        let mut said: BTreeSet<Hit> = breaks
            .iter()
            .flat_map(|one| one.hits().iter().collect::<Vec<_>>())
            .collect();
        // A CRD that is refused changes nothing for anybody.
        if said.contains(&Hit::Apply) {
            said = BTreeSet::from([Hit::Apply]);
        }
        // Of a disagreement of versions the other direction says what is lost.
        let shown = |hits: &BTreeSet<Hit>| format!("{hits:?}");
        (said != seen.hits).then(|| {
            format!(
                "{}\n  the library says {}, the server {}\n    {}",
                self.change.name,
                shown(&said),
                shown(&seen.hits),
                seen.why.join("\n    ")
            )
        })
    }

    /// Whether the library names all whom it hits, and is right where it is certain that the server refuses the CRD.
    async fn check_sound(&self) -> Sound {
        let (old, new) = self.change.crds(&self.group);
        let mut seen = Seen::default();
        let stored_versions = self.run(&old, &new, &mut seen).await;
        let path = format!("{CRDS}/things.{}", self.group);
        let _ = self.send("DELETE", &path, &Value::Null).await;
        let Ok(stored_versions) = stored_versions else {
            return Sound::Unasked;
        };
        let stored = Stored::unknown().with_versions(&stored_versions);
        let breaks = compare_stored(&old, &new, stored);
        let says = |hit: Hit| breaks.iter().any(|one| one.does_hit(hit));
        let is_refused = seen.hits.contains(&Hit::Apply);
        let certain = (breaks.iter()).find(|one| one.is_certain() && one.does_hit(Hit::Apply));
        let told = match certain {
            Some(one) if !is_refused => format!("the server takes it, and the library says: {one}"),
            _ if says(Hit::Apply) && !is_refused => return Sound::Cautious,
            _ if says(Hit::Apply) || seen.hits.iter().all(|hit| says(*hit)) => {
                return Sound::Agreed;
            }
            _ => {
                let said: Vec<String> = breaks.iter().map(ToString::to_string).collect();
                format!(
                    "the server: {}\n  the library: {}",
                    seen.why.join("; "),
                    said.join("; ")
                )
            }
        };
        let row = &self.change.case;
        Sound::Wrong(format!(
            "{}: {told}\n  old: {}\n  new: {}\n  object: {} {}",
            self.change.name, row["old"], row["new"], row["object"], row["change"]
        ))
    }

    /// What the server says to all that is asked, and what was stored at last; an error where it takes not even what there was before.
    async fn run(&self, old: &Value, new: &Value, seen: &mut Seen) -> Result<Vec<String>, String> {
        self.apply_crd(old, "old").await.map_err(|(_, why)| why)?;
        let version = self.written_version(old);
        self.wait_for(old, "old").await?;
        let object = self.object("stored", "object");
        let first = self.write(&version, &object, "Strict").await;
        let first = first.map_err(|(_, why)| why)?;
        // What is refused anyway tells nothing.
        let mut changed = self.get(&version, "stored").await.map_err(|(_, why)| why)?;
        merge(&mut changed, &self.changes());
        let path = format!("{}/stored?dryRun=All", self.collection(&version));
        let answer = self.send("PUT", &path, &changed).await;
        answer.map_err(|(_, why)| format!("the change was refused before: {why}"))?;
        let after = self.said_object("after");
        let mut refused_before = None;
        if let Some(after) = &after {
            refused_before = Some(self.odd(&version, after, "early").await);
        }
        let appliers = self
            .change
            .said("appliers")
            .and_then(Value::as_array)
            .cloned();
        if let Some(appliers) = &appliers {
            for (name, spec) in ["one", "two"].iter().zip(appliers) {
                self.apply(&version, name, spec)
                    .await
                    .unwrap_or_else(|error| panic!("{}: {error:?}", self.change.name));
            }
        }
        if self.change.case.get("at").is_some_and(|at| at == "crd") {
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        let before = self.read_all(old).await;
        if let (Some(stored), false) = (
            &self.change.stored_versions,
            old["spec"]["versions"].as_array().unwrap().len() < 2,
        ) {
            self.set_stored_versions(stored).await;
        }
        let stored_versions = self.stored_versions().await;
        if let Err((_, why)) = self.apply_crd(new, "new").await {
            seen.hit(Hit::Apply, why);
            return Ok(stored_versions);
        }
        self.wait_for(new, "new")
            .await
            .unwrap_or_else(|why| panic!("{}: {why}", self.change.name));
        self.read(old, &before, seen).await;
        self.update(old, &version, &object, seen).await;
        if let Some(appliers) = &appliers {
            let mut spec = appliers[1].clone();
            if let Some(list) = spec["x"].as_array_mut() {
                let last = list.last().unwrap().clone();
                let more = if last.is_string() {
                    json!("more")
                } else {
                    json!({"k": "more"})
                };
                list.push(more);
            } else {
                spec["x"]["more"] = json!("more");
            }
            if let Err((_, why)) = self.apply(&version, "two", &spec).await {
                seen.hit(Hit::Update, why);
            }
        }
        self.create(&version, &object, &first, seen).await;
        if let (Some(after), Some(Some(_))) = (&after, refused_before)
            && self.odd(&version, after, "late").await.is_none()
        {
            seen.hit(Hit::Read, "readers meet what was refused before");
        }
        self.pair(seen).await;
        Ok(stored_versions)
    }

    /// What is written in one version and read in the other.
    async fn pair(&self, seen: &mut Seen) {
        let Some(pair) = self
            .change
            .case
            .get("pair")
            .filter(|_| !self.change.is_back)
        else {
            return;
        };
        let (from, to) = (pair["from"].as_str().unwrap(), pair["to"].as_str().unwrap());
        let mut object =
            json!({"kind": "Thing", "metadata": {"name": "pair"}, "spec": pair["spec"]});
        object["apiVersion"] = format!("{}/{from}", self.group).into();
        self.write(from, &object, "Strict").await.unwrap();
        let read = self.get(to, "pair").await.unwrap();
        object["metadata"]["name"] = "other-pair".into();
        let other = self.write(to, &object, "Ignore").await.unwrap();
        for (what, expected) in [
            ("was written", &pair["spec"]),
            ("comes of the same", &other["spec"]),
        ] {
            if read["spec"] != *expected {
                seen.hit(
                    Hit::Read,
                    format!("{expected} {what} and {} is read", read["spec"]),
                );
            }
        }
    }

    fn written_version(&self, old: &Value) -> String {
        let said = self.change.said("version").and_then(Value::as_str);
        said.map_or_else(|| served(old)[0].clone(), str::to_owned)
    }

    /// An object of the change.
    fn object(&self, name: &str, key: &str) -> Value {
        let mut object = json!({"kind": self.kind(), "metadata": {"name": name}});
        let spec = self.change.said(key).unwrap_or(&Value::Null);
        if !spec.is_null() {
            object["spec"] = spec.clone();
        }
        if let Some(whole) = self.change.said("whole") {
            merge(&mut object, whole);
        }
        object
    }

    /// The merge patch of the object that changes something else.
    fn changes(&self) -> Value {
        match (self.change.said("wholeChange"), self.change.said("change")) {
            (Some(whole), _) => whole.clone(),
            (None, Some(spec)) => json!({"spec": spec}),
            (None, None) => json!({"spec": {"other": "changed"}}),
        }
    }

    fn said_object(&self, key: &str) -> Option<Value> {
        self.change.said(key).map(|_| self.object("after", key))
    }

    fn kind(&self) -> String {
        let (old, _) = self.change.crds(&self.group);
        old["spec"]["names"]["kind"].as_str().unwrap().to_owned()
    }

    fn collection(&self, version: &str) -> String {
        format!("/apis/{}/{version}/{}things", self.group, self.namespace())
    }

    fn namespace(&self) -> &'static str {
        let (old, _) = self.change.crds(&self.group);
        if old["spec"]["scope"] == "Cluster" {
            ""
        } else {
            "namespaces/default/"
        }
    }

    fn has_status(&self, version: &str) -> bool {
        let (old, _) = self.change.crds(&self.group);
        let versions = old["spec"]["versions"].as_array().unwrap();
        versions
            .iter()
            .any(|one| one["name"] == version && one.pointer("/subresources/status").is_some())
    }

    /// Creates an object, and writes its status where that has an address of its own in the old CRD.
    async fn write(&self, version: &str, object: &Value, validation: &str) -> Answer {
        let mut object = object.clone();
        object["apiVersion"] = format!("{}/{version}", self.group).into();
        let name = object["metadata"]["name"].as_str().unwrap().to_owned();
        let path = format!("{}?fieldValidation={validation}", self.collection(version));
        let created = self.send("POST", &path, &object).await?;
        if !self.has_status(version) || object.get("status").is_none() {
            return Ok(created);
        }
        let mut with_status = created;
        with_status["status"] = object["status"].clone();
        let path = format!(
            "{}/{name}/status?fieldValidation={validation}",
            self.collection(version)
        );
        self.send("PUT", &path, &with_status).await
    }

    async fn apply(&self, version: &str, manager: &str, spec: &Value) -> Answer {
        let object = json!({
            "apiVersion": format!("{}/{version}", self.group), "kind": "Thing", "metadata": {"name": "applied"}, "spec": spec,
        });
        let path = format!(
            "{}/applied?fieldManager={manager}",
            self.collection(version)
        );
        self.request("PATCH", &path, &object, "application/apply-patch+yaml")
            .await
    }

    /// Why an object is not taken as it is.
    async fn odd(&self, version: &str, object: &Value, name: &str) -> Option<String> {
        let mut object = object.clone();
        object["metadata"]["name"] = name.into();
        match self.write(version, &object, "Strict").await {
            Err((_, why)) => Some(why),
            Ok(written) if written["spec"] != object["spec"] => {
                Some("it comes out as another one".into())
            }
            Ok(_) => None,
        }
    }

    async fn get(&self, version: &str, name: &str) -> Answer {
        self.send(
            "GET",
            &format!("{}/{name}", self.collection(version)),
            &Value::Null,
        )
        .await
    }

    /// The stored object in each served version, and what else there is to be read of it.
    async fn read_all(&self, crd: &Value) -> Vec<(String, Answer)> {
        let mut answers = Vec::new();
        for version in served(crd) {
            let stored = self.get(&version, "stored").await;
            answers.push((version.clone(), stored));
            let subresources = crd["spec"]["versions"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["name"] == version.as_str());
            if subresources.is_some_and(|one| one.pointer("/subresources/scale").is_some()) {
                let scale = self.get(&version, "stored/scale").await;
                answers.push((
                    format!("{version} scale"),
                    scale.map(|scale| scale["spec"].clone()),
                ));
            }
            if let Some(selector) = self.change.said("selector").and_then(Value::as_str) {
                let path = format!("{}?fieldSelector={selector}", self.collection(&version));
                let list = self.send("GET", &path, &Value::Null).await;
                answers.push((format!("{version} list"), list.map(|_| Value::Null)));
            }
            let list = self
                .send("GET", &self.collection(&version), &Value::Null)
                .await;
            answers.push((
                format!("{version} kind"),
                list.map(|list| list["kind"].clone()),
            ));
        }
        let path = format!("/apis/{}/{}", self.group, served(crd)[0]);
        let discovered = self
            .send("GET", &path, &Value::Null)
            .await
            .unwrap_or_default();
        let resources = discovered["resources"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let things = resources
            .into_iter()
            .find(|one| one["name"] == "things")
            .unwrap_or_default();
        answers.push(("singular".into(), Ok(things["singularName"].clone())));
        for key in ["shortNames", "categories"] {
            for name in things[key].as_array().into_iter().flatten() {
                answers.push((format!("{key} {name}"), Ok(Value::Null)));
            }
        }
        answers
    }

    async fn read(&self, old: &Value, before: &[(String, Answer)], seen: &mut Seen) {
        if self.change.case.get("at").is_some_and(|at| at == "crd") {
            // Discovery follows the CRD in its own time.
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        let now = self.read_all(old).await;
        for (what, was) in before {
            let is = now.iter().find(|(other, _)| other == what);
            match (was, is.map(|(_, is)| is)) {
                (Ok(was), Some(Ok(is))) => {
                    if let Some(why) = self.differs(old, was, is) {
                        seen.hit(Hit::Read, format!("{what}: {why}"));
                    }
                }
                (Ok(_), Some(Err((_, why)))) => seen.hit(Hit::Read, format!("{what}: {why}")),
                (Ok(_), None) => seen.hit(Hit::Read, format!("{what} is gone")),
                (Err((_, why)), _) => panic!("{}: {what}: {why}", self.change.name),
            }
        }
    }

    async fn update(&self, old: &Value, written: &str, object: &Value, seen: &mut Seen) {
        for version in served(old) {
            let Ok(mut stored) = self.get(&version, "stored").await else {
                seen.hit(Hit::Update, format!("{version} cannot be read"));
                continue;
            };
            let path = format!("{}/stored", self.collection(&version));
            let unchanged = self.send("PUT", &path, &stored).await;
            if let Err((_, why)) = &unchanged {
                // Nothing but a rule that speaks of old values refuses what does not change.
                seen.hit(Hit::Update, format!("unchanged: {why}"));
            } else if let Ok(unchanged) = unchanged {
                stored = unchanged;
            }
            if version == written || !served(old).contains(&written.to_owned()) {
                let keeps = stored.clone();
                merge(&mut stored, &self.changes());
                match self.send("PUT", &path, &stored).await {
                    Err((_, why)) => seen.hit(Hit::Update, why),
                    Ok(now)
                        if keeps.get("status") != stored.get("status")
                            && now.get("status") != stored.get("status") =>
                    {
                        seen.hit(Hit::Update, "the status cannot be changed");
                    }
                    Ok(_) => {}
                }
            }
            if self.has_status(&version) && object.get("status").is_some() {
                let mut stored = self.get(&version, "stored").await.unwrap();
                stored["status"]["b"] = "changed".into();
                let path = format!("{path}/status");
                if let Err((_, why)) = self.send("PUT", &path, &stored).await {
                    seen.hit(Hit::Update, why);
                }
            }
            let scaled = old["spec"]["versions"].as_array().unwrap();
            if scaled
                .iter()
                .any(|one| one.pointer("/subresources/scale").is_some())
            {
                let patch = json!({"spec": {"replicas": 3}});
                let path = format!("{path}/scale");
                if let Err((_, why)) = self
                    .request("PATCH", &path, &patch, "application/merge-patch+json")
                    .await
                {
                    seen.hit(Hit::Update, why);
                }
            }
        }
    }

    async fn create(&self, version: &str, object: &Value, first: &Value, seen: &mut Seen) {
        let (old, _) = self.change.crds(&self.group);
        for validation in ["Strict", "Ignore"] {
            let mut object = object.clone();
            object["metadata"]["name"] = format!("anew-{}", validation.to_lowercase()).into();
            match self.write(version, &object, validation).await {
                // The object was made, and has no other address for its status.
                Err((404, why)) if self.has_status(version) => seen.hit(Hit::Update, why),
                Err((_, why)) => {
                    // Values of another type are still read where they are stored.
                    if why.contains("must be of type")
                        || why.contains("expected ") && why.contains("got")
                    {
                        seen.hit(
                            Hit::Read,
                            "stored values have a type that clients do not expect",
                        );
                    }
                    seen.hit(Hit::Create, format!("{validation}: {why}"));
                }
                Ok(now) => {
                    if let Some(why) = self.differs(&old, first, &now) {
                        seen.hit(Hit::Read, format!("made anew: {why}"));
                    }
                }
            }
        }
    }

    /// How an object differs in what the old CRD knows of it.
    fn differs(&self, old: &Value, was: &Value, is: &Value) -> Option<String> {
        let strip = |object: &Value| {
            let mut object = object.clone();
            if let Some(map) = object.as_object_mut() {
                map.remove("metadata");
                map.remove("apiVersion");
                map.retain(|key, _| !key.starts_with("canary"));
            }
            object
        };
        let (was, mut is) = (strip(was), strip(is));
        let schema = old["spec"]["versions"][0]["schema"]["openAPIV3Schema"].clone();
        if is.is_object() {
            without_new_fields(&mut is, &was, &schema);
        }
        (was != is).then(|| format!("{was} was read and {is} is"))
    }

    /// Puts the CRD with a mark by which it is known once the server serves by it.
    async fn apply_crd(&self, crd: &Value, mark: &str) -> Answer {
        let mut crd = crd.clone();
        for version in crd["spec"]["versions"].as_array_mut().unwrap() {
            let schema = &mut version["schema"]["openAPIV3Schema"];
            schema["properties"][format!("canary-{mark}").as_str()] =
                json!({"type": "string", "default": mark});
        }
        let name = format!("things.{}", self.group);
        let path = format!("{CRDS}/{name}");
        let mut last = Err((0, String::new()));
        for _ in 0..10 {
            last = match self.send("GET", &path, &Value::Null).await {
                Err(_) => self.send("POST", CRDS, &crd).await,
                Ok(there) => {
                    crd["metadata"]["resourceVersion"] =
                        there["metadata"]["resourceVersion"].clone();
                    self.send("PUT", &path, &crd).await
                }
            };
            if !matches!(&last, Err((409, _))) {
                break;
            }
        }
        last
    }

    async fn stored_versions(&self) -> Vec<String> {
        let path = format!("{CRDS}/things.{}", self.group);
        let crd = self.send("GET", &path, &Value::Null).await.unwrap();
        let versions = crd["status"]["storedVersions"].as_array().unwrap().iter();
        versions
            .map(|version| version.as_str().unwrap().to_owned())
            .collect()
    }

    async fn set_stored_versions(&self, versions: &[String]) {
        let path = format!("{CRDS}/things.{}/status", self.group);
        let patch = json!({"status": {"storedVersions": versions}});
        self.request("PATCH", &path, &patch, "application/merge-patch+json")
            .await
            .unwrap();
    }

    /// Waits until the server serves by a CRD.
    async fn wait_for(&self, crd: &Value, mark: &str) -> Result<(), String> {
        let version = served(crd)[0].clone();
        let mut last = String::new();
        for at in 0..400 {
            let (name, canary) = (format!("canary-{mark}-{at}"), format!("canary-{mark}"));
            let path = format!("{}?dryRun=All", self.collection(&version));
            // What is refused by the new rules is refused by the new CRD; nearly nothing is not, and stored objects have the mark as well.
            let nearly_nothing =
                json!({"kind": self.kind(), "metadata": {}, "spec": {"other": "a"}});
            for mut object in [self.object(&name, "object"), nearly_nothing] {
                object["apiVersion"] = format!("{}/{version}", self.group).into();
                object["metadata"]["name"] = name.as_str().into();
                match self.send("POST", &path, &object).await {
                    Ok(made) if made[canary.as_str()] == mark => return Ok(()),
                    Ok(_) => {}
                    Err((_, why)) => last = why,
                }
            }
            if let Ok(stored) = self.get(&version, "stored").await
                && stored[canary.as_str()] == mark
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err(format!("the CRD is not served: {last}"))
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.request(method, path, body, "application/json").await
    }

    /// Asks, and again while the server makes its storage anew, as it does after each change of a definition.
    async fn request(&self, method: &str, path: &str, body: &Value, kind: &str) -> Answer {
        let started = Instant::now();
        loop {
            let answer = self.request_once(method, path, body, kind).await;
            match &answer {
                Err((429 | 503, _)) if started.elapsed() < Duration::from_secs(30) => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                _ => return answer,
            }
        }
    }

    async fn request_once(&self, method: &str, path: &str, body: &Value, kind: &str) -> Answer {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", kind)
            .body(body)
            .unwrap();
        match self.client.request_text(request).await {
            Ok(text) => Ok(serde_json::from_str(&text).unwrap()),
            Err(kube::Error::Api(status)) => Err((status.code, status.message.clone())),
            Err(error) => Err((0, error.to_string())),
        }
    }
}

/// Leaves out what the old schema does not know.
fn without_new_fields(is: &mut Value, was: &Value, schema: &Value) {
    match is {
        Value::Object(map) => {
            map.retain(|key, _| {
                let is_known = schema
                    .pointer(&format!(
                        "/properties/{}",
                        key.replace('~', "~0").replace('/', "~1")
                    ))
                    .is_some();
                was.get(key).is_some() || is_known || schema.get("additionalProperties").is_some()
            });
            for (key, value) in map.iter_mut() {
                let of_key = schema
                    .get("properties")
                    .and_then(|properties| properties.get(key));
                let below = of_key.or(schema.get("additionalProperties"));
                without_new_fields(
                    value,
                    was.get(key).unwrap_or(&Value::Null),
                    below.unwrap_or(&Value::Null),
                );
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                without_new_fields(item, was.get(at).unwrap_or(&Value::Null), &schema["items"]);
            }
        }
        _ => {}
    }
}

/// The served versions.
fn served(crd: &Value) -> Vec<String> {
    let versions = crd["spec"]["versions"].as_array().unwrap().iter();
    let served = versions.filter(|version| version["served"] == true);
    served
        .map(|version| version["name"].as_str().unwrap().to_owned())
        .collect()
}
