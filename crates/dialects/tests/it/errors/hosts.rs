//! Those who serve models of others: Groq, Cerebras, Together, NVIDIA, SambaNova, Fireworks.

use super::words::*;

fn error(kind: &str, code: &str, message: &str) -> String {
    serde_json::json!({ "error": { "message": message, "type": kind, "code": code } }).to_string()
}

fn groq_limit(on: &str, numbers: &str, wait: &str) -> String {
    let message = format!(
        "Rate limit reached for model `llama` in organization `org_01` service tier `on_demand` on {on}: {numbers}. Please try again in {wait}. Need more tokens?"
    );
    error("tokens", "rate_limit_exceeded", &message)
}

#[test]
fn groq_keys() {
    row(
        "bad key",
        "groq",
        401,
        "",
        &error("invalid_request_error", "invalid_api_key", "Invalid API Key"),
        &KeyRejected,
    );
    let dead = error("invalid_request_error", "organization_restricted", "Organization has been restricted.");
    row("dead organisation", "groq", 400, "", &dead, &no_credit(no_time()));
    row("dead organisation as 403", "groq", 403, "", &dead, &no_credit(no_time()));
    row(
        "blocked",
        "groq",
        403,
        "",
        "<html><title>Attention</title><h1>Sorry, you have been blocked</h1></html>",
        &RESTRICTED_FOR_GOOD,
    );
}

#[test]
fn groq_limits() {
    let tokens = groq_limit("tokens per minute (TPM)", "Limit 6000, Used 5000, Requested 3619", "26.19s");
    row("TPM by text", "groq", 429, "", &tokens, &limited(OwnerModel, Minute, after(26_190)));
    row(
        "TPM by header",
        "groq",
        429,
        "retry-after: 27",
        &tokens,
        &limited(OwnerModel, Minute, after(27_000)),
    );
    let requests = groq_limit("requests per minute (RPM)", "Limit 30, Used 30, Requested 1", "2s");
    row("RPM", "groq", 429, "", &requests, &limited(OwnerModel, Minute, after(2_000)));
    let day = groq_limit("tokens per day (TPD)", "Limit 100000, Used 97050, Requested 3619", "9m38.016s");
    row(
        "TPD trusts the text, not midnight",
        "groq",
        429,
        "",
        &day,
        &limited(OwnerModel, Day, after(578_016)),
    );
    let day = groq_limit("requests per day (RPD)", "Limit 1000, Used 1000, Requested 1", "1m26.4s");
    row("RPD", "groq", 429, "", &day, &limited(OwnerModel, Day, after(86_400)));
    let spent = "x-ratelimit-limit-requests: 1000\nx-ratelimit-remaining-requests: 0\nx-ratelimit-reset-requests: 2m59.56s";
    let bare = error("requests", "rate_limit_exceeded", "Rate limit reached");
    row("by reset", "groq", 429, spent, &bare, &limited(OwnerModel, Day, after(179_560)));
    let large = error(
        "tokens",
        "rate_limit_exceeded",
        "Request too large for model `llama` in organization `org_01` on tokens per minute (TPM): Limit 6000, Requested 9123.",
    );
    row("too large", "groq", 413, "", &large, &too_large(6_000));
    row(
        "flex",
        "groq",
        498,
        "",
        &error("", "capacity_exceeded", "Flex tier capacity exceeded"),
        &busy(no_time()),
    );
    let (signal, _) = judge("groq", 429, "", &tokens);
    assert_eq!(signal.owner.as_deref(), Some("org_01"), "the organisation");
    assert_eq!((signal.limit, signal.requested), (Some(6_000), Some(3_619)));
}

#[test]
fn groq_requests() {
    let call = r#"{"error":{"message":"Failed to call a function.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=f>"}}"#;
    row("tool call", "groq", 400, "", call, &ModelFault);
    row(
        "json",
        "groq",
        400,
        "",
        &error("invalid_request_error", "json_validate_failed", "Failed"),
        &ModelFault,
    );
    let gone =
        error("invalid_request_error", "model_decommissioned", "The model `m` has been decommissioned");
    row("decommissioned", "groq", 400, "", &gone, &MODEL_RETIRED);
    let missing = error(
        "invalid_request_error",
        "model_not_found",
        "The model `m` does not exist or you do not have access to it.",
    );
    row("not found", "groq", 404, "", &missing, &RESTRICTED);
}

