use super::*;

fn request(stream: bool) -> ChatRequest {
    serde_json::from_str(&format!(r#"{{"model":"m","stream":{stream}}}"#)).unwrap()
}

fn reply(script: &Script, stream: bool, fault: Option<&Fault>) -> Reply {
    let request = request(stream);
    let answer = Answer::compose(script, &request, 1);
    Reply::to_chat(script, &request, &answer, fault)
}

fn sent(reply: &Reply) -> String {
    let pieces: Vec<Bytes> = reply
        .body
        .iter()
        .filter_map(|step| match step {
            Step::Send(bytes) => Some(bytes.clone()),
            Step::Wait(_) | Step::Stall | Step::Reset => None,
        })
        .collect();
    String::from_utf8(pieces.concat()).unwrap()
}

#[test]
fn events_are_paced_and_the_head_waits_for_the_latency() {
    let script = Script { latency_ms: 150, chunk_interval_ms: 25, ..Script::new("p") };
    let reply = reply(&script, true, None);
    assert_eq!(reply.opening, Opening::After(Duration::from_millis(150)));
    let interval = Step::Wait(Duration::from_millis(25));
    let waits = reply.body.iter().filter(|step| **step == interval).count();
    assert_eq!(waits, sent(&reply).matches("data: ").count() - 1);
}

#[test]
fn small_chunks_carry_the_same_bytes() {
    let whole = sent(&reply(&Script::new("p"), true, None));
    let script = Script { chunk_bytes: Some(7), ..Script::new("p") };
    let cut = reply(&script, true, None);
    assert_eq!(sent(&cut), whole);
    assert_eq!(cut.body.len(), whole.len().div_ceil(7));
}

#[test]
fn a_broken_stream_sends_so_many_events_and_then_breaks() {
    for (fault, ending) in [
        (Fault::ResetMidStream { after_events: 2 }, Step::Reset),
        (Fault::StallMidStream { after_events: 2 }, Step::Stall),
    ] {
        let reply = reply(&Script::new("p"), true, Some(&fault));
        assert_eq!(sent(&reply).matches("data: ").count(), 2);
        assert_eq!(reply.body.last(), Some(&ending));
    }
}

#[test]
fn a_truncated_stream_never_has_its_end_marker() {
    let fault = Fault::Truncated { after_events: usize::MAX };
    let text = sent(&reply(&Script::new("p"), true, Some(&fault)));
    assert!(text.contains(r#""finish_reason":"stop""#));
    assert!(!text.contains("[DONE]"));
}

#[test]
fn an_error_frame_can_be_the_first_event_and_is_the_last() {
    let fault = Fault::ErrorFrame { after_events: 0, code: "overloaded".to_owned() };
    let text = sent(&reply(&Script::new("p"), true, Some(&fault)));
    assert!(text.starts_with(r#"data: {"error":"#), "{text}");
    assert!(text.contains("overloaded") && !text.contains("[DONE]"));
}

#[test]
fn an_error_frame_without_a_stream_is_an_error_in_a_200() {
    let fault = Fault::ErrorFrame { after_events: 3, code: "overloaded".to_owned() };
    let reply = reply(&Script::new("p"), false, Some(&fault));
    assert_eq!(reply.status, StatusCode::OK);
    assert!(sent(&reply).starts_with(r#"{"error":"#));
}

#[test]
fn an_empty_answer_is_well_formed() {
    let text = sent(&reply(&Script::new("p"), true, Some(&Fault::EmptyAnswer)));
    assert_eq!(text.matches("data: ").count(), 3);
    assert!(text.contains(r#""finish_reason":"stop""#) && text.contains("[DONE]"));
}

#[test]
fn a_plain_answer_that_breaks_promises_more_than_it_sends() {
    let fault = Fault::ResetMidStream { after_events: 1 };
    let reply = reply(&Script::new("p"), false, Some(&fault));
    let promised: usize = reply.headers["content-length"].to_str().unwrap().parse().unwrap();
    assert!(sent(&reply).len() < promised);
}

#[test]
fn a_status_fault_sends_its_own_body_and_headers() {
    let fault: Fault = serde_json::from_str(
        r#"{"kind":"status","status":529,"body":"busy","headers":{"content-type":"text/plain"}}"#,
    )
    .unwrap();
    let reply = reply(&Script::new("p"), true, Some(&fault));
    assert_eq!(reply.status.as_u16(), 529);
    assert_eq!(reply.headers["content-type"], "text/plain");
    assert_eq!(reply.headers["content-length"], "4");
    assert_eq!(sent(&reply), "busy");
}
