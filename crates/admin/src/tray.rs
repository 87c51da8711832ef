//! What the tray shows, as data. The shell only draws it.

use std::time::Duration;

use crate::wording::countdown;
use crate::{Phase, State};

/// The tray at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayModel {
    /// The icon's shape.
    pub icon: TrayIcon,
    /// The status row: `3 of 16 keys resting · next back in 0:42`.
    pub status: String,
    /// Whether to offer "resume" instead of "pause".
    pub paused: bool,
    /// What "copy base URL" copies.
    pub base_url: String,
    /// The virtual models.
    pub models: Vec<TrayModelChoice>,
}

/// The icon's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrayIcon {
    /// Every key can serve.
    Running,
    /// Some keys rest.
    Rotating,
    /// No key can serve.
    Held,
    /// A person paused it.
    Paused,
    /// Keywheel itself can't work.
    Error,
    /// The network is down.
    Offline,
}

/// One virtual model in the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayModelChoice {
    /// Its name.
    pub name: String,
    /// Whether `default` means it.
    pub active: bool,
}

impl TrayModel {
    /// What the tray shows for `state`.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let models = state
            .models
            .iter()
            .map(|model| TrayModelChoice { name: model.name.clone(), active: model.active });
        Self {
            icon: icon(state.rotation.phase),
            status: status(state),
            paused: state.rotation.paused,
            base_url: state.base_url.clone(),
            models: models.collect(),
        }
    }
}

const fn icon(phase: Phase) -> TrayIcon {
    match phase {
        Phase::Running => TrayIcon::Running,
        Phase::Rotating => TrayIcon::Rotating,
        Phase::Held | Phase::Empty => TrayIcon::Held,
        Phase::Paused => TrayIcon::Paused,
    }
}

fn status(state: &State) -> String {
    let rotation = &state.rotation;
    let left = |until_ms: u64| countdown(Duration::from_millis(until_ms.saturating_sub(state.now_ms)));
    match (rotation.paused_until_ms, rotation.next_back_at_ms) {
        (Some(until_ms), _) => format!("{} · {} left", rotation.sentence, left(until_ms)),
        (None, Some(back_ms)) if !rotation.paused => {
            format!("{} · next back in {}", rotation.sentence, left(back_ms))
        }
        (None, _) => rotation.sentence.clone(),
    }
}
