//! What queries have in common.

/// A query failed. There is nothing to do about it here but to say so: the text is SQLite's own.
#[derive(Debug, thiserror::Error)]
#[error(
    "the history database could not be used ({0}); free disk space or check the permissions of its folder"
)]
pub struct DatabaseFault(#[from] sqlx::Error);

/// SQLite's primary result code, for an error that came from SQLite.
pub(crate) fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// SQLite has no unsigned integers; nothing we count comes near the limit.
pub(crate) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// [`integer`] for a column that may be empty.
pub(crate) fn optional_integer(value: Option<u64>) -> Option<i64> {
    value.map(integer)
}
