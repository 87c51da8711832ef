//! Together. The limit follows recent use: a 429 is above it, a 503 is the platform's own lack.

use super::words::*;

const LIMITS: &str = "Together serverless rate limits page, 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[400, 422], &[], &["`inputs` tokens + `max_new_tokens` must be"], ContextTooLong, LIMITS),
    rule(&[429], &[], &[], LIMITED_SECOND, LIMITS),
    rule(&[503], &[], &[], AtCapacity, LIMITS),
];
