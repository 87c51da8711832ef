//! The heart of Keywheel: which key serves a request, and what an upstream's answer means for the next one.
//!
//! This crate owns the ids, the [`Fleet`] (what a person configured), the [`RotationState`] (how every lane
//! stands), and the policies over them: [`select`], [`classify()`] and [`RotationState::apply`]. All of them are
//! plain functions of their arguments; `now` is one of these.
//!
//! It must not know tokio, HTTP, SQL, clocks, randomness or locks. Wire formats are read by `keywheel-dialects`,
//! which hands over a [`Signal`]; the engine owns the clock and the lock.
//!
//! Start with [`select`], then [`classify()`], then `apply.rs`.

mod apply;
mod classify;
mod fleet;
mod id;
mod outcome;
mod select;
mod standing;
mod state;
mod strategy;
mod time;

pub use apply::CooldownRules;
pub use classify::{Signal, TransportFault, classify};
pub use fleet::{Chain, Fleet, Key, Provider, Target, UnknownModel};
pub use id::{KeyId, Lane, ModelId, ProviderId};
pub use outcome::{Next, Outcome, Settlement};
pub use select::{Candidate, Selection, Verdict, select};
pub use standing::{Headroom, KeyStanding, headroom_of_key, standing};
pub use state::{Budget, BudgetReading, Hold, HoldCause, KeyTrouble, Provenance, RotationState, Unit};
pub use strategy::Strategy;
pub use time::Timestamp;
