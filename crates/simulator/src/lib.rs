//! A scripted OpenAI-compatible provider: limits per key, streams, and faults on demand.
//!
//! It plays the upstream in the product's built-in `demo`, in system tests and in benches, over
//! real sockets or in process.
//!
//! **Owns** the script of a provider ([`Script`]), its limit windows, the exact bytes it answers
//! with, the faults it can be told to commit ([`Fault`]) and the counts of what it saw
//! ([`Counters`]).
//!
//! **Must not know** any product code: it stands for somebody else's server, so nothing here may
//! share a type, a parser or an assumption with the crates it is used to test. It never reads the
//! wall clock: windows run on tokio's clock, which tests can pause.
//!
//! **Start reading** at [`SimulatedProvider`] (one request, from key check to reply), then
//! `reply` (a reply as plain data) and `perform` (the only place that waits, stalls or resets).

mod answer;
mod connection;
mod control;
mod counters;
mod errors;
mod faults;
mod json;
mod limit_headers;
mod limits;
mod perform;
mod progress;
mod provider;
mod recorder;
mod reply;
mod request;
mod script;
mod server;
mod wire;

pub use counters::{Counters, KeyCounters, WaitExpired};
pub use faults::{Fault, Scope};
pub use provider::SimulatedProvider;
pub use recorder::Exchange;
pub use script::{KeyScript, Script, ScriptError};
pub use server::{ControlRoutes, Simulator, StartError};
