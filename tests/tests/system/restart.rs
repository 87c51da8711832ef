//! What was learned about keys outlives the program.

use keywheel_simulator::Scope;

use crate::harness::{Keywheel, Upstream, collect, limited, question, script};

/// Four keys: the first two rest for two minutes, the third is refused, and Keywheel knows.
async fn one_of_four_usable() -> (Upstream, Keywheel) {
    let mut script = script("alpha", 4);
    script.keys[2].status = Some(http::StatusCode::UNAUTHORIZED);
    let alpha = Upstream::start(script).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    for label in ["alpha-1", "alpha-2"] {
        alpha.push_fault(Scope::key(alpha.secret(label)), limited(Some(120)), 1);
    }
    ask_often(&keywheel).await;
    for label in ["alpha-1", "alpha-2", "alpha-3"] {
        assert_eq!(alpha.requests_of(label), 1, "{label} is asked once");
    }
    (alpha, keywheel)
}

/// Begins conversations until every key would have had its turn.
async fn ask_often(keywheel: &Keywheel) {
    for number in 0..8 {
        let answer = collect(keywheel.chat(question(&format!("question {number}")))).await;
        assert_eq!(answer.served().key(), "alpha-4");
    }
}

/// Starts the program again and looks whether it knows everything it knew.
async fn assert_knows_after_a_start(alpha: &Upstream, keywheel: &mut Keywheel) {
    keywheel.start_again().await;
    for label in ["alpha-1", "alpha-2"] {
        let status = keywheel.key_status(label).await;
        assert_eq!(
            (&status["state"], &status["said_by"]),
            (&"resting".into(), &"provider".into()),
            "{status:#}"
        );
        let seconds = status["seconds_until_back"].as_u64().unwrap_or_else(|| panic!("{status:#}"));
        assert!((60..120).contains(&seconds), "what is left of two minutes: {status:#}");
        assert!(status["reason"].as_str().is_some_and(|reason| reason.contains("429")), "{status:#}");
    }
    assert_eq!(keywheel.key_status("alpha-3").await["state"], "rejected");
    ask_often(keywheel).await;
    for label in ["alpha-1", "alpha-2", "alpha-3"] {
        assert_eq!(alpha.requests_of(label), 1, "{label} is not asked after the restart");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn after_an_orderly_end_no_held_key_is_called() {
    let (alpha, mut keywheel) = one_of_four_usable().await;
    keywheel.program().terminate();
    assert_eq!(keywheel.program_mut().exit().await.code(), Some(0));
    assert_knows_after_a_start(&alpha, &mut keywheel).await;
}

#[tokio::test]
async fn after_a_crash_no_held_key_is_called() {
    let (alpha, mut keywheel) = one_of_four_usable().await;
    keywheel.saved(3).await;
    keywheel.kill();
    assert_knows_after_a_start(&alpha, &mut keywheel).await;
}
