use super::*;

const FIXED: Window = Window::Fixed { length_ms: MINUTE, offset_ms: 0 };
const SLIDING: Window = Window::Sliding { length_ms: MINUTE };
const REFILL: Window = Window::Refill { length_ms: MINUTE };
/// A whole number of days, so that windows begin here.
const START: Millis = 20_000 * DAY;

/// Takes at the given seconds and says what is left at `now_s` and when `amount` fits.
#[track_caller]
fn check(
    window: Window,
    taken: &[(Millis, u64)],
    now_s: Millis,
    left: u64,
    amount: u64,
    fits_s: Option<Millis>,
) {
    let mut bucket = Bucket::new(Counted::Tokens, 60, window);
    for (at_s, amount) in taken {
        bucket.advance(START + at_s * SECOND);
        bucket.take(*amount, START + at_s * SECOND);
    }
    let now = START + now_s * SECOND;
    bucket.advance(now);
    assert_eq!(bucket.left(), left, "left of {window:?} at {now_s} s after {taken:?}");
    let fits = fits_s.map(|at_s| START + at_s * SECOND);
    assert_eq!(bucket.fits_at(amount, now), fits, "{amount} fits {window:?} at");
}

#[test]
fn a_fixed_window_forgets_at_its_boundary_only() {
    check(FIXED, &[(0, 60)], 59, 0, 1, Some(60));
    check(FIXED, &[(59, 60)], 60, 60, 60, Some(60));
    check(FIXED, &[(10, 20)], 30, 40, 40, Some(30));
    check(FIXED, &[(10, 20)], 30, 40, 41, Some(60));
    check(FIXED, &[], 30, 60, 61, None);
}

#[test]
fn a_sliding_window_forgets_each_amount_by_itself() {
    check(SLIDING, &[(0, 60)], 59, 0, 1, Some(60));
    check(SLIDING, &[(59, 60)], 60, 0, 60, Some(119));
    check(SLIDING, &[(0, 20), (30, 40)], 59, 0, 20, Some(60));
    check(SLIDING, &[(0, 20), (30, 40)], 59, 0, 21, Some(90));
    check(SLIDING, &[(0, 20), (30, 40)], 60, 20, 20, Some(60));
}

#[test]
fn a_token_bucket_refills_continuously() {
    check(REFILL, &[(0, 60)], 0, 0, 1, Some(1));
    check(REFILL, &[(0, 60)], 10, 10, 30, Some(30));
    check(REFILL, &[(0, 60)], 60, 60, 60, Some(60));
    check(REFILL, &[(0, 60), (10, 10)], 15, 5, 6, Some(16));
    check(REFILL, &[(0, 30)], 3_600, 60, 60, Some(3_600));
}

#[test]
fn a_daily_quota_resets_at_the_midnight_of_its_zone() {
    let pacific = Window::Fixed { length_ms: DAY, offset_ms: 8 * HOUR };
    check(pacific, &[(0, 60)], 7 * 3_600, 0, 1, Some(8 * 3_600));
    check(pacific, &[(0, 60)], 8 * 3_600, 60, 1, Some(8 * 3_600));
    check(pacific, &[(9 * 3_600, 60)], 25 * 3_600, 0, 1, Some(32 * 3_600));
}

#[test]
fn full_and_next_release_tell_what_headers_would() {
    let mut bucket = Bucket::new(Counted::Requests, 60, SLIDING);
    for at_s in [0, 20] {
        bucket.advance(START + at_s * SECOND);
        bucket.take(1, START + at_s * SECOND);
    }
    let now = START + 30 * SECOND;
    assert_eq!(bucket.next_release(now), START + 60 * SECOND, "the oldest comes back first");
    assert_eq!(bucket.full_at(now), START + 80 * SECOND, "the newest last");
    let mut bucket = Bucket::new(Counted::Requests, 60, REFILL);
    bucket.advance(START);
    bucket.take(30, START);
    assert_eq!(bucket.next_release(START), START + SECOND, "one request's worth");
    assert_eq!(bucket.full_at(START), START + 30 * SECOND, "half the bucket");
}

/// However requests arrive, no window of the limit's length admits more than its kind allows.
#[test]
fn no_kind_admits_more_than_it_should() {
    for (window, most) in [(FIXED, 120), (SLIDING, 60), (REFILL, 120)] {
        let mut bucket = Bucket::new(Counted::Requests, 60, window);
        let mut random = crate::random::Random::of(&[3]);
        let mut admitted = Vec::new();
        let mut now = START;
        for _ in 0..20_000 {
            now += random.below(900);
            bucket.advance(now);
            if bucket.left() > 0 {
                bucket.take(1, now);
                admitted.push(now);
            }
        }
        let in_window = |at: &Millis| admitted.iter().filter(|t| (*at..at + MINUTE).contains(t)).count();
        let worst = admitted.iter().step_by(7).map(in_window).max().unwrap_or_default();
        assert!(worst <= most, "{window:?} let {worst} through in a minute");
        let minutes = usize::try_from((now - START) / MINUTE).expect("few minutes");
        assert!(admitted.len() >= minutes * 55, "{window:?} admits its limit under pressure");
    }
}
