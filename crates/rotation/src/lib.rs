//! The heart of Keywheel: which key serves a request, and what an upstream's answer means for the next one.
//!
//! This crate owns the ids, the [`Fleet`] (what a person configured), the [`RotationState`] (how every lane and
//! everything it is part of stands), and the policies over them: [`RotationState::select`], [`classify()`] and
//! [`RotationState::apply`]. All of them are plain functions of their arguments; `now` is one of these.
//!
//! It must not know tokio, HTTP, SQL, clocks, randomness or locks. Wire formats are read by `keywheel-dialects`,
//! which hands over a [`Signal`]; the engine owns the clock and the lock.
//!
//! Start with `scope.rs`, then `select.rs`, `classify.rs` and `apply.rs`.

mod affinity;
mod apply;
mod budget;
mod classify;
mod estimate;
mod evidence;
mod explain;
mod fleet;
mod glance;
mod hold;
mod id;
mod latency;
mod ledger;
mod measure;
mod outcome;
mod request;
mod roster;
mod saved;
mod scope;
mod select;
mod standing;
mod state;
mod stated;
mod strategy;
mod table;
mod time;

pub use affinity::SessionId;
pub use apply::CooldownRules;
pub use budget::{Budget, BudgetReading, BudgetSource, Unit};
pub use classify::{Signal, StatedTime, TimeSource, TransportFault, classify, rule_source};
pub use evidence::{OwnerEvidence, SharedQuota};
pub use explain::{Candidate, Spent, Verdict};
pub use fleet::{Abilities, Cap, Chain, Fleet, Key, Provider, Target, UnknownModel};
pub use hold::{Hold, HoldCause, Provenance};
pub use id::{GroupId, KeyId, Lane, ModelId, ProviderId};
pub use outcome::{LimitScope, LimitWindow, Next, Outcome, Settlement};
pub use request::{Lack, Needs, Request};
pub use roster::Roster;
pub use saved::SavedRotation;
pub use scope::LaneIndex;
pub use select::Selection;
pub use standing::{Headroom, KeyStanding};
pub use state::{Booking, RotationState};
pub use strategy::Strategy;
pub use time::Timestamp;

#[cfg(test)]
mod tests;
