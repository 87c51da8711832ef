//! The store through its public interface, on real files, looked at through connections of the tests' own.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is a failed test")]

mod app_state;
mod opening;
mod reading;
mod recording;

use std::path::{Path, PathBuf};
use std::time::Duration;

use keywheel_store::{AttemptRow, FinalStatus, LaneRow, RequestFinished, RequestStarted};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};

/// How long something may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(10);

fn database(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("keywheel.db")
}

/// A connection that knows nothing of the store under test.
async fn second_connection(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap()
}

async fn number(connection: &mut SqliteConnection, query: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(connection).await.unwrap()
}

async fn text(connection: &mut SqliteConnection, query: &str) -> String {
    sqlx::query_scalar(AssertSqlSafe(query)).fetch_one(connection).await.unwrap()
}

async fn execute(connection: &mut SqliteConnection, statement: &str) {
    sqlx::query(AssertSqlSafe(statement)).execute(connection).await.unwrap();
}

/// Asks again and again until the answer is `expected`.
async fn becomes(connection: &mut SqliteConnection, query: &str, expected: i64) {
    let mut last = None;
    let reached = tokio::time::timeout(PATIENCE, async {
        while last != Some(expected) {
            last = Some(number(connection, query).await);
            tokio::task::yield_now().await;
        }
    });
    assert!(reached.await.is_ok(), "{query} stayed at {last:?}, not {expected}");
}

fn started(id: &str) -> RequestStarted {
    RequestStarted {
        id: id.to_owned(),
        started_at_ms: 1_000,
        client_dialect: "openai_chat".to_owned(),
        requested_model: "default".to_owned(),
        virtual_model: Some("demo".to_owned()),
        stream: true,
        user_agent: Some("tests/1".to_owned()),
    }
}

fn lane(key_id: &str) -> LaneRow {
    LaneRow {
        provider: "groq".to_owned(),
        model: "llama".to_owned(),
        key_id: key_id.to_owned(),
        key_label: format!("label of {key_id}"),
    }
}

fn attempt(number: u32, key_id: &str, outcome: &str) -> AttemptRow {
    AttemptRow {
        number,
        lane: lane(key_id),
        started_at_ms: 1_000 + u64::from(number),
        duration_ms: 20,
        outcome: outcome.to_owned(),
        http_status: Some(429),
        held_until_ms: Some(61_000),
        detail: Some("429 · retry-after: 60".to_owned()),
    }
}

/// A request that `k_1` was too limited for and `k_2` answered.
fn finished(id: &str) -> RequestFinished {
    RequestFinished {
        id: id.to_owned(),
        finished_at_ms: 1_500,
        status: FinalStatus::Ok,
        http_status: Some(200),
        served_by: Some(lane("k_2")),
        first_token_ms: Some(120),
        duration_ms: 500,
        input_tokens: Some(10),
        output_tokens: Some(20),
        cached_tokens: Some(5),
        error_code: None,
        attempts: vec![attempt(1, "k_1", "rate_limited"), attempt(2, "k_2", AttemptRow::OK)],
        why: Some("[]".to_owned()),
    }
}
