//! The live feed: a whole [`State`] whenever something changed, at most five times a second.

use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use tokio::time::Instant;

use crate::{Presenter, State};

/// Faster changes are shown together.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(200);
/// The tape of the last minute moves on even when nothing happens.
const LONGEST_INTERVAL: Duration = Duration::from_secs(1);

/// A stream of states; the first one at once.
pub type EventFeed = std::pin::Pin<Box<dyn Stream<Item = Arc<State>> + Send>>;

/// The states of `presenter` from now on. The feed ends with the engine.
#[must_use]
pub fn state_events(presenter: Presenter) -> EventFeed {
    let changes = presenter.engine().changes();
    let first = Instant::now();
    Box::pin(futures_util::stream::unfold(
        (presenter, changes, first),
        |(presenter, mut changes, not_before)| async move {
            tokio::time::sleep_until(not_before).await;
            changes.borrow_and_update();
            let state = Arc::new(presenter.state());
            let sent_at = Instant::now();
            let changed = tokio::time::timeout(LONGEST_INTERVAL, changes.changed()).await;
            let next = match changed {
                Ok(Err(_)) => return None,
                Ok(Ok(())) | Err(_) => sent_at + SHORTEST_INTERVAL,
            };
            Some((state, (presenter, changes, next)))
        },
    ))
}
