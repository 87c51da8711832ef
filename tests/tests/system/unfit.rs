//! Requests that are too much for one target: another may take them, and no key is to blame.

use http::{HeaderMap, StatusCode};
use keywheel_simulator::{Fault, Scope};

use crate::harness::{Keywheel, Upstream, collect, question, script};

const TOO_LONG: &str = r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#;
const NO_CREDIT: &str = r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;

fn refusal(status: StatusCode, body: &str) -> Fault {
    Fault::Status { status, body: Some(body.to_owned()), headers: HeaderMap::new() }
}

#[tokio::test]
async fn what_is_too_long_for_one_model_goes_to_the_next() {
    let (alpha, beta) = (Upstream::start(script("alpha", 2)).await, Upstream::start(script("beta", 1)).await);
    let keywheel = Keywheel::builder().provider(&alpha, 1).provider(&beta, 2).start().await;
    alpha.push_fault(Scope::AnyKey, refusal(StatusCode::BAD_REQUEST, TOO_LONG), 1);
    let answer = keywheel.ask().await.served();
    assert_eq!((answer.header("x-provider"), answer.attempts()), ("beta", 2));
    assert_eq!(alpha.requests(), 1, "the other key of the same model would say the same");
    let row = keywheel.row(answer.request_id()).await;
    assert_eq!(row.outcomes(), ["context_too_long", "ok"]);
    for label in ["alpha-1", "alpha-2"] {
        assert_eq!(keywheel.key_status(label).await["state"], "usable", "no key is to blame");
    }
    assert_eq!(
        keywheel.ask().await.served().header("x-provider"),
        "alpha",
        "a shorter one is served as ever"
    );
}

#[tokio::test]
async fn what_is_too_long_for_every_model_is_returned_as_the_upstream_put_it() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, refusal(StatusCode::BAD_REQUEST, TOO_LONG), 1);
    let answer = keywheel.ask().await;
    assert_eq!((answer.status, answer.text()), (StatusCode::BAD_REQUEST, TOO_LONG));
    assert_eq!(alpha.requests(), 1);
    let row = keywheel.row(answer.request_id()).await;
    assert_eq!((row.status.as_str(), row.http_status), ("failed", Some(400)), "{row:#?}");
}

#[tokio::test]
async fn a_429_about_billing_sets_the_key_aside() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    alpha.push_fault(Scope::AnyKey, refusal(StatusCode::TOO_MANY_REQUESTS, NO_CREDIT), 1);
    let answer = keywheel.ask().await.served();
    let row = keywheel.row(answer.request_id()).await;
    assert_eq!(row.outcomes(), ["out_of_credit", "ok"]);
    let unpaid = row.keys()[0];
    assert_eq!(keywheel.key_status(unpaid).await["state"], "out_of_credit");
    for number in 0..4 {
        let request = keywheel.chat(question(&format!("question {number}")));
        assert_eq!(collect(request).await.served().attempts(), 1);
    }
    assert_eq!(alpha.requests_of(unpaid), 1, "it is not asked again");
}
