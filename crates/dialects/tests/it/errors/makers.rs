//! Those who make the models they serve: OpenAI, Azure, Anthropic, xAI, Mistral, DeepSeek, Cohere, Perplexity.

use super::words::*;

fn error(kind: &str, code: &str, message: &str) -> String {
    serde_json::json!({ "error": { "message": message, "type": kind, "param": null, "code": code } })
        .to_string()
}

#[test]
fn openai_keys_and_money() {
    let openai = |name, status, kind, code, message, expected: &Outcome| {
        row(name, "openai", status, "", &error(kind, code, message), expected);
    };
    openai(
        "bad key",
        401,
        "invalid_request_error",
        "invalid_api_key",
        "Incorrect API key provided.",
        &KeyRejected,
    );
    openai("address", 401, "invalid_request_error", "", "IP not authorized", &RESTRICTED_FOR_GOOD);
    let member = "You must be a member of an organization to use the API";
    openai("no organisation", 401, "invalid_request_error", "", member, &RESTRICTED_FOR_GOOD);
    let country = "Country, region, or territory not supported";
    let code = "unsupported_country_region_territory";
    openai("country", 403, "request_forbidden", code, country, &RESTRICTED_FOR_GOOD);
    let quota = "You exceeded your current quota, please check your plan and billing details.";
    openai("no credit", 429, "insufficient_quota", "insufficient_quota", quota, &no_credit(no_time()));
    openai("no balance", 429, "insufficient_quota", "credit_balance_exhausted", quota, &no_credit(no_time()));
    let month = no_credit(at("2026-12-01T00:00:00Z"));
    for code in [
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "project_spend_limit_exceeded",
    ] {
        openai("spend cap", 429, "insufficient_quota", code, quota, &month);
    }
    let body = error("insufficient_quota", "project_spend_limit_exceeded", quota);
    row("spend cap with a short hint", "openai", 429, "retry-after: 5", &body, &month);
}

#[test]
fn openai_limits() {
    let limit = |message: &str| error("tokens", "rate_limit_exceeded", message);
    let minute = "Rate limit reached for gpt-x in organization org-a on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 644ms.";
    row("minute by text", "openai", 429, "", &limit(minute), &limited(OwnerModel, Minute, after(644)));
    row(
        "minute by header",
        "openai",
        429,
        "retry-after-ms: 1250\nretry-after: 2",
        &limit(minute),
        &limited(OwnerModel, Minute, after(1_250)),
    );
    let day = "Rate limit reached for gpt-x in organization org-a on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.";
    row("day", "openai", 429, "", &limit(day), &limited(OwnerModel, Day, after(432_000)));
    let reset =
        "x-ratelimit-limit-tokens: 30000\nx-ratelimit-remaining-tokens: 0\nx-ratelimit-reset-tokens: 6.5s";
    row("minute by reset", "openai", 429, reset, &limit("Slow"), &limited(OwnerModel, Minute, after(6_500)));
    let slow = error("requests", "slow_down", "Slow down");
    row("slow down", "openai", 429, "", &slow, &limited(OwnerModel, Minute, no_time()));
    let large = "Request too large for gpt-x in organization org-a on tokens per min (TPM): Limit 30000, Requested 41000.";
    row("too large", "openai", 429, "", &limit(large), &too_large(30_000));
    let overloaded = error("server_error", "server_is_overloaded", "The server is overloaded");
    row("overloaded", "openai", 503, "retry-after: 7", &overloaded, &busy(after(7_000)));
    let overloaded = error("server_is_overloaded", "slow_down", "The server is overloaded");
    row("overloaded as 429", "openai", 429, "", &overloaded, &busy(no_time()));
}

