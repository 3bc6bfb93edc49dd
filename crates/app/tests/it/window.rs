//! What a window does with an app: opens a list, waits for it, selects.

use std::time::Duration;

use dipper_app::{
    AccountId, App, CountProgress, Job, JobState, Mode, RowKind, SelectionChange, SelectionSummary, Sort, Target,
    ViewId, ViewRequest, ViewState,
};

use crate::support::Story;

/// No one listens.
pub(crate) const QUIET: &(dyn Fn(CountProgress) + Send + Sync) = &|_| ();

/// An app with one account, as a window holds them.
pub(crate) struct Window {
    pub(crate) app: App,
    pub(crate) account: AccountId,
}

impl Story {
    /// A window on the story's account.
    pub(crate) fn window(&self) -> Window {
        Window {
            app: self.app.clone(),
            account: self.account.clone(),
        }
    }

    pub(crate) async fn open(&self, bucket: &str, prefix: &str, mode: Mode) -> ViewId {
        self.window().open(bucket, prefix, mode).await
    }

    pub(crate) async fn choose(&self, view: &ViewId, keys: &[&str]) -> SelectionSummary {
        self.window().choose(view, keys).await
    }

    pub(crate) async fn target(&self, bucket: &str, prefix: &str, keys: &[&str]) -> Target {
        self.window().target(bucket, prefix, keys).await
    }

    pub(crate) fn bucket(&self, bucket: &str) -> Target {
        self.window().bucket(bucket)
    }

    pub(crate) async fn keys(&self, bucket: &str) -> Vec<String> {
        self.window().keys(bucket).await
    }

    pub(crate) async fn ended(&self, id: u64) -> Job {
        self.window().ended(id).await
    }
}

impl Window {
    /// Opens a list and waits until it is complete.
    pub(crate) async fn open(&self, bucket: &str, prefix: &str, mode: Mode) -> ViewId {
        let request = ViewRequest {
            account_id: self.account.clone(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            mode,
            sort: Sort::default(),
        };
        let (view, mut status) = self.app.open_view(request).await.unwrap();
        let complete = status
            .wait_for(|status| status.state != ViewState::Listing)
            .await
            .unwrap()
            .clone();
        assert_eq!(complete.state, ViewState::Complete, "{:?}", complete.error);
        view
    }

    /// Selects these keys and nothing else.
    pub(crate) async fn choose(&self, view: &ViewId, keys: &[&str]) -> SelectionSummary {
        let mut summary = self.app.select(view, SelectionChange::None).await.unwrap();
        let rows = self.app.rows(view, 0, 500).await.unwrap().rows;
        for key in keys {
            let row = rows
                .iter()
                .find(|row| row.key == *key)
                .unwrap_or_else(|| panic!("{key} is not listed"));
            summary = self
                .app
                .select(view, SelectionChange::Toggle { index: row.index })
                .await
                .unwrap();
        }
        summary
    }

    /// A selection of these keys in a fresh list of the folder they are in.
    pub(crate) async fn target(&self, bucket: &str, prefix: &str, keys: &[&str]) -> Target {
        let view_id = self.open(bucket, prefix, Mode::Folders).await;
        let selection_id = self.choose(&view_id, keys).await.id;
        Target::Selection { view_id, selection_id }
    }

    /// The whole bucket.
    pub(crate) fn bucket(&self, bucket: &str) -> Target {
        Target::Bucket {
            account_id: self.account.clone(),
            bucket: bucket.to_owned(),
        }
    }

    /// Every key of a bucket, in order.
    pub(crate) async fn keys(&self, bucket: &str) -> Vec<String> {
        let view = self.open(bucket, "", Mode::Flat).await;
        let rows = self.app.rows(&view, 0, 500).await.unwrap().rows;
        self.app.close_view(&view).await.unwrap();
        rows.into_iter()
            .filter(|row| row.kind == RowKind::Object)
            .map(|row| row.key)
            .collect()
    }

    /// Waits until a job has ended.
    pub(crate) async fn ended(&self, id: u64) -> Job {
        let mut changes = self.app.watch_transfers();
        let ended = async {
            loop {
                let batch = changes.next().await;
                let ended = |job: &&Job| !matches!(job.state, JobState::Queued | JobState::Running);
                if let Some(job) = batch.jobs.iter().filter(|job| job.id == id).find(ended) {
                    return job.clone();
                }
            }
        };
        tokio::time::timeout(Duration::from_mins(1), ended).await.unwrap()
    }
}
