//! Anthropic. Limits count per organisation and model class; a spend stop is a 429 without a time.

use super::words::*;

const ERRORS: &str = "Claude API errors page and SDK types of 2026-08-08";
const LIMITS: &str = "Claude API rate limits page, 2026-11-20";
const OVERLOAD: &str = "Microsoft Learn on Anthropic 529, 2026-11-20";

const STATE: &[&str] = &["thinking…signature", "signature…thinking", "invalid `signature`"];

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &["enforced_spend_limit_reached"], &[], OutOfCredit(Reset::UtcMonth), LIMITS),
    rule(&[413], &["request_too_large"], &[], RequestRefused, ERRORS),
    rule(&[429], &["rate_limit_error"], &[], LIMITED_MINUTE, LIMITS),
    rule(&[], &["overloaded_error"], &[], AtCapacity, OVERLOAD),
    rule(&[], &["permission_error"], &[], RESTRICTED, ERRORS),
    rule(&[404], &["not_found_error"], &[], MODEL_GONE, ERRORS),
    rule(&[], &["api_error", "timeout_error"], &[], UpstreamFailed, ERRORS),
    rule(&[], &["refusal"], &[], ContentRefused, ERRORS),
    rule(&[400], &[], &["credit balance is too low"], NO_CREDIT, ERRORS),
    // A cap that the person set; the text says until when.
    rule(&[400], &[], &["api usage limits", "regain access on"], OutOfCredit(Reset::Stated), LIMITS),
    rule(&[400], &[], STATE, Rejected(Some("thinking")), "Claude API (wording unverified), 2026-11-20"),
];
