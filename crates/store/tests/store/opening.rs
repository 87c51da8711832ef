//! Opening, migrating, and files that must not be touched.

use std::fs;

use keywheel_store::{OpenError, RequestStatus, Store};

use crate::{database, execute, finished, number, second_connection, started, text};

#[tokio::test]
async fn a_new_file_gets_the_whole_schema_and_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();

    let mut connection = second_connection(&database(&folder)).await;
    let tables = "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema
                  WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name)";
    assert_eq!(text(&mut connection, tables).await, "app_state attempts requests");
    assert_eq!(text(&mut connection, "PRAGMA journal_mode").await, "wal");
    assert_eq!(number(&mut connection, "PRAGMA auto_vacuum").await, 2, "2 is incremental");
    assert_eq!(text(&mut connection, "PRAGMA integrity_check").await, "ok");
    store.close().await;
}

#[tokio::test]
async fn sqlite_is_new_enough_to_be_free_of_the_wal_corruption() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = second_connection_to_new_file(&folder).await;
    let version = text(&mut connection, "SELECT sqlite_version()").await;
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "SQLite {version} is older than 3.51.3");
}

async fn second_connection_to_new_file(folder: &tempfile::TempDir) -> sqlx::sqlite::SqliteConnection {
    Store::open(&database(folder)).await.unwrap().close().await;
    second_connection(&database(folder)).await
}

#[tokio::test]
async fn what_a_crash_left_unfinished_becomes_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    store.writer().started(started("unfinished"));
    store.writer().started(started("finished"));
    store.writer().finished(finished("finished"));
    store.close().await;

    let store = Store::open(&database(&folder)).await.unwrap();
    let reader = store.reader();
    let status = async |id| reader.request(id).await.unwrap().unwrap().request.status;
    assert_eq!(status("unfinished").await, RequestStatus::Interrupted);
    assert_eq!(status("finished").await, RequestStatus::Ok);
    store.close().await;
}

#[tokio::test]
async fn the_schema_of_a_newer_version_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(&folder);
    let store = Store::open(&path).await.unwrap();
    store.writer().started(started("kept"));
    store.close().await;
    let mut connection = second_connection(&path).await;
    execute(
        &mut connection,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .await;

    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, OpenError::NewerSchema { version: 9999, .. }), "{error}");
    assert!(error.to_string().contains("update Keywheel"), "no next step in: {error}");
    let unfinished = "SELECT COUNT(*) FROM requests WHERE id = 'kept' AND status = 'started'";
    assert_eq!(number(&mut connection, unfinished).await, 1, "the refused file was changed");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = database(&folder);
    for content in ["a letter to a friend\n".repeat(500), "short".to_owned()] {
        fs::write(&path, &content).unwrap();
        let error = Store::open(&path).await.unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content, "the refused file was changed");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something was left beside it");
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_told_from_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("missing").join("keywheel.db"), folder.path().to_owned()] {
        let error = Store::open(&path).await.unwrap_err();
        assert!(matches!(error, OpenError::Inaccessible { .. }), "{error}");
    }
}
