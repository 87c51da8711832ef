//! The data plane: what client programs call.
//!
//! This crate owns the routes of the OpenAI-compatible endpoint, the guard in front of them, the accept loop with
//! its limits, and the one function that makes an error response.
//!
//! It must not know the control plane or Tauri, and it decides nothing about keys.
//!
//! Start with `router.rs`, then [`guard`], then `server.rs`.

pub mod guard;

mod body;
mod chat;
mod error;
mod models;
mod router;
mod server;
mod status;

pub use error::ApiFailure;
pub use guard::Guard;
pub use router::{DataPlane, router};
pub use server::{BindError, Listeners, bind, serve};
