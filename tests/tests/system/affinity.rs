//! A conversation stays with the key that served it, as long as that costs nothing.

use keywheel_simulator::Scope;

use crate::harness::{Keywheel, Upstream, collect, limited, question, script};

const TURNS: usize = 4;

/// The key that serves `body`, in a session if it has a name.
async fn key_for(keywheel: &Keywheel, body: &str, session: Option<&str>) -> String {
    let mut request = keywheel.chat(body.to_owned());
    if let Some(session) = session {
        request = request.header("x-keywheel-session", session);
    }
    collect(request).await.served().key().to_owned()
}

/// The turn of a conversation that began with `text`; `model_first` is the order in which most clients write.
fn turn(text: &str, number: usize, model_first: bool) -> String {
    let answers: String = (1..number)
        .map(|number| {
            format!(
                r#",{{"role":"assistant","content":"answer {number}"}},{{"role":"user","content":"and {number}?"}}"#
            )
        })
        .collect();
    let messages = format!(r#""messages":[{{"role":"user","content":"{text}"}}{answers}]"#);
    if model_first {
        format!(r#"{{"model":"test",{messages}}}"#)
    } else {
        format!(r#"{{{messages},"model":"test"}}"#)
    }
}

/// Plays two conversations turn by turn; returns the keys that served each.
async fn interleaved(model_first: bool) -> [Vec<String>; 2] {
    let alpha = Upstream::start(script("alpha", 5)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let mut keys = [Vec::new(), Vec::new()];
    for number in 1..=TURNS {
        for (text, keys) in ["red", "blue"].iter().zip(&mut keys) {
            keys.push(key_for(&keywheel, &turn(text, number, model_first), None).await);
        }
    }
    keys
}

#[tokio::test]
async fn interleaved_conversations_keep_their_own_key_each() {
    for model_first in [true, false] {
        let [red, blue] = interleaved(model_first).await;
        assert_eq!(red, vec![red[0].clone(); TURNS], "model first: {model_first}");
        assert_eq!(blue, vec![blue[0].clone(); TURNS], "model first: {model_first}");
        assert_ne!(red[0], blue[0], "they are two conversations; model first: {model_first}");
    }
}

#[tokio::test]
async fn without_affinity_the_keys_take_turns() {
    let alpha = Upstream::start(script("alpha", 3)).await;
    let builder = Keywheel::builder().provider(&alpha, 1).rotation("session_affinity = \"0s\"");
    let keywheel = builder.start().await;
    for _ in 0..6 {
        keywheel.ask().await.served();
    }
    for label in ["alpha-1", "alpha-2", "alpha-3"] {
        assert_eq!(alpha.requests_of(label), 2, "{label}");
    }
}

#[tokio::test]
async fn a_session_with_a_name_is_a_conversation_whatever_is_said() {
    let alpha = Upstream::start(script("alpha", 5)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let (hello, bye) = (question("hello"), question("bye"));
    let red = key_for(&keywheel, &hello, Some("red")).await;
    let blue = key_for(&keywheel, &hello, Some("blue")).await;
    let unnamed = key_for(&keywheel, &hello, None).await;
    assert!(red != blue && blue != unnamed && red != unnamed, "{red}, {blue} and {unnamed}");
    for body in [&bye, &hello] {
        assert_eq!(key_for(&keywheel, body, Some("red")).await, red);
        assert_eq!(key_for(&keywheel, body, Some("blue")).await, blue);
    }
    assert_eq!(key_for(&keywheel, &hello, None).await, unnamed);
}

#[tokio::test]
async fn a_conversation_leaves_a_key_that_rests_at_once() {
    let alpha = Upstream::start(script("alpha", 3)).await;
    let keywheel = Keywheel::builder().provider(&alpha, 1).start().await;
    let old = keywheel.ask().await.served().key().to_owned();
    assert_eq!(keywheel.ask().await.served().key(), old);
    alpha.push_fault(Scope::key(alpha.secret(&old)), limited(Some(600)), 1);
    let answer = keywheel.ask().await.served();
    let new = answer.key().to_owned();
    assert_eq!(answer.attempts(), 2);
    assert_ne!(new, old);
    for _ in 0..TURNS {
        let answer = keywheel.ask().await.served();
        assert_eq!((answer.key(), answer.attempts()), (new.as_str(), 1), "it has a new key now");
    }
    assert_eq!(alpha.requests_of(&old), 3, "the resting key is not asked again");
}
