//! The way of a row to the disk.

use keywheel_store::{FinalStatus, RequestStatus, Store, StoreHealth};

use crate::{PATIENCE, attempt, becomes, database, execute, finished, number, second_connection, started};

#[tokio::test]
async fn a_request_is_written_in_two_phases() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let mut connection = second_connection(&database(&folder)).await;

    store.writer().started(started("r1"));
    becomes(&mut connection, "SELECT COUNT(*) FROM requests WHERE status = 'started'", 1).await;
    let before = store.reader().request("r1").await.unwrap().unwrap();
    assert_eq!(before.request.started, started("r1"));
    assert_eq!(before.request.status, RequestStatus::Started);
    assert_eq!(before.request.served_by, None);
    assert_eq!(before.attempts, vec![]);

    store.writer().finished(finished("r1"));
    becomes(&mut connection, "SELECT COUNT(*) FROM requests WHERE status = 'ok'", 1).await;
    let after = store.reader().request("r1").await.unwrap().unwrap();
    let expected = finished("r1");
    assert_eq!(after.request.started, started("r1"), "finishing changed what was known at the start");
    assert_eq!(after.request.served_by, expected.served_by);
    assert_eq!(after.request.attempt_count, 2);
    assert_eq!(after.request.finished_at_ms, Some(1_500));
    assert_eq!(after.request.http_status, Some(200));
    assert_eq!(after.request.first_token_ms, Some(120));
    assert_eq!(after.request.duration_ms, Some(500));
    assert_eq!(after.request.input_tokens, Some(10));
    assert_eq!(after.request.output_tokens, Some(20));
    assert_eq!(after.request.cached_tokens, Some(5));
    assert_eq!(after.attempts, expected.attempts);
    store.close().await;
}

#[tokio::test]
async fn a_request_that_nobody_served_keeps_its_error() {
    let store = Store::in_memory().await.unwrap();
    store.writer().started(started("r1"));
    let mut row = finished("r1");
    row.status = FinalStatus::Failed;
    row.http_status = Some(429);
    row.served_by = None;
    row.error_code = Some("all_keys_resting".to_owned());
    row.attempts = vec![attempt(1, "k_1", "rate_limited")];
    store.writer().finished(row);

    let found = tokio::time::timeout(PATIENCE, async {
        loop {
            let found = store.reader().request("r1").await.unwrap();
            if let Some(found) = found.filter(|found| found.request.status != RequestStatus::Started) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    });
    let found = found.await.unwrap();
    assert_eq!(found.request.status, RequestStatus::Failed);
    assert_eq!(found.request.error_code.as_deref(), Some("all_keys_resting"));
    assert_eq!(found.request.served_by, None);
    store.close().await;
}

#[tokio::test]
async fn a_burst_is_on_disk_before_anyone_closes_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let mut connection = second_connection(&database(&folder)).await;
    for index in 0..1_000 {
        let id = format!("r{index}");
        store.writer().started(started(&id));
        store.writer().finished(finished(&id));
    }
    becomes(&mut connection, "SELECT COUNT(*) FROM requests WHERE status = 'ok'", 1_000).await;
    becomes(&mut connection, "SELECT COUNT(*) FROM attempts", 2_000).await;
    assert_eq!(store.writer().dropped_rows(), 0);
    store.close().await;
}

#[tokio::test]
async fn closing_writes_what_waits_and_drops_what_comes_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let writer = store.writer();
    // On this single-threaded runtime nothing is written before the first await.
    for index in 0..1_000 {
        writer.started(started(&format!("r{index}")));
    }
    store.close().await;
    assert_eq!(writer.dropped_rows(), 0);
    writer.started(started("late"));
    assert_eq!(writer.dropped_rows(), 1, "a row after closing must be counted as lost");

    let mut connection = second_connection(&database(&folder)).await;
    assert_eq!(number(&mut connection, "SELECT COUNT(*) FROM requests").await, 1_000);
}

#[tokio::test]
async fn a_full_channel_drops_and_counts_instead_of_waiting() {
    let store = Store::in_memory().await.unwrap();
    let writer = store.writer();
    // On this single-threaded runtime nothing is taken out while no one awaits.
    for index in 0..10_005 {
        writer.started(started(&format!("r{index}")));
    }
    assert_eq!(writer.dropped_rows(), 5);
    store.close().await;
}

#[tokio::test]
async fn an_end_without_a_start_is_counted_as_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let writer = store.writer();
    writer.finished(finished("never started"));
    store.close().await;
    assert_eq!(writer.dropped_rows(), 1);
    let mut connection = second_connection(&database(&folder)).await;
    assert_eq!(number(&mut connection, "SELECT COUNT(*) FROM attempts").await, 0);
}

#[tokio::test]
async fn rows_survive_a_time_in_which_nothing_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let mut connection = second_connection(&database(&folder)).await;
    let mut health = store.health();
    assert_eq!(*health.borrow(), StoreHealth::Writing);

    execute(&mut connection, "ALTER TABLE requests RENAME TO away").await;
    store.writer().started(started("r1"));
    let failing = health.wait_for(|health| *health != StoreHealth::Writing);
    let message = match &*tokio::time::timeout(PATIENCE, failing).await.unwrap().unwrap() {
        StoreHealth::Failing { message } => message.clone(),
        StoreHealth::Writing => String::new(),
    };
    assert!(message.contains("requests go on"), "the user is not told what it means: {message:?}");
    store.writer().started(started("r2"));

    execute(&mut connection, "ALTER TABLE away RENAME TO requests").await;
    becomes(&mut connection, "SELECT COUNT(*) FROM requests", 2).await;
    let writing = health.wait_for(|health| *health == StoreHealth::Writing);
    tokio::time::timeout(PATIENCE, writing).await.unwrap().unwrap();
    assert_eq!(store.writer().dropped_rows(), 0);
    store.close().await;
}

#[tokio::test]
async fn closing_ends_even_if_nothing_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let mut connection = second_connection(&database(&folder)).await;
    execute(&mut connection, "DROP TABLE attempts").await;
    execute(&mut connection, "DROP TABLE requests").await;
    let writer = store.writer();
    for index in 0..300 {
        writer.started(started(&format!("r{index}")));
    }
    tokio::time::timeout(PATIENCE, store.close()).await.unwrap();
    assert_eq!(writer.dropped_rows(), 300);
}
