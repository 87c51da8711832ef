//! A small seeded generator, and draws that depend on names instead of order.
//!
//! What happens to a request must not depend on which policy asked first, so sizes, latencies and failures are drawn
//! from a hash of what they belong to ([`mix`]).

/// SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator for one named thing.
    pub(crate) fn of(parts: &[u64]) -> Self {
        Self(mix(parts))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        scramble(self.0)
    }

    /// Uniform in 0..1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in `low..high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        (high - low).mul_add(self.unit(), low)
    }

    /// Uniform below `end`, which must not be zero.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Exponential with the given mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Log-normal with the given median.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.unit()).cos();
        median * (sigma * normal).exp()
    }
}

/// Hashes the parts of a name.
pub(crate) fn mix(parts: &[u64]) -> u64 {
    parts
        .iter()
        .fold(0x243F_6A88_85A3_08D3, |hash, part| scramble(hash ^ part.wrapping_mul(0xD6E8_FEB8_6659_FD93)))
}

const fn scramble(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_repeat_and_have_the_stated_means() {
        let draw = |seed| Random::of(&[seed]).next();
        assert_eq!(draw(1), draw(1), "the same seed draws the same");
        assert_ne!(draw(1), draw(2), "another seed draws other numbers");
        let mut random = Random::of(&[7]);
        let mean = (0..100_000).map(|_| random.exponential(10.0)).sum::<f64>() / 100_000.0;
        assert!((mean - 10.0).abs() < 0.2, "exponential mean {mean}");
        let mut draws: Vec<_> = (0..10_001).map(|_| random.log_normal(5.0, 0.5)).collect();
        draws.sort_by(f64::total_cmp);
        assert!((draws[5_000] - 5.0).abs() < 0.2, "log-normal median {}", draws[5_000]);
    }
}
