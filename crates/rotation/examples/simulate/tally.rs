//! What one run came to.

use crate::bucket::Millis;
use crate::reply::Reply;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) arrived: u64,
    pub(crate) served: u64,
    pub(crate) served_tokens: u64,
    /// Requests that were not answered inside their deadline.
    pub(crate) errors: u64,
    pub(crate) calls: u64,
    /// Calls answered with a 429, for a limit or for capacity.
    pub(crate) limited: u64,
    /// Calls answered with anything else than an answer.
    pub(crate) failed: u64,
    /// Of served requests, from arrival until the call that served.
    waits_ms: Vec<Millis>,
}

impl Tally {
    pub(crate) fn count_call(&mut self, reply: &Reply) {
        self.calls += 1;
        match reply {
            Reply::Served => {}
            Reply::RateLimited { .. } | Reply::AtCapacity { .. } => self.limited += 1,
            Reply::TooLarge { .. } | Reply::Failed | Reply::KeyRejected => self.failed += 1,
        }
    }

    pub(crate) fn serve(&mut self, tokens: u64, waited_ms: Millis) {
        self.served += 1;
        self.served_tokens += tokens;
        self.waits_ms.push(waited_ms);
    }

    /// The wait that a share of the served requests did not exceed, in seconds.
    pub(crate) fn wait_s(&mut self, share: f64) -> f64 {
        self.waits_ms.sort_unstable();
        let index = (share * self.waits_ms.len().saturating_sub(1) as f64).round() as usize;
        self.waits_ms.get(index).map_or(0.0, |wait_ms| *wait_ms as f64 / 1_000.0)
    }

    /// Calls wasted on a 429, as a share of all calls.
    pub(crate) fn wasted(&self) -> f64 {
        self.limited as f64 / self.calls.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_percentiles() {
        let mut tally = Tally::default();
        for wait in 0..=100 {
            tally.count_call(&Reply::Served);
            tally.serve(10, wait * 1_000);
        }
        tally.count_call(&Reply::RateLimited { retry_at: None, window_ms: None });
        tally.count_call(&Reply::Failed);
        assert_eq!((tally.wait_s(0.5), tally.wait_s(0.99)), (50.0, 99.0), "waits");
        assert!((tally.wasted() - 1.0 / 103.0).abs() < 1e-9, "only the 429 is wasted on a limit");
    }
}
