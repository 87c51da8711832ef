//! The owner of the database.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::open::Pools;
use crate::recorder::Recorder;
use crate::{AppState, OpenError, Reader, StoreHealth, Writer};

/// Rows that may wait for the writing task. At 50 requests per second this outlasts a disk that is full for a minute
/// and a half, in some megabytes of memory.
const WAITING_ROWS: usize = 10_000;

/// An open database and the task that writes to it. Hand out [`writer`](Store::writer), [`reader`](Store::reader) and
/// [`app_state`](Store::app_state); keep this to [`close`](Store::close) it.
#[derive(Debug)]
pub struct Store {
    pools: Pools,
    writer: Writer,
    health: watch::Receiver<StoreHealth>,
    tasks: TaskTracker,
    stop: DropGuard,
}

impl Store {
    /// Opens the database file, which is made if it is missing; its folder must exist. The schema is brought up to
    /// date and requests that an earlier run left unfinished become `interrupted`. Must be called on a tokio runtime.
    ///
    /// # Errors
    /// See [`OpenError`]; in every case the file is left as it was.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(Pools::open(path).await?))
    }

    /// A store that is gone when it is dropped: for tests, and to go on with where no file can be opened.
    ///
    /// # Errors
    /// Only if there is no memory for it.
    pub async fn in_memory() -> Result<Self, OpenError> {
        Ok(Self::over(Pools::in_memory().await?))
    }

    fn over(pools: Pools) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING_ROWS);
        let (health_sender, health) = watch::channel(StoreHealth::Writing);
        let dropped_rows = Arc::new(AtomicU64::new(0));
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let recorder = Recorder {
            pool: pools.writer.clone(),
            receiver,
            health: health_sender,
            dropped_rows: Arc::clone(&dropped_rows),
            stop: stop.clone(),
        };
        tasks.spawn(recorder.run());
        tasks.close();
        Self { pools, writer: Writer::new(sender, dropped_rows), health, tasks, stop: stop.drop_guard() }
    }

    /// A handle that requests record their history with.
    #[must_use]
    pub fn writer(&self) -> Writer {
        self.writer.clone()
    }

    /// A handle that history is read with.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader::new(self.pools.readers.clone())
    }

    /// A handle to the small things that survive a restart.
    #[must_use]
    pub fn app_state(&self) -> AppState {
        AppState::new(self.pools.clone())
    }

    /// Whether history is being written; changes when that does.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<StoreHealth> {
        self.health.clone()
    }

    /// Writes everything that waits and closes the file. Rows that are sent from now on are dropped and counted.
    pub async fn close(self) {
        drop(self.stop);
        self.tasks.wait().await;
        self.pools.close().await;
    }
}
