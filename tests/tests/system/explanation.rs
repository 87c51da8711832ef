//! Why a key served, and what would happen to a request.

use keywheel_simulator::{Scope, Script};
use serde_json::Value;

use crate::harness::{Keywheel, PLAIN, Upstream, collect, limited, script, status};

/// Three keys of which the first is limited and the second refused, and a program that knows.
async fn one_of_three_usable() -> (Upstream, Keywheel) {
    let mut script = Script { models: vec!["demo-chat".to_owned()], ..script("alpha", 3) };
    script.keys[1].status = Some(http::StatusCode::UNAUTHORIZED);
    let alpha = Upstream::start(script).await;
    let builder = Keywheel::builder().provider(&alpha, 1).rotation("session_affinity = \"0s\"");
    let keywheel = builder.start().await;
    alpha.push_fault(Scope::key(alpha.secret("alpha-1")), limited(Some(120)), 1);
    for _ in 0..3 {
        keywheel.ask().await.served();
    }
    assert_eq!((alpha.requests_of("alpha-1"), alpha.requests_of("alpha-2")), (1, 1));
    (alpha, keywheel)
}

async fn dry_run(keywheel: &Keywheel) -> Value {
    collect(keywheel.chat(PLAIN).header("x-keywheel-dry-run", "1")).await.served().json()
}

/// The verdict on the key with a label.
#[track_caller]
fn verdict<'a>(candidates: &'a Value, label: &str) -> &'a Value {
    let list = candidates.as_array().unwrap_or_else(|| panic!("no list of lanes: {candidates:#}"));
    let mut own = list.iter().filter(|candidate| candidate["label"] == label);
    let candidate = own.next().unwrap_or_else(|| panic!("nothing of '{label}': {candidates:#}"));
    assert!(own.next().is_none(), "one verdict per lane: {candidates:#}");
    let lane = &candidate["lane"];
    assert_eq!((&lane["provider"], &lane["model"]), (&"alpha".into(), &"demo-chat".into()), "{candidate:#}");
    &candidate["verdict"]
}

#[track_caller]
fn assert_names_no_secret(alpha: &Upstream, text: &str) {
    for (_, _, secret) in alpha.keys() {
        assert!(!text.contains(secret), "{text}");
    }
}

#[track_caller]
fn assert_verdicts(candidates: &Value) {
    assert_eq!(candidates.as_array().map(Vec::len), Some(3), "{candidates:#}");
    let hold = &verdict(candidates, "alpha-1")["held"];
    assert_eq!(hold["provenance"].as_str().map(str::to_lowercase).as_deref(), Some("stated"), "{hold:#}");
    assert!(hold["reason"].as_str().is_some_and(|reason| reason.contains("429")), "{hold:#}");
    let rest_ms = hold["until"].as_u64().zip(hold["since"].as_u64()).map(|(until, since)| until - since);
    assert!(rest_ms.is_some_and(|rest_ms| (119_000..=120_000).contains(&rest_ms)), "{hold:#}");
    assert_eq!(verdict(candidates, "alpha-2"), "rejected");
    assert_eq!(verdict(candidates, "alpha-3"), "usable");
}

#[tokio::test]
async fn a_dry_run_tells_of_every_lane_and_does_nothing() {
    let (alpha, keywheel) = one_of_three_usable().await;
    let (calls, n_rows) = (alpha.requests(), keywheel.history_when(|rows| rows.len() == 3).await.len());
    let plan = dry_run(&keywheel).await;
    assert_verdicts(&plan["candidates"]);
    let chosen = plan["chosen"].as_u64().unwrap_or_else(|| panic!("nobody is chosen: {plan:#}"));
    assert_eq!(plan["candidates"][chosen as usize]["label"], "alpha-3");
    assert_eq!((&plan["model"], &plan["served_again_at"]), (&"test".into(), &Value::Null), "{plan:#}");
    assert_names_no_secret(&alpha, &plan.to_string());

    assert_eq!(alpha.requests(), calls, "nothing is sent");
    let answer = keywheel.ask().await.served();
    keywheel.row(answer.request_id()).await;
    assert_eq!(keywheel.history().await.len(), n_rows + 1, "only the real request is a row");
}

#[tokio::test]
async fn a_dry_run_with_nothing_usable_says_when_there_will_be() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let builder = Keywheel::builder().provider(&alpha, 1).rotation("wait_for_capacity = false");
    let keywheel = builder.start().await;
    alpha.push_fault(Scope::key(alpha.secret("alpha-1")), limited(Some(300)), 1);
    alpha.push_fault(Scope::key(alpha.secret("alpha-2")), limited(Some(120)), 1);
    keywheel.ask().await.refused(429, "rate_limit_exceeded");
    let plan = dry_run(&keywheel).await;
    assert_eq!(plan["chosen"], Value::Null, "{plan:#}");
    let soonest = &verdict(&plan["candidates"], "alpha-2")["held"]["until"];
    assert!(soonest.is_u64() && *soonest == plan["served_again_at"], "{plan:#}");
}

#[tokio::test]
async fn a_dry_run_for_an_unknown_model_says_so() {
    let alpha = Upstream::start(script("alpha", 1)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let request = keywheel.chat(PLAIN.replace("\"test\"", "\"tset\"")).header("x-keywheel-dry-run", "1");
    let message = collect(request).await.refused(404, "model_not_found");
    assert!(message.contains("tset"), "{message}");
    assert_eq!(alpha.requests(), 0);
}

#[tokio::test]
async fn an_answer_names_the_keys_that_were_passed_over_and_who_said_so() {
    let (alpha, keywheel) = one_of_three_usable().await;
    let answer = keywheel.ask().await.served();
    let why = answer.header("x-keywheel-why");
    for word in ["'alpha-1' rests for", "429", "retry-after", "'alpha-2' is rejected"] {
        assert!(why.contains(word), "{word} is missing: {why}");
    }
    assert!(!why.contains("alpha-3"), "who serves is no obstacle: {why}");
    assert_names_no_secret(&alpha, why);

    let row = keywheel.row(answer.request_id()).await;
    let text = row.why.as_deref().unwrap_or_else(|| panic!("the row says nothing: {row:#?}"));
    assert_verdicts(&serde_json::from_str(text).unwrap());
    assert_names_no_secret(&alpha, text);
}

#[tokio::test]
async fn an_answer_tells_what_failed_on_the_way() {
    let alpha = Upstream::start(script("alpha", 2)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    assert!(keywheel.ask().await.served().headers.get("x-keywheel-why").is_none(), "nothing was in the way");
    alpha.push_fault(Scope::AnyKey, status(500), 2);
    let answer = keywheel.ask_stream().await.served();
    let row = keywheel.row(answer.request_id()).await;
    let why = answer.header("x-keywheel-why");
    assert!(why.contains(row.keys()[0]) && why.contains("500"), "{why}");
}
