//! How far the estimated tokens of requests are off.
//!
//! A request's size is estimated before it is sent. What the upstream then counts shows by how much estimates fall
//! short; the largest shortfall of late is added to every estimate, so that a request is sent when it surely fits.

/// The smallest and the largest correction, in thousandths.
const NONE: u64 = 1_000;
const LARGEST: u64 = 4_000;
/// An old shortfall is forgotten this slowly, in calls.
const MEMORY_CALLS: u64 = 1_024;
/// Parts of a thousandth that are kept track of.
const PRECISION: u64 = 1_024;

/// The learned correction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimates {
    /// Thousandths, in steps of one in [`PRECISION`].
    factor: u64,
}

impl Default for Estimates {
    fn default() -> Self {
        Self { factor: NONE * PRECISION }
    }
}

impl Estimates {
    /// One call took `used` tokens where `estimated` were expected.
    pub(crate) fn learn(&mut self, estimated: u64, used: u64) {
        let Some(sample) = used.saturating_mul(NONE * PRECISION).checked_div(estimated) else { return };
        let sample = sample.clamp(NONE * PRECISION, LARGEST * PRECISION);
        self.factor = sample.max(self.factor - self.factor.saturating_sub(sample) / MEMORY_CALLS);
    }

    /// What a request of `estimated` tokens takes at most.
    pub(crate) fn corrected(&self, estimated: u64) -> u64 {
        estimated.saturating_mul(self.factor).div_ceil(NONE * PRECISION)
    }

    /// The largest estimate that fits into `tokens`.
    pub(crate) fn fitting(&self, tokens: u64) -> u64 {
        tokens.saturating_mul(NONE * PRECISION) / self.factor
    }
}
