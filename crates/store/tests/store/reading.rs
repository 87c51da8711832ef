//! Questions to the history.

use keywheel_store::{AttemptRow, FinalStatus, LaneUsage, Store};

use crate::{attempt, database, finished, lane, started};

#[tokio::test]
async fn the_log_is_newest_first_and_limited() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    for (id, started_at_ms) in [("b", 20), ("c", 20), ("a", 30), ("d", 10)] {
        let mut row = started(id);
        row.started_at_ms = started_at_ms;
        store.writer().started(row);
    }
    store.close().await;

    let store = Store::open(&database(&folder)).await.unwrap();
    let log = store.reader().recent_requests(3).await.unwrap();
    let ids: Vec<_> = log.iter().map(|row| row.started.id.as_str()).collect();
    assert_eq!(ids, ["a", "c", "b"]);
    assert!(store.reader().request("nobody").await.unwrap().is_none());
    store.close().await;
}

#[tokio::test]
async fn usage_counts_calls_and_errors_where_they_happened_and_tokens_where_they_were_served() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&database(&folder)).await.unwrap();
    let writer = store.writer();
    for id in ["r1", "r2"] {
        writer.started(started(id));
        writer.finished(finished(id));
    }
    let mut cancelled = finished("r3");
    cancelled.status = FinalStatus::Cancelled;
    cancelled.attempts = vec![attempt(1, "k_2", AttemptRow::CANCELLED)];
    cancelled.input_tokens = None;
    cancelled.output_tokens = Some(1);
    writer.started(started("r3"));
    writer.finished(cancelled);
    let mut unserved = finished("r4");
    unserved.served_by = None;
    unserved.attempts = vec![];
    writer.started(started("r4"));
    writer.finished(unserved);
    store.close().await;

    let store = Store::open(&database(&folder)).await.unwrap();
    let usage = |key_id: &str, requests, errors, input_tokens, output_tokens| LaneUsage {
        provider: lane(key_id).provider,
        model: lane(key_id).model,
        key_id: key_id.to_owned(),
        requests,
        errors,
        input_tokens,
        output_tokens,
    };
    assert_eq!(
        store.reader().usage_since(1_000).await.unwrap(),
        [usage("k_1", 2, 2, 0, 0), usage("k_2", 3, 0, 20, 41)]
    );
    assert_eq!(store.reader().usage_since(5_000).await.unwrap(), [], "nothing happened that late");
    store.close().await;
}
