//! From the intent to a Job that is there, suspended.

use std::sync::Arc;

use serde_json::Value;

use super::super::operation_desk::Halt;
use super::super::patience::Patience;
use super::JobView;
use super::attempt::Attempt;
use super::pods::Pods;
use crate::api::{Failure, FailureClass, PatchKind, Reply, Request};
use crate::journal::VerdictKind;
use crate::label;

impl Attempt<'_> {
    /// Creates the Job, or takes the one that is there, if it is the same.
    pub(super) async fn create(&mut self) -> Result<(), Halt> {
        // A hook that may run once at most has one Job at most: what a runner before may have created is looked for, and not made again.
        if self.inherited && self.is_at_most_once() {
            return self.find_or_lose().await;
        }
        if self.is_closing() {
            return self.find_or_drop().await;
        }
        let mut patience = Patience::new(self.cx.desk());
        let request = Arc::new(Request::Create {
            object: self.manifest(),
            dry_run: false,
        });
        loop {
            match self.cx.desk().call_once(Arc::clone(&request)).await {
                Ok(Reply::Object(job)) => return self.adopt(&job),
                Ok(_) => return Err(Halt::failed("the server gave no Job")),
                Err(failure) if failure.class() == FailureClass::AlreadyExists => {
                    if self.take_existing().await? {
                        return Ok(());
                    }
                    if let Err(failure) = patience.wait(&failure, &request).await {
                        return self.refused(&failure);
                    }
                }
                Err(failure) if !failure.may_pass() => return self.refused(&failure),
                Err(failure) if self.is_at_most_once() && !failure.is_definite() => {
                    return self.find_or_lose().await;
                }
                Err(failure) => {
                    if let Err(failure) = patience.wait(&failure, &request).await {
                        return self.refused(&failure);
                    }
                }
            }
        }
    }

    /// The Job as it is sent: suspended, held, and with the epoch of who sends it.
    fn manifest(&self) -> Value {
        let mut job = self.job.suspended_job();
        let epoch = self.cx.desk().look(|journal| journal.epoch());
        if let Some(annotations) = job
            .pointer_mut("/metadata/annotations")
            .and_then(Value::as_object_mut)
        {
            annotations.insert(label::EPOCH.to_owned(), epoch.to_string().into());
            annotations.insert(label::HOME.to_owned(), self.cx.plan().home().into());
        }
        job
    }

    fn adopt(&self, job: &Value) -> Result<(), Halt> {
        let uid = JobView(job).uid().to_owned();
        self.record(|attempt| attempt.uid = Some(uid));
        Ok(())
    }

    fn refused(&self, failure: &Failure) -> Result<(), Halt> {
        self.end(
            VerdictKind::Failed,
            format!("its Job cannot be created: {failure}"),
        )
    }

    async fn find_or_lose(&mut self) -> Result<(), Halt> {
        match self.cx.desk().read(&self.target()).await {
            Ok(Some(job)) if JobView(&job).is_made_from(self.job.job()) => self.adopt(&job),
            Ok(Some(_)) => self.foreign(),
            Ok(None) => {
                let message = "whether its Job was made is not known, and it may run once at most";
                self.end(VerdictKind::Lost, message)
            }
            Err(failure) => Err(Halt::of("the Job of a hook cannot be read", &failure)),
        }
    }

    /// Takes the Job if it was made, and makes it no more if it was not.
    async fn find_or_drop(&mut self) -> Result<(), Halt> {
        match self.cx.desk().read(&self.target()).await {
            Ok(Some(job)) if JobView(&job).is_made_from(self.job.job()) => self.adopt(&job),
            Ok(_) => self.end(VerdictKind::Cancelled, "given up before its Job was made"),
            Err(failure) => Err(Halt::of("the Job of a hook cannot be read", &failure)),
        }
    }

    fn foreign(&self) -> Result<(), Halt> {
        let message = format!(
            "there is another {}, which is not this hook's",
            self.target()
        );
        self.end(VerdictKind::Failed, message)
    }

    /// Takes the Job that has the name, if it is the one that was to be made. Whether the matter is decided; if not, the name is free now.
    async fn take_existing(&mut self) -> Result<bool, Halt> {
        let job = match self.cx.desk().read(&self.target()).await {
            Ok(Some(job)) => job,
            Ok(None) => return Ok(false),
            Err(failure) => return Err(Halt::of("the Job of a hook cannot be read", &failure)),
        };
        let view = JobView(&job);
        if !view.is_made_from(self.job.job()) {
            self.foreign()?;
        } else if !view.is_deleting() {
            self.adopt(&job)?;
        } else {
            let unconfirmed = self.let_go(view).await?;
            if self.is_at_most_once() {
                let message = "its Job was deleted, and it may run once at most".to_owned();
                self.conclude_with(VerdictKind::Lost, message, unconfirmed);
            } else if let Some(node) = unconfirmed {
                let message = format!(
                    "{} is deleted, and a pod of it may still run on node `{node}`",
                    self.target()
                );
                return Err(Halt::Decide {
                    message,
                    hook: None,
                });
            } else {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lets a Job go that is being deleted, and waits until it and its pods are gone. The node of a pod that does not end.
    async fn let_go(&self, job: JobView<'_>) -> Result<Option<String>, Halt> {
        let uid = job.uid().to_owned();
        self.unhold(job).await?;
        let pods = Pods::of(self.cx, self.job.namespace(), &uid);
        let unconfirmed = pods.end(job.grace_seconds()).await?;
        let until = self.now().after(self.cx.desk().settings().gone_timeout);
        while self.now() < until {
            match self.cx.desk().read(&self.target()).await {
                Ok(Some(job)) if JobView(&job).uid() == uid => {}
                Ok(_) => return Ok(unconfirmed),
                Err(failure) => return Err(Halt::of("the Job of a hook cannot be read", &failure)),
            }
            let next = self.now().after(self.cx.desk().settings().look_every);
            let reason = format!("until {} is gone", self.target());
            self.cx.desk().wait(next, vec![self.target()], reason).await;
        }
        Err(Halt::failed(format!(
            "{} is being deleted, and does not go",
            self.target()
        )))
    }

    /// Takes our finalizer off a Job, and no other's.
    pub(super) async fn unhold(&self, job: JobView<'_>) -> Result<(), Halt> {
        if !job.is_held_by_us() {
            return Ok(());
        }
        let patch = serde_json::json!({"metadata": {
            "uid": job.uid(),
            "$deleteFromPrimitiveList/finalizers": [label::FINALIZER],
        }});
        let request = Request::Patch {
            target: self.target(),
            patch,
            kind: PatchKind::Strategic,
        };
        match self.cx.desk().call(request).await {
            Ok(_) => Ok(()),
            Err(failure) if super::attempt::is_gone(failure.class()) => Ok(()),
            Err(failure) => Err(Halt::of(
                "the finalizer of a Job cannot be taken off",
                &failure,
            )),
        }
    }
}
