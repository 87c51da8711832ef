//! Chutes. Plans count requests per day; missing capacity is told in words only.

use super::words::*;

const REPORTS: &str = "chutesai/chutes 15, chutesai/chutes-api 37 and 56, 2026-11-20";

const PLAN: Meaning = Limited(Owner, Is(Day), Reset::UtcMidnight);

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &[], &["at maximum capacity"], AtCapacity, REPORTS),
    rule(&[402], &[], &["quota exceeded"], PLAN, REPORTS),
    rule(&[429], &[], &[], Limited(Owner, Else(Unknown), Reset::Stated), REPORTS),
];