#[test]
fn openai_requests() {
    let invalid = |code: &str, message: &str| error("invalid_request_error", code, message);
    let missing =
        invalid("model_not_found", "The model `gpt-x` does not exist or you do not have access to it.");
    row("no such model", "openai", 404, "", &missing, &RESTRICTED);
    let long = invalid("context_length_exceeded", "This model's maximum context length is 128000 tokens.");
    row("context", "openai", 400, "", &long, &ContextTooLong);
    row("policy", "openai", 400, "", &invalid("content_policy_violation", "No"), &ContentRefused);
    let policy = invalid("", "Your request was flagged as potentially violating our usage policy.");
    row("policy by text", "openai", 400, "", &policy, &ContentRefused);
    let unsupported = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#;
    row("parameter", "openai", 400, "", unsupported, &rejected("max_tokens"));
    let value = r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0.2","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}"#;
    row("value", "openai", 400, "", value, &rejected("temperature"));
    let state = invalid("invalid_encrypted_content", "The encrypted content could not be verified.");
    row("other organisation's state", "openai", 400, "", &state, &rejected("encrypted_content"));
}

#[test]
fn azure() {
    let azure = |name, status, headers, code, message, expected: &Outcome| {
        row(name, "azure", status, headers, &error("", code, message), expected);
    };
    let tokens = "Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current pricing tier. Please retry after 37 seconds.";
    azure("by text", 429, "", "429", tokens, &limited(OwnerModel, Minute, after(37_000)));
    azure(
        "by header",
        429,
        "retry-after: 6\nretry-after-ms: 5500",
        "429",
        tokens,
        &limited(OwnerModel, Minute, after(5_500)),
    );
    azure(
        "by negative reset",
        429,
        "x-ratelimit-reset-tokens: -1",
        "429",
        tokens,
        &limited(OwnerModel, Minute, after(37_000)),
    );
    azure("high demand", 429, "", "NoCapacity", "The system is experiencing high demand.", &busy(no_time()));
    let filter = r#"{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#;
    row("content", "azure", 400, "", filter, &ContentRefused);
    azure(
        "no deployment",
        404,
        "",
        "DeploymentNotFound",
        "The API deployment does not exist.",
        &RESTRICTED_FOR_GOOD,
    );
    azure(
        "network",
        403,
        "",
        "403",
        "Access denied due to Virtual Network/Firewall rules.",
        &RESTRICTED_FOR_GOOD,
    );
    azure("blocked for now", 403, "", "403", "Your resource has been temporarily blocked", &RESTRICTED);
}

fn anthropic(kind: &str, message: &str) -> String {
    format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}},"request_id":"req"}}"#)
}

#[test]
fn anthropic_keys_and_money() {
    let check = |name, status, kind, message, expected: &Outcome| {
        row(name, "anthropic", status, "", &anthropic(kind, message), expected);
    };
    check("bad key", 401, "authentication_error", "invalid x-api-key", &KeyRejected);
    check("billing", 402, "billing_error", "Billing", &no_credit(no_time()));
    let low = "Your credit balance is too low to access the Anthropic API.";
    check("balance", 400, "invalid_request_error", low, &no_credit(no_time()));
    let cap = "You have reached your specified workspace API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.";
    check("own cap", 400, "invalid_request_error", cap, &no_credit(at("2026-12-01T00:00:00Z")));
    check("permission", 403, "permission_error", "Your API key does not have permission", &RESTRICTED);
    check("no model", 404, "not_found_error", "model: claude-x", &MODEL_GONE);
    let stop = r#"{"type":"error","error":{"type":"rate_limit_error","message":"Spend limit","details":{"error_code":"enforced_spend_limit_reached"}}}"#;
    row("spend stop", "anthropic", 429, "", stop, &no_credit(at("2026-12-01T00:00:00Z")));
}

#[test]
fn anthropic_limits_and_servers() {
    let limit = anthropic(
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 40,000 input tokens per minute",
    );
    row("minute", "anthropic", 429, "retry-after: 12", &limit, &limited(OwnerModel, Minute, after(12_000)));
    let reset = "anthropic-ratelimit-input-tokens-limit: 40000\nanthropic-ratelimit-input-tokens-remaining: 0\nanthropic-ratelimit-input-tokens-reset: 2026-11-20T12:00:31Z";
    row("minute by reset", "anthropic", 429, reset, &limit, &limited(OwnerModel, Minute, after(31_000)));
    row("error", "anthropic", 500, "", &anthropic("api_error", "Internal server error"), &UpstreamFailed);
    row("timeout", "anthropic", 504, "", &anthropic("timeout_error", "Request timed out"), &UpstreamFailed);
    let overloaded = anthropic("overloaded_error", "Overloaded");
    row("overloaded", "anthropic", 529, "", &overloaded, &busy(no_time()));
    row("overloaded in a stream", "anthropic", 200, "", &overloaded, &busy(no_time()));
}

