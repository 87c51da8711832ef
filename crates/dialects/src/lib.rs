//! Wire formats: what clients and providers say, byte by byte.
//!
//! This crate owns the SSE splitter, the OpenAI Chat dialect (shallow request reading, stream watching, error
//! bodies) and the parsers of rate-limit headers and error bodies. Everything is sans-IO: bytes in, facts or
//! bytes out. A body whose dialect is the upstream's own is never re-modelled, so unknown fields travel.
//!
//! It must not know sockets, keys or settings.
//!
//! Start with [`openai_chat`], then [`sse`], then [`reply`].

pub mod limits;
pub mod openai_chat;
pub mod reply;
pub mod sse;

mod nesting;

pub use nesting::MAX_JSON_DEPTH;
