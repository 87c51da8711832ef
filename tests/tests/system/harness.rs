//! What every test needs: the program, simulated providers behind it, a client, its history.

mod answer;
mod history;
mod keywheel;
mod program;
mod raw;
mod upstream;

use std::time::Duration;

pub(crate) use answer::{Answer, collect, data_events};
pub(crate) use history::{Attempt, Request};
pub(crate) use keywheel::Keywheel;
pub(crate) use program::Program;
pub(crate) use raw::{RawAnswer, raw_exchange};
pub(crate) use upstream::{Upstream, limited, script, status};

/// How long anything that should happen at once may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Questions to the virtual model of every test.
pub(crate) const PLAIN: &str = r#"{"model":"test","messages":[{"role":"user","content":"hello"}]}"#;
pub(crate) const STREAM: &str =
    r#"{"model":"test","stream":true,"messages":[{"role":"user","content":"hello"}]}"#;

/// The first question of a conversation of its own.
pub(crate) fn question(text: &str) -> String {
    format!(r#"{{"model":"test","messages":[{{"role":"user","content":"{text}"}}]}}"#)
}
