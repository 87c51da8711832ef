//! Z.ai, Moonshot, DashScope and MiniMax, whose codes mean more than their statuses.

use super::words::*;

fn zai(code: u32, message: &str) -> String {
    format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#)
}

#[test]
fn zai_limits() {
    for code in [1302, 1303] {
        row(
            "frequency",
            "zai",
            429,
            "",
            &zai(code, "High frequency"),
            &limited(OwnerModel, Second, no_time()),
        );
    }
    for code in [1305, 1312] {
        row("load", "zai", 429, "", &zai(code, "Busy"), &busy(no_time()));
    }
    row("day", "zai", 429, "", &zai(1304, "Daily limit"), &limited(OwnerModel, Day, no_time()));
    let hours = "Usage limit reached for 5 hour. Your limit will reset at 2026-11-20 23:25:23";
    for code in [1308, 1316] {
        row(
            "five hours",
            "zai",
            429,
            "",
            &zai(code, hours),
            &limited(Owner, Hour, at("2026-11-20T15:25:23Z")),
        );
    }
    let month = "[1310][Weekly/Monthly Limit Exhausted. Your limit will reset at 2026-12-10 10:03:40][2026]";
    row(
        "week or month",
        "zai",
        429,
        "",
        &zai(1310, month),
        &limited(Owner, Month, at("2026-12-10T02:03:40Z")),
    );
}

#[test]
fn zai_accounts_and_requests() {
    row(
        "balance",
        "zai",
        429,
        "",
        &zai(1113, "Insufficient balance or no resource package."),
        &no_credit(no_time()),
    );
    row(
        "balance inside a success",
        "zai",
        200,
        "",
        &zai(1113, "Insufficient balance"),
        &no_credit(no_time()),
    );
    row("plan over", "zai", 429, "", &zai(1309, "Expired"), &no_credit(no_time()));
    row("not in the plan", "zai", 429, "", &zai(1311, "Not in plan"), &RESTRICTED);
    for code in 1000..=1004 {
        row("bad key for this host", "zai", 401, "", &zai(code, "Token"), &KeyRejected);
    }
    for (status, code) in [(403, 1110), (429, 1112), (429, 1121), (429, 1313)] {
        row("account", "zai", status, "", &zai(code, "Locked"), &no_credit(no_time()));
    }
    for code in [1210, 1212, 1213, 1214, 1215] {
        row("parameters", "zai", 400, "", &zai(code, "Bad"), &Outcome::ParameterRejected { parameter: None });
    }
    row("no model", "zai", 400, "", &zai(1211, "Unknown Model"), &MODEL_GONE);
    row("context", "zai", 400, "", &zai(1261, "Prompt exceeds max length"), &ContextTooLong);
    row("content", "zai", 400, "", &zai(1301, "Unsafe"), &ContentRefused);
}

