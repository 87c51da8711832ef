//! The last minute, second by second.

use std::collections::VecDeque;

use keywheel_rotation::Timestamp;

/// What happened in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Second {
    /// Requests that ended.
    pub requests: u32,
    /// Attempts that were passed on to another lane.
    pub passed_on: u32,
    /// Requests that failed for the client.
    pub failed: u32,
}

/// Counts of the last sixty seconds.
#[derive(Debug)]
pub(crate) struct Pulse {
    seconds: VecDeque<Second>,
    newest: u64,
}

const SECONDS: usize = 60;

impl Pulse {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { seconds: VecDeque::from(vec![Second::default(); SECONDS]), newest: second_of(now) }
    }

    /// The second that `now` is in, to be counted up.
    pub(crate) fn at(&mut self, now: Timestamp) -> Option<&mut Second> {
        let current = second_of(now);
        for _ in 0..current.saturating_sub(self.newest).min(SECONDS as u64) {
            self.seconds.pop_front();
            self.seconds.push_back(Second::default());
        }
        self.newest = self.newest.max(current);
        self.seconds.back_mut()
    }

    /// Sixty seconds, oldest first.
    pub(crate) fn seconds(&mut self, now: Timestamp) -> Vec<Second> {
        self.at(now);
        self.seconds.iter().copied().collect()
    }
}

const fn second_of(now: Timestamp) -> u64 {
    now.unix_ms() / 1_000
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn seconds_move_on_and_a_minute_later_are_gone() {
        let start = Timestamp::from_unix_ms(10_000);
        let mut pulse = Pulse::new(start);
        pulse.at(start).expect("a second").requests += 2;
        let total =
            |pulse: &mut Pulse, now| pulse.seconds(now).iter().map(|second| second.requests).sum::<u32>();
        assert_eq!(
            pulse.seconds(start + Duration::from_secs(3))[56].requests,
            2,
            "three places from the newest"
        );
        assert_eq!(total(&mut pulse, start + Duration::from_secs(59)), 2);
        assert_eq!(total(&mut pulse, start + Duration::from_secs(60)), 0);
        assert_eq!(pulse.seconds(start + Duration::from_hours(9)).len(), 60);
    }
}
