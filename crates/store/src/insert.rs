//! The SQL that writes history.

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, SqlitePool};

use crate::query::{integer, optional_integer};
use crate::rows::{AttemptRow, RequestFinished, RequestStarted};

/// What the writers send.
#[derive(Debug)]
pub(crate) enum Record {
    Started(Box<RequestStarted>),
    Finished(Box<RequestFinished>),
}

/// Writes all records in one transaction, or none. Writing the same records again changes nothing. Returns how many
/// finished rows had no started row to complete.
pub(crate) async fn insert_all(pool: &SqlitePool, records: &[Record]) -> Result<u64, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut orphans = 0;
    for record in records {
        match record {
            Record::Started(row) => insert_started(&mut transaction, row).await?,
            Record::Finished(row) if finish(&mut transaction, row).await? => {
                for attempt in &row.attempts {
                    insert_attempt(&mut transaction, &row.id, attempt).await?;
                }
            }
            Record::Finished(_) => orphans += 1,
        }
    }
    transaction.commit().await?;
    Ok(orphans)
}

async fn insert_started(connection: &mut SqliteConnection, row: &RequestStarted) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO requests (id, started_at_ms, client_dialect, requested_model, virtual_model, stream, user_agent, status)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'started')
         ON CONFLICT DO NOTHING",
    )
    .bind(&row.id)
    .bind(integer(row.started_at_ms))
    .bind(&row.client_dialect)
    .bind(&row.requested_model)
    .bind(&row.virtual_model)
    .bind(row.stream)
    .bind(&row.user_agent)
    .execute(connection)
    .await?;
    Ok(())
}

/// Completes the started row; `false` if there is none.
async fn finish(connection: &mut SqliteConnection, row: &RequestFinished) -> Result<bool, sqlx::Error> {
    let served_by = row.served_by.as_ref();
    let done = sqlx::query(
        "UPDATE requests
         SET finished_at_ms = ?, status = ?, http_status = ?, provider = ?, model = ?, key_id = ?, key_label = ?,
             attempt_count = ?, first_token_ms = ?, duration_ms = ?, input_tokens = ?, output_tokens = ?,
             cached_tokens = ?, error_code = ?, why = ?
         WHERE id = ?",
    )
    .bind(integer(row.finished_at_ms))
    .bind(row.status)
    .bind(row.http_status)
    .bind(served_by.map(|lane| &lane.provider))
    .bind(served_by.map(|lane| &lane.model))
    .bind(served_by.map(|lane| &lane.key_id))
    .bind(served_by.map(|lane| &lane.key_label))
    .bind(u32::try_from(row.attempts.len()).unwrap_or(u32::MAX))
    .bind(optional_integer(row.first_token_ms))
    .bind(integer(row.duration_ms))
    .bind(optional_integer(row.input_tokens))
    .bind(optional_integer(row.output_tokens))
    .bind(optional_integer(row.cached_tokens))
    .bind(&row.error_code)
    .bind(&row.why)
    .bind(&row.id)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

async fn insert_attempt(
    connection: &mut SqliteConnection,
    request_id: &str,
    row: &AttemptRow,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO attempts (request_id, number, provider, model, key_id, key_label, started_at_ms, duration_ms,
                               outcome, http_status, held_until_ms, detail)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
    )
    .bind(request_id)
    .bind(row.number)
    .bind(&row.lane.provider)
    .bind(&row.lane.model)
    .bind(&row.lane.key_id)
    .bind(&row.lane.key_label)
    .bind(integer(row.started_at_ms))
    .bind(integer(row.duration_ms))
    .bind(&row.outcome)
    .bind(row.http_status)
    .bind(optional_integer(row.held_until_ms))
    .bind(&row.detail)
    .execute(connection)
    .await?;
    Ok(())
}
