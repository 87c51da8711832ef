//! xAI. A bad key is a 400, and an empty account a 429 or 403.

use super::words::*;

const LIMITS: &str = "docs.x.ai rate limits and continuedev/continue 10373, 10740, 10778, 2026-10";
const KEYS: &str = "cline 4826, 2026-11-20";

const EMPTY: &[&str] = &["used all available credits", "monthly spending limit"];

pub(super) const RULES: &[Rule] = &[
    rule(&[400], &[], &["incorrect api key provided"], KeyRejected, KEYS),
    rule(&[403, 429], &[], EMPTY, NO_CREDIT, LIMITS),
    rule(&[429], &[], &["too many tokens"], Limited(OwnerModel, Is(Minute), Reset::Stated), LIMITS),
    rule(&[429], &[], &["too many requests"], LIMITED_SECOND, LIMITS),
    rule(&[403], &[], &["content…violat", "safety"], ContentRefused, "xAI wording (unverified), 2026-11-20"),
    rule(&[422], &[], &[], Rejected(None), LIMITS),
];