#[test]
fn moonshot() {
    let check = |name, status, kind: &str, message: &str, expected: &Outcome| {
        let body = format!(r#"{{"error":{{"message":"{message}","type":"{kind}"}}}}"#);
        row(name, "moonshot", status, "", &body, expected);
    };
    let text = "Your account reached max RPM: 3, please try again after 1 seconds";
    check("limit", 429, "rate_limit_reached_error", text, &limited(Owner, Minute, after(1_000)));
    let wait = "Your account reached max request. Please try again in 20s";
    check("limit with a time", 429, "rate_limit_reached_error", wait, &limited(Owner, Minute, after(20_000)));
    check("load", 429, "engine_overloaded_error", "The engine is currently overloaded", &busy(no_time()));
    check("balance", 429, "exceeded_current_quota_error", "Your account is suspended", &no_credit(no_time()));
    check("bad key", 401, "invalid_authentication_error", "Invalid Authentication", &KeyRejected);
    check("permission", 403, "permission_denied_error", "Balance", &no_credit(no_time()));
    check(
        "no model",
        404,
        "resource_not_found_error",
        "Not found the model k or Permission denied",
        &MODEL_GONE,
    );
    check("content", 400, "content_filter", "High risk", &ContentRefused);
}

#[test]
fn dashscope() {
    let check = |name, status, code: &str, message: &str, expected: &Outcome| {
        let native = format!(r#"{{"code":"{code}","message":"{message}","request_id":"r"}}"#);
        row(name, "dashscope", status, "", &native, expected);
        let compatible = format!(
            r#"{{"error":{{"code":"{code}","message":"{message}","type":"{code}"}},"request_id":"r"}}"#
        );
        row(name, "dashscope", status, "", &compatible, expected);
    };
    let minute = limited(OwnerModel, Minute, no_time());
    for code in ["InvalidApiKey", "invalid_api_key"] {
        check("bad key for this region", 401, code, "Invalid API-key provided.", &KeyRejected);
    }
    for code in ["Throttling.RateQuota", "limit_requests"] {
        check("requests", 429, code, "Requests rate limit exceeded", &minute);
    }
    for code in ["Throttling.AllocationQuota", "insufficient_quota"] {
        check(
            "tokens, not money",
            429,
            code,
            "Allocated quota exceeded, please increase your quota limit.",
            &minute,
        );
    }
    check("tokens by text", 429, "", "You exceeded your current quota", &minute);
    let burst = limited(OwnerModel, Second, no_time());
    for code in ["Throttling.BurstRate", "limit_requests", ""] {
        check("burst", 429, code, "Request rate increased too quickly.", &burst);
    }
    check(
        "free quota of the model",
        403,
        "AllocationQuota.FreeTierOnly",
        "The free tier is used up",
        &RESTRICTED_FOR_GOOD,
    );
    check(
        "overdue",
        400,
        "Arrearage",
        "Access denied, please make sure your account is in good standing.",
        &no_credit(no_time()),
    );
    for code in ["DataInspectionFailed", "data_inspection_failed"] {
        check("content", 400, code, "Input data may contain inappropriate content.", &ContentRefused);
    }
    let long = "Range of input length should be [1, 30720]";
    check("context", 400, "InvalidParameter", long, &ContextTooLong);
}

#[test]
fn minimax() {
    let check = |name, code: u32, expected: &Outcome| {
        for status in [200, 400, 429] {
            let body = format!(
                r#"{{"id":"i","choices":null,"base_resp":{{"status_code":{code},"status_msg":"said so"}}}}"#
            );
            row(name, "minimax", status, "", &body, expected);
        }
    };
    let minute = limited(OwnerModel, Minute, no_time());
    check("limit", 1002, &minute);
    check("limit, unverified", 1041, &minute);
    check("bad key", 1004, &KeyRejected);
    check("bad key, unverified", 2049, &KeyRejected);
    check("balance", 1008, &no_credit(no_time()));
    check("content", 1026, &ContentRefused);
    check("content", 1027, &ContentRefused);
    check("context", 1039, &ContextTooLong);
    for code in [1000, 1001, 1013, 1024, 1033] {
        check("outage", code, &UpstreamFailed);
    }
    check("parameters", 2013, &Outcome::ParameterRejected { parameter: None });
    let served = r#"{"choices":[{"finish_reason":"stop"}],"base_resp":{"status_code":0,"status_msg":""}}"#;
    row("served", "minimax", 200, "", served, &Outcome::Served);
}

#[test]
fn dashscope_by_other_evidence() {
    let error = |code: &str, message: &str| format!(r#"{{"code":"{code}","message":"{message}"}}"#);
    row("nothing said", "dashscope", 429, "", &error("", "Slow"), &limited(OwnerModel, Minute, no_time()));
    let burst = error("insufficient_quota", "Request rate increased too quickly.");
    row("burst", "dashscope", 429, "", &burst, &limited(OwnerModel, Second, no_time()));
}
