//! OpenAI Chat Completions: reading a request without re-modelling it, and watching what comes back.

mod error;
mod request;
mod watch;

pub use error::{error_body, stream_error};
pub use request::{ChatRequest, RequestError, Traits};
pub use watch::{Progress, ReplyShape, StreamEvent, Usage, reply_shape, reply_usage, watch_event};

/// The `data:` line that ends a stream.
pub const DONE: &[u8] = b"[DONE]";