#[test]
fn cerebras() {
    let error = |kind: &str, param: &str, code: &str, message: &str| {
        format!(r#"{{"message":"{message}","type":"{kind}","param":"{param}","code":"{code}"}}"#)
    };
    let quota = |code: &str, message: &str| error("too_many_requests_error", "quota", code, message);
    let requests =
        quota("request_quota_exceeded", "Requests per minute limit exceeded - too many requests sent.");
    row("requests", "cerebras", 429, "", &requests, &limited(OwnerModel, Minute, no_time()));
    let tokens =
        quota("token_quota_exceeded", "Tokens per minute limit exceeded - too many tokens processed.");
    let minute = "x-ratelimit-limit-tokens-minute: 60000\nx-ratelimit-remaining-tokens-minute: 0\nx-ratelimit-reset-tokens-minute: 11.382867";
    row("tokens", "cerebras", 429, minute, &tokens, &limited(OwnerModel, Minute, after(11_382)));
    let day = "x-ratelimit-limit-requests-day: 14400\nx-ratelimit-remaining-requests-day: 0\nx-ratelimit-reset-requests-day: 33011.382867\nx-ratelimit-limit-tokens-minute: 60000\nx-ratelimit-remaining-tokens-minute: 0\nx-ratelimit-reset-tokens-minute: 11.382867";
    row("day by the suffix", "cerebras", 429, day, &requests, &limited(OwnerModel, Day, after(33_011_382)));
    let queue = error(
        "too_many_requests_error",
        "queue",
        "queue_exceeded",
        "We're experiencing high traffic right now!",
    );
    row("queue", "cerebras", 429, "", &queue, &busy(no_time()));
    let long = error(
        "invalid_request_error",
        "messages",
        "context_length_exceeded",
        "Current length is 9000 while limit is 8192",
    );
    row("context", "cerebras", 400, "", &long, &ContextTooLong);
    row(
        "context by text",
        "cerebras",
        400,
        "",
        r#"{"message":"Current length is 9000 while limit is 8192"}"#,
        &ContextTooLong,
    );
    row("billing", "cerebras", 402, "", r#"{"message":"Payment required"}"#, &no_credit(no_time()));
    let field =
        error("invalid_request_error", "logit_bias", "wrong_api_format", "logit_bias is not supported");
    row("field", "cerebras", 400, "", &field, &rejected("logit_bias"));
}

#[test]
fn together() {
    let limit = error("rate_limit", "", "You have reached the dynamic rate limit");
    let spent = "x-ratelimit-limit: 10\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1";
    row("limit", "together", 429, spent, &limit, &limited(OwnerModel, Second, after(1_000)));
    row("limit, nothing said", "together", 429, "", &limit, &limited(OwnerModel, Second, no_time()));
    row("platform", "together", 503, "", &error("", "", "Service unavailable"), &busy(no_time()));
    row("billing", "together", 402, "", &error("", "", "Limit"), &no_credit(no_time()));
    row("bad key", "together", 401, "", &error("", "", "Invalid"), &KeyRejected);
    for status in [400, 422] {
        let long = error("invalid_request_error", "", "`inputs` tokens + `max_new_tokens` must be <= 4097");
        row("context", "together", status, "", &long, &ContextTooLong);
    }
}

#[test]
fn nvidia() {
    row(
        "limit",
        "nvidia",
        429,
        "",
        r#"{"status":429,"title":"Too Many Requests"}"#,
        &limited(OwnerModel, Minute, no_time()),
    );
    let sick = r#"{"type":"about:blank","status":400,"title":"Bad Request","detail":"Function id 'f': DEGRADED function cannot be invoked"}"#;
    row("degraded", "nvidia", 400, "", sick, &busy(no_time()));
    let missing =
        r#"{"status":404,"title":"Not Found","detail":"Function '0a1b': Not found for account 'x'"}"#;
    row("not enabled", "nvidia", 404, "", missing, &RESTRICTED);
    let calls = r#"{"error":"This model only supports single tool-calls at once!"}"#;
    row("one call", "nvidia", 400, "", calls, &rejected("parallel_tool_calls"));
    row("bad key", "nvidia", 401, "", r#"{"status":401,"title":"Unauthorized"}"#, &KeyRejected);
    row(
        "bad key as 403",
        "nvidia",
        403,
        "",
        r#"{"status":403,"title":"Forbidden","detail":"Authorization failed"}"#,
        &KeyRejected,
    );
    row(
        "retired",
        "nvidia",
        410,
        "",
        r#"{"status":410,"title":"Gone","detail":"end of life"}"#,
        &MODEL_RETIRED,
    );
}

#[test]
fn sambanova() {
    let minute = "x-ratelimit-limit-requests: 40\nx-ratelimit-remaining-requests: 0\nx-ratelimit-reset-requests: 1795176030\nx-ratelimit-limit-requests-day: 4000\nx-ratelimit-remaining-requests-day: 100\nx-ratelimit-reset-requests-day: 1795219200";
    row(
        "minute",
        "sambanova",
        429,
        minute,
        &error("", "", "Slow"),
        &limited(OwnerModel, Minute, after(30_000)),
    );
    let day = "x-ratelimit-limit-requests-day: 4000\nx-ratelimit-remaining-requests-day: 0\nx-ratelimit-reset-requests-day: 1795219200";
    row("day", "sambanova", 429, day, &error("", "", "Slow"), &limited(OwnerModel, Day, after(43_200_000)));
    row(
        "billing",
        "sambanova",
        402,
        "",
        &error("", "", "A payment method is required"),
        &no_credit(no_time()),
    );
}

#[test]
fn fireworks() {
    row("suspended", "fireworks", 412, "", &error("", "", "Account suspended"), &no_credit(no_time()));
    row(
        "adaptive",
        "fireworks",
        429,
        "",
        &error("", "", "Rate limit"),
        &limited(OwnerModel, Minute, no_time()),
    );
    row("overloaded", "fireworks", 503, "", &error("", "", "Unavailable"), &busy(no_time()));
    let missing = error("", "NOT_FOUND", "Model not found, inaccessible, and/or not deployed");
    row("no model or no permission", "fireworks", 404, "", &missing, &RESTRICTED);
}

#[test]
fn groq_by_other_evidence() {
    let dead = error("", "", "Organization has been restricted");
    row("dead organisation", "groq", 400, "", &dead, &no_credit(no_time()));
    let large = error("tokens", "rate_limit_exceeded", "Request too large: Limit 6000, Requested 9123.");
    row("too large as 429", "groq", 429, "", &large, &too_large(6_000));
    let nothing_named = Outcome::TooLargeForTier { limit_tokens: None };
    row("too large without a word", "groq", 413, "", "", &nothing_named);
}
