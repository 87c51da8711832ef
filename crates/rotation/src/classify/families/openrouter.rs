//! OpenRouter. Its errors also come inside a 200, where their code is a status.
//!
//! The daily limit of the free models counts for all `:free` models of an account. It is told as a limit of the
//! owner for the model, since paid models of the account still work.

use super::words::*;

const LIMITS: &str = "OpenRouter limits and free-variant pages, Gitlawb/openclaude 936 and 1549, 2026-10";
const ERRORS: &str = "OpenRouter errors page, 2026-10";

const FREE_DAY: Meaning = Limited(OwnerModel, Is(Day), Reset::UtcMidnight);
const FREE_MINUTE: Meaning = Limited(OwnerModel, Is(Minute), Reset::Stated);
const IN_FLIGHT: Meaning = Limited(Owner, Is(Second), Reset::Stated);

pub(super) const RULES: &[Rule] = &[
    rule(&[402], &["openrouter_in_flight_budget", "in_flight_budget_exhausted"], &[], IN_FLIGHT, ERRORS),
    rule(&[402], &["weight_exceeds_budget"], &[], TooLargeForTier, ERRORS),
    rule(&[402], &["openrouter_credits"], &["can only afford"], TooLargeForTier, ERRORS),
    rule(&[402, 429], &["openrouter_credits"], &[], NO_CREDIT, ERRORS),
    rule(&[429], &["openrouter_free_tier_daily"], &[], FREE_DAY, LIMITS),
    rule(&[403], &["moderation"], &[], ContentRefused, "OpenRouter errors page (names unverified), 2026-10"),
    rule(&[429, 502, 503], &["upstream_provider"], &[], AtCapacity, ERRORS),
    rule(&[402], &[], &["can only afford"], TooLargeForTier, ERRORS),
    rule(
        &[403],
        &[],
        &["moderation", "flagged"],
        ContentRefused,
        "OpenRouter errors page (wording unverified), 2026-10",
    ),
    rule(&[404], &[], &["no endpoints found", "no allowed providers"], MODEL_GONE, ERRORS),
    rule(&[429], &[], &["free-models-per-day"], FREE_DAY, LIMITS),
    rule(&[429], &[], &["free-models-per-min"], FREE_MINUTE, "OpenRouter limits page (unverified), 2026-10"),
    rule(&[429], &[], &["rate-limited upstream"], AtCapacity, ERRORS),
    rule(&[503], &[], &[], AtCapacity, ERRORS),
];
