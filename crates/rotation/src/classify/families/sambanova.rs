//! SambaNova. The headers say which window is used up.

use super::words::*;

const LIMITS: &str = "SambaNova rate limits page, 2026-11-20";

pub(super) const RULES: &[Rule] =
    &[rule(&[402], &[], &[], NO_CREDIT, LIMITS), rule(&[429], &[], &[], LIMITED_MINUTE, LIMITS)];
