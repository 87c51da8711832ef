//! The one task that writes history.
//!
//! It sleeps until a row arrives, takes everything that is waiting (at most [`BATCH_ROWS`]) and commits it in one
//! transaction. While that runs, the next batch gathers by itself: a lonely row is on disk at once, and under load
//! batches grow without a timer.
//!
//! When writing fails (disk full, read-only, locked by another program) the batch is kept and tried again every
//! [`RETRY_AFTER`]; meanwhile rows wait in the channel, and only when that is full are new ones dropped and counted.
//! When the store closes, everything that waits is written, with one last try per batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::SqlitePool;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::insert::{Record, insert_all};

/// Large enough to make a commit cheap per row, small enough to take a few milliseconds.
const BATCH_ROWS: usize = 128;

/// Nobody frees a disk faster than this.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Whether history is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreHealth {
    /// Every row so far was written, or waits its turn.
    Writing,
    /// The last write failed and is tried again every second.
    Failing {
        /// What is wrong and what to do, for the user.
        message: String,
    },
}

pub(crate) struct Recorder {
    pub(crate) pool: SqlitePool,
    pub(crate) receiver: mpsc::Receiver<Record>,
    pub(crate) health: watch::Sender<StoreHealth>,
    pub(crate) dropped_rows: Arc<AtomicU64>,
    pub(crate) stop: CancellationToken,
}

impl Recorder {
    /// Runs until the store closes and all rows are written.
    pub(crate) async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH_ROWS);
        while self.next(&mut batch).await {
            self.write(&batch).await;
            batch.clear();
        }
    }

    /// Waits for rows; `false` when there will be no more.
    async fn next(&mut self, batch: &mut Vec<Record>) -> bool {
        loop {
            let is_open = !self.receiver.is_closed();
            tokio::select! {
                () = self.stop.cancelled(), if is_open => self.receiver.close(),
                count = self.receiver.recv_many(batch, BATCH_ROWS) => return count > 0,
            }
        }
    }

    async fn write(&self, batch: &[Record]) {
        loop {
            let is_last_try = self.stop.is_cancelled();
            match insert_all(&self.pool, batch).await {
                Ok(orphans) => {
                    self.dropped_rows.fetch_add(orphans, Ordering::Relaxed);
                    self.recovered();
                    return;
                }
                Err(error) if is_last_try => return self.give_up(batch, &error),
                Err(error) => self.failing(&error),
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY_AFTER) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    fn recovered(&self) {
        let has_changed = self.health.send_if_modified(|health| {
            let was_failing = *health != StoreHealth::Writing;
            *health = StoreHealth::Writing;
            was_failing
        });
        if has_changed {
            tracing::info!("history is written again");
        }
    }

    fn failing(&self, error: &sqlx::Error) {
        let message = format!(
            "the history cannot be written ({error}); requests go on and the newest rows are kept in memory; free \
             disk space or check the permissions of the data folder"
        );
        let failing = StoreHealth::Failing { message };
        let has_changed = self.health.send_if_modified(|health| {
            let is_new = *health != failing;
            health.clone_from(&failing);
            is_new
        });
        if has_changed {
            tracing::warn!(%error, "history cannot be written; trying again every second");
        }
    }

    fn give_up(&self, batch: &[Record], error: &sqlx::Error) {
        let row_count = batch.len();
        tracing::error!(%error, row_count, "history rows are lost: the store closes and cannot write them");
        self.dropped_rows.fetch_add(u64::try_from(row_count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
