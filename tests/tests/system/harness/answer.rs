//! A complete answer of Keywheel, as a client sees it.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.unwrap_or_else(|| panic!("{name} is missing: {self:?}")).to_str().expect("a header is text")
    }

    pub(crate) fn request_id(&self) -> &str {
        self.header("x-request-id")
    }

    /// The label of the key that served.
    pub(crate) fn key(&self) -> &str {
        self.header("x-keywheel-key")
    }

    /// Upstream calls it took.
    pub(crate) fn attempts(&self) -> u64 {
        self.header("x-keywheel-attempts").parse().expect("a number")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The answer, after checking that it is one.
    #[track_caller]
    pub(crate) fn served(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        self
    }

    /// `error.message`, after checking status, code, and the OpenAI shape.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> String {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        let body = self.json();
        let error = body["error"].as_object().unwrap_or_else(|| panic!("no error object: {self:?}"));
        for field in ["message", "type", "param", "code"] {
            assert!(error.contains_key(field), "{field} is missing: {self:?}");
        }
        assert_eq!(error["code"], code, "{self:?}");
        assert!(error["type"].is_string(), "{self:?}");
        error["message"].as_str().expect("a message is text").to_owned()
    }
}

/// Sends `request` and takes the whole answer in.
pub(crate) async fn collect(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("Keywheel answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.expect("the body arrives to its end");
    Answer { status, headers, body }
}

/// The data of each event of a stream.
pub(crate) fn data_events(stream: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(stream).expect("the stream is text");
    let lines = text.lines().filter_map(|line| line.strip_prefix("data: "));
    lines.map(str::to_owned).collect()
}
