//! What a call meets: faults, the limit it breaks, the headers of its answer, and how long that takes.

use super::{Call, Held, LaneId, World};
use crate::bucket::{MINUTE, Millis, SECOND};
use crate::plan::{Fault, FaultKind, Header, ProviderPlan, RetryHint};
use crate::random::{Random, mix};
use crate::reply::{Reply, Stated};

impl World<'_> {
    /// The limit that a call breaks: the one that lasts longest.
    pub(super) fn refused(&self, call: &Call, now: Millis) -> Option<Reply> {
        let lane = &self.lanes[call.lane];
        let mut latest: Option<(Millis, &Held)> = None;
        for held in &lane.limits {
            let bucket = &self.buckets[held.bucket];
            let Some(fits_at) = bucket.fits_at(bucket.counted.cost(call.tokens), now) else {
                return Some(Reply::TooLarge { limit: held.limit.amount });
            };
            if fits_at > now && latest.is_none_or(|(known, _)| fits_at > known) {
                latest = Some((fits_at, held));
            }
        }
        let (fits_at, held) = latest?;
        let hint = self.scenario.providers[lane.provider].speech.retry;
        let wait_ms = (fits_at - now).div_ceil(SECOND) * SECOND;
        let length_ms = held.limit.window.length_ms();
        Some(match hint {
            RetryHint::Silent => Reply::RateLimited { retry_at: None, window_ms: None },
            RetryHint::Exact => Reply::RateLimited { retry_at: Some(now + wait_ms), window_ms: None },
            RetryHint::MinuteAndName => Reply::RateLimited {
                retry_at: Some(now + wait_ms.min(38 * SECOND)),
                window_ms: Some(length_ms),
            },
        })
    }

    pub(super) fn fault(&self, call: &Call, now: Millis) -> Option<Fault> {
        let lane = &self.lanes[call.lane];
        let faults = self.scenario.providers[lane.provider].faults.iter();
        let minute = now.saturating_sub(self.begins_ms) / MINUTE;
        let mut active = faults.filter(|fault| (fault.from_min..fault.to_min).contains(&minute));
        active
            .find(|fault| match fault.kind {
                FaultKind::Outage { .. } => true,
                FaultKind::NoCapacity { model, .. } => model == lane.model,
                FaultKind::Burst { percent } => {
                    let second = now / SECOND;
                    mix(&[self.seed, 1, call.request, call.lane as u64, second]) % 100 < percent
                }
            })
            .copied()
    }

    pub(super) fn stated(&self, lane: LaneId, now: Millis) -> Vec<Stated> {
        let limits = self.lanes[lane].limits.iter().filter(|held| held.limit.header != Header::Hidden);
        let state = |held: &Held| {
            let bucket = &self.buckets[held.bucket];
            let resets_at = match held.limit.header {
                Header::WhenFull => Some(bucket.full_at(now)),
                Header::NextRelease => Some(bucket.next_release(now)),
                Header::NoReset | Header::Hidden => None,
            };
            Stated {
                counted: bucket.counted,
                limit: bucket.limit,
                remaining: bucket.left(),
                resets_at,
                length_ms: bucket.window.length_ms(),
            }
        };
        limits.map(state).collect()
    }

    /// When the first byte comes and when the answer ends, after `now`.
    pub(super) fn latency(
        &self,
        call: &Call,
        reply: &Reply,
        plan: &ProviderPlan,
        now: Millis,
    ) -> (Millis, Millis) {
        let mut random = Random::of(&[self.seed, 2, call.request, call.attempt]);
        if *reply == Reply::Served {
            let first_byte = whole(random.log_normal(plan.first_byte_ms.0, plan.first_byte_ms.1));
            let stream = whole(random.log_normal(plan.stream_ms.0, plan.stream_ms.1));
            return (first_byte, first_byte + stream);
        }
        let outage = self.fault(call, now).map(|fault| fault.kind);
        let refusal = match (reply, outage) {
            (Reply::Failed, Some(FaultKind::Outage { fails_after_ms })) => fails_after_ms,
            (Reply::Failed, _) => whole(random.between(200.0, 2_000.0)),
            _ => whole(random.between(60.0, 250.0)),
        };
        (refusal, refusal)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive lengths")]
fn whole(milliseconds: f64) -> Millis {
    milliseconds.clamp(1.0, 600_000.0) as Millis
}
