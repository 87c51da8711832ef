//! The SQL that reads history.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqlitePool};

use crate::query::{DatabaseFault, integer};
use crate::rows::{AttemptRow, LaneRow, RequestDetail, RequestRow, RequestStarted};

/// Reads history beside the writing task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader {
    pool: SqlitePool,
}

/// What went through one lane.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct LaneUsage {
    /// The provider's id.
    pub provider: String,
    /// The model as the provider knows it.
    pub model: String,
    /// The key's id.
    pub key_id: String,
    /// Calls sent upstream, as the provider counts them: a client's request that took two attempts on two keys is
    /// one request for each.
    pub requests: u64,
    /// Those of them that failed. Calls that ended because the client left are not errors.
    pub errors: u64,
    /// Tokens of the prompts this lane answered.
    pub input_tokens: u64,
    /// Tokens of its answers.
    pub output_tokens: u64,
}

impl Reader {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// The newest requests, newest first, at most `limit`.
    pub async fn recent_requests(&self, limit: u32) -> Result<Vec<RequestRow>, DatabaseFault> {
        let rows = sqlx::query_as("SELECT * FROM requests ORDER BY started_at_ms DESC, id DESC LIMIT ?")
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// One request with its attempts; `None` if there is no such request.
    pub async fn request(&self, id: &str) -> Result<Option<RequestDetail>, DatabaseFault> {
        let found =
            sqlx::query_as("SELECT * FROM requests WHERE id = ?").bind(id).fetch_optional(&self.pool).await?;
        let Some(request) = found else { return Ok(None) };
        let attempts = sqlx::query_as("SELECT * FROM attempts WHERE request_id = ? ORDER BY number")
            .bind(id)
            .fetch_all(&self.pool)
            .await?;
        let why = sqlx::query_scalar("SELECT why FROM requests WHERE id = ?")
            .bind(id)
            .fetch_one(&self.pool)
            .await?;
        Ok(Some(RequestDetail { request, attempts, why }))
    }

    /// What went through every lane since `since_ms` (Unix milliseconds), in the order of their names.
    pub async fn usage_since(&self, since_ms: u64) -> Result<Vec<LaneUsage>, DatabaseFault> {
        let usage = sqlx::query_as(
            "SELECT provider, model, key_id, SUM(requests) AS requests, SUM(errors) AS errors,
                    SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens
             FROM (
                 SELECT provider, model, key_id, 1 AS requests, outcome NOT IN (?2, ?3) AS errors,
                        0 AS input_tokens, 0 AS output_tokens
                 FROM attempts WHERE started_at_ms >= ?1
                 UNION ALL
                 SELECT provider, model, key_id, 0, 0, COALESCE(input_tokens, 0), COALESCE(output_tokens, 0)
                 FROM requests WHERE started_at_ms >= ?1 AND key_id IS NOT NULL
             )
             GROUP BY provider, model, key_id
             ORDER BY provider, model, key_id",
        )
        .bind(integer(since_ms))
        .bind(AttemptRow::OK)
        .bind(AttemptRow::CANCELLED)
        .fetch_all(&self.pool)
        .await?;
        Ok(usage)
    }
}

impl FromRow<'_, SqliteRow> for RequestRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let served: Option<String> = row.try_get("key_id")?;
        Ok(Self {
            started: RequestStarted::from_row(row)?,
            status: row.try_get("status")?,
            finished_at_ms: row.try_get("finished_at_ms")?,
            http_status: row.try_get("http_status")?,
            served_by: served.map(|_| LaneRow::from_row(row)).transpose()?,
            attempt_count: row.try_get("attempt_count")?,
            first_token_ms: row.try_get("first_token_ms")?,
            duration_ms: row.try_get("duration_ms")?,
            input_tokens: row.try_get("input_tokens")?,
            output_tokens: row.try_get("output_tokens")?,
            cached_tokens: row.try_get("cached_tokens")?,
            error_code: row.try_get("error_code")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for RequestStarted {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            started_at_ms: row.try_get("started_at_ms")?,
            client_dialect: row.try_get("client_dialect")?,
            requested_model: row.try_get("requested_model")?,
            virtual_model: row.try_get("virtual_model")?,
            stream: row.try_get("stream")?,
            user_agent: row.try_get("user_agent")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for LaneRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            provider: row.try_get("provider")?,
            model: row.try_get("model")?,
            key_id: row.try_get("key_id")?,
            key_label: row.try_get("key_label")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for AttemptRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            number: row.try_get("number")?,
            lane: LaneRow::from_row(row)?,
            started_at_ms: row.try_get("started_at_ms")?,
            duration_ms: row.try_get("duration_ms")?,
            outcome: row.try_get("outcome")?,
            http_status: row.try_get("http_status")?,
            held_until_ms: row.try_get("held_until_ms")?,
            detail: row.try_get("detail")?,
        })
    }
}
