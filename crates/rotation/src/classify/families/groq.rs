//! Groq. Limits count per organisation and model; days are rolling, so its own times are trusted, not midnight.

use super::words::*;

const ERRORS: &str = "Groq errors page, 2026-11-20";
const LIMITS: &str = "Groq rate limits page and continuedev/continue 10920, 2026-11-20";
const REPORTED: &str = "Groq reports (unverified), 2026-11-20";

const LIMIT_CODE: &[&str] = &["rate_limit_exceeded"];
const PER_DAY: &[&str] = &["per day (tpd)", "per day (rpd)", "tokens per day", "requests per day"];
const PER_MINUTE: &[&str] =
    &["per minute (tpm)", "per minute (rpm)", "tokens per minute", "requests per minute"];

pub(super) const RULES: &[Rule] = &[
    rule(&[400, 403], &["organization_restricted"], &[], NO_CREDIT, ERRORS),
    rule(&[413], LIMIT_CODE, &[], TooLargeForTier, ERRORS),
    rule(&[429], LIMIT_CODE, &["request too large"], TooLargeForTier, ERRORS),
    rule(&[429], LIMIT_CODE, PER_DAY, Limited(OwnerModel, Is(Day), Reset::Stated), LIMITS),
    rule(&[429], LIMIT_CODE, PER_MINUTE, Limited(OwnerModel, Is(Minute), Reset::Stated), LIMITS),
    rule(&[400], &["tool_use_failed"], &[], ModelFault, ERRORS),
    rule(&[400], &["json_validate_failed"], &[], ModelFault, REPORTED),
    rule(&[400, 403], &[], &["organization has been restricted"], NO_CREDIT, ERRORS),
    rule(&[403], &[], &["blocked", "access denied"], RESTRICTED_FOR_GOOD, ERRORS),
    rule(&[413], &[], &[], TooLargeForTier, ERRORS),
    rule(&[498], &[], &[], AtCapacity, ERRORS),
];