#[test]
fn anthropic_requests() {
    let large = anthropic("request_too_large", "Request exceeds the maximum size");
    row("bytes", "anthropic", 413, "", &large, &RequestRefused);
    let long = anthropic("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum");
    row("context", "anthropic", 400, "", &long, &ContextTooLong);
    let state =
        anthropic("invalid_request_error", "messages.1.content.0: Invalid `signature` in `thinking` block");
    row("state", "anthropic", 400, "", &state, &rejected("thinking"));
    let refusal =
        r#"{"type":"message","content":[],"stop_reason":"refusal","stop_details":{"category":"c"}}"#;
    row("refusal", "anthropic", 200, "", refusal, &ContentRefused);
}

#[test]
fn xai() {
    let error = |code: &str, message: &str| serde_json::json!({ "code": code, "error": message }).to_string();
    let key = error("Client specified an invalid argument", "Incorrect API key provided: xx***yy.");
    row("bad key", "xai", 400, "", &key, &KeyRejected);
    let empty = error(
        "Some resource has been exhausted",
        "Your team 0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f has either used all available credits or reached its monthly spending limit.",
    );
    row("empty", "xai", 429, "", &empty, &no_credit(no_time()));
    row("empty as 403", "xai", 403, "", &empty, &no_credit(no_time()));
    let tokens = error(
        "Some resource has been exhausted",
        "Too many tokens for team 0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f and model grok: Tokens per Minute (actual/limit): 65605/16000",
    );
    row("tokens", "xai", 429, "", &tokens, &limited(OwnerModel, Minute, no_time()));
    let requests = error(
        "Some resource has been exhausted",
        "Too many requests for team 0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f and model grok: Requests per Second (actual/limit): 9/8",
    );
    row("requests", "xai", 429, "", &requests, &limited(OwnerModel, Second, no_time()));
    let (signal, _) = judge("xai", 429, "", &tokens);
    assert_eq!(signal.owner.as_deref(), Some("0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"), "the team");
    row("content", "xai", 403, "", &error("x", "Content violates usage guidelines"), &ContentRefused);
    let shape = error("Unprocessable", "Failed to deserialize the JSON body");
    row("shape", "xai", 422, "", &shape, &Outcome::ParameterRejected { parameter: None });
}

