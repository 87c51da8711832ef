//! A chat request, read only as deep as routing needs.

use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::nesting::{MAX_JSON_DEPTH, is_too_deep};

/// A client's chat request. The body stays the bytes that came.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    body: Bytes,
    model: String,
    model_start: usize,
    model_end: usize,
    stream: bool,
}

/// Why a body is refused before anything is sent.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RequestError {
    /// It is not the JSON a chat request is.
    #[error("The request body is not valid: {what} (line {line}, column {column}).")]
    Malformed {
        /// What the parser found.
        what: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1; 0 where only the line is known.
        column: usize,
    },
    /// It nests too deep.
    #[error("The request body nests deeper than {MAX_JSON_DEPTH} levels. Send a flatter one.")]
    TooDeep,
    /// It tries to redirect a key.
    #[error(
        "The field '{field}' is not accepted: a key only ever goes to its own provider. Leave the field out."
    )]
    Redirecting {
        /// The field.
        field: &'static str,
    },
}

#[derive(Deserialize)]
struct Shallow<'body> {
    #[serde(borrow)]
    model: &'body RawValue,
    #[serde(borrow)]
    #[expect(dead_code, reason = "its presence is what makes the body a chat request")]
    messages: &'body RawValue,
    #[serde(default)]
    stream: Option<bool>,
    #[serde(borrow, default)]
    api_base: Option<&'body RawValue>,
    #[serde(borrow, default)]
    base_url: Option<&'body RawValue>,
    #[serde(borrow, default)]
    api_key: Option<&'body RawValue>,
}

impl ChatRequest {
    /// Reads `body`.
    ///
    /// # Errors
    /// [`RequestError`] says what is wrong and where; nothing was sent.
    pub fn parse(body: Bytes) -> Result<Self, RequestError> {
        if is_too_deep(&body) {
            return Err(RequestError::TooDeep);
        }
        let shallow: Shallow<'_> = serde_json::from_slice(&body).map_err(|error| malformed(&error))?;
        shallow.refuse_redirection()?;
        let model: String = serde_json::from_str(shallow.model.get()).map_err(|_| {
            RequestError::Malformed { what: "'model' must be a text".to_owned(), line: 1, column: 0 }
        })?;
        let model_start = offset_within(&body, shallow.model.get());
        let model_end = model_start + shallow.model.get().len();
        let stream = shallow.stream.unwrap_or(false);
        Ok(Self { body, model, model_start, model_end, stream })
    }

    /// The name the client asked for.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Whether the client wants a stream.
    #[must_use]
    pub const fn stream(&self) -> bool {
        self.stream
    }

    /// A rough size in tokens, at four bytes each: enough to reserve a budget, never shown as a fact.
    #[must_use]
    pub fn estimated_tokens(&self) -> u64 {
        const BYTES_PER_TOKEN: usize = 4;
        (self.body.len() / BYTES_PER_TOKEN) as u64
    }

    /// The same body for another model: every other byte stays.
    #[must_use]
    pub fn body_for(&self, model: &str) -> Bytes {
        if model == self.model {
            return self.body.clone();
        }
        let name = serde_json::Value::from(model).to_string();
        let mut body = BytesMut::with_capacity(self.body.len() + name.len());
        body.extend_from_slice(self.body.get(..self.model_start).unwrap_or_default());
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(self.body.get(self.model_end..).unwrap_or_default());
        body.freeze()
    }
}

impl Shallow<'_> {
    fn refuse_redirection(&self) -> Result<(), RequestError> {
        let fields = [("api_base", self.api_base), ("base_url", self.base_url), ("api_key", self.api_key)];
        match fields.into_iter().find(|(_, value)| value.is_some()) {
            Some((field, _)) => Err(RequestError::Redirecting { field }),
            None => Ok(()),
        }
    }
}

fn malformed(error: &serde_json::Error) -> RequestError {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default().to_owned();
    RequestError::Malformed { what, line: error.line(), column: error.column() }
}

/// Where `part`, a slice of `body`, begins.
fn offset_within(body: &[u8], part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(body.as_ptr() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &'static str) -> Result<ChatRequest, RequestError> {
        ChatRequest::parse(Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn only_the_model_name_is_rewritten() {
        let body =
            r#" {"x":{"model":"inner"}, "model" : "a\u0062" ,"messages":[{"model":"deep"}],"vendor":1e3}"#;
        let request = parse(body).expect("a valid request");
        assert_eq!((request.model(), request.stream()), ("ab", false));
        let expected = body.replace(r#""a\u0062""#, r#""say \"x\"""#);
        assert_eq!(request.body_for(r#"say "x""#), expected.as_bytes());
        assert_eq!(request.body_for("ab"), body.as_bytes(), "the same name keeps the client's spelling");
    }

    #[test]
    fn a_bad_body_is_refused_with_its_place() {
        let error = parse("{\"model\":\"a\",\n\"messages\":[}").expect_err("broken JSON");
        assert!(matches!(error, RequestError::Malformed { line: 2, .. }), "{error:?}");
        let missing = parse(r#"{"model":"a"}"#).expect_err("no messages").to_string();
        assert!(missing.contains("missing field `messages`"), "{missing}");
        let twice = parse(r#"{"model":"a","model":"b","messages":[]}"#).expect_err("two models").to_string();
        assert!(twice.contains("duplicate field `model`"), "{twice}");
        assert!(parse(r#"{"model":1,"messages":[]}"#).is_err(), "a model is a text");
    }

    #[test]
    fn a_body_cannot_redirect_a_key() {
        for field in ["api_base", "base_url", "api_key"] {
            let body = format!(r#"{{"model":"a","messages":[],"{field}":"http://evil.example"}}"#);
            assert_eq!(
                ChatRequest::parse(body.into()).expect_err("refused"),
                RequestError::Redirecting { field }
            );
        }
    }
}
