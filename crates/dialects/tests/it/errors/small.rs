//! Workers AI, Hugging Face, Chutes and Bedrock.

use super::words::*;

#[test]
fn workers_ai() {
    let error = |code: u32, message: &str| {
        format!(
            r#"{{"success":false,"errors":[{{"code":{code},"message":"{message}"}}],"messages":[],"result":null}}"#
        )
    };
    let midnight = limited(Owner, Day, at("2026-11-21T00:00:00Z"));
    let used = "you have used up your daily free allocation of 10,000 neurons";
    row("allocation", "cloudflare", 429, "", &error(3036, used), &midnight);
    row("allocation, new code", "cloudflare", 429, "retry-after: 30", &error(4006, used), &midnight);
    row("capacity", "cloudflare", 429, "", &error(3040, "Capacity temporarily exceeded"), &busy(no_time()));
    for code in [3023, 3041, 5016, 5018] {
        row("restricted", "cloudflare", 403, "", &error(code, "Not allowed"), &RESTRICTED_FOR_GOOD);
    }
    row("no model", "cloudflare", 400, "", &error(5007, "No such model"), &MODEL_GONE);
    row("no such task", "cloudflare", 404, "", &error(3042, "Gone"), &MODEL_GONE);
    row("too large", "cloudflare", 413, "", &error(3006, "Request too large"), &ContextTooLong);
    for code in [3007, 3008] {
        row("timeout", "cloudflare", 408, "", &error(code, "Timeout"), &UpstreamFailed);
    }
    for status in [401, 403] {
        row("bad key", "cloudflare", status, "", &error(10_000, "Authentication error"), &KeyRejected);
    }
    row("inside a success", "cloudflare", 200, "", &error(3036, used), &midnight);
}

#[test]
fn hugging_face() {
    let depleted = r#"{"error":"You have depleted your monthly included credits. Purchase pre-paid credits to continue."}"#;
    row("credits", "huggingface", 402, "", depleted, &no_credit(at("2026-12-01T00:00:00Z")));
    let scope = r#"{"error":"This authentication method does not have sufficient permissions to call Inference Providers"}"#;
    row("scope", "huggingface", 403, "", scope, &RESTRICTED_FOR_GOOD);
    let backend = r#"{"error":{"message":"Model not supported by provider hf-inference"}}"#;
    row("backend", "huggingface", 400, "", backend, &MODEL_GONE);
}

#[test]
fn chutes() {
    let said = |detail: &str| format!(r#"{{"detail":"{detail}"}}"#);
    let full = said("Infrastructure is at maximum capacity, try again later");
    row("capacity", "chutes", 429, "", &full, &busy(no_time()));
    row("limit", "chutes", 429, "", &said("Rate limit exceeded"), &limited(Owner, Unknown, no_time()));
    let quota = said("Quota exceeded and account balance is $0.0, please pay with fiat or send tao");
    row("quota", "chutes", 402, "", &quota, &limited(Owner, Day, at("2026-11-21T00:00:00Z")));
    row("balance", "chutes", 402, "", &said("Account balance is $0.0"), &no_credit(no_time()));
}

#[test]
fn bedrock() {
    let bedrock = |name, status, kind: &str, expected: &Outcome| {
        let header = format!("x-amzn-errortype: {kind}:http://internal.amazon.com/coral/");
        row(name, "bedrock", status, &header, r#"{"message":"Too many"}"#, expected);
    };
    bedrock("throttled", 429, "ThrottlingException", &limited(OwnerModel, Minute, no_time()));
    bedrock("not ready", 429, "ModelNotReadyException", &busy(no_time()));
    bedrock(
        "quota",
        400,
        "ServiceQuotaExceededException",
        &limited(OwnerModel, Day, at("2026-11-21T00:00:00Z")),
    );
    bedrock("access", 403, "AccessDeniedException", &RESTRICTED);
}

#[test]
fn workers_ai_by_text() {
    let body = r#"{"errors":[{"message":"you have used up your daily free allocation of 10,000 neurons"}]}"#;
    row("allocation", "cloudflare", 429, "", body, &limited(Owner, Day, at("2026-11-21T00:00:00Z")));
}
