//! What happened, kept in SQLite: requests, the attempts made for them, and a little state that survives a restart.
//!
//! This crate owns the database file, its migrations (`migrations/`, embedded), and every line of SQL. It must not
//! know HTTP, policies, or what the texts it stores mean; it never sees a secret or a prompt.
//!
//! A request has a row in two phases: [`Writer::started`] before anything is sent upstream and [`Writer::finished`]
//! with the outcome and all attempts. A crash in between leaves `started` rows, which the next start turns into
//! `interrupted`. Neither call waits: rows go through a bounded channel to one task that writes whatever has arrived
//! in one transaction, so that history never slows a request.
//!
//! Start with [`Store`], then `recorder.rs`.

mod app_state;
mod insert;
mod open;
mod query;
mod reader;
mod recorder;
mod rows;
mod store;
mod writer;

pub use app_state::{AppState, StateError};
pub use open::OpenError;
pub use query::DatabaseFault;
pub use reader::{LaneUsage, Reader};
pub use recorder::StoreHealth;
pub use rows::{
    AttemptRow, FinalStatus, LaneRow, RequestDetail, RequestFinished, RequestRow, RequestStarted,
    RequestStatus,
};
pub use store::Store;
pub use writer::Writer;
