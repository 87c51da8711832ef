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
    messages_start: usize,
    opening_end: usize,
    stream: bool,
    traits: Traits,
    max_answer_tokens: u64,
}

/// What a request asks of a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// It offers tools.
    pub tools: bool,
    /// It holds images.
    pub images: bool,
    /// It holds audio.
    pub audio: bool,
    /// It wants an answer after a JSON schema.
    pub json_schema: bool,
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
    messages: &'body RawValue,
    #[serde(borrow, default)]
    tools: Option<&'body RawValue>,
    #[serde(borrow, default)]
    response_format: Option<&'body RawValue>,
    #[serde(default)]
    max_tokens: Option<u64>,
    #[serde(default)]
    max_completion_tokens: Option<u64>,
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
        let traits = shallow.traits();
        let max_answer_tokens = shallow.max_completion_tokens.or(shallow.max_tokens).unwrap_or(0);
        let messages_start = offset_within(&body, shallow.messages.get());
        let opening_end = offset_within(&body, opening(shallow.messages));
        Ok(Self {
            body,
            model,
            model_start,
            model_end,
            messages_start,
            opening_end,
            stream,
            traits,
            max_answer_tokens,
        })
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

    /// What it asks of a model.
    #[must_use]
    pub const fn traits(&self) -> Traits {
        self.traits
    }

    /// The messages up to the first of the user: the same bytes for every turn of one conversation.
    #[must_use]
    pub fn opening(&self) -> &[u8] {
        self.body.get(self.messages_start..self.opening_end).unwrap_or_default()
    }

    /// A rough size in tokens, at four bytes each, with what the answer may take: enough to reserve a budget, never
    /// shown as a fact.
    #[must_use]
    pub fn estimated_tokens(&self) -> u64 {
        const BYTES_PER_TOKEN: usize = 4;
        (self.body.len() / BYTES_PER_TOKEN) as u64 + self.max_answer_tokens.min(MAX_RESERVED_ANSWER_TOKENS)
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

/// Clients ask for far more answer than they get; reserving all of it would leave budgets unused.
const MAX_RESERVED_ANSWER_TOKENS: u64 = 1_024;

impl Shallow<'_> {
    fn traits(&self) -> Traits {
        let messages = self.messages.get().as_bytes();
        let holds = |marker: &[u8]| memchr::memmem::find(messages, marker).is_some();
        Traits {
            tools: self.tools.is_some_and(|tools| tools.get() != "[]"),
            images: holds(b"\"image_url\""),
            audio: holds(b"\"input_audio\""),
            json_schema: self.response_format.is_some_and(|format| format.get().contains("\"json_schema\"")),
        }
    }

    fn refuse_redirection(&self) -> Result<(), RequestError> {
        let fields = [("api_base", self.api_base), ("base_url", self.base_url), ("api_key", self.api_key)];
        match fields.into_iter().find(|(_, value)| value.is_some()) {
            Some((field, _)) => Err(RequestError::Redirecting { field }),
            None => Ok(()),
        }
    }
}

/// What follows the first message of the user, as a slice of the messages' own text.
fn opening(messages: &RawValue) -> &str {
    #[derive(Deserialize)]
    struct Role {
        #[serde(default)]
        role: String,
    }
    let text = messages.get();
    let Ok(parts) = serde_json::from_str::<Vec<&RawValue>>(text) else { return text };
    let is_user =
        |part: &&&RawValue| serde_json::from_str::<Role>(part.get()).is_ok_and(|role| role.role == "user");
    let first = parts.iter().find(is_user).or(parts.last());
    first
        .and_then(|part| text.get(offset_within(text.as_bytes(), part.get()) + part.get().len()..))
        .unwrap_or(text)
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
    fn turns_of_one_conversation_open_alike() {
        let turn = |rest: &str| {
            let opening = r#"{"role":"system","content":"s"},{"role":"user","content":"q [1]"}"#;
            let body = format!(r#"{{"model":"m","messages":[{opening}{rest}]}}"#);
            ChatRequest::parse(body.into()).expect("a valid request").opening().to_vec()
        };
        assert_eq!(turn(""), turn(r#",{"role":"assistant","content":"a"},{"role":"user","content":"b"}"#));
        assert_ne!(
            turn(""),
            parse(r#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#).expect("valid").opening()
        );
    }

    #[test]
    fn what_is_asked_of_a_model_is_seen() {
        let plain =
            parse(r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[]}"#).expect("valid");
        assert_eq!(plain.traits(), Traits::default());
        let rich = r#"{"model":"m","tools":[{"type":"function"}],"response_format":{"type":"json_schema"},
            "messages":[{"role":"user","content":[{"type":"image_url","image_url":{}},{"type":"input_audio"}]}]}"#;
        let all = Traits { tools: true, images: true, audio: true, json_schema: true };
        assert_eq!(parse(rich).expect("valid").traits(), all);
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
