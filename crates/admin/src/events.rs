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

/// The states of `presenter` from now on. The feed ends when Keywheel stops.
#[must_use]
pub fn state_events(presenter: Presenter) -> EventFeed {
    let changes = presenter.engine().changes();
    let sent_at: Option<Instant> = None;
    Box::pin(futures_util::stream::unfold(
        (presenter, changes, sent_at),
        |(presenter, mut changes, sent_at)| async move {
            if let Some(sent_at) = sent_at {
                let next = async {
                    // Without a change the next state is due all the same: the last minute has moved on.
                    let _ = tokio::time::timeout(LONGEST_INTERVAL, changes.changed()).await;
                    tokio::time::sleep_until(sent_at + SHORTEST_INTERVAL).await;
                };
                presenter.stop().run_until_cancelled(next).await?;
            }
            changes.borrow_and_update();
            let state = Arc::new(presenter.state());
            Some((state, (presenter, changes, Some(Instant::now()))))
        },
    ))
}
