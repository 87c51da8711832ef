//! Replies of real providers, byte by byte, judged by the reader and the classifier together.

#[cfg(test)]
mod errors;
