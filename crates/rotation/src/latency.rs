//! How long a lane takes to its first token.

/// Smoothed over the last few answers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Latency {
    /// The mean, in milliseconds; `None` before the first answer.
    pub(crate) mean_ms: Option<u64>,
    /// The mean distance from the mean.
    spread_ms: u64,
}

/// Hardly one answer in a hundred takes longer than the mean and so many mean distances.
const SPREADS: u64 = 4;

impl Latency {
    /// As known from before a restart.
    pub(crate) const fn known(mean_ms: Option<u64>) -> Self {
        Self { mean_ms, spread_ms: 0 }
    }

    pub(crate) fn learn(&mut self, sample_ms: u64) {
        let mean = self.mean_ms.unwrap_or(sample_ms);
        let known = if self.mean_ms.is_none() { sample_ms / 2 } else { self.spread_ms };
        self.spread_ms = (known * 7 + sample_ms.abs_diff(mean)) / 8;
        self.mean_ms = Some((mean * 7 + sample_ms) / 8);
    }

    /// What nearly every answer stays below, in milliseconds; zero before the first.
    pub(crate) fn most_ms(self) -> u64 {
        self.mean_ms.map_or(0, |mean| mean + SPREADS * self.spread_ms)
    }
}
