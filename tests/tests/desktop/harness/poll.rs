//! Waiting for something to become true, with an end.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::Instant;

/// A desktop on a busy machine takes seconds; something that needs longer is broken.
const DEADLINE: Duration = Duration::from_secs(15);
const INTERVAL: Duration = Duration::from_millis(20);

/// The first value `probe` finds.
///
/// # Panics
/// When it finds none in time; `what` says what was waited for.
pub(crate) async fn eventually<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_found(what, async || probe().await.ok_or("nothing")).await
}

/// The first value `probe` finds; until then it says what it saw instead.
///
/// # Panics
/// When it finds none in time; the message shows what was seen last.
pub(crate) async fn eventually_found<T, Seen: Debug>(
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<T, Seen>,
) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let seen = match probe().await {
            Ok(found) => return found,
            Err(seen) => seen,
        };
        assert!(Instant::now() < deadline, "{what}: not within {DEADLINE:?}; last seen: {seen:?}");
        tokio::time::sleep(INTERVAL).await;
    }
}

/// Waits until `probe` says yes.
pub(crate) async fn until(what: &str, mut probe: impl AsyncFnMut() -> bool) {
    eventually(what, async || probe().await.then_some(())).await;
}
