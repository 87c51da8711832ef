//! The control plane: what the window and the tray call.
//!
//! One axum router under `/api`, described by utoipa. The desktop calls it in process; a headless Keywheel serves
//! it on TCP behind the admin token. [`TrayModel`] is what the tray shows, as pure data.
//!
//! It must not know Tauri. Secrets go in, never out: the last four characters at most.
//!
//! Start with [`State`], then `router.rs`, then [`TrayModel`].

mod error;
mod events;
mod present;
mod router;
mod state;
mod tray;
mod wording;

pub use error::{ApiError, ErrorCode};
pub use events::{EventFeed, state_events};
pub use present::Presenter;
pub use router::{openapi, router};
pub use state::{
    Headroom, HeadroomUnit, HeadroomWindow, Key, KeyState, LastMinute, Model, Phase, Position, Problem,
    Provenance, Provider, Rotation, Second, State, Target,
};
pub use tray::{TrayIcon, TrayModel, TrayModelChoice};
