//! The history, read from the database file as anybody's tool could.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, FromRow};
use tokio::time::{Duration, Instant, interval};

use super::{Keywheel, PATIENCE};

/// How often a row that is not there yet is looked for.
const INTERVAL: Duration = Duration::from_millis(10);

#[derive(Debug, Clone, FromRow)]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) http_status: Option<i64>,
    pub(crate) key_label: Option<String>,
    pub(crate) attempt_count: i64,
    pub(crate) finished_at_ms: Option<i64>,
    /// What selection said of each lane, as JSON.
    pub(crate) why: Option<String>,
    #[sqlx(skip)]
    pub(crate) attempts: Vec<Attempt>,
}

#[derive(Debug, Clone, FromRow)]
pub(crate) struct Attempt {
    pub(crate) request_id: String,
    pub(crate) key_label: String,
    pub(crate) outcome: String,
    pub(crate) http_status: Option<i64>,
    pub(crate) started_at_ms: i64,
    pub(crate) duration_ms: i64,
    pub(crate) held_until_ms: Option<i64>,
    pub(crate) detail: Option<String>,
}

impl Request {
    /// The keys that were asked, in order.
    pub(crate) fn keys(&self) -> Vec<&str> {
        self.attempts.iter().map(|attempt| attempt.key_label.as_str()).collect()
    }

    /// How the calls ended, in order.
    pub(crate) fn outcomes(&self) -> Vec<&str> {
        self.attempts.iter().map(|attempt| attempt.outcome.as_str()).collect()
    }
}

impl Keywheel {
    /// Every request, oldest first.
    pub(crate) async fn history(&self) -> Vec<Request> {
        read(&mut self.open_history().await).await
    }

    /// The row of a request that is over; waits for the writer.
    pub(crate) async fn row(&self, id: &str) -> Request {
        let is_there = |row: &&Request| row.id == id && row.status != "started";
        let rows = self.history_when(|rows| rows.iter().any(|row| is_there(&row))).await;
        rows.iter().find(is_there).expect("it was there").clone()
    }

    /// Every request, once the history is as expected.
    ///
    /// # Panics
    /// When it does not get there; the message shows how far it got.
    pub(crate) async fn history_when(&self, is_expected: impl Fn(&[Request]) -> bool) -> Vec<Request> {
        let deadline = Instant::now() + PATIENCE;
        let mut ticks = interval(INTERVAL);
        loop {
            ticks.tick().await;
            let rows = self.history().await;
            if is_expected(&rows) {
                return rows;
            }
            assert!(Instant::now() < deadline, "the history did not get where it should: {rows:#?}");
        }
    }

    /// Waits until what was learned about `n_keys` keys is on disk: that they rest, or that they are refused.
    ///
    /// # Panics
    /// When it does not get there; the message shows what was saved last.
    pub(crate) async fn saved(&self, n_keys: usize) {
        let deadline = Instant::now() + PATIENCE;
        let mut ticks = interval(INTERVAL);
        let mut history = self.open_history().await;
        loop {
            ticks.tick().await;
            let saved = read_saved(&mut history).await;
            let scopes = saved["scopes"].as_array().into_iter().flatten();
            let set_aside = scopes.filter(|scope| scope["hold"].is_object() || scope["trouble"].is_object());
            if set_aside.count() == n_keys {
                return;
            }
            assert!(Instant::now() < deadline, "{n_keys} keys that are set aside are not saved: {saved:#}");
        }
    }

    async fn open_history(&self) -> SqliteConnection {
        let path = self.data_dir().join("keywheel.db");
        let options = SqliteConnectOptions::new().filename(&path).read_only(true).busy_timeout(PATIENCE);
        options.connect().await.unwrap_or_else(|error| panic!("{} opens: {error}", path.display()))
    }
}

async fn read_saved(connection: &mut SqliteConnection) -> serde_json::Value {
    let text: Option<String> = sqlx::query_scalar("SELECT value FROM app_state WHERE key = 'rotation'")
        .fetch_optional(connection)
        .await
        .expect("the state can be read");
    text.map(|text| serde_json::from_str(&text).expect("the state is JSON")).unwrap_or_default()
}

async fn read(connection: &mut SqliteConnection) -> Vec<Request> {
    let requests = "SELECT id, status, http_status, key_label, attempt_count, finished_at_ms, why
        FROM requests
        ORDER BY started_at_ms, id";
    let attempts =
        "SELECT request_id, key_label, outcome, http_status, started_at_ms, duration_ms, held_until_ms,
        detail         FROM attempts ORDER BY request_id, number";
    let mut requests: Vec<Request> =
        sqlx::query_as(requests).fetch_all(&mut *connection).await.expect("requests can be read");
    let attempts: Vec<Attempt> =
        sqlx::query_as(attempts).fetch_all(&mut *connection).await.expect("attempts can be read");
    for attempt in attempts {
        if let Some(request) = requests.iter_mut().find(|request| request.id == attempt.request_id) {
            request.attempts.push(attempt);
        }
    }
    requests
}
