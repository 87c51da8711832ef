//! Hugging Face. Credit is a monthly allowance of the account; errors may be those of the backend.

use super::words::*;

const PRICING: &str = "HF inference-providers pricing and public issue texts of 2026";

pub(super) const RULES: &[Rule] = &[
    rule(&[402], &[], &["monthly included credits"], OutOfCredit(Reset::UtcMonth), PRICING),
    rule(&[403], &[], &["insufficient permissions", "sufficient permissions"], RESTRICTED_FOR_GOOD, PRICING),
    rule(&[400], &[], &["model not supported by provider", "not supported by provider"], MODEL_GONE, PRICING),
];
