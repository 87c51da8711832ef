//! OpenRouter.

use super::words::*;

const OPENROUTER: &str = "openrouter";
const MIDNIGHT: &str = "2026-11-21T00:00:00Z";

fn error(code: u16, message: &str, metadata: &str) -> String {
    format!(r#"{{"error":{{"code":{code},"message":"{message}","metadata":{{{metadata}}}}},"user_id":"u"}}"#)
}

#[test]
fn keys_and_money() {
    row("bad key", OPENROUTER, 401, "", &error(401, "No auth credentials found", ""), &KeyRejected);
    let wait = r#""limit_source":"openrouter_in_flight_budget","reason":"in_flight_budget_exhausted""#;
    let in_flight = error(402, "Too much in flight", wait);
    row("in flight", OPENROUTER, 402, "retry-after: 12", &in_flight, &limited(Owner, Second, after(12_000)));
    row("in flight, no time", OPENROUTER, 402, "", &in_flight, &limited(Owner, Second, no_time()));
    let weight = error(402, "Too heavy", r#""reason":"weight_exceeds_budget""#);
    row("too heavy", OPENROUTER, 402, "", &weight, &Outcome::TooLargeForTier { limit_tokens: None });
    let afford = "This request requires more credits, or fewer max_tokens. You requested up to 4096 tokens, but can only afford 120.";
    row("can only afford", OPENROUTER, 402, "", &error(402, afford, ""), &too_large(120));
    let credits = r#""limit_source":"openrouter_credits""#;
    row("can only afford, by source", OPENROUTER, 402, "", &error(402, afford, credits), &too_large(120));
    row("empty", OPENROUTER, 402, "", &error(402, "Insufficient credits", credits), &no_credit(no_time()));
    row("empty, no source", OPENROUTER, 402, "", &error(402, "Negative balance", ""), &no_credit(no_time()));
}

#[test]
fn refusals() {
    let moderated = error(
        403,
        "Your input was flagged",
        r#""reasons":["violence"],"flagged_input":"…","provider_name":"p""#,
    );
    row("moderation", OPENROUTER, 403, "", &moderated, &ContentRefused);
    let none = error(404, "No endpoints found matching your data policy", "");
    row("no endpoints", OPENROUTER, 404, "", &none, &MODEL_GONE);
}

#[test]
fn limits() {
    let headers = r#""headers":{"X-RateLimit-Limit":"50","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1795219200000"}"#;
    let day = limited(OwnerModel, Day, at(MIDNIGHT));
    let message =
        "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day";
    row("free day", OPENROUTER, 429, "", &error(429, message, headers), &day);
    let source = format!(r#""limit_source":"openrouter_free_tier_daily",{headers}"#);
    row("free day, by source", OPENROUTER, 429, "", &error(429, "Rate limit exceeded", &source), &day);
    let high = error(429, "Rate limit exceeded: free-models-per-day-high-balance", "");
    row("free day, no time", OPENROUTER, 429, "", &high, &day);
    row("free day, in a success", OPENROUTER, 200, "", &error(429, message, headers), &day);
    let stated = "x-ratelimit-limit: 20\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 1795176042000";
    let minute = error(429, "Rate limit exceeded: free-models-per-min.", "");
    row("free minute", OPENROUTER, 429, stated, &minute, &limited(OwnerModel, Minute, after(42_000)));
    let upstream =
        r#""raw":"m is temporarily rate-limited upstream. Please retry shortly.","provider_name":"Chutes""#;
    row(
        "upstream limit",
        OPENROUTER,
        429,
        "",
        &error(429, "Provider returned error", upstream),
        &busy(no_time()),
    );
}

#[test]
fn servers() {
    let named = r#""provider_name":"Venice","raw":"error""#;
    row(
        "upstream broke",
        OPENROUTER,
        502,
        "",
        &error(502, "Provider returned error", named),
        &busy(no_time()),
    );
    let none = error(503, "No provider meets your routing requirements", "");
    row("no provider", OPENROUTER, 503, "retry-after: 15", &none, &busy(after(15_000)));
}

#[test]
fn errors_inside_a_success() {
    row("money", OPENROUTER, 200, "", &error(402, "Insufficient credits", ""), &no_credit(no_time()));
    row("bad key", OPENROUTER, 200, "", &error(401, "User not found", ""), &KeyRejected);
    row("outage", OPENROUTER, 200, "", &error(500, "Internal", ""), &UpstreamFailed);
    let chunk = r#"{"id":"gen","error":{"code":"server_error","message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#;
    row("in a chunk", OPENROUTER, 200, "", chunk, &UpstreamFailed);
    let choice = r#"{"choices":[{"finish_reason":"error","error":{"code":429,"message":"temporarily rate-limited upstream"}}]}"#;
    row("in a choice", OPENROUTER, 200, "", choice, &busy(no_time()));
}

#[test]
fn moderation_by_text() {
    row("moderation", OPENROUTER, 403, "", &error(403, "Your input was flagged", ""), &ContentRefused);
}
