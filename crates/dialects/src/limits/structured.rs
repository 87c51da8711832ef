//! The IETF's structured fields: `RateLimit: "default";r=50;t=30` with `RateLimit-Policy: "default";q=100;w=60`.
//!
//! Hugging Face's hub sends them (unverified, 2026-11-20). Only the first policy is read.

use std::time::Duration;

use http::HeaderMap;
use keywheel_rotation::{BudgetReading, LimitWindow, Timestamp, Unit};

use super::{names, text, wait};

pub(super) fn reading(headers: &HeaderMap, now: Timestamp) -> Option<BudgetReading> {
    let (state, policy) = (text(headers, "ratelimit")?, text(headers, "ratelimit-policy")?);
    let limit = parameter(policy, "q").filter(|limit| *limit > 0)?;
    let window = parameter(policy, "w").map_or(LimitWindow::Unknown, window_of);
    let resets_at =
        parameter(state, "t").map(|seconds| now + wait::LONGEST_WAIT.min(Duration::from_secs(seconds)));
    let remaining = parameter(state, "r")?.min(limit);
    Some(BudgetReading { unit: Unit::Requests, window, limit, remaining, resets_at })
}

/// The parameter `name` of the first item in a list.
fn parameter(value: &str, name: &str) -> Option<u64> {
    let item = value.split(',').next()?;
    let mut pairs = item.split(';').skip(1).filter_map(|part| part.trim().split_once('='));
    pairs.find(|(key, _)| *key == name)?.1.parse().ok()
}

/// The shortest window that is as long as `seconds`.
fn window_of(seconds: u64) -> LimitWindow {
    let windows =
        [LimitWindow::Second, LimitWindow::Minute, LimitWindow::Hour, LimitWindow::Day, LimitWindow::Month];
    let fitting = windows.into_iter().find(|window| Duration::from_secs(seconds) <= names::length(*window));
    fitting.unwrap_or(LimitWindow::Unknown)
}
