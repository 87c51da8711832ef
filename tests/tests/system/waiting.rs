//! Requests that wait for a key: in the order they came, and no longer than it makes sense.

use std::time::Duration;

use keywheel_simulator::{Fault, Scope};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::harness::{Answer, Keywheel, PATIENCE, PLAIN, Upstream, collect, limited, question, script};

const ONE_AT_A_TIME: &str = "max_concurrent = 1";

/// One key that takes one request at a time, and a client that has it until it is sent away.
struct Occupied {
    alpha: Upstream,
    keywheel: Keywheel,
    occupant: JoinSet<Answer>,
    n_requests: usize,
}

impl Occupied {
    async fn start() -> Self {
        let alpha = Upstream::start(script("alpha", 1)).await;
        let keywheel = Keywheel::builder().provider_with(&alpha, 1, ONE_AT_A_TIME).start().await;
        alpha.push_fault(Scope::AnyKey, Fault::StallBeforeHeaders, 1);
        let mut occupant = JoinSet::new();
        occupant.spawn(collect(keywheel.chat(PLAIN)));
        alpha.wait_until(PATIENCE, |counters| counters.total().open == 1).await.expect("the call arrives");
        Self { alpha, keywheel, occupant, n_requests: 1 }
    }

    /// Lets a client ask; returns when its request has arrived.
    async fn queue(&mut self, text: &str) -> JoinSet<Answer> {
        let mut client = JoinSet::new();
        client.spawn(collect(self.keywheel.chat(question(text))));
        self.n_requests += 1;
        self.keywheel.history_when(|rows| rows.len() == self.n_requests).await;
        client
    }

    /// The questions that arrived at the upstream after the occupant's, in order.
    fn arrived(&self) -> Vec<String> {
        let exchanges = self.alpha.exchanges().into_iter().skip(1);
        let text = |body: &[u8]| {
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            body["messages"][0]["content"].as_str().unwrap().to_owned()
        };
        exchanges.map(|exchange| text(&exchange.request_body)).collect()
    }
}

async fn answer_of(mut client: JoinSet<Answer>) -> Answer {
    let joined = timeout(PATIENCE, client.join_next()).await.expect("a place in the queue is not forgotten");
    joined.expect("there is a client").expect("it met no error").served()
}

#[tokio::test]
async fn requests_are_served_in_the_order_they_came() {
    let mut wheel = Occupied::start().await;
    let mut clients = Vec::new();
    for text in ["first", "second", "third", "fourth", "fifth"] {
        clients.push(wheel.queue(text).await);
    }
    assert_eq!(wheel.alpha.requests(), 1, "the key takes one request at a time");
    wheel.occupant.shutdown().await;
    for client in clients {
        assert_eq!(answer_of(client).await.attempts(), 1);
    }
    assert_eq!(wheel.arrived(), ["first", "second", "third", "fourth", "fifth"]);
}

#[tokio::test]
async fn a_client_that_leaves_gives_its_place_up() {
    let mut wheel = Occupied::start().await;
    let first = wheel.queue("first").await;
    let mut second = wheel.queue("second").await;
    let third = wheel.queue("third").await;
    second.shutdown().await;
    let rows = wheel.keywheel.history_when(|rows| rows.iter().any(|row| row.status == "cancelled")).await;
    let left = rows.iter().find(|row| row.status == "cancelled").unwrap();
    assert_eq!((left.attempt_count, &left.key_label), (0, &None), "it was never sent: {left:#?}");
    wheel.occupant.shutdown().await;
    answer_of(first).await;
    answer_of(third).await;
    assert_eq!(wheel.arrived(), ["first", "third"]);
    assert_eq!(wheel.keywheel.key_status("alpha-1").await["in_flight"], 0);
}

#[tokio::test]
async fn a_place_in_the_queue_ends_with_the_deadline() {
    let wheel = Occupied::start().await;
    let start = Instant::now();
    let answer = collect(wheel.keywheel.chat(PLAIN).header("x-keywheel-timeout-ms", "400")).await;
    let message = answer.refused(504, "timeout");
    assert!(message.contains("'alpha-1' is busy"), "{message}");
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(400) && took < Duration::from_secs(5), "it took {took:?}");
    assert_eq!(wheel.alpha.requests(), 1, "it was never sent");
}

#[tokio::test]
async fn a_rest_beyond_the_deadline_is_told_at_once_with_its_end() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, limited(Some(90)), 1);
    // With the configured deadline of 120 s it would wait.
    for _ in 0..2 {
        let start = Instant::now();
        let answer = collect(keywheel.chat(PLAIN).header("x-keywheel-timeout-ms", "30000")).await;
        answer.refused(429, "rate_limit_exceeded");
        let seconds: u64 = answer.header("retry-after").parse().unwrap();
        assert!((60..=90).contains(&seconds), "{seconds} s");
        assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
    }
    assert_eq!(alpha.requests(), 1);
}

/// A key that becomes free in the moment in which a request lines up must not be missed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_lines_up_as_the_key_becomes_free_gets_it() {
    const ROUNDS: usize = 300;
    let alpha = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider_with(&alpha, 1, ONE_AT_A_TIME).start().await;
    for round in 0..ROUNDS {
        let mut clients = JoinSet::new();
        for _ in 0..3 {
            clients.spawn(collect(keywheel.chat(PLAIN)));
        }
        let answers = timeout(PATIENCE, clients.join_all()).await;
        let answers = answers.unwrap_or_else(|_| panic!("round {round}: a request waits for a free key"));
        answers.into_iter().for_each(|answer| drop(answer.served()));
    }
}
