//! What was learned about keys, kept over a restart, and a look at the clock now and then.

use std::sync::Arc;
use std::time::Duration;

use keywheel_engine::Engine;
use keywheel_rotation::SavedRotation;
use keywheel_store::{AppState, Store};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// The entry in the store.
const ENTRY: &str = "rotation";
/// How often the clock is looked at, and what changed is saved.
const PERIOD: Duration = Duration::from_secs(5);

/// Takes over what an earlier run learned. What can't be read is left behind: it would be learned anew.
pub(crate) async fn restore(engine: &Engine, store: &Store) {
    match store.app_state().get::<SavedRotation>(ENTRY).await {
        Ok(Some(saved)) => engine.restore_rotation(saved),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "what was learned about keys can't be read and starts anew"),
    }
}

/// Saves the rotation whenever it changed, and once more at the end.
pub(crate) async fn keep(engine: Arc<Engine>, app_state: AppState, stop: CancellationToken) {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut changes = engine.changes();
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        engine.check_clock();
        if changes.has_changed().unwrap_or(false) {
            changes.mark_unchanged();
            save(&engine, &app_state).await;
        }
    }
    save(&engine, &app_state).await;
}

async fn save(engine: &Engine, app_state: &AppState) {
    let saved = engine.save_rotation();
    if let Err(error) = app_state.put(ENTRY, &saved, engine.clock().now().unix_ms()).await {
        tracing::warn!(%error, "what was learned about keys can't be saved");
    }
}
