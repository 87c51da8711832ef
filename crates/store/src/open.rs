//! Opening the database file and bringing its schema up to date.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};

use crate::query::sqlite_code;

/// Another program, such as a backup, may hold the file this long before a query fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Enough for the window, the status pages and a terminal at once; each is a thread and a page cache.
const READER_CONNECTIONS: u32 = 3;

// SQLite's primary result codes.
const SQLITE_PERM: i32 = 3;
const SQLITE_READONLY: i32 = 8;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

/// Why the database could not be opened. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer Keywheel wrote it.
    #[error(
        "{} was written by a newer version of Keywheel (schema {version}); update Keywheel, or choose another data \
         folder with --data-dir", path.display()
    )]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The first schema version in it that this version does not know.
        version: i64,
    },
    /// The file is damaged, or no SQLite database at all.
    #[error("{} is damaged or not a database ({source}); move it away, and Keywheel starts with an empty history", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// SQLite's own words.
        source: sqlx::Error,
    },
    /// The folder is missing, or it or the file may not be read or written.
    #[error("{} cannot be read and written ({source}); check that its folder exists and belongs to you", path.display())]
    Inaccessible {
        /// The file.
        path: PathBuf,
        /// SQLite's own words.
        source: sqlx::Error,
    },
    /// Anything else, such as a full disk or another program that holds the file.
    #[error("{} cannot be opened ({source}); close other programs that use it and check that the disk is not full", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: MigrateError,
    },
}

/// The connections of one database: SQLite allows one writer at a time, and WAL lets readers go on beside it.
#[derive(Clone, Debug)]
pub(crate) struct Pools {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
}

impl Pools {
    pub(crate) async fn open(path: &Path) -> Result<Self, OpenError> {
        let file = SqliteConnectOptions::new().filename(path).foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
        let writing = file
            .clone()
            .create_if_missing(true)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            // A committed row is in the operating system's hands: killing this process loses nothing. Only a power
            // cut can take the newest rows, never the file's consistency, and FULL would make every batch wait for
            // the disk to spare a log those.
            .synchronous(SqliteSynchronous::Normal);

        let writer = prepare(writing).await.map_err(|source| classify(path, source))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READER_CONNECTIONS)
            .test_before_acquire(false)
            .connect_lazy_with(file.read_only(true));
        Ok(Self { writer, readers })
    }

    /// A database that is gone with its only connection, which writing and reading share.
    pub(crate) async fn in_memory() -> Result<Self, OpenError> {
        let memory = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let writer = prepare(memory).await.map_err(|source| classify(Path::new(":memory:"), source))?;
        Ok(Self { readers: writer.clone(), writer })
    }

    /// Closes the writer last: only then are all rows moved from the WAL into the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Connects, migrates, and marks what an earlier run left unfinished.
async fn prepare(options: SqliteConnectOptions) -> Result<SqlitePool, MigrateError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    sqlx::migrate!("../../migrations").run(&pool).await?;
    let interrupted = sqlx::query("UPDATE requests SET status = 'interrupted' WHERE status = 'started'")
        .execute(&pool)
        .await?
        .rows_affected();
    if interrupted > 0 {
        tracing::warn!(interrupted, "requests of the last run were interrupted");
    }
    Ok(pool)
}

fn classify(path: &Path, source: MigrateError) -> OpenError {
    let path = path.to_owned();
    let source = match source {
        MigrateError::VersionMissing(version) => return OpenError::NewerSchema { path, version },
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => source,
        source => return OpenError::Failed { path, source },
    };
    match sqlite_code(&source) {
        Some(SQLITE_NOTADB | SQLITE_CORRUPT) => OpenError::Damaged { path, source },
        Some(SQLITE_PERM | SQLITE_READONLY | SQLITE_CANTOPEN) => OpenError::Inaccessible { path, source },
        _ => OpenError::Failed { path, source: MigrateError::Execute(source) },
    }
}
