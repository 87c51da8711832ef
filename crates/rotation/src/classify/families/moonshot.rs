//! Moonshot. Limits count per account over all models; three kinds of 429 are told apart by their type.

use super::words::*;

const LIMITS: &str = "platform.kimi.ai limits page and kimi.com help, 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &["rate_limit_reached_error"], &[], Limited(Owner, Else(Minute), Reset::Stated), LIMITS),
    rule(&[429], &["engine_overloaded_error"], &[], AtCapacity, LIMITS),
    rule(&[429], &["exceeded_current_quota_error"], &[], NO_CREDIT, LIMITS),
    rule(&[401], &["invalid_authentication_error"], &[], KeyRejected, LIMITS),
    rule(&[404], &["resource_not_found_error"], &[], MODEL_GONE, LIMITS),
    rule(&[400], &["content_filter"], &[], ContentRefused, "Moonshot (unverified), 2026-11-20"),
    rule(&[403], &[], &[], NO_CREDIT, LIMITS),
];
