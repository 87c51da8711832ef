//! Perplexity. A 401 is a bad key or an empty account, and the reply does not say which.

use super::words::*;

const PAGES: &str = "Perplexity migrate-from-sonar and rate-limit pages, 2026-09-27";

const KEY_CODES: &[&str] = &["invalid_api_key", "authentication_error", "unauthorized", "401"];

pub(super) const RULES: &[Rule] = &[
    rule(&[401], KEY_CODES, &[], NO_CREDIT, PAGES),
    rule(&[400, 401, 403, 404, 410, 422], &[], &["sonar is now the agent api"], MODEL_RETIRED, PAGES),
    rule(&[401], &[], &[], NO_CREDIT, PAGES),
    rule(&[429], &[], &[], Limited(Owner, Else(Unknown), Reset::Stated), PAGES),
];
