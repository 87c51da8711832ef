//! DeepSeek. Limits count requests at the same time, per account and model.

use super::words::*;

const CODES: &str = "DeepSeek error codes and rate limit pages, 2026-10";
const THINKING: &str = "DeepSeek thinking guide, 2026-10";

pub(super) const RULES: &[Rule] = &[
    rule(&[], &["insufficient_system_resource"], &[], AtCapacity, CODES),
    rule(
        &[400],
        &[],
        &["reasoning_content…must be passed back"],
        Rejected(Some("reasoning_content")),
        THINKING,
    ),
    rule(&[402], &[], &[], NO_CREDIT, CODES),
    rule(&[422], &[], &[], Rejected(None), CODES),
    rule(&[429], &[], &[], Limited(OwnerModel, Is(Second), Reset::Stated), CODES),
    rule(&[503], &[], &[], AtCapacity, CODES),
];
