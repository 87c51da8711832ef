//! What the history still knows after the program was killed.

use std::collections::BTreeMap;
use std::time::Duration;

use keywheel_simulator::{Fault, Scope, Script};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::harness::{Keywheel, PATIENCE, PLAIN, STREAM, Upstream, collect, script};

/// A row this old is on disk.
const WRITTEN_AFTER: Duration = Duration::from_millis(50);
/// Together with the latency about 90 requests per second: busy, and not so busy that the writer has a backlog.
const CLIENTS: usize = 4;
const LATENCY_MS: u64 = 40;
const ANSWERS_BEFORE_THE_KILL: usize = 200;

/// A client that asks again and again until Keywheel is gone; tells when it had each complete answer.
async fn ask_until_gone(
    requests: [reqwest::RequestBuilder; 2],
    told: tokio::sync::mpsc::UnboundedSender<(String, Instant)>,
) {
    for request in requests.iter().cycle() {
        let Some(request) = request.try_clone() else { return };
        let Ok(response) = request.send().await else { return };
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        let (status, body) = (response.status(), response.bytes().await);
        if body.is_err() || told.send((id, Instant::now())).is_err() {
            return;
        }
        assert_eq!(status, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_no_finished_row_older_than_50_ms() {
    let alpha =
        Upstream::start(Script { latency_ms: LATENCY_MS, answer_words: 2, ..script("alpha", 3) }).await;
    let mut keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let (sender, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(ask_until_gone([keywheel.chat(PLAIN), keywheel.chat(STREAM)], sender.clone()));
    }
    drop(sender);
    let mut finished = BTreeMap::new();
    while finished.len() < ANSWERS_BEFORE_THE_KILL {
        let (id, at) = answers.recv().await.expect("clients go on until the kill");
        finished.insert(id, at);
    }
    let killed_at = Instant::now();
    keywheel.kill();
    while let Some(joined) = clients.join_next().await {
        joined.expect("no client met an error");
    }

    let old: Vec<_> = finished.iter().filter(|(_, at)| **at + WRITTEN_AFTER < killed_at).collect();
    assert!(old.len() >= ANSWERS_BEFORE_THE_KILL / 4, "only {} answers are old enough to count", old.len());
    let rows: BTreeMap<_, _> =
        keywheel.history().await.into_iter().map(|row| (row.id.clone(), row)).collect();
    for (id, at) in old {
        let age = killed_at - *at;
        let row =
            rows.get(id).unwrap_or_else(|| panic!("no row of {id}, which ended {age:?} before the kill"));
        assert_eq!((row.status.as_str(), row.http_status), ("ok", Some(200)), "{age:?} old: {row:#?}");
        assert!(row.key_label.is_some() && row.outcomes() == ["ok"], "{age:?} old: {row:#?}");
    }
}

#[tokio::test]
async fn a_request_that_the_kill_cut_off_is_interrupted_after_the_next_start() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let mut keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let finished = keywheel.ask().await.served();
    keywheel.row(finished.request_id()).await;
    alpha.push_fault(Scope::AnyKey, Fault::StallMidStream { after_events: 5 }, 1);
    let cut_off = keywheel.chat(STREAM).send().await.expect("a stream begins");
    let id = cut_off.headers()["x-request-id"].to_str().unwrap().to_owned();
    keywheel.history_when(|rows| rows.iter().any(|row| row.id == id && row.status == "started")).await;

    keywheel.kill();
    cut_off.bytes().await.expect_err("a stream that was cut off has no proper end");
    alpha
        .wait_until(PATIENCE, |counters| counters.total().open == 0)
        .await
        .expect("the upstream is closed too");
    keywheel.start_again().await;
    assert_eq!(keywheel.row(&id).await.status, "interrupted");
    assert_eq!(keywheel.row(finished.request_id()).await.status, "ok");
    collect(keywheel.chat(PLAIN)).await.served();
}

#[cfg(unix)]
#[tokio::test]
async fn asked_to_end_it_finishes_what_is_under_way_and_writes_it_down() {
    let alpha =
        Upstream::start(Script { chunk_interval_ms: 20, answer_words: 20, ..script("alpha", 1) }).await;
    let mut keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let under_way = keywheel.chat(STREAM).send().await.expect("a stream begins");
    let id = under_way.headers()["x-request-id"].to_str().unwrap().to_owned();
    keywheel.program().terminate();
    let body = under_way.bytes().await.expect("the stream is finished");
    assert_eq!(Some(body), alpha.last_stream_bytes());
    assert_eq!(keywheel.program_mut().exit().await.code(), Some(0));
    let rows = keywheel.history().await;
    assert_eq!(rows.iter().find(|row| row.id == id).expect("its row is there").status, "ok");
}

#[cfg(unix)]
#[tokio::test]
async fn a_window_that_is_open_does_not_hold_up_the_end() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let builder =
        Keywheel::builder().provider(&alpha, 1).variable("KEYWHEEL_ADMIN_TOKEN", "canary-admin-token");
    let mut keywheel = builder.start().await;
    let request = keywheel.get("/api/events").bearer_auth("canary-admin-token");
    let mut events = request.send().await.expect("events are served");
    assert!(events.chunk().await.expect("the stream lasts").is_some());
    let start = Instant::now();
    keywheel.program().terminate();
    assert_eq!(keywheel.program_mut().exit().await.code(), Some(0));
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "events have no end to wait for, but it took {took:?}");
}
