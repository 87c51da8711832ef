//! What holds at any provider.

use super::words::*;

const CODES: &str = "OpenAI-style error codes as providers share them, facts compiled 2026-11-20";
const TEXTS: &str = "BerriAI/litellm exception mapping, read 2026-11";
const STATUS: &str = "meaning of the status at most providers, facts compiled 2026-11-20";

/// Statuses with which a request is said to be too long.
const REQUEST: &[u16] = &[400, 413, 422];
/// Statuses with which missing capacity is told.
const BUSY: &[u16] = &[429, 500, 502, 503, 529];

/// Says that the request does not fit the window.
pub(crate) const CONTEXT_MARKERS: &[&str] = &[
    "context_length_exceeded",
    "maximum context length",
    "prompt is too long",
    "input is too long",
    "input token count…exceeds",
    "exceeds the maximum number of tokens allowed",
    "exceeds the available context size",
    "current length is…while limit is",
    "exceeds max length",
    "range of input length should be",
    "`inputs` tokens + `max_new_tokens` must be",
    "exceed context limit",
    "model's maximum context limit",
    "longer than the model's context length",
    "input tokens exceed the configured limit",
];

pub(crate) const RULES: &[Rule] = &[
    rule(&[], &["invalid_api_key", "api_key_invalid", "incorrect_api_key"], &[], KeyRejected, CODES),
    rule(&[], &["authentication_error", "invalid_authentication_error"], &[], KeyRejected, CODES),
    rule(&[], &["insufficient_quota", "credit_balance_exhausted", "billing_error"], &[], NO_CREDIT, CODES),
    rule(&[], &["exceeded_current_quota_error", "insufficient_balance"], &[], NO_CREDIT, CODES),
    rule(&[], &["queue_exceeded", "engine_overloaded_error"], &[], AtCapacity, CODES),
    rule(&[], &["server_is_overloaded", "overloaded_error"], &[], AtCapacity, CODES),
    rule(&[], &["model_decommissioned"], &[], MODEL_RETIRED, CODES),
    rule(&[], &["model_not_found"], &["do not have access"], RESTRICTED, CODES),
    rule(&[], &["model_not_found", "model_not_available"], &[], MODEL_GONE, CODES),
    rule(&[], &["string_above_max_length"], &[], RequestRefused, TEXTS),
    rule(&[], &["context_length_exceeded", "exceed_context_size_error"], &[], ContextTooLong, CODES),
    rule(&[], &["content_policy_violation", "content_filter"], &[], ContentRefused, CODES),
    rule(&[], &["prompt_blocked", "prohibited_content", "blocklist", "spii"], &[], ContentRefused, CODES),
    rule(&[], &["empty_answer", "malformed_function_call"], &[], ModelFault, CODES),
    rule(&[], &["unsupported_parameter", "unsupported_value"], &[], Rejected(None), CODES),
    rule(&[], &["unknown_parameter", "extra_forbidden"], &[], Rejected(None), CODES),
    rule(&[413, 429], &["rate_limit_exceeded"], &["request too large"], TooLargeForTier, CODES),
    rule(&[], &["rate_limit_exceeded", "rate_limit_error", "rate_limited"], &[], LIMITED, CODES),
    rule(&[], &["too_many_requests", "rate_limit_reached_error"], &[], LIMITED, CODES),
    rule(REQUEST, &[], &["invalid 'user'"], RequestRefused, TEXTS),
    rule(REQUEST, &[], CONTEXT_MARKERS, ContextTooLong, TEXTS),
    rule(
        &[400, 403],
        &[],
        &["api key not valid", "incorrect api key", "invalid api key"],
        KeyRejected,
        TEXTS,
    ),
    rule(&[400, 403, 429], &[], &["credit balance is too low", "insufficient balance"], NO_CREDIT, TEXTS),
    rule(&[400, 403, 429], &[], &["insufficient credits", "out of credits"], NO_CREDIT, TEXTS),
    rule(&[413, 429], &[], &["request too large"], TooLargeForTier, TEXTS),
    rule(BUSY, &[], &["overloaded", "at capacity", "capacity exceeded"], AtCapacity, TEXTS),
    rule(BUSY, &[], &["maximum capacity", "out of capacity", "high demand"], AtCapacity, TEXTS),
    rule(BUSY, &[], &["high traffic", "loading model"], AtCapacity, TEXTS),
    rule(&[400, 404, 410], &[], &["end of life", "end-of-life"], MODEL_RETIRED, TEXTS),
    rule(
        &[400, 404, 410],
        &[],
        &["model…has been decommissioned", "model…has been retired"],
        MODEL_RETIRED,
        TEXTS,
    ),
    rule(&[403], &[], &["country", "region", "location is not supported"], RESTRICTED_FOR_GOOD, STATUS),
    rule(&[403], &[], &["ip address", "ip not authorized"], RESTRICTED_FOR_GOOD, STATUS),
    rule(&[404], &[], &["model…do not have access"], RESTRICTED, STATUS),
    rule(&[404], &[], &["model"], MODEL_GONE, STATUS),
    rule(&[400, 422], &[], &["unknown field", "unknown parameter", "unknown name"], Rejected(None), TEXTS),
    rule(&[400, 422], &[], &["extra inputs are not permitted"], Rejected(None), TEXTS),
    rule(
        &[400, 422],
        &[],
        &["unsupported parameter", "unrecognized request argument"],
        Rejected(None),
        TEXTS,
    ),
    rule(&[401], &[], &[], KeyRejected, STATUS),
    rule(&[402], &[], &[], OutOfCredit(Reset::Stated), STATUS),
    rule(&[403], &[], &[], RESTRICTED, STATUS),
    rule(&[410], &[], &[], MODEL_RETIRED, STATUS),
    rule(&[413], &[], &[], ContextTooLong, STATUS),
    rule(&[429], &[], &[], LIMITED, STATUS),
    rule(&[529], &[], &[], AtCapacity, STATUS),
    // A wrong path is no fault of the request: another provider has the right one.
    rule(&[404, 408, 500, 502, 504, 524], &[], &[], UpstreamFailed, STATUS),
];
