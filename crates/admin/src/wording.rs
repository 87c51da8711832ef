//! The sentence that the tray and the window say alike.

use std::time::Duration;

use crate::Phase;

/// The state in one sentence, without a countdown.
pub(crate) fn sentence(phase: Phase, resting: usize, usable: usize, total: usize) -> String {
    match phase {
        Phase::Empty => "No key yet".to_owned(),
        Phase::Paused => "Paused".to_owned(),
        Phase::Running => format!("{} ready", keys(total)),
        Phase::Rotating if resting > 0 => format!("{resting} of {} resting", keys(total)),
        Phase::Rotating => format!("{usable} of {} usable", keys(total)),
        Phase::Held if resting == total => format!("All {} resting", keys(total)),
        Phase::Held => format!("None of {} usable", keys(total)),
    }
}

fn keys(count: usize) -> String {
    if count == 1 { "1 key".to_owned() } else { format!("{count} keys") }
}

/// `0:42`, `12:05`, from one hour `3 h 12`, from one day `2 d 4 h`.
pub(crate) fn countdown(left: Duration) -> String {
    // Rounded up: a countdown that shows 0:00 is over.
    let seconds = left.as_millis().div_ceil(1_000);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (hours, days) {
        (0, _) => format!("{minutes}:{:02}", seconds % 60),
        (_, 0) => format!("{hours} h {:02}", minutes % 60),
        (_, _) => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countdowns_grow_coarser() {
        for (seconds, expected) in [
            (0, "0:00"),
            (42, "0:42"),
            (725, "12:05"),
            (11_520, "3 h 12"),
            (3_600, "1 h 00"),
            (187_200, "2 d 4 h"),
        ] {
            assert_eq!(countdown(Duration::from_secs(seconds)), expected);
        }
        assert_eq!(countdown(Duration::from_millis(41_001)), "0:42");
    }

    #[test]
    fn the_sentence_says_how_it_stands() {
        assert_eq!(sentence(Phase::Rotating, 3, 13, 20), "3 of 20 keys resting");
        assert_eq!(sentence(Phase::Rotating, 0, 19, 20), "19 of 20 keys usable");
        assert_eq!(sentence(Phase::Running, 0, 1, 1), "1 key ready");
        assert_eq!(sentence(Phase::Held, 3, 0, 3), "All 3 keys resting");
        assert_eq!(sentence(Phase::Held, 0, 0, 3), "None of 3 keys usable");
    }
}
