//! Any provider, local servers, and a provider that no table knows.

use keywheel_rotation::{Next, Signal, TransportFault, classify};

use super::words::*;

/// A provider with no rows of its own.
const ANY: &str = "my-own";

#[test]
fn any_provider() {
    row("bad key", ANY, 401, "", r#"{"error":{"message":"Unauthorized"}}"#, &KeyRejected);
    row("no credit", ANY, 402, "", r#"{"error":{"message":"Payment required"}}"#, &no_credit(no_time()));
    row("no credit until", ANY, 402, "retry-after: 3600", "", &no_credit(after(3_600_000)));
    for wording in ["model gpt-x is not enabled", "your tier does not include this", "needs a subscription"] {
        row("plan", ANY, 403, "", &format!(r#"{{"error":{{"message":"{wording}"}}}}"#), &RESTRICTED);
    }
    for wording in ["Country, region, or territory not supported", "IP address not allowed"] {
        row(
            "place",
            ANY,
            403,
            "",
            &format!(r#"{{"error":{{"message":"{wording}"}}}}"#),
            &RESTRICTED_FOR_GOOD,
        );
    }
    row(
        "model unknown",
        ANY,
        404,
        "",
        r#"{"error":{"message":"The model `x` does not exist"}}"#,
        &MODEL_GONE,
    );
    row("wrong path", ANY, 404, "", "<html>nginx</html>", &UpstreamFailed);
    for status in [408, 504, 524, 500, 502] {
        row("outage", ANY, status, "", "<html><h1>Gateway</h1></html>", &UpstreamFailed);
    }
    row("gone", ANY, 410, "", "", &MODEL_RETIRED);
    row("end of life", ANY, 400, "", r#"{"error":"Model m reached end of life"}"#, &MODEL_RETIRED);
    row("too large", ANY, 413, "", "", &ContextTooLong);
    row("no hint", ANY, 429, "", "", &limited(OwnerModel, Unknown, no_time()));
    row("hint", ANY, 429, "retry-after: 58", "", &limited(OwnerModel, Unknown, after(58_000)));
    row("overloaded", ANY, 503, "", r#"{"error":{"message":"The server is overloaded"}}"#, &busy(no_time()));
    row("busy until", ANY, 503, "retry-after: 20", "", &busy(after(20_000)));
    // A bare 503 says neither: it is asked once more before anything rests.
    row("bare", ANY, 503, "", "", &UpstreamFailed);
    row("refused", ANY, 400, "", r#"{"error":{"message":"bad temperature"}}"#, &RequestRefused);
    row("served", ANY, 200, "", r#"{"choices":[{"finish_reason":"stop"}]}"#, &Outcome::Served);
}

#[test]
fn any_provider_s_unknown_field() {
    for message in
        ["Unknown field topK", "Unrecognized request argument supplied: topK", "Unknown parameter: 'topK'."]
    {
        row("field", ANY, 422, "", &format!(r#"{{"error":{{"message":"{message}"}}}}"#), &rejected("topK"));
    }
    let extra = r#"{"detail":[{"type":"extra_forbidden","loc":["body","topK"],"msg":"Extra inputs are not permitted"}]}"#;
    row("field in a list", ANY, 422, "", extra, &rejected("topK"));
}

#[test]
fn openai_style_codes_at_any_provider() {
    let error = |code: &str| format!(r#"{{"error":{{"message":"m","type":"t","code":"{code}"}}}}"#);
    row("", ANY, 429, "", &error("insufficient_quota"), &no_credit(no_time()));
    row("", ANY, 400, "", &error("invalid_api_key"), &KeyRejected);
    row("", ANY, 429, "", &error("rate_limit_exceeded"), &limited(OwnerModel, Unknown, no_time()));
    row("", ANY, 404, "", &error("model_not_found"), &MODEL_GONE);
    row("", ANY, 400, "", &error("content_policy_violation"), &ContentRefused);
    row(
        "in a success",
        ANY,
        200,
        "",
        &error("rate_limit_exceeded"),
        &limited(OwnerModel, Unknown, no_time()),
    );
    row(
        "in a success",
        ANY,
        200,
        "",
        r#"{"error":{"code":429,"message":"m"}}"#,
        &limited(OwnerModel, Unknown, no_time()),
    );
    row("", ANY, 429, "", &error("exceeded_current_quota_error"), &no_credit(no_time()));
    row("", ANY, 429, "", &error("queue_exceeded"), &busy(no_time()));
    row("", ANY, 429, "", &error("too_many_requests"), &limited(OwnerModel, Unknown, no_time()));
    let large =
        r#"{"error":{"message":"Request too large: Limit 9, Requested 10","code":"rate_limit_exceeded"}}"#;
    row("", ANY, 429, "", large, &too_large(9));
    row("blocked prompt", ANY, 200, "", r#"{"promptFeedback":{"blockReason":"OTHER"}}"#, &ContentRefused);
    row("empty answer", ANY, 200, "", r#"{"choices":[]}"#, &ModelFault);
}

#[test]
fn wordings_at_any_provider() {
    let said = |status, message: &str, expected: &Outcome| {
        row(message, ANY, status, "", &format!(r#"{{"error":{{"message":"{message}"}}}}"#), expected);
    };
    said(400, "Incorrect API key provided", &KeyRejected);
    said(403, "API key not valid", &KeyRejected);
    said(429, "Insufficient balance", &no_credit(no_time()));
    said(403, "You are out of credits", &no_credit(no_time()));
    said(429, "Request too large. Limit: 100, Requested: 200", &too_large(100));
    for status in [429, 500, 502, 503, 529] {
        said(status, "We are at maximum capacity", &busy(no_time()));
        said(status, "Due to high traffic, later", &busy(no_time()));
    }
    said(529, "Later", &busy(no_time()));
    said(404, "The model m has been retired", &MODEL_RETIRED);
    said(404, "No such model, or you do not have access to it", &RESTRICTED);
    said(422, "Extra inputs are not permitted", &Outcome::ParameterRejected { parameter: None });
}

#[test]
fn local_servers() {
    let refused = Signal {
        transport: Some(TransportFault::Connect),
        provider: Some("ollama".into()),
        ..Signal::default()
    };
    let outcome = classify(&refused, super::NOW);
    assert_eq!(outcome, UpstreamFailed, "nothing listens");
    assert_eq!(outcome.next(), Next::RetryThenOnward);
    let loading = r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#;
    row("loading", "llamacpp", 503, "", loading, &busy(no_time()));
    let long = r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error"}}"#;
    row("context", "llamacpp", 400, "", long, &ContextTooLong);
    let missing =
        r#"{"error":{"message":"model 'qwen' not found","type":"not_found_error","param":null,"code":null}}"#;
    row("not pulled", "ollama", 404, "", missing, &MODEL_GONE);
    let missing =
        r#"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":404}"#;
    row("not served", "vllm", 404, "", missing, &MODEL_GONE);
}

#[test]
fn ollama_cloud() {
    let plan = r#"{"error":"this model requires a subscription, upgrade for access"}"#;
    row("plan", "ollama-cloud", 403, "", plan, &RESTRICTED);
    let week = r#"{"error":"you have reached your weekly usage limit, upgrade for higher limits"}"#;
    row("week", "ollama-cloud", 429, "", week, &limited(Owner, Month, no_time()));
    let session = r#"{"error":"you have reached your session usage limit, try again in 2 hours"}"#;
    row("session", "ollama-cloud", 429, "", session, &limited(Owner, Hour, after(7_200_000)));
    row("retired", "ollama-cloud", 410, "", r#"{"error":"gone"}"#, &MODEL_RETIRED);
}
