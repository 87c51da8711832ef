//! Cerebras. Limits count per organisation and model; the header's suffix names the window.

use super::words::*;

const LIMITS: &str = "Cerebras rate limits page, dcdpr/jp 1085 and anomalyco/opencode 5036, 2026-11-20";
const ERRORS: &str = "Cerebras errors page, 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &["request_quota_exceeded", "token_quota_exceeded"], &[], LIMITED_MINUTE, LIMITS),
    rule(&[429], &["queue_exceeded"], &[], AtCapacity, LIMITS),
    rule(&[400], &["wrong_api_format"], &[], Rejected(None), "(unverified), 2026-11-20"),
    rule(&[402], &[], &[], NO_CREDIT, ERRORS),
];
