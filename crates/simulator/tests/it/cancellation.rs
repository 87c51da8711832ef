use std::time::Duration;

use keywheel_simulator::Script;

use crate::support::{DEADLINE, KEY, PLAIN, STREAM, chat, script, send, start};

/// A stream that lasts minutes if nobody ends it.
fn endless() -> Script {
    Script { chunk_interval_ms: 20, answer_words: 10_000, ..script() }
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_is_noticed_before_the_next_event() {
    let simulator = start(Script { chunk_interval_ms: 60_000, ..endless() }).await;
    let mut response = send(&simulator, KEY, STREAM).await;
    response.chunk().await.unwrap();
    assert_eq!(simulator.counters().key(KEY).open, 1);

    drop(response);
    let left = simulator.wait_until(DEADLINE, |counters| counters.key(KEY).open == 0);
    let counters = left.await.unwrap().key(KEY);
    assert_eq!((counters.cancelled, counters.served), (1, 0));
}

#[tokio::test]
async fn a_client_that_leaves_before_the_head_is_noticed() {
    let simulator = start(Script { latency_ms: 60_000, ..script() }).await;
    let request = chat(&simulator, KEY, PLAIN).timeout(Duration::from_millis(100));
    assert!(request.send().await.unwrap_err().is_timeout());
    let left = simulator.wait_until(DEADLINE, |counters| counters.key(KEY).cancelled == 1);
    assert_eq!(left.await.unwrap().key(KEY).open, 0);
}

#[tokio::test]
async fn a_client_that_stays_is_served_and_not_cancelled() {
    let simulator = start(script()).await;
    send(&simulator, KEY, STREAM).await.bytes().await.unwrap();
    let counters = simulator.counters().key(KEY);
    assert_eq!((counters.served, counters.open, counters.cancelled), (1, 0, 0));
}

#[tokio::test]
async fn shutting_down_ends_streams_and_closes_the_port() {
    let simulator = start(endless()).await;
    let mut response = send(&simulator, KEY, STREAM).await;
    response.chunk().await.unwrap();
    let (address, provider) = (simulator.address(), simulator.provider().clone());
    simulator.shutdown().await;
    assert_eq!(provider.counters().key(KEY).open, 0);
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    while let Ok(chunk) = response.chunk().await {
        assert!(chunk.is_some(), "a cut stream must fail, not end");
    }
}

#[tokio::test]
async fn an_expired_wait_tells_how_far_the_counters_got() {
    let simulator = start(script()).await;
    send(&simulator, KEY, PLAIN).await;
    let wait = simulator.wait_until(Duration::from_millis(1), |counters| counters.key(KEY).requests == 2);
    assert_eq!(wait.await.unwrap_err().counters.key(KEY).requests, 1);
}
