//! Gemini and Vertex.

use super::words::*;

const GEMINI: &str = "google";

fn error(code: u16, status: &str, message: &str, details: &str) -> String {
    format!(
        r#"{{"error":{{"code":{code},"message":"{message}","status":"{status}","details":[{details}]}}}}"#
    )
}

fn info(reason: &str) -> String {
    format!(
        r#"{{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"{reason}","domain":"googleapis.com"}}"#
    )
}

fn quota(ids: &[&str], delay: &str) -> String {
    let violations: Vec<_> = ids
        .iter()
        .map(|id| format!(r#"{{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"{id}","quotaDimensions":{{"location":"global","model":"gemini-3.5-flash"}},"quotaValue":"20"}}"#))
        .collect();
    format!(
        r#"{{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{}]}},{{"@type":"type.googleapis.com/google.rpc.Help","links":[]}},{{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{delay}"}}"#,
        violations.join(",")
    )
}

const DAY_QUOTA: &str = "GenerateRequestsPerDayPerProjectPerModel-FreeTier";
const MINUTE_QUOTA: &str = "GenerateRequestsPerMinutePerProjectPerModel-FreeTier";
const TOKEN_QUOTA: &str = "GenerateContentInputTokensPerModelPerMinute-FreeTier";
const EXCEEDED: &str = "You exceeded your current quota, please check your plan and billing details.";

#[test]
fn keys() {
    let bad = error(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        &info("API_KEY_INVALID"),
    );
    row("bad key", GEMINI, 400, "", &bad, &KeyRejected);
    row("bad key, in an array", GEMINI, 400, "", &format!("[{bad}]"), &KeyRejected);
    let expired = error(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", "");
    row("expired key", GEMINI, 400, "", &expired, &KeyRejected);
    let token = error(
        401,
        "UNAUTHENTICATED",
        "Request had invalid authentication credentials.",
        &info("ACCESS_TOKEN_TYPE_UNSUPPORTED"),
    );
    row("key not accepted here", GEMINI, 401, "", &token, &KeyRejected);
    let leaked = error(
        403,
        "PERMISSION_DENIED",
        "Your API key was reported as leaked. Please use another API key.",
        "",
    );
    row("leaked key", GEMINI, 403, "", &leaked, &KeyRejected);
    for reason in ["SERVICE_DISABLED", "API_KEY_SERVICE_BLOCKED", "API_KEY_HTTP_REFERRER_BLOCKED"] {
        let off = error(403, "PERMISSION_DENIED", "Requests to this API are blocked.", &info(reason));
        row("key or service restricted", GEMINI, 403, "", &off, &RESTRICTED_FOR_GOOD);
    }
    for message in
        ["The API Key has an IP address restriction.", "Requests from referer <empty> are blocked."]
    {
        row(
            "address restricted",
            GEMINI,
            403,
            "",
            &error(403, "PERMISSION_DENIED", message, ""),
            &RESTRICTED_FOR_GOOD,
        );
    }
    for message in [
        "User location is not supported for the API use.",
        "Gemini API free tier is not available in your country.",
    ] {
        row(
            "country",
            GEMINI,
            400,
            "",
            &error(400, "FAILED_PRECONDITION", message, ""),
            &RESTRICTED_FOR_GOOD,
        );
    }
}

#[test]
fn money() {
    let empty = error(402, "FAILED_PRECONDITION", "Your prepayment credits are depleted.", "");
    row("prepaid used up", GEMINI, 402, "", &empty, &no_credit(no_time()));
    let older = error(
        429,
        "RESOURCE_EXHAUSTED",
        "Your prepayment credits are depleted.",
        &quota(&[MINUTE_QUOTA], "5s").replace("PerMinute", ""),
    );
    row("prepaid used up, older", GEMINI, 429, "", &older, &no_credit(no_time()));
    row("prepay", GEMINI, 402, "", &error(402, "X", "Prepay credit required", ""), &no_credit(no_time()));
}

#[test]
fn quotas() {
    let exhausted =
        |ids: &[&str], delay: &str| error(429, "RESOURCE_EXHAUSTED", EXCEEDED, &quota(ids, delay));
    let minute = limited(OwnerModel, Minute, after(38_200));
    row("minute", GEMINI, 429, "", &exhausted(&[MINUTE_QUOTA], "38.2s"), &minute);
    row(
        "minute, in an array",
        GEMINI,
        429,
        "",
        &format!("[{}]", exhausted(&[TOKEN_QUOTA], "38.2s")),
        &minute,
    );
    let midnight = limited(OwnerModel, Day, at("2026-11-21T08:00:00Z"));
    row("day with a misleading short delay", GEMINI, 429, "", &exhausted(&[DAY_QUOTA], "38s"), &midnight);
    row(
        "the longest window counts",
        GEMINI,
        429,
        "",
        &exhausted(&[MINUTE_QUOTA, DAY_QUOTA], "38s"),
        &midnight,
    );
    row("day with a delay of hours", GEMINI, 429, "", &exhausted(&[DAY_QUOTA], "65205s"), &midnight);
    let later = limited(OwnerModel, Day, after(90_000_000));
    row("day with a delay beyond midnight", GEMINI, 429, "", &exhausted(&[DAY_QUOTA], "90000s"), &later);
    let text = error(
        429,
        "RESOURCE_EXHAUSTED",
        "Quota exceeded for metric: generativelanguage.googleapis.com/generate_requests_per_model_per_day, limit: 20, model: g. Please retry in 38.2s.",
        "",
    );
    row("day in the text only", GEMINI, 429, "", &text, &midnight);
    let bare = error(429, "RESOURCE_EXHAUSTED", &format!("{EXCEEDED} Please retry in 25.3s."), "");
    row("text wait only", GEMINI, 429, "", &bare, &limited(OwnerModel, Minute, after(25_300)));
    let zero = format!("{EXCEEDED} Quota exceeded for metric: x, limit: 0, model: gemini-3-pro");
    row(
        "not on this tier",
        GEMINI,
        429,
        "",
        &error(429, "RESOURCE_EXHAUSTED", &zero, &quota(&[DAY_QUOTA], "5s")),
        &RESTRICTED,
    );
    row(
        "not on this tier, text only",
        GEMINI,
        429,
        "",
        &error(429, "RESOURCE_EXHAUSTED", &zero, ""),
        &RESTRICTED,
    );
    let vague = error(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", "");
    row("capacity", GEMINI, 429, "", &vague, &busy(no_time()));
}

#[test]
fn servers() {
    let overloaded = error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", "");
    row("overloaded", GEMINI, 503, "", &overloaded, &busy(no_time()));
    row(
        "internal",
        GEMINI,
        500,
        "",
        &error(500, "INTERNAL", "An internal error has occurred.", ""),
        &UpstreamFailed,
    );
    row(
        "too slow",
        GEMINI,
        504,
        "",
        &error(504, "DEADLINE_EXCEEDED", "Deadline expired.", ""),
        &UpstreamFailed,
    );
}

#[test]
fn requests() {
    let bad = |message: &str| error(400, "INVALID_ARGUMENT", message, "");
    let long = bad("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).");
    row("context", GEMINI, 400, "", &long, &ContextTooLong);
    let signature = bad("Function call is missing a thought_signature in functionCall parts.");
    row("signature", GEMINI, 400, "", &signature, &rejected("thought_signature"));
    let unknown = bad(
        r#"Invalid JSON payload received. Unknown name \"exclusiveMinimum\" at 'tools[0]': Cannot find field."#,
    );
    row("unknown name", GEMINI, 400, "", &unknown, &rejected("exclusiveMinimum"));
    let schema = bad("GenerateContentRequest.tools[0].function_declarations[0].parameters: schema error");
    row("schema", GEMINI, 400, "", &schema, &rejected("tools"));
}

#[test]
fn answers_that_are_none() {
    for reason in ["SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"] {
        row(
            "blocked prompt",
            GEMINI,
            200,
            "",
            &format!(r#"{{"promptFeedback":{{"blockReason":"{reason}"}}}}"#),
            &ContentRefused,
        );
        row(
            "blocked answer",
            GEMINI,
            200,
            "",
            &format!(r#"{{"candidates":[{{"finishReason":"{reason}"}}]}}"#),
            &ContentRefused,
        );
    }
    for reason in ["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL"] {
        row(
            "bad call",
            GEMINI,
            200,
            "",
            &format!(r#"{{"candidates":[{{"finishReason":"{reason}"}}]}}"#),
            &ModelFault,
        );
    }
    row("no candidates", GEMINI, 200, "", r#"{"candidates":[],"usageMetadata":{}}"#, &ModelFault);
    let compatible = r#"{"choices":[{"finish_reason":"function_call_filter: MALFORMED_FUNCTION_CALL"}]}"#;
    row("bad call, compatible path", GEMINI, 200, "", compatible, &ModelFault);
}

#[test]
fn vertex() {
    let shared = error(429, "RESOURCE_EXHAUSTED", "Resource exhausted. Please try again later.", "");
    row("region is full", "vertex", 429, "", &shared, &busy(no_time()));
    let own = error(429, "RESOURCE_EXHAUSTED", EXCEEDED, &quota(&[MINUTE_QUOTA], "12s"));
    row("own quota", "vertex", 429, "", &own, &limited(OwnerModel, Minute, after(12_000)));
}

#[test]
fn by_other_evidence() {
    let text = "Quota exceeded for metric: x/generate_requests_per_minute, limit: 5. Please retry in 9s.";
    let minute = error(429, "RESOURCE_EXHAUSTED", text, "");
    row("minute in the text only", GEMINI, 429, "", &minute, &limited(OwnerModel, Minute, after(9_000)));
    let address = error(403, "PERMISSION_DENIED", "Blocked", &info("API_KEY_IP_ADDRESS_BLOCKED"));
    row("address", GEMINI, 403, "", &address, &RESTRICTED_FOR_GOOD);
    row("overloaded without a word", GEMINI, 503, "", "", &busy(no_time()));
    row("region without a word", "vertex", 503, "", "", &busy(no_time()));
    let blocked = r#"{"promptFeedback":{"blockReason":"SAFETY"}}"#;
    row("blocked", "vertex", 200, "", blocked, &ContentRefused);
}
