//! Cohere. A trial key has a limit per minute and model, and one per month over everything.

use super::words::*;

const LIMITS: &str = "Cohere rate limits page, 2026-11-20";
const ERRORS: &str = "Cohere errors page, 2026-11-20";

const MONTH: &[&str] = &["/ month", "/month", "per month", "monthly"];
const MINUTE: &[&str] = &["/ minute", "/minute", "per minute"];

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &[], MONTH, Limited(Owner, Is(Month), Reset::UtcMonth), LIMITS),
    rule(&[429], &[], MINUTE, Limited(OwnerModel, Is(Minute), Reset::Stated), LIMITS),
    rule(&[400], &[], &["too many tokens"], ContextTooLong, ERRORS),
    rule(&[429], &[], &[], LIMITED_MINUTE, LIMITS),
    rule(&[498], &[], &[], RequestRefused, "Cohere errors page (unverified), 2026-11-20"),
    rule(&[499], &[], &[], ClientGone, "Cohere errors page (unverified), 2026-11-20"),
];
