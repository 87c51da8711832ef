//! Fireworks. A suspended account is a 412, and a 404 may mean a missing permission.

use super::words::*;

const ERRORS: &str = "Fireworks inference error codes and rate limits pages, 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[404], &[], &["model"], RESTRICTED, ERRORS),
    rule(&[412], &[], &[], NO_CREDIT, ERRORS),
    rule(&[429], &[], &[], LIMITED_MINUTE, ERRORS),
    rule(&[503], &[], &[], AtCapacity, ERRORS),
];
