//! Where a day or a month ends at a provider.

use jiff::tz::TimeZone;

use crate::Timestamp;

/// Gemini's daily quotas are counted in this zone (Gemini rate limits page, facts compiled 2026-11-20).
static PACIFIC: TimeZone = jiff::tz::get!("America/Los_Angeles");

/// The next midnight in Los Angeles, 07:00 or 08:00 UTC.
pub(crate) fn pacific_midnight(now: Timestamp) -> Option<Timestamp> {
    let tomorrow = in_zone(now, PACIFIC.clone())?.tomorrow().ok()?;
    timestamp(tomorrow.start_of_day().ok()?.timestamp())
}

/// The next 00:00 UTC.
pub(crate) fn utc_midnight(now: Timestamp) -> Option<Timestamp> {
    let tomorrow = in_zone(now, TimeZone::UTC)?.tomorrow().ok()?;
    timestamp(tomorrow.start_of_day().ok()?.timestamp())
}

/// 00:00 UTC on the first day of the next month.
pub(crate) fn utc_month(now: Timestamp) -> Option<Timestamp> {
    let last_day = in_zone(now, TimeZone::UTC)?.last_of_month().ok()?;
    timestamp(last_day.tomorrow().ok()?.start_of_day().ok()?.timestamp())
}

fn in_zone(moment: Timestamp, zone: TimeZone) -> Option<jiff::Zoned> {
    let milliseconds = i64::try_from(moment.unix_ms()).ok()?;
    Some(jiff::Timestamp::from_millisecond(milliseconds).ok()?.to_zoned(zone))
}

fn timestamp(moment: jiff::Timestamp) -> Option<Timestamp> {
    u64::try_from(moment.as_millisecond()).ok().map(Timestamp::from_unix_ms)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    fn at(text: &str) -> Timestamp {
        timestamp(text.parse().expect("a time")).expect("after 1970")
    }

    #[track_caller]
    fn check(boundary: fn(Timestamp) -> Option<Timestamp>, now: &str, expected: &str) {
        assert_eq!(boundary(at(now)), Some(at(expected)), "after {now}");
    }

    #[test]
    fn a_pacific_day_ends_at_seven_or_eight_utc() {
        check(pacific_midnight, "2026-11-20T12:00:00Z", "2026-11-21T08:00:00Z");
        check(pacific_midnight, "2026-11-20T07:59:59.999Z", "2026-11-20T08:00:00Z");
        check(pacific_midnight, "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z");
        check(pacific_midnight, "2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z");
    }

    #[test]
    fn the_days_on_which_the_clock_is_changed_are_23_and_25_hours_long() {
        check(pacific_midnight, "2027-03-14T08:00:00Z", "2027-03-15T07:00:00Z");
        check(pacific_midnight, "2027-03-14T12:00:00Z", "2027-03-15T07:00:00Z");
        check(pacific_midnight, "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z");
        check(pacific_midnight, "2026-11-01T09:30:00Z", "2026-11-02T08:00:00Z");
        check(pacific_midnight, "2026-11-02T07:30:00Z", "2026-11-02T08:00:00Z");
    }

    #[test]
    fn a_utc_day_and_a_month_end_at_midnight() {
        check(utc_midnight, "2026-11-20T12:00:00Z", "2026-11-21T00:00:00Z");
        check(utc_midnight, "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00Z");
        check(utc_month, "2026-11-20T12:00:00Z", "2026-12-01T00:00:00Z");
        check(utc_month, "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
        check(utc_month, "2028-02-29T23:00:00Z", "2028-03-01T00:00:00Z");
        check(utc_month, "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z");
    }

    proptest! {
        #[test]
        fn a_boundary_lies_ahead_and_near(unix_ms in 0..32_503_680_000_000_u64) {
            let now = Timestamp::from_unix_ms(unix_ms);
            for (boundary, hours) in [(pacific_midnight as fn(_) -> _, 25), (utc_midnight, 24), (utc_month, 31 * 24)] {
                let end: Timestamp = boundary(now).expect("a boundary");
                assert!(end > now, "a boundary lies ahead");
                assert!(end.since(now).as_secs() <= hours * 3_600, "and is at most one window away");
            }
        }

        #[test]
        fn no_moment_breaks_it(unix_ms in proptest::num::u64::ANY) {
            let now = Timestamp::from_unix_ms(unix_ms);
            let _ = (pacific_midnight(now), utc_midnight(now), utc_month(now));
        }
    }
}