#[test]
fn mistral() {
    let error = |kind: &str, code: &str, message: &str| {
        format!(
            r#"{{"object":"error","message":"{message}","type":"{kind}","param":null,"code":"{code}","raw_status_code":429}}"#
        )
    };
    row("bad key", "mistral", 401, "", r#"{"detail":"Unauthorized"}"#, &KeyRejected);
    let second = limited(OwnerModel, Second, no_time());
    row("requests", "mistral", 429, "", &error("rate_limited", "1300", "Rate limit exceeded"), &second);
    row("older", "mistral", 429, "", r#"{"message":"Requests rate limit exceeded"}"#, &second);
    let spent = "x-ratelimit-limit-tokens-minute: 500000\nx-ratelimit-remaining-tokens-minute: 0";
    row(
        "tokens",
        "mistral",
        429,
        spent,
        &error("rate_limited", "1300", "Rate limit exceeded"),
        &limited(OwnerModel, Minute, no_time()),
    );
    let capacity =
        error("service_tier_capacity_exceeded", "3505", "Service tier capacity exceeded for this model.");
    row("capacity", "mistral", 429, "", &capacity, &busy(no_time()));
    let order =
        error("invalid_request_message_order", "3230", "Expected last role User or Tool but got assistant");
    row("order", "mistral", 400, "", &order, &rejected("messages"));
    let id = error(
        "invalid_function_call",
        "3280",
        "Tool call id was x but must be a-z, A-Z, 0-9, with a length of 9.",
    );
    row("call id", "mistral", 400, "", &id, &rejected("tool_call_id"));
    let extra = r#"{"detail":[{"type":"extra_forbidden","loc":["body","logit_bias"],"msg":"Extra inputs are not permitted","input":{}}]}"#;
    row("field", "mistral", 422, "", extra, &rejected("logit_bias"));
    row("billing", "mistral", 402, "", r#"{"detail":"Subscription"}"#, &no_credit(no_time()));
    row("plan", "mistral", 403, "", r#"{"detail":"Your subscription does not include this"}"#, &RESTRICTED);
}

#[test]
fn deepseek() {
    row(
        "balance",
        "deepseek",
        402,
        "",
        &error("unknown_error", "invalid_request_error", "Insufficient Balance"),
        &no_credit(no_time()),
    );
    row(
        "concurrency",
        "deepseek",
        429,
        "",
        &error("", "", "Too many concurrent requests"),
        &limited(OwnerModel, Second, no_time()),
    );
    row("overloaded", "deepseek", 503, "", &error("", "", "Service unavailable"), &busy(no_time()));
    let thinking = error(
        "invalid_request_error",
        "",
        "The reasoning_content in the thinking mode must be passed back to the API.",
    );
    row("reasoning", "deepseek", 400, "", &thinking, &rejected("reasoning_content"));
    row(
        "parameters",
        "deepseek",
        422,
        "",
        &error("", "", "Invalid parameters"),
        &Outcome::ParameterRejected { parameter: None },
    );
    let short = r#"{"choices":[{"message":{"content":""},"finish_reason":"insufficient_system_resource"}]}"#;
    row("resources", "deepseek", 200, "", short, &busy(no_time()));
}

#[test]
fn cohere() {
    let said = |message: &str| format!(r#"{{"message":"{message}"}}"#);
    let minute = limited(OwnerModel, Minute, no_time());
    let trial = "You are using a Trial key, which is limited to 20 API calls / minute.";
    row("minute", "cohere", 429, "", &said(trial), &minute);
    row(
        "minute in words",
        "cohere",
        429,
        "",
        &said("You are past the per minute request limit, please wait."),
        &minute,
    );
    let tokens = "trial token rate limit exceeded, limit is 100000 tokens per minute";
    row("tokens", "cohere", 429, "", &said(tokens), &minute);
    let month = limited(Owner, Month, at("2026-12-01T00:00:00Z"));
    row(
        "month",
        "cohere",
        429,
        "",
        &said("You are using a Trial key, which is limited to 1000 API calls / month."),
        &month,
    );
    row("context", "cohere", 400, "", &said("too many tokens: size limit exceeded"), &ContextTooLong);
    row("billing", "cohere", 402, "", &said("Payment required"), &no_credit(no_time()));
    row("blocked", "cohere", 498, "", &said("Blocked"), &RequestRefused);
    row("client left", "cohere", 499, "", &said("Cancelled"), &ClientGone);
}

#[test]
fn perplexity() {
    let key = r#"{"error":{"message":"Invalid API key provided","type":"invalid_api_key","code":401}}"#;
    row("bad key or no credits", "perplexity", 401, "", key, &no_credit(no_time()));
    row(
        "the same as a page",
        "perplexity",
        401,
        "",
        "<html><h1>401 Authorization Required</h1></html>",
        &no_credit(no_time()),
    );
    for status in [400, 404, 410] {
        let ended = r#"{"error":{"message":"Sonar is now the Agent API","type":"gone","code":410}}"#;
        row("ended", "perplexity", status, "", ended, &MODEL_RETIRED);
    }
    row("limit", "perplexity", 429, "", "", &limited(Owner, Unknown, no_time()));
}

#[test]
fn cohere_and_mistral_by_other_evidence() {
    row("nothing said", "cohere", 429, "", r#"{"message":"Slow"}"#, &limited(OwnerModel, Minute, no_time()));
    let tokens = r#"{"message":"Token rate limit exceeded","type":"rate_limited","code":"1300"}"#;
    row("tokens", "mistral", 429, "", tokens, &limited(OwnerModel, Minute, no_time()));
    let capacity = r#"{"message":"Service tier capacity exceeded for this model."}"#;
    row("capacity", "mistral", 429, "", capacity, &busy(no_time()));
    let order = r#"{"message":"Unexpected role 'user' after role 'tool'"}"#;
    row("order", "mistral", 400, "", order, &rejected("messages"));
}
