//! The attempt loop: one request in, one answer out, over as many keys as it takes.
//!
//! This crate owns the clock, the lock around the rotation state, the HTTP client towards providers, pausing, and
//! the history rows of each request. Every request takes one immutable [`Snapshot`] at its start. The loop asks
//! `rotation` for a lane, calls the upstream, has the answer classified, settles it, and goes on until something
//! may be returned or the deadline is over. A reply is committed at its first meaningful event; what fails before
//! goes to another lane, what fails after ends with the dialect's own error event.
//!
//! It must not know axum or Tauri, and it never awaits while it holds the lock.
//!
//! Start with `chat.rs`, then `attempt.rs`, then `relay.rs`.

mod attempt;
mod chat;
mod clock;
mod engine;
mod failure;
mod flight;
mod journey;
mod overview;
mod pulse;
mod queue;
mod relay;
mod rotation;
mod snapshot;
mod upstream;
mod why;

pub use chat::{Call, Reply, ReplyBody, Server};
pub use clock::Clock;
pub use engine::{Engine, Pause};
pub use failure::{Exhaustion, Failure};
pub use journey::RequestId;
pub use overview::{ChainOverview, KeyOverview, Overview, ProviderOverview, TargetOverview};
pub use pulse::Second;
pub use relay::Relay;
pub use snapshot::{Snapshot, Timeouts};
pub use upstream::ClientError;
pub use why::DryRun;
